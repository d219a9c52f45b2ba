//! Every row of what was executed with the releases of websockets has code that shows it: `fixtures/VERSIONS.md` says
//! which, and what is found there under each of three declared ranges.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use ws_lint::finding::Rule;
use ws_lint::rules::{self};
use ws_lint::source::Language;

use crate::bless::assert_none;
use crate::fixtures::entries;
use crate::root;
use crate::run::{Found, check, rules_for};
use crate::setup::Setup;

const TABLE: &str = "fixtures/VERSIONS.md";

/// How many rows each section has, the first first.
const ROWS: [usize; 7] = [27, 10, 7, 27, 7, 31, 9];

/// What a project may say of websockets, with the name of the variants that say so; at last nothing.
const RANGES: [Option<(&str, &str)>; 3] = [Some(("<14", "below_14")), Some((">=14", "from_14")), None];

/// A line of the table. The lines of one row share its number.
#[derive(Clone)]
struct Line {
    section: usize,
    number: usize,
    /// The rule's code and the case's name: `WS103 matrix`.
    case: String,
    /// What stands in backticks: a line of the case, behind those right before it.
    code: Vec<String>,
    /// What is found there under each of the ranges: a severity, or `-`.
    outcomes: Vec<String>,
}

#[test]
fn the_table_has_every_row() {
    let mut numbers: Vec<_> = lines().iter().map(|line| (line.section, line.number)).collect();
    numbers.dedup();
    let of_section = |(section, rows): (usize, usize)| (1..=rows).map(move |row| (section, row));
    let expected: Vec<_> = (1..).zip(ROWS).flat_map(of_section).collect();
    assert_eq!(numbers, expected, "{TABLE} has all rows in order");
}

#[test]
fn every_line_of_the_table_is_found_under_each_range() {
    let mut runs = HashMap::new();
    let complaints: Vec<_> = lines()
        .iter()
        .filter_map(|line| {
            let case = runs.entry(line.case.clone()).or_insert_with(|| Case::run(&line.case));
            let place = format!("{}.{} `{}`", line.section, line.number, line.code.join("` `"));
            case.complaint(line).map(|complaint| format!("{place}: {complaint}"))
        })
        .collect();
    assert_none(&complaints);
}

#[test]
fn what_differs_under_a_range_is_written_down() {
    let mut names: Vec<_> = lines().into_iter().map(|line| line.case).collect();
    names.sort();
    names.dedup();
    let mut complaints = Vec::new();
    for name in names {
        let case = Case::run(&name);
        for (range, found) in RANGES.iter().zip(&case.found) {
            let file = case.expectations(*range);
            if fs::read_to_string(&file).unwrap_or_default() != told(found) {
                complaints.push(format!("{}: is not what is found under {range:?}", file.display()));
            }
        }
    }
    assert_none(&complaints);
}

#[test]
fn lines_that_do_not_hold_are_noticed() {
    let case = Case::run("WS103 matrix");
    let code = vec!["await websockets.connect(url, timeout=value)".to_owned()];
    let line = Line {
        section: 1,
        number: 3,
        case: "WS103 matrix".to_owned(),
        code,
        outcomes: ["-", "error", "warning"].map(str::to_owned).to_vec(),
    };
    assert_eq!(case.complaint(&line), None);
    let with = |change: &dyn Fn(&mut Line)| {
        let mut other = line.clone();
        change(&mut other);
        case.complaint(&other)
    };
    assert!(with(&|line| line.outcomes[0] = "error".to_owned()).is_some());
    assert!(with(&|line| line.outcomes.truncate(2)).is_some());
    assert!(with(&|line| line.code[0] = "await websockets.connect(url, gone=value)".to_owned()).is_some());
    assert!(with(&|line| line.code.insert(0, "another line".to_owned())).is_some());
}

/// A case of a rule, and what the rule finds in it under each of the ranges.
struct Case {
    /// The folder and the name of its files, without an extension.
    stem: PathBuf,
    text: String,
    found: Vec<Vec<Found>>,
}

impl Case {
    fn run(name: &str) -> Self {
        let (code, case) = name.split_once(' ').expect("a rule and a case");
        let rule = rules::find(code).unwrap_or_else(|| panic!("{TABLE}: `{code}` is no rule"));
        let folder = root().join(format!("fixtures/python/{}-{}", rule.code, rule.name));
        let stem = folder.join(case);
        let read = |extension: &str| fs::read_to_string(stem.with_extension(extension));
        let text = read("py").unwrap_or_else(|error| panic!("{TABLE}: {name}: {error}"));
        let options = read("toml").unwrap_or_default();
        let found = RANGES.iter().map(|range| {
            let setup = under(&options, *range, rule).unwrap_or_else(|error| panic!("{name}: {error}"));
            check(&text, Language::Python, &setup)
        });
        Self {
            found: found.collect(),
            stem,
            text,
        }
    }

    /// What of the line does not hold.
    fn complaint(&self, line: &Line) -> Option<String> {
        let lines: Vec<_> = self.text.lines().map(str::trim).collect();
        let places = lines.windows(line.code.len());
        let places: Vec<_> = (line.code.len()..)
            .zip(places)
            .filter(|(_, code)| **code == line.code)
            .collect();
        let [(place, _)] = places.as_slice() else {
            return Some(format!("stands {} times in `{}`", places.len(), line.case));
        };
        let found = self.found.iter().map(|found| {
            let here = found.iter().filter(|found| found.line == *place);
            let mut severities: Vec<_> = here.map(|found| found.severity.as_str()).collect();
            severities.dedup();
            match severities.is_empty() {
                true => "-".to_owned(),
                false => severities.join(" and "),
            }
        });
        let found: Vec<_> = found.collect();
        (found != line.outcomes).then(|| format!("`{}` gives {found:?}, not {:?}", line.case, line.outcomes))
    }

    /// The file with what is expected under a range: that of the variant, or the case's own where it has none.
    fn expectations(&self, range: Option<(&str, &str)>) -> PathBuf {
        let own = self.stem.with_extension("findings");
        let of_variant = range.map(|(_, variant)| self.stem.with_extension(format!("{variant}.findings")));
        let folder = self.stem.parent().expect("a case is in a folder");
        of_variant.filter(|path| entries(folder).contains(path)).unwrap_or(own)
    }
}

/// The case's options, where the project says of websockets what `range` says.
fn under(options: &str, range: Option<(&str, &str)>, rule: &'static Rule) -> Result<Setup, String> {
    let mut options: toml::Table = options.parse().map_err(|error| format!("{error}"))?;
    if let Some((range, _)) = range {
        let project = options.entry("project").or_insert_with(|| toml::Table::new().into());
        let project = project.as_table_mut().ok_or("`project` is no table")?;
        let packages = project.entry("packages").or_insert_with(|| toml::Table::new().into());
        let packages = packages.as_table_mut().ok_or("`project.packages` is no table")?;
        if packages.contains_key("websockets") {
            return Err("says itself which websockets there is: let its variants do so".to_owned());
        }
        packages.insert("websockets".to_owned(), range.into());
    }
    Setup::read(&options.to_string(), Language::Python, &rules_for(rule))
}

fn told(found: &[Found]) -> String {
    found.iter().map(|found| found.told.as_str()).collect()
}

fn lines() -> Vec<Line> {
    let table = fs::read_to_string(root().join(TABLE)).expect("the table is there");
    let line = |line: &str| {
        let columns = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let columns: Vec<_> = columns.split(" | ").collect();
        let [row, _, case, code, outcomes @ ..] = columns.as_slice() else {
            return None;
        };
        let (section, number) = row.split_once('.')?;
        Some(Line {
            section: section.parse().ok()?,
            number: number.parse().ok()?,
            case: (*case).to_owned(),
            code: code.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
            outcomes: outcomes.iter().map(|outcome| (*outcome).to_owned()).collect(),
        })
    };
    table.lines().filter_map(line).collect()
}

//! How long tests can take: a bar each for people, an object for programs.

use std::collections::HashSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::drawing::{Drawing, STRONG};
use super::escape;
use super::notation::{Harmless, Notation};
use crate::budget::{Total, shown_seconds};
use crate::run::{Budgets, FileBudget, TestBudget};
use crate::sites::Shown;
use crate::source::SourceFile;

/// The columns of a bar.
const BAR: usize = 20;

/// The version of the object.
const VERSION: u32 = 1;

/// Every test, file by file, the worst first, with a bar and the total of each file.
///
/// # Errors
/// `out` cannot be written.
pub fn budgets_for_people(budgets: &Budgets, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let finite = budgets
        .files
        .iter()
        .flat_map(|file| &file.tests)
        .filter_map(|test| match test.budget.total {
            Total::Seconds { seconds, .. } => Some(seconds),
            _ => None,
        });
    let longest = finite.fold(0.0, f64::max);
    for (index, file) in budgets.files.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_file(file, longest, drawing, out)?;
    }
    let tests: usize = budgets.files.iter().map(|file| file.tests.len()).sum();
    match tests {
        0 => writeln!(out, "No test was found"),
        _ => writeln!(
            out,
            "\n{} in {}",
            counted(tests, "test"),
            counted(budgets.files.len(), "file")
        ),
    }
}

/// `can take 30 s`, and what makes it so long.
#[must_use]
pub fn budget_in_words(test: &TestBudget, source: &SourceFile) -> (String, Option<String>) {
    let label = match &test.budget.total {
        Total::Unbounded { .. } => "can take for ever".to_owned(),
        Total::Unknown { at_least, .. } if *at_least > 0.0 => {
            format!("can take more than {}", shown_seconds(*at_least))
        }
        Total::Unknown { .. } => "can take how long no code says".to_owned(),
        Total::Seconds { seconds, .. } if *seconds > 0.0 => format!("can take {}", shown_seconds(*seconds)),
        Total::Seconds { .. } => "waits for nothing".to_owned(),
    };
    (label, remark(test, source))
}

fn write_file(file: &FileBudget, longest: f64, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let path = escape::path(file.source.path());
    let tests = counted(file.tests.len(), "test");
    writeln!(
        out,
        "{}  {tests}, {} together",
        drawing.paint(STRONG, path),
        total_of(file, drawing)
    )?;
    let widest = file
        .tests
        .iter()
        .map(|test| escape::line(&test.name).width())
        .max()
        .unwrap_or(0);
    let times: Vec<String> = file.tests.iter().map(|test| time(test, drawing)).collect();
    let widest_time = times.iter().map(|time| time.width()).max().unwrap_or(0);
    for (test, time) in file.tests.iter().zip(&times) {
        let name = escape::line(&test.name);
        let style = style(test, file.most);
        let padding = " ".repeat(widest.saturating_sub(name.width()));
        let before_time = " ".repeat(widest_time.saturating_sub(time.width()));
        let bar = drawing.paint(style, bar(test, longest, drawing));
        write!(
            out,
            "  {name}{padding}  {before_time}{}  {bar}",
            drawing.paint(style, time)
        )?;
        match remark(test, &file.source) {
            Some(remark) => writeln!(out, "  {remark}")?,
            None => writeln!(out)?,
        }
    }
    let mut unseen: Vec<&str> = Vec::new();
    for place in file.tests.iter().flat_map(|test| &test.budget.unseen) {
        if !unseen.contains(&place.text.as_str()) {
            unseen.push(&place.text);
        }
    }
    if !unseen.is_empty() {
        let named = unseen.iter().take(MOST_UNSEEN);
        let mut shown = named
            .map(|text| format!("`{}`", escape::line(text)))
            .collect::<Vec<_>>()
            .join(", ");
        match unseen.len().saturating_sub(MOST_UNSEEN) {
            0 => {}
            more => shown.push_str(&format!(" and {more} more")),
        }
        writeln!(out, "  counted as nothing: {shown}")?;
    }
    Ok(())
}

/// So many waits of which nothing is known are named for a file.
const MOST_UNSEEN: usize = 16;

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// What all tests of a file take one after the other.
fn total_of(file: &FileBudget, drawing: Drawing) -> String {
    let mut sum = -counted_again(file);
    let mut is_unknown = false;
    for test in &file.tests {
        match test.budget.total {
            Total::Unbounded { .. } => return for_ever(drawing).to_owned(),
            Total::Unknown { at_least, .. } => (sum, is_unknown) = (sum + at_least, true),
            Total::Seconds { seconds, .. } => sum += seconds,
        }
    }
    match is_unknown {
        true => format!("{} and more", shown_seconds(sum)),
        false => format!("at most {}", shown_seconds(sum)),
    }
}

/// The seconds of what is done once for several tests of a file, as often as it counts in one more of them.
fn counted_again(file: &FileBudget) -> f64 {
    let mut seen = HashSet::new();
    let shared = file.tests.iter().flat_map(|test| &test.budget.shared);
    let again = shared.filter(|(name, _)| !seen.insert(name.as_str()));
    again.map(|(_, seconds)| *seconds).sum()
}

fn for_ever(drawing: Drawing) -> &'static str {
    if drawing.unicode { "∞" } else { "for ever" }
}

fn time(test: &TestBudget, drawing: Drawing) -> String {
    match &test.budget.total {
        Total::Unbounded { .. } => for_ever(drawing).to_owned(),
        Total::Unknown { .. } => "?".to_owned(),
        Total::Seconds { seconds, .. } => shown_seconds(*seconds),
    }
}

fn style(test: &TestBudget, most: f64) -> Style {
    let color = match test.budget.total {
        Total::Unbounded { .. } => AnsiColor::Red,
        Total::Seconds { seconds, .. } if seconds > most => AnsiColor::Red,
        Total::Unknown { .. } => AnsiColor::Yellow,
        Total::Seconds { .. } => AnsiColor::Green,
    };
    Style::new().fg_color(Some(color.into()))
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "0 to 20 columns"
)]
fn bar(test: &TestBudget, longest: f64, drawing: Drawing) -> String {
    let (full, empty) = if drawing.unicode { ("█", "░") } else { ("#", ".") };
    let columns = match test.budget.total {
        Total::Unbounded { .. } => BAR,
        Total::Unknown { .. } => return empty.repeat(BAR),
        Total::Seconds { seconds, .. } if longest > 0.0 => {
            let share = (seconds / longest * BAR as f64).ceil();
            (share as usize).min(BAR)
        }
        Total::Seconds { .. } => 0,
    };
    format!("{}{}", full.repeat(columns), " ".repeat(BAR - columns))
}

/// What makes it so long.
fn remark(test: &TestBudget, source: &SourceFile) -> Option<String> {
    let at = |place: &Shown| match &place.elsewhere {
        Some(other) => format!("{}:{}", escape::line(&other.file), other.start.line),
        None => source.place(place.span.start).line_told(),
    };
    let text = |place: &Shown| escape::line(&place.text).into_owned();
    let budget = &test.budget;
    let mut remark = match &budget.total {
        Total::Unbounded { place } => format!("nothing ends `{}` in {}", text(place), at(place)),
        Total::Unknown { place, .. } => format!("no length is written for `{}` in {}", text(place), at(place)),
        Total::Seconds { seconds, .. } if *seconds > 0.0 => {
            let (seconds, place) = budget.longest.as_ref()?;
            match &budget.cut_by {
                Some(source) => format!("`{}` ends it", escape::line(source)),
                None => format!("{} for `{}` in {}", shown_seconds(*seconds), text(place), at(place)),
            }
        }
        Total::Seconds { .. } => return None,
    };
    if !budget.defaults.is_empty() && matches!(budget.total, Total::Seconds { .. }) {
        remark.push_str("; by default ");
        remark.push_str(&escape::line(&budget.defaults.join(", ")));
    }
    Some(remark)
}

#[derive(Serialize)]
struct JsonBudgets<'a> {
    version: u32,
    files: Vec<JsonFile<'a>>,
}

#[derive(Serialize)]
struct JsonFile<'a> {
    path: String,
    /// Of all its tests one after the other; `null` where that is not known, or for ever.
    seconds: Option<f64>,
    tests: Vec<JsonTest<'a>>,
}

#[derive(Serialize)]
struct JsonTest<'a> {
    name: &'a str,
    line: usize,
    column: usize,
    /// `seconds`, `unknown` or `unbounded`.
    kind: &'static str,
    /// `null` unless `kind` is `seconds`.
    seconds: Option<f64>,
    /// What is known of it.
    at_least: f64,
    over_budget: bool,
    /// What makes it so long.
    place: Option<JsonPlace<'a>>,
    defaults: &'a [String],
    limited_by: Option<&'a str>,
    counted_as_nothing: Vec<JsonPlace<'a>>,
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    text: &'a str,
    /// Where it is not the one of the test.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    line: usize,
    /// `null` where the path is another one.
    column: Option<usize>,
}

/// The same for programs: `{"version": 1, "files": […]}`. Members may be added within a version.
///
/// # Errors
/// `out` cannot be written.
pub fn budgets_as_json(budgets: &Budgets, out: &mut dyn Write) -> io::Result<()> {
    let files = budgets.files.iter().map(|file| {
        let tests: Vec<JsonTest<'_>> = file.tests.iter().map(|test| json_test(test, file)).collect();
        JsonFile {
            path: file.source.path().to_string_lossy().into_owned(),
            seconds: tests
                .iter()
                .map(|test| test.seconds)
                .sum::<Option<f64>>()
                .map(|sum| sum - counted_again(file)),
            tests,
        }
    });
    let whole = JsonBudgets {
        version: VERSION,
        files: files.collect(),
    };
    let mut out = Harmless::new(Notation::Json, out);
    serde_json::to_writer(&mut out, &whole)?;
    writeln!(out)
}

fn json_test<'a>(test: &'a TestBudget, file: &'a FileBudget) -> JsonTest<'a> {
    let place = |shown: &'a Shown| {
        // A span of another file may lie behind the end of this one.
        let (path, line, column) = match &shown.elsewhere {
            Some(other) => (Some(&*other.file), other.start.line, None),
            None => {
                let own = file.source.position(shown.span.start);
                (None, own.line, Some(own.column))
            }
        };
        JsonPlace {
            text: &shown.text,
            path,
            line,
            column,
        }
    };
    let budget = &test.budget;
    let (kind, seconds, at_least, why) = match &budget.total {
        Total::Unbounded { place } => ("unbounded", None, 0.0, Some(place)),
        Total::Unknown { at_least, place } => ("unknown", None, *at_least, Some(place)),
        Total::Seconds { seconds, .. } => {
            let longest = budget.longest.as_ref().map(|(_, place)| place);
            ("seconds", Some(*seconds), *seconds, longest)
        }
    };
    JsonTest {
        name: &test.name,
        line: test.place.line,
        column: test.place.column,
        kind,
        seconds,
        at_least,
        over_budget: kind == "unbounded" || seconds.is_some_and(|seconds| seconds > file.most),
        place: why.map(place),
        defaults: &budget.defaults,
        limited_by: budget.cut_by.as_deref(),
        counted_as_nothing: budget.unseen.iter().map(place).collect(),
    }
}

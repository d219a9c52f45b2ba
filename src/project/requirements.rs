//! `requirements*.txt`, `*.in` and Rye's `*.lock`: the packages that a file for pip names, and the files that it includes.

use super::manifest::Manifest;
use super::requirement::Reading;
use crate::facts::{Requirement, Role};

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct RequirementsFile {
    pub(super) requirements: Vec<Requirement>,
    pub(super) includes: Vec<Include>,
}

/// `-r base.txt`, `--constraint=constraints.txt`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Include {
    /// As it is written: from the folder of the file that has it.
    pub(super) path: String,
    /// Only restricts what something else installs.
    pub(super) is_constraint: bool,
}

/// Reads the file. `role` is that of its requirements.
pub(super) fn read(manifest: &Manifest, role: &Role, warnings: &mut Vec<String>) -> RequirementsFile {
    let mut includes = Vec::new();
    let mut reading = Reading::of(manifest, warnings);
    for (line, at) in logical_lines(manifest.text()) {
        let trimmed = line.trim_start();
        match include(trimmed) {
            Some(include) => includes.push(include),
            None => reading.add(without_options(trimmed), at + line.len() - trimmed.len(), role.clone()),
        }
    }
    RequirementsFile {
        requirements: reading.found,
        includes,
    }
}

/// Whether pip users name their files so: `requirements.txt`, `requirements-dev.in`, `test_requirements.txt`, and
/// everything in a folder that is called so; `requirements.lock` and `requirements-dev.lock` are Rye's, of the same form.
pub(super) fn is_requirements_file(folder: Option<&str>, name: &str) -> bool {
    let stem = [".txt", ".in", ".lock"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending));
    stem.is_some_and(|stem| {
        stem.starts_with("requirements") || stem.ends_with("requirements") || folder == Some(FOLDER)
    })
}

/// The folder in which every file is for pip.
pub(super) const FOLDER: &str = "requirements";

/// Lines without their comments and with those that `\` continues, each with the byte at which it begins.
fn logical_lines(text: &str) -> Vec<(String, usize)> {
    let mut lines: Vec<(String, usize)> = Vec::new();
    let mut goes_on = false;
    let mut start = 0;
    for physical in text.split_inclusive('\n') {
        let at = start;
        start += physical.len();
        let line = without_comment(physical.trim_end());
        let (line, continues) = match line.strip_suffix('\\') {
            Some(line) => (line, true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| goes_on) {
            Some((whole, _)) => {
                whole.push(' ');
                whole.push_str(line.trim_start());
            }
            None => lines.push((line.to_owned(), at)),
        }
        goes_on = continues;
    }
    lines
}

/// As pip: `#` begins a comment at the start of a line and behind a blank.
pub(super) fn without_comment(line: &str) -> &str {
    let comment = line
        .match_indices('#')
        .map(|(at, _)| at)
        .find(|&at| line[..at].chars().next_back().is_none_or(char::is_whitespace));
    line.get(..comment.unwrap_or(line.len())).unwrap_or(line)
}

/// `websockets==13.1` for `websockets==13.1 --hash=sha256:00`.
fn without_options(line: &str) -> &str {
    let end = line.find(" --").unwrap_or(line.len());
    line.get(..end).unwrap_or(line).trim_end()
}

/// The file that a line with an option includes.
pub(super) fn include(line: &str) -> Option<Include> {
    const OPTIONS: [(&str, bool); 4] = [
        ("--requirement", false),
        ("--constraint", true),
        ("-r", false),
        ("-c", true),
    ];
    OPTIONS.iter().find_map(|(option, is_constraint)| {
        let rest = line.strip_prefix(option)?;
        let is_long = option.starts_with("--");
        let path = match rest.trim_start().strip_prefix('=') {
            Some(path) if is_long => path,
            _ if rest.starts_with(char::is_whitespace) || !is_long => rest,
            _ => return None,
        };
        let path = path.trim().trim_matches(['"', '\'']);
        (!path.is_empty()).then(|| Include {
            path: path.to_owned(),
            is_constraint: *is_constraint,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> RequirementsFile {
        read(&Manifest::new("requirements.txt", text), &Role::Main, &mut Vec::new())
    }

    #[test]
    fn packages_are_told_from_options_and_comments() {
        let text = "# a\n--index-url x\nb==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\nc>=2  # because; of\n\
                    d;python_version<'3'\n\n./e\nf \\\n  >=1 \\\r\n  ,<2\nhttps://x/g.whl#egg=g\nh==1 --hash=sha256:0\r\n";
        let found = read_text(text);
        let shown: Vec<_> = found
            .requirements
            .iter()
            .map(|one| (one.shown(), one.place.rsplit(':').next().unwrap().parse().unwrap()))
            .collect();
        let expected = [("b==1", 3), ("c>=2", 6), ("d", 7), ("f>=1,<2", 10), ("h==1", 14)];
        assert_eq!(
            shown,
            expected.map(|(text, line): (&str, usize)| (text.to_owned(), line))
        );
        assert_eq!(found.includes, []);
    }

    #[test]
    fn a_requirement_ends_before_its_hashes() {
        let text = "  websockets==13.1 --hash=sha256:00\n";
        let found = read_text(text);
        assert_eq!(&text[found.requirements[0].span.range()], "websockets==13.1");
    }

    #[test]
    fn includes_are_found_in_every_spelling() {
        let text = "-r base.txt\n-c  constraints.txt # x\n--requirement a/b.txt\n--constraint=c.txt\n-rd.txt\n-e .\n-r\n\
                    --requirements x\n--no-binary :all:\n";
        let found: Vec<_> = read_text(text)
            .includes
            .into_iter()
            .map(|include| (include.path, include.is_constraint))
            .collect();
        let expected = [
            ("base.txt", false),
            ("constraints.txt", true),
            ("a/b.txt", false),
            ("c.txt", true),
            ("d.txt", false),
        ];
        assert_eq!(
            found,
            expected.map(|(path, is_constraint)| (path.to_owned(), is_constraint))
        );
    }

    #[test]
    fn files_for_pip_are_known_by_their_names() {
        for name in [
            "requirements.txt",
            "requirements-dev.in",
            "requirements_test.txt",
            "dev-requirements.txt",
        ] {
            assert!(is_requirements_file(None, name), "{name}");
        }
        assert!(is_requirements_file(Some("requirements"), "base.txt"));
        for name in ["notes.txt", "requirements.md", "requirements", "base.txt"] {
            assert!(!is_requirements_file(Some("docs"), name), "{name}");
        }
    }
}

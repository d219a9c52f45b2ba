//! Findings that say the same are told once: for a cause in their file, or for a fact about their project.
//!
//! What is left aside, and what the baseline counts, was decided for each of them before.

use std::collections::HashMap;
use std::path::PathBuf;

use super::FileRun;
use crate::finding::{Finding, Once};
use crate::source::SourceFile;

/// So many lines are named one by one.
const MOST_NAMED: usize = 5;

/// Leaves of each cause, and of each fact about a project, the first finding, which says where else it is so. `root` gives the
/// folder of a file's project.
pub(super) fn fold(files: &mut [FileRun], root: impl Fn(&FileRun) -> PathBuf) {
    for file in files.iter_mut() {
        fold_causes(&mut file.checked.findings, &file.source);
    }
    let mut told: HashMap<(PathBuf, &'static str), Told> = HashMap::new();
    for (index, file) in files.iter_mut().enumerate() {
        if !file.checked.findings.iter().any(|finding| fact(finding).is_some()) {
            continue;
        }
        let root = root(file);
        let mut kept = 0;
        file.checked.findings.retain(|finding| {
            let is_kept = fact(finding).is_none_or(|fact| {
                let known = told.entry((root.clone(), fact)).or_insert(Told {
                    first: None,
                    last: index,
                    more: 0,
                });
                known.more += usize::from(known.last != index);
                known.last = index;
                let is_first = known.first.is_none();
                known.first.get_or_insert((index, kept));
                is_first
            });
            kept += usize::from(is_kept);
            is_kept
        });
    }
    for told in told.into_values().filter(|told| told.more > 0) {
        let first = told
            .first
            .and_then(|(file, index)| files.get_mut(file)?.checked.findings.get_mut(index));
        if let Some(finding) = first {
            let files = if told.more == 1 { "file" } else { "files" };
            finding.message = format!(
                "{}, here and in {} more {files} of the project",
                finding.message, told.more
            );
        }
    }
}

/// Where a fact about a project was told.
struct Told {
    /// The file and the finding in it that stay.
    first: Option<(usize, usize)>,
    /// The last file that it is so in.
    last: usize,
    /// How many files behind the first.
    more: usize,
}

fn fact(finding: &Finding) -> Option<&'static str> {
    match finding.once {
        Some(Once::Project(fact)) => Some(fact),
        _ => None,
    }
}

fn cause(finding: &Finding) -> Option<(&'static str, String)> {
    match &finding.once {
        Some(Once::Cause(cause)) => Some((finding.rule.code, cause.clone())),
        _ => None,
    }
}

fn fold_causes(findings: &mut Vec<Finding>, source: &SourceFile) {
    let mut lines: HashMap<(&'static str, String), Vec<String>> = HashMap::new();
    findings.retain(|finding| {
        let Some(cause) = cause(finding) else {
            return true;
        };
        let known = lines.entry(cause).or_default();
        known.push(source.line_named(source.position(finding.span.start).line));
        known.len() == 1
    });
    for finding in findings {
        let told = cause(finding).and_then(|cause| lines.get(&cause));
        if let Some([_, others @ ..]) = told.map(Vec::as_slice)
            && !others.is_empty()
        {
            finding.message = format!("{}, here and in {}", finding.message, listed(others));
        }
    }
}

/// `line 3`, `lines 3, 5 and 8`, `lines 3, 5, 8, 9, 12 and 4 more`.
fn listed(lines: &[impl ToString]) -> String {
    let named = lines.iter().take(MOST_NAMED).map(ToString::to_string);
    let mut named: Vec<String> = named.collect();
    let last = match lines.len() - named.len() {
        0 => named.pop(),
        more => Some(format!("{more} more")),
    };
    match (named.is_empty(), last) {
        (true, last) => format!("line {}", last.unwrap_or_default()),
        (false, last) => format!("lines {} and {}", named.join(", "), last.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_listed_as_people_say_them() {
        assert_eq!(listed(&[3]), "line 3");
        assert_eq!(listed(&[3, 5, 8]), "lines 3, 5 and 8");
        assert_eq!(listed(&[1, 2, 3, 4, 5, 6, 7]), "lines 1, 2, 3, 4, 5 and 2 more");
    }
}

//! Findings of one file that say the same: people read the first one, and the lines of the others.

use foldhash::HashMap;

use crate::finding::{Applicability, Finding, Severity};
use crate::source::SourceFile;

/// Of more ranges of lines only the first are named.
const MOST_RANGES: usize = 12;

/// Findings that differ in their place only.
pub(super) struct Group<'f> {
    pub(super) first: &'f Finding,
    others: Vec<&'f Finding>,
}

/// All that people read of a finding besides its place.
#[derive(PartialEq, Eq, Hash)]
struct Said<'f> {
    code: &'static str,
    severity: Severity,
    message: &'f str,
    note: Option<&'f str>,
    help: Option<&'f str>,
    fix: Option<(Applicability, &'f str)>,
    /// The places that its answer comes through.
    places: Vec<String>,
}

/// The findings of a file in groups, by the place of the first of each.
pub(super) fn grouped<'f>(findings: &'f [Finding], source: &SourceFile) -> Vec<Group<'f>> {
    let mut known: HashMap<Said<'_>, usize> = HashMap::default();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in findings {
        let said = Said {
            code: finding.rule.code,
            severity: finding.severity,
            message: &finding.message,
            note: finding.note.as_deref(),
            help: finding.help.as_deref(),
            fix: finding.fix.as_ref().map(|fix| (fix.applicability, fix.title.as_str())),
            places: finding.places_told(source),
        };
        let at = *known.entry(said).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.others.push(finding),
            None => groups.push(Group {
                first: finding,
                others: Vec::new(),
            }),
        }
    }
    groups
}

impl Group<'_> {
    /// How many findings there are in it.
    pub(super) fn len(&self) -> usize {
        self.others.len() + 1
    }

    /// `the same in lines 12, 15 to 17 and 30`, where there are others.
    pub(super) fn other_lines(&self, source: &SourceFile) -> Option<String> {
        let first = source.position(self.first.span.start).line;
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        let lines = self
            .others
            .iter()
            .map(|finding| source.position(finding.span.start).line);
        let mut beside = 0;
        for line in lines {
            match ranges.last_mut() {
                _ if line == first => beside += 1,
                Some((_, last)) if line <= *last + 1 => *last = (*last).max(line),
                _ => ranges.push((line, line)),
            }
        }
        let more = ranges.len().saturating_sub(MOST_RANGES);
        let mut named: Vec<String> = ranges
            .iter()
            .take(MOST_RANGES)
            .map(|&(from, to)| match to - from {
                0 => source.line_named(from),
                1 => format!("{}, {}", source.line_named(from), source.line_named(to)),
                _ => format!("{} to {}", source.line_named(from), source.line_named(to)),
            })
            .collect();
        if more > 0 {
            named.push(format!("{more} more places"));
        }
        let is_one = matches!(ranges.as_slice(), [(from, to)] if from == to);
        let word = if is_one { "line" } else { "lines" };
        let elsewhere = (!named.is_empty()).then(|| format!("in {word} {}", named.join(", ")));
        let here = match beside {
            0 => None,
            1 => Some("once more in this line".to_owned()),
            more => Some(format!("{more} times more in this line")),
        };
        let told: Vec<String> = here.into_iter().chain(elsewhere).collect();
        (!told.is_empty()).then(|| format!("the same {}", told.join(", and ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;
    use crate::source::{Language, Span};

    fn told(lines: &[usize]) -> Option<String> {
        let source = SourceFile::new("a.py", Language::Python, "x\n".repeat(500));
        let rule = rules::find("WS101").unwrap();
        let at = |line: &usize| Finding::new(rule, Span::empty((line - 1) * 2), "the same");
        let findings: Vec<Finding> = lines.iter().map(at).collect();
        let groups = grouped(&findings, &source);
        assert_eq!((groups.len(), groups[0].len()), (1, lines.len()));
        groups[0].other_lines(&source)
    }

    #[test]
    fn the_lines_of_the_others_are_named() {
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(told(&[3]), None);
        assert_eq!(told(&[3, 9]), said("the same in line 9"));
        assert_eq!(
            told(&[3, 4, 5, 6, 9, 20, 21]),
            said("the same in lines 4 to 6, 9, 20, 21")
        );
        assert_eq!(told(&[3, 3]), said("the same once more in this line"));
        assert_eq!(
            told(&[3, 3, 3, 8]),
            said("the same 2 times more in this line, and in line 8")
        );
        let many: Vec<usize> = (1..=40).map(|line| line * 3).collect();
        let last = told(&many).unwrap();
        assert!(last.ends_with("39, 27 more places"), "{last}");
    }

    #[test]
    fn what_says_something_else_stays_apart() {
        let rule = rules::find("WS101").unwrap();
        let finding = |message: &str| Finding::new(rule, Span::empty(0), message);
        let findings = [
            finding("a"),
            finding("b"),
            finding("a").note("why"),
            finding("a"),
            finding("a").severity(Severity::Info),
        ];
        let source = SourceFile::new("a.py", Language::Python, String::new());
        let sizes: Vec<usize> = grouped(&findings, &source).iter().map(Group::len).collect();
        assert_eq!(sizes, [2, 1, 1, 1]);
    }
}

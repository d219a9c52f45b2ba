//! The counts of a run, and how they are told to people.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::drawing::STRONG;
use super::{FileReport, Options};
use crate::finding::{Applicability, Severity};
use crate::rules;

/// The counts of a run. The caller adds each file, and says how many files it looked at.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many files were looked at, those without a trigger word included. The caller counts.
    pub files: usize,
    /// Findings by code.
    pub by_rule: BTreeMap<&'static str, usize>,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity info.
    pub infos: usize,
    /// What is less bad fails nothing and is not fixed; without it everything counts. The caller says so before it adds files.
    pub counts: Option<Severity>,
    /// Of the infos that do not count, those that `strict` takes for more.
    pub strict_infos: usize,
    /// Findings that count and whose fix is safe.
    pub safe_fixes: usize,
    /// Findings that count and whose fix is unsafe.
    pub unsafe_fixes: usize,
    /// Findings that a comment allows.
    pub suppressed: usize,
    /// Findings that the baseline allows.
    pub baselined: usize,
    /// Findings on lines that did not change since `--diff-base` or by `--diff-file`.
    pub unchanged: usize,
    /// Findings that `--fix` took away, by code.
    pub fixed: BTreeMap<&'static str, usize>,
    /// What could not be done, a line each: files that cannot be read, fixes that failed. The caller adds them.
    pub failures: Vec<String>,
}

impl Summary {
    /// Counts one file's findings.
    pub fn add(&mut self, file: &FileReport<'_>) {
        for finding in &file.checked.findings {
            *self.by_rule.entry(finding.rule.code).or_default() += 1;
            *match finding.severity {
                Severity::Error => &mut self.errors,
                Severity::Warning => &mut self.warnings,
                Severity::Info => &mut self.infos,
            } += 1;
            if self.counts.is_some_and(|counts| finding.severity < counts) {
                let is_raised = finding.severity == Severity::Info && finding.strict.is_some();
                self.strict_infos += usize::from(is_raised);
                continue;
            }
            match finding.fix.as_ref().map(|fix| fix.applicability) {
                Some(Applicability::Safe) => self.safe_fixes += 1,
                Some(Applicability::Unsafe) => self.unsafe_fixes += 1,
                Some(Applicability::Display) | None => {}
            }
        }
        self.suppressed += file.checked.suppressed;
        self.baselined += file.checked.baselined.len();
        self.unchanged += file.checked.unchanged;
        for (code, count) in file.fixed {
            *self.fixed.entry(code).or_default() += count;
        }
    }

    /// How many findings there are.
    #[must_use]
    pub fn findings(&self) -> usize {
        self.errors + self.warnings + self.infos
    }

    /// One line without a line end: what was fixed, what is left, what can be fixed, what a comment allows.
    /// `unsafe_fixes` says whether `--unsafe-fixes` is in force already.
    #[must_use]
    pub fn sentence(&self, unsafe_fixes: bool) -> String {
        let mut parts = Vec::new();
        let fixed: usize = self.fixed.values().sum();
        let left = if fixed > 0 {
            parts.push(format!("Fixed {}", counted(fixed, "finding")));
            " left"
        } else {
            ""
        };
        let files = counted(self.files, "file");
        parts.push(match self.findings() {
            0 if self.files == 0 => "No file was checked".to_owned(),
            0 if fixed > 0 => format!("all good: no findings left in {files}"),
            0 => format!("All good: no findings in {files}"),
            findings => format!(
                "{} ({}){left} in {files}",
                counted(findings, "finding"),
                self.severities()
            ),
        });
        parts.extend(self.fixable(unsafe_fixes));
        parts.extend(self.left());
        if self.suppressed > 0 {
            parts.push(format!("{} suppressed", self.suppressed));
        }
        if self.baselined > 0 {
            parts.push(format!("{} in the baseline", self.baselined));
        }
        if self.unchanged > 0 {
            parts.push(format!("{} on unchanged lines", self.unchanged));
        }
        parts.join("; ")
    }

    /// Writes what formats for people end with: the statistics if they are wanted, then the sentence unless it is not.
    pub(super) fn write_for_people(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        if options.statistics {
            self.write_statistics(out, options)?;
        }
        if !options.quiet {
            let sentence = self.sentence(options.unsafe_fixes);
            writeln!(out, "{}", options.drawing.paint(STRONG, sentence))?;
        }
        Ok(())
    }

    /// The infos that fail nothing and are not fixed, and what makes them count: `41 infos: --strict makes them count`.
    #[must_use]
    pub fn left(&self) -> Option<String> {
        let counts = self.counts.is_none_or(|counts| counts == Severity::Info);
        if counts || self.infos == 0 {
            return None;
        }
        let infos = counted(self.infos, "info");
        let them = if self.infos == 1 { "it" } else { "them" };
        Some(match self.strict_infos {
            0 => format!("{infos}: --fail-on info makes {them} count"),
            raised if raised == self.infos => format!("{infos}: --strict makes {them} count"),
            raised => format!("{infos}: --strict makes {raised} of them count, --fail-on info all"),
        })
    }

    fn severities(&self) -> String {
        [(self.errors, "error"), (self.warnings, "warning"), (self.infos, "info")]
            .into_iter()
            .filter(|&(count, _)| count > 0)
            .map(|(count, noun)| counted(count, noun))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn fixable(&self, unsafe_fixes: bool) -> Option<String> {
        match (self.safe_fixes, self.unsafe_fixes) {
            (0, 0) => None,
            (now, 0) => Some(format!("{now} fixable with --fix")),
            (0, more) => Some(format!("{more} fixable with --fix --unsafe-fixes")),
            (now, more) if unsafe_fixes => Some(format!("{} fixable with --fix --unsafe-fixes", now + more)),
            (now, more) => Some(format!("{now} fixable with --fix, {more} more with --unsafe-fixes")),
        }
    }

    /// How many findings each rule has, the most frequent first.
    pub(super) fn by_frequency(&self) -> Vec<(usize, &'static str)> {
        let mut counts: Vec<_> = self.by_rule.iter().map(|(&code, &count)| (count, code)).collect();
        counts.sort_unstable_by_key(|&(count, code)| (Reverse(count), code));
        counts
    }

    /// One line a rule, the most frequent first.
    fn write_statistics(&self, out: &mut dyn Write, options: &Options) -> io::Result<()> {
        let counts = self.by_frequency();
        let width = counts.first().map_or(0, |(most, _)| most.to_string().len());
        for (count, code) in counts {
            let name = rules::find(code).map_or("", |rule| rule.name);
            writeln!(out, "{count:>width$}  {}  {name}", options.drawing.paint(STRONG, code))?;
        }
        Ok(())
    }
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_run_says_so() {
        let mut summary = Summary {
            files: 12,
            ..Summary::default()
        };
        assert_eq!(summary.sentence(false), "All good: no findings in 12 files");
        summary.suppressed = 2;
        assert_eq!(
            summary.sentence(false),
            "All good: no findings in 12 files; 2 suppressed"
        );
        summary.fixed.insert("WS101", 1);
        assert_eq!(
            summary.sentence(false),
            "Fixed 1 finding; all good: no findings left in 12 files; 2 suppressed"
        );
    }

    #[test]
    fn the_sentence_tells_safe_fixes_from_unsafe_ones() {
        let summary = Summary {
            files: 1,
            errors: 1,
            warnings: 3,
            safe_fixes: 2,
            unsafe_fixes: 1,
            ..Summary::default()
        };
        assert_eq!(
            summary.sentence(false),
            "4 findings (1 error, 3 warnings) in 1 file; 2 fixable with --fix, 1 more with --unsafe-fixes"
        );
        assert_eq!(
            summary.sentence(true),
            "4 findings (1 error, 3 warnings) in 1 file; 3 fixable with --fix --unsafe-fixes"
        );
    }

    #[test]
    fn infos_that_do_not_count_say_what_makes_them_count() {
        let left = |infos, strict_infos, counts| {
            let summary = Summary {
                infos,
                strict_infos,
                counts: Some(counts),
                ..Summary::default()
            };
            summary.left()
        };
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(
            left(41, 41, Severity::Warning),
            said("41 infos: --strict makes them count")
        );
        assert_eq!(
            left(1, 0, Severity::Error),
            said("1 info: --fail-on info makes it count")
        );
        assert_eq!(
            left(3, 2, Severity::Warning),
            said("3 infos: --strict makes 2 of them count, --fail-on info all")
        );
        assert_eq!(left(3, 2, Severity::Info), None);
        assert_eq!(left(0, 0, Severity::Warning), None);
    }

    #[test]
    fn statistics_put_the_most_frequent_rule_first() {
        let summary = Summary {
            by_rule: BTreeMap::from([("WS001", 2), ("WS101", 2), ("WS102", 11)]),
            ..Summary::default()
        };
        let options = Options {
            statistics: true,
            quiet: true,
            ..Options::default()
        };
        let mut out = Vec::new();
        summary.write_for_people(&mut out, &options).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "11  WS102  connect-without-deadline\n \
             2  WS001  syntax-error\n \
             2  WS101  connect-timeout-argument\n"
        );
    }
}

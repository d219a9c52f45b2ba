//! What a run is told to leave aside: what the baseline allows, and what stands on lines that did not change.

use std::path::Path;

use crate::baseline::Baseline;
use crate::changes::{Base, Changes};
use crate::finding::Checked;
use crate::source::SourceFile;

/// What is left aside in all files.
#[derive(Debug, Default)]
pub struct Narrowing {
    /// Names the files for a baseline, and knows what it allows.
    pub baseline: Option<Baseline>,
    /// A new baseline is to be written: the old one allows nothing.
    pub renews_baseline: bool,
    /// What is new since `--diff-base` or by `--diff-file`.
    pub changes: Option<Changes>,
}

/// What is left aside in one file.
#[derive(Debug)]
pub struct InFile<'a> {
    /// The baseline and what it calls the file.
    baseline: Option<(&'a Baseline, String)>,
    base: Option<Base>,
}

impl Narrowing {
    /// For the file at `absolute`, which is `now` this.
    ///
    /// # Errors
    /// Git or the diff cannot say what the file was.
    pub fn in_file(&self, absolute: &Path, now: &[u8]) -> Result<InFile<'_>, String> {
        let baseline = self.baseline.as_ref().filter(|_| !self.renews_baseline);
        let base = self.changes.as_ref().map(|changes| changes.base_of(absolute, now));
        Ok(InFile {
            baseline: baseline.map(|baseline| (baseline, baseline.name_of(absolute))),
            base: base.transpose()?,
        })
    }
}

impl InFile<'_> {
    /// What is left of the findings in this text. It depends on the text alone: to fix what is left and to look again is
    /// the same as to look at the fixed file.
    #[must_use]
    pub fn apply(&self, source: &SourceFile, mut checked: Checked) -> Checked {
        if let Some((baseline, name)) = &self.baseline {
            (checked.findings, checked.baselined) = baseline.split(name, source, checked.findings);
        }
        if let Some(base) = &self.base {
            let all = checked.findings.len();
            base.retain_changes(source, &mut checked.findings, |finding| finding);
            checked.unchanged = all - checked.findings.len();
            base.retain_changes(source, &mut checked.allowed, |allowed| &allowed.finding);
        }
        checked
    }
}

//! What is said of one file.

use super::Finding;

/// The outcome for one file.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// By position, then by code.
    pub findings: Vec<Finding>,
    /// How many findings a comment allows.
    pub suppressed: usize,
    /// They themselves. Only formats that were asked to show them look at them.
    pub allowed: Vec<Suppressed>,
    /// Findings that the baseline allows. No rule looks at them, and only formats that were asked to show them.
    pub baselined: Vec<Finding>,
    /// How many findings stand on lines that are as they were in `--diff-base` or by `--diff-file`.
    pub unchanged: usize,
}

/// A finding that a comment allows.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// The words behind the comment that allows it.
    pub reason: Option<String>,
}

//! Comparing what is with what is expected, and rewriting expectations with `WS_LINT_BLESS=1`.

use std::fs;
use std::path::Path;

use ws_lint::fix::unified;

/// Whether this run rewrites expectations in place of comparing with them.
pub(crate) fn blessing() -> bool {
    std::env::var_os("WS_LINT_BLESS").is_some_and(|value| value == "1")
}

/// Compares `actual` with what stands in `path`, a missing file being `None`; returns what differs. Blessed, the file is
/// written or removed.
pub(crate) fn compare_file(path: &Path, actual: Option<&str>) -> Option<String> {
    if blessing() {
        match actual {
            Some(text) => fs::write(path, text).expect("the expectation can be written"),
            None if path.exists() => fs::remove_file(path).expect("the expectation can be removed"),
            None => {}
        }
        return None;
    }
    let expected = fs::read_to_string(path).ok();
    if expected.as_deref() == actual {
        return None;
    }
    let (expected, actual) = (expected.unwrap_or_default(), actual.unwrap_or_default());
    Some(difference(&path.display().to_string(), &expected, actual))
}

/// A unified diff from `expected` to `actual` under a heading.
pub(crate) fn difference(heading: &str, expected: &str, actual: &str) -> String {
    format!("{heading}\n{}", unified(Path::new(heading), expected, actual))
}

/// Fails with every complaint there is.
pub(crate) fn assert_none(complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{} complaints\n\n{}",
        complaints.len(),
        complaints.join("\n\n")
    );
}

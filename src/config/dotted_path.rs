//! A name that Python code can import: `my_project.console.safe_print`.

use super::error::ConfigError;
use super::reader::Entry;

/// What Python 3.8 to 3.14 take for no name (`keyword.kwlist`), and the one name that cannot be bound. Soft keywords
/// (`match`, `type`) are names.
const NO_NAMES: [&str; 36] = [
    "False",
    "None",
    "True",
    "__debug__",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
];

/// The value of `safe-print`.
///
/// # Errors
/// No program can import that.
pub(super) fn read(entry: Entry<'_>) -> Result<String, ConfigError> {
    let (document, path) = (entry.document, entry.string()?);
    let mut parts = path.value.split('.');
    if path.value.contains('.') && parts.clone().all(is_identifier) {
        let Some(keyword) = parts.find(|part| NO_NAMES.contains(part)) else {
            return Ok(path.value);
        };
        let message = format!(
            "`safe-print` must be something that can be imported, and `{keyword}` is no name in Python: `{}`",
            path.value
        );
        return Err(document.error(path.offset, message));
    }
    let message = format!(
        "`safe-print` must be a dotted path like `my_project.console.safe_print`, not `{}`",
        path.value
    );
    Err(document.error(path.offset, message))
}

fn is_identifier(part: &str) -> bool {
    let may_begin = |c: char| c.is_alphabetic() || c == '_';
    part.starts_with(may_begin) && part.chars().all(|c| c.is_alphanumeric() || c == '_')
}

//! How files write a version of Python.

use crate::facts::PythonVersion;

/// The version that a text is and nothing else: `3.10`, `3.10.4`, `3.10-dev`, `3.10.x`, `~3.10`, `cpython-3.10.4`,
/// `pypy-3.10`, `pypy3.10-v7.3.17`, `python3.10`, `py310`.
pub(super) fn version(text: &str) -> Option<PythonVersion> {
    let text = text.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let of_implementation = ["cpython", "pypy", "python", "py"]
        .into_iter()
        .find_map(|name| text.strip_prefix(name));
    let (rest, is_named) = match of_implementation {
        Some(rest) => (rest.trim_start_matches(['-', '@', '_']), true),
        None => (text.trim_start_matches(['~', '^', '=', '>', 'v', ' ']), false),
    };
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let minor = match rest.strip_prefix("3.") {
        Some(minor) => minor,
        None => rest.strip_prefix('3').filter(|_| is_named)?,
    };
    let (minor, behind) = minor.split_at(digits(minor));
    let ends_well = behind.is_empty() || behind.starts_with(['.', '-', 't', ' ', '*', '|']);
    let minor: u8 = minor.parse().ok().filter(|_| ends_well && minor.len() <= 2)?;
    Some(PythonVersion::new(3, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_in_every_spelling() {
        for text in [
            "3.10",
            "\"3.10\"",
            "3.10.4",
            "3.10.x",
            "3.10-dev",
            "~3.10",
            ">=3.10",
            "v3.10",
            "cpython-3.10.4",
            "pypy-3.10",
            "pypy3.10-v7.3.17",
            "python3.10",
            "Python3.10",
            "py310",
            "pypy310",
            "py3.10",
            "python@3.10",
            "3.10.*",
            "3.10t",
        ] {
            assert_eq!(version(text), Some(PythonVersion::new(3, 10)), "{text}");
        }
        assert_eq!(version("py39"), Some(PythonVersion::new(3, 9)));
        for text in [
            "", "3", "3.x", "py3", "py", "python", "2.7", "py27", "310", "3.10foo", "3.100", "lint", "pypyé", "py3999",
            "1.3.10",
        ] {
            assert_eq!(version(text), None, "{text}");
        }
    }
}

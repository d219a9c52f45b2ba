//! Which language a file is written in, by its name or its first line.

use std::path::Path;

use crate::project::Kind;
use crate::reading::{self, ReadError};
use crate::source::Language;

/// How much of a file is read to see its first line, in bytes. Linux itself reads 256 of an interpreter line.
const FIRST_LINE: u64 = 256;

/// The language that a name says.
pub(super) fn by_name(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()? {
        "py" | "pyi" | "ipynb" => Some(Language::Python),
        "rs" => Some(Language::Rust),
        _ => Kind::of(path).map(|_| Language::Manifest),
    }
}

/// Python, if the file's first line hands it to a Python interpreter.
pub(super) fn by_first_line(path: &Path) -> Result<Option<Language>, ReadError> {
    let start = reading::read_start(path, FIRST_LINE)?;
    Ok(has_python_shebang(&start).then_some(Language::Python))
}

/// Whether a text begins with `#!/usr/bin/env python3`, `#!/usr/bin/python -u`, `#!/usr/bin/env -S uv run python` or
/// the like.
#[must_use]
pub fn has_python_shebang(text: &[u8]) -> bool {
    let Some(line) = text.strip_prefix(b"#!") else {
        return false;
    };
    let line = line.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or(line);
    line.split(|byte| matches!(byte, b' ' | b'\t'))
        .filter_map(|word| word.rsplit(|&byte| byte == b'/').next())
        .any(is_python)
}

/// `python`, `python3`, `python3.11`, `pypy3`.
fn is_python(program: &[u8]) -> bool {
    let version = program
        .strip_prefix(b"python")
        .or_else(|| program.strip_prefix(b"pypy"));
    version.is_some_and(|version| version.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interpreter_line_tells_python() {
        for line in [
            "#!/usr/bin/python\n",
            "#! /usr/bin/env python3.11",
            "#!/usr/bin/env -S uv run python -u\r\n",
            "#!/opt/pypy3\n",
        ] {
            assert!(has_python_shebang(line.as_bytes()), "{line:?}");
        }
        for line in [
            "",
            "#!",
            "#!/bin/sh\npython\n",
            "#!/usr/bin/pythonic",
            "# python",
            "#!/usr/bin/env ipython",
        ] {
            assert!(!has_python_shebang(line.as_bytes()), "{line:?}");
        }
    }
}

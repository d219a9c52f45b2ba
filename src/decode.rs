//! From a file's bytes to its text.
//!
//! ws-lint reads UTF-8 and changes no byte on the way, so that offsets into the text are offsets into the file. A
//! Python file may declare another encoding (PEP 263); then it is not checked, unless its bytes mean the same in UTF-8.
//! A notebook is always UTF-8, and its text is the code of its cells.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::source::{Language, SourceFile, Span, SyntaxError};

/// What became of a file's bytes.
#[derive(Debug)]
pub enum Decoded {
    /// The text.
    Source(SourceFile),
    /// The bytes are not what the language takes. Every byte that is no UTF-8 is a `?` in the text, so that places in it
    /// can be shown.
    Broken(SourceFile, SyntaxError),
    /// A valid file whose encoding (as it names it) ws-lint does not read.
    Foreign(String),
}

/// Decodes the bytes of a file that is shown as `path`.
#[must_use]
pub fn decode(path: PathBuf, language: Language, bytes: Vec<u8>) -> Decoded {
    if language == Language::Python
        && !is_notebook(&path)
        && !bytes.is_ascii()
        && let Some(encoding) = declared_encoding(&bytes)
        && !is_utf8(&encoding)
    {
        return Decoded::Foreign(encoding);
    }
    match String::from_utf8(bytes) {
        Ok(text) if is_notebook(&path) => match SourceFile::notebook(path, text) {
            Ok(source) => Decoded::Source(source),
            Err(unreadable) => {
                let (source, error) = *unreadable;
                Decoded::Broken(source, error)
            }
        },
        Ok(text) => Decoded::Source(SourceFile::new(path, language, text)),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            broken(path, language, &error.into_bytes(), offset)
        }
    }
}

/// Whether a file of this name is a notebook of Jupyter.
#[must_use]
pub fn is_notebook(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ipynb")
}

/// The bytes of a file's code: those of its cells, where it is a notebook. None where it is one that cannot be read.
#[must_use]
pub fn code_of<'b>(path: &Path, bytes: &'b [u8]) -> Option<Cow<'b, [u8]>> {
    if !is_notebook(path) {
        return Some(Cow::Borrowed(bytes));
    }
    let json = str::from_utf8(bytes).ok()?;
    let source = SourceFile::notebook(path, json.to_owned()).ok()?;
    Some(Cow::Owned(source.text().as_bytes().to_owned()))
}

fn broken(path: PathBuf, language: Language, bytes: &[u8], offset: usize) -> Decoded {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    let message = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16, where UTF-8 is needed".to_owned(),
        _ => {
            let byte = bytes.get(offset).copied().unwrap_or_default();
            format!("byte 0x{byte:02x} at offset {offset} is not UTF-8")
        }
    };
    let error = SyntaxError {
        span: Span::new(offset, (offset + 1).min(text.len())),
        message,
    };
    Decoded::Broken(SourceFile::new(path, language, text), error)
}

/// The encoding that a Python file declares in a comment on its first or second line, in its own spelling. A byte order
/// mark is a declaration of UTF-8.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return None;
    }
    let (first, rest) = split_line(bytes);
    for line in [first, split_line(rest).0] {
        let code = line.trim_ascii_start();
        let code = code.strip_prefix(b"\x0c").unwrap_or(code).trim_ascii_start();
        match code.first() {
            Some(b'#') => {
                if let Some(encoding) = cookie(code) {
                    return Some(encoding);
                }
            }
            Some(_) => return None,
            None => {}
        }
    }
    None
}

/// The first line without its end, and what follows it.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    let (line, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
    let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..)).unwrap_or(rest);
    (line, rest)
}

/// The name behind `coding:` or `coding=` in a comment.
fn cookie(comment: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(comment);
    let (_, rest) = text
        .match_indices("coding")
        .map(|(at, word)| text.split_at(at + word.len()))
        .find(|(_, rest)| rest.starts_with([':', '=']))?;
    let name = rest.get(1..)?.trim_start_matches([' ', '\t']);
    let end = name
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(name.len());
    let name = name.get(..end)?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// Whether Python takes the name for UTF-8.
fn is_utf8(encoding: &str) -> bool {
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    matches!(name.as_str(), "utf-8" | "utf8" | "u8" | "utf" | "cp65001") || name.starts_with("utf-8-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(language: Language, bytes: &[u8]) -> String {
        match decode(PathBuf::from("x"), language, bytes.to_owned()) {
            Decoded::Source(source) => format!("text of {} bytes", source.text().len()),
            Decoded::Broken(source, error) => {
                let place = source.position(error.span.start);
                format!("{}:{}: {}", place.line, place.column, error.message)
            }
            Decoded::Foreign(encoding) => format!("declared {encoding}"),
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_have_a_place() {
        assert_eq!(
            outcome(Language::Python, b"a = 1\nb = '\xe9'\n"),
            "2:6: byte 0xe9 at offset 11 is not UTF-8"
        );
        assert_eq!(
            outcome(Language::Rust, b"// \xff"),
            "1:4: byte 0xff at offset 3 is not UTF-8"
        );
        assert_eq!(
            outcome(Language::Rust, b"\xff\xfea\0"),
            "1:1: the file is UTF-16, where UTF-8 is needed"
        );
    }

    #[test]
    fn a_declared_encoding_is_respected_where_it_matters() {
        for cookie in [
            "# -*- coding: latin-1 -*-\n",
            "#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\n",
            "\r\n\x0c  # coding=latin-1\r\n",
        ] {
            let mut bytes = cookie.as_bytes().to_vec();
            bytes.extend(b"x = '\xe9'\n");
            assert_eq!(outcome(Language::Python, &bytes), "declared latin-1", "{cookie:?}");
        }
        assert_eq!(
            outcome(Language::Python, b"# coding: latin-1\nx = 1\n"),
            "text of 24 bytes"
        );
        assert_eq!(
            outcome(Language::Python, "# coding: UTF_8\nx = 'é'\n".as_bytes()),
            "text of 25 bytes"
        );
        assert_eq!(
            outcome(Language::Python, b"x = 1\n# coding: latin-1\ny = '\xe9'\n"),
            "3:6: byte 0xe9 at offset 29 is not UTF-8"
        );
        assert_eq!(
            outcome(Language::Python, b"#\n#\n# coding: latin-1\n\xe9"),
            "4:1: byte 0xe9 at offset 22 is not UTF-8"
        );
        assert_eq!(
            outcome(Language::Rust, b"# coding: latin-1\n\xe9"),
            "2:1: byte 0xe9 at offset 18 is not UTF-8"
        );
    }

    #[test]
    fn a_byte_order_mark_and_nul_bytes_stay() {
        assert_eq!(
            outcome(Language::Python, "\u{feff}x = 'é'\r\n\0".as_bytes()),
            "text of 14 bytes"
        );
    }
}

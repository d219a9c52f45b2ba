//! Unified diffs that `git apply` and `patch -p1` take.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Component, Path};

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

/// Lines of context around a change, as in git.
const CONTEXT: usize = 3;

/// The unified diff from `before` to `after`; empty where they are equal.
///
/// `path` is written relative to the current directory, with forward slashes, behind `a/` and `b/`, quoted as git does
/// it. Lines end at `\n` only, as `git apply` and `patch` see it: `\r` and form feeds are bytes of a line.
#[must_use]
pub fn unified(path: &Path, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut diff = format!("--- {}\n+++ {}\n", name("a/", path), name("b/", path));
    for hunk in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT) {
        write_hunk(&mut diff, &hunk, &old, &new);
    }
    diff
}

fn write_hunk(diff: &mut String, hunk: &[DiffOp], old: &[&str], new: &[&str]) {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else {
        return;
    };
    let old_lines = first.old_range().start..last.old_range().end;
    let new_lines = first.new_range().start..last.new_range().end;
    let _ = writeln!(diff, "@@ -{} +{} @@", lines(&old_lines), lines(&new_lines));
    for op in hunk {
        if let DiffOp::Equal { .. } = op {
            write_lines(diff, ' ', &old[op.old_range()]);
        } else {
            write_lines(diff, '-', &old[op.old_range()]);
            write_lines(diff, '+', &new[op.new_range()]);
        }
    }
}

/// `START,COUNT` of a hunk's header: 1-based, and the line before where there are none.
fn lines(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => (range.start + 1).to_string(),
        count => format!("{},{count}", range.start + 1),
    }
}

fn write_lines(diff: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        diff.push(sign);
        diff.push_str(line);
        if !line.ends_with('\n') {
            diff.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// The path as git writes it behind `---`: C-quoted where it holds a quote, a backslash, a control or formatting
/// character or bytes that are no UTF-8, else followed by a tab where it holds a space, so that readers do not take
/// what follows the space for a date.
fn name(prefix: &str, path: &Path) -> String {
    let bytes = [prefix.as_bytes(), &relative(path)].concat();
    match str::from_utf8(&bytes) {
        Ok(name) if !name.chars().any(must_be_quoted) => {
            let end = if name.contains(' ') { "\t" } else { "" };
            format!("{name}{end}")
        }
        _ => quoted(&bytes),
    }
}

/// Formatting characters (U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060 to U+2069, U+FEFF) can make a name look
/// like another one on a terminal.
fn must_be_quoted(c: char) -> bool {
    let formats = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    matches!(c, '"' | '\\') || c.is_control() || formats
}

fn quoted(bytes: &[u8]) -> String {
    let mut quoted = String::from("\"");
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b'\n' => quoted.push_str("\\n"),
            b'\t' => quoted.push_str("\\t"),
            b'\r' => quoted.push_str("\\r"),
            b' '..=b'~' => quoted.push(char::from(byte)),
            _ => {
                let _ = write!(quoted, "\\{byte:03o}");
            }
        }
    }
    quoted.push('"');
    quoted
}

/// The bytes of `path` from the current directory, with forward slashes; of an absolute path elsewhere, those behind
/// its root.
fn relative(path: &Path) -> Vec<u8> {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    let mut bytes = Vec::new();
    for component in below.unwrap_or(path).components() {
        let part = match component {
            Component::Normal(part) => part.as_encoded_bytes(),
            Component::ParentDir => b"..",
            Component::CurDir | Component::RootDir | Component::Prefix(_) => continue,
        };
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(part);
    }
    bytes
}

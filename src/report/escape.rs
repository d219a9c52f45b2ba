//! Shows the characters that a terminal would obey or hide. Sources, file names and the messages that quote them come
//! from strangers: an escape sequence could rewrite the screen, a bidirectional override could show code in another
//! order than the one that runs.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use unicode_width::UnicodeWidthChar;

/// A message or any other text that stands on one line: every hidden character shown as `\u{202e}`, line ends and tabs
/// as `\n`, `\r` and `\t`.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_hidden) else {
        return Cow::Borrowed(text);
    };
    let mut shown = String::with_capacity(text.len() + 16);
    shown.push_str(&text[..first]);
    for c in text[first..].chars() {
        push(&mut shown, c);
    }
    Cow::Owned(shown)
}

/// A text of several lines: as [`line()`], with the ends of lines and tabs as they are.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\t' => shown.push(c),
            '\r' if rest.peek() == Some(&'\n') => shown.push(c),
            _ => push(&mut shown, c),
        }
    }
    Cow::Owned(shown)
}

/// A path: as [`line()`], and bytes that are not UTF-8 shown as `\xff`.
#[must_use]
pub fn path(path: &Path) -> String {
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        shown.push_str(&line(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// Appends `c` as people are to see it.
pub(super) fn push(shown: &mut String, c: char) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        _ if is_hidden(c) => {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        }
        _ => shown.push(c),
    }
}

/// How many columns `c` takes as people see it; a tab counts as `\t`.
pub(super) fn width(c: char) -> usize {
    if !is_hidden(c) {
        return c.width().unwrap_or(0);
    }
    let mut shown = String::new();
    push(&mut shown, c);
    shown.len()
}

/// Whether a terminal obeys `c` instead of showing it, or shows nothing for it although it changes what is meant:
/// controls, bidirectional and zero-width formatting, fillers, tags, and the variation selectors that no font uses.
/// The sixteen variation selectors of emoji (U+FE00 to U+FE0F) and combining marks are shown: they are part of
/// everyday text.
pub(super) fn is_hidden(c: char) -> bool {
    // Nearly all text is.
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(line("a\u{1b}[31mb\u{9b}c\u{7f}"), "a\\u{1b}[31mb\\u{9b}c\\u{7f}");
        assert_eq!(line("one\r\ntwo\tthree"), "one\\r\\ntwo\\tthree");
        assert_eq!(
            line("\u{202e}txt.\u{2066}x\u{200d}\u{e0041}"),
            "\\u{202e}txt.\\u{2066}x\\u{200d}\\u{e0041}"
        );
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(lines("a\r\n\tb\u{1b}]0;x\u{7}\rc\n"), "a\r\n\tb\\u{1b}]0;x\\u{7}\\rc\n");
        assert!(matches!(lines("a b"), Cow::Borrowed("a b")));
    }

    #[test]
    fn everyday_text_is_borrowed_as_it_is() {
        for text in ["", "é日本語🎉", "⚠\u{fe0f}", "e\u{301}", "C:\\new"] {
            assert!(matches!(line(text), Cow::Borrowed(shown) if shown == text), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_shows_its_controls_and_its_bytes_that_are_no_text() {
        use std::os::unix::ffi::OsStrExt;
        let odd = std::ffi::OsStr::from_bytes(b"a\x1b\n\xff\xc3\xa9.py");
        assert_eq!(path(Path::new(odd)), "a\\u{1b}\\n\\xffé.py");
    }
}

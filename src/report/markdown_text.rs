//! Strangers' text in Markdown.

use std::fmt::Write as _;

use super::escape;

/// A text that stands on one line and means nothing to Markdown or HTML: code stays code, everything else is written as
/// references.
pub(super) fn text(text: &str) -> String {
    let shown = escape::line(text);
    let mut safe = String::with_capacity(shown.len());
    let mut parts = shown.split('`').peekable();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        // A last backtick without a partner is a character like others.
        let closed = parts.peek().is_some();
        match (is_code, closed) {
            (true, true) => {
                let _ = write!(safe, "<code>{}</code>", references(part));
            }
            (true, false) => {
                safe.push_str("&#96;");
                safe.push_str(&references(part));
            }
            (false, _) => safe.push_str(&references(part)),
        }
        is_code = !is_code;
    }
    safe
}

/// Every ASCII character that could begin markup or a link as a numeric reference. Behind those that could begin a
/// mention a comment follows: hosts look for mentions in the text that the references stand for.
pub(super) fn references(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' | ',' | '/' | '-' | '=' | '(' | ')' | ';' | '\'' | '"' | '?' | '+' => safe.push(c),
            '@' | '#' | '!' | '~' | '$' | '&' | '%' => {
                let _ = write!(safe, "&#{};<!-- -->", u32::from(c));
            }
            _ if c.is_ascii_punctuation() => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            _ => safe.push(c),
        }
    }
    safe
}

/// What begins and ends a block of code that holds `text`: no line of it can end the block.
pub(super) fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_means_nothing_to_markdown() {
        assert_eq!(
            text("`a|b` of <b> @x #1 [y](z)\n*"),
            "<code>a&#124;b</code> of &#60;b&#62; &#64;<!-- -->x &#35;<!-- -->1 &#91;y&#93;(z)&#92;n&#42;"
        );
        assert_eq!(text("a ` b"), "a &#96; b");
        assert_eq!(text("_é日_ https://x.y"), "&#95;é日&#95; https&#58;//x&#46;y");
    }
}

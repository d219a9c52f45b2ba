//! What XML can hold.

/// A text without the characters that XML 1.0 cannot express in any way; U+FFFD stands for each.
pub(super) fn expressible(text: &str) -> String {
    text.chars().map(|c| if is_char(c) { c } else { '\u{fffd}' }).collect()
}

/// The value of an attribute, without its quotation marks. Line ends and tabs survive a parser's normalisation.
pub(super) fn attribute(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in expressible(text).chars() {
        match c {
            '&' => value.push_str("&amp;"),
            '<' => value.push_str("&lt;"),
            '>' => value.push_str("&gt;"),
            '"' => value.push_str("&quot;"),
            '\'' => value.push_str("&apos;"),
            '\t' => value.push_str("&#9;"),
            '\n' => value.push_str("&#10;"),
            '\r' => value.push_str("&#13;"),
            _ => value.push(c),
        }
    }
    value
}

/// The `Char` of XML 1.0.
fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_holds_any_text() {
        assert_eq!(
            attribute("<a b=\"c\" d='e'>&amp;\r\n\t\u{0}\u{c}\u{1b}\u{ffff}é🎉"),
            "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;amp;&#13;&#10;&#9;\u{fffd}\u{fffd}\u{fffd}\u{fffd}é🎉"
        );
    }
}

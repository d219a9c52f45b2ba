//! What XML can hold. `quick-xml` writes it, and knows how texts and attributes are escaped.

use std::io::Write;

use quick_xml::Writer;

/// Writes elements into `out`, indented.
pub(super) fn writer(out: &mut dyn Write) -> Writer<&mut dyn Write> {
    Writer::new_with_indent(out, b' ', 2)
}

/// A text without the characters that XML 1.0 cannot express in any way; U+FFFD stands for each.
pub(super) fn expressible(text: &str) -> String {
    text.chars().map(|c| if is_char(c) { c } else { '\u{fffd}' }).collect()
}

/// The `Char` of XML 1.0.
fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_and_a_text_hold_any_text() {
        let text = expressible("<a b=\"c\" d='e'>&amp;\r\n\t\u{0}\u{c}\u{1b}\u{ffff}é🎉");
        let mut out = Vec::new();
        writer(&mut out)
            .create_element("x")
            .with_attribute(("a", text.as_str()))
            .write_text_content(quick_xml::events::BytesText::new(&text))
            .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "<x a=\"&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;amp;&#13;&#10;&#9;\u{fffd}\u{fffd}\u{fffd}\u{fffd}é🎉\">\
             &lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;amp;&#13;\n\t\u{fffd}\u{fffd}\u{fffd}\u{fffd}é🎉</x>"
        );
    }
}

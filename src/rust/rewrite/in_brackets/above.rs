//! The lines of a statement above that of a wait in brackets.

use crate::rust::rewrite::statement::below_its_sign;
use crate::source::{SourceFile, Span};

/// The lines of a statement above: one that ends with its `=`, or those of a chain that ends in this line.
pub(super) struct Above<'s> {
    /// The indentation of the first.
    pub(super) indent: &'s str,
    /// All of them as one line.
    pub(super) joined: String,
    /// The blanks between the lines, and what goes in their place.
    pub(super) blanks: Vec<Span>,
    pub(super) joint: &'static str,
}

/// The line above the one that starts at `start` with this indentation, where it ends with its `=`.
pub(super) fn sign_above<'s>(source: &'s SourceFile, start: usize, indent: &str) -> Option<Above<'s>> {
    let (blanks, outer) = below_its_sign(source, start, indent)?;
    let line = source.text().get(source.line_start(blanks.start)..blanks.start)?;
    Some(Above {
        indent: outer,
        joined: format!("{line} "),
        blanks: vec![blanks],
        joint: " ",
    })
}

/// The lines above the one that starts at `start` with this indentation, which is a link's, up to the one that the chain begins in.
pub(super) fn links_above<'s>(source: &'s SourceFile, start: usize, indent: &str) -> Option<Above<'s>> {
    let text = source.text();
    let mut above = Above {
        indent: "",
        joined: String::new(),
        blanks: Vec::new(),
        joint: "",
    };
    let mut link = start + indent.len();
    loop {
        let before = text.get(..link)?.trim_end();
        let line_start = source.line_start(before.len());
        let line = before.get(line_start..)?;
        let code = line.trim_start();
        above.blanks.push(Span::new(before.len(), link));
        above.joined.insert_str(0, code);
        let own = line.get(..line.len() - code.len())?;
        if own.len() < indent.len() {
            above.indent = own;
            above.joined.insert_str(0, own);
            above.blanks.reverse();
            return Some(above);
        }
        // A comment, or a link of several lines.
        if own != indent || !code.starts_with('.') || code.contains("//") {
            return None;
        }
        link = line_start + own.len();
    }
}

//! The names that the `use` declarations of a file bring in, read from its tokens: where each stands, and what goes with it.

use crate::rust::syntax::lexer::{Kind, Token};
use crate::source::Span;

/// A name that a `use` brings in.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::rust) struct Import {
    /// As code writes it.
    pub(in crate::rust) name: String,
    /// The whole path: `std::thread`.
    pub(in crate::rust) path: String,
    /// The declaration, from `use` to its semicolon.
    pub(in crate::rust) statement: Span,
    /// The bytes that go when the name goes, and what comes in their place: nothing, or the blank that a line's end becomes.
    pub(in crate::rust) gone: Vec<(Span, &'static str)>,
    /// It is private and nothing decides whether it is there, and it has its lines for itself if it is alone.
    pub(in crate::rust) may_go: bool,
}

/// So long are lines that rustfmt makes of itself.
const LINE: usize = 100;

/// The names of the `use` declarations among these tokens, which are no comments; globs and renamed ones are left out.
pub(in crate::rust) fn imports(text: &str, tokens: &[Token]) -> Vec<Import> {
    let reader = Reader { text, tokens };
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let behind = reader.word(at + 1);
        if reader.word(at) != "use" || matches!(behind, "<" | "") {
            at += 1;
            continue;
        }
        let Some(end) = (at..tokens.len()).find(|&end| reader.word(end) == ";") else {
            break;
        };
        let of = Statement { start: at, end };
        reader.leaves(&of, at + 1, end, "", &mut found);
        at = end + 1;
    }
    found
}

struct Statement {
    /// The index of `use`, and of the semicolon.
    start: usize,
    end: usize,
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token],
}

impl Reader<'_> {
    fn span(&self, at: usize) -> Span {
        self.tokens
            .get(at)
            .map_or(Span::empty(self.text.len()), |token| token.span)
    }

    fn word(&self, at: usize) -> &str {
        self.text.get(self.span(at).range()).unwrap_or_default()
    }

    /// The names of the tree between two tokens, whose path begins with `prefix`.
    fn leaves(&self, of: &Statement, start: usize, end: usize, prefix: &str, found: &mut Vec<Import>) {
        let mut path = prefix.to_owned();
        for at in start..end {
            match self.word(at) {
                "{" => {
                    for (from, to) in self.elements(at) {
                        self.leaves(of, from, to, &path, found);
                    }
                    return;
                }
                "as" | "*" => return,
                other => path.push_str(other),
            }
        }
        let path = path.trim_start_matches("::");
        let path = path.strip_suffix("::self").unwrap_or(path);
        let name = path.rsplit("::").next().unwrap_or(path);
        let (gone, is_whole) = self.gone(of, start, end);
        let mut gone: Vec<_> = gone.into_iter().map(|span| (span, "")).collect();
        if !is_whole {
            gone = self.in_one_line(of, &gone).unwrap_or(gone);
        }
        found.push(Import {
            name: name.to_owned(),
            path: path.to_owned(),
            statement: Span::new(self.span(of.start).start, self.span(of.end).end),
            may_go: self.is_plain(of) && (!is_whole || self.line_of(of).is_some()),
            gone,
        });
    }

    /// The elements of the group that opens here: from the first token to the one behind the last.
    fn elements(&self, open: usize) -> Vec<(usize, usize)> {
        let (mut found, mut depth, mut from) = (Vec::new(), 0_usize, open + 1);
        for at in open..self.tokens.len() {
            let (kind, word) = (self.tokens.get(at).map(|token| token.kind), self.word(at));
            match kind {
                Some(Kind::Open) => depth += 1,
                Some(Kind::Close) => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 || depth == 1 && word == "," {
                found.extend((from < at).then_some((from, at)));
                from = at + 1;
            }
            if depth == 0 {
                break;
            }
        }
        found
    }

    /// What goes with the tree between two tokens, and whether that is all of the declaration.
    fn gone(&self, of: &Statement, start: usize, end: usize) -> (Vec<Span>, bool) {
        let (mut start, mut end) = (start, end);
        loop {
            let Some(open) = self.group_around(of.start, start) else {
                return (self.line_of(of).into_iter().collect(), true);
            };
            let elements = self.elements(open);
            let close = self.close_of(open).unwrap_or(of.end);
            let others: Vec<_> = elements.iter().filter(|(from, _)| *from != start).collect();
            match others.as_slice() {
                // The group goes with its only element, and what its path begins with.
                [] => {
                    end = close + 1;
                    start = self.beginning(of, open);
                }
                // One that is left alone needs no group.
                [(from, to)] if self.word(*from) != "self" => {
                    let head = Span::new(self.span(open).start, self.span(*from).start);
                    let tail = Span::new(self.span(to - 1).end, self.span(close).end);
                    return (vec![head, tail], false);
                }
                _ => {
                    let last = (start..end).next_back().unwrap_or(start);
                    let span = match self.word(end) {
                        "," if end + 1 < close => Span::new(self.span(start).start, self.span(end + 1).start),
                        // The comma in front of it goes with the last one.
                        _ => Span::new(self.span(start.saturating_sub(2)).end, self.span(last).end),
                    };
                    return (vec![span], false);
                }
            }
        }
    }

    /// The same, with the line ends that rustfmt would take away, too, as what is left fits in one line.
    fn in_one_line(&self, of: &Statement, gone: &[(Span, &'static str)]) -> Option<Vec<(Span, &'static str)>> {
        let is_left = |at: &usize| !gone.iter().any(|(span, _)| span.contains(self.span(*at)));
        let left: Vec<usize> = (of.start..=of.end).filter(is_left).collect();
        let mut edits = gone.to_vec();
        let line_start = self
            .text
            .get(..self.span(of.start).start)?
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let mut length = self.span(of.start).start - line_start;
        for (index, at) in left.iter().copied().enumerate() {
            let next = left.get(index + 1).copied();
            let word = self.word(at);
            let closes = next.is_some_and(|next| self.word(next) == "}");
            let gap = Span::new(
                self.span(at).end,
                next.map_or(self.span(at).end, |next| self.span(next).start),
            );
            let is_cut = gone.iter().any(|(span, _)| gap.contains(*span));
            let text = self.text.get(gap.range())?;
            let breaks = !is_cut && text.contains('\n');
            if breaks && !text.trim().is_empty() {
                return None;
            }
            let blank = if word == "{" || closes { "" } else { " " };
            match (word, breaks) {
                (",", true) if closes => edits.push((Span::new(self.span(at).start, gap.end), "")),
                (_, true) => {
                    edits.push((gap, blank));
                    length += word.len() + blank.len();
                }
                (_, false) => length += word.len() + if is_cut { 0 } else { text.len() },
            }
        }
        edits.sort_by_key(|(span, _)| *span);
        (length <= LINE).then_some(edits)
    }

    /// The opening bracket of the group that the token is in, from this other one on.
    fn group_around(&self, start: usize, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for before in (start..at).rev() {
            match self.tokens.get(before)?.kind {
                Kind::Close => depth += 1,
                Kind::Open if depth == 0 => return Some(before),
                Kind::Open => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// The closing bracket of the group that opens here.
    fn close_of(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }

    /// Where the element begins whose path leads to this group.
    fn beginning(&self, of: &Statement, open: usize) -> usize {
        let is_start = |at: &usize| matches!(self.word(*at), "," | "{") || *at == of.start;
        (of.start..open).rev().find(is_start).map_or(open, |at| at + 1)
    }

    /// Whether a declaration is private, without attributes.
    fn is_plain(&self, of: &Statement) -> bool {
        let Some(before) = of.start.checked_sub(1) else {
            return true;
        };
        match self.word(before) {
            ";" | "{" | "}" => true,
            // `#![deny(warnings)]` is about the file.
            "]" => {
                let open = self.group_around(0, before);
                let is = |back: usize, mark: &str| {
                    open.and_then(|open| open.checked_sub(back))
                        .is_some_and(|at| self.word(at) == mark)
                };
                is(1, "!") && is(2, "#")
            }
            _ => false,
        }
    }

    /// The lines of a declaration that has them for itself, with a blank line that would be one too many.
    fn line_of(&self, of: &Statement) -> Option<Span> {
        let span = Span::new(self.span(of.start).start, self.span(of.end).end);
        let before = self.text.get(..span.start)?;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let above = before.get(..start)?.trim_end_matches(['\n', '\r']);
        let line_above = above.rsplit('\n').next().unwrap_or_default().trim();
        let is_blank_above = before.get(..start)?.trim_end_matches(' ').ends_with("\n\n") || above.is_empty();
        let rest = self.text.get(span.end..)?;
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let is_alone = before.get(start..)?.trim().is_empty() && rest.get(..end)?.trim().is_empty();
        let is_told = !is_blank_above && (line_above.starts_with("//") || line_above.ends_with("*/"));
        if !is_alone || is_told {
            return None;
        }
        let below = rest.get(end..)?;
        let blank = below
            .find('\n')
            .filter(|at| below.get(..*at).is_some_and(|line| line.trim().is_empty()));
        let more = blank.filter(|_| is_blank_above).map_or(0, |at| at + 1);
        Some(Span::new(start, span.end + end + more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::syntax::lexer::tokens;

    /// The text without the name, where that may go.
    fn without(text: &str, name: &str) -> Option<String> {
        let all: Vec<Token> = tokens(text, 0).filter(|token| !token.is_comment()).collect();
        let import = imports(text, &all).into_iter().find(|import| import.name == name)?;
        let mut left = text.to_owned();
        for (span, text) in import.gone.iter().rev() {
            left.replace_range(span.range(), text);
        }
        import.may_go.then_some(left)
    }

    #[test]
    fn a_name_goes_with_what_is_there_for_it_alone() {
        for (text, left) in [
            ("use std::sleep;\nuse b::C;\n", "use b::C;\n"),
            (
                "#![deny(warnings)]\n\nuse std::sleep;\n\nfn f() {}\n",
                "#![deny(warnings)]\n\nfn f() {}\n",
            ),
            ("use std::{sleep, time::Duration};\n", "use std::time::Duration;\n"),
            (
                "use std::{thread::sleep, time::{Duration, Instant}};",
                "use std::time::{Duration, Instant};",
            ),
            ("use std::{a, thread::{sleep}, b};", "use std::{a, b};"),
            ("use std::{a, b, sleep};", "use std::{a, b};"),
            ("use std::{\n    a,\n    b,\n    sleep,\n};", "use std::{a, b};"),
            ("use std::sleep::{self, Handle};", "use std::sleep::Handle;"),
            ("use std::thread::{self, sleep};", "use std::thread::{self};"),
        ] {
            assert_eq!(without(text, "sleep").as_deref(), Some(left), "{text}");
        }
    }

    #[test]
    fn what_others_may_see_or_what_is_told_of_stays() {
        for text in [
            "pub use std::sleep;",
            "#[cfg(unix)]\nuse std::sleep;",
            "use std::sleep as nap;",
            "// to wait\nuse std::sleep;\n",
            "use std::sleep; // to wait\n",
            "fn f() -> impl Sized + use<'_, sleep> { 1 }",
        ] {
            assert_eq!(without(text, "sleep"), None, "{text}");
        }
    }
}

//! The statement that an awaited call stands in, as far as its lines show how rustfmt lays it out.

use crate::facts::Rustfmt;
use crate::finding::Edit;
use crate::rust::collect::frames::AwaitPoint;
use crate::rust::syntax::lexer::{self, Kind};
use crate::source::{SourceFile, Span};

/// The statement that the awaited call stands in.
pub(super) struct Statement<'s> {
    pub(super) line_end: &'static str,
    pub(super) indent: &'s str,
    /// From the indentation to the call: `let x = `.
    pub(super) prefix: &'s str,
    pub(super) base: String,
    /// Where the lines of the call begin behind its first one.
    pub(super) lines: Vec<usize>,
    /// The blanks before methods of the call that one line has room for, now that a part of it goes.
    pub(super) joins: Vec<Span>,
    /// What stands behind the `.await`.
    pub(super) tail: Tail,
    /// The blanks before a call that stands below its `=`, and the indentation of the line with that.
    pub(super) below: Option<(Span, &'s str)>,
    /// Each of its methods, the `.await` among them, has a line of its own.
    pub(super) is_broken: bool,
    /// It begins beside the bracket of a macro, whose arguments get no comma.
    pub(super) in_macro: bool,
}

/// What follows the `.await`.
#[derive(Default)]
pub(super) struct Tail {
    /// Where its methods begin.
    pub(super) methods: Vec<usize>,
    /// Where further lines of what they are given begin, in the source, such as those of a closure.
    pub(super) lines: Vec<usize>,
    /// The blanks before the brace that opens what follows, or before the `else` in front of that.
    pub(super) brace: Option<Span>,
    /// It is the `else` of a `let`.
    pub(super) is_else: bool,
    /// All of its text but for what ends the statement; of further lines only what follows the last.
    pub(super) width: usize,
    /// How long that is.
    pub(super) end: usize,
}

impl<'s> Statement<'s> {
    pub(super) fn of(source: &'s SourceFile, point: &AwaitPoint, edit: Option<&Edit>, chain: usize) -> Option<Self> {
        let text = source.text();
        let start = source.line_start(point.base.start);
        let before = text.get(start..point.base.start)?;
        let prefix = before.trim_start();
        let indent = before.get(..before.len() - prefix.len())?;
        let between = text.get(point.base.end..point.suffix.start)?;
        // A comment.
        if !between.trim().is_empty() {
            return None;
        }
        let is_broken = between.contains('\n');
        // A chain in lines of its own that begins beside a bracket goes on to do so.
        let (outer, in_macro) = if is_broken {
            without_brackets(prefix)
        } else {
            (prefix, false)
        };
        if !begins(outer) {
            return None;
        }
        let below = prefix
            .is_empty()
            .then(|| below_its_sign(source, start, indent))
            .flatten();
        let edit = edit.filter(|edit| point.base.contains(edit.span));
        let base = match edit {
            Some(Edit { span, text: new }) => {
                let (head, tail) = (
                    text.get(point.base.start..span.start)?,
                    text.get(span.end..point.base.end)?,
                );
                format!("{head}{new}{tail}")
            }
            None => source.slice(point.base).to_owned(),
        };
        let mut lines = lines_in(source, point.base)?;
        lines.retain(|at| edit.is_none_or(|edit| *at < edit.span.start || edit.span.end < *at));
        let mut joins = Vec::new();
        let (joined, is_chain) = joined(&base);
        if !lines.is_empty() && is_chain && joined.chars().count() <= chain {
            let blanks = |at: &usize| {
                let behind = text.get(*at..)?;
                let end = *at + behind.len() - behind.trim_start().len();
                Some(Span::new(text.get(..*at)?.trim_end().len(), end))
            };
            joins = lines.iter().map(blanks).collect::<Option<_>>()?;
            lines.clear();
        }
        let base = if joins.is_empty() { base } else { joined };
        let tail = Tail::of(source, point.suffix.end, is_broken)?;
        Some(Self {
            line_end: super::line_end(source),
            indent,
            prefix,
            base,
            lines,
            joins,
            tail,
            below,
            is_broken,
            in_macro,
        })
    }
}

/// Whether what stands before a call in its line lets rustfmt break the call's chain as that of a statement: the value of a
/// binding, of a field or of an arm, or a reference to it.
pub(super) fn begins(prefix: &str) -> bool {
    let value = prefix.trim_end_matches(['&', '*']);
    let is_field = value
        .strip_suffix(": ")
        .is_some_and(|name| !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_'));
    value.is_empty()
        || is_field
        || value.ends_with("= ")
        || value.ends_with("=> ") && !value.contains('{')
        || prefix.ends_with("= match ")
        || matches!(prefix, "return " | "match " | "if " | "while ")
}

/// What stands before the brackets that are open at the end of `prefix`, with their callees, and whether one is a macro's.
fn without_brackets(prefix: &str) -> (&str, bool) {
    let (mut outer, mut in_macro) = (prefix, false);
    while let Some(callee) = outer.strip_suffix(['(', '[']) {
        in_macro |= callee.ends_with('!') && !callee.ends_with("vec!");
        outer = callee
            .trim_end_matches(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ':' | '.' | '!' | '&'));
    }
    (outer, in_macro)
}

impl Statement<'_> {
    /// Where the lines behind the brace of a `match` begin, up to the one that closes it; `None` where they cannot be moved, or
    /// one has no room.
    pub(super) fn arms(&self, source: &SourceFile, has_room: &dyn Fn(&str) -> bool) -> Option<Vec<usize>> {
        let start = self.tail.brace?.end;
        let mut depth = 0_usize;
        let mut tokens = lexer::tokens(source.text(), start);
        let close = tokens.find(|token| {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })?;
        let lines = lines_in(source, Span::new(start, close.span.end))?;
        let all_have = source.text().get(start..close.span.end)?.lines().skip(1).all(has_room);
        all_have.then_some(lines)
    }
}

impl Tail {
    /// The edits that put its further lines as deep as the line end `new` says, whose first one had `old`; `None` where one has no
    /// room there, or stands elsewhere.
    pub(super) fn moved(&self, source: &SourceFile, old: &str, new: &str, rustfmt: &Rustfmt) -> Option<Vec<Edit>> {
        let new = new.trim_start_matches(['\r', '\n']);
        if old == new {
            return Some(Vec::new());
        }
        let moved = |at: &usize| {
            let line = source.text().get(*at..)?.lines().next()?.strip_prefix(old)?;
            let has_room = rustfmt.columns(new) + rustfmt.columns(line) <= rustfmt.line;
            has_room.then(|| Edit::replace(Span::new(*at, *at + old.len()), new))
        };
        self.lines.iter().map(moved).collect()
    }
}

/// The blanks between a `=` and the line that starts at `start` with this indentation, and the indentation of the line with the
/// `=`, which is one less.
pub(super) fn below_its_sign<'s>(source: &'s SourceFile, start: usize, indent: &str) -> Option<(Span, &'s str)> {
    let text = source.text();
    let before = text.get(..start)?.trim_end();
    let line = before.get(source.line_start(before.len())..)?;
    let outer = line.get(..line.len() - line.trim_start().len())?;
    let is_deeper = indent.len() > outer.len() && indent.starts_with(outer);
    let blanks = Span::new(before.len(), start + indent.len());
    (line.ends_with(" =") && is_deeper).then_some((blanks, outer))
}

/// A call with its methods in one line, and whether each of its lines begins with one.
fn joined(base: &str) -> (String, bool) {
    let mut lines = base.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold((first, true), |(joined, is_chain), line| {
        let method = line.trim_start();
        (
            format!("{}{method}", joined.trim_end()),
            is_chain && method.starts_with('.'),
        )
    })
}

/// Where the lines of a call begin behind its first one; `None` where they cannot be moved: a string or a comment goes over
/// several of them.
fn lines_in(source: &SourceFile, base: Span) -> Option<Vec<usize>> {
    let text = source.text();
    let mut last = base.start;
    let mut lines = Vec::new();
    for token in lexer::tokens(text, base.start).take_while(|token| token.span.end <= base.end) {
        if token.is_comment() || source.slice(token.span).contains('\n') {
            return None;
        }
        let blanks = text.get(last..token.span.start)?;
        // An empty line stays empty.
        if let Some(newline) = blanks.rfind('\n') {
            lines.push(last + newline + 1);
        }
        last = token.span.end;
    }
    Some(lines)
}

impl Tail {
    /// What follows at `start` up to the end of the statement; `None` where it is something else than methods and `?`.
    fn of(source: &SourceFile, start: usize, is_broken: bool) -> Option<Self> {
        let text = source.text();
        let mut tail = Self::default();
        let mut depth = 0_usize;
        let mut last = start;
        for token in lexer::tokens(text, start) {
            let word = text.get(token.span.range())?;
            let blanks = text.get(last..token.span.start)?;
            let on_new_line = blanks.contains('\n');
            if token.is_comment() && (depth == 0 || word.contains('\n')) {
                return None;
            }
            if let Some(newline) = blanks.rfind('\n').filter(|_| depth > 0) {
                tail.lines.push(last + newline + 1);
            }
            match (token.kind, word) {
                (Kind::Word, "else") if depth == 0 && blanks == " " => {
                    tail.brace = Some(Span::new(last, token.span.start));
                    tail.is_else = true;
                    tail.end = " else {".len();
                    return Some(tail);
                }
                (Kind::Open, "{") if depth == 0 && blanks == " " => {
                    tail.brace = Some(Span::new(last, token.span.start));
                    tail.end = " {".len();
                    return Some(tail);
                }
                // It has a line of its own, and keeps it.
                (Kind::Open, "{") if depth == 0 && on_new_line => return Some(tail),
                (Kind::Open, _) => depth += 1,
                (Kind::Close, _) if depth == 0 => break,
                (Kind::Close, _) => depth -= 1,
                _ if depth > 0 => {}
                (Kind::Punct, ".") => {
                    let is_range = tail.methods.last().is_some_and(|method| method + 1 == token.span.start);
                    let goes_on = !is_broken && !tail.lines.is_empty();
                    if on_new_line != is_broken || is_range || goes_on {
                        return None;
                    }
                    tail.methods.push(token.span.start);
                }
                (Kind::Punct, ";" | ",") => {
                    tail.end = 1;
                    break;
                }
                (Kind::Punct, "?") | (Kind::Word, _) if !on_new_line => {}
                _ => return None,
            }
            let is_read = tail.lines.is_empty() || depth == 0 && token.kind != Kind::Close;
            if is_read {
                tail.width +=
                    blanks.trim_start().len() + word.chars().count() + if depth > 0 { blanks.len() } else { 0 };
            }
            last = token.span.end;
        }
        (depth == 0).then_some(tail)
    }
}

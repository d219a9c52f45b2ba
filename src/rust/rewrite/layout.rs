//! Lays a deadline around an awaited call out as rustfmt does by default, where the lines around show how: a statement that
//! begins its line, and whose chain of methods ends in one line or has a line for each.

use crate::fix::Edit;
use crate::rust::frames::AwaitPoint;
use crate::rust::lexer::{self, Kind};
use crate::source::{SourceFile, Span};

/// rustfmt's `max_width`, `chain_width` and `fn_call_width`.
pub(super) const LINE: usize = 100;
const CHAIN: usize = 60;
pub(super) const ARGUMENTS: usize = 60;
const STEP: &str = "    ";

/// A call of `function` with a `limit` around what is awaited, and what follows the `.await`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'t> {
    pub(super) function: &'t str,
    pub(super) limit: &'t str,
    /// `?`, or a method.
    pub(super) suffix: &'t str,
}

/// The statement that the awaited call stands in.
struct Statement<'s> {
    line_end: &'static str,
    indent: &'s str,
    /// From the indentation to the call: `let x = `.
    prefix: &'s str,
    base: &'s str,
    /// What stands behind the `.await`.
    tail: Tail,
    /// Each of its methods, the `.await` among them, has a line of its own.
    is_broken: bool,
}

/// What follows the `.await`.
#[derive(Default)]
struct Tail {
    /// Where its methods begin.
    methods: Vec<usize>,
    /// The blanks before the brace that opens what follows, if one does.
    brace: Option<Span>,
    /// All of its text but for what ends the statement.
    width: usize,
}

/// The edits; `None` where the lines around do not show how.
pub(super) fn around(source: &SourceFile, point: &AwaitPoint, around: Around<'_>) -> Option<Vec<Edit>> {
    let statement = Statement::of(source, point)?;
    let Around {
        function,
        limit,
        suffix,
    } = around;
    let Statement {
        line_end,
        indent,
        prefix,
        base,
        ..
    } = statement;
    let width = |text: &str| text.chars().count();
    let arguments = width(limit) + 2 + width(base);
    let root = width(function) + 2 + arguments;
    let before = width(indent) + width(prefix);
    let has_method = usize::from(suffix.starts_with('.'));
    let links = 1 + has_method + statement.tail.methods.len();
    let chain = root + ".await".len() + width(suffix) + statement.tail.width;
    let end = match (statement.tail.brace, prefix.is_empty()) {
        (Some(_), _) => 2,
        (None, _) => 1,
    };
    let fits = arguments <= ARGUMENTS && before + chain + end <= LINE && (chain <= CHAIN || links == 1);
    if fits && !statement.is_broken {
        return None;
    }
    let deeper = format!("{line_end}{indent}{STEP}");
    let same = format!("{line_end}{indent}");
    let is_one_line = |before: usize| arguments <= ARGUMENTS && before + root <= LINE;
    let next_line = !is_one_line(before)
        && prefix.ends_with("= ")
        && statement.tail.brace.is_none()
        && is_one_line(width(indent) + 4);
    let (open, close, margin) = match (is_one_line(before), next_line) {
        (true, _) => (format!("{function}({limit}, "), ")".to_owned(), deeper.clone()),
        (false, true) => (
            format!("{function}({limit}, "),
            ")".to_owned(),
            format!("{deeper}{STEP}"),
        ),
        (false, false) => {
            // A line of its own is not enough.
            if width(indent) + 4 + width(base) + 1 > LINE {
                return None;
            }
            (
                format!("{function}({deeper}{limit},{deeper}"),
                format!(",{same})"),
                same.clone(),
            )
        }
    };
    let mut edits = Vec::new();
    if next_line {
        let blank = Span::new(point.base.start - 1, point.base.start);
        edits.push(Edit::replace(blank, format!("{deeper}{open}")));
    } else {
        edits.push(Edit::insert(point.base.start, open));
    }
    let mut awaited = point.suffix;
    // The blanks before a method that has its own line already go, and come again as deep as they must be.
    let blanks = |at: usize| {
        let text = source.text().get(..at).unwrap_or_default();
        Span::new(text.trim_end().len(), at)
    };
    edits.push(Edit::replace(blanks(point.suffix.start), format!("{close}{margin}")));
    let own_suffix = if has_method == 1 {
        format!("{margin}{suffix}")
    } else {
        suffix.to_owned()
    };
    let mut pending = own_suffix;
    awaited.start = point.suffix.end;
    for method in &statement.tail.methods {
        let blanks = blanks(*method);
        match blanks.start == awaited.start {
            true => pending.push_str(&margin),
            false => {
                edits.push(Edit::insert(awaited.start, std::mem::take(&mut pending)));
                pending.clone_from(&margin);
            }
        }
        edits.push(Edit::replace(blanks, std::mem::take(&mut pending)));
        awaited.start = *method;
    }
    if !pending.is_empty() {
        edits.push(Edit::insert(awaited.start, pending));
    }
    if let Some(blanks) = statement.tail.brace {
        edits.push(Edit::replace(blanks, same));
    }
    edits.retain(|edit| !(edit.span.is_empty() && edit.text.is_empty()));
    Some(edits)
}

impl<'s> Statement<'s> {
    fn of(source: &'s SourceFile, point: &AwaitPoint) -> Option<Self> {
        let text = source.text();
        let start = source.line_start(point.base.start);
        let before = text.get(start..point.base.start)?;
        let prefix = before.trim_start();
        let indent = before.get(..before.len() - prefix.len())?;
        let begins =
            prefix.is_empty() || prefix.ends_with("= ") || matches!(prefix, "return " | "match " | "if " | "while ");
        let base = source.slice(point.base);
        if !begins || indent.contains('\t') || base.contains('\n') {
            return None;
        }
        let between = text.get(point.base.end..point.suffix.start)?;
        let is_broken = between.contains('\n');
        let tail = Tail::of(source, point.suffix.end, is_broken)?;
        Some(Self {
            line_end: if text.contains("\r\n") { "\r\n" } else { "\n" },
            indent,
            prefix,
            base,
            tail,
            is_broken,
        })
    }
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
            if token.is_comment() || depth > 0 && on_new_line {
                return None;
            }
            match (token.kind, word) {
                (Kind::Open, "{") if depth == 0 && blanks == " " => {
                    tail.brace = Some(Span::new(last, token.span.start));
                    return Some(tail);
                }
                (Kind::Open, _) => depth += 1,
                (Kind::Close, _) if depth == 0 => break,
                (Kind::Close, _) => depth -= 1,
                _ if depth > 0 => {}
                (Kind::Punct, ".") => {
                    if on_new_line != is_broken {
                        return None;
                    }
                    tail.methods.push(token.span.start);
                }
                (Kind::Punct, ";") => break,
                (Kind::Punct, "?") | (Kind::Word, _) if !on_new_line => {}
                _ => return None,
            }
            tail.width += blanks.trim_start().len() + word.chars().count() + if depth > 0 { blanks.len() } else { 0 };
            last = token.span.end;
        }
        (depth == 0).then_some(tail)
    }
}

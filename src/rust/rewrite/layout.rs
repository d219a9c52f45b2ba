//! Lays a deadline around an awaited call out as rustfmt does by default, where the lines around show how: a statement that
//! begins its line, and whose chain of methods ends in one line or has a line for each.

use crate::facts::Rustfmt;
use crate::finding::Edit;
use crate::rust::collect::frames::AwaitPoint;
use crate::rust::syntax::lexer::{self, Kind};
use crate::source::{SourceFile, Span};

/// What is so much wider than a line is still read at one glance.
const A_LITTLE: usize = 40;

/// A call of `function` with a `limit` around what is awaited, and what follows the `.await`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'t> {
    pub(super) function: &'t str,
    pub(super) limit: &'t str,
    /// `?`, or a method.
    pub(super) suffix: &'t str,
    /// What else changes in what is awaited.
    pub(super) edit: Option<&'t Edit>,
}

/// The statement that the awaited call stands in.
struct Statement<'s> {
    line_end: &'static str,
    indent: &'s str,
    /// From the indentation to the call: `let x = `.
    prefix: &'s str,
    base: String,
    /// Where the lines of the call begin behind its first one.
    lines: Vec<usize>,
    /// The blanks before methods of the call that one line has room for, now that a part of it goes.
    joins: Vec<Span>,
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
    /// How long that is.
    end: usize,
}

/// The edits; `None` where the lines around do not show how.
pub(super) fn around(
    source: &SourceFile,
    point: &AwaitPoint,
    around: Around<'_>,
    rustfmt: &Rustfmt,
) -> Option<Vec<Edit>> {
    let Around {
        function,
        limit,
        suffix,
        edit,
    } = around;
    let statement = Statement::of(source, point, edit, rustfmt.chain)?;
    let step = rustfmt.step.as_str();
    let Statement {
        line_end,
        indent,
        prefix,
        ref base,
        ..
    } = statement;
    let width = |text: &str| rustfmt.columns(text);
    let arguments = width(limit) + 2 + width(base);
    let root = width(function) + 2 + arguments;
    let before = width(indent) + width(prefix);
    let has_method = usize::from(suffix.starts_with('.'));
    let links = 1 + has_method + statement.tail.methods.len();
    let chain = root + ".await".len() + width(suffix) + statement.tail.width;
    let end = statement.tail.end;
    let fits = statement.lines.is_empty()
        && arguments <= rustfmt.arguments
        && before + chain + end <= rustfmt.line
        && (chain <= rustfmt.chain || links == 1);
    if fits && !statement.is_broken {
        return None;
    }
    let deeper = format!("{line_end}{indent}{step}");
    let leaves_at_once = links == 1 && statement.lines.is_empty() && !statement.is_broken;
    // `….await??` stays together: in the next line where it has room there, else in one that is a little too long.
    if leaves_at_once {
        let has_room = arguments <= rustfmt.arguments && width(indent) + width(step) + chain + end <= rustfmt.line;
        if has_room && prefix.ends_with("= ") && statement.tail.brace.is_none() {
            let blank = Span::new(point.base.start - 1, point.base.start);
            return Some(vec![
                Edit::replace(blank, format!("{deeper}{function}({limit}, ")),
                Edit::insert(point.base.end, ")"),
                Edit::insert(point.suffix.end, suffix),
            ]);
        }
        if before + chain + end <= rustfmt.line + A_LITTLE {
            return None;
        }
    }
    let same = format!("{line_end}{indent}");
    // A brace goes to a line of its own.
    let behind = if statement.tail.brace.is_some() { 0 } else { end };
    let is_one_line = |before: usize| {
        statement.lines.is_empty() && arguments <= rustfmt.arguments && before + root + behind <= rustfmt.line
    };
    let next_line = !is_one_line(before) && prefix.ends_with("= ") && is_one_line(width(indent) + width(step));
    let (open, close, margin) = match (is_one_line(before), next_line) {
        (true, _) => (format!("{function}({limit}, "), ")".to_owned(), deeper.clone()),
        (false, true) => (
            format!("{function}({limit}, "),
            ")".to_owned(),
            format!("{deeper}{step}"),
        ),
        (false, false) => {
            // A line of its own is not enough.
            let mut lines = base.lines();
            let first = lines.next().map_or(0, |first| width(indent) + width(first));
            if lines
                .map(width)
                .chain([first])
                .any(|line| line + width(step) + 1 > rustfmt.line)
            {
                return None;
            }
            (
                format!("{function}({deeper}{limit},{deeper}"),
                format!(",{same})"),
                same.clone(),
            )
        }
    };
    let mut edits: Vec<Edit> = statement.lines.iter().map(|at| Edit::insert(*at, step)).collect();
    edits.extend(statement.joins.iter().map(|blanks| Edit::replace(*blanks, "")));
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
    edits.retain(|edit| !edit.span.is_empty() || !edit.text.is_empty());
    Some(edits)
}

impl<'s> Statement<'s> {
    fn of(source: &'s SourceFile, point: &AwaitPoint, edit: Option<&Edit>, chain: usize) -> Option<Self> {
        let text = source.text();
        let start = source.line_start(point.base.start);
        let before = text.get(start..point.base.start)?;
        let prefix = before.trim_start();
        let indent = before.get(..before.len() - prefix.len())?;
        let begins =
            prefix.is_empty() || prefix.ends_with("= ") || matches!(prefix, "return " | "match " | "if " | "while ");
        if !begins {
            return None;
        }
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
        if edit.is_some() && is_chain && joined.chars().count() <= chain {
            let blanks = |at: &usize| {
                let behind = text.get(*at..)?;
                let end = *at + behind.len() - behind.trim_start().len();
                Some(Span::new(text.get(..*at)?.trim_end().len(), end))
            };
            joins = lines.iter().map(blanks).collect::<Option<_>>()?;
            lines.clear();
        }
        let base = if joins.is_empty() { base } else { joined };
        let between = text.get(point.base.end..point.suffix.start)?;
        let is_broken = between.contains('\n');
        let tail = Tail::of(source, point.suffix.end, is_broken)?;
        Some(Self {
            line_end: if text.contains("\r\n") { "\r\n" } else { "\n" },
            indent,
            prefix,
            base,
            lines,
            joins,
            tail,
            is_broken,
        })
    }
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
            if token.is_comment() || depth > 0 && on_new_line {
                return None;
            }
            match (token.kind, word) {
                (Kind::Open, "{") if depth == 0 && blanks == " " => {
                    tail.brace = Some(Span::new(last, token.span.start));
                    tail.end = " {".len();
                    return Some(tail);
                }
                (Kind::Open, _) => depth += 1,
                (Kind::Close, _) if depth == 0 => break,
                (Kind::Close, _) => depth -= 1,
                _ if depth > 0 => {}
                (Kind::Punct, ".") => {
                    let is_range = tail.methods.last().is_some_and(|method| method + 1 == token.span.start);
                    if on_new_line != is_broken || is_range {
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
            tail.width += blanks.trim_start().len() + word.chars().count() + if depth > 0 { blanks.len() } else { 0 };
            last = token.span.end;
        }
        (depth == 0).then_some(tail)
    }
}

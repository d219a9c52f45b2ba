//! Lays a deadline around an awaited call out that stands in a macro of one line, `assert!(ws.next().await.is_none());`, as
//! rustfmt does where the line has no room for it: each argument gets lines of its own. A single one begins beside its bracket
//! before the style of 2024.

use super::layout::Around;
use crate::facts::Rustfmt;
use crate::finding::Edit;
use crate::rust::collect::frames::AwaitPoint;
use crate::rust::syntax::lexer::{self, Kind};
use crate::source::{SourceFile, Span};

/// Macros whose arguments rustfmt lays out, by how they begin.
const OPENING: [&str; 7] = [
    "assert!(",
    "assert!(matches!(",
    "matches!(",
    "assert_eq!(",
    "assert_ne!(",
    "debug_assert!(",
    "dbg!(",
];

/// What stands behind the `.await` in the line.
struct Rest {
    /// Where the methods on it begin.
    methods: Vec<usize>,
    /// The blanks behind the commas between it and further arguments.
    gaps: Vec<Span>,
    /// Where the brackets close that the macros opened.
    close: usize,
    /// The blank before the brace that ends the line.
    brace: Option<Span>,
    /// Where the statement ends, or its line.
    end: usize,
}

/// The edits; `None` where it stands elsewhere, or the line has room.
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
    let text = source.text();
    let start = source.line_start(point.base.start);
    let before = text.get(start..point.base.start)?;
    let statement = before.trim_start();
    let indent = before.get(..before.len() - statement.len())?;
    let opening = OPENING.iter().find(|opening| begins_with(statement, opening))?;
    let is_plain = edit.is_none_or(|edit| !point.base.contains(edit.span)) && suffix.starts_with('.');
    if !is_plain || point.base.end != point.suffix.start {
        return None;
    }
    let rest = Rest::of(source, point.suffix.end, opening.matches('(').count())?;
    let line = text.get(start..rest.end)?;
    if line.contains('\n') {
        return None;
    }
    let width = |text: &str| rustfmt.columns(text);
    let base = source.slice(point.base);
    let arguments = width(limit) + 2 + width(base);
    let root = width(function) + 2 + arguments;
    let added = width(function) + width(limit) + 4 + width(suffix);
    let tail = text.get(point.suffix.end..rest.tail_end())?;
    let chain = root + ".await".len() + width(suffix) + width(tail);
    if width(line) + added <= rustfmt.line && chain <= rustfmt.chain {
        return None;
    }
    let line_end = super::line_end(source);
    let same = format!("{line_end}{indent}");
    let one_deeper = format!("{same}{}", rustfmt.step);
    // The only argument begins behind the bracket, in the older style.
    let is_one_line = |depth: usize| arguments <= rustfmt.arguments && depth + root <= rustfmt.line;
    let overflows = rustfmt.overflows()
        && rest.gaps.is_empty()
        && (root <= rustfmt.arguments || !is_one_line(width(indent) + width(&rustfmt.step)));
    let (own_line, inner) = match overflows {
        true => ("", same.clone()),
        false => (one_deeper.as_str(), one_deeper.clone()),
    };
    let deeper = format!("{inner}{}", rustfmt.step);
    let depth = if overflows {
        before
    } else {
        deeper.trim_start_matches(['\r', '\n'])
    };
    let (open, close, margin) = match is_one_line(width(depth)) {
        true => (format!("{function}({limit}, "), ")".to_owned(), deeper),
        // No comma stands behind the last: the tokens are the macro's.
        false => (
            format!("{function}({deeper}{limit},{deeper}"),
            format!("{inner})"),
            inner.clone(),
        ),
    };
    let mut edits = vec![
        Edit::insert(point.base.start, format!("{own_line}{open}")),
        Edit::insert(point.base.end, format!("{close}{margin}")),
    ];
    let mut pending = format!("{margin}{suffix}");
    let mut at = point.suffix.end;
    for method in &rest.methods {
        if *method == at {
            pending.push_str(&margin);
        } else {
            edits.push(Edit::insert(at, std::mem::replace(&mut pending, margin.clone())));
            at = *method;
        }
    }
    edits.push(Edit::insert(at, pending));
    edits.extend(rest.gaps.iter().map(|blanks| Edit::replace(*blanks, inner.clone())));
    match (overflows, rest.brace) {
        (false, _) => edits.push(Edit::insert(rest.close, same)),
        (true, Some(blank)) => edits.push(Edit::replace(blank, same)),
        (true, None) => {}
    }
    Some(edits)
}

/// Whether the macros that open so begin a statement's value.
fn begins_with(statement: &str, opening: &str) -> bool {
    let before = statement.strip_suffix(opening);
    before
        .is_some_and(|before| before.ends_with("= ") || matches!(before, "" | "return " | "match " | "if " | "while "))
}

impl Rest {
    /// What stands behind an `.await` at `start`, in so many brackets of macros.
    fn of(source: &SourceFile, start: usize, brackets: usize) -> Option<Self> {
        let mut rest = Self {
            methods: Vec::new(),
            gaps: Vec::new(),
            close: start,
            brace: None,
            end: start,
        };
        let (mut depth, mut left) = (0_usize, brackets);
        let mut is_behind_comma = false;
        for token in lexer::tokens(source.text(), start) {
            if std::mem::take(&mut is_behind_comma) {
                rest.gaps.push(Span::new(rest.end, token.span.start));
            }
            let word = source.slice(token.span);
            match (token.kind, word) {
                // The commas of a closure are no argument's.
                _ if token.is_comment() || depth == 0 && word.contains('|') => return None,
                (Kind::Open, _) if left == brackets => depth += 1,
                (Kind::Close, _) if depth > 0 => depth -= 1,
                (Kind::Close, ")") => {
                    if left == brackets {
                        rest.close = token.span.start;
                    }
                    left = left.checked_sub(1)?;
                }
                (Kind::Punct, ";") if depth == 0 && left == 0 => {
                    rest.end = token.span.end;
                    return Some(rest);
                }
                (Kind::Open, "{") if depth == 0 && left == 0 => {
                    rest.brace = Some(Span::new(rest.end, token.span.start));
                    rest.end = token.span.end;
                    return Some(rest);
                }
                // Behind the first bracket that closes, nothing but others may stand.
                _ if left < brackets => return None,
                (Kind::Punct, ",") if depth == 0 => is_behind_comma = true,
                (Kind::Punct, ".") if depth == 0 && rest.gaps.is_empty() => rest.methods.push(token.span.start),
                _ => {}
            }
            rest.end = token.span.end;
        }
        None
    }

    /// Where the methods on the awaited value end.
    fn tail_end(&self) -> usize {
        self.gaps.first().map_or(self.close, |gap| gap.start - ",".len())
    }
}

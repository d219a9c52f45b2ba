//! Lays a deadline around an awaited call out as rustfmt does by default, where the lines around show how: a statement that
//! begins its line, and whose chain of methods ends in one line or has a line for each.

use super::statement::Statement;
use crate::facts::Rustfmt;
use crate::finding::Edit;
use crate::rust::collect::frames::AwaitPoint;
use crate::source::{SourceFile, Span};

/// What is so much wider than a line is still read at one glance.
pub(super) const A_LITTLE: usize = 40;

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
    // `match` goes to the next line with its call, and its arms one step deeper.
    let keyword = if prefix.ends_with("= match ") { "match " } else { "" };
    let has_room = is_one_line(width(indent) + width(step) + keyword.len());
    let next_line = !is_one_line(before) && prefix.ends_with(&format!("= {keyword}")) && has_room;
    let arms = match keyword.is_empty() {
        true => Some(Vec::new()),
        // What is too wide there rustfmt breaks, but for a text.
        false => statement.arms(source, &|line| {
            width(line) + width(step) <= rustfmt.line || !line.contains('"')
        }),
    };
    // Where these have no room there, the call gets lines of its own.
    let next_line = next_line && arms.is_some();
    let arms = arms.filter(|_| next_line).unwrap_or_default();
    // A call that gets lines of its own begins beside its `=`: what it is given is as deep then as it was.
    let below = statement.below.filter(|_| !is_one_line(before));
    let same = below.map_or(same, |(_, outer)| format!("{line_end}{outer}"));
    let (step, deeper) = match below {
        Some(_) => ("", format!("{line_end}{indent}")),
        None => (step, deeper),
    };
    let (open, close, margin) = match (is_one_line(before), next_line) {
        (true, _) => (format!("{function}({limit}, "), ")".to_owned(), deeper.clone()),
        (false, true) => (
            format!("{function}({limit}, "),
            ")".to_owned(),
            format!("{deeper}{step}"),
        ),
        // The arm may get a block.
        (false, false) if prefix.ends_with("=> ") => return None,
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
            let comma = if statement.in_macro { "" } else { "," };
            (
                format!("{function}({deeper}{limit},{deeper}"),
                format!("{comma}{same})"),
                same.clone(),
            )
        }
    };
    // What methods are given goes with them.
    let own_line = source
        .text()
        .get(source.line_start(point.suffix.start)..point.suffix.start)?;
    let old = if statement.is_broken { own_line } else { indent };
    let behind = statement.tail.moved(source, old, &margin, rustfmt)?;
    let mut edits: Vec<Edit> = statement.lines.iter().map(|at| Edit::insert(*at, step)).collect();
    edits.extend(behind);
    edits.extend(arms.iter().map(|at| Edit::insert(*at, step)));
    edits.extend(statement.joins.iter().map(|blanks| Edit::replace(*blanks, "")));
    if next_line {
        let start = point.base.start - keyword.len();
        edits.push(Edit::replace(Span::new(start - 1, start), deeper.clone()));
        edits.push(Edit::insert(point.base.start, open));
    } else if let Some((blanks, _)) = below {
        edits.push(Edit::replace(blanks, format!(" {open}")));
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
    // An `else` stays behind a chain whose call has lines of its own, a brace behind a line of such alone.
    let stays = |blanks: &Span| match statement.tail.is_else {
        true => margin == same,
        false => !statement.tail.lines.is_empty() && only_closes(source, blanks.start),
    };
    if let Some(blanks) = statement.tail.brace.filter(|blanks| !stays(blanks)) {
        let same = if arms.is_empty() { same } else { deeper };
        edits.push(Edit::replace(blanks, same));
    }
    edits.retain(|edit| !edit.span.is_empty() || !edit.text.is_empty());
    Some(edits)
}

/// Whether nothing but brackets that close stands in a line up to here.
fn only_closes(source: &SourceFile, end: usize) -> bool {
    let line = source.text().get(source.line_start(end)..end).unwrap_or_default();
    line.trim_start().trim_end_matches([')', ']', '}', '?', '>']).is_empty()
}

//! Takes an argument out of a call, gives it another value, or adds one.
//!
//! A comment that speaks of an argument goes with it, and makes the fix unsafe: on the argument's own line, or on lines
//! of its own directly above. `**kwargs` beside it may bring the same key; that cannot be seen.

use ruff_python_ast::token::{Token, TokenKind};

use super::code::{Code, is_margin, span_of};
use super::edits::Draft;
use crate::finding::{Applicability, Change, Fix, Refusal};
use crate::sites::{Connect, Key, Keyword};
use crate::source::{SourceFile, Span};

/// An argument of a call.
#[derive(Clone, Copy)]
pub(super) struct InCall {
    /// The whole call.
    pub(super) call: Span,
    /// From the call's opening parenthesis to behind its closing one.
    pub(super) parentheses: Span,
    /// The argument: a keyword's name included, parentheses around its value too.
    pub(super) argument: Span,
}

/// Takes the argument out of its call: an argument on lines of its own goes with these lines.
///
/// # Errors
/// A comment stands where it can neither stay nor go: in the value, before its comma, or in the call's parentheses
/// where nothing else is left in them.
pub(super) fn remove(code: Code<'_>, call: InCall, draft: &mut Draft) -> Result<(), Refusal> {
    let around = Around::of(code, call)?;
    let end = around.comma.map_or(call.argument.end, |comma| comma.end);
    if code.has_comment(Span::new(call.argument.start, end)) {
        return Err(Refusal::because("a comment stands in the argument that would go"));
    }
    if around.is_first && around.is_last {
        let inner = Span::new(call.parentheses.start + 1, call.parentheses.end - 1);
        if code.has_comment(inner) {
            return Err(Refusal::because(
                "a comment would be all that is left in the call's parentheses",
            ));
        }
        draft.delete(inner);
    } else if owns_its_lines(code, call.argument, end) {
        remove_lines(code, call, end, &around, draft);
    } else if around.is_last {
        remove_last(code, call, &around, draft);
    } else {
        remove_inside(code, call, end, &around, draft);
    }
    Ok(())
}

/// Gives a keyword of a connect another name.
///
/// # Errors
/// The call has an argument of the new name already, or the keyword is a key of an unpacked dictionary.
pub(in crate::python) fn rename_argument(
    source: &SourceFile,
    connect: &Connect,
    keyword: &Keyword,
    name: &str,
) -> Result<Fix, Refusal> {
    if connect.keywords.iter().any(|other| other.name == name) {
        return Err(Refusal::because(format!("the call has an argument `{name}` already")));
    }
    if let Some(key) = &keyword.key {
        return rename_key(source, keyword, key, name);
    }
    if keyword.is_unpacked
        || keyword.span.end - keyword.span.start != keyword.name.len()
        || !connect.call.contains(keyword.span)
    {
        return Err(Refusal::because(format!(
            "`{}` is not an argument of the call itself",
            keyword.name
        )));
    }
    let mut draft = Draft::new();
    draft.replace(keyword.span, name);
    draft.change(Change::Keyword {
        from: keyword.name.clone(),
        to: name.to_owned(),
        call: connect.call,
    });
    draft.finish(format!("rename `{}` to `{name}`", keyword.name), vec![keyword.span])
}

/// Gives a key of a dictionary in sight another name.
fn rename_key(source: &SourceFile, keyword: &Keyword, key: &Key, name: &str) -> Result<Fix, Refusal> {
    let old = keyword.name.as_str();
    let written = source.slice(key.span);
    let quote = written.get(..1).filter(|_| key.call.is_none()).unwrap_or_default();
    if written != format!("{quote}{old}{quote}") {
        return Err(Refusal::because(format!("the key `{old}` is not written plainly")));
    }
    if !key.is_only_use && source.text().matches(old).count() > 1 {
        return Err(Refusal::because(format!(
            "`{old}` is named at other places of the file, too"
        )));
    }
    let new = format!("{quote}{name}{quote}");
    let mut draft = Draft::new();
    draft.replace(key.span, &new);
    draft.change(match key.call {
        Some(call) => Change::Keyword {
            from: old.to_owned(),
            to: name.to_owned(),
            call,
        },
        None => Change::Expression {
            at: key.span,
            becomes: new,
        },
    });
    let fix = draft.finish(format!("rename the key `{old}` to `{name}`"), vec![key.span])?;
    // What else is done with the dictionary may ask for the key.
    Ok(match key.is_only_use {
        true => fix,
        false => fix.at_most(Applicability::Unsafe),
    })
}

/// Gives the argument the value `value`.
///
/// # Errors
/// A comment stands in the old value.
pub(super) fn set(code: Code<'_>, argument: Span, value: &str, draft: &mut Draft) -> Result<(), Refusal> {
    if code.has_comment(argument) {
        return Err(Refusal::because("a comment stands in the argument that would change"));
    }
    let mut tokens = code.tokens_in(argument).iter();
    let keyword = tokens.next().filter(|name| name.kind() == TokenKind::Name);
    let equals = tokens.next().filter(|equals| equals.kind() == TokenKind::Equal);
    let start = match (keyword, equals.and_then(|equals| code.after(span_of(equals).end))) {
        (Some(_), Some(first)) => span_of(first).start,
        _ => argument.start,
    };
    draft.replace(Span::new(start, argument.end), value);
    Ok(())
}

/// Adds `argument` (`open_timeout=None`) behind the call's last one, on a line of its own where that one has one; such a
/// line gets `deeper` more indentation than the one before.
pub(super) fn add(code: Code<'_>, parentheses: Span, argument: &str, deeper: &str, draft: &mut Draft) {
    let closing = parentheses.end - 1;
    let Some(last) = code.before(closing) else {
        return;
    };
    let has_comma = last.kind() == TokenKind::Comma;
    let end = span_of(last).end;
    let line = code.line_start(end);
    let line_text = code.text(Span::new(line, end));
    let margin = line_text.get(..line_text.len() - line_text.trim_start_matches(is_margin).len());
    if end == parentheses.start + 1 {
        draft.insert(end, argument);
    } else if line > parentheses.start && code.line_start(closing) > line {
        if !has_comma {
            draft.insert(end, ",");
        }
        let comma = if has_comma { "," } else { "" };
        let margin = margin.unwrap_or_default();
        let ending = code.line_ending(end);
        draft.insert(
            code.next_line_start(end),
            format!("{margin}{deeper}{argument}{comma}{ending}"),
        );
    } else {
        draft.insert(end, format!("{} {argument}", if has_comma { "" } else { "," }));
    }
}

/// What stands around an argument.
struct Around {
    /// The opening parenthesis, or the comma before.
    before: Span,
    /// The comma behind.
    comma: Option<Span>,
    /// The next argument, or the closing parenthesis.
    next: Span,
    is_first: bool,
    is_last: bool,
}

impl Around {
    fn of(code: Code<'_>, call: InCall) -> Result<Self, Refusal> {
        let unexpected = || Refusal::because("the argument does not stand between commas");
        let before = code.before(call.argument.start).ok_or_else(unexpected)?;
        let after = code.after(call.argument.end).ok_or_else(unexpected)?;
        let comma = (after.kind() == TokenKind::Comma).then(|| span_of(after));
        let next = match comma {
            Some(comma) => code.after(comma.end).ok_or_else(unexpected)?,
            None => after,
        };
        let opens = |token: &Token| span_of(token).start == call.parentheses.start;
        let closes = |token: &Token| span_of(token).end == call.parentheses.end;
        let fits = (opens(before) || before.kind() == TokenKind::Comma) && (comma.is_some() || closes(next));
        fits.then(|| Self {
            before: span_of(before),
            comma,
            next: span_of(next),
            is_first: opens(before),
            is_last: closes(next),
        })
        .ok_or_else(unexpected)
    }
}

/// Nothing but the argument (up to `end`, its comma included) and perhaps a comment stands on its lines.
fn owns_its_lines(code: Code<'_>, argument: Span, end: usize) -> bool {
    let behind = code.text(Span::new(end, code.next_line_start(end)));
    let behind = behind.trim_start_matches(is_margin);
    code.margin(argument.start).is_some() && (behind.is_empty() || behind.starts_with(['#', '\r', '\n']))
}

fn remove_lines(code: Code<'_>, call: InCall, end: usize, around: &Around, draft: &mut Draft) {
    let line = code.line_start(call.argument.start);
    let next_line = code.next_line_start(end);
    let start = code.comments_above(around.before.end, line);
    if start < line || code.has_comment(Span::new(end, next_line)) {
        draft.distrust();
        draft.change(Change::Comment { call: call.call });
    }
    draft.delete_lines(Span::new(start, next_line));
    if around.is_last && around.comma.is_none() {
        draft.delete(around.before);
    }
}

fn remove_last(code: Code<'_>, call: InCall, around: &Around, draft: &mut Draft) {
    distrust_comments_around(code, call, around, draft);
    let argument = call.argument;
    let before = around.before;
    let comment_before = code.has_comment(Span::new(before.end, argument.start));
    match (around.comma, comment_before) {
        (None, false) => draft.delete(Span::new(before.start, argument.end)),
        (None, true) => {
            draft.delete(before);
            draft.delete(argument);
        }
        (Some(comma), false) => draft.delete(Span::new(before.end, comma.end)),
        (Some(comma), true) => draft.delete(Span::new(argument.start, comma.end)),
    }
}

fn remove_inside(code: Code<'_>, call: InCall, end: usize, around: &Around, draft: &mut Draft) {
    distrust_comments_around(code, call, around, draft);
    let argument = call.argument;
    let begins_its_line = code.line_start(argument.start) > around.before.start;
    let next_on_its_line = code.next_line_start(end) > around.next.start;
    if next_on_its_line || (begins_its_line && !code.has_comment(Span::new(end, around.next.start))) {
        draft.delete(Span::new(argument.start, around.next.start));
    } else if around.is_first || begins_its_line {
        draft.delete(Span::new(argument.start, end));
    } else {
        draft.delete(Span::new(around.before.end, end));
    }
}

/// A comment on a line of its own above the argument, or right behind it, may speak of it. Without it, the comment would
/// stand at other code.
fn distrust_comments_around(code: Code<'_>, call: InCall, around: &Around, draft: &mut Draft) {
    let argument = call.argument;
    let second_line = code.next_line_start(around.before.start).min(argument.start);
    let above = Span::new(second_line, argument.start);
    let behind = Span::new(argument.end, around.next.start);
    if code.has_comment(above) || code.has_comment(behind) {
        draft.distrust();
        draft.change(Change::Comment { call: call.call });
    }
}

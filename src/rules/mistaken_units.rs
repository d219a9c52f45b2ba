//! The part of WS106 about units: seconds are taken for milliseconds, by the number or by the name of what is given.

use super::Context;
use super::one_line::one_line;
use super::ws106_deadline_out_of_range::RULE;
use crate::finding::Finding;
use crate::sites::{Bound, Written};
use crate::source::{Language, Span};

/// Whether the length of the deadline that is set by the function at `callee` has another unit by its name.
pub(super) fn is_named_otherwise(context: &Context<'_>, callee: Span) -> bool {
    let mut calls = context
        .sites
        .deadlines
        .calls
        .iter()
        .filter(|call| call.callee == callee);
    calls.any(|call| {
        let limit = call.limit.as_ref().map(|limit| &limit.written);
        matches!(limit, Some(Written::Name(value)) if says_milliseconds(value))
    })
}

/// What is in milliseconds by its name, given where seconds are taken.
pub(super) fn named_milliseconds(name: &str, span: Span, written: &Written) -> Option<Finding> {
    let Written::Name(value) = written else {
        return None;
    };
    says_milliseconds(value).then(|| {
        Finding::new(
            &RULE,
            span,
            format!("`{value}` is in milliseconds by its name, but `{name}` takes seconds"),
        )
        .note("a deadline in the wrong unit ends a thousand times later")
        .help(match name.starts_with("Duration::") {
            true => format!("write `Duration::from_millis({value})`"),
            false => format!("write `{value} / 1000`"),
        })
    })
}

fn says_milliseconds(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let by_part = lower.rsplit('_').next().is_some_and(|last| {
        matches!(
            last,
            "ms" | "msec" | "msecs" | "millis" | "millisec" | "millisecs" | "milliseconds"
        )
    });
    let by_case = ["Ms", "Millis", "Milliseconds", "MS"].iter().any(|end| {
        name.strip_suffix(end)
            .is_some_and(|start| start.ends_with(|c: char| c.is_ascii_lowercase()))
    });
    (by_part && lower.contains('_')) || by_case
}

/// A number of Python, or a name that stands for one; a duration of Rust has a unit.
pub(super) fn reads_as_milliseconds(
    context: &Context<'_>,
    name: &str,
    span: Span,
    written: &Written,
    bound: Bound,
) -> Option<Finding> {
    match (written, bound) {
        (Written::Number(seconds), _) if looks_like_milliseconds(*seconds) => Some(too_long(name, span, *seconds)),
        (Written::Name(_), Bound::Seconds(seconds))
            if looks_like_milliseconds(seconds) && context.source.language() == Language::Python =>
        {
            let finding = too_long(name, span, seconds);
            let constant = one_line(context.source.slice(span));
            Some(finding.help(format!("if milliseconds are meant, write `{constant} / 1000`")))
        }
        _ => None,
    }
}

/// From 1000 on, but for what is a number of minutes or hours.
pub(super) fn looks_like_milliseconds(seconds: f64) -> bool {
    let divides = |unit: f64| seconds % unit == 0.0;
    let is_minutes = divides(60.0) && !divides(1000.0);
    seconds >= 1000.0 && divides(50.0) && !is_minutes && !divides(3600.0)
}

/// A number of seconds that reads as milliseconds.
fn too_long(name: &str, span: Span, seconds: f64) -> Finding {
    Finding::new(
        &RULE,
        span,
        format!("`{name}` takes seconds: {seconds} of them are {}", spoken(seconds)),
    )
    .note("a deadline in the wrong unit ends a thousand times later")
    .help(format!("if milliseconds are meant, write {}", seconds / 1e3))
}

/// A duration of Rust whose seconds read as milliseconds.
pub(super) fn too_long_for_rust(name: &str, span: Span, seconds: f64) -> Finding {
    Finding::new(
        &RULE,
        span,
        format!("`{name}` gets {seconds} s, which are {}", spoken(seconds)),
    )
    .note("`Duration::from_secs` takes seconds; a deadline in the wrong unit ends a thousand times later")
    .help(format!(
        "if milliseconds are meant, write `Duration::from_millis({seconds})`"
    ))
}

fn spoken(seconds: f64) -> String {
    match seconds {
        _ if seconds >= 86_400.0 => format!("{:.1} days", seconds / 86_400.0),
        _ if seconds >= 7_200.0 => format!("{:.1} hours", seconds / 3_600.0),
        _ => format!("{:.0} minutes", seconds / 60.0),
    }
}

//! The part of WS106 about calls that fail: a deadline gets no length, another argument, or a value that is no number.

use super::ws106_deadline_out_of_range::RULE;
use crate::finding::{Finding, Severity};
use crate::sites::{DeadlineCall, DeadlineKind, LimitArgument, LimitMisfit, Written};
use crate::source::Span;
/// A call that fails for which arguments it gets.
pub(super) fn wrong_arguments(call: &DeadlineCall, misfit: &LimitMisfit) -> Finding {
    let path = &call.path;
    let function = path.rsplit('.').next().unwrap_or(path);
    // CPython 3.8 to 3.13 word it alike, but for what they say of a literal.
    let (message, error, help) = match misfit {
        LimitMisfit::Missing(parameter) => (
            format!("`{path}` gets no length"),
            format!("{function}() missing 1 required positional argument: '{parameter}'"),
            "give it the seconds that the wait may take".to_owned(),
        ),
        LimitMisfit::Unexpected { given, parameter } => (
            format!("`{path}` has no argument `{given}`"),
            format!("{function}() got an unexpected keyword argument '{given}'"),
            format!("its length is called `{parameter}`"),
        ),
        LimitMisfit::Literal(shown) => {
            let message = format!("`{path}` is told to wait for {shown}");
            return Finding::new(&RULE, call.callee, message)
                .severity(Severity::Error)
                .note("it fails with a TypeError: a literal is nothing that can be awaited")
                .help("what is waited for comes first, and its length second");
        }
    };
    Finding::new(&RULE, call.callee, message)
        .severity(Severity::Error)
        .note(format!("the call fails with TypeError: `{error}`"))
        .help(help)
}

/// A length that is no number.
pub(super) fn wrong_type(name: &str, span: Span, written: &Written) -> Option<Finding> {
    let what = match written {
        Written::Text => "a string",
        Written::Timedelta => "a `timedelta`",
        Written::Number(_) | Written::Name(_) | Written::Other => return None,
    };
    let help = match written {
        Written::Timedelta => "write `.total_seconds()` behind it",
        _ => "write the number without quotes",
    };
    Some(Finding::new(&RULE, span, format!("`{name}` takes a number of seconds, not {what}")).help(help))
}

/// What each function does with a value of the wrong type: CPython 3.12, async-timeout 5.0.1, anyio 4.16, trio 0.35.
pub(super) fn type_error(call: &DeadlineCall, limit: &LimitArgument) -> String {
    let kind = match limit.written {
        Written::Timedelta => "datetime.timedelta",
        _ => "str",
    };
    let compares = call.path.starts_with("trio.") || call.path.ends_with("wait_for") || limit.is_absolute;
    let when = match call.kind {
        DeadlineKind::Wait => "when it is awaited",
        DeadlineKind::AsyncManager | DeadlineKind::Manager => "before anything is waited for",
    };
    match compares {
        true => format!("it fails {when}, with TypeError: a `{kind}` cannot be compared with a number"),
        false => format!("it fails {when}, with TypeError: `unsupported operand type(s) for +: 'float' and '{kind}'`"),
    }
}

//! WS502: a refused authentication is recognised by what the text of an exception holds.

use super::{Context, Rule};
use crate::catalog::Rejection;
use crate::finding::{Finding, Severity};
use crate::fix::{Applicability, Fix, Refusal};
use crate::prescan::Sign;
use crate::sites::{Handler, HandlerForm, TextTest};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS502",
    name: "status-from-message",
    summary: "a refused handshake is recognised by the text of its exception and not by its status",
    languages: &[Language::Python],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS502-status-from-message.md"),
    triggers: &[(Language::Python, &[Sign::Module])],
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for handler in &context.sites.handlers {
        for (index, test) in handler.text_tests.iter().enumerate() {
            findings.extend(check_test(context, handler, index, test));
        }
    }
}

fn check_test(context: &Context<'_>, handler: &Handler, index: usize, test: &TextTest) -> Option<Finding> {
    let caught = only_caught(context, handler);
    // Which exception a refused handshake is here.
    let refused = caught.or_else(|| raised_under(context, handler));
    if caught.is_none() && (refused.is_none() || test.is_expectation) {
        return None;
    }
    let finding = |message: String| Finding::new(&RULE, test.span, message);
    if let Some(refused) = refused
        && !handler.is_conditional
        && test.needles.iter().all(|needle| !may_be_in(needle, &refused.text))
    {
        let needles: Vec<String> = test.needles.iter().map(|needle| format!("`{needle}`")).collect();
        let message = format!("the text of `{}` never holds {}", refused.name(), needles.join(" or "));
        return Some(
            finding(message)
                .note(format!("it is `{}`", refused.text.replace("{status}", "403")))
                .help(format!("compare `{}`", refused.status)),
        );
    }
    let Some(caught) = caught else {
        return Some(
            finding(
                "the text of any exception that comes here decides whether the server refused the handshake".to_owned(),
            )
            .note(other_text(handler))
            .help(advice(refused)),
        );
    };
    // With nothing but the status in the text the search is right, as long as the text stays what it is.
    let is_exact = caught.text.matches('{').count() == 1;
    let message = match is_exact {
        true => format!(
            "the status is looked for in the text of `{}`, which has it as a number",
            caught.name()
        ),
        false => format!(
            "the status is looked for in the text of `{}`, which holds more than that",
            caught.name()
        ),
    };
    let found = finding(message)
        .severity(if is_exact { Severity::Info } else { Severity::Warning })
        .note(format!("its text is `{}`", caught.text.replace("{status}", "403")));
    if handler.form == HandlerForm::Raises && test.is_expectation {
        return Some(found.help(format!(
            "compare `value.{}` of what `pytest.raises` gives",
            caught.status
        )));
    }
    Some(found.fix(comparison(context, handler, index, test, caught).map(|fix| {
        fix.at_most(if is_exact {
            Applicability::Safe
        } else {
            Applicability::Unsafe
        })
    })))
}

/// The exception of the catalogue that is all that the clause catches.
fn only_caught<'a>(context: &Context<'a>, handler: &Handler) -> Option<&'a Rejection> {
    let [caught] = handler.caught.as_slice() else {
        return None;
    };
    let (_, rejection) = context.catalog.rejection(Language::Python, caught.path.as_deref()?)?;
    Some(rejection)
}

/// What the connects under the clause raise with the newest release that is possible, if they agree.
fn raised_under<'a>(context: &Context<'a>, handler: &Handler) -> Option<&'a Rejection> {
    let mut agreed = None;
    for id in &handler.connects {
        let connect = context.sites.connects.get(*id)?;
        let package = &context.catalog.entry(connect.api).package;
        let releases = context.catalog.releases(Language::Python, package, context.project);
        let newest = releases.as_ref().and_then(crate::catalog::Releases::newest);
        let rejections = context.catalog.rejections(Language::Python, package);
        let raised = rejections.iter().find(|rejection| match newest {
            Some(newest) => rejection.is_raised_by(&connect.path, newest),
            None => rejection.is_always_raised_by(&connect.path),
        })?;
        if agreed.is_some_and(|agreed: &Rejection| agreed != raised) {
            return None;
        }
        agreed = Some(raised);
    }
    agreed
}

/// Whether a text of this form can hold the needle, whatever the case of the letters.
fn may_be_in(needle: &str, text: &str) -> bool {
    let only_status = text.matches('{').count() == 1;
    let (needle, text) = (needle.to_ascii_lowercase(), text.to_ascii_lowercase());
    !only_status
        || ["401", "403"]
            .iter()
            .any(|status| needle.contains(status) || text.replace("{status}", status).contains(&needle))
}

fn other_text(handler: &Handler) -> String {
    let mut paths = handler.caught.iter().filter_map(|caught| caught.path.as_deref());
    let os_errors = ["Exception", "BaseException", "OSError", "ConnectionError", "IOError"];
    match paths.any(|path| os_errors.contains(&path)) {
        true => "a server that is not even there may count as one that refuses: the text of a refused TCP connect to port 14030 \
                 is `[Errno 111] Connect call failed ('127.0.0.1', 14030)`, which holds `403`"
            .to_owned(),
        false => "other exceptions that come here have addresses, headers and reasons of the peer in their text".to_owned(),
    }
}

fn advice(refused: Option<&Rejection>) -> String {
    let path = refused.and_then(|refused| refused.paths.first());
    match (refused, path) {
        (Some(refused), Some(path)) => format!("catch `{path}` and compare its `{}`", refused.status),
        _ => "catch the exception of a refused handshake and compare its status".to_owned(),
    }
}

fn comparison(
    context: &Context<'_>,
    handler: &Handler,
    index: usize,
    test: &TextTest,
    caught: &Rejection,
) -> Result<Fix, Refusal> {
    let [needle] = test.needles.as_slice() else {
        return Err(Refusal::because("several words are searched for"));
    };
    let status = ["401", "403"].into_iter().find(|status| needle.contains(status));
    let says_more = |status: &str| {
        let whole = caught.text.replace("{status}", status);
        !whole.contains(needle.as_str())
    };
    match status {
        Some(status) if !says_more(status) => context.rewrite.compare_status(handler, index, &caught.status, status),
        _ => Err(Refusal::because("what is searched for is more than a status")),
    }
}

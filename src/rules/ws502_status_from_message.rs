//! WS502: a refused authentication is recognised by what the text of an exception holds.

use super::Context;
use crate::catalog::{Rejection, Releases};
use crate::finding::{Applicability, Finding, Fix, Refusal, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Caught, Handler, TextTest};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS502",
    name: "status-from-message",
    summary: "a refused handshake is recognised by the text of its exception and not by its status",
    remedy: "compare the status that the exception carries, not its text",
    languages: &[Language::Python],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS502-status-from-message.md"),
    triggers: &[
        (Language::Python, &[Sign::Connect]),
        (Language::Python, &[Sign::Rejection]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for handler in &context.sites.handlers {
        match only_caught(context, handler) {
            Some(caught) => {
                let tests = handler.text_tests.iter().enumerate();
                findings.extend(tests.map(|(index, test)| in_its_text(context, handler, index, test, caught)));
            }
            None => findings.extend(in_any_text(context, handler)),
        }
    }
}

/// A search in the text of the one exception that says that the server refused the handshake.
fn in_its_text(context: &Context<'_>, handler: &Handler, index: usize, test: &TextTest, caught: &Rejection) -> Finding {
    let finding = |message: String| {
        let text = caught.text.replace("{status}", "403");
        Finding::new(&RULE, test.span, message).note(format!("its text is `{text}`"))
    };
    let name = caught.name();
    if test.needles.iter().all(|needle| !may_be_in(needle, &caught.text)) {
        let message = format!("the text of `{name}` never holds {}", told(test));
        return finding(message).help(format!("compare its `{}`", caught.status));
    }
    // With nothing but the status in the text the search is right, as long as the text stays what it is.
    let is_exact = caught.text.matches('{').count() == 1;
    let (message, severity, trust) = match is_exact {
        true => (
            format!("the status is searched for in the text of `{name}`, which has it as a number"),
            Severity::Info,
            Applicability::Safe,
        ),
        false => (
            format!("the status is searched for in the text of `{name}`, which holds more than that"),
            Severity::Warning,
            Applicability::Unsafe,
        ),
    };
    let found = finding(message).severity(severity);
    if test.is_expectation {
        return found.help(format!(
            "compare `value.{}` of what `pytest.raises` gives",
            caught.status
        ));
    }
    let fix = comparison(context, handler, index, test, caught);
    found.fix(fix.map(|fix| fix.at_most(trust)))
}

/// A search in the text of whatever comes: of several the first.
fn in_any_text(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
    let test = handler.text_tests.iter().find(|test| !test.is_expectation)?;
    let refused = raised_under(context, handler)?;
    // Another clause takes it: what is searched for here is something else, or for other releases.
    let is_refused = |caught: &Caught| caught.path.as_deref().is_some_and(|path| refused.is(path));
    if handler.elsewhere.iter().any(is_refused) {
        return None;
    }
    let advice = match refused.paths.first() {
        Some(path) => format!("catch `{path}` and compare its `{}`", refused.status),
        None => format!("compare `{}`", refused.status),
    };
    // Other exceptions that come here may hold it.
    if test.needles.iter().all(|needle| !may_be_in(needle, &refused.text)) {
        let name = refused.name();
        let message = format!(
            "a refused handshake is a `{name}` here, whose text never holds {}",
            told(test)
        );
        let text = refused.text.replace("{status}", "403");
        return Some(
            Finding::new(&RULE, test.span, message)
                .severity(Severity::Info)
                .note(format!("its text is `{text}`"))
                .help(advice),
        );
    }
    let message = format!(
        "a refused handshake is recognised by {} in the text of whatever comes here",
        told(test)
    );
    Some(
        Finding::new(&RULE, test.span, message)
            .note(what_else_comes(handler))
            .help(advice),
    )
}

/// What is searched for.
fn told(test: &TextTest) -> String {
    let needles: Vec<String> = test.needles.iter().map(|needle| format!("`{needle}`")).collect();
    needles.join(" or ")
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
    for (api, path) in handler.raising(&context.sites.connects) {
        let package = &context.catalog.entry(api).package;
        let releases = context.catalog.releases(Language::Python, package, context.project);
        let newest = releases.as_ref().and_then(Releases::newest);
        let rejections = context.catalog.rejections(Language::Python, package);
        let raised = rejections.iter().find(|rejection| match newest {
            Some(newest) => rejection.is_raised_by(path, newest),
            None => rejection.is_always_raised_by(path),
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

fn what_else_comes(handler: &Handler) -> String {
    let mut paths = handler.caught.iter().filter_map(|caught| caught.path.as_deref());
    let os_errors = ["Exception", "BaseException", "OSError", "ConnectionError", "IOError"];
    match paths.any(|path| os_errors.contains(&path)) {
        true => {
            "the text of a refused TCP connect holds its port: with port 14030 it is `[Errno 111] Connect call failed \
                 ('127.0.0.1', 14030)`, so a server that is not even there counts as one that says 403"
                .to_owned()
        }
        false => {
            "the text of the other exceptions that come here may hold it too, in an address or the value of a header"
                .to_owned()
        }
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

//! WS104: an argument is taken for a limit of the connect and bounds something else.

use pep440_rs::Version;

use super::{Context, DeadlineRequest, Limit, Rule, ws103_rejected_connect_argument};
use crate::catalog::{Call, Entry as Known, Misread, MisreadWhen, Phase, Share, Verdict};
use crate::finding::{Finding, Severity};
use crate::fix::{Applicability, Fix, Refusal};
use crate::prescan::Sign;
use crate::sites::{Argument, Bound, Carried, Connect};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS104",
    name: "misread-timeout-argument",
    summary: "an argument is taken for a limit of the connect and bounds something else",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS104-misread-timeout-argument.md"),
    triggers: &[(Language::Python, &[Sign::Module]), (Language::Rust, &[Sign::Module])],
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for connect in &context.sites.connects {
        let arguments = connect.arguments.iter().enumerate();
        findings.extend(arguments.filter_map(|(index, argument)| check_argument(context, connect, index, argument)));
    }
}

/// Whether one of the connect's arguments is meant as a limit in place of a deadline: then this rule's fix knows its
/// length, and no other rule should put another one around.
pub(super) fn concerns(context: &Context<'_>, connect: &Connect) -> bool {
    context.settings.is_enabled(&RULE)
        && connect.arguments.iter().any(|argument| {
            misread(context, connect, argument).is_some_and(|(_, misread)| misread.when == MisreadWhen::Always)
        })
}

fn check_argument(context: &Context<'_>, connect: &Connect, index: usize, argument: &Argument) -> Option<Finding> {
    // Where some releases reject it, WS103 says what the others make of it.
    if ws103_rejected_connect_argument::concerns_argument(context, connect, &argument.name) {
        return None;
    }
    let (known, misread) = misread(context, connect, argument)?;
    let (name, path) = (&argument.name, &connect.path);
    let message = format!("`{name}` does not bound the connect of `{path}`: it {}", misread.says);
    Some(
        Finding::new(&RULE, argument.span, message)
            .note(note(context, connect, argument, known))
            .fix(fix(context, connect, index, known, misread)),
    )
}

/// How the argument is misread in the releases that may run here.
fn misread<'a>(context: &'a Context<'_>, connect: &Connect, argument: &Argument) -> Option<(&'a Known, &'a Misread)> {
    let known = context.catalog.entry(connect.api);
    if !context.settings.protocols.contains(&known.protocol) || argument.value == Bound::Unlimited {
        return None;
    }
    let misread = known.parameter(&argument.name)?.misread.as_ref()?;
    let is_number = matches!(argument.value, Bound::Seconds(_));
    let is_mistake = match misread.when {
        MisreadWhen::Always => true,
        MisreadWhen::Number => is_number,
        MisreadWhen::Alone => is_number && is_alone(connect, argument, known),
    };
    // Where it is rejected WS103 has its say.
    let is_taken = |release: &Version| {
        let verdict = context
            .catalog
            .verdict(known.language, &connect.path, &argument.name, release);
        matches!(verdict, Verdict::Accepted | Verdict::Unknown)
    };
    let releases = context
        .catalog
        .releases(known.language, &known.package, context.project);
    let share = releases.map_or(Share::All, |releases| releases.share(is_taken));
    (is_mistake && share != Share::None && !connect.chosen_by_version).then_some((known, misread))
}

/// Nothing else in sight bounds the connect.
fn is_alone(connect: &Connect, argument: &Argument, known: &Known) -> bool {
    let bounds = |other: &Argument| {
        let parameter = known.parameter(&other.name);
        parameter.is_some_and(|parameter| parameter.bounds == Phase::Connect)
    };
    let mut others = connect.arguments.iter().filter(|other| other.span != argument.span);
    !connect.is_under_a_deadline() && !connect.unpacks && connect.carried == Carried::Nothing && !others.any(bounds)
}

fn note(context: &Context<'_>, connect: &Connect, argument: &Argument, known: &Known) -> String {
    let releases = context
        .catalog
        .releases(known.language, &known.package, context.project);
    let Some(releases) = releases else {
        return known.api.fact.clone();
    };
    let is_taken = |release: &Version| {
        let verdict = context
            .catalog
            .verdict(known.language, &connect.path, &argument.name, release);
        verdict == Verdict::Accepted
    };
    match releases.holds_always(is_taken) {
        true => known.api.fact.clone(),
        false => format!("so it is in {}; {}", releases.told(is_taken), known.api.fact),
    }
}

fn fix(
    context: &Context<'_>,
    connect: &Connect,
    index: usize,
    known: &Known,
    misread: &Misread,
) -> Result<Fix, Refusal> {
    if known.api.call == Call::Blocking {
        return Err(Refusal::because("a blocking connect cannot be ended by an event loop"));
    }
    if misread.when != MisreadWhen::Always {
        return Err(Refusal::because(
            "what it bounds may be wanted too: put the connect under a deadline of its own",
        ));
    }
    let request = DeadlineRequest {
        limit: Limit::Argument,
        argument: Some(index),
        rejected: false,
        context,
    };
    let has_own_limit = connect.arguments.iter().enumerate().any(|(other, argument)| {
        let parameter = known.parameter(&argument.name);
        other != index && parameter.is_some_and(|parameter| parameter.replaceable) && argument.value != Bound::Unlimited
    });
    let fix = match connect.is_under_a_deadline() || has_own_limit {
        true => context.rewrite.drop_timeout_argument(connect, &request),
        false => context.rewrite.external_deadline(connect, &request),
    };
    // The connection is then closed within the library's own limit.
    fix.map(|fix| fix.at_most(Applicability::Unsafe))
}

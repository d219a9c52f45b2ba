//! WS205: a test can take longer than a test may.

use super::proposed::Proposed;
use super::{Context, claims};
use crate::budget::{self, Budget, TestLimit, Total, shown_seconds};
use crate::catalog::ApiId;
use crate::finding::{Finding, Once, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Bound, Connect, Expected, Related, RelatedPlace, Shown, Test};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS205",
    name: "test-over-budget",
    summary: "a test can take longer than `max-test-seconds` as its code bounds it, or for ever",
    remedy: "shorten the waits, put the test under a deadline, or raise `max-test-seconds`",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: false,
    on_by_default: true,
    page: include_str!("../../rules/WS205-test-over-budget.md"),
    triggers: &[
        (Language::Python, &[Sign::Connect, Sign::Test]),
        (Language::Rust, &[Sign::Connect, Sign::Test]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // The waits of a file that opens no connection, by itself or by functions of others, are somebody else's.
    let sites = context.sites;
    let own = sites.connects.iter().map(|connect| connect.api);
    if !own
        .chain(sites.opened_elsewhere.iter().copied())
        .any(|api| is_looked_at(context, api))
    {
        return;
    }
    let proposed = Proposed::of(context);
    let budgets = budget::budgets(context.sites, context.catalog, context.project, context.linked);
    let mut told = None;
    for (place, (test, budget)) in context.sites.tests.iter().zip(&budgets).enumerate() {
        // Several classes may inherit one, and one class several: each place is told of once.
        if told != Some(test.name_span) {
            let found = check_test(context, test, budget, &|| proposed.budget(place));
            told = found.is_some().then_some(test.name_span).or(told);
            findings.extend(found);
        }
    }
}

/// What a test can take once its waits have the deadlines that are proposed for them.
type Shortened<'p> = dyn Fn() -> Option<&'p Budget> + 'p;

fn check_test(context: &Context<'_>, test: &Test, budget: &Budget, proposed: &Shortened<'_>) -> Option<Finding> {
    let most = context.settings.max_test_seconds;
    let limit = TestLimit::of(test, context.project);
    match limit.as_ref().map(|limit| limit.bound) {
        Some(Bound::Seconds(seconds)) if seconds <= most => return None,
        Some(Bound::Unknown) => return None,
        _ => {}
    }
    if let (Some(limit), Total::Seconds { .. }) = (&limit, &budget.total) {
        return ends_by_limit(context, test, budget, limit, proposed);
    }
    let name = &test.name;
    let longest = budget.longest.as_ref().map(|(_, place)| place);
    let finding = |message: String| Finding::new(&RULE, test.name_span, message);
    match &budget.total {
        Total::Unbounded { place } if is_left_out(context, place) => None,
        Total::Unbounded { place } if is_told(context, place) => stays_long(context, test, proposed),
        Total::Unbounded { place } => {
            let mut found = finding(format!("`{name}` can take for ever: nothing ends `{}`", place.text))
                .note(format!("it stands in {}", place_of(context, place)))
                .help(format!(
                    "put a deadline around it, so that the test ends within {} (`max-test-seconds`)",
                    shown_seconds(most)
                ));
            // One helper of another file is mended once, however many tests call it.
            found.once = place.elsewhere.as_ref().map(|_| Once::Cause(place_of(context, place)));
            Some(found.related(&related(place)))
        }
        Total::Seconds {
            seconds,
            is_loose: false,
        } if *seconds > most && !longest.is_some_and(|place| is_left_out(context, place)) => {
            let mut found = finding(format!(
                "`{name}` can take {}, and a test may take {} (`max-test-seconds`)",
                shown_seconds(*seconds),
                shown_seconds(most)
            ))
            .note(note(context, budget))
            .related(&longest.map_or_else(Vec::new, related))
            .help("give its waits shorter deadlines");
            // The same wait of another file, and as long a time: what is said of one test holds for the others.
            let of_helper = longest.filter(|place| place.elsewhere.is_some());
            found.once = of_helper.map(|place| Once::Cause(format!("{seconds} s, {}", place_of(context, place))));
            Some(found)
        }
        Total::Seconds { .. } | Total::Unknown { .. } => None,
    }
}

/// What is said of a test whose waits others tell of that nothing ends: nothing, unless it is too long with the deadlines that
/// they propose as well.
fn stays_long(context: &Context<'_>, test: &Test, proposed: &Shortened<'_>) -> Option<Finding> {
    let most = context.settings.max_test_seconds;
    let budget = proposed()?;
    let seconds = budget.total.certain()?;
    let longest = budget.longest.as_ref().map(|(_, place)| place);
    if seconds <= most || longest.is_some_and(|place| is_left_out(context, place)) {
        return None;
    }
    Some(
        Finding::new(
            &RULE,
            test.name_span,
            format!(
                "`{}` can take more than {} (`max-test-seconds`), with the deadlines that are proposed for its waits as well",
                test.name,
                shown_seconds(most)
            ),
        )
        .note(note(context, budget))
        .related(&longest.map_or_else(Vec::new, related))
        .help("wait for fewer messages, or put the test under one deadline"),
    )
}

/// What is said of a test that something from outside ends: the project chose how long it may take, and what is left to tell is
/// where it stands by then.
fn ends_by_limit(
    context: &Context<'_>,
    test: &Test,
    budget: &Budget,
    limit: &TestLimit,
    proposed: &Shortened<'_>,
) -> Option<Finding> {
    let seconds = budget.total.certain()?;
    let place = match &budget.cut_by {
        Some(_) => budget.cut_at.as_ref(),
        None => budget.longest.as_ref().map(|(_, place)| place),
    }?;
    let is_short = seconds <= context.settings.max_test_seconds;
    if is_short || is_left_out(context, place) {
        return None;
    }
    if is_told(context, place) {
        let found = stays_long(context, test, proposed);
        return found.map(|found| found.severity_or_strict(Severity::Info, RULE.severity));
    }
    let (name, wait) = (&test.name, &place.text);
    let message = match (&budget.cut_by, limit.bound) {
        (Some(source), Bound::Seconds(ends)) => format!(
            "`{name}` can wait in `{wait}` until `{source}` ends it, after {}",
            shown_seconds(ends)
        ),
        _ => format!(
            "`{name}` can take {}, most of it in `{wait}`, before `{}` would end it",
            shown_seconds(seconds),
            limit.source
        ),
    };
    Some(
        Finding::new(&RULE, test.name_span, message)
            .severity_or_strict(Severity::Info, RULE.severity)
            .note(format!("it stands in {}", place_of(context, place)))
            .related(&related(place))
            .help(format!(
                "under a deadline of its own `{wait}` fails with a traceback that shows it"
            )),
    )
}

fn is_looked_at(context: &Context<'_>, api: ApiId) -> bool {
    let protocol = context.catalog.entry(api).protocol;
    context.settings.protocols.contains(&protocol)
}

/// Whether the wait is for a connect that nobody wants to hear of, or that is refused before it waits.
fn is_left_out(context: &Context<'_>, place: &Shown) -> bool {
    if place.elsewhere.is_some() {
        return context.sites.replaces_parts || context.sites.stand_ins.is_some();
    }
    // What a class waits for that a stand-in may have taken the place of.
    let sites = context.sites;
    let mut classes = sites.stand_ins.iter().flatten();
    if classes.any(|class| class.contains(place.span)) && sites.test_around(place.span).is_none() {
        return true;
    }
    // The waits of a file that holds no connection are somebody else's.
    let mut own = sites.connects.iter();
    if !own.any(|connect| is_looked_at(context, connect.api)) && sites.receives.is_empty() {
        return true;
    }
    let is_silent = |connect: &Connect| connect.expected == Expected::Rejection || !is_looked_at(context, connect.api);
    sites.connects_within(place.span).any(is_silent)
}

/// Whether another rule speaks of the wait: the deadline that it asks for ends the test, too.
fn is_told(context: &Context<'_>, place: &Shown) -> bool {
    if place.elsewhere.is_some() {
        return false;
    }
    let sites = context.sites;
    claims::loop_is_told(context, place.span)
        || sites
            .connects_at(place.span)
            .any(|connect| claims::test_is_told(context, connect))
        || sites
            .receives_at(place.span)
            .any(|receive| claims::receive_is_told(context, receive))
}

/// Where most of the time goes, and which defaults are in it.
fn note(context: &Context<'_>, budget: &Budget) -> String {
    let mut parts = Vec::new();
    if let Some((seconds, place)) = &budget.longest {
        let at = place_of(context, place);
        parts.push(format!(
            "{} of it are `{}` in {at}",
            shown_seconds(*seconds),
            place.text
        ));
    }
    if !budget.defaults.is_empty() {
        parts.push(format!("counted by default: {}", budget.defaults.join(", ")));
    }
    if let Some(source) = &budget.cut_by {
        parts.push(format!("`{source}` ends it"));
    }
    parts.join("; ")
}

/// The wait, where it is one of another file.
fn related(place: &Shown) -> Vec<Related> {
    let there = place.elsewhere.iter().map(|other| Related {
        what: format!("`{}` waits", place.text),
        place: RelatedPlace::There(other.clone()),
    });
    there.collect()
}

/// `line 12`, `helpers.py:40`.
fn place_of(context: &Context<'_>, place: &Shown) -> String {
    match &place.elsewhere {
        Some(other) => format!("{}:{}", other.file, other.start.line),
        None => context.source.place(place.span.start).line_told(),
    }
}

//! WS104: an argument is taken for a limit of the connect and bounds something else.

use pep440_rs::Version;

use super::deadline_request::in_place_of_argument;
use super::silence::Silence;
use super::ws102_connect_without_deadline::OF_ITS_OWN;
use super::ws103_rejected_connect_argument::NOT_HERE;
use super::{Context, UNKNOWN_RELEASE, claims};
use crate::catalog::{Call, Entry as Known, Misread, MisreadWhen, Releases, Share, Verdict};
use crate::finding::{Applicability, Finding, Fix, Refusal, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Argument, Bound, Carried, Connect, ValueKind};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS104",
    name: "misread-timeout-argument",
    summary: "an argument is taken for a limit of the connect and bounds something else",
    remedy: "bound the connect by a deadline around it; the argument bounds something else",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS104-misread-timeout-argument.md"),
    triggers: &[(Language::Python, &[Sign::Connect]), (Language::Rust, &[Sign::Connect])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for connect in context.sites.connects.iter().chain(&context.sites.handed) {
        let arguments = connect.arguments.iter().enumerate();
        findings.extend(arguments.filter_map(|(index, argument)| check_argument(context, connect, index, argument)));
    }
}

/// Why nothing is said of the connect's arguments; `None` where something is.
pub(super) fn silence(context: &Context<'_>, connect: &Connect) -> Option<Silence> {
    let mut arguments = connect.arguments.iter();
    let is_told = arguments.any(|argument| is_misread(context, connect, argument));
    (!is_told).then(
        || match context.is_unknown_here(connect) && !connect.arguments.is_empty() {
            true => UNKNOWN_RELEASE.into(),
            false => "no argument of it is taken for a limit that it is not".into(),
        },
    )
}

/// Whether this argument of the connect is taken for a limit that it is not.
pub(super) fn is_misread(context: &Context<'_>, connect: &Connect, argument: &Argument) -> bool {
    Misreading::of(context, connect, argument).is_some()
}

/// Whether one of the connect's arguments is meant as a limit in place of a deadline: then this rule's fix knows its
/// length, and no other rule should put another one around.
pub(super) fn replaces_a_limit(context: &Context<'_>, connect: &Connect) -> bool {
    let is_meant = |argument| {
        let misreading = Misreading::of(context, connect, argument);
        misreading.is_some_and(|misreading| misreading.misread.when == MisreadWhen::Always)
    };
    connect.arguments.iter().any(is_meant)
}

fn check_argument(context: &Context<'_>, connect: &Connect, index: usize, argument: &Argument) -> Option<Finding> {
    // Where some releases reject it, WS103 says what the others make of it.
    if claims::argument_is_told(context, connect, &argument.name, &RULE) {
        return None;
    }
    let misreading = Misreading::of(context, connect, argument)?;
    let (name, path, says) = (&argument.name, &connect.path, &misreading.misread.says);
    let message = format!("`{name}` does not bound the connect of `{path}`: it {says}");
    let finding = Finding::new(&RULE, argument.span, message);
    let finding = match misreading.known.api.call {
        Call::Blocking => finding.remedy(OF_ITS_OWN),
        _ => finding,
    };
    Some(
        finding
            .note(misreading.note())
            .related(&connect.through)
            .fix(misreading.fix(index)),
    )
}

/// An argument that is misread in the releases that may run here.
struct Misreading<'a> {
    context: &'a Context<'a>,
    connect: &'a Connect,
    argument: &'a Argument,
    known: &'a Known,
    misread: &'a Misread,
    releases: Option<Releases<'a>>,
}

impl<'a> Misreading<'a> {
    fn of(context: &'a Context<'a>, connect: &'a Connect, argument: &'a Argument) -> Option<Self> {
        let known = context.catalog.entry(connect.api);
        if !context.settings.protocols.contains(&known.protocol)
            || argument.value == Bound::Unlimited
            || connect.chosen_by_version
            || connect.expected.excludes_deadlines()
        {
            return None;
        }
        let misread = known.parameter(&argument.name)?.misread.as_ref()?;
        if misread.scheme.is_some() && misread.scheme != connect.scheme {
            return None;
        }
        let known_of = known.parameter(&argument.name)?;
        let misleads = |release: &Version| {
            let sound = known_of.bounds_connect.as_ref();
            sound.is_none_or(|during| !during.holds_in(release))
        };
        let releases = context.releases(connect);
        if known_of.bounds_connect.is_some()
            && releases
                .as_ref()
                .is_some_and(|some| some.share(misleads) == Share::None)
        {
            return None;
        }
        if context.is_unknown_here(connect) {
            return None;
        }
        // One that limits a connect where it is given to another object does not say what is meant here.
        let is_number = argument.kind != ValueKind::Unknown;
        let is_mistake = match misread.when {
            MisreadWhen::Always => true,
            MisreadWhen::Number => is_number,
            MisreadWhen::Alone => is_number && is_alone(connect, argument, known),
        };
        let misreading = Self {
            context,
            connect,
            argument,
            known,
            misread,
            releases,
        };
        (is_mistake && misreading.is_taken_at_all()).then_some(misreading)
    }

    /// Where every release rejects it WS103 has its say. One without the path takes nothing there, where those with it reject it.
    fn is_taken_at_all(&self) -> bool {
        let Some(releases) = &self.releases else { return true };
        let is_taken = |release: &Version| matches!(self.verdict(release), Verdict::Accepted | Verdict::Unknown);
        let is_rejected_or_not_there = |release: &Version| self.verdict(release) != Verdict::Accepted;
        let is_not_there = |release: &Version| self.verdict(release) == Verdict::Unknown;
        let is_never_taken = releases.holds_always(is_rejected_or_not_there) && !releases.holds_always(is_not_there);
        releases.share(is_taken) != Share::None && !is_never_taken
    }

    fn note(&self) -> String {
        let fact = self.context.patience(self.connect).fact();
        let fact = match &self.argument.kind {
            ValueKind::Holder { class, .. } => {
                let class = class.rsplit('.').next().unwrap_or(class);
                format!("a `{class}` is no limit of the connect there; {fact}")
            }
            ValueKind::Number | ValueKind::Unknown => fact,
        };
        let is_taken = |release: &Version| self.verdict(release) == Verdict::Accepted;
        match &self.releases {
            Some(releases) if releases.newest_that(is_taken).is_some() && !releases.holds_always(is_taken) => {
                format!("so it is in {}; {fact}", releases.told(is_taken))
            }
            _ => fact,
        }
    }

    fn fix(&self, index: usize) -> Result<Fix, Refusal> {
        if self.connect.is_handed() {
            return Err(Refusal::because(NOT_HERE));
        }
        if self.known.api.call == Call::Blocking {
            return Err(Refusal::because("a blocking connect cannot be ended by an event loop"));
        }
        let is_replaceable = self
            .known
            .parameter(&self.argument.name)
            .is_some_and(|known| known.replaceable);
        if self.misread.when != MisreadWhen::Always && !is_replaceable {
            return Err(Refusal::because(
                "what it bounds may be wanted too: put the connect under a deadline of its own",
            ));
        }
        // The connection is then closed within the library's own limit.
        in_place_of_argument(self.context, self.connect, index, false).map(|fix| fix.at_most(Applicability::Unsafe))
    }

    fn verdict(&self, release: &Version) -> Verdict<'a> {
        self.context.verdict(self.connect, &self.argument.name, release)
    }
}

/// Nothing else in sight bounds the connect. What is around a call of a function that makes it elsewhere was not looked for.
fn is_alone(connect: &Connect, argument: &Argument, known: &Known) -> bool {
    if !connect.through.is_empty() {
        return false;
    }
    let bounds = |other: &Argument| known.bounds_connect(&other.name);
    let mut others = connect.arguments.iter().filter(|other| other.span != argument.span);
    !connect.is_under_a_deadline() && !connect.unpacks && connect.carried == Carried::Nothing && !others.any(bounds)
}

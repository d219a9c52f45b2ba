//! WS103: a connect is given an argument that the installed library rejects or ignores.

use pep440_rs::Version;

use super::deadline_request::in_place_of_argument;
use super::misfit::{Fate, Misfit, is_refused_key, misfits};
use super::silence::Silence;
use super::{Context, UNKNOWN_RELEASE, refused_calls};
use crate::catalog::{RejectedKeys, Share, Verdict};
use crate::finding::{Applicability, Finding, Fix, Refusal, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Connect, Entry, Keyword};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS103",
    name: "rejected-connect-argument",
    summary: "a connect is given an argument that the installed library rejects or ignores",
    remedy: "give the argument the name that the installed release knows, or leave it out",
    languages: &[Language::Python],
    severity: Severity::Error,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS103-rejected-connect-argument.md"),
    triggers: &[(Language::Python, &[Sign::Connect])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for connect in context.sites.connects.iter().chain(&context.sites.handed) {
        findings.extend(misfits(context, connect).map(|misfit| misfit.report()));
        findings.extend(refused_keys(connect).map(|(keyword, keys)| refused_key(connect, keyword, keys)));
        refused_calls::check(context, connect, findings);
    }
}

/// The keys of a dictionary that the function which gets it does not take.
fn refused_keys(connect: &Connect) -> impl Iterator<Item = (&Keyword, &RejectedKeys)> {
    let by = connect.handed_by.as_ref().filter(|_| !connect.chosen_by_version);
    let keywords = connect.keywords.iter();
    by.into_iter().flat_map(move |by| {
        keywords
            .clone()
            .filter_map(|keyword| Some((keyword, by.rejects(&keyword.name)?)))
    })
}

fn refused_key(connect: &Connect, keyword: &Keyword, keys: &RejectedKeys) -> Finding {
    let by = connect.handed_by.as_ref();
    let (path, argument) = by.map_or(("", ""), |by| (by.path(), &*by.argument));
    let name = &keyword.name;
    let error = format!("`{}`", keys.error.replace("{name}", name));
    let what = match keys.at_call {
        true => format!("the call raises {error}"),
        false => raised_by_the_other(connect, &error),
    };
    Finding::new(
        &RULE,
        keyword.span,
        format!("`{path}` rejects `{name}` in `{argument}`"),
    )
    .note(where_it_is_there(keyword, what))
    .related(&connect.through)
}

/// What comes of the error of a connect that another library's function hands the argument on to.
fn raised_by_the_other(connect: &Connect, error: &str) -> String {
    let by = connect.handed_by.as_ref();
    match by.and_then(|by| by.raises.as_ref()) {
        Some(raised) => format!("the call passes, and connecting raises `{raised}`, caused by {error}"),
        None => format!("the call passes, and connecting raises {error}"),
    }
}

/// What becomes of a keyword, with the condition that it is there.
fn where_it_is_there(keyword: &Keyword, what: String) -> String {
    match keyword.is_certain {
        true => what,
        false => format!("where the key is there, which a condition decides, {what}"),
    }
}

/// Why nothing is said of the connect's arguments; `None` where something is.
pub(super) fn silence(context: &Context<'_>, connect: &Connect) -> Option<Silence> {
    if connect.chosen_by_version {
        return Some("the code around it chooses by what the installed library takes".into());
    }
    let mut findings = Vec::new();
    refused_calls::check(context, connect, &mut findings);
    let has_keys = refused_keys(connect).next().is_some();
    if has_keys || !findings.is_empty() || misfits(context, connect).next().is_some() {
        return None;
    }
    Some(match (context.releases(connect), connect.keywords.is_empty()) {
        (_, true) => "it is given no keyword".into(),
        _ if context.is_unknown_here(connect) => UNKNOWN_RELEASE.into(),
        (None, false) => "which release takes what is not known of this library".into(),
        (Some(_), false) => "no release that may run rejects what it is given".into(),
    })
}

/// Whether an argument that is no good is meant as a limit: no other rule should put another limit beside it.
pub(super) fn replaces_a_limit(context: &Context<'_>, connect: &Connect) -> bool {
    misfits(context, connect).any(|misfit| misfit.is_meant_as_limit())
}

/// Why a connect gets no deadline where only keywords of it are given.
pub(super) const NOT_HERE: &str = "the connect stands in another function, which hands it on";

impl Misfit<'_> {
    fn report(&self) -> Finding {
        let severity = match (&self.fate, self.share) {
            (Fate::Rejected { .. }, Share::All) => Severity::Error,
            _ => Severity::Warning,
        };
        let mut finding = Finding::new(&RULE, self.keyword.span, self.message())
            .severity(severity)
            .note(self.note())
            .related(&self.connect.through);
        match self.fix() {
            Some(fix) => {
                finding = finding.fix(fix.map(|fix| fix.at_most(self.trust())));
                // What there is to do is said where no fix does it.
                finding.help = match finding.help.take() {
                    Some(refused) => Some(format!("{refused}{}", self.called_today())),
                    None => self.pin(),
                };
            }
            None => finding.help = self.help(),
        }
        finding
    }

    fn message(&self) -> String {
        let (path, name) = (&self.connect.path, self.name());
        let verb = match self.fate {
            Fate::Ignored => "ignores",
            Fate::Rejected { .. } => "rejects",
        };
        match self.is_always_so() {
            true => format!("`{path}` {verb} `{name}`"),
            false => format!(
                "`{path}` of {} {verb} `{name}`",
                self.releases.told(|release| self.is_so(release))
            ),
        }
    }

    fn note(&self) -> String {
        let what = match &self.fate {
            Fate::Ignored => format!("`{}` is taken without a word and has no effect", self.name()),
            Fate::Rejected {
                error,
                is_retried: true,
                ..
            } => format!("`async for` tries again for ever and only logs the {error} of each round"),
            Fate::Rejected { error, .. } if self.connect.handed_by.is_some() => {
                raised_by_the_other(self.connect, error)
            }
            Fate::Rejected {
                error, at_call: true, ..
            } => format!("the call raises {error}"),
            Fate::Rejected {
                error, at_call: false, ..
            } if self.connect.entry == Entry::AsyncFor => {
                format!("the call passes, and the first round raises {error}")
            }
            Fate::Rejected {
                error, at_call: false, ..
            } => format!("the call passes, and awaiting or entering it raises {error}"),
        };
        let what = match &self.fate {
            Fate::Rejected {
                beside: Some(other), ..
            } => format!("{what}: with {other} beside it nothing takes it"),
            _ => what,
        };
        let what = where_it_is_there(self.keyword, what);
        let elsewhere = self.elsewhere();
        match self.is_always_so() {
            true => what,
            false => format!("{what}{elsewhere}; {}", self.releases.here()),
        }
    }

    /// What possible releases that take it make of it, where it is not what it seems.
    fn elsewhere(&self) -> String {
        let takes = |release: &Version| self.verdict(self.name(), release) == Verdict::Accepted;
        let known = self.context.catalog.entry(self.connect.api);
        let misread = known
            .parameter(self.name())
            .and_then(|parameter| parameter.misread.as_ref());
        match misread {
            Some(misread) if self.releases.share(takes) != Share::None => {
                format!("; where it is taken it {}", misread.says)
            }
            _ => self.taken_only(),
        }
    }

    /// Where other releases take it, if not everywhere.
    fn taken_only(&self) -> String {
        let takes = |release: &Version| self.verdict(self.name(), release) == Verdict::Accepted;
        let language = self.context.catalog.entry(self.connect.api).language;
        let catalog = self.context.catalog;
        match catalog.taken_only(language, &self.connect.path, self.name()) {
            Some(only) if matches!(self.fate, Fate::Rejected { beside: None, .. }) => {
                format!("; {} takes it {only}", self.releases.told(takes))
            }
            _ => String::new(),
        }
    }

    /// A program in which every possible release fails cannot have worked.
    fn trust(&self) -> Applicability {
        match (&self.fate, self.share) {
            (Fate::Rejected { .. }, Share::All) => Applicability::Safe,
            _ => Applicability::Unsafe,
        }
    }

    /// The fix, where the argument is one whose meaning is known.
    fn fix(&self) -> Option<Result<Fix, Refusal>> {
        if let Some(index) = self.limit() {
            if self.connect.is_handed() {
                return Some(Err(Refusal::because(NOT_HERE)));
            }
            return Some(in_place_of_argument(self.context, self.connect, index, true));
        }
        let entry = self.context.catalog.entry(self.connect.api);
        let mut others = self
            .context
            .catalog
            .other_names(entry.language, &entry.package, self.name());
        let other = others.find(|other| {
            let is_taken = self.is_taken_everywhere(other) || self.is_taken_by_the_installed(other);
            is_taken && !is_refused_key(self.connect, other)
        })?;
        let renamed = (self.keyword, other);
        Some(
            self.context
                .rewrite
                .rename_argument(self.connect, renamed, self.context),
        )
    }
}

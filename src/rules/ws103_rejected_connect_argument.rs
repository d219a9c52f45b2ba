//! WS103: a connect is given an argument that the installed library rejects or ignores.

use pep440_rs::Version;

use super::deadline_request::in_place_of_argument;
use super::silence::Silence;
use super::{Context, UNKNOWN_RELEASE, refused_calls};
use crate::catalog::{Beside, Misread, MisreadWhen, Reach, RejectedKeys, Releases, Share, Verdict};
use crate::facts::PythonVersion;
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

/// Whether this argument of the connect is this rule's business.
pub(super) fn is_misfit(context: &Context<'_>, connect: &Connect, name: &str) -> bool {
    misfits(context, connect).any(|misfit| misfit.name() == name)
}

fn misfits<'a>(context: &'a Context<'a>, connect: &'a Connect) -> impl Iterator<Item = Misfit<'a>> {
    let keywords = connect.keywords.iter();
    keywords.filter_map(move |keyword| Misfit::of(context, connect, keyword))
}

/// What the argument raises, in code: on the newest Python, and on an older one that may run where it reads otherwise.
fn error_told(reach: &Reach, name: &str, oldest: PythonVersion) -> String {
    let newest = reach.error(name, PythonVersion::OLDEST_MAINTAINED.max(oldest));
    let before = reach.error(name, oldest);
    told_on_both(&newest, &before)
}

/// An error in code, and how it reads on old Pythons where that differs.
pub(super) fn told_on_both(newest: &str, before: &str) -> String {
    match before == newest {
        true => format!("`{newest}`"),
        false => format!("`{newest}` (before Python 3.10 `{before}`)"),
    }
}

/// Another keyword of the call, in code.
fn shown(other: &Beside) -> String {
    match &other.value {
        Some(value) => format!("`{}={value}`", other.name),
        None => format!("`{}`", other.name),
    }
}

/// Whether what hands the arguments on does not take one of this name.
fn is_refused_key(connect: &Connect, name: &str) -> bool {
    let by = connect.handed_by.as_ref();
    by.is_some_and(|passes| passes.rejects(name).is_some())
}

/// Why a connect gets no deadline where only keywords of it are given.
pub(super) const NOT_HERE: &str = "the connect stands in another function, which hands it on";

/// What libraries call the limit of a whole connect.
pub(super) const CONNECT_LIMITS: [&str; 5] = [
    "timeout",
    "open_timeout",
    "connect_timeout",
    "connection_timeout",
    "handshake_timeout",
];

/// An argument that some possible release does not take.
pub(super) struct Misfit<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) connect: &'a Connect,
    keyword: &'a Keyword,
    pub(super) releases: Releases<'a>,
    share: Share,
    /// What becomes of the argument in those releases.
    fate: Fate,
}

enum Fate {
    Ignored,
    Rejected {
        error: String,
        at_call: bool,
        is_retried: bool,
        /// In code, what else is given: without it the argument would be taken.
        beside: Option<String>,
    },
}

impl<'a> Misfit<'a> {
    fn of(context: &'a Context<'a>, connect: &'a Connect, keyword: &'a Keyword) -> Option<Self> {
        // A branch on the version, or the fallback of a `try`: each of its connects is right in its own place.
        if connect.chosen_by_version || is_refused_key(connect, &keyword.name) {
            return None;
        }
        let verdict = |release: &Version| context.verdict(connect, &keyword.name, release);
        let releases = context
            .releases(connect)?
            .having(|release| verdict(release) != Verdict::Unknown)?;
        let rejects = |release: &Version| matches!(verdict(release), Verdict::Rejected { .. });
        let ignores = |release: &Version| verdict(release) == Verdict::Ignored;
        let (share, fate) = match (releases.share(rejects), releases.share(ignores)) {
            (Share::None, Share::None) => return None,
            (Share::None, share) => (share, Fate::Ignored),
            (share, _) => {
                let newest = releases.newest_that(rejects)?;
                let Verdict::Rejected {
                    reach,
                    own,
                    at_call,
                    beside,
                } = verdict(newest)
                else {
                    return None;
                };
                let is_retried =
                    connect.entry == Entry::AsyncFor && reach.retries_from.as_ref().is_some_and(|from| newest >= from);
                let oldest = context.oldest_python();
                let is_text = |name: &str| {
                    let mut given = connect.keywords.iter().filter(|other| other.name == name);
                    given.any(|other| other.value.as_ref().is_some_and(|value| value.starts_with('"')))
                };
                let called = reach.called(&keyword.name, &is_text);
                let with_uvloop = || context.uses_uvloop().then(|| reach.error_with_uvloop(called)).flatten();
                let own = own.map(|own| own.error(&keyword.name));
                let error = match own.or_else(with_uvloop) {
                    Some(error) => format!("`{error}`"),
                    None => error_told(reach, called, oldest),
                };
                let fate = Fate::Rejected {
                    error,
                    at_call,
                    is_retried,
                    beside: beside.map(shown),
                };
                (share, fate)
            }
        };
        Some(Self {
            context,
            connect,
            keyword,
            releases,
            share,
            fate,
        })
    }

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

    /// The argument among those that have to do with time, where it is meant to bound the connect.
    pub(super) fn limit(&self) -> Option<usize> {
        let entry = self.context.catalog.entry(self.connect.api);
        let parameter = entry.parameter(self.name())?;
        let is_meant = |misread: &Misread| misread.when == MisreadWhen::Always;
        if !parameter.replaceable && !parameter.misread.as_ref().is_some_and(is_meant) {
            return None;
        }
        let mut arguments = self.connect.arguments.iter();
        arguments.position(|argument| argument.name == self.name())
    }

    /// It says how long the connect may take, in words that no release understands or in those of another one.
    fn is_meant_as_limit(&self) -> bool {
        let is_limit = self.limit().is_some() || CONNECT_LIMITS.contains(&self.name());
        is_limit && self.keyword.value.as_deref() != Some("None")
    }

    pub(super) fn is_taken_everywhere(&self, name: &str) -> bool {
        self.releases
            .share(|release| self.verdict(name, release) == Verdict::Accepted)
            == Share::All
    }

    /// Whether the newest release takes it, which gets installed where nothing restricts the releases.
    pub(super) fn is_taken_by_the_installed(&self, name: &str) -> bool {
        let takes = |release: &&Version| self.verdict(name, release) == Verdict::Accepted;
        !self.releases.is_declared() && self.releases.newest().as_ref().is_some_and(takes)
    }

    /// Whether a release does to the argument what is reported.
    pub(super) fn is_so(&self, release: &Version) -> bool {
        match self.verdict(self.name(), release) {
            Verdict::Rejected { .. } => matches!(self.fate, Fate::Rejected { .. }),
            Verdict::Ignored => matches!(self.fate, Fate::Ignored),
            Verdict::Accepted | Verdict::Unknown => false,
        }
    }

    /// Whether every release that has the path does so.
    pub(super) fn is_always_so(&self) -> bool {
        let has_no_path = |release: &Version| self.verdict(self.name(), release) == Verdict::Unknown;
        self.releases
            .holds_always(|release| self.is_so(release) || has_no_path(release))
    }

    pub(super) fn verdict(&self, name: &str, release: &Version) -> Verdict<'a> {
        self.context.verdict(self.connect, name, release)
    }

    pub(super) fn name(&self) -> &'a str {
        &self.keyword.name
    }
}

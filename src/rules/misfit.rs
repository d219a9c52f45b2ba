//! An argument of a connect that some release which may run does not take, and what becomes of it there.

use pep440_rs::Version;

use super::Context;
use crate::catalog::{Beside, Misread, MisreadWhen, Reach, Releases, Share, Verdict};
use crate::facts::PythonVersion;
use crate::sites::{Connect, Entry, Keyword};

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
    pub(super) keyword: &'a Keyword,
    pub(super) releases: Releases<'a>,
    pub(super) share: Share,
    /// What becomes of the argument in those releases.
    pub(super) fate: Fate,
}

/// What becomes of an argument.
pub(super) enum Fate {
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
    /// What becomes of an argument, where some release that may run does not take it.
    pub(super) fn of(context: &'a Context<'a>, connect: &'a Connect, keyword: &'a Keyword) -> Option<Self> {
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
    pub(super) fn is_meant_as_limit(&self) -> bool {
        let is_limit = self.limit().is_some() || CONNECT_LIMITS.contains(&self.name());
        is_limit && self.keyword.value.as_deref() != Some("None")
    }

    /// Whether every release that may run takes an argument of this name.
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

    /// What a release does with an argument of this name.
    pub(super) fn verdict(&self, name: &str, release: &Version) -> Verdict<'a> {
        self.context.verdict(self.connect, name, release)
    }

    /// The argument's name.
    pub(super) fn name(&self) -> &'a str {
        &self.keyword.name
    }
}

/// Whether this argument of the connect is this rule's business.
pub(super) fn is_misfit(context: &Context<'_>, connect: &Connect, name: &str) -> bool {
    misfits(context, connect).any(|misfit| misfit.name() == name)
}

/// The arguments of a connect that some release which may run does not take.
pub(super) fn misfits<'a>(context: &'a Context<'a>, connect: &'a Connect) -> impl Iterator<Item = Misfit<'a>> {
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
pub(super) fn is_refused_key(connect: &Connect, name: &str) -> bool {
    let by = connect.handed_by.as_ref();
    by.is_some_and(|passes| passes.rejects(name).is_some())
}

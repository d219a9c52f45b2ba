//! What WS103 says there is to do about an argument, where a fix does not do it.

use pep440_rs::Version;

use super::misfit::{CONNECT_LIMITS, Misfit};
use crate::catalog::{Call, Verdict};

impl<'a> Misfit<'a> {
    pub(super) fn help(&self) -> Option<String> {
        let catalog = self.context.catalog;
        let entry = catalog.entry(self.connect.api);
        if let Some(other) = catalog.other_names(entry.language, &entry.package, self.name()).next() {
            return Some(format!(
                "the other releases call it `{other}`: pin {} to one side, or choose by its version",
                entry.package
            ));
        }
        if let Some(advice) = catalog.advice(entry.language, &self.connect.path, self.name()) {
            return Some(advice);
        }
        let takes = |release: &Version| self.verdict(self.name(), release) == Verdict::Accepted;
        if let Some(first) = self.releases.oldest_of_the_newest_that(takes) {
            let (package, name) = (&entry.package, self.name());
            return Some(format!(
                "{package} takes `{name}` from {first} on: ask for `{package}>={first}`"
            ));
        }
        let taken = catalog.accepted(entry.language, &self.connect.path);
        let newest = self.releases.newest()?;
        let mut taken: Vec<&str> = taken
            .filter(|taken| self.verdict(taken, newest) == Verdict::Accepted)
            .collect();
        taken.sort_by_key(|taken| strsim::damerau_levenshtein(taken, self.name()));
        if CONNECT_LIMITS.contains(&self.name()) {
            return self.other_limit(&taken);
        }
        let is_near = |taken: &&&str| {
            strsim::damerau_levenshtein(taken, self.name()) <= taken.len() / 3
                || taken.ends_with(&format!("_{}", self.name()))
                || taken.starts_with(&format!("{}_", self.name()))
        };
        let near = taken.iter().find(is_near)?;
        Some(format!("did you mean `{near}`?"))
    }

    /// What bounds the connect in place of the argument, whose name says that it should.
    fn other_limit(&self, taken: &[&str]) -> Option<String> {
        let entry = self.context.catalog.entry(self.connect.api);
        let bounds_it = |taken: &&&str| entry.bounds_connect(taken);
        match (taken.iter().find(bounds_it), entry.api.call) {
            (Some(other), _) => Some(format!("did you mean `{other}`?")),
            (None, Call::Blocking) => None,
            (None, _) => Some("no argument bounds the whole connect: put it under a deadline of its own".to_owned()),
        }
    }

    /// Which releases a project has to ask for to be right about what gets installed, where it asks for none: those like the
    /// newest one.
    pub(super) fn pin(&self) -> Option<String> {
        if self.releases.is_declared() || !self.is_renamed() || self.is_always_so() {
            return None;
        }
        let package = &self.context.catalog.entry(self.connect.api).package;
        let first = self
            .releases
            .oldest_of_the_newest_that(|release| self.is_so(release))?
            .to_string();
        let first = first.strip_suffix(".0").unwrap_or(&first);
        Some(format!(
            "the newest {package} gets installed here: say so with `{package}>={first}`"
        ))
    }

    /// Its fix gives it the name of the newest release.
    fn is_renamed(&self) -> bool {
        self.other_name().is_some()
    }

    /// What the newest release calls it, where that is installed.
    fn other_name(&self) -> Option<&'a str> {
        let entry = self.context.catalog.entry(self.connect.api);
        let mut others = self
            .context
            .catalog
            .other_names(entry.language, &entry.package, self.name());
        let is_renamed = |other: &&str| self.is_taken_everywhere(other) || self.is_taken_by_the_installed(other);
        self.limit().is_none().then(|| others.find(is_renamed))?
    }

    /// What it should be called, behind why no fix does that.
    pub(super) fn called_today(&self) -> String {
        let is_given = |other: &&str| self.connect.keywords.iter().any(|keyword| keyword.name == **other);
        let Some(other) = self.other_name().filter(|other| !is_given(other)) else {
            return String::new();
        };
        let pin = self.pin().map_or_else(String::new, |pin| format!("; {pin}"));
        match self.releases.is_declared() {
            true => format!("; it is called `{other}` here"),
            false => format!("; the newest release calls it `{other}`{pin}"),
        }
    }
}

//! How long a connect waits by itself, in the releases of its library that the project may run.

use std::borrow::Cow;

use pep440_rs::Version;

use crate::catalog::{Catalog, Hangs, Otherwise, OwnLimitIs, Share, Waits};
use crate::facts::{PackageRange, ProjectFacts};
use crate::sites::{Bound, Carried, Connect};

/// How long a connect waits by itself where no argument of it, and no object that it is used with, says otherwise.
pub struct Patience<'a> {
    /// Of the releases that may run, what the one does that waits longest.
    longest: Kind<'a>,
    /// What the newest of them does.
    newest: Kind<'a>,
    /// For how many of them the longest wait holds.
    share: Share,
    /// The releases that do so, and what is known of the one that runs; nothing where all do.
    told: Option<String>,
    /// What the project says of the library's releases.
    range: Option<&'a PackageRange>,
    connect: &'a Connect,
    catalog: &'a Catalog,
}

/// What one release does.
#[derive(Clone, Copy, PartialEq)]
enum Kind<'a> {
    /// What the catalogue says of the connect in general.
    Usual,
    Otherwise(&'a Otherwise),
    /// Nothing goes over a network, which ends the wait.
    InProcess,
    /// Nothing goes over a network, and the wait may last for ever.
    Hangs(&'a Hangs),
    /// Nothing is known of any release that may run.
    Unknown,
}

impl<'a> Patience<'a> {
    /// What is known of a connect in this project.
    #[must_use]
    pub fn of(connect: &'a Connect, catalog: &'a Catalog, project: &'a ProjectFacts) -> Self {
        let entry = catalog.entry(connect.api);
        let in_process = match &connect.carried {
            Carried::InProcess(class) => Some(
                catalog
                    .holder(entry.language, class)
                    .and_then(|known| known.hangs.as_ref()),
            ),
            _ => None,
        };
        let usual = match in_process {
            Some(_) => Kind::InProcess,
            None => Kind::Usual,
        };
        let kind = |release: &Version| match in_process {
            Some(Some(hangs)) if hangs.during.holds_in(release) => Kind::Hangs(hangs),
            Some(_) => Kind::InProcess,
            None => {
                let mut rows = entry.api.otherwise.iter();
                let row = rows.find(|row| row.at.iter().any(|at| at.holds(&connect.path, release)));
                row.map_or(Kind::Usual, Kind::Otherwise)
            }
        };
        let differs = !entry.api.otherwise.is_empty() || in_process.is_some_and(|hangs| hangs.is_some());
        let releases = differs
            .then(|| catalog.releases(entry.language, &entry.package, project))
            .flatten();
        let mut patience = Self {
            longest: usual,
            newest: usual,
            share: Share::All,
            told: None,
            range: project.packages.get(&entry.package).map(|fact| &fact.value),
            connect,
            catalog,
        };
        if in_process.is_none()
            && let Some(told) = catalog.unknown_releases(entry.language, &entry.package, project)
        {
            (patience.longest, patience.newest) = (Kind::Unknown, Kind::Unknown);
            patience.told = Some(told);
            return patience;
        }
        let Some(releases) = releases else {
            return patience;
        };
        let Some(newest) = releases.newest() else {
            return patience;
        };
        patience.newest = kind(newest);
        patience.longest = patience.newest;
        for release in releases.counting() {
            let other = kind(release);
            if patience.seconds_of(other) > patience.seconds_of(patience.longest) {
                patience.longest = other;
            }
        }
        let longest = patience.longest;
        let holds = |release: &Version| kind(release) == longest;
        // Where nothing restricts the releases the newest one gets installed.
        if releases.is_declared() {
            patience.share = releases.share(holds);
        }
        if patience.share == Share::Some {
            patience.told = Some(format!("so it is with {}; {}", releases.told(holds), releases.here()));
        }
        patience
    }

    /// What happens when the peer accepts and never answers; `None` where nothing is known of the releases that may run.
    #[must_use]
    pub fn waits(&self) -> Option<Waits> {
        match self.longest {
            Kind::Usual => Some(self.catalog.entry(self.connect.api).api.waits),
            Kind::Otherwise(row) => Some(row.waits),
            Kind::InProcess => Some(Waits::InProcess),
            Kind::Hangs(_) => Some(Waits::ForEver),
            Kind::Unknown => None,
        }
    }

    /// Whether every release that may run does so.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.share != Share::Some && self.longest != Kind::Unknown
    }

    /// The seconds after which the library gives up, without those that it then goes on.
    #[must_use]
    pub fn limit(&self) -> Option<f64> {
        self.limit_of(self.longest)
    }

    /// How long it goes on once a limit, its own or one outside, has ended the wait.
    #[must_use]
    pub fn lingers(&self) -> Bound {
        self.lingers_of(self.longest)
    }

    /// The seconds after which it is over in the longest case; `None` where that cannot be told.
    #[must_use]
    pub fn total(&self) -> Option<f64> {
        match self.lingers() {
            Bound::Seconds(lingers) => Some(self.limit()? + lingers),
            Bound::Unlimited | Bound::Unknown => None,
        }
    }

    /// The exception that the library's own limit raises, where an external deadline would raise another one.
    #[must_use]
    pub fn raises(&self) -> Option<&str> {
        match self.longest {
            Kind::Usual => self.catalog.entry(self.connect.api).api.raises.as_deref(),
            Kind::Otherwise(row) => row.raises.as_deref(),
            Kind::InProcess | Kind::Hangs(_) | Kind::Unknown => None,
        }
    }

    /// The run-time fact behind it, without a full stop: that of the newest release, and where an older one that may run waits
    /// longer that one's too.
    #[must_use]
    pub fn fact(&self) -> String {
        if let (Kind::Unknown, Some(told)) = (self.longest, &self.told) {
            return told.clone();
        }
        let newest = self.fact_of(self.newest);
        let longest = match self.longest {
            longest if longest == self.newest => newest,
            Kind::Hangs(hangs) => hangs.fact.clone(),
            _ => format!("{newest}; {}", self.fact_of(self.longest)),
        };
        match &self.told {
            Some(told) => format!("{longest}: {told}"),
            None => longest,
        }
    }

    fn fact_of(&self, kind: Kind<'_>) -> String {
        let api = &self.catalog.entry(self.connect.api).api;
        let Kind::Otherwise(row) = kind else {
            return match kind {
                Kind::Hangs(hangs) => hangs.fact.clone(),
                _ => self
                    .range
                    .map_or(Cow::Borrowed(&*api.fact), |range| range.fitting(&api.fact))
                    .into_owned(),
            };
        };
        let lingers = match self.lingers_of(kind) {
            Bound::Seconds(seconds) => format!("{seconds} s"),
            Bound::Unlimited | Bound::Unknown => "of unknown length".to_owned(),
        };
        let total = match (self.lingers_of(kind), row.limit) {
            (Bound::Seconds(seconds), Some(limit)) => format!("{} s", limit + seconds),
            (_, limit) => format!("{} s and that", limit.unwrap_or_default()),
        };
        row.fact.replace("{total}", &total).replace("{lingers}", &lingers)
    }

    fn limit_of(&self, kind: Kind<'_>) -> Option<f64> {
        match kind {
            Kind::Usual => self.catalog.entry(self.connect.api).api.limit,
            Kind::Otherwise(row) => row.limit,
            Kind::InProcess | Kind::Hangs(_) | Kind::Unknown => None,
        }
    }

    fn lingers_of(&self, kind: Kind<'_>) -> Bound {
        let Kind::Otherwise(Otherwise {
            lingers: Some(name), ..
        }) = kind
        else {
            return Bound::Seconds(0.0);
        };
        let parameter = self.catalog.entry(self.connect.api).parameter(name);
        let default = parameter.and_then(|parameter| parameter.default);
        let default = default.map_or(Bound::Unknown, Bound::Seconds);
        let mut given = self.connect.arguments.iter().filter(|argument| argument.name == *name);
        match given.next().map(|argument| argument.value) {
            // The value that says nothing brings the default back.
            None if self.connect.unpacks => Bound::Unknown,
            None | Some(Bound::Unlimited) => default,
            Some(bound) => bound,
        }
    }

    /// What sorts the kinds by how long they wait.
    fn seconds_of(&self, kind: Kind<'_>) -> f64 {
        let lingers = match self.lingers_of(kind) {
            Bound::Seconds(seconds) => seconds,
            Bound::Unlimited | Bound::Unknown => f64::MAX / 4.0,
        };
        match kind {
            Kind::InProcess => 0.0,
            Kind::Hangs(_) | Kind::Unknown => f64::INFINITY,
            Kind::Usual | Kind::Otherwise(_) => self.limit_of(kind).map_or(f64::INFINITY, |limit| limit + lingers),
        }
    }
}

/// What makes a connect try again for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endless {
    /// The argument.
    pub name: String,
    /// The same with its value: `retry=True`.
    pub shown: String,
}

/// What the arguments of a connect about trying again make of the library's own limit, and the one that leaves none.
#[must_use]
pub fn own_limit_with_retries(connect: &Connect, catalog: &Catalog) -> (OwnLimitIs, Option<Endless>) {
    let entry = catalog.entry(connect.api);
    let mut outcome = (OwnLimitIs::Kept, None);
    let known = connect.arguments.iter();
    let known = known.map(|argument| (&argument.name, argument.certain.as_deref()));
    // What a condition gives is no argument, but a keyword.
    let is_argument = |name: &str| connect.arguments.iter().any(|argument| argument.name == name);
    let keywords = connect.keywords.iter().filter(|keyword| !is_argument(&keyword.name));
    for (name, value) in known.chain(keywords.map(|keyword| (&keyword.name, None))) {
        let retries = entry.parameter(name).and_then(|parameter| parameter.retries);
        match retries.map(|retries| retries.with(value)) {
            None | Some(OwnLimitIs::Kept) => {}
            Some(OwnLimitIs::Unknown) => outcome.0 = OwnLimitIs::Unknown,
            Some(OwnLimitIs::Gone) => {
                let (name, value) = (name.clone(), value.unwrap_or_default());
                let shown = format!("{name}={value}");
                return (OwnLimitIs::Gone, Some(Endless { name, shown }));
            }
        }
    }
    outcome
}

//! The releases of the other libraries that the catalogue claims to know, and the Python that each is run with.

use std::env;

use ws_lint::catalog::Catalog;
use ws_lint::source::Language;

use crate::clients::{self, Client};
use crate::matrix;
use crate::pythons::Python;

/// A library, what pip is asked for beside it, and what its older releases need.
struct Library {
    package: &'static str,
    /// The extras of its requirement: `[asyncio_client]`.
    extras: &'static str,
    beside: &'static [&'static str],
    /// The last release that needs something else beside it, and what, in the place of `beside`.
    older_beside: Option<(&'static str, &'static [&'static str])>,
    /// The minors of the newest Python that its older releases run on, each with the last such release.
    older: &'static [(&'static str, u8)],
}

const LIBRARIES: [Library; 12] = [
    plain("aio-pika"),
    Library {
        older: &[("3.8.0", 8), ("3.8.6", 11)],
        ..plain("aiohttp")
    },
    Library {
        older: &[("0.28.0", 11)],
        ..plain("asyncpg")
    },
    Library {
        beside: &["httpx<1", "anyio"],
        ..plain("httpx-ws")
    },
    plain("nats-py"),
    plain("picows"),
    Library {
        extras: "[asyncio_client,client]",
        ..plain("python-socketio")
    },
    plain("redis"),
    plain("simple-websocket"),
    Library {
        older: &[("6.1", 8)],
        ..plain("tornado")
    },
    plain("trio-websocket"),
    Library {
        beside: &["six"],
        ..plain("websocket-client")
    },
];

/// Libraries whose signatures alone are held against what they take.
const SIGNED: [Library; 4] = [
    Library {
        extras: "[websockets,aiohttp]",
        ..plain("gql")
    },
    Library {
        extras: "[realtime]",
        // What its older releases ask of it.
        beside: &["httpx<0.28"],
        ..plain("openai")
    },
    plain("playwright"),
    Library {
        beside: &["aiohttp", "websockets", "websocket-client"],
        older_beside: Some(("3.33.5", &["aiohttp", "websockets<14", "websocket-client"])),
        ..plain("slack-sdk")
    },
];

/// Variable that asks for every release, in place of the oldest and the newest one of each library: `all`.
const WANTED: &str = "RUNTIME_RELEASES";

const fn plain(package: &'static str) -> Library {
    Library {
        package,
        extras: "",
        beside: &[],
        older_beside: None,
        older: &[],
    }
}

/// One release of a library, and the Python that it is run with.
pub(crate) struct Release<'p> {
    pub(crate) package: &'static str,
    pub(crate) version: String,
    pub(crate) python: &'p Python,
    requirements: Vec<String>,
}

impl Release<'_> {
    /// The Python with this release.
    ///
    /// # Errors
    /// What pip says.
    pub(crate) fn client(&self) -> Result<Client, String> {
        let requirements: Vec<&str> = self.requirements.iter().map(String::as_str).collect();
        clients::install(
            self.python,
            &format!("{}-{}", self.package, self.version),
            &requirements,
        )
    }
}

/// The oldest and the newest release of each library that the catalogue claims to know and that a Python here runs; with
/// `RUNTIME_RELEASES=all` every one.
pub(crate) fn claimed(pythons: &[Python]) -> Vec<Release<'_>> {
    runs(&LIBRARIES, pythons)
}

/// The same of the libraries that only `signatures.rs` runs.
pub(crate) fn signed(pythons: &[Python]) -> Vec<Release<'_>> {
    runs(&SIGNED, pythons)
}

fn runs<'p>(libraries: &'static [Library], pythons: &'p [Python]) -> Vec<Release<'p>> {
    let wants_all = env::var(WANTED).is_ok_and(|wanted| wanted == "all");
    let usual = matrix::of_the_libraries(pythons);
    let mut claimed = Vec::new();
    for library in libraries {
        let known = Catalog::builtin().known(Language::Python, library.package);
        let known = &known.expect("the catalogue knows its releases").releases;
        let with_python = known.iter().filter_map(|version| {
            let is_older = |(last, _): &&(&str, u8)| *version <= last.parse().expect("a release is a version");
            let python = match library.older.iter().find(is_older) {
                Some((_, minor)) => pythons.iter().find(|python| python.minor() == *minor)?,
                None => usual,
            };
            let beside = match library.older_beside {
                Some((last, beside)) if *version <= last.parse().expect("a release is a version") => beside,
                _ => library.beside,
            };
            let requirement = format!("{}{}=={version}", library.package, library.extras);
            Some(Release {
                package: library.package,
                version: version.to_string(),
                python,
                requirements: [requirement]
                    .into_iter()
                    .chain(beside.iter().map(|&one| one.to_owned()))
                    .collect(),
            })
        });
        let mut runs: Vec<Release<'_>> = with_python.collect();
        if !wants_all && runs.len() > 2 {
            runs.drain(1..runs.len() - 1);
        }
        claimed.extend(runs);
    }
    claimed
}

//! What the catalogue says of the arguments that each release takes, against the real functions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::json;
use ws_lint::catalog::{Catalog, Verdict};
use ws_lint::project::PythonVersion;
use ws_lint::source::Language;

use crate::clients::{self, Client};
use crate::matrix;
use crate::pythons::Python;

/// Arguments that no connect of websockets takes, and some that people take for theirs.
const OF_NOBODY: [&str; 12] = [
    "auth",
    "bogus",
    "connect_timeout",
    "cookies",
    "handshake_timeout",
    "headers",
    "keepalive",
    "open_timout",
    "reconnect",
    "recv_timeout",
    "timeout",
    "open_timeout",
];

/// Arguments whose meaning depends on the Python below, or that the call's address stands for.
const NOT_TRIED: [&str; 6] = [
    "path",
    "ssl_shutdown_timeout",
    "all_errors",
    "unix",
    "protocol_factory",
    "nursery",
];

/// The libraries whose signatures are checked, with what pip is asked for.
const LIBRARIES: [(&str, &str); 8] = [
    ("aiohttp", "aiohttp==3.14.5"),
    ("aio-pika", "aio-pika==10.2.1"),
    ("asyncpg", "asyncpg==0.32.0"),
    ("nats-py", "nats-py==2.16.0"),
    ("picows", "picows==2.3.1"),
    ("python-socketio", "python-socketio[asyncio_client]==5.18.1"),
    ("tornado", "tornado==6.6.1"),
    ("websocket-client", "websocket-client==1.9.2"),
];

#[derive(Deserialize)]
struct Answer {
    version: String,
    /// By path and name: nothing where the argument is taken, else the phase and the error.
    answers: BTreeMap<String, BTreeMap<String, Option<(String, String)>>>,
}

#[test]
#[ignore = "needs Python and PyPI"]
fn every_release_of_websockets_takes_what_the_catalogue_says() {
    let pythons = matrix::pythons();
    let newest = pythons.last().expect("there is a Python");
    let oldest = pythons.first().expect("there is a Python");
    let mut jobs = matrix::every_client(&pythons[pythons.len() - 1..]);
    jobs.extend(["11.0.3", "13.0.1", "14.0", "17.0"].map(|version| (newest, version)));
    if oldest.minor() < 10 {
        jobs.extend(["8.1", "9.1", "10.0", "10.4", "13.1"].map(|version| (oldest, version)));
    }
    matrix::judge_all(jobs, |python, client| judge(python, client, "websockets"));
}

#[test]
#[ignore = "needs Python and PyPI"]
fn other_libraries_take_what_the_catalogue_says() {
    let pythons = matrix::pythons();
    let python = matrix::of_the_libraries(&pythons);
    let requirements = LIBRARIES.map(|(_, requirement)| requirement);
    let client = clients::install(python, "signatures", &requirements).expect("pip installs the libraries");
    let wrong: Vec<String> = LIBRARIES
        .iter()
        .flat_map(|(package, _)| judge(python, &client, package))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

/// What the catalogue says otherwise than the installed release of `package` does.
fn judge(python: &Python, client: &Client, package: &str) -> Vec<String> {
    let paths = paths(package);
    let names: BTreeSet<&str> = paths
        .iter()
        .flat_map(|path| Catalog::builtin().accepted(Language::Python, path))
        .chain(OF_NOBODY)
        .filter(|name| !NOT_TRIED.contains(name))
        .collect();
    let question: BTreeMap<_, _> = paths.iter().map(|path| (path, &names)).collect();
    let answer: Result<Answer, String> = client.ask("signatures.py", &json!({ "package": package, "paths": question }));
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return vec![error],
    };
    if answer.answers.is_empty() {
        return vec![format!("{package} {} has none of {paths:?}", answer.version)];
    }
    let release = answer.version.parse().expect("a release is a version");
    let python = PythonVersion::new(3, python.minor());
    let mut wrong = Vec::new();
    for (path, arguments) in &answer.answers {
        for (name, was) in arguments {
            let said = match Catalog::builtin().verdict(Language::Python, path, name, &release) {
                Verdict::Accepted | Verdict::Ignored => None,
                Verdict::Unknown => continue,
                Verdict::Rejected { reach, at_call } => {
                    let phase = if at_call { "call" } else { "await" };
                    Some((phase.to_owned(), reach.error(name, python)))
                }
            };
            if said != *was {
                wrong.push(format!(
                    "{path} of {}, {name}: said {said:?}, was {was:?}",
                    answer.version
                ));
            }
        }
    }
    wrong
}

/// Every path of a package that the catalogue has a signature for.
fn paths(package: &str) -> Vec<String> {
    let catalog = Catalog::builtin();
    let entries = catalog
        .entries(Language::Python)
        .filter(|entry| entry.package == package);
    let paths = entries.flat_map(|entry| entry.api.paths.iter());
    paths
        .filter(|path| catalog.accepted(Language::Python, path).next().is_some())
        .cloned()
        .collect()
}

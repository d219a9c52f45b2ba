//! What the catalogue says of the arguments that each release takes, against the real functions.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;
use serde::Deserialize;
use serde_json::json;
use ws_lint::catalog::{Beside, Catalog, Protocol, Refused, Verdict};
use ws_lint::facts::PythonVersion;
use ws_lint::source::Language;

use crate::clients::Client;
use crate::matrix;
use crate::pythons::Python;
use crate::releases;

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

/// Those of them that a library refuses with an error of its own are tried.
fn is_tried(path: &str, name: &str) -> bool {
    !NOT_TRIED.contains(&name) || path.starts_with("picows.") && name != "path"
}

#[derive(Deserialize)]
struct Answer {
    version: String,
    /// By path and name: nothing where the argument is taken, else the phase and the error.
    answers: BTreeMap<String, BTreeMap<String, Option<(String, String)>>>,
    /// By path: the arguments that nothing asked for on the way to a connection.
    dropped: BTreeMap<String, BTreeSet<String>>,
    /// The same for the calls that were asked for.
    values: BTreeMap<String, Vec<Option<(String, String)>>>,
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
    let mut claimed = releases::claimed(&pythons);
    claimed.extend(releases::signed(&pythons));
    claimed.retain(|release| !paths(release.package).is_empty());
    matrix::judge_each(claimed, |release| match release.client() {
        Ok(client) => judge(release.python, &client, release.package),
        Err(error) => vec![error],
    });
}

/// What the catalogue says otherwise than the installed release of `package` does.
fn judge(python: &Python, client: &Client, package: &str) -> Vec<String> {
    let paths = paths(package);
    let names: BTreeSet<&str> = paths
        .iter()
        .flat_map(|path| Catalog::builtin().named(Language::Python, path))
        .chain(OF_NOBODY)
        .collect();
    let tried: BTreeMap<_, _> = paths.iter().map(|path| (path, attempts(path, &names))).collect();
    let question: BTreeMap<_, _> = tried
        .iter()
        .map(|(path, tried)| (path, Attempt::asked(tried)))
        .collect();
    let calls: BTreeMap<_, _> = paths.iter().map(|path| (path, calls(package, path))).collect();
    let asked: BTreeMap<_, Vec<_>> = calls
        .iter()
        .map(|(path, calls)| (path, calls.iter().map(Call::asked).collect()))
        .collect();
    let dropping: BTreeSet<_> = paths
        .iter()
        .filter(|path| Catalog::builtin().may_ignore(Language::Python, path) && reaches_the_peer(path))
        .collect();
    let question = json!({ "package": package, "paths": question, "dropping": dropping, "values": asked });
    let answer: Result<Answer, String> = client.ask("signatures.py", &question);
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
        for (key, was) in arguments {
            let attempt = &tried[path][key];
            let name = attempt.name.as_str();
            // A release that refuses the other keyword may name that one and say nothing of this.
            let takes = |other: &Beside| {
                let verdict = Catalog::builtin().verdict(Language::Python, path, &other.name, &release);
                matches!(verdict, Verdict::Accepted | Verdict::Ignored)
            };
            if !attempt.beside.iter().all(takes) {
                continue;
            }
            let has = |other: &Beside| attempt.beside.as_ref() == Some(other);
            let said = match Catalog::builtin().verdict_beside(Language::Python, path, name, &release, &has) {
                Verdict::Accepted | Verdict::Ignored => None,
                Verdict::Unknown => continue,
                Verdict::Rejected {
                    reach, own, at_call, ..
                } => {
                    let phase = if at_call { "call" } else { "await" };
                    let error = own.map_or_else(|| reach.error(name, python), |own| own.error(name));
                    Some((phase.to_owned(), error))
                }
            };
            if said != *was {
                wrong.push(format!(
                    "{path} of {}, {key}: said {said:?}, was {was:?}",
                    answer.version
                ));
            }
        }
    }
    for (path, dropped) in answer.dropped.iter().filter(|(path, _)| dropping.contains(path)) {
        let tried = tried[path].values().filter(|attempt| attempt.beside.is_none());
        for name in tried.map(|attempt| attempt.name.as_str()) {
            let said = Catalog::builtin().verdict(Language::Python, path, name, &release);
            let is_dropped = dropped.contains(name);
            if said == Verdict::Ignored && !is_dropped || said == Verdict::Accepted && is_dropped {
                wrong.push(format!(
                    "{path} of {}, {name}: said {said:?}, dropped: {is_dropped}",
                    answer.version
                ));
            }
        }
    }
    for (path, answers) in &answer.values {
        let calls = &calls[path];
        assert_eq!(calls.len(), answers.len(), "each call of {path} is answered");
        for (call, was) in calls.iter().zip(answers) {
            wrong.extend(judge_call(package, path, call, was.as_ref(), &release, python));
        }
    }
    wrong
}

/// An argument that is tried, and what else is given.
struct Attempt {
    name: String,
    beside: Option<Beside>,
}

impl Attempt {
    /// By key: the name, and the pairs of what is given beside it.
    fn asked(attempts: &BTreeMap<String, Attempt>) -> serde_json::Value {
        let asked = attempts.iter().map(|(key, attempt)| {
            let pairs = attempt.beside.iter().map(|other| {
                let value = other.value.as_deref().unwrap_or("socket.socket()");
                json!([other.name, value])
            });
            (key.clone(), [json!(attempt.name)].into_iter().chain(pairs).collect())
        });
        serde_json::Value::Object(asked.collect())
    }
}

/// Every name alone, and beside each keyword with which it is rejected.
fn attempts(path: &str, names: &BTreeSet<&str>) -> BTreeMap<String, Attempt> {
    let mut attempts = BTreeMap::new();
    for name in names.iter().filter(|name| is_tried(path, name)) {
        let rejected = Catalog::builtin().rejected_beside(Language::Python, path, name);
        for beside in [None].into_iter().chain(rejected.cloned().map(Some)) {
            let key = match &beside {
                Some(other) => format!("{name} beside {}", other.name),
                None => (*name).to_owned(),
            };
            let name = (*name).to_owned();
            attempts.insert(key, Attempt { name, beside });
        }
    }
    attempts
}

/// A call that some release refuses.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    scheme: String,
    /// A keyword and its value.
    named: Option<(String, String)>,
    positional: usize,
}

impl Call {
    fn asked(&self) -> serde_json::Value {
        let named: BTreeMap<_, _> = self.named.iter().cloned().collect();
        json!([self.scheme, named, self.positional])
    }
}

/// The calls of `path` that the catalogue says to be refused by some release.
fn calls(package: &str, path: &str) -> BTreeSet<Call> {
    let rows = Catalog::builtin().refused(Language::Python, package).iter();
    let mut calls = BTreeSet::new();
    for row in rows.filter(|row| row.at.iter().any(|at| at.paths.iter().any(|known| known == path))) {
        let scheme = row.scheme.clone().unwrap_or_else(|| "ws".to_owned());
        let named = row
            .values
            .iter()
            .map(|value| (row.argument.clone().unwrap_or_default(), value.clone()));
        calls.extend(named.map(|(name, value)| {
            Call {
                scheme: scheme.clone(),
                // `ssl.SSLContext()` stands for any arguments (none are deprecated), `number` for any number.
                named: Some((
                    name,
                    value
                        .replace("SSLContext()", "SSLContext(ssl.PROTOCOL_TLS_CLIENT)")
                        .replace("number", "5"),
                )),
                positional: 1,
            }
        }));
        calls.extend(row.positional_after.map(|most| Call {
            scheme: "ws".to_owned(),
            named: None,
            positional: most + 1,
        }));
    }
    calls
}

fn judge_call(
    package: &str,
    path: &str,
    call: &Call,
    was: Option<&(String, String)>,
    release: &Version,
    python: PythonVersion,
) -> Option<String> {
    let catalog = Catalog::builtin();
    if let Some((name, _)) = &call.named
        && catalog.verdict(Language::Python, path, name, release) != Verdict::Accepted
    {
        return None;
    }
    let is_meant = |row: &&Refused| match &call.named {
        Some((name, value)) => {
            let value = value.replace("ssl.PROTOCOL_TLS_CLIENT", "");
            row.is_value(name, &value, Some(&call.scheme))
        }
        None => row.positional_after == Some(call.positional - 1),
    };
    let mut rows = catalog.refused(Language::Python, package).iter().filter(is_meant);
    let row = rows.find(|row| row.at.iter().any(|at| at.holds(path, release)));
    let said = row.and_then(|row| Some((if row.at_call { "call" } else { "await" }, row.error(python)?)));
    let is_right = match (said, was) {
        (None, None) => true,
        (Some((phase, error)), Some((was_phase, was_error))) => phase == was_phase && was_error.starts_with(error),
        _ => false,
    };
    (!is_right).then(|| format!("{path} of {release}, {call:?}: said {said:?}, was {was:?}"))
}

/// The peer completes the handshake of a WebSocket, over TCP.
fn reaches_the_peer(path: &str) -> bool {
    let mut entries = Catalog::builtin().entries(Language::Python);
    let entry = entries.find(|entry| entry.api.paths.iter().any(|own| own == path));
    entry.is_some_and(|entry| entry.protocol == Protocol::Websocket) && !path.contains("unix_connect")
}

/// Every path of a package that the catalogue has a signature for.
fn paths(package: &str) -> Vec<String> {
    let catalog = Catalog::builtin();
    let entries = catalog
        .entries(Language::Python)
        .filter(|entry| entry.package == package);
    let paths = entries.flat_map(|entry| entry.api.paths.iter());
    paths
        .filter(|path| catalog.has_signature(Language::Python, path))
        .cloned()
        .collect()
}

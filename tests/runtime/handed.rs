//! What the catalogue says of dictionaries that a library hands on to another one's connect, against the real functions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::json;
use ws_lint::catalog::{Catalog, PassesOn, Verdict};
use ws_lint::facts::PythonVersion;
use ws_lint::source::Language;

use crate::clients;
use crate::matrix;
use crate::pythons::Python;

/// A release of a library, and what pip is asked for beside it.
type Release = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// The first and the last release of each row of the catalogue that pip still puts together.
const RELEASES: [Release; 12] = [
    ("gql", "[websockets,aiohttp]", "3.5.0", &["graphql-core<3.3"]),
    ("gql", "[websockets,aiohttp]", "3.5.3", &["graphql-core<3.3"]),
    ("gql", "[websockets,aiohttp]", "4.0.0", &[]),
    ("gql", "[websockets,aiohttp]", "4.4.0", &[]),
    ("openai", "[realtime]", "1.58.0", &["httpx<0.28"]),
    ("openai", "[realtime]", "2.0.0", &[]),
    ("openai", "[realtime]", "3.57.0", &[]),
    ("web3", "", "6.11.0", &["setuptools<80"]),
    ("web3", "", "6.20.4", &["setuptools<80"]),
    ("web3", "", "7.0.0", &[]),
    ("web3", "", "7.16.0", &[]),
    ("web3", "", "8.0.0", &[]),
];

/// The functions that hand a dictionary on, by their first path.
const FUNCTIONS: [&str; 10] = [
    "gql.transport.websockets.WebsocketsTransport",
    "gql.transport.aiohttp_websockets.AIOHTTPWebsocketsTransport",
    "openai.AsyncOpenAI.realtime.connect",
    "openai.AsyncOpenAI.beta.realtime.connect",
    "openai.OpenAI.realtime.connect",
    "openai.OpenAI.beta.realtime.connect",
    "web3.WebSocketProvider",
    "web3.WebsocketProviderV2",
    "web3.WebsocketProvider",
    "web3.LegacyWebSocketProvider",
];

/// A key that no connect takes.
const OF_NOBODY: &str = "bogus";

/// Keys whose meaning depends on the Python below, or that stand for the address.
const NOT_TRIED: [&str; 5] = ["path", "ssl_shutdown_timeout", "all_errors", "unix", "url"];

#[derive(Deserialize)]
struct Answer {
    versions: BTreeMap<String, String>,
    /// By path and key: the phase, and the errors from the outermost to its last cause.
    answers: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

#[test]
#[ignore = "needs Python and PyPI"]
fn what_is_handed_on_comes_to_what_the_catalogue_says() {
    let pythons = matrix::pythons();
    let python = matrix::of_the_libraries(&pythons);
    matrix::judge_each(RELEASES.to_vec(), |release| judge(python, release));
}

fn judge(python: &Python, (package, extras, version, beside): Release) -> Vec<String> {
    let requirement = format!("{package}{extras}=={version}");
    let requirements: Vec<&str> = [&*requirement].into_iter().chain(beside.iter().copied()).collect();
    let client = match clients::install(python, &format!("handed-{package}-{version}"), &requirements) {
        Ok(client) => client,
        Err(error) => return vec![error],
    };
    let rows: BTreeMap<&str, &PassesOn> = FUNCTIONS
        .into_iter()
        .filter(|path| path.split('.').next() == Some(package))
        .filter_map(|path| Some((path, row(path, version)?)))
        .collect();
    let functions: BTreeMap<_, _> = rows
        .iter()
        .map(|(path, row)| (path, (&row.argument, keys(row))))
        .collect();
    let others: BTreeSet<&str> = rows.values().map(|row| target(row).1).collect();
    let question = json!({ "functions": functions, "packages": others });
    let answer: Answer = match client.ask("handed.py", &question) {
        Ok(answer) => answer,
        Err(error) => return vec![format!("{package} {version}: {error}")],
    };
    if answer.answers.is_empty() {
        return vec![format!("{package} {version} has none of {:?}", rows.keys())];
    }
    let python = PythonVersion::new(3, python.minor());
    let mut wrong = Vec::new();
    for (path, keys) in &answer.answers {
        let row = rows[path.as_str()];
        for (key, was) in keys {
            if let Some(said) = judge_key(row, key, was, &answer.versions[target(row).1], python) {
                wrong.push(format!(
                    "{path} of {package} {version}, {key}: said {said}, was {was:?}"
                ));
            }
        }
    }
    wrong
}

/// What the catalogue says of the release.
fn row(path: &str, version: &str) -> Option<&'static PassesOn> {
    let version = version.parse().expect("a release is a version");
    let mut rows = Catalog::builtin().passed_on(Language::Python, path).iter();
    let row = rows.find(|row| {
        row.since.as_ref().is_none_or(|since| *since <= version)
            && row.until.as_ref().is_none_or(|until| version < *until)
    });
    row.map(|row| &**row)
}

/// The path and the package of the connect behind.
fn target(row: &'static PassesOn) -> (&'static str, &'static str) {
    let catalog = Catalog::builtin();
    let api = catalog
        .connect(Language::Python, &row.to)
        .expect("it is in the catalogue");
    (&row.to, &catalog.entry(api).package)
}

fn keys(row: &PassesOn) -> BTreeSet<&str> {
    let named = Catalog::builtin().named(Language::Python, &row.to);
    let rejected = row.rejects.iter().flat_map(|rejected| &rejected.keys);
    named
        .filter(|name| !NOT_TRIED.contains(name) && !name.starts_with("proxy_"))
        .chain(rejected.map(String::as_str))
        .chain([OF_NOBODY])
        .collect()
}

/// What the catalogue says, where that was not so.
fn judge_key(
    row: &'static PassesOn,
    key: &str,
    was: &[String],
    version: &str,
    python: PythonVersion,
) -> Option<String> {
    let (phase, errors) = was.split_first()?;
    let (outermost, cause) = (errors.first(), errors.get(1));
    let release = version.parse().expect("a release is a version");
    if let Some(rejected) = row.rejects(key) {
        let wanted = rejected.error.replace("{name}", key);
        let raised = match rejected.at_call || row.raises.is_none() {
            true => outermost,
            false => cause,
        };
        let is_so = (phase == "call") == rejected.at_call && raised.is_some_and(|raised| is_like(&wanted, raised));
        return (!is_so).then_some(wanted);
    }
    let verdict = Catalog::builtin().verdict(Language::Python, &row.to, key, &release);
    let is_about = |error: &String| error.starts_with("TypeError") && error.contains(&format!("'{key}'"));
    match verdict {
        Verdict::Unknown => None,
        Verdict::Accepted | Verdict::Ignored => errors.iter().any(is_about).then(|| "nothing".to_owned()),
        Verdict::Rejected { reach, own, .. } => {
            let wanted = own.map_or_else(|| reach.error(key, python), |own| own.error(key));
            let raised = match &row.raises {
                Some(raises) if outermost == Some(raises) => cause,
                Some(_) => None,
                None => outermost,
            };
            let is_so = phase == "connect" && raised == Some(&wanted);
            (!is_so).then_some(wanted)
        }
    }
}

/// Whether an error reads as the catalogue says: `…` stands for anything, and more may follow.
fn is_like(wanted: &str, was: &str) -> bool {
    match wanted.split_once('…') {
        Some((start, end)) => was.starts_with(start) && was.contains(end),
        None => was.starts_with(wanted),
    }
}

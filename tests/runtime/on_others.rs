//! Clients that stand on other libraries, and test clients: what bounds their connects and receives, and what does not, in the
//! newest release of their row in the catalogue.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use serde_json::json;
use ws_lint::catalog::Catalog;
use ws_lint::source::Language;

use crate::clients;
use crate::facts::{Verdicts, wrong};
use crate::matrix;
use crate::servers::Servers;

/// Variable that asks for every client, in place of the most used ones, and for what takes long: `all`.
const WANTED: &str = "RUNTIME_CLIENTS";

/// A package, the extras of its requirement, and what pip is asked for beside it.
type Package = (&'static str, &'static str, &'static [&'static str]);

/// The clients that are most used; the checks of the others take long, or their packages are large.
const MOST_USED: [Package; 10] = [
    ("aiohttp", "", &["pytest-aiohttp", "pytest"]),
    ("channels", "", &["django", "daphne"]),
    ("curl-cffi", "", &[]),
    ("gql", "[all]", &[]),
    ("litestar", "", &["httpx", "attrs"]),
    ("openai", "[realtime]", &[]),
    ("quart", "", &[]),
    ("simple-websocket", "", &[]),
    ("websocket-client", "", &["six"]),
    ("websockets", "", &[]),
];

const OTHERS: [Package; 25] = [
    ("aiomqtt", "", &[]),
    ("aiosonic", "", &[]),
    ("amqtt", "", &[]),
    ("bokeh", "", &[]),
    ("centrifuge-python", "", &[]),
    ("deepgram-sdk", "", &[]),
    ("docker", "", &["websocket-client"]),
    ("elevenlabs", "", &[]),
    ("gmqtt", "", &[]),
    ("google-genai", "", &[]),
    ("kubernetes", "", &[]),
    ("kubernetes-asyncio", "", &[]),
    ("lomond", "", &[]),
    ("obsws-python", "", &[]),
    ("paho-mqtt", "", &[]),
    ("playwright", "", &[]),
    ("pyppeteer", "", &[]),
    ("pysignalr", "", &[]),
    ("samsungtvws", "[async]", &[]),
    ("signalrcore", "", &[]),
    ("simpleobsws", "", &[]),
    ("slack-sdk", "", &["aiohttp", "websockets", "websocket-client"]),
    ("web3", "", &[]),
    ("websockets-proxy", "", &[]),
    ("ws4py", "", &[]),
];

#[test]
#[ignore = "needs Python and PyPI"]
fn clients_on_other_libraries_wait_as_the_catalogue_says() {
    let wants_all = env::var(WANTED).is_ok_and(|wanted| wanted == "all");
    let pythons = matrix::pythons();
    let python = matrix::of_the_libraries(&pythons);
    let servers = Servers::start(python);
    let mut packages: Vec<Package> = MOST_USED.to_vec();
    if wants_all {
        packages.extend(OTHERS);
    }
    let seen: Mutex<BTreeMap<String, Result<Verdicts, String>>> = Mutex::default();
    matrix::judge_each(packages, |(package, extras, beside)| {
        let known = Catalog::builtin().known(Language::Python, package);
        let newest = known.and_then(|known| known.releases.last()).map(ToString::to_string);
        let version = newest.as_ref().map_or_else(String::new, |newest| format!("=={newest}"));
        let requirement = format!("{package}{extras}{version}");
        let requirements: Vec<&str> = [requirement.as_str()]
            .into_iter()
            .chain(beside.iter().copied())
            .collect();
        let question = json!({ "ports": servers.ports, "patient": wants_all, "package": package });
        let folder = format!("{package}-{}-client", newest.unwrap_or_default());
        let asked = clients::install(python, &folder, &requirements)
            .and_then(|client| client.ask::<Verdicts>("facts/of_clients.py", &question));
        let complaints = match &asked {
            Ok(verdicts) if verdicts.is_empty() => vec![format!("{requirement}: nothing was checked")],
            Ok(verdicts) => {
                let facts = wrong(verdicts.clone()).into_iter();
                facts.map(|fact| format!("{requirement}: {fact}")).collect()
            }
            Err(error) => vec![format!("{requirement}: {error}")],
        };
        seen.lock().expect("no check panics").insert(requirement, asked);
        complaints
    });
    if wants_all {
        let seen = seen.into_inner().expect("no check panics");
        let result = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtime/on_others.md");
        let today = python.stdout("import datetime; print(datetime.date.today(), end='')");
        fs::write(result, report(&today, &seen)).expect("the result can be written");
    }
}

/// What was checked, for people.
fn report(today: &str, seen: &BTreeMap<String, Result<Verdicts, String>>) -> String {
    let mut text = format!(
        "# Clients on other libraries\n\nThe last run of `RUNTIME_CLIENTS=all`, on {today}.\n\n| package | what was shown |\n|---|---|\n"
    );
    for (requirement, verdicts) in seen {
        let shown: Vec<String> = match verdicts {
            Ok(verdicts) => verdicts
                .iter()
                .map(|(check, wrong)| {
                    let fact = check.replace('_', " ");
                    wrong
                        .as_ref()
                        .map_or(fact.clone(), |wrong| format!("**wrong**: {fact} ({wrong})"))
                })
                .collect(),
            Err(error) => vec![format!("not run: {error}")],
        };
        writeln!(text, "| {requirement} | {} |", shown.join("; ")).expect("a text can be written to");
    }
    text
}

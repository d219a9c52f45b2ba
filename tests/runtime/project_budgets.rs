//! No test of a project takes longer than `--budget` says, nor does one wait much less: the tests of projects in
//! `fixtures/projects` are run by pytest against a peer that is silent and one that is mute, and timed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clients::{self, NEWEST};
use crate::compile::copy;
use crate::pythons::{self, Python};
use crate::servers::Servers;

/// The projects, by the release of websockets that their requirements pin, or that is the newest one they take.
const PROJECTS: [(&str, &[&str]); 2] = [
    (
        "15.0.1",
        &[
            "bases_of_test_classes",
            "connection_given_to_a_helper",
            "connection_of_another_module",
            "fixtures_in_classes_and_by_import",
            "fixtures_of_classes",
            "message_that_callers_read",
            "noqa_of_the_same_rule",
            "run_by_a_function",
            "stacks_that_are_closed",
        ],
    ),
    (
        NEWEST,
        &[
            "budget_through_a_module",
            "callers_of_callers",
            "connection_from_a_helper",
            "connection_from_a_helper_values",
            "deadline_of_a_stack",
            "fixtures_by_name",
            "src_layout",
            "wrapper_class",
        ],
    ),
];

/// Between the client and the clock, and what a busy machine adds, in seconds.
const ALLOWANCE: f64 = 0.5;

/// Tests with a longer budget are not waited for.
const LONGEST: f64 = 5.0;

/// What is still at it then, in seconds, waits for ever. It is longer than any limit that the tests themselves name.
const FOR_EVER: f64 = 7.0;

/// What a busy machine makes late is run again so often at most, with little beside it: what is wrong is wrong in each.
const TRIES: usize = 4;

/// Fewer tests that end, and that never do, would prove little.
const FEWEST: (usize, usize) = (30, 20);

/// What came of a test.
#[derive(Deserialize)]
struct Run {
    /// How long it took.
    seconds: f64,
    /// How long it waited: what it computes is in no budget, nor is how long others keep the processor.
    idle: f64,
    outcome: String,
}

/// By test and peer; none where it did not end.
type Runs = BTreeMap<String, BTreeMap<String, Option<Run>>>;

#[test]
#[ignore = "makes environments with pytest and websockets, and waits for some seconds"]
fn every_test_of_a_project_takes_what_its_budget_says() {
    let pythons = pythons::all();
    let python = pythons
        .iter()
        .rfind(|python| python.minor() >= 11)
        .expect("a Python with `asyncio.timeout`");
    let servers = Servers::start(python);
    let folder = tempfile::tempdir().expect("a folder can be made");
    let judged: Vec<Judged> = thread::scope(|scope| {
        let running = PROJECTS.map(|(release, projects)| {
            let (servers, folder) = (&servers, folder.path());
            scope.spawn(move || judge(python, release, projects, servers, folder))
        });
        running.into_iter().map(|one| one.join().expect("it ends")).collect()
    });
    let wrong: Vec<&str> = judged.iter().flat_map(|one| &one.wrong).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let ending: usize = judged.iter().map(|one| one.ending).sum();
    let endless: usize = judged.iter().map(|one| one.endless).sum();
    assert!(
        (ending, endless) >= FEWEST && endless >= FEWEST.1,
        "{ending} tests that end, {endless} that do not"
    );
}

/// What was found of some projects.
#[derive(Default)]
struct Judged {
    wrong: Vec<String>,
    /// So many tests with a budget in seconds.
    ending: usize,
    /// So many that are said to take for ever.
    endless: usize,
}

fn judge(python: &Python, release: &str, projects: &[&str], servers: &Servers, folder: &Path) -> Judged {
    let websockets = match release {
        NEWEST => "websockets".to_owned(),
        release => format!("websockets=={release}"),
    };
    let packages = ["aiohttp", "pytest", "pytest-asyncio", &websockets];
    let client = clients::install(python, &format!("budgets-{release}"), &packages).expect("pip installs");
    let budgets: BTreeMap<&str, BTreeMap<String, Value>> = projects
        .iter()
        .map(|&project| (project, budgets(project, folder)))
        .collect();
    let ran = |tests: &BTreeMap<&str, BTreeMap<String, Value>>| -> BTreeMap<PathBuf, Runs> {
        let wanted: BTreeMap<PathBuf, BTreeMap<&String, Vec<&str>>> = tests
            .iter()
            .map(|(project, tests)| {
                let peers = tests.iter().map(|(name, budget)| (name, peers(budget)));
                (folder.join(project), peers.collect())
            })
            .collect();
        let question = json!({
            "projects": wanted,
            "ports": { "silent": servers.ports["silent"], "mute": servers.ports["mute"] },
            "seconds": FOR_EVER,
        });
        client.ask("budgets/run_projects.py", &question).expect("the tests run")
    };
    let mut ran_all = ran(&budgets);
    for _ in 1..TRIES {
        let mut again = budgets.clone();
        again.retain(|project, tests| {
            let runs = &ran_all[&folder.join(project)];
            tests.retain(|test, budget| runs.get(test).is_some_and(|runs| complaint(budget, runs).is_some()));
            !tests.is_empty()
        });
        if again.is_empty() {
            break;
        }
        for (project, runs) in ran(&again) {
            ran_all.entry(project).or_default().extend(runs);
        }
    }
    let mut judged = Judged::default();
    for (project, tests) in &budgets {
        let before = judged.ending + judged.endless;
        for (test, budget) in tests {
            let runs = ran_all[&folder.join(project)].get(test);
            let complaint = match runs {
                None => Some("pytest does not find it".to_owned()),
                Some(runs) if needs_a_stranger(runs) => continue,
                Some(runs) => complaint(budget, runs),
            };
            judged
                .wrong
                .extend(complaint.map(|complaint| format!("{project}/{test}: {complaint}")));
            match budget["kind"].as_str() {
                Some("seconds") => judged.ending += 1,
                _ => judged.endless += 1,
            }
        }
        assert!(judged.ending + judged.endless > before, "no test of {project} was run");
    }
    judged
}

/// What `ws-lint --budget` says of the tests of a project that are worth to be waited for, by what pytest calls them.
fn budgets(project: &str, folder: &Path) -> BTreeMap<String, Value> {
    let own = folder.join(project);
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/projects")
            .join(project),
        &own,
    );
    let output = Command::new(env!("CARGO_BIN_EXE_ws-lint"))
        .args(["--budget", "--output-format", "json", "--exit-zero", "."])
        .current_dir(&own)
        .output()
        .expect("ws-lint runs");
    let said: Value = serde_json::from_slice(&output.stdout).expect("it writes JSON");
    let mut budgets = BTreeMap::new();
    for file in said["files"].as_array().expect("it names files") {
        for test in file["tests"].as_array().expect("it names tests") {
            let is_wanted = match test["kind"].as_str() {
                Some("seconds") => test["seconds"]
                    .as_f64()
                    .is_some_and(|seconds| seconds > 0.0 && seconds <= LONGEST),
                kind => kind == Some("unbounded"),
            };
            if is_wanted {
                let (path, name) = (file["path"].as_str(), test["name"].as_str());
                let name = format!("{}::{}", path.expect("a path"), name.expect("a name"));
                budgets.insert(name, test.clone());
            }
        }
    }
    budgets
}

/// Who shows what a budget is worth: one that is for ever, for a connect, is for ever where nobody answers that.
fn peers(budget: &Value) -> Vec<&'static str> {
    match (budget["kind"].as_str(), budget["place"]["text"].as_str()) {
        (Some("seconds"), _) => vec!["silent", "mute"],
        (_, Some(place)) if place.contains("connect(") => vec!["silent"],
        _ => vec!["mute"],
    }
}

/// Whether the test asks for a fixture that nobody here has.
fn needs_a_stranger(runs: &BTreeMap<String, Option<Run>>) -> bool {
    let mut ended = runs.values().flatten();
    ended.any(|run| run.outcome.starts_with("fixture '"))
}

/// What is wrong with the budget of a test.
fn complaint(budget: &Value, runs: &BTreeMap<String, Option<Run>>) -> Option<String> {
    let Some(seconds) = budget["seconds"].as_f64() else {
        let place = &budget["place"]["text"];
        let mut ended = runs.iter().filter_map(|(peer, run)| Some((peer, run.as_ref()?)));
        return ended.next().map(|(peer, run)| {
            let (seconds, outcome) = (run.seconds, &run.outcome);
            format!("for ever, for {place}; the {peer} peer: {seconds:.2} s, {outcome}")
        });
    };
    let mut together = 0.0;
    for (peer, run) in runs {
        let Some(run) = run else {
            return Some(format!("at most {seconds} s; the {peer} peer: more than {FOR_EVER} s"));
        };
        if run.idle > seconds + ALLOWANCE {
            return Some(format!(
                "at most {seconds} s; the {peer} peer: {:.2} s, {}",
                run.idle, run.outcome
            ));
        }
        together += run.seconds;
    }
    // Against the silent peer a test waits as long as its connect may take, and against the mute one for all that comes
    // behind that: a budget is the sum of the two, and nothing but a sum.
    (together + ALLOWANCE < seconds)
        .then(|| format!("at most {seconds} s; against both peers together {together:.2} s"))
}

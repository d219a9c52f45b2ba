//! No test takes longer than its budget: each finite one is run against a silent server, and timed.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use ws_lint::budget::{self, Total};
use ws_lint::catalog::Catalog;
use ws_lint::facts::ProjectFacts;
use ws_lint::prescan::Announced;
use ws_lint::python::Module;
use ws_lint::source::{Language, SourceFile};

use crate::clients::{self, NEWEST};
use crate::pythons;
use crate::servers::Servers;

/// What the event loop's start, its end and a busy machine add, in seconds.
const ALLOWANCE: f64 = 0.5;

/// Fewer tests than this would prove little.
const FEWEST: usize = 30;

fn budgets(text: &str) -> BTreeMap<String, f64> {
    let source = SourceFile::new("test_budgets.py", Language::Python, text.to_owned());
    let module = Module::parse(
        &source,
        Catalog::builtin(),
        &ProjectFacts::default(),
        Announced::EVERYTHING,
        None,
    )
    .expect("the tests parse");
    let sites = module.sites();
    let counted = budget::budgets(sites, Catalog::builtin(), &ProjectFacts::default(), &budget::Alone);
    let each = sites.tests.iter().zip(counted);
    each.map(|(test, budget)| match budget.total {
        Total::Seconds { seconds, .. } => (test.name.clone(), seconds),
        other => panic!("{} has no finite budget: {other:?}", test.name),
    })
    .collect()
}

#[test]
#[ignore = "makes an environment with websockets, and waits for some seconds"]
fn every_test_ends_within_its_budget() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtime/budgets/test_budgets.py");
    let budgets = budgets(include_str!("budgets/test_budgets.py"));
    assert!(budgets.len() >= FEWEST, "{} tests", budgets.len());
    let pythons = pythons::all();
    let python = pythons
        .iter()
        .rfind(|python| python.minor() >= 11)
        .expect("a Python of 3.11 or newer");
    let servers = Servers::start(python);
    let uri = |name: &str| format!("ws://127.0.0.1:{}", servers.ports[name]);
    let client = clients::websockets(python, NEWEST).expect("websockets can be installed");
    let question = json!({
        "file": file,
        "environment": { "SILENT": uri("silent"), "MUTE": uri("mute") },
        "tests": budgets.keys().collect::<Vec<_>>(),
    });
    let taken: BTreeMap<String, (f64, String)> = client.ask("budgets/run_tests.py", &question).expect("the tests run");
    let mut wrong = Vec::new();
    for (name, budget) in &budgets {
        let (seconds, outcome) = &taken[name];
        // A test that fails for another reason than its time proves nothing.
        let is_meant = matches!(outcome.as_str(), "returned" | "TimeoutError");
        if *seconds > budget + ALLOWANCE || !is_meant {
            wrong.push(format!("{name}: {seconds:.2} s, {outcome}; budget {budget} s"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

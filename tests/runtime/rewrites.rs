//! Every shape of the rewrite's table, run before and after its fix.

use serde::Deserialize;
use serde_json::json;

use crate::clients::Client;
use crate::matrix;
use crate::servers::Servers;
use crate::shapes::{self, LIMIT, LongBlock, Shape};

/// A connect may take this share of its limit. `driver.py` repeats what took longer, with little beside it, since a busy
/// machine is late; the best attempt counts.
const TOLERANCE: f64 = 1.2;

/// Timers may fire early by the clock's resolution.
const EARLY: f64 = 0.02;

/// What `driver.py` says.
#[derive(Deserialize)]
struct Report {
    websockets: String,
    outcomes: Vec<Outcome>,
    complaints: Vec<Complaint>,
}

/// What came of one shape against one peer.
#[derive(Deserialize)]
struct Outcome {
    shape: String,
    phase: String,
    peer: String,
    /// How long each attempt took.
    seconds: Vec<f64>,
    /// What the shape returned.
    value: Option<String>,
    /// The class of the connection.
    kind: Option<String>,
    /// Which `except` clauses catch what it raised.
    caught_by: Option<Vec<String>>,
    error: Option<String>,
    seen: Vec<Seen>,
}

/// What a server saw of one connection.
#[derive(Deserialize)]
struct Seen {
    close_frame: bool,
    ended: bool,
}

#[derive(Deserialize)]
struct Complaint {
    phase: String,
    text: String,
}

#[test]
#[ignore = "needs Python and PyPI"]
fn every_fixed_shape_keeps_what_the_design_promises() {
    let pythons = matrix::pythons();
    let servers = Servers::start(pythons.last().expect("there is a Python"));
    matrix::judge_all(matrix::every_client(&pythons), |python, client| {
        let shapes: Vec<_> = shapes::ALL
            .iter()
            .filter(|shape| shape.target <= python.minor())
            .collect();
        judge(&shapes, client, &servers)
    });
}

fn judge(shapes: &[&Shape], client: &Client, servers: &Servers) -> Vec<String> {
    match report(shapes, client, servers) {
        Err(error) => vec![error],
        Ok(report) => {
            let mut errors: Vec<_> = shapes
                .iter()
                .flat_map(|shape| judge_shape(shape, &report.outcomes))
                .collect();
            errors.extend(
                report
                    .complaints
                    .iter()
                    .map(|complaint| format!("{} the fixes: {}", complaint.phase, complaint.text)),
            );
            eprintln!(
                "{} ({}): {} runs",
                client.name,
                report.websockets,
                report.outcomes.len()
            );
            errors
        }
    }
}

fn report(shapes: &[&Shape], client: &Client, servers: &Servers) -> Result<Report, String> {
    let sources: Result<Vec<_>, String> = shapes
        .iter()
        .map(|shape| {
            Ok(json!({
                "name": shape.name,
                "before": shape.before,
                "after": shape.after()?,
                "since": shape.since,
                "before_ends": shape.before_ends,
                "stays_open": shape.stays_open,
            }))
        })
        .collect();
    let job = json!({ "ports": servers.ports, "limit": LIMIT, "shapes": sources? });
    client.ask("driver.py", &job)
}

/// What is wrong with a shape.
fn judge_shape(shape: &Shape, outcomes: &[Outcome]) -> Vec<String> {
    let of_shape = || outcomes.iter().filter(|outcome| outcome.shape == shape.name);
    let mut errors = Vec::new();
    for outcome in of_shape() {
        let mut wrong = alone(shape, outcome);
        let before = of_shape().find(|other| other.peer == outcome.peer && other.phase == "before");
        if let Some(before) = before {
            wrong.extend(compared(shape, before, outcome));
        }
        let place = format!("{}, {} the fix, {}", outcome.shape, outcome.phase, outcome.peer);
        errors.extend(wrong.into_iter().map(|text| format!("{place}: {text}")));
    }
    errors
}

/// What is wrong with an outcome, whatever came of the same before the fix.
fn alone(shape: &Shape, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let expected = expected(shape, outcome);
    let is_as_expected = match expected {
        Expected::Value(value) => outcome.value.as_deref() == Some(value),
        Expected::CaughtBy(class) => outcome.is_caught_by(class),
    };
    if !is_as_expected {
        wrong.push(format!(
            "{expected:?} is expected, not {:?}, {:?}",
            outcome.value, outcome.error
        ));
    }
    let best = outcome.seconds.iter().copied().fold(f64::INFINITY, f64::min);
    if outcome.peer == "silent" && !(LIMIT - EARLY..=LIMIT * TOLERANCE).contains(&best) {
        wrong.push(format!("the connect took {:?} s", outcome.seconds));
    }
    if outcome.peer != "refusing" && outcome.seen.is_empty() {
        wrong.push("the server has seen nothing".to_owned());
    }
    if outcome.seen.iter().any(|seen| !seen.ended) {
        wrong.push("the connection is still open".to_owned());
    }
    if outcome.value.as_deref() == Some("done") && outcome.seen.iter().any(|seen| !seen.close_frame) {
        wrong.push("the connection ended without a closing handshake".to_owned());
    }
    wrong
}

/// What should come of a shape.
#[derive(Debug)]
enum Expected {
    Value(&'static str),
    /// It raises what this class catches.
    CaughtBy(&'static str),
}

fn expected(shape: &Shape, outcome: &Outcome) -> Expected {
    let is_after = outcome.phase == "after";
    match outcome.peer.as_str() {
        "silent" if shape.catches => Expected::Value("timed out"),
        "silent" if is_after && shape.raises_builtin => Expected::CaughtBy("TimeoutError"),
        "silent" => Expected::CaughtBy("asyncio.TimeoutError"),
        "refusing" if shape.catches => Expected::Value("no server"),
        "refusing" => Expected::CaughtBy("ConnectionRefusedError"),
        "cancelled" => Expected::CaughtBy("asyncio.CancelledError"),
        "long" if shape.long_block == LongBlock::EndsItself => Expected::CaughtBy("Exception"),
        "long" if shape.long_block == LongBlock::IsCut && is_after => Expected::CaughtBy("asyncio.TimeoutError"),
        _ => Expected::Value("done"),
    }
}

/// What an outcome after the fix has that it should not have, next to the one before.
fn compared(shape: &Shape, before: &Outcome, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    if outcome.kind != before.kind {
        wrong.push(format!("connects to a {:?}, before {:?}", outcome.kind, before.kind));
    }
    if shape.is_safe() && outcome.caught_by != before.caught_by {
        wrong.push(format!("raises {:?}, before {:?}", outcome.error, before.error));
    }
    wrong
}

impl Outcome {
    fn is_caught_by(&self, class: &str) -> bool {
        self.caught_by
            .as_ref()
            .is_some_and(|classes| classes.iter().any(|caught| caught == class))
    }
}

//! Many connects in one file: none of them costs a walk over all others.

use std::time::{Duration, Instant};

use crate::catalog::Catalog;
use crate::check::{Surroundings, check};
use crate::config::Settings;
use crate::project::ProjectFacts;
use crate::source::{Language, SourceFile};

#[track_caller]
fn is_quick(text: String) {
    let source = SourceFile::new("many.py", Language::Python, text);
    let started = Instant::now();
    let checked = check(
        &source,
        Surroundings {
            catalog: Catalog::builtin(),
            settings: &Settings::default(),
            project: &ProjectFacts::default(),
            test_file: true,
            prescan: None,
        },
    );
    assert!(checked.findings.len() > 100, "{}", checked.findings.len());
    let spent = started.elapsed();
    assert!(spent < Duration::from_secs(20), "{spent:?} without optimisation");
}

#[test]
fn statements_in_one_function() {
    let head = "import websockets\nasync def f(u):\n";
    is_quick(head.to_owned() + &"    await websockets.connect(u, open_timeout=5)\n".repeat(10_000));
}

#[test]
fn arguments_of_long_calls() {
    let head = "import asyncio\nimport websockets\nasync def f(u):\n";
    let call = "    await asyncio.gather(\n".to_owned() + &"        websockets.connect(u),\n".repeat(500) + "    )\n";
    is_quick(head.to_owned() + &call.repeat(10));
}

#[test]
fn blocks_in_blocks() {
    let mut text = "import websockets\nasync def f(u):\n".to_owned();
    for depth in 1..200 {
        text += &" ".repeat(depth);
        text += "async with websockets.connect(u) as ws:\n";
    }
    text += &" ".repeat(200);
    text += "pass\n";
    is_quick(text);
}

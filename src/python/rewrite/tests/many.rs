//! Many connects in one file: were each to cost a walk over all others, nobody would see these tests end.

use crate::catalog::Catalog;
use crate::check::{Surroundings, check};
use crate::facts::ProjectFacts;
use crate::settings::Settings;
use crate::source::{Language, SourceFile};
use crate::stack::STACK_BYTES;

/// How many findings a text has, on the stack that every file gets.
fn found(text: String) -> usize {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    thread.spawn(|| found_here(text)).unwrap().join().unwrap()
}

fn found_here(text: String) -> usize {
    let source = SourceFile::new("many.py", Language::Python, text);
    let checked = check(
        &source,
        Surroundings {
            test_file: true,
            ..Surroundings::alone(Catalog::builtin(), &Settings::default(), &ProjectFacts::default())
        },
    );
    checked.findings.len()
}

#[test]
fn statements_in_one_function() {
    let head = "import websockets\nasync def f(u):\n";
    let text = head.to_owned() + &"    await websockets.connect(u, open_timeout=5)\n".repeat(10_000);
    assert_eq!(found(text), 10_000);
}

#[test]
fn arguments_of_long_calls() {
    let head = "import asyncio\nimport websockets\nasync def f(u):\n";
    let call = "    await asyncio.gather(\n".to_owned() + &"        websockets.connect(u),\n".repeat(500) + "    )\n";
    assert_eq!(found(head.to_owned() + &call.repeat(10)), 5_000);
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
    assert_eq!(found(text), 199);
}

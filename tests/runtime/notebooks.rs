//! A notebook before and after its fix, run by nbclient in a real kernel.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use ws_lint::catalog::Catalog;
use ws_lint::check::Surroundings;
use ws_lint::facts::ProjectFacts;
use ws_lint::finding::Applicability;
use ws_lint::fix::{self};
use ws_lint::settings::Settings;
use ws_lint::source::SourceFile;

use crate::clients;
use crate::pythons;
use crate::servers::Servers;

const PACKAGES: [&str; 5] = [
    "nbclient==0.11.0",
    "ipykernel==7.4.0",
    "ipython==9.18.0",
    "nest_asyncio==1.6.0",
    "websockets==16.0",
];

/// The code of the cells, and what each prints or raises. `PORT` stands for that of a peer that accepts and never answers.
const CELLS: [(&str, &str); 6] = [
    (
        "%xmode Minimal\nimport asyncio, time, websockets\nimport nest_asyncio\nbegun = time.monotonic()",
        "Exception reporting mode: Minimal\n",
    ),
    (
        "!echo ✓\nws = await websockets.connect('ws://127.0.0.1:PORT', open_timeout=1)",
        "✓\nTimeoutError",
    ),
    (
        "async with websockets.connect('ws://127.0.0.1:PORT', open_timeout=1) as ws:\n    await ws.recv()",
        "TimeoutError",
    ),
    (
        "%%time\nasyncio.run(websockets.connect('ws://127.0.0.1:PORT', open_timeout=1))",
        "RuntimeError",
    ),
    (
        "nest_asyncio.apply()\nloop = asyncio.get_event_loop()\nws = loop.run_until_complete(websockets.connect('ws://127.0.0.1:PORT', open_timeout=1))",
        "TimeoutError",
    ),
    ("print(3 <= time.monotonic() - begun < 20)", "True\n"),
];

#[test]
#[ignore = "needs Python and PyPI"]
fn a_notebook_does_the_same_after_its_fix() {
    let python = pythons::all().into_iter().find(|python| python.minor() == 12);
    let python = python.expect("there is a Python 3.12");
    let client = clients::install(&python, "notebooks", &PACKAGES).expect("pip installs");
    let servers = Servers::start(&python);
    let port = servers.ports["silent"].to_string();
    let before = notebook(&port);
    let after = fixed(&before);
    assert_ne!(before, after);
    let run = |notebook: &str| -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::write(folder.path().join("a.ipynb"), notebook).expect("it can be written");
        let question = json!({"notebook": folder.path().join("a.ipynb")});
        client.ask("notebooks.py", &question).expect("the kernel runs it")
    };
    let expected = CELLS.map(|(_, outcome)| outcome);
    assert_eq!(run(&before), expected, "before");
    assert_eq!(run(&after), expected, "after\n{after}");
}

fn notebook(port: &str) -> String {
    let cells = CELLS.map(|(code, _)| {
        let lines: Vec<String> = code
            .replace("PORT", port)
            .split_inclusive('\n')
            .map(str::to_owned)
            .collect();
        json!({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": lines})
    });
    let kernel = json!({"name": "python3", "language": "python", "display_name": "Python 3"});
    let notebook: Value =
        json!({"nbformat": 4, "nbformat_minor": 4, "metadata": {"kernelspec": kernel}, "cells": cells});
    format!("{notebook:#}\n")
}

/// With all fixes, in which the arguments are gone.
fn fixed(json: &str) -> String {
    let source = SourceFile::notebook(Path::new("a.ipynb"), json.to_owned()).expect("it is a notebook");
    let (settings, project) = (Settings::default(), ProjectFacts::default());
    let surroundings = Surroundings::alone(Catalog::builtin(), &settings, &project);
    let fixed = fix::fix(&source, surroundings, Applicability::Unsafe);
    assert!(
        fixed.failures.is_empty() && fixed.checked.findings.is_empty(),
        "{:?}",
        fixed.checked.findings
    );
    assert!(
        !fixed.source.text().contains("open_timeout=1"),
        "{}",
        fixed.source.text()
    );
    fixed.source.on_disk().text().to_owned()
}

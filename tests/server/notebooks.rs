//! Notebooks, whose cells an editor shows as texts of their own.

use serde_json::{Value, json};

use crate::client::{Client, PROJECT};

const ALLOWS: &str = "%load_ext autoreload\nimport asyncio\nimport websockets";

const CONNECT: &str = "ws = await websockets.connect(\"ws://localhost:1\", open_timeout=20)\nawait ws.close()";

/// A cell's address, as VS Code writes it.
fn cell(name: &str) -> String {
    format!("vscode-notebook-cell:/a.ipynb#{name}")
}

fn listed(name: &str, kind: u32) -> Value {
    json!({ "kind": kind, "document": cell(name) })
}

fn text(name: &str, language: &str, text: &str) -> Value {
    json!({ "uri": cell(name), "languageId": language, "version": 1, "text": text })
}

/// A notebook of a heading, an import below a magic and a connect.
fn open(client: &mut Client) {
    let notebook = json!({
        "uri": client.address("a.ipynb"),
        "notebookType": "jupyter-notebook",
        "version": 1,
        "cells": [listed("heading", 1), listed("imports", 2), listed("connect", 2)],
    });
    let texts = [
        text("heading", "markdown", "# print(\"✓\")"),
        text("connect", "python", CONNECT),
        text("imports", "python", ALLOWS),
    ];
    let opened = json!({ "notebookDocument": notebook, "cellTextDocuments": texts });
    client.say("notebookDocument/didOpen", opened);
}

fn change(client: &mut Client, version: u32, cells: &Value) {
    let notebook = json!({ "uri": client.address("a.ipynb"), "version": version });
    let changed = json!({ "notebookDocument": notebook, "change": { "cells": cells } });
    client.say("notebookDocument/didChange", changed);
}

/// The next diagnostics of a cell: their codes, and where the first one stands.
fn diagnosed(client: &Client, name: &str) -> (Vec<String>, Value) {
    let address = cell(name);
    let said = client.until(|message| message["params"]["uri"] == address.as_str());
    let found = said["params"]["diagnostics"].as_array().unwrap().clone();
    let codes = found.iter().map(|found| found["code"].as_str().unwrap().to_owned());
    (
        codes.collect(),
        found.first().map_or(Value::Null, |found| found["range"].clone()),
    )
}

fn range(line: u32, start: u32, end: u32) -> Value {
    json!({ "start": { "line": line, "character": start }, "end": { "line": line, "character": end } })
}

fn about(client: &mut Client, method: &str, name: &str, mut params: Value) -> Value {
    params["textDocument"] = json!({ "uri": cell(name) });
    client.ask(method, params)["result"].clone()
}

#[test]
fn each_cell_has_what_is_found_in_it() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    open(&mut client);
    assert_eq!(diagnosed(&client, "heading").0, [""; 0]);
    assert_eq!(diagnosed(&client, "imports").0, [""; 0]);
    assert_eq!(
        diagnosed(&client, "connect"),
        (vec!["WS101".to_owned()], range(0, 50, 65)),
        "the argument, counted from the cell's first line"
    );
    let pointer = json!({ "position": { "line": 0, "character": 20 } });
    let hover = about(&mut client, "textDocument/hover", "connect", pointer.clone());
    assert!(
        hover["contents"]["value"].as_str().unwrap().starts_with("websockets"),
        "{hover}"
    );
    assert_eq!(hover["range"]["start"]["line"], 0);
    assert_eq!(
        about(&mut client, "textDocument/hover", "imports", pointer.clone()),
        Value::Null
    );
    assert_eq!(
        about(&mut client, "textDocument/hover", "heading", pointer),
        Value::Null
    );
    assert_eq!(client.leave(), (Some(0), String::new()));
}

#[test]
fn a_fix_writes_the_cells_that_it_changes() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    open(&mut client);
    let ask = |client: &mut Client, only: &str| {
        let context = json!({ "diagnostics": [], "only": [only] });
        about(
            client,
            "textDocument/codeAction",
            "connect",
            json!({ "range": range(0, 50, 50), "context": context }),
        )
    };
    let written = |action: &Value| {
        let edits = action["edit"]["changes"][cell("connect")].clone();
        assert_eq!(action["edit"]["changes"].as_object().unwrap().len(), 1, "{action}");
        edits.as_array().unwrap()[0]["newText"].as_str().unwrap().to_owned()
    };
    let quick = ask(&mut client, "quickfix");
    let fixed = written(&quick[0]);
    assert!(
        fixed.starts_with("async with asyncio.timeout(20):\n    ws = await websockets.connect("),
        "{fixed}"
    );
    let comment = quick
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["title"] == "WS101: ignore here");
    assert!(written(comment.unwrap()).contains("# ws-lint: ignore[WS101] say why"));
    for kind in ["source.fixAll", "notebook.source.fixAll.ws-lint"] {
        let all = ask(&mut client, kind);
        assert_eq!(written(&all[0]), fixed, "{kind}");
        assert_eq!(all.as_array().unwrap().len(), 1);
    }
}

#[test]
fn cells_come_change_move_and_go() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    open(&mut client);
    diagnosed(&client, "connect");
    let part = json!({ "range": range(0, 48, 65), "text": "" });
    let content = json!({ "document": { "uri": cell("connect"), "version": 2 }, "changes": [part] });
    change(&mut client, 2, &json!({ "textContent": [content] }));
    assert_eq!(diagnosed(&client, "connect").0, ["WS102"], "the argument is gone");

    let opened = text(
        "second",
        "python",
        "other = await websockets.connect(\"ws://localhost:1\", open_timeout=5)\n",
    );
    let array = json!({ "start": 3, "deleteCount": 0, "cells": [listed("second", 2)] });
    change(
        &mut client,
        3,
        &json!({ "structure": { "array": array, "didOpen": [opened] } }),
    );
    assert_eq!(diagnosed(&client, "second").0, ["WS101"]);

    // What is only moved is not opened again.
    let array = json!({ "start": 0, "deleteCount": 4, "cells": [listed("second", 2), listed("imports", 2)] });
    change(&mut client, 4, &json!({ "structure": { "array": array } }));
    assert_eq!(diagnosed(&client, "heading"), (Vec::new(), Value::Null), "it is gone");
    assert_eq!(diagnosed(&client, "connect"), (Vec::new(), Value::Null), "it is gone");
    assert_eq!(diagnosed(&client, "second").0, ["WS101"]);
    let data = json!([listed("second", 1)]);
    change(&mut client, 5, &json!({ "data": data }));
    assert_eq!(diagnosed(&client, "second").0, [""; 0], "it is a heading now");

    let notebook = json!({ "notebookDocument": { "uri": client.address("a.ipynb") }, "cellTextDocuments": [] });
    client.say("notebookDocument/didSave", notebook.clone());
    client.say("notebookDocument/didClose", notebook);
    assert_eq!(client.leave(), (Some(0), String::new()));
}

#[test]
fn a_notebook_in_another_language_has_no_findings() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    let kernel = json!({ "kernelspec": { "language": "julia" } });
    for (name, metadata) in [
        ("a", kernel.clone()),
        ("b", json!({ "metadata": kernel, "nbformat": 4 })),
    ] {
        let text = format!("import websockets\n{CONNECT}");
        let notebook = json!({
            "uri": client.address(&format!("{name}.ipynb")),
            "notebookType": "jupyter-notebook",
            "version": 1,
            "metadata": metadata,
            "cells": [listed(name, 2)],
        });
        let texts = [json!({ "uri": cell(name), "languageId": "python", "version": 1, "text": text })];
        client.say(
            "notebookDocument/didOpen",
            json!({ "notebookDocument": notebook, "cellTextDocuments": texts }),
        );
        assert_eq!(diagnosed(&client, name).0, [""; 0], "{name}");
    }
}

#[test]
fn what_makes_no_sense_ends_nothing() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    let unknown = json!({ "document": { "uri": cell("connect"), "version": 2 }, "changes": [{ "text": "x" }] });
    change(&mut client, 2, &json!({ "textContent": [unknown.clone()] }));
    open(&mut client);
    let missing = json!({ "array": { "start": 99, "deleteCount": 4_294_967_295_u32, "cells": [listed("nobody", 2)] } });
    change(
        &mut client,
        3,
        &json!({ "structure": missing, "textContent": [unknown] }),
    );
    let empty = json!({ "array": { "start": 0, "deleteCount": 4_294_967_295_u32 } });
    change(&mut client, 4, &json!({ "structure": empty }));
    let last = json!({ "range": range(4_294_967_295, 0, 1), "context": { "diagnostics": [] } });
    let refused = client.ask("textDocument/codeAction", {
        let mut params = last;
        params["textDocument"] = json!({ "uri": cell("connect") });
        params
    });
    assert!(
        refused["error"]["message"].as_str().unwrap().ends_with("is not open"),
        "{refused}"
    );
    client.say("notebookDocument/didOpen", json!({ "notebookDocument": 3 }));
    assert_eq!(client.leave(), (Some(0), String::new()));
}

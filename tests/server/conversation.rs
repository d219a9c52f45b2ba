//! What an editor gets that speaks as the protocol has it.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::client::{Client, PROJECT};

const TEST: &str = "import asyncio\nimport websockets\n\n\nasync def test_echo():\n    ws = await websockets.connect(\"ws://localhost:1\", open_timeout=20)\n    assert await ws.recv() == \"✓\"\n";

const HELPER: &str = "import websockets\n\n\nasync def dial(url):\n    return await websockets.connect(url)\n";

const CALLER: &str = "import asyncio\n\nfrom helper import dial\n\n\nasync def test_it():\n    async with asyncio.timeout(5):\n        ws = await dial(\"ws://localhost:1\")\n        await ws.close()\n";

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

fn everywhere() -> Value {
    json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 999, "character": 0 } })
}

fn at(line: u32, character: u32) -> Value {
    json!({ "line": line, "character": character })
}

fn titles(actions: &Value) -> Vec<&str> {
    actions
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action["title"].as_str().unwrap())
        .collect()
}

#[test]
fn a_text_is_diagnosed_explained_and_counted() {
    let mut client = Client::silent(&[("pyproject.toml", PROJECT)]);
    let folder = json!([{ "uri": client.address(""), "name": "x" }]);
    let abilities = client.ask("initialize", json!({ "capabilities": {}, "workspaceFolders": folder }));
    assert_snapshot!("abilities", pretty(&json!(abilities["result"]["capabilities"])));
    client.say("initialized", json!({}));
    client.open("test_a.py", TEST);
    assert_snapshot!("diagnostics", pretty(&json!(client.diagnosed("test_a.py", 1))));
    let hover = client.ask_about("textDocument/hover", "test_a.py", json!({ "position": at(5, 22) }));
    assert_snapshot!("hover", pretty(&json!(hover)));
    let nothing = client.ask_about("textDocument/hover", "test_a.py", json!({ "position": at(0, 0) }));
    assert_eq!(nothing, Value::Null);
    let hints = client.ask_about("textDocument/inlayHint", "test_a.py", json!({ "range": everywhere() }));
    assert_snapshot!("hints", pretty(&json!(hints)));
    let page = client.ask(
        "workspace/executeCommand",
        json!({ "command": "ws-lint.explain", "arguments": ["WS101"] }),
    );
    assert!(
        page["result"]
            .as_str()
            .unwrap()
            .starts_with("# WS101 connect-timeout-argument")
    );
    assert_eq!(client.leave(), (Some(0), String::new()));
}

#[test]
fn actions_fix_allow_and_explain() {
    let mut client = Client::wishing(
        &[("pyproject.toml", PROJECT)],
        json!({ "workspace": { "workspaceEdit": { "documentChanges": true } } }),
        json!({ "ignoreReason": "the peer is a fake" }),
    );
    client.open("test_a.py", TEST);
    let range = json!({ "start": at(5, 60), "end": at(5, 60) });
    let ask = |client: &mut Client, context: Value| {
        client.ask_about(
            "textDocument/codeAction",
            "test_a.py",
            json!({ "range": range, "context": context }),
        )
    };
    let mut all = ask(&mut client, json!({ "diagnostics": [] }));
    for action in all.as_array_mut().unwrap() {
        // Shown with the diagnostics.
        action.as_object_mut().unwrap().remove("diagnostics");
    }
    assert_snapshot!("actions", pretty(&json!(all)));
    let fixes = ask(&mut client, json!({ "diagnostics": [], "only": ["source.fixAll"] }));
    assert_eq!(titles(&fixes), ["Fix all that ws-lint can fix safely"]);
    let others = ask(&mut client, json!({ "diagnostics": [], "only": ["refactor"] }));
    assert_eq!(titles(&others), [""; 0]);
    client.leave();
}

#[test]
fn an_applied_fix_leaves_what_the_command_line_leaves() {
    let mut client = Client::started(
        &[("pyproject.toml", PROJECT)],
        json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] } }),
    );
    client.open("test_a.py", TEST);
    assert_eq!(client.codes("test_a.py", 1), ["WS101", "WS201"]);
    let actions = client.ask_about(
        "textDocument/codeAction",
        "test_a.py",
        json!({ "range": everywhere(), "context": { "diagnostics": [], "only": ["source.fixAll.ws-lint"] } }),
    );
    let edits = &actions[0]["edit"]["changes"]["file:///project/test_a.py"];
    let edits: Vec<Value> = edits
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|edit| json!({ "range": edit["range"], "text": edit["newText"] }))
        .collect();
    client.change_parts("test_a.py", 2, json!(edits));
    assert_eq!(client.codes("test_a.py", 2), ["WS201"]);
    assert!(!client.path("test_a.py").exists(), "the server writes no file");
    client.leave();
}

#[test]
fn who_asks_for_diagnostics_is_sent_none() {
    let files = [
        ("pyproject.toml", PROJECT),
        ("helper.py", HELPER),
        ("test_b.py", CALLER),
    ];
    let capabilities = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let mut client = Client::started(&files, capabilities);
    client.open("test_b.py", CALLER);
    client.open("helper.py", HELPER);
    let ask = |client: &mut Client, name: &str, before: Value| {
        client.ask_about("textDocument/diagnostic", name, json!({ "previousResultId": before }))
    };
    let first = ask(&mut client, "helper.py", Value::Null);
    assert_eq!(
        (&first["kind"], &first["items"]),
        (&json!("full"), &json!([])),
        "a deadline of its callers holds"
    );
    let again = ask(&mut client, "helper.py", first["resultId"].clone());
    assert_eq!(again["kind"], "unchanged");
    client.change("test_b.py", 2, &CALLER.replace("asyncio.timeout(5)", "open_it()"));
    client.hears_request("workspace/diagnostic/refresh");
    let without = ask(&mut client, "helper.py", first["resultId"].clone());
    assert_eq!(without["items"][0]["code"], "WS102");
    client.leave();
}

#[test]
fn what_depends_on_a_text_is_told_anew_saved_or_not() {
    let files = [
        ("pyproject.toml", PROJECT),
        ("helper.py", HELPER),
        ("test_b.py", CALLER),
    ];
    let mut client = Client::started(&files, json!({}));
    client.open("helper.py", HELPER);
    assert_eq!(client.codes("helper.py", 1), [""; 0]);
    client.open("test_b.py", CALLER);
    assert_eq!(client.codes("test_b.py", 1), [""; 0]);
    client.change("test_b.py", 2, &CALLER.replace("asyncio.timeout(5)", "open_it()"));
    let found = client.diagnosed("helper.py", 1);
    assert_eq!(found[0]["code"], "WS102");
    assert_snapshot!("related", pretty(&json!(found[0]["relatedInformation"])));
    // The text on the disk counts again.
    client.say(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": client.address("test_b.py") } }),
    );
    assert_eq!(client.codes("helper.py", 1), [""; 0]);
    // Another program writes.
    client.write("test_b.py", &CALLER.replace("asyncio.timeout(5)", "open_it()"));
    let changed = json!([{ "uri": client.address("test_b.py"), "type": 2 }]);
    client.say("workspace/didChangeWatchedFiles", json!({ "changes": changed }));
    assert_eq!(client.codes("helper.py", 1), ["WS102"]);
    std::fs::remove_file(client.path("test_b.py")).unwrap();
    let gone = json!([{ "uri": client.address("test_b.py"), "type": 3 }]);
    client.say("workspace/didChangeWatchedFiles", json!({ "changes": gone }));
    client.diagnosed("helper.py", 1);
    client.leave();
}

#[test]
fn a_half_typed_text_keeps_what_was_said() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    client.open("test_a.py", TEST);
    assert_eq!(client.codes("test_a.py", 1), ["WS101", "WS201"]);
    let typed = TEST.replace("\n\n\nasync", "\n\nx = (\n\n\nasync");
    client.change("test_a.py", 2, &typed);
    let kept = client.diagnosed("test_a.py", 2);
    assert_eq!(kept[0]["range"]["start"]["line"], 7, "it moved with its line");
    assert_eq!(
        kept.iter().map(|found| &found["code"]).collect::<Vec<_>>(),
        ["WS101", "WS201"]
    );
    let context = json!({ "range": everywhere(), "context": { "diagnostics": [] } });
    assert_eq!(
        client.ask_about("textDocument/codeAction", "test_a.py", context),
        json!([]),
        "old fixes are none"
    );
    client.say(
        "textDocument/didSave",
        json!({ "textDocument": { "uri": client.address("test_a.py") } }),
    );
    assert_eq!(client.codes("test_a.py", 2), ["WS001"]);
    client.change("test_a.py", 3, TEST);
    assert_eq!(client.codes("test_a.py", 3), ["WS101", "WS201"]);
    client.leave();
}

#[test]
fn the_configuration_is_read_again() {
    let capabilities = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], capabilities);
    client.hears_request("client/registerCapability");
    client.open("test_a.py", TEST);
    assert_eq!(client.codes("test_a.py", 1), ["WS101", "WS201"]);
    let changed = json!({ "changes": [{ "uri": client.address("ws-lint.toml"), "type": 1 }] });
    client.write("ws-lint.toml", "select = [\"WS101\"]\n");
    client.say("workspace/didChangeWatchedFiles", changed.clone());
    assert_eq!(client.codes("test_a.py", 1), ["WS101"]);
    client.write("ws-lint.toml", "ignores = []\n");
    client.say("workspace/didChangeWatchedFiles", changed.clone());
    let said = client.hears("window/showMessage");
    assert!(said["message"].as_str().unwrap().contains("ignores"), "{said}");
    client.write("ws-lint.toml", "exclude = [\"test_a.py\"]\n");
    client.say("workspace/didChangeWatchedFiles", changed);
    assert_eq!(client.codes("test_a.py", 1), [""; 0]);
    client.leave();
}

#[test]
fn each_folder_has_its_configuration_and_rust_is_looked_at_too() {
    let files = [
        (
            "one/Cargo.toml",
            "[package]\nname = \"one\"\nversion = \"0.1.0\"\n[dependencies]\ntokio-tungstenite = \"0.29\"\ntokio = { version = \"1\", features = [\"full\"] }\n",
        ),
        ("two/ws-lint.toml", "select = [\"WS101\"]\n"),
    ];
    let mut client = Client::started(&files, json!({}));
    let two = json!([{ "uri": client.address("two"), "name": "two" }]);
    client.say(
        "workspace/didChangeWorkspaceFolders",
        json!({ "event": { "added": two, "removed": [] } }),
    );
    client.open("two/test_a.py", TEST);
    assert_eq!(client.codes("two/test_a.py", 1), ["WS101"]);
    client.open(
        "one/src/lib.rs",
        "pub async fn dial() {\n    tokio_tungstenite::connect_async(\"ws://x\").await.unwrap();\n}\n",
    );
    assert_eq!(client.codes("one/src/lib.rs", 1), ["WS102"]);
    client.leave();
}

#[test]
fn the_budget_stands_above_a_test_where_that_is_wished_for() {
    let mut client = Client::wishing(&[("pyproject.toml", PROJECT)], json!({}), json!({ "budget": "lens" }));
    client.open(
        "test_b.py",
        "import asyncio\n\n\nasync def test_nap():\n    await asyncio.sleep(30)\n",
    );
    let lenses = client.ask_about("textDocument/codeLens", "test_b.py", json!({}));
    assert_eq!(lenses[0]["command"]["title"], "can take 30 s");
    let hints = client.ask_about("textDocument/inlayHint", "test_b.py", json!({ "range": everywhere() }));
    assert_eq!(hints, json!([]));
    client.leave();
}

#[test]
fn a_text_without_a_file_is_looked_at_by_its_language() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    let item = json!({ "uri": "untitled:Untitled-1", "languageId": "python", "version": 1, "text": TEST });
    client.say("textDocument/didOpen", json!({ "textDocument": item }));
    let found = client.until(|message| message["params"]["uri"] == "untitled:Untitled-1");
    assert_eq!(found["params"]["diagnostics"][0]["code"], "WS101");
    client.leave();
}

//! Editors that do not speak as the protocol has it. The server answers with an error or not at all, and never breaks.

use serde_json::{Value, json};

use crate::client::{Client, PROJECT};

#[test]
fn what_comes_in_the_wrong_order_is_refused() {
    let mut client = Client::silent(&[]);
    client.say("initialized", json!({}));
    client.open("a.py", "x = 1\n");
    assert_eq!(client.ask("textDocument/hover", json!({}))["error"]["code"], -32002);
    assert_eq!(client.ask("shutdown", Value::Null)["error"]["code"], -32002);
    assert!(
        client
            .ask("initialize", json!({ "capabilities": {} }))
            .get("result")
            .is_some()
    );
    assert_eq!(
        client.ask("initialize", json!({ "capabilities": {} }))["error"]["code"],
        -32600
    );
    client.ask("shutdown", Value::Null);
    assert_eq!(client.ask("textDocument/hover", json!({}))["error"]["code"], -32600);
    client.say("exit", Value::Null);
    assert_eq!(client.ended(), (Some(0), String::new()));
}

#[test]
fn who_leaves_without_a_word_ends_the_server_with_1() {
    let mut client = Client::started(&[], json!({}));
    client.say("exit", Value::Null);
    assert_eq!(client.ended(), (Some(1), String::new()));
    let client = Client::started(&[], json!({}));
    assert_eq!(client.ended(), (Some(1), String::new()));
    let client = Client::silent(&[]);
    assert_eq!(client.ended(), (Some(1), String::new()));
}

#[test]
fn unknown_methods_and_wrong_parameters_are_errors_and_no_end() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    assert_eq!(
        client.ask("textDocument/completion", json!({}))["error"]["code"],
        -32601
    );
    assert_eq!(client.ask("$/setTrace", json!({}))["error"]["code"], -32601);
    for params in [
        Value::Null,
        json!([]),
        json!({ "textDocument": 1 }),
        json!({ "textDocument": { "uri": "file:///nowhere.py" }, "position": { "line": -1, "character": 0 } }),
    ] {
        assert_eq!(client.ask("textDocument/hover", params)["error"]["code"], -32602);
    }
    let unopened =
        json!({ "textDocument": { "uri": client.address("a.py") }, "position": { "line": 0, "character": 0 } });
    assert_eq!(client.ask("textDocument/hover", unopened)["error"]["code"], -32602);
    for (command, arguments) in [
        ("rm -rf", json!([])),
        ("ws-lint.explain", json!([])),
        ("ws-lint.explain", json!(["WS999"])),
        ("ws-lint.explain", json!([{}])),
    ] {
        let refused = client.ask(
            "workspace/executeCommand",
            json!({ "command": command, "arguments": arguments }),
        );
        assert_eq!(refused["error"]["code"], -32602);
    }
    client.say("textDocument/didChange", json!({ "what": "ever" }));
    client.say("nobody/knowsThis", json!([1, 2, 3]));
    client.change("never_opened.py", 3, "x\n");
    client.send(json!({ "id": 77, "result": "nobody asked" }));
    client.send_bytes(b"Content-Length: 9\r\n\r\nno object");
    assert_eq!(
        client.until(|message| message["id"].is_null() && message.get("error").is_some())["error"]["code"],
        -32700
    );
    assert_eq!(client.leave(), (Some(0), String::new()));
}

#[test]
fn a_cut_stream_ends_the_server() {
    for bytes in [
        &b"Content-Length: 100\r\n\r\n{\"jsonrpc\""[..],
        b"Content-Length: 18446744073709551615\r\n\r\n{}",
        b"Content-Length: many\r\n\r\n{}",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
        b"\r\n\r\n\r\n",
    ] {
        let mut client = Client::started(&[], json!({}));
        client.send_bytes(bytes);
        assert_eq!(client.ended(), (Some(1), String::new()), "{bytes:?}");
    }
}

#[test]
fn a_head_without_an_end_is_not_read_for_ever() {
    let mut client = Client::silent(&[]);
    while client.send_bytes(&[b'x'; 4096]) {}
    assert_eq!(client.ended(), (Some(1), String::new()));
}

#[test]
fn ranges_outside_of_the_text_change_what_is_there() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    client.open("a.py", "é🎉\r\n");
    let range = |from: (u32, u32), to: (u32, u32)| json!({ "start": { "line": from.0, "character": from.1 }, "end": { "line": to.0, "character": to.1 } });
    let changes = [
        range((0, 2), (0, 2)),
        range((9, 9), (0, 1)),
        range((u32::MAX, u32::MAX), (u32::MAX, 0)),
        range((0, u32::MAX), (1, u32::MAX)),
    ];
    for (version, range) in changes.iter().enumerate() {
        let version = i64::try_from(version).unwrap() + 2;
        client.change_parts("a.py", version, json!([{ "range": range, "text": "ü\r" }]));
    }
    client.change(
        "a.py",
        9,
        "import websockets\nws = websockets.connect(open_timeout=3)\n",
    );
    client.diagnosed("a.py", 9);
    let beyond = json!({ "position": { "line": u32::MAX, "character": u32::MAX } });
    assert_eq!(client.ask_about("textDocument/hover", "a.py", beyond), Value::Null);
    assert_eq!(client.leave(), (Some(0), String::new()));
}

#[test]
fn huge_and_deep_texts_are_answered() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    let long = format!("import websockets\n{}", "x = [1, 2, 3]\n".repeat(200_000));
    client.open("long.py", &long);
    assert_eq!(client.codes("long.py", 1), [""; 0]);
    client.open(
        "deep.py",
        &format!(
            "import websockets\nx = {}websockets.connect(open_timeout=3){}\n",
            "(".repeat(100_000),
            ")".repeat(100_000)
        ),
    );
    assert_eq!(client.codes("deep.py", 1), ["WS001"]);
    client.open("nothing.py", "");
    assert_eq!(client.codes("nothing.py", 1), [""; 0]);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    client.send_bytes(format!("Content-Length: {}\r\n\r\n{deep}", deep.len()).as_bytes());
    assert_eq!(
        client.until(|message| message["id"].is_null() && message.get("error").is_some())["error"]["code"],
        -32700
    );
    assert_eq!(client.leave(), (Some(0), String::new()));
}

#[test]
fn a_burst_of_changes_is_answered_for_the_last_one() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    client.open("a.py", "");
    for version in 2..500 {
        client.change("a.py", version, &format!("import websockets\nx = {version}\n"));
    }
    client.change(
        "a.py",
        500,
        "import websockets\n\n\nasync def dial():\n    await websockets.connect(\"ws://x\", open_timeout=3)\n",
    );
    assert_eq!(client.codes("a.py", 500), ["WS101"]);
    assert_eq!(client.leave(), (Some(0), String::new()));
}

#[test]
fn a_question_that_is_taken_back_has_an_answer_all_the_same() {
    let mut client = Client::started(&[("pyproject.toml", PROJECT)], json!({}));
    client.open("a.py", "import websockets\n");
    for id in 1000..1100 {
        let params =
            json!({ "textDocument": { "uri": client.address("a.py") }, "position": { "line": 0, "character": 0 } });
        client.send(json!({ "id": id, "method": "textDocument/hover", "params": params }));
        client.say("$/cancelRequest", json!({ "id": id }));
    }
    for id in 1000..1100 {
        client.until(|message| message["id"] == id);
    }
    assert_eq!(client.leave(), (Some(0), String::new()));
}

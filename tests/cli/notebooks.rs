//! Notebooks: found like other sources, told by cell, written byte for byte but for the code.

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A notebook whose third cell has a warning with a safe fix, as nbformat writes it.
fn notebook() -> String {
    let cells = [
        "{\n   \"cell_type\": \"markdown\",\n   \"source\": [\"é\"]\n  }",
        "{\n   \"cell_type\": \"code\",\n   \"outputs\": [\"\\u00e9\", 1.50],\n   \"source\": [\n    \"import asyncio\\n\",\n    \"import websockets\"\n   ]\n  }",
        "{\n   \"cell_type\": \"code\",\n   \"source\": [\n    \"%time 1\\n\",\n    \"ws = await websockets.connect(1, open_timeout=30)\"\n   ]\n  }",
    ];
    let metadata = r#"{"language_info": {"version": "3.12.1", "name": "python"}}"#;
    let cells = cells.join(",\n  ");
    format!("{{\n \"nbformat\": 4,\n \"metadata\": {metadata},\n \"cells\": [\n  {cells}\n ]\n}}\n")
}

const BEFORE: &str = r#"    "ws = await websockets.connect(1, open_timeout=30)"
"#;
const AFTER: &str = r#"    "async with asyncio.timeout(30):\n",
    "    ws = await websockets.connect(1, open_timeout=None)"
"#;

#[test]
fn a_walk_finds_them_and_a_fix_writes_the_cell_alone() {
    let sandbox = Sandbox::with(&[
        ("sub/a.ipynb", &notebook()),
        (".ipynb_checkpoints/a.ipynb", &notebook()),
    ]);
    let ran = sandbox.run("--output-format concise -q .");
    let found =
        "WS101 `open_timeout` bounds this `websockets.connect` in place of an external deadline [warning, fix]\n";
    ran.expect(1, &format!("sub/a.ipynb:cell 3:2:34: {found}"), "");
    let diff = sandbox.run("--diff -q .").stdout;
    sandbox.run("--fix -q .").expect(0, "", "");
    let fixed = notebook().replace(BEFORE, AFTER);
    assert_eq!(sandbox.read("sub/a.ipynb"), fixed);
    sandbox.run("--diff -q .").expect(0, "", "");
    // What `--diff` shows is what `git apply` makes of the file.
    sandbox.write("sub/a.ipynb", notebook());
    sandbox.write("fix.patch", diff);
    sandbox.git("apply fix.patch");
    assert_eq!(sandbox.read("sub/a.ipynb"), fixed);
}

#[test]
fn standard_input_is_one_by_its_name() {
    let sandbox = Sandbox::new();
    let ran = sandbox.pipe("--fix -q --stdin-filename a.ipynb -", notebook());
    ran.expect(0, &notebook().replace(BEFORE, AFTER), "");
}

#[test]
fn formats_for_programs_have_the_place_that_their_readers_look_at() {
    let sandbox = Sandbox::with(&[("a.ipynb", &notebook())]);
    let stored = notebook();
    let offset = stored.find("open_timeout").unwrap();
    let line = stored[..offset].matches('\n').count() + 1;
    let json: Value = serde_json::from_str(&sandbox.run("--output-format json .").stdout).unwrap();
    let start = serde_json::json!({"cell": 3, "line": 2, "column": 34, "offset": offset});
    assert_eq!(json["findings"][0]["start"], start);
    let gitlab: Value = serde_json::from_str(&sandbox.run("--output-format gitlab .").stdout).unwrap();
    assert_eq!(gitlab[0]["location"]["positions"]["begin"]["line"], line);
    let sarif: Value = serde_json::from_str(&sandbox.run("--output-format sarif .").stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], line);
    let told = result["message"]["text"].as_str().unwrap();
    assert!(told.starts_with("line 2 of cell 3: `open_timeout`"), "{told}");
    let inserted = &result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"];
    assert_eq!(inserted, "async with asyncio.timeout(30):\\n\",\n    \"    ");
    let github = sandbox.run("--output-format github .").stdout;
    assert!(
        github.starts_with(&format!("::warning file=a.ipynb,line={line},")),
        "{github}"
    );
}

#[test]
fn a_baseline_a_comment_and_a_diff_leave_their_findings_aside() {
    let sandbox = Sandbox::with(&[("a.ipynb", &notebook())]);
    sandbox.run("--write-baseline base.json -q .").expect(0, "", "");
    sandbox.run("--baseline base.json -q .").expect(0, "", "");
    let ran = sandbox.run("--add-ignore=slow -q .");
    ran.expect(0, "", "");
    let comment = "open_timeout=30)  # ws-lint: ignore[WS101] slow\"\n";
    assert_eq!(
        sandbox.read("a.ipynb"),
        notebook().replace("open_timeout=30)\"\n", comment)
    );
    sandbox.run("-q .").expect(0, "", "");
    sandbox.write("a.ipynb", notebook());
    sandbox.git("init -q");
    sandbox.git("add a.ipynb");
    sandbox.git("-c user.name=a -c user.email=a@b commit -q -m a");
    sandbox.write("a.ipynb", notebook().replace("é", "è"));
    sandbox.run("--diff-base HEAD -q .").expect(0, "", "");
    sandbox.write("a.ipynb", notebook().replace("=30", "=31"));
    assert_eq!(sandbox.run("--diff-base HEAD -q .").code, Some(1));
}

#[test]
fn a_site_is_explained_by_its_cell() {
    let sandbox = Sandbox::with(&[("a.ipynb", &notebook())]);
    let mut command = sandbox.command();
    let ran = command
        .args(["--explain-site", "a.ipynb:cell 3:2:34"])
        .output()
        .unwrap();
    let told = String::from_utf8(ran.stdout).unwrap();
    assert!(
        told.starts_with("a.ipynb:cell 3:2:12: a connect: `websockets.connect`"),
        "{told}"
    );
    let mut command = sandbox.command();
    let ran = command.args(["--explain-site", "a.ipynb:2"]).output().unwrap();
    let told = String::from_utf8(ran.stderr).unwrap();
    assert!(told.contains("line 2 of cell 3 (a connect)"), "{told}");
}

#[test]
fn a_fix_is_for_the_python_that_ran_it_last_where_the_project_says_nothing() {
    let old = notebook().replace("3.12.1", "3.8.18");
    let sandbox = Sandbox::with(&[("a.ipynb", &old)]);
    let fixed = sandbox.run("--diff -q .").stdout;
    assert!(!fixed.contains("asyncio.timeout"), "{fixed}");
    sandbox.write("ws-lint.toml", "target-version = \"3.12\"\n");
    let fixed = sandbox.run("--diff -q .").stdout;
    assert!(fixed.contains("asyncio.timeout"), "{fixed}");
}

#[test]
fn what_it_prints_meets_no_console() {
    let sandbox = Sandbox::with(&[("a.ipynb", &notebook()), ("b.ipynb", &notebook())]);
    let print = r"print('\u2713')";
    sandbox.write(
        "a.ipynb",
        notebook()
            .replace("import websockets", print)
            .replace("ws = await", "else"),
    );
    sandbox.write("b.ipynb", notebook().replace("%time 1", print));
    let ran = sandbox.run("--output-format concise -q .");
    assert!(ran.stdout.starts_with("b.ipynb:cell 3:2:34: WS101 "), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
}

#[test]
fn what_is_no_notebook_is_told_where_it_matters() {
    let cut = &notebook()[..400];
    let sandbox = Sandbox::with(&[("a.ipynb", cut), ("b.ipynb", "{\n<<<<<<< HEAD\n"), ("c.ipynb", "")]);
    let ran = sandbox.run("--output-format concise -q .");
    let told = "WS001 a string of the JSON has no end [error]\n";
    ran.expect(1, &format!("a.ipynb:21:5: {told}"), "");
    sandbox.write(
        "r.ipynb",
        notebook().replace("\"python\"", "\"R\"").replace("await", "<-"),
    );
    sandbox.run("-q r.ipynb").expect(0, "", "");
}

//! Types into a test module of 3,000 lines in a project of 5,000 files, as an editor sends it, and tells how long each answer took, and how
//! much memory the server has after 100 and after 10,000 changes.
//!
//! `cargo bench --bench typing`; `TYPED=500` types less. Each change is sent when the one before it is answered: nothing is left out.

#![allow(clippy::expect_used, reason = "a benchmark that cannot go on ends")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const FILES: usize = 5_000;
const LINES: usize = 3_000;
const TYPED: usize = 10_000;

/// One of so many tests connects, and has two findings with fixes.
const CONNECTING: usize = 4;

/// Changes after which the memory is looked at for the first time, and those that are no part of the times: a project is read once.
const FIRST: usize = 100;

fn main() {
    let typed = std::env::var("TYPED")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(TYPED);
    let folder = tempfile::tempdir().expect("a folder for the project");
    let folder = fs::canonicalize(folder.path()).expect("the folder is there");
    write_project(&folder);
    let text = test_module();
    fs::write(folder.join("tests/test_typed.py"), &text).expect("the module can be written");
    let mut editor = Editor::start(&folder);
    let opened = editor.open(&text);
    println!(
        "{FILES} files, a module of {} lines: opened in {opened:?}",
        text.lines().count()
    );
    let line = text
        .lines()
        .position(|line| line.contains("# here"))
        .expect("a line to type in");
    let mut times = Vec::new();
    for version in 0..typed {
        let time = editor.type_at(line, version);
        if version >= FIRST.min(typed / 2) {
            times.push(time);
        }
        if version + 1 == FIRST {
            println!("memory after {FIRST} changes: {} KiB", editor.memory());
        }
    }
    println!("memory after {typed} changes: {} KiB", editor.memory());
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    println!(
        "{} changes: median {:?}, 95th percentile {:?}, longest {:?}",
        times.len(),
        at(50),
        at(95),
        at(99)
    );
}

/// Packages whose modules import each other, tests of them, and a hundred modules that connect.
fn write_project(folder: &Path) {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("files lie in folders")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    };
    write(
        "pyproject.toml",
        "[project]\nname = \"x\"\nrequires-python = \">=3.12\"\ndependencies = [\"websockets>=14\"]\n".to_owned(),
    );
    fs::create_dir_all(folder.join(".git")).expect("a folder can be made");
    for package in 0..50 {
        write(&format!("src/pack{package}/__init__.py"), String::new());
        for module in 0..FILES / 50 - 3 {
            let imports = match module {
                0 => "import websockets\n".to_owned(),
                _ => format!(
                    "from pack{package} import mod{}\nfrom pack{} import mod0 as other\n",
                    module - 1,
                    (package + 1) % 50
                ),
            };
            let code = match module {
                0 => "async def dial(url):\n    return await websockets.connect(url)\n",
                _ => "async def use(url):\n    ws = await other.dial(url)\n    return await ws.recv()\n",
            };
            let filler: String = (0..20)
                .map(|n| format!("def f{n}(x):\n    return x + {n}\n\n\n"))
                .collect();
            write(
                &format!("src/pack{package}/mod{module}.py"),
                format!("{imports}\n\n{filler}{code}"),
            );
        }
        for test in 0..2 {
            let text =
                format!("from pack{package} import mod0\n\n\nasync def test_it():\n    await mod0.dial(\"ws://x\")\n");
            write(&format!("tests/pack{package}/test_{test}.py"), text);
        }
    }
}

fn test_module() -> String {
    let mut text = "import asyncio\nimport websockets\nfrom pack0 import mod0, mod5\n\n\n".to_owned();
    let mut test = 0;
    while text.lines().count() < LINES {
        let code = match test % CONNECTING {
            0 => format!(
                "    async with asyncio.timeout(5):\n        ws = await mod0.dial(\"ws://localhost:{test}\")\n        await ws.send(\"x\")\n        assert await ws.recv() == \"x\"\n    other = await websockets.connect(\"ws://localhost\", open_timeout={test})\n    await other.close()\n"
            ),
            _ => format!(
                "    reply = await client.post(\"/items\", json={{\"count\": {test}}})\n    assert reply.status_code == 200\n    body = reply.json()\n    assert body[\"name\"] == \"x\"\n    assert body[\"count\"] == {test}\n    assert \"id\" in body\n"
            ),
        };
        text.push_str(&format!("async def test_{test}(client):\n{code}\n\n"));
        test += 1;
        if test == 100 {
            text.push_str("x = 1  # here\n\n\n");
        }
    }
    text
}

/// An editor that waits for each answer.
struct Editor {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    address: String,
}

impl Editor {
    fn start(folder: &Path) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_ws-lint"))
            .arg("--lsp")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let root = format!("file://{}", folder.display());
        let mut editor = Self {
            input: server.stdin.take().expect("it is piped"),
            output: BufReader::new(server.stdout.take().expect("it is piped")),
            address: format!("{root}/tests/test_typed.py"),
            server,
        };
        let folders = json!([{ "uri": root, "name": "x" }]);
        editor.send(
            json!({ "id": 1, "method": "initialize", "params": { "capabilities": {}, "workspaceFolders": folders } }),
        );
        editor.hear();
        editor.send(json!({ "method": "initialized", "params": {} }));
        editor
    }

    fn open(&mut self, text: &str) -> Duration {
        let item = json!({ "uri": self.address, "languageId": "python", "version": -1, "text": text });
        let start = Instant::now();
        self.send(json!({ "method": "textDocument/didOpen", "params": { "textDocument": item } }));
        self.until(-1);
        start.elapsed()
    }

    /// Writes a character, or takes it away again, and waits for what is found.
    fn type_at(&mut self, line: usize, version: usize) -> Duration {
        let at = |character: usize| json!({ "line": line, "character": character });
        let (end, text) = if version.is_multiple_of(2) { (5, "7") } else { (6, "") };
        let change = json!({ "range": { "start": at(5), "end": at(end) }, "text": text });
        let document = json!({ "uri": self.address, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        let start = Instant::now();
        self.send(json!({ "method": "textDocument/didChange", "params": params }));
        self.until(i64::try_from(version).expect("it is small"));
        start.elapsed()
    }

    fn until(&mut self, version: i64) {
        while self.hear()["params"]["version"] != version {}
    }

    fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server listens");
        self.input.flush().expect("the server listens");
    }

    fn hear(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).expect("the server speaks") > 0,
                "the server is gone"
            );
            match line.trim().split_once(": ") {
                Some((_, value)) => length = value.parse().expect("a length is a number"),
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("the server speaks");
        serde_json::from_slice(&body).expect("it is JSON")
    }

    /// What the server has in memory, where the system tells.
    fn memory(&self) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        resident.map_or_else(|| "?".to_owned(), |size| size.trim().trim_end_matches(" kB").to_owned())
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        _ = self.server.kill();
        _ = self.server.wait();
    }
}

//! An editor that says what a test has it say.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// Far more than an answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// An editor and its server, in a folder of their own.
pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    folder: TempDir,
    asked: i64,
}

/// What the project says of itself.
pub(crate) const PROJECT: &str =
    "[project]\nname = \"x\"\nrequires-python = \">=3.12\"\ndependencies = [\"websockets>=14\"]\n";

impl Client {
    /// A server that nobody spoke to, in a folder with these files.
    pub(crate) fn silent(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_ws-lint"))
            .arg("--lsp")
            .current_dir(folder.path())
            .env_remove("WS_LINT_CONFIG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            loop {
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if output.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                    match line.trim().split_once(": ") {
                        Some((_, value)) => length = value.parse().unwrap(),
                        None => break,
                    }
                }
                let mut body = vec![0; length];
                if output.read_exact(&mut body).is_err() || sender.send(serde_json::from_slice(&body).unwrap()).is_err()
                {
                    return;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            messages,
            folder,
            asked: 0,
        }
    }

    /// A server that knows the editor, which can do this besides.
    pub(crate) fn started(files: &[(&str, &str)], capabilities: Value) -> Self {
        Self::wishing(files, capabilities, Value::Null)
    }

    /// The same with `initializationOptions`.
    pub(crate) fn wishing(files: &[(&str, &str)], capabilities: Value, options: Value) -> Self {
        let mut client = Self::silent(files);
        let folder = json!({ "uri": client.address(""), "name": "x" });
        let who = json!({
            "capabilities": capabilities,
            "initializationOptions": options,
            "workspaceFolders": [folder],
        });
        client.ask("initialize", who);
        client.say("initialized", json!({}));
        client
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        // On some systems the folder of temporary files is a symbolic link.
        let folder = fs::canonicalize(self.folder.path()).unwrap();
        if name.is_empty() { folder } else { folder.join(name) }
    }

    pub(crate) fn address(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Bytes, whatever they are. False where the server does not listen any more.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) -> bool {
        let Some(input) = &mut self.input else { return false };
        input.write_all(bytes).and_then(|()| input.flush()).is_ok()
    }

    pub(crate) fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn say(&mut self, method: &str, params: Value) {
        self.send(json!({ "method": method, "params": params }));
    }

    /// Asks, and passes over what comes before the answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(json!({ "id": id, "method": method, "params": params }));
        let answer = self.until(|message| message["id"] == id && message.get("method").is_none());
        self.redacted(answer)
    }

    /// The next message of this method: its parameters.
    pub(crate) fn hears(&self, method: &str) -> Value {
        let message = self.until(|message| message["method"] == method);
        self.redacted(message["params"].clone())
    }

    /// The server asks the editor by this method.
    pub(crate) fn hears_request(&self, method: &str) {
        self.until(|message| message["method"] == method && message.get("id").is_some());
    }

    /// The next diagnostics of a file, of this version of its text.
    pub(crate) fn diagnosed(&self, name: &str, version: i64) -> Vec<Value> {
        let address = self.address(name);
        let message = self.until(|message| {
            let params = &message["params"];
            params["uri"] == address.as_str() && params["version"] == version
        });
        self.redacted(message["params"]["diagnostics"].clone())
            .as_array()
            .unwrap()
            .clone()
    }

    /// The codes of the next diagnostics.
    pub(crate) fn codes(&self, name: &str, version: i64) -> Vec<String> {
        let found = self.diagnosed(name, version);
        found
            .iter()
            .map(|found| found["code"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) fn until(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("the server says it");
            if is_it(&message) {
                return message;
            }
        }
    }

    pub(crate) fn open(&mut self, name: &str, text: &str) {
        let language = if Path::new(name).extension().is_some_and(|ending| ending == "rs") {
            "rust"
        } else {
            "python"
        };
        let item = json!({ "uri": self.address(name), "languageId": language, "version": 1, "text": text });
        self.say("textDocument/didOpen", json!({ "textDocument": item }));
    }

    /// The whole text is another one.
    pub(crate) fn change(&mut self, name: &str, version: i64, text: &str) {
        self.change_parts(name, version, json!([{ "text": text }]));
    }

    pub(crate) fn change_parts(&mut self, name: &str, version: i64, changes: Value) {
        let document = json!({ "uri": self.address(name), "version": version });
        self.say(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// The answer to a question about one text.
    pub(crate) fn ask_about(&mut self, method: &str, name: &str, mut params: Value) -> Value {
        params["textDocument"] = json!({ "uri": self.address(name) });
        self.ask(method, params)["result"].clone()
    }

    /// No more comes from the editor.
    pub(crate) fn cut(&mut self) {
        self.input = None;
    }

    /// How the server ended, and what it said on standard error.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        self.cut();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }

    /// The same with the editor's farewell.
    pub(crate) fn leave(mut self) -> (Option<i32>, String) {
        self.ask("shutdown", Value::Null);
        self.say("exit", Value::Null);
        self.ended()
    }

    /// Without the name of the folder.
    fn redacted(&self, message: Value) -> Value {
        let folder = self.path("").display().to_string();
        serde_json::from_str(&message.to_string().replace(&folder, "/project")).unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

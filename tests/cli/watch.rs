//! `--watch`: the program runs, files change, and it is interrupted.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::sandbox::{CLEAN, Sandbox, UNUSED, UNUSED_FIXED};

/// Far more than a change takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longer than a change takes on an idle one: what has not come by then does not come.
const NOTHING: Duration = Duration::from_millis(1500);

struct Watching {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Watching {
    fn start(sandbox: &Sandbox, arguments: &str) -> Self {
        let mut child = sandbox
            .command()
            .arg("--watch")
            .args(arguments.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, stderr) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        let watching = Self { child, stdout, stderr };
        watching.waits();
        watching
    }

    /// The run ended, and the next change is waited for.
    fn waits(&self) {
        self.says("note: watching for changes, Ctrl-C ends");
    }

    fn says(&self, line: &str) {
        loop {
            let said = self.stderr.recv_timeout(PATIENCE).unwrap();
            if said == line {
                return;
            }
        }
    }

    /// What it wrote since it was asked last.
    fn report(&self) -> Vec<String> {
        // Two streams have two readers.
        thread::sleep(Duration::from_millis(300));
        self.stdout.try_iter().collect()
    }

    /// What comes next.
    fn next_report(&self) -> Vec<String> {
        let first = self.stdout.recv_timeout(PATIENCE).unwrap();
        self.waits();
        [first].into_iter().chain(self.report()).collect()
    }

    fn is_silent(&self) {
        thread::sleep(NOTHING);
        assert_eq!(self.report(), [""; 0]);
    }

    fn interrupt(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

const CLEAN_REPORT: &str = "All good: no findings in 1 file";

#[test]
fn a_changed_file_is_reported_again_and_ctrl_c_ends_with_0() {
    let sandbox = Sandbox::with(&[("src/a.py", CLEAN)]);
    let watching = Watching::start(&sandbox, "--output-format concise");
    assert_eq!(watching.report(), [CLEAN_REPORT]);
    sandbox.write("src/a.py", UNUSED);
    let report = watching.next_report();
    assert!(report[0].starts_with("src/a.py:1:8: WS002 "), "{report:?}");
    assert!(
        !report.concat().contains('\u{1b}'),
        "nothing is cleared where no terminal is"
    );
    sandbox.write("new/deep/b.py", UNUSED);
    assert_eq!(watching.next_report().len(), 3);
    std::fs::remove_dir_all(sandbox.path("new")).unwrap();
    assert_eq!(watching.next_report().len(), 2);
    watching.interrupt();
}

#[test]
fn what_depends_on_a_changed_file_is_reported_again_too() {
    const HELPER: &str = "import websockets\n\n\nasync def dial(url):\n    return await websockets.connect(url)\n";
    const CALLER: &str = "import asyncio\nfrom helper import dial\n\n\nasync def test_it():\n    async with asyncio.timeout(5):\n        await dial(\"ws://x\")\n";
    let sandbox = Sandbox::with(&[
        (
            "pyproject.toml",
            "[project]\nname = \"x\"\nrequires-python = \">=3.12\"\n",
        ),
        ("helper.py", HELPER),
        ("test_b.py", CALLER),
        ("other.py", UNUSED),
    ]);
    let watching = Watching::start(&sandbox, "--output-format concise --strict");
    let before = watching.report();
    assert!(!before.concat().contains("WS102"), "{before:?}");
    sandbox.write("test_b.py", CALLER.replace("asyncio.timeout(5)", "open_it()"));
    let report = watching.next_report();
    assert!(report.concat().contains("helper.py:5:18: WS102"), "{report:?}");
    assert!(
        report.concat().contains("other.py:1:8: WS002"),
        "what was found before is told as well: {report:?}"
    );
    // As editors write: a new file takes the place of the old one.
    sandbox.write("test_b.py.tmp", CALLER);
    std::fs::rename(sandbox.path("test_b.py.tmp"), sandbox.path("test_b.py")).unwrap();
    assert_eq!(watching.next_report(), before);
    // Nothing of it was worth a look before.
    sandbox.write("plain.py", "x = 1\n");
    watching.next_report();
    sandbox.write("plain.py", UNUSED);
    let report = watching.next_report();
    assert!(report.concat().contains("plain.py:1:8: WS002"), "{report:?}");
    watching.interrupt();
}

#[test]
fn what_no_run_looks_at_starts_none() {
    let sandbox = Sandbox::with(&[("a.py", CLEAN), (".gitignore", "out/\n"), ("out/x.py", UNUSED)]);
    sandbox.git("init -q");
    let watching = Watching::start(&sandbox, "--output-format concise --output-format json=report.toml");
    assert_eq!(watching.report(), [CLEAN_REPORT]);
    sandbox.write("out/x.py", CLEAN);
    sandbox.write("notes.txt", "x");
    sandbox.write(".git/config.toml", "x");
    sandbox.read("a.py");
    watching.is_silent();
    sandbox.write("a.py", format!("{CLEAN}{CLEAN}"));
    assert_eq!(watching.next_report(), [CLEAN_REPORT]);
    watching.interrupt();
}

#[test]
fn the_configuration_is_read_again() {
    let sandbox = Sandbox::with(&[("src/a.py", UNUSED)]);
    let watching = Watching::start(&sandbox, "--output-format concise src");
    assert_eq!(watching.report().len(), 2);
    sandbox.write("ws-lint.toml", "ignore = [\"WS002\"]\n");
    assert_eq!(watching.next_report(), [CLEAN_REPORT]);
    sandbox.write("ws-lint.toml", "ignores = []\n");
    let said = watching.stderr.recv_timeout(PATIENCE).unwrap();
    assert!(said.contains("ws-lint.toml") && said.contains("ignores"), "{said}");
    watching.waits();
    sandbox.write("ws-lint.toml", "");
    assert_eq!(watching.next_report().len(), 2);
    watching.interrupt();
}

#[test]
fn fixing_ends() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let watching = Watching::start(&sandbox, "--fix --output-format concise");
    let fixed = "Fixed 1 finding; all good: no findings left in 1 file";
    assert_eq!(watching.report(), [fixed, CLEAN_REPORT]);
    watching.is_silent();
    sandbox.write("a.py", format!("{UNUSED}{UNUSED}"));
    let report = watching.next_report();
    assert_eq!(report.last().map(String::as_str), Some(CLEAN_REPORT), "{report:?}");
    assert_eq!(sandbox.read("a.py"), format!("{UNUSED_FIXED}{UNUSED_FIXED}"));
    watching.is_silent();
    watching.interrupt();
}

#[test]
fn a_changed_diff_and_a_changed_baseline_count() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("pr.diff", "")]);
    let watching = Watching::start(&sandbox, "--output-format concise --diff-file pr.diff");
    assert_eq!(
        watching.report(),
        ["All good: no findings in 1 file; 1 on unchanged lines"]
    );
    sandbox.write("pr.diff", format!("--- a.py\n+++ a.py\n@@ -0,0 +1 @@\n+{UNUSED}"));
    assert_eq!(watching.next_report().len(), 2);
    watching.interrupt();
}

#[test]
fn what_cannot_be_watched_is_2() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let message =
        "error: `--watch` watches files, and standard input is none: name paths, and a file for `--diff-file`\n";
    sandbox.run("--watch -").expect(2, "", message);
    sandbox.run("--watch --stdin-filename a.py").expect(2, "", message);
    sandbox.run("--watch --diff-file -").expect(2, "", message);
    sandbox
        .run("--watch --explain WS101 --color never")
        .code
        .filter(|code| *code == 2)
        .unwrap();
}

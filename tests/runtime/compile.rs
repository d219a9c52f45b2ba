//! Connects in every shape in a workspace with the real crates: as written and as ws-lint fixes them, both compile, and
//! both do the same against a peer that answers and one that refuses; a silent peer only holds what was not fixed. And
//! waits, which end once they are fixed.
//!
//! The sources are in `crates/`. They are built in `target/runtime/rust/`, whose own `target/` keeps the dependencies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the fixtures say of the fixes of waits, and the test of the package `hangs` that it becomes.
const FIXTURES: [(&str, &str); 2] = [
    ("WS201-receive-without-deadline/forms.fixed.rs", "receives.rs"),
    ("WS202-blocking-call-in-async/found.fixed.rs", "blocking_calls.rs"),
];

/// One test for connects and waits: most of its time goes into what both depend on.
#[test]
#[ignore = "builds a workspace with crates of the registry"]
fn fixed_connects_and_waits_compile_and_behave() {
    let workspace = Workspace::set_up();
    workspace.fix_connects();
    workspace.fix_waits();
    // The fixtures compile; their peers are nowhere, so that they are not run.
    workspace.test(&["--no-run"]);
    // `before` and `after` have no tests of their own, and are still built with the same features.
    workspace.test(&[
        "--exclude",
        "before",
        "--exclude",
        "after",
        "--lib",
        "--test",
        "before_and_after",
        "--test",
        "limits",
        "--test",
        "retries",
        "--test",
        "without_harness",
    ]);
}

struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// The workspace with what is to be fixed as it was written.
    fn set_up() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sources = root.join("tests/runtime/crates");
        let folder = root.join("target/runtime/rust");
        for package in ["before", "after", "hangs"] {
            let package_folder = folder.join(package);
            if package_folder.exists() {
                fs::remove_dir_all(&package_folder).expect("the last run's copy goes");
            }
        }
        for package in ["before", "after"] {
            let package_folder = folder.join(package);
            copy(&sources.join("shapes"), &package_folder);
            // The same shapes as library code and as test code.
            let both = package_folder.join("src/both");
            for kind in ["library", "in_tests"] {
                copy(&both, &package_folder.join("src").join(kind));
            }
            fs::remove_dir_all(&both).expect("the copy goes");
            let manifest = package_folder.join("Cargo.toml");
            let text = read(&manifest).replace("name = \"before\"", &format!("name = \"{package}\""));
            fs::write(manifest, text).expect("the manifest can be written");
        }
        copy(&sources.join("peers"), &folder.join("peers"));
        copy(&sources.join("hangs"), &folder.join("hangs"));
        copy(&sources.join("limits"), &folder.join("limits"));
        let shapes = folder.join("hangs/src/shapes.rs");
        fs::copy(&shapes, shapes.with_file_name("before.rs")).expect("the file can be copied");
        fs::rename(&shapes, shapes.with_file_name("after.rs")).expect("the file can be renamed");
        let tests = folder.join("hangs/tests");
        fs::create_dir(&tests).expect("the folder can be made");
        for (fixture, test) in FIXTURES {
            fs::copy(root.join("fixtures/rust").join(fixture), tests.join(test)).expect("the fixture can be copied");
        }
        for file in ["Cargo.toml", "Cargo.lock", "ws-lint.toml"] {
            fs::copy(sources.join(file), folder.join(file)).expect("the file can be copied");
        }
        Self { folder }
    }

    /// Lets ws-lint fix `after`. Nothing may be left to report: what is not fixed proves nothing.
    fn fix_connects(&self) {
        let shapes = self.ws_lint("before", &[]);
        let found = lines(&shapes, ": WS10").count();
        assert!(found > 100, "{}", said(&shapes));
        let fixed = self.ws_lint("after", &["--fix", "--unsafe-fixes"]);
        assert_eq!(fixed.status.code(), Some(0), "{}", said(&fixed));
        let again = self.ws_lint("after", &[]);
        assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    }

    /// Lets ws-lint fix what waits in `hangs`.
    fn fix_waits(&self) {
        let fixed = self.ws_lint("hangs/src/after.rs", &["--fix", "--unsafe-fixes"]);
        assert_eq!(fixed.status.code(), Some(0), "{}", said(&fixed));
    }

    fn ws_lint(&self, path: &str, flags: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ws-lint"))
            .args(["--strict", "--output-format", "concise"])
            .args(flags)
            .arg(path)
            .current_dir(&self.folder)
            .output()
            .expect("ws-lint runs")
    }

    /// `cargo test` of the packages and targets that `arguments` leave.
    fn test(&self, arguments: &[&str]) {
        let output = Command::new(env!("CARGO"))
            .args(["test", "--workspace", "--locked"])
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            // anyhow's errors and panics have the lines of the source in their backtraces, which differ.
            .env("RUST_BACKTRACE", "0")
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", said(&output));
    }
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the entry can be read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("the type is known").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::write(target, read(&entry.path())).expect("the file can be written");
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn lines<'o>(output: &'o Output, with: &'o str) -> impl Iterator<Item = &'o str> {
    let text = std::str::from_utf8(&output.stdout).expect("ws-lint writes UTF-8");
    text.lines().filter(move |line| line.contains(with))
}

fn said(output: &Output) -> String {
    format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

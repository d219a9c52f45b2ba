//! What lies under the name of a file and is none: pipes, sockets, devices, folders, and files of gigabytes.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use crate::bounded;
use crate::sandbox::{Ran, Sandbox};

/// A connect that waits for ever.
const SOURCE: &str = "import websocket\nws = websocket.create_connection(\"ws://localhost:1\")\n";

/// What is read for what it says of the project around a source.
const MANIFESTS: [&str; 19] = [
    "setup.cfg",
    "setup.py",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "Pipfile",
    "Pipfile.lock",
    "Dockerfile",
    "manifest.json",
    "requirements.txt",
    "requirements/dev.txt",
    ".python-version",
    "environment.yml",
    "tox.ini",
    "tox.toml",
    "pytest.ini",
    ".pytest.ini",
    "conftest.py",
];

const CONFIGURATIONS: [&str; 4] = [".ws-lint.toml", "ws-lint.toml", "pyproject.toml", "Cargo.toml"];

type Shape = (&'static str, fn(&Path));

/// What may lie there, and what is said of it.
const SHAPES: [Shape; 5] = [
    ("a named pipe, not a plain file", |path| {
        let made = Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    }),
    ("a socket, not a plain file", |path| {
        // Names of sockets are short; the file stays when the listener goes.
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        drop(UnixListener::bind(folder.path().join("s")).unwrap());
        fs::rename(folder.path().join("s"), path).unwrap();
    }),
    ("a device, not a plain file", |path| symlink("/dev/zero", path).unwrap()),
    ("a folder, not a plain file", |path| fs::create_dir(path).unwrap()),
    ("larger than ", |path| {
        File::create(path).unwrap().set_len(10 << 30).unwrap()
    }),
];

fn tree(name: &str, make: fn(&Path)) -> Sandbox {
    let sandbox = Sandbox::with(&[("a.py", SOURCE)]);
    let path = sandbox.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    make(&path);
    sandbox
}

fn report(sandbox: &Sandbox) -> Ran {
    bounded::run(&sandbox.path(""), &["--output-format", "concise", "."])
}

#[test]
fn manifests_are_passed_over_with_a_warning() {
    for name in MANIFESTS {
        for (what, make) in SHAPES {
            let sandbox = tree(name, make);
            let ran = report(&sandbox);
            assert_eq!(ran.paths(), ["a.py"], "{name}: {what}: {}", ran.stderr);
            let line = format!("warning: {name}: {what}");
            // As a source, or a manifest that is checked, it is looked at for its own sake too.
            let is_checked =
                ["setup.cfg", "setup.py", "conftest.py"].contains(&name) || name.starts_with("requirements");
            let code = match what.starts_with("larger") && is_checked {
                true => 2,
                false => 1,
            };
            assert_eq!(ran.code, Some(code), "{name}: {what}: {}", ran.stderr);
            // What a file for pip leads to outside of the project is not asked for.
            let told = usize::from(!(name.starts_with("requirements") && what.starts_with("a device")));
            assert_eq!(
                ran.stderr.matches(&line).count(),
                told,
                "{name}: {what}: {}",
                ran.stderr
            );
        }
    }
}

#[test]
fn the_lock_file_of_a_workspace_is_passed_over_too() {
    for (what, make) in SHAPES {
        let sandbox = tree("uv.lock", make);
        sandbox.write("pyproject.toml", "[tool.uv.workspace]\nmembers = ['m']\n");
        sandbox.write("m/pyproject.toml", "[project]\nname = 'm'\nversion = '1'\n");
        sandbox.write("m/b.py", SOURCE);
        let ran = report(&sandbox);
        assert_eq!((ran.code, ran.paths()), (Some(1), vec!["a.py", "m/b.py"]), "{what}");
        assert!(ran.stderr.contains(&format!("uv.lock: {what}")), "{}", ran.stderr);
    }
}

#[test]
fn crates_have_such_files_too() {
    let source = "fn f() { let _ = tungstenite::connect(\"ws://localhost\"); }\n";
    for name in ["Cargo.lock", ".config/nextest.toml"] {
        for (what, make) in SHAPES {
            let sandbox = tree(name, make);
            sandbox.write(
                "Cargo.toml",
                "[package]\nname = 'a'\n[dependencies]\ntungstenite = '0.21'\n",
            );
            sandbox.write("src/lib.rs", source);
            let ran = report(&sandbox);
            assert!(ran.paths().contains(&"src/lib.rs"), "{name}: {what}: {ran:?}");
            assert!(
                ran.stderr.contains(&format!("warning: {name}: {what}")),
                "{}",
                ran.stderr
            );
        }
    }
}

#[test]
fn a_configuration_that_is_none_ends_with_2_and_nothing_is_written() {
    for name in CONFIGURATIONS {
        for (what, make) in SHAPES {
            let sandbox = tree(&format!("sub/{name}"), make);
            sandbox.write("sub/b.py", "x = 1  # ws-lint: ignore[WS101]\n");
            let ran = bounded::run(&sandbox.path(""), &["--fix", "--output-format", "concise", "."]);
            assert_eq!((ran.code, ran.paths()), (Some(2), vec!["a.py"]), "{name}: {what}");
            let line = format!("error: sub/{name}: cannot be read: {what}");
            assert_eq!(ran.stderr.matches(&line).count(), 1, "{name}: {what}: {}", ran.stderr);
            assert_eq!(sandbox.read("sub/b.py"), "x = 1  # ws-lint: ignore[WS101]\n");
        }
    }
}

#[test]
fn a_named_configuration_is_none_either() {
    for (what, make) in SHAPES {
        let sandbox = tree("c.toml", make);
        bounded::run(&sandbox.path(""), &["--config", "c.toml", "."])
            .expect_error(&format!("c.toml: cannot be read: {what}"));
        sandbox.write("ws-lint.toml", "extend = 'c.toml'\n");
        bounded::run(&sandbox.path(""), &["."])
            .expect_error(&format!("ws-lint.toml:1:10: `extend = \"c.toml\"`: {what}"));
    }
}

#[test]
fn a_source_that_is_too_long_is_an_error() {
    for name in ["b.py", "b.rs", "script", "requirements.in"] {
        let sandbox = tree(name, |path| File::create(path).unwrap().set_len(10 << 30).unwrap());
        let ran = report(&sandbox);
        assert_eq!(ran.paths(), ["a.py"]);
        // Without an ending it would have to say in its first line that it is one.
        let (code, line) = match name {
            "script" => (1, ""),
            _ => (2, "larger than 128 MiB"),
        };
        assert_eq!(ran.code, Some(code), "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains(line), "{name}: {}", ran.stderr);
    }
}

#[test]
fn what_is_named_is_told() {
    for (what, make) in SHAPES {
        let sandbox = tree("f", make);
        for option in ["--baseline", "--diff-file", "--write-baseline"] {
            let ran = bounded::run(&sandbox.path(""), &[option, "f", "a.py"]);
            ran.expect_error(&format!("cannot be read: {what}"));
        }
        let posted = [
            "--output-format",
            "github-review",
            "--diff-file",
            "d",
            "--review-posted",
            "f",
            "a.py",
        ];
        sandbox.write("d", "");
        bounded::run(&sandbox.path(""), &posted).expect_error(&format!("f cannot be read: {what}"));
    }
}

#[test]
fn a_tag_that_is_none_marks_nothing() {
    for (what, make) in SHAPES {
        let sandbox = tree("CACHEDIR.TAG", make);
        let ran = report(&sandbox);
        assert_eq!(
            (ran.code, ran.paths()),
            (Some(1), vec!["a.py"]),
            "{what}: {}",
            ran.stderr
        );
    }
}

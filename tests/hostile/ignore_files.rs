//! What lies under the names that the walk itself reads: ignore files, those of git too, and what says where they are.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::bounded;
use crate::sandbox::Sandbox;

const UNUSED: &str = "x = 1  # ws-lint: ignore[WS101]\n";

fn pipe(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn endless(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    symlink("/dev/zero", path).unwrap();
}

fn huge(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().set_len(10 << 30).unwrap();
}

const SHAPES: [(&str, fn(&Path)); 3] = [
    ("a named pipe, not a plain file", pipe),
    ("a device, not a plain file", endless),
    ("larger than 4 MiB", huge),
];

#[test]
fn what_may_be_ignored_is_reported_and_not_written() {
    for name in [".ignore", ".gitignore", ".git/info/exclude"] {
        for (what, make) in SHAPES {
            let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b/a.py", UNUSED)]);
            make(&sandbox.path("b").join(name));
            let arguments = ["--fix", "--output-format", "concise", "."];
            let ran = bounded::run(&sandbox.path(""), &arguments);
            assert_eq!(
                (ran.code, ran.paths()),
                (Some(2), vec!["b/a.py"]),
                "{name}: {what}: {ran:?}"
            );
            let failure = format!("error: b/{name}: cannot be read: {what}\n");
            let held = format!(
                "error: `b/a.py` is not written, because it may be ignored: b/{name}: cannot be read: {what}\n"
            );
            assert_eq!(ran.stderr, format!("{failure}{held}"), "{name}: {what}");
            assert_eq!(
                (sandbox.read("a.py").as_str(), sandbox.read("b/a.py").as_str()),
                ("x = 1\n", UNUSED)
            );
        }
    }
}

#[test]
fn a_git_folder_is_no_file() {
    for (what, make) in SHAPES {
        let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
        make(&sandbox.path(".git"));
        let ran = bounded::run(&sandbox.path(""), &["--output-format", "concise", "."]);
        assert_eq!((ran.code, ran.paths()), (Some(1), vec!["a.py"]), "{what}: {ran:?}");
    }
}

#[test]
fn what_git_is_told_for_all_repositories_is_read_the_same_way() {
    for (what, make) in SHAPES {
        for name in [".gitconfig", ".config/git/config", ".config/git/ignore"] {
            let sandbox = Sandbox::with(&[("tree/a.py", UNUSED)]);
            make(&sandbox.path("home").join(name));
            let mut command = Command::new(env!("CARGO_BIN_EXE_ws-lint"));
            command
                .args(["--output-format", "concise"])
                .current_dir(sandbox.path("tree"))
                .env("HOME", sandbox.path("home"))
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env_remove("XDG_CONFIG_HOME")
                .env_remove("GIT_CONFIG_GLOBAL");
            let ran = bounded::finish(command);
            assert_eq!(
                (ran.code, ran.paths()),
                (Some(2), vec!["a.py"]),
                "{name}: {what}: {ran:?}"
            );
            assert!(
                ran.stderr.contains(&format!("{name}: cannot be read: {what}")),
                "{}",
                ran.stderr
            );
        }
    }
}

#[test]
fn ignore_files_hold_as_ever() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("b.py", UNUSED),
        ("c/d.py", UNUSED),
        ("c/e.py", UNUSED),
        ("c/.f.py", UNUSED),
        ("c/.g.py", UNUSED),
        ("h/i.py", UNUSED),
        ("j/k.py", UNUSED),
        ("l.py", UNUSED),
        (
            ".gitignore",
            "\u{feff}b.py\n/c/*.py\n!/c/e.py\nh/\n[broken\n# no\nl.py\n",
        ),
        ("c/.gitignore", "!.f.py\n"),
        (".ignore", "!l.py\n"),
        (".git/info/exclude", "k.py\n"),
    ]);
    let paths = |folder: &str| {
        let ran = bounded::run(&sandbox.path(folder), &["--output-format", "concise", "."]);
        ran.paths().iter().map(|path| (*path).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(paths(""), ["a.py", "c/.f.py", "c/e.py", "l.py"]);
    // What lies above holds, and the folder itself was asked for.
    assert_eq!(paths("c"), [".f.py", "e.py"]);
    assert_eq!(paths("h"), ["i.py"]);
    assert_eq!(paths("j"), [""; 0]);
    let by_name = bounded::run(
        &sandbox.path("j"),
        &["--output-format", "concise", "../c", "./../j", "k.py"],
    );
    assert_eq!(by_name.paths(), ["../c/.f.py", "../c/e.py", "k.py"]);
}

#[test]
fn a_second_working_tree_has_the_excludes_of_the_first() {
    let sandbox = Sandbox::with(&[("main/a.py", UNUSED), ("main/b.py", UNUSED)]);
    let main = sandbox.path("main");
    crate::sandbox::git_in(&main, &["init", "-q"]);
    crate::sandbox::git_in(&main, &["add", "."]);
    crate::sandbox::git_in(&main, &["commit", "-qm", "x"]);
    crate::sandbox::git_in(&main, &["worktree", "add", "-q", "../second"]);
    fs::create_dir_all(main.join(".git/info")).unwrap();
    fs::write(main.join(".git/info/exclude"), "b.py\n").unwrap();
    let ran = bounded::run(&sandbox.path("second"), &["--output-format", "concise"]);
    assert_eq!(ran.paths(), ["a.py"], "{ran:?}");
}

//! What may not be written.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;

use super::{fixed, module, names};
use crate::sandbox::{Ran, Sandbox};

/// Someone who is not root, whom the modes of files bind.
const NOBODY: u32 = 65_534;

/// Runs `ws-lint --fix` as the one who made the sandbox, or as nobody where that is root. The program is copied to where
/// nobody can reach it.
fn fix(sandbox: &Sandbox) -> Ran {
    let program = Sandbox::new();
    fs::copy(env!("CARGO_BIN_EXE_ws-lint"), program.path("ws-lint")).unwrap();
    fs::set_permissions(program.path(""), Permissions::from_mode(0o755)).unwrap();
    let mut command = std::process::Command::new(program.path("ws-lint"));
    command
        .args(["--fix", "--target-version", "3.11", "--output-format", "concise"])
        .current_dir(sandbox.path(""));
    if is_root(sandbox) {
        command.uid(NOBODY).gid(NOBODY);
    }
    Ran::new(&command.output().unwrap())
}

fn is_root(sandbox: &Sandbox) -> bool {
    fs::metadata(sandbox.path("")).unwrap().uid() == 0
}

/// Gives the file to whom the program will run as, and the folder (which stays whose it is) this mode.
fn hand_over(sandbox: &Sandbox, file: u32, folder: u32) {
    if is_root(sandbox) {
        chown(sandbox.path("a.py"), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    fs::set_permissions(sandbox.path("a.py"), Permissions::from_mode(file)).unwrap();
    fs::set_permissions(sandbox.path(""), Permissions::from_mode(folder)).unwrap();
}

#[test]
fn in_a_read_only_folder_the_file_stays_as_it_is() {
    let text = module("a.py", "");
    let sandbox = Sandbox::with(&[("a.py", &text)]);
    hand_over(&sandbox, 0o644, 0o555);
    let ran = fix(&sandbox);
    fs::set_permissions(sandbox.path(""), Permissions::from_mode(0o755)).unwrap();
    let folder = fs::canonicalize(sandbox.path("")).unwrap();
    let message = format!(
        "error: `a.py` cannot be written, because no file can be made in `{}`: Permission denied (os error 13)",
        folder.display()
    );
    assert!(ran.stderr.starts_with(&message), "{}", ran.stderr);
    assert_eq!((ran.code, ran.paths()), (Some(2), vec!["a.py"]));
    assert_eq!(sandbox.read("a.py"), text);
}

#[test]
fn a_read_only_file_stays_as_it_is_where_its_folder_can_be_written() {
    let text = module("a.py", "");
    let sandbox = Sandbox::with(&[("a.py", &text)]);
    hand_over(&sandbox, 0o444, 0o777);
    let ran = fix(&sandbox);
    assert_eq!(
        ran.stderr,
        "error: `a.py` is read-only: make it writable, or apply the output of --diff elsewhere\n"
    );
    assert_eq!((ran.code, ran.paths()), (Some(2), vec!["a.py"]));
    assert_eq!(sandbox.read("a.py"), text);
    assert_eq!(names(&sandbox), (vec![], vec!["a.py".to_owned()]));
}

#[test]
fn what_may_be_written_is_written() {
    let text = module("a.py", "");
    let sandbox = Sandbox::with(&[("a.py", &text)]);
    hand_over(&sandbox, 0o640, 0o777);
    let ran = fix(&sandbox);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let mode = fs::metadata(sandbox.path("a.py")).unwrap().mode() & 0o777;
    assert_eq!(mode, 0o640);
    fs::set_permissions(sandbox.path("a.py"), Permissions::from_mode(0o644)).unwrap();
    assert_eq!(sandbox.read("a.py"), fixed(&text, ""));
}

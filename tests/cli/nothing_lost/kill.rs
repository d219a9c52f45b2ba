//! `kill -9` at any moment.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::{fixed, module, names};
use crate::sandbox::Sandbox;

const FILES: usize = 600;

/// After how many written files each run is killed, and how many microseconds later.
const KILLS: [(usize, u64); 9] = [
    (0, 0),
    (0, 20_000),
    (1, 0),
    (50, 130),
    (120, 1_700),
    (210, 350),
    (300, 910),
    (390, 40),
    (510, 2_300),
];

#[test]
fn a_kill_leaves_each_file_old_or_new_and_the_next_run_does_the_rest() {
    let sandbox = Sandbox::new();
    let old = module("NAME", "");
    let new = fixed(&old, "");
    for index in 0..FILES {
        sandbox.write(&name(index), old.replace("NAME", &name(index)));
    }
    sandbox.write(".ws-lint-Ab12Cd.tmp", "import websockets\nhalf a li(");
    assert!(new.len() > old.len());
    let mut midway = 0;
    for (files, microseconds) in KILLS {
        let mut run = sandbox
            .command()
            .arg("--fix-only")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        loop {
            let has_ended = run.try_wait().unwrap().is_some();
            if longer(&sandbox, old.len()) >= files {
                break;
            }
            assert!(!has_ended, "the run ended before {files} files were written");
        }
        thread::sleep(Duration::from_micros(microseconds));
        run.kill().unwrap();
        let killed = run.wait().unwrap().code().is_none();
        midway += usize::from(killed && (1..FILES).contains(&written(&sandbox, &old, &new)));
        let (temporary, others) = names(&sandbox);
        assert_eq!(others.len(), FILES, "{temporary:?}");
    }
    assert!(midway >= 2, "only {midway} runs were killed while they wrote");
    let last = sandbox.run("--fix --target-version 3.11");
    assert_eq!((last.code, last.stderr.as_str()), (Some(0), ""), "{}", last.stdout);
    assert_eq!(written(&sandbox, &old, &new), FILES);
    assert_eq!(
        names(&sandbox).0,
        [""; 0],
        "what the killed runs left was not taken away"
    );
}

#[test]
fn what_a_killed_run_left_is_never_looked_at() {
    let sandbox = Sandbox::with(&[("a.py", "import websockets\n")]);
    sandbox.write(
        ".ws-lint-Ab12Cd.tmp",
        "#!/usr/bin/env python3\nimport websockets\nhalf a li(",
    );
    let ran = sandbox.run("--output-format concise");
    ran.expect(0, "All good: no findings in 1 file\n", "");
}

fn name(index: usize) -> String {
    format!("f{index:04}.py")
}

/// How many files are longer than the old text: how far a run has come, told without reading them.
fn longer(sandbox: &Sandbox, old: usize) -> usize {
    let length = |name: &String| fs::metadata(sandbox.path(name)).unwrap().len();
    let renamed = old - "NAME".len() + name(0).len();
    (0..FILES)
        .map(name)
        .filter(|name| length(name) > renamed as u64)
        .count()
}

/// How many files have the new text.
#[track_caller]
fn written(sandbox: &Sandbox, old: &str, new: &str) -> usize {
    let is_written = |name: &String| {
        let text = sandbox.read(name);
        if text == old.replace("NAME", name) {
            return false;
        }
        assert!(
            text == new.replace("NAME", name),
            "{name} is neither old nor new:\n{text}"
        );
        true
    };
    (0..FILES).map(name).filter(is_written).count()
}

//! Someone else who writes the same files at the same time.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::Stdio;

use super::{fixed, module, names};
use crate::sandbox::{Ran, Sandbox};

/// The kernel tells how much the process has read, so the file is changed right after ws-lint has read it. To find and
/// to check this many fixes takes much longer than to append a line.
#[cfg(target_os = "linux")]
#[test]
fn what_another_program_wrote_since_the_file_was_read_is_kept() {
    let text = "import websockets\n".to_owned()
        + &(0..1_500)
            .map(|index| format!("async def f{index}():\n    return await websockets.connect('x', open_timeout=5)\n"))
            .collect::<String>();
    let sandbox = Sandbox::with(&[("a.py", &text)]);
    let run = sandbox
        .command()
        .args(["--fix-only", "a.py"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let counters = format!("/proc/{}/io", run.id());
    let has_read = |bytes: usize| {
        let counters = std::fs::read_to_string(&counters).unwrap();
        let read = counters.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap();
        read.parse::<usize>().unwrap() > bytes
    };
    while !has_read(text.len()) {}
    let mut file = OpenOptions::new().append(true).open(sandbox.path("a.py")).unwrap();
    file.write_all(b"important = 1\n").unwrap();
    drop(file);
    let ran = Ran::new(&run.wait_with_output().unwrap());
    assert_eq!(sandbox.read("a.py"), text + "important = 1\n");
    let message = "error: `a.py` was changed by another program while it was being fixed: run ws-lint again\n";
    assert!(ran.stderr.starts_with(message), "{}", ran.stderr);
    assert_eq!(ran.code, Some(2));
    assert_eq!(names(&sandbox), (vec![], vec!["a.py".to_owned()]));
}

const FILES: usize = 300;

fn name(index: usize) -> String {
    format!("f{index:04}.py")
}

fn many(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    for index in 0..FILES {
        sandbox.write(&name(index), text);
    }
    sandbox
}

/// Runs ws-lint twice at once.
fn twice(sandbox: &Sandbox, flags: [&str; 2]) -> [Ran; 2] {
    let start = |flags: &str| {
        let mut command = sandbox.command();
        command
            .args(flags.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    flags.map(start).map(|run| Ran::new(&run.wait_with_output().unwrap()))
}

#[test]
fn two_runs_that_do_the_same_are_not_in_each_others_way() {
    let text = module("a.py", "");
    let sandbox = many(&text);
    let new = fixed(&text, "");
    for ran in twice(&sandbox, ["--fix --quiet", "--fix --quiet"]) {
        ran.expect(0, "", "");
    }
    assert!((0..FILES).all(|index| sandbox.read(&name(index)) == new));
    assert_eq!(names(&sandbox).0, [""; 0]);
}

#[test]
fn of_two_runs_that_want_different_things_each_file_has_what_one_of_them_wants() {
    let text = module("a.py", "  # not too long") + crate::sandbox::UNUSED;
    let sandbox = many(&text);
    let (safe, all) = (fixed(&text, ""), fixed(&text, "--unsafe-fixes"));
    assert_ne!(safe, all);
    for ran in twice(&sandbox, ["--fix-only --quiet", "--fix-only --quiet --unsafe-fixes"]) {
        let lines: Vec<_> = ran.stderr.lines().collect();
        assert_eq!(ran.code, Some(if lines.is_empty() { 0 } else { 2 }), "{lines:?}");
        let is_told =
            |line: &&str| line.ends_with("was changed by another program while it was being fixed: run ws-lint again");
        assert!(lines.iter().all(is_told), "{lines:?}");
    }
    for index in 0..FILES {
        let text = sandbox.read(&name(index));
        assert!(text == safe || text == all, "{text}");
    }
    assert_eq!(names(&sandbox).0, [""; 0]);
    assert_eq!(sandbox.run("--fix-only --quiet --unsafe-fixes").code, Some(0));
    assert!((0..FILES).all(|index| sandbox.read(&name(index)) == all));
}

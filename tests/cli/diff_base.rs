//! `--diff-base`: only what changed since a commit, asked of real repositories.

use std::fs;
use std::path::Path;

use crate::sandbox::{CLEAN, Ran, Sandbox, UNUSED, UNUSED_FIXED, command_in, git_in};

const CONCISE: &str = "--output-format concise --diff-base";

/// A repository whose only commit on `main` has these files.
pub(crate) fn repository(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::with(files);
    sandbox.git("init -q -b main");
    sandbox.git("add -A");
    sandbox.git("commit -q -m base");
    sandbox
}

/// `path:line` of what is found.
pub(crate) fn found(ran: &Ran) -> Vec<String> {
    let lines = ran.stdout.lines().filter(|line| line.contains(": WS"));
    lines
        .map(|line| line.splitn(3, ':').take(2).collect::<Vec<_>>().join(":"))
        .collect()
}

#[test]
fn only_changed_lines_count_staged_or_not_committed_or_not() {
    let sandbox = repository(&[("src/a.py", UNUSED), ("b.py", UNUSED)]);
    sandbox
        .run(&format!("{CONCISE} main"))
        .expect(0, "All good: no findings in 2 files; 2 on unchanged lines\n", "");
    sandbox.write("src/a.py", format!("{UNUSED}y = 2\nz = 3  # ws-lint: ignore[WS102]\n"));
    sandbox.write("untracked.py", UNUSED);
    let expected = ["src/a.py:3", "untracked.py:1"];
    for step in ["status -s", "add -A", "commit -q -m more"] {
        sandbox.git("checkout -q -B topic");
        sandbox.git(step);
        let ran = sandbox.run(&format!("{CONCISE} main"));
        assert_eq!(
            (ran.code, found(&ran)),
            (Some(1), expected.map(str::to_owned).to_vec()),
            "{step}"
        );
    }
    let below = command_in(&sandbox.path("src"))
        .args(format!("{CONCISE} main").split(' '))
        .output()
        .unwrap();
    assert_eq!(found(&Ran::new(&below)), ["a.py:3"]);
}

#[test]
fn what_others_did_since_the_branch_was_made_does_not_count() {
    let sandbox = repository(&[("a.py", &format!("{UNUSED}old = 1\n")), ("b.py", CLEAN)]);
    sandbox.git("checkout -q -b topic");
    sandbox.write("b.py", UNUSED);
    sandbox.git("commit -q -a -m topic");
    sandbox.git("checkout -q main");
    sandbox.write("a.py", "new = 1\n");
    sandbox.git("commit -q -a -m main");
    sandbox.git("checkout -q topic");
    assert_eq!(found(&sandbox.run(&format!("{CONCISE} main"))), ["b.py:1"]);
}

#[test]
fn a_renamed_file_is_not_new() {
    let many: String = (0..30).map(|index| format!("x{index} = 1\n")).collect();
    let sandbox = repository(&[("old name.py", &format!("{many}{UNUSED}"))]);
    sandbox.git("checkout -q -b topic");
    fs::create_dir(sandbox.path("é")).unwrap();
    fs::rename(sandbox.path("old name.py"), sandbox.path("é/new\"name.py")).unwrap();
    sandbox.write("é/new\"name.py", format!("{UNUSED}{many}{UNUSED}"));
    sandbox.git("add -A");
    let ran = sandbox.run(&format!("{CONCISE} main"));
    assert_eq!(found(&ran), ["é/new\"name.py:1"]);
}

#[test]
fn only_changed_lines_are_fixed_and_a_second_run_changes_nothing() {
    let sandbox = repository(&[("a.py", UNUSED)]);
    sandbox.write(
        "a.py",
        format!("{UNUSED}{UNUSED}")
            .replace("x = 1", "y = 1")
            .replacen('y', "x", 1),
    );
    for _ in 0..2 {
        assert_eq!(sandbox.run("--diff-base HEAD --fix").code, Some(0));
        assert_eq!(
            sandbox.read("a.py"),
            format!("{UNUSED}{}", UNUSED_FIXED.replace('x', "y"))
        );
    }
}

#[test]
fn standard_input_is_compared_by_its_name() {
    let sandbox = repository(&[("a.py", UNUSED)]);
    let piped = |text: &str| {
        sandbox
            .pipe(&format!("{CONCISE} HEAD --stdin-filename a.py -"), text)
            .code
    };
    assert_eq!(piped(UNUSED), Some(0));
    assert_eq!(piped(&UNUSED.replace('x', "y")), Some(1));
}

#[test]
fn a_base_that_does_not_exist_is_2() {
    let sandbox = repository(&[("a.py", UNUSED)]);
    for base in ["nowhere", "main..nowhere", "--output=x", "", "main:a.py"] {
        sandbox.run_with(&[&format!("--diff-base={base}"), "--fix"]).expect(
            2,
            "",
            &format!(
                "error: `--diff-base {base}`: no such commit: name a branch, a tag or a commit that `git log {base}` knows; \
                 another one's branch has to be fetched first (`git fetch origin`)\n"
            ),
        );
    }
    assert_eq!(sandbox.read("a.py"), UNUSED);
}

#[test]
fn a_folder_without_a_repository_is_2() {
    let ran = Sandbox::with(&[("a.py", UNUSED)]).run("--diff-base main");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.starts_with(
            "error: `--diff-base` needs the working folder to be in a git repository: git says: not a git repository"
        ),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_machine_without_git_is_2() {
    let sandbox = repository(&[("a.py", UNUSED)]);
    let output = sandbox
        .command()
        .args(["--diff-base", "main"])
        .env("PATH", "/nowhere")
        .output();
    Ran::new(&output.unwrap()).expect(
        2,
        "",
        "error: `--diff-base` asks `git`, which was not found: install it, or leave the flag away\n",
    );
}

#[test]
fn a_file_of_another_repository_is_2() {
    let sandbox = repository(&[("a.py", UNUSED)]);
    let other = Sandbox::with(&[("b.py", UNUSED)]);
    let path = other.path("b.py");
    let ran = sandbox.run_with(&["--diff-base", "main", path.to_str().unwrap()]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("b.py: lies outside of the repository of the working folder"),
        "{}",
        ran.stderr
    );
}

/// `main` has a commit more than the branch `topic`, both are cloned with one commit each.
fn shallow_clone(origin: &Sandbox, clone: &Path) {
    origin.git("checkout -q -b topic");
    origin.write("b.py", UNUSED);
    origin.git("add -A");
    origin.git("commit -q -m topic");
    let url = format!("file://{}", origin.path("").display());
    git_in(
        origin.path("").as_path(),
        &["clone", "-q", "--depth=1", "-b", "topic", &url, clone.to_str().unwrap()],
    );
}

#[test]
fn a_shallow_clone_is_told_what_it_lacks_and_does_what_it_can() {
    let origin = repository(&[("a.py", UNUSED)]);
    let folder = Sandbox::new();
    let clone = folder.path("clone");
    shallow_clone(&origin, &clone);
    let run = |base: &str| {
        let output = command_in(&clone).args(format!("{CONCISE} {base}").split(' ')).output();
        Ran::new(&output.unwrap())
    };
    run("origin/main").expect(
        2,
        "",
        "error: `--diff-base origin/main`: no such commit in this clone, which is shallow: fetch it (`git fetch --depth=1 \
         origin BRANCH`, then `--diff-base FETCH_HEAD`), or clone with the whole history (`fetch-depth: 0` of \
         actions/checkout)\n",
    );
    git_in(&clone, &["fetch", "-q", "--depth=1", "origin", "main"]);
    let ran = run("FETCH_HEAD");
    assert_eq!((ran.code, found(&ran)), (Some(1), vec!["b.py:1".to_owned()]));
    assert!(
        ran.stderr.starts_with(
            "warning: no commit is known where this branch left `FETCH_HEAD`, so `FETCH_HEAD` itself is compared with"
        ),
        "{}",
        ran.stderr
    );
    git_in(&clone, &["fetch", "-q", "--unshallow", "origin", "main", "topic"]);
    let ran = run("FETCH_HEAD");
    assert_eq!((ran.stderr.as_str(), ran.code), ("", Some(1)));
}

/// Everything that a repository can name to be run writes its name into `ran`.
#[cfg(unix)]
#[test]
fn nothing_of_the_repository_is_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = repository(&[("a.py", UNUSED), ("b.py", CLEAN), ("git", "")]);
    let mark = sandbox.path("ran");
    let script = |name: &str| format!("sh -c 'echo {name} >> {}; cat'", mark.display());
    for (key, name) in [
        ("core.fsmonitor", "fsmonitor"),
        ("core.pager", "pager"),
        ("diff.external", "external"),
        ("diff.x.textconv", "textconv"),
        ("diff.x.command", "command"),
        ("filter.x.clean", "clean"),
        ("filter.x.smudge", "smudge"),
        ("filter.x.process", "process"),
        ("core.sshCommand", "ssh"),
        ("core.editor", "editor"),
        ("gpg.program", "gpg"),
    ] {
        git_in(&sandbox.path(""), &["config", key, &script(name)]);
    }
    sandbox.write(".gitattributes", "* diff=x filter=x\n");
    let executable = format!("#!/bin/sh\necho \"$0\" >> {}\n", mark.display());
    for name in [
        "git",
        ".git/hooks/post-index-change",
        ".git/hooks/reference-transaction",
    ] {
        sandbox.write(name, &executable);
        fs::set_permissions(sandbox.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    sandbox.write("a.py", format!("{UNUSED}{UNUSED}"));
    sandbox.write("b.py", UNUSED);
    let ran = sandbox.run(&format!("{CONCISE} main"));
    assert_eq!(
        (ran.code, found(&ran)),
        (Some(1), vec!["a.py:2".to_owned(), "b.py:1".to_owned()])
    );
    assert_eq!(fs::read_to_string(&mark).unwrap_or_default(), "");
    // The traps do work.
    let status = std::process::Command::new("git")
        .arg("diff")
        .current_dir(sandbox.path(""))
        .output();
    assert!(status.is_ok() && mark.exists());
}

#[test]
fn a_partial_clone_fetches_nothing_and_says_so() {
    let origin = repository(&[("a.py", UNUSED)]);
    origin.git("config uploadpack.allowFilter true");
    origin.write("a.py", format!("{UNUSED}{UNUSED}"));
    origin.git("commit -q -a -m more");
    let folder = Sandbox::new();
    let clone = folder.path("clone");
    let url = format!("file://{}", origin.path("").display());
    git_in(
        &origin.path(""),
        &["clone", "-q", "--filter=blob:none", &url, clone.to_str().unwrap()],
    );
    let ran = Ran::new(&command_in(&clone).args(["--diff-base", "HEAD~"]).output().unwrap());
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("not in this clone, which is partial"),
        "{}",
        ran.stderr
    );
}

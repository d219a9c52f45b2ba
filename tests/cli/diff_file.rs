//! `--diff-file`: only what is new by a diff, which has to lead to the files as they are.

use std::process::Command;

use crate::diff_base::{found, repository};
use crate::sandbox::{CLEAN, Ran, Sandbox, UNUSED, UNUSED_FIXED};

const CONCISE: &str = "--output-format concise --diff-file";

/// Nine lines without a finding.
const NINE: &str = "a1 = 1\na2 = 2\na3 = 3\na4 = 4\na5 = 5\na6 = 6\na7 = 7\na8 = 8\na9 = 9\n";

fn git_diff(sandbox: &Sandbox, arguments: &str) -> Vec<u8> {
    let output = Command::new("git")
        .arg("diff")
        .args(arguments.split_whitespace())
        .current_dir(sandbox.path(""))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A repository with changes of every kind, not committed but staged.
fn changed() -> Sandbox {
    let sandbox = repository(&[
        ("src/a.py", &format!("{UNUSED}{NINE}")),
        ("b.py", UNUSED),
        ("old.py", &format!("{NINE}{UNUSED}")),
        ("gone.py", UNUSED),
    ]);
    sandbox.write("src/a.py", format!("{UNUSED}{NINE}y = 2  # ws-lint: ignore[WS101]\n"));
    std::fs::create_dir(sandbox.path("é")).unwrap();
    std::fs::rename(sandbox.path("old.py"), sandbox.path("é/new\"name.py")).unwrap();
    sandbox.write("é/new\"name.py", format!("{UNUSED}{NINE}{UNUSED}"));
    std::fs::remove_file(sandbox.path("gone.py")).unwrap();
    sandbox.write("new file.py", UNUSED.trim_end());
    sandbox.git("add -A");
    sandbox
}

#[test]
fn what_git_writes_narrows_as_the_base_does() {
    let sandbox = changed();
    let base = sandbox.run("--output-format concise --diff-base main");
    assert_eq!(found(&base), ["new file.py:1", "src/a.py:11", "é/new\"name.py:1"]);
    for arguments in [
        "main",
        "--no-prefix main",
        "-U0 main",
        "-c core.quotePath=false main",
        "--binary --full-index main",
        "--no-renames --src-prefix=i/ --dst-prefix=w/ main",
    ] {
        let diff = match arguments.strip_prefix("-c core.quotePath=false ") {
            Some(rest) => {
                sandbox.git("config core.quotePath false");
                git_diff(&sandbox, rest)
            }
            None => git_diff(&sandbox, arguments),
        };
        let mut expected = found(&base);
        if arguments.contains("--no-renames") {
            expected.push("é/new\"name.py:11".to_owned());
        }
        let ran = sandbox.pipe(&format!("{CONCISE} -"), &diff);
        assert_eq!(
            (ran.code, ran.stderr.as_str(), found(&ran)),
            (Some(1), "", expected),
            "{arguments}"
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &diff).unwrap();
        let from_file = sandbox.run(&format!("{CONCISE} {}", file.path().display()));
        assert_eq!(from_file, ran, "{arguments}");
    }
}

#[test]
fn paths_lead_from_the_repository_wherever_the_run_starts() {
    let sandbox = changed();
    sandbox.write("pr.diff", git_diff(&sandbox, "main"));
    let output = crate::sandbox::command_in(&sandbox.path("src"))
        .args(format!("{CONCISE} ../pr.diff").split(' '))
        .output();
    assert_eq!(found(&Ran::new(&output.unwrap())), ["a.py:11"]);
}

#[test]
fn only_new_lines_are_fixed() {
    let sandbox = repository(&[("a.py", UNUSED)]);
    sandbox.write("a.py", format!("{UNUSED}{NINE}{UNUSED}"));
    let diff = git_diff(&sandbox, "main");
    assert_eq!(sandbox.pipe("--diff-file - --fix", &diff).code, Some(0));
    assert_eq!(sandbox.read("a.py"), format!("{UNUSED}{NINE}{UNUSED_FIXED}"));
}

#[test]
fn an_empty_diff_leaves_nothing() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    sandbox
        .pipe(&format!("{CONCISE} -"), "")
        .expect(0, "All good: no findings in 1 file; 1 on unchanged lines\n", "");
}

/// Of two ways to tell what came, the diff's own counts.
#[test]
fn of_equal_lines_those_are_new_that_the_diff_says() {
    let sandbox = Sandbox::with(&[("a.py", &format!("{UNUSED}{UNUSED}"))]);
    for (diff, line) in [
        (
            format!("--- a.py\n+++ a.py\n@@ -1 +1,2 @@\n+{UNUSED} {UNUSED}"),
            "a.py:1",
        ),
        (
            format!("--- a.py\n+++ a.py\n@@ -1 +1,2 @@\n {UNUSED}+{UNUSED}"),
            "a.py:2",
        ),
    ] {
        assert_eq!(found(&sandbox.pipe(&format!("{CONCISE} -"), diff)), [line]);
    }
}

#[test]
fn a_diff_that_leads_elsewhere_is_2_and_changes_nothing() {
    let sandbox = repository(&[("a.py", &format!("{UNUSED}{NINE}")), ("b.py", CLEAN)]);
    sandbox.write("a.py", format!("{NINE}{UNUSED}"));
    let diff = git_diff(&sandbox, "main");
    let edited = format!("{NINE}edited = 1\n{UNUSED}");
    sandbox.write("a.py", &edited);
    sandbox.pipe("--diff-file - --fix --quiet", &diff).expect(
        2,
        "",
        "error: a.py: `standard input` shows another line 10: check out the commit that the diff leads to, or make the diff anew\n",
    );
    assert_eq!(sandbox.read("a.py"), edited);

    let missing = format!("--- /dev/null\n+++ b/lib/missing.py\n@@ -0,0 +1 @@\n+{UNUSED}");
    let ran = sandbox.pipe("--diff-file - --fix", missing);
    let folder = sandbox.path("").canonicalize().unwrap();
    let message = format!(
        "error: `--diff-file`: `standard input` does not lead to the files in `{}`: `lib/missing.py` is not there: check out the \
         commit that the diff leads to; its paths have to lead from that folder\n",
        folder.display()
    );
    ran.expect(2, "", &message);

    let deletes = format!("--- a/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-{UNUSED}");
    let ran = sandbox.pipe("--diff-file - --fix", deletes);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("a.py: `standard input` deletes it: check out"),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.read("a.py"), edited);
}

#[test]
fn what_is_no_diff_is_2_and_says_where() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("b.diff", "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-x\n"),
    ]);
    sandbox.run("--diff-file b.diff --fix").expect(
        2,
        "",
        "error: `--diff-file`: `b.diff` is not a unified diff: line 3: the hunk has other lines than it announces (see line 4)\n",
    );
    let ran = sandbox.pipe("--diff-file - --fix", "\u{1b}]0;title\u{7}nothing of the kind\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(
        ran.stderr
            .contains("`standard input` is not a unified diff: line 1: no file is named"),
        "{}",
        ran.stderr
    );
    let ran = sandbox.run("--diff-file missing.diff --fix");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .starts_with("error: `--diff-file`: missing.diff cannot be read: "),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.read("a.py"), UNUSED);
}

#[test]
fn what_contradicts_a_diff_is_2() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let ran = sandbox.run("--diff-file x.diff --diff-base main");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("'--diff-file <FILE>' cannot be used with '--diff-base <REV>'"),
        "{}",
        ran.stderr
    );
    sandbox.pipe("--diff-file - --stdin-filename a.py -", UNUSED).expect(
        2,
        "",
        "error: standard input is either the source or the diff: give `--diff-file` a file\n",
    );
}

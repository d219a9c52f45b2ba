//! `--write-baseline`, `--baseline`, `--prune-baseline`.

use crate::sandbox::{BROKEN, CLEAN, Sandbox, UNUSED, UNUSED_FIXED};

const WRITE: &str = "--write-baseline base.json";
const USE: &str = "--baseline base.json --output-format concise";

/// The baseline of [`UNUSED`] in these files.
fn baseline_of(paths: &[&str]) -> String {
    let entry = |path: &&str| {
        format!("    {{\"path\": \"{path}\", \"rule\": \"WS002\", \"line\": \"0dac010484c9b4b4\", \"count\": 1}}")
    };
    let entries: Vec<_> = paths.iter().map(entry).collect();
    format!(
        "{{\n  \"version\": 1,\n  \"findings\": [\n{}\n  ]\n}}\n",
        entries.join(",\n")
    )
}

#[test]
fn only_new_findings_fail() {
    let sandbox = Sandbox::with(&[("src/a.py", UNUSED), ("b.py", UNUSED)]);
    sandbox
        .run(WRITE)
        .expect(0, "", "note: `base.json` allows 2 findings in 2 files\n");
    assert_eq!(sandbox.read("base.json"), baseline_of(&["b.py", "src/a.py"]));
    sandbox
        .run(USE)
        .expect(0, "All good: no findings in 2 files; 2 in the baseline\n", "");
    sandbox.write("c.py", UNUSED);
    sandbox.run(USE).expect(
        1,
        "c.py:1:8: WS002 this comment allows `WS101`, which is not found here [warning, fix]\n\
         1 finding (1 warning) in 3 files; 1 fixable with --fix; 2 in the baseline\n",
        "",
    );
}

#[test]
fn a_finding_keeps_its_entry_where_its_line_moves_and_loses_it_where_the_line_is_edited() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    sandbox.run(WRITE);
    sandbox.write(
        "a.py",
        format!("import os\r\n\r\nif os:\r\n\t{}", UNUSED.replace('\n', "\r\n")),
    );
    assert_eq!(sandbox.run(USE).code, Some(0));
    sandbox.write("a.py", UNUSED.replace('x', "y"));
    let ran = sandbox.run(USE);
    assert_eq!((ran.code, ran.paths()), (Some(1), vec!["a.py"]));
}

#[test]
fn equal_lines_are_counted() {
    let sandbox = Sandbox::with(&[("a.py", &UNUSED.repeat(2))]);
    sandbox.run(WRITE);
    assert!(sandbox.read("base.json").contains("\"count\": 2"));
    sandbox.write("a.py", UNUSED.repeat(3));
    let ran = sandbox.run(USE);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.starts_with("a.py:3:8: WS002"), "{}", ran.stdout);
    // Only the new one is fixed, and a second run finds nothing to do.
    assert_eq!(sandbox.run(&format!("{USE} --fix")).code, Some(0));
    assert_eq!(sandbox.read("a.py"), format!("{}{UNUSED_FIXED}", UNUSED.repeat(2)));
    assert_eq!(sandbox.run(&format!("{USE} --fix")).code, Some(0));
    assert_eq!(sandbox.read("a.py"), format!("{}{UNUSED_FIXED}", UNUSED.repeat(2)));
}

#[test]
fn known_findings_are_neither_fixed_nor_in_a_diff() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    sandbox.run(WRITE);
    assert_eq!(sandbox.run("--baseline base.json --diff --quiet").code, Some(0));
    assert_eq!(sandbox.run("--baseline base.json --fix").code, Some(0));
    assert_eq!(sandbox.read("a.py"), UNUSED);
    assert_eq!(sandbox.run("--fix").code, Some(0));
    assert_eq!(sandbox.read("a.py"), UNUSED_FIXED);
}

#[test]
fn stale_entries_are_told_and_pruned() {
    const TOLD: &str = "warning: `base.json` allows 2 findings that are no longer there: \
         WS002 in a.py (1), WS002 in gone.py (1): take them out with --prune-baseline\n";
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.py", UNUSED), ("gone.py", UNUSED)]);
    sandbox.run(WRITE);
    sandbox.write("a.py", CLEAN);
    std::fs::remove_file(sandbox.path("gone.py")).unwrap();
    sandbox
        .run(USE)
        .expect(0, "All good: no findings in 2 files; 1 in the baseline\n", TOLD);
    assert_eq!(sandbox.run(&format!("{USE} --quiet")).stderr, "");
    sandbox.run("--baseline base.json --prune-baseline").expect(
        0,
        "All good: no findings in 2 files; 1 in the baseline\n",
        "note: `base.json` was pruned of 2 findings\n",
    );
    assert_eq!(sandbox.read("base.json"), baseline_of(&["b.py"]));
    assert_eq!(sandbox.run(USE).stderr, "");
}

#[test]
fn what_a_run_does_not_look_at_keeps_its_entries() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.py", UNUSED)]);
    sandbox.run(WRITE);
    let both = sandbox.read("base.json");
    sandbox.write("a.py", CLEAN);
    // Another file, another rule.
    for narrow in ["b.py", "--select WS101", "--ignore WS002"] {
        let ran = sandbox.run(&format!("{USE} --prune-baseline {narrow}"));
        assert_eq!(
            (ran.code, ran.stderr.contains("pruned of 0")),
            (Some(0), true),
            "{narrow}"
        );
        assert_eq!(sandbox.read("base.json"), both, "{narrow}");
    }
    sandbox.write("c.py", UNUSED);
    sandbox.run(&format!("{WRITE} c.py"));
    assert_eq!(sandbox.read("base.json"), baseline_of(&["a.py", "b.py", "c.py"]));
    sandbox.run(WRITE);
    assert_eq!(sandbox.read("base.json"), baseline_of(&["b.py", "c.py"]));
}

#[test]
fn paths_lead_from_the_baselines_folder_wherever_the_run_starts() {
    let sandbox = Sandbox::with(&[("src/a.py", UNUSED), ("ci/x", ""), ("src/deep/x", "")]);
    sandbox.run("--write-baseline ci/base.json");
    assert_eq!(sandbox.read("ci/base.json"), baseline_of(&["../src/a.py"]));
    let ran = crate::sandbox::command_in(&sandbox.path("src/deep"))
        .args(["--baseline", "../../ci/base.json", ".."])
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(0));
}

#[test]
fn standard_input_is_judged_by_its_name() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    sandbox.run(WRITE);
    assert_eq!(
        sandbox.pipe(&format!("{USE} --stdin-filename a.py -"), UNUSED).code,
        Some(0)
    );
    assert_eq!(
        sandbox.pipe(&format!("{USE} --stdin-filename b.py -"), UNUSED).code,
        Some(1)
    );
    sandbox
        .pipe(&format!("{WRITE} --stdin-filename a.py -"), UNUSED)
        .expect(
            2,
            "",
            "error: a baseline is written from files, not from standard input: name paths\n",
        );
}

#[test]
fn what_is_no_baseline_is_2_and_stays_as_it_is() {
    let again = "or remove it and run `--write-baseline base.json`\n";
    for (text, error) in [
        (
            "{\"version\": 2, \"findings\": {}}",
            format!(
                "error: `base.json` is a baseline of version 2, and this ws-lint reads version 1: use the ws-lint that wrote it, {again}"
            ),
        ),
        (
            "{\n<<<<<<< HEAD\n",
            format!("error: `base.json` holds the marks of a merge conflict: keep the entries of both sides, {again}"),
        ),
        (
            "{\"version\": 1,\n \"findings\": 3}",
            format!(
                "error: `base.json` is not a baseline: invalid type: integer `3`, expected a sequence at line 2 column 14: mend it, {again}"
            ),
        ),
    ] {
        let sandbox = Sandbox::with(&[("a.py", UNUSED), ("base.json", text)]);
        for flags in [
            "--baseline base.json --fix",
            "--baseline base.json --prune-baseline",
            WRITE,
        ] {
            sandbox.run(flags).expect(2, "", &error);
            assert_eq!(
                (sandbox.read("base.json").as_str(), sandbox.read("a.py").as_str()),
                (text, UNUSED)
            );
        }
    }
    Sandbox::new().run("--baseline base.json").expect(
        2,
        "",
        "error: `base.json` does not exist: make it with `--write-baseline base.json`\n",
    );
    let ran = Sandbox::new().run("--write-baseline missing/base.json");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.starts_with("error: `missing/base.json` cannot be read: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_baseline_is_not_written_where_something_could_not_be_looked_at() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let ran = sandbox.run(&format!("{WRITE} a.py missing.py"));
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .ends_with("error: `base.json` was left as it is, because not everything could be looked at\n"),
        "{}",
        ran.stderr
    );
    assert!(!sandbox.path("base.json").exists());
}

#[test]
fn a_file_that_does_not_parse_can_be_in_a_baseline() {
    let sandbox = Sandbox::with(&[("a.py", BROKEN)]);
    sandbox.run(WRITE);
    assert_eq!(sandbox.run(USE).code, Some(0));
}

#[test]
fn branches_that_add_entries_merge() {
    let sandbox = Sandbox::with(&[("b.py", UNUSED), ("m.py", UNUSED), ("x.py", UNUSED)]);
    sandbox.run(WRITE);
    sandbox.git("init -q -b main");
    sandbox.git("add .");
    sandbox.git("commit -q -m base");
    for (branch, file) in [("one", "a.py"), ("two", "p.py")] {
        sandbox.git(&format!("checkout -q -b {branch} main"));
        sandbox.write(file, UNUSED);
        sandbox.run(WRITE);
        sandbox.git("add .");
        sandbox.git("commit -q -m more");
    }
    sandbox.git("merge -q -m merge one");
    assert_eq!(
        sandbox.read("base.json"),
        baseline_of(&["a.py", "b.py", "m.py", "p.py", "x.py"])
    );
    assert_eq!(sandbox.run(USE).code, Some(0));
}

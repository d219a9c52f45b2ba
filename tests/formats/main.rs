//! The output formats before the schemas, types and readers of others, which npm puts under `target/formats/`.
//!
//! The tests are ignored by default: they need Node and the npm registry. `cargo test --test formats -- --ignored` runs
//! them.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says why and ends"
)]

mod validators;

use std::fs;
use std::path::Path;
use std::process::Command;

use validators::Validators;

/// Warnings with fixes of several edits, behind a tab and characters of one to four bytes, and messages that quote what
/// the file says.
const HOSTILE: &str = "import websockets\n\n\nasync def main(u):\n\tx = \"é日本🎉\"; y = 1\n\
    \tws = await websockets.connect(u, open_timeout=10)\n\tawait ws.send(x)\n\
    z = 1  # ws-lint: ignore[WS1|`::error ::\u{c}<x>&\"'%0A]\n\
    z = 1  # ws-lint: ignore[WS1|`::error ::\u{c}<x>&\"'%0A]\n\
    def g(u): return websockets.connect(u, open_timeout=10)  # ws-lint: ignore[WS101] <b>\"why\" ::x::\n";

const BROKEN: &str = "from websockets import connect\nx = (\n";

const FORMATS: [&str; 7] = [
    "sarif",
    "gitlab",
    "rdjson",
    "rdjsonl",
    "junit",
    "checkstyle",
    "github-review",
];

/// The diff that brings in all files.
fn diff_of(sources: &[(&str, &str)]) -> String {
    let of_file = |(path, text): &(&str, &str)| {
        let lines: String = text.split_inclusive('\n').map(|line| format!("+{line}")).collect();
        let count = text.matches('\n').count();
        format!("--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{count} @@\n{lines}")
    };
    sources.iter().map(of_file).collect()
}

/// The folder with reports of all formats from one run.
fn reports(validators: &Validators, sources: &[(&str, &str)], paths: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir_in(validators.folder()).unwrap();
    for (path, text) in sources {
        fs::write(folder.path().join(path), text).unwrap();
    }
    // The paths of a diff lead from the repository.
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join("all.diff"), diff_of(sources)).unwrap();
    let outputs = FORMATS.map(|format| format!("--output-format={format}=report.{format}"));
    let output = Command::new(env!("CARGO_BIN_EXE_ws-lint"))
        .current_dir(folder.path())
        .args(outputs)
        .args(["--isolated", "--sarif-suppressions", "--diff-file", "all.diff"])
        .args(paths)
        .output()
        .unwrap();
    assert!(output.status.code().is_some());
    folder
}

fn all_are_valid(validators: &Validators, folder: &Path) {
    for format in FORMATS {
        let report = folder.join(format!("report.{format}"));
        if let Err(problems) = validators.validate(format, &report) {
            panic!("{format}: {problems}\n{}", fs::read_to_string(report).unwrap());
        }
    }
}

#[test]
#[ignore = "needs Node and the npm registry"]
fn hostile_files_give_valid_reports() {
    let validators = Validators::install();
    let sources = [("a|b`c,'&<é日🎉> ::error ::%0A.py", HOSTILE), ("broken.py", BROKEN)];
    let folder = reports(&validators, &sources, &["."]);
    let sarif = fs::read_to_string(folder.path().join("report.sarif")).unwrap();
    for code in ["WS001", "WS002", "WS101"] {
        assert!(
            sarif.contains(&format!("\"ruleId\":\"{code}\"")),
            "{code} is not found: {sarif}"
        );
    }
    assert!(sarif.contains("\"fixes\":[{"), "{sarif}");
    assert!(sarif.contains("\"suppressions\":[{"), "{sarif}");
    let review = fs::read_to_string(folder.path().join("report.github-review")).unwrap();
    assert!(review.contains("```suggestion\\n"), "{review}");
    all_are_valid(&validators, folder.path());
}

#[test]
#[ignore = "needs Node and the npm registry"]
fn runs_without_findings_and_with_failures_give_valid_reports() {
    let validators = Validators::install();
    for paths in [&["clean.py"][..], &["clean.py", "missing.py"]] {
        let folder = reports(&validators, &[("clean.py", "import websockets\n")], paths);
        // A stream of diagnostics and a list of files are allowed to be empty; their validators want one entry.
        for format in ["sarif", "gitlab", "rdjson", "junit"] {
            let report = folder.path().join(format!("report.{format}"));
            validators.validate(format, &report).unwrap();
        }
    }
}

/// A validator that takes everything would prove nothing.
#[test]
#[ignore = "needs Node and the npm registry"]
fn the_validators_refuse_what_is_wrong() {
    let validators = Validators::install();
    let folder = reports(&validators, &[("a.py", HOSTILE)], &["."]);
    all_are_valid(&validators, folder.path());
    for (format, right, wrong) in [
        ("sarif", "\"artifactChanges\"", "\"changes\""),
        ("sarif", "\"startLine\":", "\"startLine\":-"),
        ("gitlab", "\"severity\":\"minor\"", "\"severity\":\"bad\""),
        ("gitlab", "\"fingerprint\"", "\"print\""),
        ("rdjson", "\"column\":", "\"column\":-"),
        ("rdjsonl", "\"WARNING\"", "\"BAD\""),
        ("junit", "</testcase>", ""),
        ("junit", "tests=\"", "tests=\"9"),
        ("junit", "failures=\"", "skipped=\"0\" failures=\""),
        ("junit", "<testcase name=", "<testcase line=\"1\" name="),
        ("github-review", "\"side\"", "\"sides\""),
        ("github-review", "\"COMMENT\"", "\"SAY\""),
        ("github-review", "\"line\":", "\"line\":-"),
        ("checkstyle", "</file>", ""),
        ("checkstyle", "severity=\"warning\"", "severity=\"bad\""),
    ] {
        let report = folder.path().join(format!("report.{format}"));
        let text = fs::read_to_string(&report).unwrap();
        assert!(text.contains(right), "{format} has no {right}: {text}");
        let broken = folder.path().join(format!("broken.{format}"));
        fs::write(&broken, text.replace(right, wrong)).unwrap();
        assert!(
            validators.validate(format, &broken).is_err(),
            "{format}: {wrong} is taken"
        );
    }
}

//! The steps of `action.yml`, run as a runner runs them, with a `gh` that writes down what it is asked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::repository::Repository;
use crate::tools::{make_program, said};

const BAD: &str = "import websockets\n\n\nasync def f(u):\n    return await websockets.connect(u, open_timeout=10)\n";

/// Answers as `$GH_ANSWERS` says and keeps what it is given, numbered.
const GH: &str = r#"#!/usr/bin/env bash
number=$(($(ls "$RUNNER_TEMP" | grep -c '^gh-.*\.args$') + 1))
printf '%s\n' "$@" >"$RUNNER_TEMP/gh-$number.args"
if [[ " $* " == *" --input "* ]]; then
    cat >"$RUNNER_TEMP/gh-$number.stdin"
    echo "$GH_SAYS" >&2
    exit "$GH_ENDS"
fi
echo '[]'
"#;

/// A ws-lint that keeps its arguments and has this review to post.
const REVIEWER: &str = r#"#!/usr/bin/env bash
printf '%s\n' "$@" >"$RUNNER_TEMP/ws-lint.args"
for argument; do
    case $argument in github-review=*) printf '%s' "$REVIEW" >"${argument#*=}" ;; esac
done
"#;

/// A runner in a repository.
struct Runner {
    user: Repository,
    temporary: tempfile::TempDir,
}

impl Runner {
    fn new() -> Self {
        let runner = Self {
            user: Repository::with(&[("app.py", BAD), ("clean.py", ""), ("-rf.py", BAD)]),
            temporary: tempfile::tempdir().unwrap(),
        };
        make_program(&runner.path("bin/gh"), GH);
        make_program(&runner.path("bin/reviewer"), REVIEWER);
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn step(&self, script: &str, environment: &[(&str, &str)]) -> Output {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        Command::new(root.join("action").join(script))
            .current_dir(self.user.path())
            .env("PATH", path)
            .env("RUNNER_TEMP", self.temporary.path())
            .env("GITHUB_OUTPUT", self.path("output"))
            .env("GITHUB_ACTION_PATH", root)
            .env("GITHUB_REPOSITORY", "o/r")
            .env("GITHUB_SHA", "c0ffee")
            .env("GITHUB_REF", "refs/heads/main")
            .env_remove("GITHUB_STEP_SUMMARY")
            .envs([
                ("PROGRAM", env!("CARGO_BIN_EXE_ws-lint")),
                ("LINT_ARGS", "--isolated"),
                ("LINT_PATHS", "."),
            ])
            .envs([("GH_SAYS", ""), ("GH_ENDS", "0"), ("REVIEW", "")])
            .envs(environment.iter().copied())
            .output()
            .unwrap()
    }

    fn review(&self, review: &str, gh_says: &str, gh_ends: &str) -> Output {
        let head = self.user.head();
        self.step(
            "review.sh",
            &[
                ("PROGRAM", "reviewer"),
                ("REVIEW", review),
                ("GH_SAYS", gh_says),
                ("GH_ENDS", gh_ends),
                ("PULL_REQUEST", "7"),
                ("BASE", "ba5e"),
                ("HEAD", &head),
            ],
        )
    }
}

#[test]
#[ignore = "needs bash and jq"]
fn action_yml_runs_every_script_and_puts_no_expression_into_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let action = fs::read_to_string(root.join("action.yml")).unwrap();
    for script in ["install.sh", "lint.sh", "upload-sarif.sh", "review.sh"] {
        assert!(
            action.contains(&format!("run: '\"$GITHUB_ACTION_PATH/action/{script}\"'")),
            "{script}"
        );
    }
    let commands: Vec<_> = action
        .lines()
        .filter(|line| line.trim_start().starts_with("run:"))
        .collect();
    assert_eq!(commands.len(), 5);
    assert!(commands.iter().all(|line| !line.contains("${{")), "{commands:?}");
}

#[test]
#[ignore = "needs bash and jq"]
fn a_program_that_is_named_is_found() {
    let runner = Runner::new();
    let output = runner.step("install.sh", &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(
        runner.read("output"),
        format!("program={}\n", env!("CARGO_BIN_EXE_ws-lint"))
    );
    let output = runner.step("install.sh", &[("PROGRAM", "absent")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).starts_with("::error title=ws-lint::"),
        "{}",
        said(&output)
    );
}

#[test]
#[ignore = "needs bash and jq"]
fn findings_are_annotated_and_told_and_failures_end_the_step() {
    let runner = Runner::new();
    let output = runner.step("lint.sh", &[("LINT_PATHS", "app.py\n-rf.py\n")]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for path in ["app.py", "-rf.py"] {
        assert!(
            said(&output).contains(&format!("file={path},line=5")),
            "{}",
            said(&output)
        );
    }
    let report = runner.path("ws-lint.sarif");
    assert_eq!(
        runner.read("output"),
        format!("exit-code=1\nsarif-file={}\n", report.display())
    );
    assert!(runner.read("ws-lint.sarif").contains("\"ruleId\":\"WS101\""));

    for (paths, arguments, code) in [
        ("clean.py", "--isolated", 0),
        ("app.py", "--isolated\n--config\ndefault-deadline = 5\n--exit-zero", 0),
        ("app.py; touch pwned", "--isolated", 2),
        ("app.py", "$(touch pwned)", 2),
    ] {
        let output = runner.step("lint.sh", &[("LINT_PATHS", paths), ("LINT_ARGS", arguments)]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{paths} {arguments}: {}",
            said(&output)
        );
    }
    assert!(!runner.user.path().join("pwned").exists());
}

#[test]
#[ignore = "needs bash and jq"]
fn code_scanning_gets_the_report_packed() {
    let runner = Runner::new();
    let report = "{\"version\": \"2.1.0\"}\n";
    fs::write(runner.path("a.sarif"), report).unwrap();
    let file = runner.path("a.sarif");
    let output = runner.step("upload-sarif.sh", &[("SARIF_FILE", file.to_str().unwrap())]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(
        runner.read("gh-1.args").lines().nth(1),
        Some("repos/o/r/code-scanning/sarifs")
    );
    let sent: Value = serde_json::from_str(&runner.read("gh-1.stdin")).unwrap();
    assert_eq!(
        (&sent["commit_sha"], &sent["ref"]),
        (&"c0ffee".into(), &"refs/heads/main".into())
    );
    fs::write(runner.path("packed"), sent["sarif"].as_str().unwrap()).unwrap();
    let unpack = Command::new("bash")
        .args(["-c", "base64 --decode packed | gzip --decompress"])
        .current_dir(runner.temporary.path())
        .output()
        .unwrap();
    assert_eq!(said(&unpack), report);
    let output = runner.step("upload-sarif.sh", &[("SARIF_FILE", "absent.sarif")]);
    assert!(!output.status.success());
}

#[test]
#[ignore = "needs bash and jq"]
fn a_review_is_posted_for_the_commit_of_the_pull_request() {
    let runner = Runner::new();
    let output = runner.review("{\"event\": \"COMMENT\", \"body\": \"b\", \"comments\": []}", "", "0");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let asked: Vec<_> = (1..=3)
        .map(|number| runner.read(&format!("gh-{number}.args")))
        .collect();
    assert_eq!(asked[0], "api\n--paginate\nrepos/o/r/pulls/7/comments\n");
    assert_eq!(asked[1], "api\n--paginate\nrepos/o/r/pulls/7/reviews\n");
    assert_eq!(asked[2], "api\nrepos/o/r/pulls/7/reviews\n--input\n-\n--silent\n");
    let sent: Value = serde_json::from_str(&runner.read("gh-3.stdin")).unwrap();
    assert_eq!(
        (&sent["commit_id"], &sent["body"]),
        (&runner.user.head().into(), &"b".into())
    );
    let arguments = runner.read("ws-lint.args");
    for argument in ["--diff-base\nba5e\n", "--review-posted\n", "--isolated\n--\n.\n"] {
        assert!(arguments.contains(argument), "{arguments}");
    }
    assert_eq!(runner.read("ws-lint-posted.json"), "[]\n[]\n");
}

#[test]
#[ignore = "needs bash and jq"]
fn what_keeps_a_review_from_being_posted_is_told() {
    let payload = "{\"event\": \"COMMENT\", \"body\": \"b\", \"comments\": []}";
    for (review, gh_says, gh_ends, code, told) in [
        ("", "not asked", "1", 0, ""),
        (
            payload,
            "gh: Resource not accessible by integration (HTTP 403)",
            "1",
            0,
            "::notice title=ws-lint::",
        ),
        (payload, "gh: Unprocessable Entity (HTTP 422)", "1", 1, "HTTP 422"),
    ] {
        let output = Runner::new().review(review, gh_says, gh_ends);
        assert_eq!(output.status.code(), Some(code), "{gh_says}: {}", said(&output));
        assert!(said(&output).contains(told), "{gh_says}: {}", said(&output));
        assert!(!said(&output).contains("not asked"));
    }
    let output = Runner::new().step("review.sh", &[("PULL_REQUEST", "7"), ("BASE", "a"), ("HEAD", "b")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("fetch-depth: 0"), "{}", said(&output));
}

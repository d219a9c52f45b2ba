//! `--output-format github-review`: the payload of one review of a pull request.

use serde_json::Value;

use crate::diff_base::repository;
use crate::sandbox::{Ran, Sandbox, UNUSED};

const REVIEW: &str = "--isolated --strict --target-version 3.11 --output-format github-review";

const CLIENT: &str = "import asyncio\nimport websockets\n\n\nasync def main(url):\n    ws = await websockets.connect(url)\n    await ws.send(\"1\")\n";

/// Twenty lines that have nothing to do with it.
fn filler() -> String {
    (0..20).map(|index| format!("x{index} = {index}\n")).collect()
}

fn commit(sandbox: &Sandbox, branch: &str) {
    sandbox.git(&format!("checkout -q -B {branch}"));
    sandbox.git("add -A");
    sandbox.git("commit -q -m change");
}

fn payload(ran: &Ran) -> Value {
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{ran:?}");
    assert_eq!(ran.stdout.lines().count(), 1);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap()
}

/// What the suggestion of a comment makes of a file: exactly its lines are replaced.
fn accepted(comment: &Value, file: &str) -> String {
    let body = text(comment, "/body");
    let (fence, rest) = body.split_once("suggestion\n").unwrap();
    let fence = fence.rsplit('\n').next().unwrap();
    let suggested = &rest[..rest.find(&format!("{fence}\n")).unwrap()];
    let number = |name: &str| comment[name].as_u64().map(|line| usize::try_from(line).unwrap());
    let last = number("line").unwrap();
    let first = number("start_line").unwrap_or(last);
    let lines: Vec<&str> = file.split_inclusive('\n').collect();
    format!("{}{suggested}{}", lines[..first - 1].concat(), lines[last..].concat())
}

#[test]
fn a_fix_in_one_hunk_is_a_suggestion_that_does_what_the_fix_does() {
    let sandbox = repository(&[(
        "lib/client.py",
        &CLIENT.replace("    ws = await websockets.connect(url)\n", ""),
    )]);
    sandbox.write("lib/client.py", CLIENT);
    commit(&sandbox, "topic");
    let review = payload(&sandbox.run(&format!("{REVIEW} --diff-base main --select WS102")));
    assert_eq!(review["event"], "COMMENT");
    assert_eq!(text(&review, "/body"), "**ws-lint**: 1 finding\n");
    assert_eq!(text(&review, "/commit_id").len(), 40);
    let comment = &review["comments"][0];
    assert_eq!(
        (
            &comment["path"],
            &comment["side"],
            &comment["line"],
            comment.get("start_line"),
            comment.get("start_side")
        ),
        (
            &Value::from("lib/client.py"),
            &Value::from("RIGHT"),
            &Value::from(6),
            None,
            None
        )
    );
    assert_eq!(review["comments"].as_array().unwrap().len(), 1);
    let suggested = accepted(comment, CLIENT);
    sandbox.run("--isolated --target-version 3.11 --strict --fix --unsafe-fixes --select WS102 --exit-zero lib");
    assert_eq!(suggested, sandbox.read("lib/client.py"));
    assert!(
        suggested.contains("asyncio.timeout(") || suggested.contains("wait_for("),
        "{suggested}"
    );
}

#[test]
fn a_fix_that_leaves_the_hunk_is_a_diff_to_read() {
    let without_import = format!("import websockets\n{}", filler());
    let sandbox = repository(&[("client.py", &without_import)]);
    sandbox.write(
        "client.py",
        format!("{without_import}async def main(url):\n    ws = await websockets.connect(url)\n"),
    );
    commit(&sandbox, "topic");
    let review = payload(&sandbox.run(&format!("{REVIEW} --diff-base main --select WS102")));
    let comment = &review["comments"][0];
    assert_eq!(comment["line"], 23);
    let body = text(comment, "/body");
    assert!(
        !body.contains("suggestion\n") && body.contains("```diff\n@@ line 1 @@\n+import asyncio\n"),
        "{body}"
    );
}

#[test]
fn what_has_no_place_goes_into_the_body() {
    let sandbox = repository(&[("a.py", &filler())]);
    sandbox.write("a.py", format!("{}{UNUSED}", filler()));
    commit(&sandbox, "topic");
    // On top of what was pushed: the lines of the review are others.
    sandbox.write(
        "a.py",
        format!("{}{UNUSED}edited = 1\n", filler().replace("x18 = 18", "x18 = 19")),
    );
    let review = payload(&sandbox.run(&format!("{REVIEW} --diff-base main")));
    assert_eq!(review["comments"], Value::Array(Vec::new()));
    let body = text(&review, "/body");
    assert!(
        body.contains("| warning | WS002 unused-suppression | <code>a&#46;py&#58;21&#58;"),
        "{body}"
    );
    assert!(body.contains("<!-- ws-lint:"), "{body}");
}

#[test]
fn a_review_has_thirty_comments_at_most_and_the_worst_findings_among_them() {
    let many: String = (0..40)
        .map(|index| format!("v{index} = 1  # ws-lint: ignore[WS101]\n"))
        .collect();
    let sandbox = repository(&[("z.py", "")]);
    sandbox.write("a.py", &many);
    sandbox.write("z.py", "from websockets import connect\nx = (\n");
    commit(&sandbox, "topic");
    let review = payload(&sandbox.run(&format!("{REVIEW} --diff-base main")));
    let comments = review["comments"].as_array().unwrap();
    assert_eq!(comments.len(), 30);
    assert_eq!(comments[29]["path"], "z.py");
    assert!(text(&comments[29], "/body").starts_with("**WS001 syntax-error** (error): "));
    assert_eq!(
        text(&review, "/body").matches("| WS002 unused-suppression |").count(),
        11
    );
}

#[test]
fn what_was_posted_is_left_out_wherever_its_line_went() {
    let sandbox = repository(&[("a.py", &filler())]);
    sandbox.write("a.py", format!("{}{UNUSED}", filler()));
    commit(&sandbox, "topic");
    let first = sandbox.run(&format!("{REVIEW} --diff-base main"));
    sandbox.write("posted.json", &first.stdout);
    let again = format!("{REVIEW} --diff-base main --review-posted posted.json");
    sandbox.run(&again).expect(1, "", "");
    sandbox.write(
        "a.py",
        format!("first = 1\n{}{UNUSED}{}", filler(), UNUSED.replace('x', "y")),
    );
    commit(&sandbox, "topic");
    let second = payload(&sandbox.run(&again));
    assert_eq!(text(&second, "/body"), "**ws-lint**: 1 finding, 1 more posted before\n");
    assert_eq!(
        (
            second["comments"].as_array().unwrap().len(),
            &second["comments"][0]["line"]
        ),
        (1, &Value::from(23))
    );
}

#[test]
fn a_given_diff_places_comments_too() {
    let sandbox = Sandbox::with(&[("a.py", &format!("{}{UNUSED}", filler()))]);
    let diff = format!("--- a/a.py\n+++ b/a.py\n@@ -20 +20,2 @@\n x19 = 19\n+{UNUSED}");
    let review = payload(&sandbox.pipe(&format!("{REVIEW} --diff-file -"), diff));
    assert_eq!(
        (review.get("commit_id"), &review["comments"][0]["line"]),
        (None, &Value::from(21))
    );
    assert_eq!(
        accepted(&review["comments"][0], &sandbox.read("a.py")),
        format!("{}x = 1\n", filler())
    );
}

#[test]
fn nothing_to_say_writes_nothing() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    sandbox.pipe(&format!("{REVIEW} --diff-file -"), "").expect(0, "", "");
}

#[test]
fn a_review_of_nothing_or_of_other_code_is_2() {
    let sandbox = repository(&[("a.py", UNUSED)]);
    let fixed = "error: `github-review` comments on the code as it was pushed, and fixes would change it: leave `--fix` and `--add-ignore` out \
                 (`--no-fix`, where the configuration says `fix = true`)\n";
    for (arguments, message) in [
        (
            "--output-format github-review",
            "error: `github-review` comments on lines that a pull request shows: say which with `--diff-base REV` (the branch that it \
             goes into) or `--diff-file FILE` (its diff)\n",
        ),
        ("--output-format github-review --diff-base main --fix", fixed),
        ("--output-format github-review --diff-base main --add-ignore", fixed),
        (
            "--diff-base main --review-posted a.py",
            "error: `--review-posted` goes with `--output-format github-review`\n",
        ),
    ] {
        sandbox.run(arguments).expect(2, "", message);
    }
    let ran = sandbox.run("--output-format github-review --diff-base main --review-posted missing.json");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .starts_with("error: `--review-posted`: missing.json cannot be read: "),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.read("a.py"), UNUSED);
}

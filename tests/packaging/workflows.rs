//! Workflows, the action and the examples of the book before zizmor and actionlint.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tools::{Tools, said};

/// The commit in place of which a user writes one that exists.
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
#[ignore = "needs Python, Node and their registries"]
fn workflows_examples_and_the_action_have_no_findings() {
    let tools = Tools::install();
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut workflows = examples(folder.path());
    assert_eq!(workflows.len(), 3, "lint, SARIF, review");
    for entry in fs::read_dir(root.join(".github/workflows")).unwrap() {
        workflows.push(entry.unwrap().path());
    }
    judge(&tools, &workflows, &[root.join("action.yml")]).unwrap();
}

/// Judges that take everything would prove nothing.
#[test]
#[ignore = "needs Python, Node and their registries"]
fn what_is_wrong_is_found() {
    let tools = Tools::install();
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let example = &examples(folder.path())[0];
    let right = fs::read_to_string(example).unwrap();
    judge(&tools, std::slice::from_ref(example), &[]).unwrap();
    for (part, wrong, complaint) in [
        (COMMIT, "main", "unpinned-uses"),
        (
            "permissions:\n      contents: read",
            "permissions: write-all",
            "excessive-permissions",
        ),
        ("runs-on:", "runson:", "section is missing"),
        ("github.ref }}", "github.reff }}", "\"reff\" is not defined"),
    ] {
        assert!(right.contains(part), "{part}");
        fs::write(example, right.replace(part, wrong)).unwrap();
        let said = judge(&tools, std::slice::from_ref(example), &[]).expect_err(wrong);
        assert!(said.contains(complaint), "{wrong}: {said}");
    }

    let action = fs::read_to_string(root.join("action.yml")).unwrap();
    let (right, wrong) = ("run: exit \"$EXIT_CODE\"", "run: exit ${{ inputs.args }}");
    assert!(action.contains(right));
    let broken = folder.path().join("action.yml");
    fs::write(&broken, action.replace(right, wrong)).unwrap();
    let said = judge(&tools, &[], &[broken]).expect_err(wrong);
    assert!(said.contains("template-injection"), "{said}");
}

/// # Errors
/// What zizmor and actionlint say against them. actionlint knows workflows only.
fn judge(tools: &Tools, workflows: &[PathBuf], actions: &[PathBuf]) -> Result<(), String> {
    let mut zizmor = tools.command("zizmor");
    zizmor
        .args(["--offline", "--no-progress", "--no-config", "--color", "never"])
        .args(workflows)
        .args(actions);
    let mut complaints = String::new();
    for judge in [
        Some(zizmor),
        (!workflows.is_empty()).then(|| tools.actionlint(workflows)),
    ] {
        let Some(mut judge) = judge else { continue };
        let output = judge.output().unwrap_or_else(|error| panic!("{judge:?}: {error}"));
        if !output.status.success() {
            complaints.push_str(&said(&output));
        }
    }
    match complaints.is_empty() {
        true => Ok(()),
        false => Err(complaints),
    }
}

/// The workflows of the book's tutorials, as files in `folder`.
fn examples(folder: &Path) -> Vec<PathBuf> {
    let tutorials = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/tutorials");
    let mut paths: Vec<PathBuf> = fs::read_dir(tutorials)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let text: String = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let blocks = text.split("```yaml\n# .github/workflows/").skip(1);
    blocks
        .map(|block| {
            let (name, rest) = block.split_once('\n').unwrap();
            let (text, _) = rest.split_once("```").unwrap();
            let path = folder.join(name);
            fs::write(&path, text.replace("COMMIT", COMMIT)).unwrap();
            path
        })
        .collect()
}

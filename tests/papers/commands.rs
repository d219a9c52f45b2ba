//! Every command of README and book runs, and prints what the paper says that it prints.

use crate::sandbox::Sandbox;
use crate::{assert_none, papers_below, read};

/// A line behind `$ `, and what the paper shows below it.
struct Typed {
    line: String,
    shown: String,
}

#[test]
fn commands_of_the_papers_run() {
    let mut papers = papers_below("docs/src");
    papers.push("README.md".to_owned());
    let mut complaints = Vec::new();
    let mut count = 0;
    for paper in &papers {
        let commands = commands(&read(paper));
        if commands.is_empty() {
            continue;
        }
        let sandbox = Sandbox::new();
        for typed in commands {
            count += 1;
            complaints.extend(complaint(&sandbox, &typed).map(|said| format!("{paper}: {}: {said}", typed.line)));
        }
    }
    assert!(count > 40, "only {count} commands were found");
    assert_none(&complaints);
}

#[test]
fn what_does_not_run_is_noticed() {
    let sandbox = Sandbox::new();
    let said = |line: &str, shown: &str| {
        let typed = Typed {
            line: line.to_owned(),
            shown: shown.to_owned(),
        };
        complaint(&sandbox, &typed)
    };
    assert_eq!(said("ws-lint --list-rules > rules.txt", ""), None);
    assert!(said("ws-lint --no-such-option", "").is_some_and(|said| said.contains("no-such-option")));
    assert!(said("ws-lint missing.py | cat", "").is_some());
    assert!(said("no-such-program", "").is_some());
    assert!(said("ws-lint --version", "something else\n").is_some());
    assert_eq!(commands("```console\n$ a\nb\n$ c\n```\n").len(), 2);
}

/// What is wrong with a command. 1 is no failure: it says that there are findings.
fn complaint(sandbox: &Sandbox, typed: &Typed) -> Option<String> {
    let output = sandbox.run(&typed.line);
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Some(format!("{}: {err}", output.status));
    }
    (!typed.shown.is_empty() && typed.shown != out).then(|| format!("it prints\n{out}"))
}

fn commands(text: &str) -> Vec<Typed> {
    let mut commands: Vec<Typed> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
        } else if inside && let Some(line) = line.strip_prefix("$ ") {
            commands.push(Typed {
                line: line.to_owned(),
                shown: String::new(),
            });
        } else if inside && let Some(last) = commands.last_mut() {
            last.shown.extend([line, "\n"]);
        }
    }
    commands
}

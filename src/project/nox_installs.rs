//! What nox installs beside the program to test it: the literals that a `noxfile.py` hands to `session.install(…)`. It is searched,
//! never run.

use super::evidence::is_for_a_tool;
use super::manifest::Manifest;
use super::pip_commands::{role_behind, takes_value};
use super::requirement::{NamedFile, PythonManifest, Reading};
use super::setup_py::{literal, skip_blanks};
use crate::facts::Role;

/// What the manifest says; what is put together is not to be known.
pub(super) fn read(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let text = manifest.text();
    let mut reading = Reading::of(manifest, warnings);
    let mut named_files = Vec::new();
    for (at, call) in text.match_indices(".install(") {
        let session = session_around(text, at);
        if is_comment(text, at) || is_for_a_tool(session) {
            continue;
        }
        let mut option = None;
        for (word, at) in literals(text, at + call.len()) {
            match option.take() {
                Some(option) => named_files.extend(role_behind(option, role()).map(|role| NamedFile {
                    path: word.to_owned(),
                    role,
                    published: false,
                })),
                None if word.starts_with('-') => option = takes_value(word).then_some(word),
                None if word.contains('{') || word.starts_with('.') || word.contains('/') => {}
                None => {
                    let before = reading.found.len();
                    reading.add(word, at + 1, role());
                    // In other sessions another one may be installed.
                    reading.only_under(before, &format!("the session {session} of nox"));
                }
            }
        }
    }
    PythonManifest {
        requirements: reading.found,
        named_files,
        ..PythonManifest::default()
    }
}

/// The role of what a session installs: the developers' own.
fn role() -> Role {
    Role::Group("nox".to_owned())
}

/// The literals at the beginning of what stands between brackets.
fn literals(text: &str, at: usize) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut at = skip_blanks(text, at);
    while let Some((word, start)) = literal(text, at) {
        found.push((word, start));
        at = skip_blanks(text, start + word.len() + 2);
        match text.get(at..).and_then(|rest| rest.strip_prefix(',')) {
            Some(rest) => at = skip_blanks(text, text.len() - rest.len()),
            None => break,
        }
    }
    found
}

/// The name of the function that a place stands in.
fn session_around(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let definition = before.rsplit("def ").next().filter(|rest| rest.len() < before.len());
    definition.and_then(|rest| rest.split('(').next()).map_or("", str::trim)
}

fn is_comment(text: &str, at: usize) -> bool {
    let line = text.get(..at).and_then(|before| before.rsplit('\n').next());
    line.is_some_and(|line| line.contains('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let read = read(&Manifest::new("noxfile.py", text), &mut Vec::new());
        let found = read.requirements.iter();
        let found = found.map(|one| format!("{} ({})", one.shown(), one.condition.as_deref().unwrap_or_default()));
        let files = read.named_files.iter().map(|file| file.path.clone());
        found.chain(files).collect()
    }

    #[test]
    fn sessions_say_what_they_install() {
        let one = "@nox.session\ndef tests(session):\n    session.install(\"-r\", \"dev.txt\", 'websockets<14', \"-e\", \".\")\n";
        assert_eq!(shown(one), ["websockets<14 (the session tests of nox)", "dev.txt"]);
        let two = "def old(session):\n    session.install(\n        \"pytest\",\n        \"websockets==13.1\",\n    )\n\n\ndef new(session):\n    session.install(f\"websockets=={V}\")\n    # session.install(\"websockets==1.0\")\n";
        assert_eq!(
            shown(two),
            [
                "pytest (the session old of nox)",
                "websockets==13.1 (the session old of nox)"
            ]
        );
        assert_eq!(
            shown("def lint(session):\n    session.install('websockets==10.0')\n"),
            Vec::<String>::new()
        );
    }
}

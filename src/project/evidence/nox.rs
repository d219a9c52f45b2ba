//! `noxfile.py`: the literals that it hands to `session(python=…)`. It is searched, never run.

use super::purpose::is_for_a_tool;
use super::versions::version;
use crate::project::manifest::Manifest;
use crate::project::setup_py::{lists, literal, values_of};
use crate::project::{Fact, PythonVersion};

pub(super) fn read(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let text = manifest.text();
    let single = values_of(text, "python").filter_map(|at| literal(text, at));
    let given = single.chain(lists(text, "python"));
    let facts = given.filter(|(_, at)| !is_for_a_tool(session_behind(text, *at)));
    facts
        .filter_map(|(version_text, at)| {
            Some(Fact {
                value: version(version_text)?,
                source: format!("python in {}", manifest.place(at)),
            })
        })
        .collect()
}

/// The name of the function whose decorator stands at `at`. A list may be assigned to a variable, and be that of several.
fn session_behind(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    let is_decorator = text.get(..at).and_then(|before| before.rsplit('\n').next());
    let is_decorator = is_decorator.is_some_and(|line| line.trim_start().starts_with('@'));
    let name = rest.split_once("\ndef ").map(|(_, name)| name).filter(|_| is_decorator);
    name.and_then(|name| name.split('(').next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;

    fn read_text(text: &str) -> Vec<String> {
        shown(read(&Manifest::new("noxfile.py", text)))
    }

    #[test]
    fn the_pythons_of_sessions_are_read() {
        assert_eq!(
            read_text(
                "import nox\n\n@nox.session(python=[\"3.10\", '3.12'])\ndef tests(session):\n    session.run('pytest')\n"
            ),
            ["3.10 python in noxfile.py:3", "3.12 python in noxfile.py:3"]
        );
        assert_eq!(
            read_text("PYTHONS = [\n    '3.8',\n]\n@nox.session(python=PYTHONS)\ndef tests(session): ...\n"),
            ["3.8 python in noxfile.py:2"]
        );
        assert_eq!(
            read_text(
                "@session(python='3.11')\ndef tests(session): ...\n@session(python='3.8')\ndef lint(session): ...\n"
            ),
            ["3.11 python in noxfile.py:1"]
        );
        assert!(
            read_text("session.install('x==3.8', python)\n@session(python=versions())\ndef f(s): ...\n").is_empty()
        );
    }
}

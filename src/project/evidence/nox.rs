//! `noxfile.py`: the literals that it hands to `session(python=…)`. It is searched, never run.

use super::purpose::is_for_a_tool;
use super::versions::version;
use crate::facts::{Fact, PythonVersion};
use crate::project::manifest::Manifest;
use crate::project::setup_py::{list_of_literals, lists, literal, skip_blanks, values_of};

pub(super) fn read(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let text = manifest.text();
    let single = values_of(text, "python").filter_map(|at| literal(text, at));
    let given = single.chain(lists(text, "python")).chain(parameters(text));
    let given = given.filter_map(|(version_text, at)| Some((version(version_text)?, at)));
    let facts = given
        .chain(counted(text))
        .filter(|(_, at)| !is_for_a_tool(session_behind(text, *at)));
    facts
        .map(|(value, at)| Fact {
            value,
            source: format!("python in {}", manifest.place(at)),
        })
        .collect()
}

/// The literals of `@nox.parametrize("python", ["3.9", "3.12"])`, and where they stand.
fn parameters(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let calls = text.match_indices("parametrize(");
    calls
        .filter_map(|(at, call)| {
            let (name, start) = literal(text, skip_blanks(text, at + call.len()))?;
            let behind = skip_blanks(text, start + name.len() + 2);
            let is_python = name == "python" && text.get(behind..)?.starts_with(',');
            is_python.then(|| list_of_literals(text, skip_blanks(text, behind + 1)))
        })
        .flatten()
}

/// The oldest of `[f"3.{minor}" for minor in range(9, 14)]`, and where it stands.
fn counted(text: &str) -> impl Iterator<Item = (PythonVersion, usize)> {
    text.match_indices("[f").filter_map(|(at, _)| {
        let list = text.get(at..)?.split(']').next()?;
        let quoted = list.get(2..)?;
        let is_minor = quoted.starts_with("\"3.{") || quoted.starts_with("'3.{");
        let (_, range) = list.split_once("range(").filter(|_| is_minor)?;
        let start = range.split([',', ')']).next()?.trim();
        Some((version(&format!("3.{start}"))?, at))
    })
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
        for text in [
            "@nox.session\n@nox.parametrize(\"python\", [\"3.9\", \"3.12\"])\ndef tests(session): ...\n",
            "\n@nox.session(python=[f\"3.{m}\" for m in range(9, 14)])\ndef tests(session): ...\n",
            "\nPYTHONS = [f'3.{m}' for m in range(9, 14)]\n@nox.session(python=PYTHONS)\ndef tests(session): ...\n",
        ] {
            assert_eq!(
                read_text(text).first().map(String::as_str),
                Some("3.9 python in noxfile.py:2"),
                "{text}"
            );
        }
        assert!(read_text("@nox.parametrize('django', ['3.9'])\ndef tests(session): ...\n").is_empty());
        assert!(
            read_text("session.install('x==3.8', python)\n@session(python=versions())\ndef f(s): ...\n").is_empty()
        );
    }
}

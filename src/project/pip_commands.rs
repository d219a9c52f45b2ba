//! What commands install by pip: `RUN pip install "websockets==13.1"` of a Dockerfile, `run: pip install websockets<14` of a workflow,
//! the recipe of a Makefile, `!pip install websockets` of a notebook.

use super::manifest::Manifest;
use super::requirement::{NamedFile, PythonManifest, Reading};
use crate::facts::{Requirement, Role};

/// Options of `pip install` that have a value behind them.
const WITH_VALUE: &[&str] = &[
    "-c",
    "-e",
    "-f",
    "-i",
    "-r",
    "-t",
    "--constraint",
    "--editable",
    "--extra-index-url",
    "--find-links",
    "--index-url",
    "--platform",
    "--prefix",
    "--progress-bar",
    "--proxy",
    "--python-version",
    "--requirement",
    "--root",
    "--src",
    "--target",
    "--timeout",
    "--trusted-host",
    "--upgrade-strategy",
];

/// What the commands of a Dockerfile install. What its manifests say counts more.
pub(super) fn of_dockerfile(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let mut reading = Reading::of(manifest, warnings);
    let mut named_files = Vec::new();
    for word in words(manifest.text()) {
        let role = Role::Group("image".to_owned());
        match word.behind {
            None => reading.add(word.text, word.at, role),
            Some(option) => named_files.extend(file_of(option, word.text, role)),
        }
    }
    PythonManifest {
        requirements: reading.found,
        named_files,
        ..PythonManifest::default()
    }
}

/// What the commands of a configuration of CI, or of a script, install by name. It says less than any manifest: another job may
/// install another release.
pub(super) fn of_workflow(manifest: &Manifest) -> Vec<Requirement> {
    // Whatever is no requirement there belongs to its shell.
    let mut no_manifest = Vec::new();
    let mut reading = Reading::of(manifest, &mut no_manifest);
    for (word, at) in installed(manifest.text()) {
        reading.add(word, at, Role::Group("ci".to_owned()));
    }
    reading.only_under(0, "a job or a script");
    reading.found
}

/// The file for pip that an option names. Where it lies in the image is not to be known, but that it was copied from beside.
fn file_of(option: &str, path: &str, role: Role) -> Option<NamedFile> {
    Some(NamedFile {
        path: path.trim_start_matches('/').to_owned(),
        role: role_behind(option, role)?,
        published: false,
    })
}

/// The role of what stands in the file for pip that an option names, if it names one; `role` is that of what is installed.
pub(super) fn role_behind(option: &str, role: Role) -> Option<Role> {
    match option {
        "-c" | "--constraint" => Some(Role::Constraint),
        "-r" | "--requirement" => Some(role),
        _ => None,
    }
}

/// Whether an option of `pip install` has a value behind it.
pub(super) fn takes_value(option: &str) -> bool {
    WITH_VALUE.contains(&option)
}

/// What the commands in a text install by name, as it is written, each with the byte at which it stands. What is put together by
/// variables is not to be known.
pub(super) fn installed(text: &str) -> Vec<(&str, usize)> {
    let words = words(text).into_iter().filter(|word| word.behind.is_none());
    words.map(|word| (word.text, word.at)).collect()
}

/// A word behind `pip install` that is no option.
struct Word<'t> {
    text: &'t str,
    /// The byte at which it stands.
    at: usize,
    /// The option whose value it is.
    behind: Option<&'t str>,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut read = 0;
    for (at, command) in text.match_indices("pip") {
        // What a command names is no command.
        if at < read {
            continue;
        }
        let rest = text.get(at + command.len()..).unwrap_or_default();
        let rest = rest.strip_prefix('3').unwrap_or(rest);
        let Some(arguments) = rest.trim_start_matches([' ', '\t']).strip_prefix("install") else {
            continue;
        };
        let before = text.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
        let is_whole = !before.ends_with(char::is_alphanumeric) && !line.starts_with('#');
        if is_whole && arguments.starts_with([' ', '\t']) {
            read = arguments_of(arguments, text.len() - arguments.len(), &mut found);
        }
    }
    found
}

/// The words up to the end of the command that are no options; gives where that is. Their text begins at the byte `start`.
fn arguments_of<'t>(arguments: &'t str, start: usize, found: &mut Vec<Word<'t>>) -> usize {
    let mut at = 0;
    let mut behind = None;
    while let Some(rest) = arguments.get(at..) {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let rest = &rest[blanks..];
        at += blanks;
        // A line that goes on.
        if let Some(next) = rest.strip_prefix("\\\n").or_else(|| rest.strip_prefix("\\\r\n")) {
            at += rest.len() - next.len();
            continue;
        }
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (word, length) = match quote {
            Some(quote) => match rest.get(1..).and_then(|inner| inner.split_once(quote)) {
                Some((word, _)) => (word, word.len() + 2),
                None => return start + at,
            },
            None => {
                // A quote ends the text that the whole command stands in.
                let length = rest.find(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '"' | '\''));
                let length = length.unwrap_or(rest.len());
                (&rest[..length], length)
            }
        };
        if length == 0 || quote.is_none() && word.starts_with('#') {
            return start + at;
        }
        let is_option = quote.is_none() && word.starts_with('-');
        if !is_option && !word.contains(['$', '\n']) {
            found.push(Word {
                text: word,
                at: start + at + usize::from(quote.is_some()),
                behind,
            });
        }
        behind = Some(word).filter(|word| is_option && takes_value(word));
        at += length;
    }
    start + at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packages_of_a_command_are_found() {
        let words = |text| -> Vec<&str> {
            let found = installed(text);
            assert!(
                found.iter().all(|(word, at)| text[*at..].starts_with(word)),
                "{found:?}"
            );
            found.into_iter().map(|(word, _)| word).collect()
        };
        for (text, expected) in [
            (
                "RUN pip install --no-cache-dir \"websockets==13.1\" 'a>=1' && echo x",
                vec!["websockets==13.1", "a>=1"],
            ),
            (
                "RUN python -m pip install -r a.txt -U b==1 \\\n    c~=2 ; d",
                vec!["b==1", "c~=2"],
            ),
            ("!pip3 install -q websockets==13.1  # old\nx", vec!["websockets==13.1"]),
            ("uv pip install \"a[b]==$V\" c\n d", vec!["c"]),
            ("RUN pip install --index-url https://x y", vec!["y"]),
            ("  # - run: pip install x\n  - run: pip install y\n", vec!["y"]),
            ("RUN pip install pip install a", vec!["pip", "install", "a"]),
            ("run: \"pip install a==1\" # x", vec!["a==1"]),
            ("{\"postCreateCommand\":\"pip install a==1 b\"}", vec!["a==1", "b"]),
            (
                "pip uninstall a\nmypip install b\npip installs c\npip install \"d",
                vec![],
            ),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}

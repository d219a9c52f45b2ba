//! What people type who know other tools, and what it is called here.

use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::args::Args;
use crate::config::nearest;
use crate::rules;

/// Options of other linters.
const OPTIONS: [(&str, &str); 9] = [
    ("--format", "--output-format"),
    ("--rules", "--list-rules"),
    ("--disable", "--ignore"),
    ("--enable", "--extend-select"),
    ("--show-fixes", "--diff"),
    ("--dry-run", "--diff"),
    ("--noqa", "--ignore-suppressions"),
    ("--add-noqa", "--add-ignore"),
    ("--completion", "--generate-completion"),
];

/// Commands of other linters: the word, and what it is here.
const COMMANDS: [(&str, &str); 15] = [
    ("check", "`ws-lint PATHS` checks"),
    ("lint", "`ws-lint PATHS` checks"),
    ("run", "`ws-lint PATHS` checks"),
    ("scan", "`ws-lint PATHS` checks"),
    ("fix", "`ws-lint --fix PATHS` fixes"),
    ("diff", "`ws-lint --diff PATHS` shows what the fixes would change"),
    ("rule", "`ws-lint --explain CODE` explains a rule"),
    ("explain", "`ws-lint --explain CODE` explains a rule"),
    ("rules", "`ws-lint --list-rules` lists the rules"),
    ("config", "`ws-lint --show-settings` prints the configuration"),
    ("watch", "`ws-lint --watch PATHS` looks again whenever a file changes"),
    (
        "lsp",
        "there is no language server; `ws-lint --watch PATHS` looks again whenever a file changes",
    ),
    (
        "server",
        "there is no language server; `ws-lint --watch PATHS` looks again whenever a file changes",
    ),
    ("help", "`ws-lint --help` lists the options"),
    ("version", "`ws-lint --version` tells the version"),
];

/// What to say of paths the first of which is a command of other tools, and no file or folder.
pub(super) fn as_a_command(paths: &[PathBuf], cwd: &Path) -> Option<String> {
    let (first, rest) = paths.split_first()?;
    let (word, instead) = COMMANDS.iter().find(|(word, _)| Path::new(word) == first)?;
    if cwd.join(first).symlink_metadata().is_ok() {
        return None;
    }
    let rule = rest.first().and_then(|path| rules::find(path.to_str()?));
    let instead = match rule {
        Some(rule) => instead.replace("CODE", rule.code),
        None => (*instead).to_owned(),
    };
    Some(format!(
        "`{word}` is no file or folder here, and ws-lint has no commands: {instead}"
    ))
}

/// The same complaint, and where it is about an unknown option the one that is probably meant.
pub(super) fn with_suggestion(mut error: clap::Error) -> clap::Error {
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    if let Some(known) = meant(unknown) {
        // That it could be a file that is called so.
        error.remove(ContextKind::Suggested);
        error.insert(ContextKind::SuggestedArg, ContextValue::String(known));
    }
    error
}

fn meant(unknown: &str) -> Option<String> {
    let name = unknown.split_once('=').map_or(unknown, |(name, _)| name);
    if let Some((_, here)) = OPTIONS.iter().find(|(there, _)| *there == name) {
        return Some((*here).to_owned());
    }
    let command = Args::command();
    let known = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let known: Vec<&str> = known.filter_map(clap::Arg::get_long).collect();
    let name = name.strip_prefix("--")?;
    nearest(name, known).map(|known| format!("--{known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_tools_call_it_is_known() {
        for (unknown, known) in [
            ("--format", Some("--output-format")),
            ("--format=json", Some("--output-format")),
            ("--fxi", Some("--fix")),
            ("--exlpain", Some("--explain")),
            ("--quux", None),
            ("-x", None),
        ] {
            assert_eq!(meant(unknown).as_deref(), known, "{unknown}");
        }
        let command = Args::command();
        for (_, here) in OPTIONS {
            let is_there = |long: &str| {
                command
                    .get_arguments()
                    .any(|argument| argument.get_long() == Some(long))
            };
            assert!(here.strip_prefix("--").is_some_and(is_there), "{here}");
        }
    }

    #[test]
    fn a_command_of_other_tools_is_told_from_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let told = |paths: &[&str]| as_a_command(&paths.iter().map(PathBuf::from).collect::<Vec<_>>(), folder.path());
        let said = told(&["rule", "ws101"]).unwrap();
        assert!(said.ends_with("`ws-lint --explain WS101` explains a rule"), "{said}");
        assert!(told(&["check", "src"]).is_some() && told(&["lsp"]).is_some());
        assert_eq!((told(&["src", "check"]), told(&[])), (None, None));
        std::fs::create_dir(folder.path().join("check")).unwrap();
        assert_eq!(told(&["check"]), None);
    }
}

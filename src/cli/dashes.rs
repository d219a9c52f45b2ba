//! File names that look like options.
//!
//! Who calls ws-lint with the names of files, as pre-commit, `xargs` and a shell's `*` do, passes whatever they are called: a
//! file `--exit-zero` would hide findings, a file `--fix` would have sources rewritten. Behind `--` everything is a path. In
//! front of it, or where there is none, a word that could be either is refused, and one that is no option is a path.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Command, CommandFactory as _};

use super::args::Args;
use super::plan::Misuse;

/// What was typed (the program's name first) with every file name so that it cannot be taken for an option.
///
/// # Errors
/// A word is an option and the name of a file in `cwd`.
pub(super) fn told_apart(typed: &[OsString], cwd: &Path) -> Result<Vec<OsString>, Misuse> {
    let is_file = |word: &OsStr| cwd.join(word).symlink_metadata().is_ok();
    let end = typed.iter().position(|word| word == "--");
    // A file of that name ends nothing for sure.
    let is_ended = end.is_some() && !is_file(OsStr::new("--"));
    let mut told = typed.to_vec();
    let mut known = None;
    for (at, word) in told.iter_mut().enumerate().skip(1) {
        let is_behind = end.is_some_and(|end| at > end);
        let has_dash = word.as_encoded_bytes().starts_with(b"-") && end != Some(at);
        if !has_dash || !is_behind && (is_ended || *word == "-") || !is_file(word) {
            continue;
        }
        if !is_behind && is_option(word, known.get_or_insert_with(Args::command)) {
            return Err(Misuse::OptionOrFile(word.clone()));
        }
        *word = Path::new(".").join(&*word).into_os_string();
    }
    Ok(told)
}

/// Whether a word with a dash is read as an option.
fn is_option(word: &OsStr, known: &Command) -> bool {
    let word = word.to_string_lossy();
    let mut options = known.get_arguments();
    match word.strip_prefix("--") {
        Some("help" | "version") => true,
        Some(long) => {
            let name = long.split_once('=').map_or(long, |(name, _)| name);
            options.any(|option| option.get_long() == Some(name))
        }
        None => {
            let short = word.chars().nth(1);
            matches!(short, Some('h' | 'V'))
                || options.any(|option| option.get_short().is_some_and(|own| Some(own) == short))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn told(files: &[&str], typed: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let typed: Vec<OsString> = typed.split(' ').map(OsString::from).collect();
        let told = told_apart(&typed, folder.path()).map_err(|misuse| misuse.to_string())?;
        let told: Vec<_> = told
            .iter()
            .map(|word| word.to_string_lossy().replace('\\', "/"))
            .collect();
        Ok(told.join(" "))
    }

    #[test]
    fn behind_two_dashes_everything_is_a_path() {
        assert_eq!(
            told(&["--fix", "-", "a.py"], "ws-lint -q --fix -- --fix a.py - -x.py").unwrap(),
            "ws-lint -q --fix -- ./--fix a.py ./- -x.py"
        );
    }

    #[test]
    fn a_file_that_is_no_option_is_a_path() {
        assert_eq!(
            told(&["-x.py", "--x"], "ws-lint -x.py --x -y.py -").unwrap(),
            "ws-lint ./-x.py ./--x -y.py -"
        );
    }

    #[test]
    fn what_could_be_either_is_refused() {
        for (files, typed) in [
            (&["--exit-zero"][..], "ws-lint --exit-zero a.py"),
            (&["--fix"], "ws-lint --select WS1 --fix"),
            (&["--config=x"], "ws-lint --config=x"),
            (&["-e.py"], "ws-lint -e.py"),
            (&["--help"], "ws-lint --help"),
            (&["-V"], "ws-lint -V"),
            // The dashes may be the name of a file too.
            (&["--", "--fix"], "ws-lint --fix -- a.py"),
        ] {
            let refused = told(files, typed).unwrap_err();
            assert!(refused.contains("put `--` in front of the paths"), "{typed}: {refused}");
        }
    }

    #[test]
    fn without_such_files_nothing_changes() {
        let typed = "ws-lint --fix -q --select WS1 -- src -x";
        assert_eq!(told(&["a.py"], typed).unwrap(), typed);
    }
}

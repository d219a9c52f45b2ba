//! `--explain`: the page of a rule, drawn on a terminal and through a pager where it is longer than that, in Markdown elsewhere.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::{Command, Stdio};

use super::streams::Streams;
use crate::finding::Rule;
use crate::report::{ColorChoice, Drawing, page};

/// Shows the page.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn explain(rule: &Rule, choice: ColorChoice, streams: &mut Streams<'_>) -> io::Result<()> {
    let markdown = page::for_readers(rule.page);
    let is_terminal = io::stdout().is_terminal();
    if !is_terminal && choice != ColorChoice::Always {
        return streams.stdout.write_all(markdown.as_bytes());
    }
    let drawn = page::for_terminal(&markdown, Drawing::for_stdout(choice, is_terminal));
    let height = console::Term::stdout()
        .size_checked()
        .map(|(rows, _)| usize::from(rows));
    let is_long = height.is_some_and(|height| drawn.lines().count() >= height);
    if is_terminal && is_long && is_paged(&drawn) {
        return Ok(());
    }
    streams.stdout.write_all(drawn.as_bytes())
}

/// Hands the text to the user's pager. False: there is none.
fn is_paged(text: &str) -> bool {
    let Some(words) = pager(env::var_os("PAGER")) else {
        return false;
    };
    let [program, arguments @ ..] = words.as_slice() else {
        return false;
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        // As git does: end where all fits, leave colours, leave the text on the screen.
        command.env("LESS", "FRX");
    }
    let Ok(mut pager) = command.spawn() else {
        return false;
    };
    if let Some(mut input) = pager.stdin.take() {
        // Who has read enough leaves.
        _ = input.write_all(text.as_bytes());
    }
    _ = pager.wait();
    true
}

/// The words of the command, `less` where the environment says none. An empty `PAGER`, or `cat`, wants none.
fn pager(variable: Option<OsString>) -> Option<Vec<String>> {
    let command = match variable {
        Some(command) => command.into_string().ok()?,
        // There a program of the working folder would be taken for it.
        None if cfg!(windows) => return None,
        None => "less".to_owned(),
    };
    let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    (!words.is_empty() && words != ["cat"]).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_which_pager() {
        let of = |variable: &str| pager(Some(variable.into()));
        assert_eq!(of("less -R"), Some(vec!["less".to_owned(), "-R".to_owned()]));
        assert_eq!((of(""), of(" "), of("cat")), (None, None, None));
        #[cfg(not(windows))]
        assert_eq!(pager(None), Some(vec!["less".to_owned()]));
    }
}

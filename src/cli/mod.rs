//! The command line.

use std::borrow::Cow;
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::config::CONFIGURATION_SCHEMA;
use crate::report::{ColorChoice, escape};

mod adoption;
mod args;
mod budget;
mod dashes;
mod environment;
mod explain;
mod explain_site;
mod file_list;
mod lint;
mod misspelt;
mod outputs;
mod plan;
mod progress;
mod review;
mod rule_list;
mod selectors;
mod serve;
mod settings_view;
mod streams;
mod watch;

use args::Args;
use plan::{Misuse, Plan};
use streams::Streams;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`, and no diff.
    Clean,
    /// Findings at or above `--fail-on`, or a non-empty diff.
    Findings,
    /// ws-lint could not do what was asked.
    Failure,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failure => 2,
        })
    }
}

/// Runs ws-lint with these arguments (the program's name first) on these streams. Relative paths are relative to the
/// process's working folder.
///
/// A reader of `stdout` that leaves early (`ws-lint | head`) changes nothing: the run ends quietly and as it would have
/// ended.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    stdin: &mut dyn Read,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Exit {
    let mut streams = Streams::new(stdin, stdout, stderr);
    let typed: Vec<OsString> = args.into_iter().collect();
    // Where there is no working folder, there are no files in it.
    let typed = match env::current_dir().map_or(Ok(typed.clone()), |cwd| dashes::told_apart(&typed, &cwd)) {
        Ok(typed) => typed,
        Err(misuse) => {
            streams.say("error", misuse);
            return Exit::Failure;
        }
    };
    let args = match Args::try_parse_from(&typed) {
        Ok(args) => args,
        Err(message) => return print_message(&misspelt::with_suggestion(message), &typed, &mut streams),
    };
    let watches = args.watch;
    let outcome = match plan(args) {
        Ok(Plan::Lint(lint)) if watches => watch::watch(*lint, || plan_again(&typed), &mut streams),
        Ok(plan) => execute(plan, &mut streams),
        Err(misuse) => {
            say_misuse(&misuse, &mut streams);
            return Exit::Failure;
        }
    };
    let outcome = outcome.and_then(|exit| streams.stdout.flush().map(|()| exit));
    outcome.unwrap_or_else(|error| {
        streams.say("error", format!("standard output cannot be written: {error}"));
        Exit::Failure
    })
}

/// A configuration may have many mistakes.
fn say_misuse(misuse: &Misuse, streams: &mut Streams<'_>) {
    match misuse {
        Misuse::Configuration(error) => error.all().for_each(|mistake| streams.say("error", mistake)),
        _ => streams.say("error", misuse),
    }
}

fn plan(args: Args) -> Result<Plan, Misuse> {
    let cwd =
        env::current_dir().map_err(|_| Misuse::Arguments("the working folder does not exist or may not be read"))?;
    Plan::new(args, &cwd)
}

/// What the same arguments mean by the configuration as it is now.
fn plan_again(typed: &[OsString]) -> Result<Plan, Misuse> {
    let args = Args::try_parse_from(typed).map_err(|_| Misuse::Arguments("the arguments cannot be read again"))?;
    plan(args)
}

/// # Errors
/// Standard output cannot be written.
fn execute(plan: Plan, streams: &mut Streams<'_>) -> io::Result<Exit> {
    match plan {
        Plan::Lint(lint) => return lint::lint_and_leave(*lint, streams),
        Plan::Budget(lint) => return budget::budget(&lint, streams),
        Plan::ShowSettings(path, hierarchy) => return settings_view::show(&path, &hierarchy, streams),
        Plan::ExplainSite(place, lint) => return explain_site::explain(&place, &lint, streams),
        Plan::ShowFiles(lint) => return file_list::show(&lint, streams),
        Plan::Explain(rule, color) => explain::explain(rule, color, streams)?,
        Plan::ListRules => rule_list::write(&mut streams.stdout)?,
        Plan::ConfigSchema => streams.stdout.write_all(CONFIGURATION_SCHEMA.as_bytes())?,
        Plan::Complete(shell) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "ws-lint", &mut script);
            streams.stdout.write_all(&script)?;
        }
        Plan::Serve(args, folder) => return Ok(serve::serve(&args, &folder, streams)),
        Plan::Man => clap_mangen::Man::new(Args::command()).render(&mut streams.stdout)?,
    }
    Ok(Exit::Clean)
}

/// Help and version go to standard output, what is wrong with the arguments to standard error. What was typed is quoted
/// there, and may hold what a terminal obeys: then it is shown escaped, without colours.
fn print_message(message: &clap::Error, typed: &[OsString], streams: &mut Streams<'_>) -> Exit {
    let is_terminal = match message.use_stderr() {
        true => io::stderr().is_terminal(),
        false => io::stdout().is_terminal(),
    };
    let rendered = message.render();
    let is_harmless = |word: &OsString| {
        word.to_str()
            .is_some_and(|word| matches!(escape::line(word), Cow::Borrowed(_)))
    };
    let has_colors = ColorChoice::Auto.wants_color(is_terminal, |name| env::var_os(name));
    let text = match typed.iter().all(is_harmless) {
        true if has_colors => rendered.ansi().to_string(),
        true => rendered.to_string(),
        false => escape::lines(&rendered.to_string()).into_owned(),
    };
    if message.use_stderr() {
        streams.say_plainly(text);
        return Exit::Failure;
    }
    let written = streams.stdout.write_all(text.as_bytes());
    match written.and_then(|()| streams.stdout.flush()) {
        Ok(()) => Exit::Clean,
        Err(_) => Exit::Failure,
    }
}

//! Looks at files, reports, fixes, and gives the verdict.

mod again;
mod reporting;

use std::io::{self, IsTerminal as _, Write as _};
use std::mem;
use std::path::{Path, PathBuf};

use super::Exit;
use super::adoption;
use super::plan::{Action, Input, Lint};
use super::progress::Progress;
use super::review;
use super::streams::Streams;
use crate::config::shown;
use crate::discover::{self, Discovered, Failure, Found};
use crate::facts::PythonVersion;
use crate::fix;
use crate::narrowing::Narrowing;
use crate::reading::{self, Kind};
use crate::report::{Review, escape};
use crate::run::{self, Kept, Known, Outcome, Request, Task};

pub(super) use again::{Last, lint_again, lint_and_keep};
use reporting::{Destination, report, summary};

/// Does what was asked and says how it ended.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn lint(lint: &Lint, streams: &mut Streams<'_>) -> io::Result<Exit> {
    match scope(lint, streams) {
        Some(mut scope) => lint_in(&mut scope, lint, streams),
        None => Ok(Exit::Failure),
    }
}

/// As [`lint()`] for the last thing that the process does. It gives all of its memory back at once then: to take apart what is known
/// of a large project takes as long as to find some of it out.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn lint_and_leave(lint: Lint, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let Some(mut scope) = scope(&lint, streams) else {
        return Ok(Exit::Failure);
    };
    let exit = lint_in(&mut scope, &lint, streams);
    mem::forget((lint, scope));
    exit
}

fn lint_in(scope: &mut Scope, lint: &Lint, streams: &mut Streams<'_>) -> io::Result<Exit> {
    match &lint.input {
        Input::Paths(paths) => lint_paths(lint, paths, scope, streams),
        Input::Stdin(name) => lint_stdin(lint, name.as_deref(), scope, streams),
    }
}

fn scope(lint: &Lint, streams: &mut Streams<'_>) -> Option<Scope> {
    let narrowing = adoption::narrowing(lint, streams)?;
    match review::review(lint, &narrowing) {
        Ok(review) => Some(Scope {
            narrowing,
            review,
            known: Known::new(lint.hierarchy.cwd()),
        }),
        Err(error) => {
            streams.say("error", error);
            None
        }
    }
}

/// What the run is about.
struct Scope {
    narrowing: Narrowing,
    review: Review,
    /// What is known around the files.
    known: Known,
}

fn request<'a>(lint: &'a Lint, scope: &'a Scope) -> Request<'a> {
    Request {
        task: lint.task(),
        narrowing: &scope.narrowing,
        allow: lint.adoption.add_ignore.as_ref(),
        counts: lint.fail_on,
        known: &scope.known,
    }
}

fn lint_paths(lint: &Lint, paths: &[PathBuf], scope: &mut Scope, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let mut discovered = meet(lint, paths, scope, None, streams);
    let count = discovered.files.len();
    let checking = Progress::begin(format!("checking what {count} of them say"), !lint.quiet);
    let outcome = match lint.task() {
        Task::Fix(_) => fix_all(lint, mem::take(&mut discovered.files), scope),
        _ => run::run(&discovered.files, request(lint, scope)),
    };
    drop(checking);
    match outcome {
        Ok(outcome) => tell(lint, scope, &discovered, outcome, streams),
        Err(reason) => Ok(cannot_start(&reason, streams)),
    }
}

/// Fixes the files. What is left is told as the next run will find it: of what is said of a file some rests on what others were
/// before they were fixed. What could be fixed only then is left to that run, since nobody was shown it.
fn fix_all(lint: &Lint, files: Vec<Found>, scope: &mut Scope) -> Result<Outcome, String> {
    let mut kept = Kept::look_at_all(files, [], request(lint, scope))?;
    let written = kept.written();
    // Comments that were just added, and lines that a diff knows by their numbers, are for this run as they were.
    let is_settled =
        written.changed.is_empty() || lint.adoption.add_ignore.is_some() || scope.narrowing.changes.is_some();
    if !is_settled {
        let touched = scope.known.forget(&written);
        kept.look_again(&touched, request(lint, scope))?;
    }
    Ok(kept.into_outcome(request(lint, scope)))
}

/// Finds the files, and says what is to be said of the way there. Those that the sieve holds back are shown to `passed_over`.
fn meet(
    lint: &Lint,
    paths: &[PathBuf],
    scope: &Scope,
    passed_over: Option<&(dyn Fn(&Found) + Sync)>,
    streams: &mut Streams<'_>,
) -> Discovered {
    let sieve = run::sieve(&scope.narrowing, &scope.known);
    let reading = Progress::begin("reading".to_owned(), !lint.quiet);
    let counted = |file: &mut Found, bytes: &[u8]| {
        reading.step();
        let is_worth_a_look = sieve(file, bytes);
        if let Some(passed_over) = passed_over.filter(|_| !is_worth_a_look) {
            passed_over(file);
        }
        is_worth_a_look
    };
    let discovered = discover::discover(paths, &lint.hierarchy, lint.force_exclude, Some(&counted));
    drop(reading);
    if lint.verbose {
        for (path, reason) in &discovered.skipped {
            streams.say("note", format!("{}: skipped: {reason}", path.display()));
        }
        say_configurations(lint, &discovered, streams);
    }
    for failure in discovered.failures.iter().flat_map(Failure::lines) {
        streams.say("error", failure);
    }
    if !lint.quiet {
        for warning in discovered.warnings.iter().chain(&lint.hierarchy.warnings()) {
            streams.say("warning", warning);
        }
    }
    let has_files = !discovered.files.is_empty() || discovered.passed_over > 0;
    if !has_files && discovered.failures.is_empty() && discovered.skipped.is_empty() && !lint.quiet {
        streams.say(
            "warning",
            "no Python or Rust files found: what `.gitignore` ignores, hidden folders and `exclude` are left out, a file that is named is not",
        );
    }
    discovered
}

/// Tells what came of the files, and gives the verdict.
fn tell(
    lint: &Lint,
    scope: &Scope,
    discovered: &Discovered,
    mut outcome: Outcome,
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    outcome.looked_at += discovered.passed_over;
    say_troubles(lint, &outcome, streams);
    let unfound: Vec<String> = discovered.failures.iter().flat_map(Failure::lines).collect();
    let all_done = unfound.is_empty() && outcome.failures.is_empty();
    let verdict = match lint.action {
        _ if lint.adoption.renews_baseline() => Exit::Clean,
        Action::Diff => write_diff(lint, &outcome, streams)?,
        Action::FixOnly => {
            say_summary(lint, &outcome, "fixed", streams);
            Exit::Clean
        }
        Action::Report | Action::Fix => report(lint, &outcome, &scope.review, Destination::Stdout, &unfound, streams)?,
    };
    let settled = adoption::settle_baseline(lint, &scope.narrowing, &outcome, all_done, streams);
    Ok(conclude(lint, verdict, all_done && settled))
}

fn lint_stdin(lint: &Lint, name: Option<&Path>, scope: &Scope, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let bytes = match reading::read_stream(streams.stdin, Kind::Source) {
        Ok(bytes) => bytes,
        Err(error) => {
            streams.say("error", format!("standard input cannot be read: {error}"));
            return Ok(Exit::Failure);
        }
    };
    let file = match discover::standard_input(name, &bytes, &lint.hierarchy) {
        Ok(file) => file,
        Err(failure) => {
            for line in failure.lines() {
                streams.say("error", line);
            }
            return Ok(Exit::Failure);
        }
    };
    if !lint.quiet {
        for warning in lint.hierarchy.warnings() {
            streams.say("warning", warning);
        }
    }
    let fixes = matches!(lint.task(), Task::Fix(_));
    if lint.force_exclude && file.configuration.excludes_on_the_way(&file.absolute) {
        if fixes {
            streams.stdout.write_all(&bytes)?;
        }
        return Ok(Exit::Clean);
    }
    let outcome = match run::run_bytes(&file, bytes.clone(), request(lint, scope)) {
        Ok(outcome) => outcome,
        Err(reason) => return Ok(cannot_start(&reason, streams)),
    };
    say_troubles(lint, &outcome, streams);
    if fixes {
        // Whoever pipes a file through gets it back, fixed or not.
        let fixed = outcome.files.iter().find(|file| file.before.is_some());
        let text = fixed.map_or(bytes.as_slice(), |file| file.source.on_disk().text().as_bytes());
        streams.stdout.write_all(text)?;
    }
    let verdict = match lint.action {
        Action::Diff => write_diff(lint, &outcome, streams)?,
        Action::FixOnly => Exit::Clean,
        Action::Fix | Action::Report if fixes => {
            report(lint, &outcome, &scope.review, Destination::Stderr, &[], streams)?
        }
        Action::Fix | Action::Report => report(lint, &outcome, &scope.review, Destination::Stdout, &[], streams)?,
    };
    let all_done = outcome.failures.is_empty();
    let settled = adoption::settle_baseline(lint, &scope.narrowing, &outcome, all_done, streams);
    Ok(conclude(lint, verdict, all_done && settled))
}

fn conclude(lint: &Lint, verdict: Exit, all_done: bool) -> Exit {
    match verdict {
        _ if !all_done => Exit::Failure,
        Exit::Findings if lint.exit_zero => Exit::Clean,
        verdict => verdict,
    }
}

fn cannot_start(reason: &str, streams: &mut Streams<'_>) -> Exit {
    streams.say("error", format!("the threads cannot be started: {reason}"));
    Exit::Failure
}

fn say_troubles(lint: &Lint, outcome: &Outcome, streams: &mut Streams<'_>) {
    if !lint.quiet {
        for warning in &outcome.warnings {
            streams.say("warning", warning);
        }
    }
    for failure in &outcome.failures {
        streams.say("error", failure);
    }
    if !lint.quiet {
        say_what_is_taken_for_granted(outcome, streams);
    }
}

/// Says once that fixes are for a Python that nothing tells.
fn say_what_is_taken_for_granted(outcome: &Outcome, streams: &mut Streams<'_>) {
    let mut files = outcome.files.iter().filter(|file| file.takes_python_for_granted);
    let Some(first) = files.next() else { return };
    let path = first.source.path().display();
    let (what, run) = match files.count() {
        0 => (format!("{path}"), "runs"),
        1 => (format!("{path} and one more file"), "run"),
        more => (format!("{path} and {more} more files"), "run"),
    };
    let oldest = PythonVersion::OLDEST_MAINTAINED;
    streams.say(
        "note",
        format!(
            "nothing says which Pythons {what} {run} on: fixes are written for {oldest} and newer; `target-version` in ws-lint.toml, or \
             `requires-python`, settles it"
        ),
    );
}

fn say_configurations(lint: &Lint, discovered: &Discovered, streams: &mut Streams<'_>) {
    for file in &discovered.configurations {
        streams.say("note", format!("configuration: {}", shown(file, lint.hierarchy.cwd())));
    }
}

/// The fixes as a diff on standard output, what they come to on standard error.
fn write_diff(lint: &Lint, outcome: &Outcome, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let mut verdict = Exit::Clean;
    for file in &outcome.files {
        if let Some(before) = &file.before {
            let diff = fix::unified(
                file.source.path(),
                before.on_disk().text(),
                file.source.on_disk().text(),
            );
            // A patch has to have the bytes of the file, and a terminal would obey them.
            let diff = match io::stdout().is_terminal() {
                true => escape::lines(&diff),
                false => diff.into(),
            };
            streams.stdout.write_all(diff.as_bytes())?;
            verdict = Exit::Findings;
        }
    }
    streams.stdout.flush()?;
    match lint.adoption.add_ignore {
        Some(_) => adoption::say_allowed(lint, outcome, streams),
        None => say_summary(lint, outcome, "would fix", streams),
    }
    Ok(verdict)
}

/// `would fix 3 findings in 2 files, 1 left`.
fn say_summary(lint: &Lint, outcome: &Outcome, verb: &str, streams: &mut Streams<'_>) {
    if lint.quiet {
        return;
    }
    let summary = summary(lint, outcome);
    let fixed: usize = summary.fixed.values().sum();
    let files = outcome.files.iter().filter(|file| file.before.is_some()).count();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let left = summary.left().map(|left| format!("; {left}")).unwrap_or_default();
    streams.say_plainly(format_args!(
        "{verb} {fixed} finding{} in {files} file{}, {} left{left}\n",
        plural(fixed),
        plural(files),
        summary.findings()
    ));
}

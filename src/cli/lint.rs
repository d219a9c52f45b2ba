//! Looks at files, reports, fixes, and gives the verdict.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::Exit;
use super::adoption;
use super::args::Output;
use super::plan::{Action, Input, Lint};
use super::streams::Streams;
use crate::config::shown;
use crate::discover::{self, Found};
use crate::fix;
use crate::narrowing::Narrowing;
use crate::report::{ColorChoice, Drawing, FileReport, Options, Summary};
use crate::run::{self, Outcome, Request, Task};

/// Does what was asked and says how it ended.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn lint(lint: Lint, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let Some(narrowing) = adoption::narrowing(&lint, streams) else {
        return Ok(Exit::Failure);
    };
    match &lint.input {
        Input::Paths(paths) => lint_paths(&lint, paths, &narrowing, streams),
        Input::Stdin(name) => lint_stdin(&lint, name.as_deref(), &narrowing, streams),
    }
}

fn request<'a>(lint: &'a Lint, narrowing: &'a Narrowing) -> Request<'a> {
    Request {
        task: lint.task(),
        narrowing,
        allow: lint.adoption.add_ignore.as_ref(),
        cwd: lint.hierarchy.cwd(),
    }
}

fn lint_paths(lint: &Lint, paths: &[PathBuf], narrowing: &Narrowing, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let discovered = discover::discover(paths, &lint.hierarchy, lint.force_exclude);
    if lint.verbose {
        for (path, reason) in &discovered.skipped {
            streams.say("note", format!("{}: skipped: {reason}", path.display()));
        }
        say_configurations(lint, &discovered.files, streams);
    }
    for failure in &discovered.failures {
        streams.say("error", failure);
    }
    if discovered.files.is_empty() && discovered.failures.is_empty() && discovered.skipped.is_empty() && !lint.quiet {
        streams.say("warning", "no Python or Rust files found");
    }
    let outcome = match run::run(&discovered.files, request(lint, narrowing)) {
        Ok(outcome) => outcome,
        Err(reason) => return Ok(cannot_start(&reason, streams)),
    };
    say_troubles(lint, &outcome, streams);
    let all_found = discovered.failures.is_empty();
    let all_done = all_found && outcome.failures.is_empty();
    let verdict = match lint.action {
        _ if lint.adoption.renews_baseline() => Exit::Clean,
        Action::Diff => write_diff(lint, &outcome, streams)?,
        Action::FixOnly => {
            say_summary(lint, &outcome, "fixed", streams);
            Exit::Clean
        }
        Action::Report | Action::Fix => report(lint, &outcome, Destination::Stdout, all_found, streams)?,
    };
    let settled = adoption::settle_baseline(lint, narrowing, &outcome, all_done, streams);
    Ok(conclude(lint, verdict, all_done && settled))
}

fn lint_stdin(lint: &Lint, name: Option<&Path>, narrowing: &Narrowing, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let mut bytes = Vec::new();
    if let Err(error) = streams.stdin.read_to_end(&mut bytes) {
        streams.say("error", format!("standard input cannot be read: {error}"));
        return Ok(Exit::Failure);
    }
    let file = match discover::standard_input(name, &bytes, &lint.hierarchy) {
        Ok(file) => file,
        Err(failure) => {
            streams.say("error", failure);
            return Ok(Exit::Failure);
        }
    };
    let fixes = matches!(lint.task(), Task::Fix(_));
    if lint.force_exclude && file.configuration.excludes_on_the_way(&file.absolute) {
        if fixes {
            streams.stdout.write_all(&bytes)?;
        }
        return Ok(Exit::Clean);
    }
    let outcome = match run::run_bytes(&file, bytes.clone(), request(lint, narrowing)) {
        Ok(outcome) => outcome,
        Err(reason) => return Ok(cannot_start(&reason, streams)),
    };
    say_troubles(lint, &outcome, streams);
    if fixes {
        // Whoever pipes a file through gets it back, fixed or not.
        let fixed = outcome.files.iter().find(|file| file.before.is_some());
        let text = fixed.map_or(bytes.as_slice(), |file| file.source.text().as_bytes());
        streams.stdout.write_all(text)?;
    }
    let verdict = match lint.action {
        Action::Diff => write_diff(lint, &outcome, streams)?,
        Action::FixOnly => Exit::Clean,
        Action::Fix | Action::Report if fixes => report(lint, &outcome, Destination::Stderr, true, streams)?,
        Action::Fix | Action::Report => report(lint, &outcome, Destination::Stdout, true, streams)?,
    };
    let all_done = outcome.failures.is_empty();
    let settled = adoption::settle_baseline(lint, narrowing, &outcome, all_done, streams);
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
}

fn say_configurations(lint: &Lint, files: &[Found], streams: &mut Streams<'_>) {
    let mut configurations: Vec<_> = files
        .iter()
        .filter_map(|file| file.configuration.file.as_ref())
        .collect();
    configurations.sort();
    configurations.dedup();
    for file in configurations {
        streams.say("note", format!("configuration: {}", shown(file, lint.hierarchy.cwd())));
    }
}

/// The fixes as a diff on standard output, what they come to on standard error.
fn write_diff(lint: &Lint, outcome: &Outcome, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let mut verdict = Exit::Clean;
    for file in &outcome.files {
        if let Some(before) = &file.before {
            let diff = fix::unified(file.source.path(), before, file.source.text());
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
    let summary = summary(outcome);
    let fixed: usize = summary.fixed.values().sum();
    let files = outcome.files.iter().filter(|file| file.before.is_some()).count();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    streams.say_plainly(format_args!(
        "{verb} {fixed} finding{} in {files} file{}, {} left\n",
        plural(fixed),
        plural(files),
        summary.findings()
    ));
}

/// Where a report without a file of its own goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Destination {
    Stdout,
    Stderr,
}

fn report(
    lint: &Lint,
    outcome: &Outcome,
    destination: Destination,
    all_found: bool,
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    let mut verdict = match worst(outcome).is_some_and(|severity| severity >= lint.fail_on) {
        true => Exit::Findings,
        false => Exit::Clean,
    };
    let mut options = Options {
        drawing: Drawing::default(),
        // Where nothing could be looked at, a summary would say that all is well.
        quiet: lint.quiet || outcome.looked_at == 0 && !all_found,
        statistics: lint.statistics,
        unsafe_fixes: lint.least == fix::Applicability::Unsafe,
    };
    for output in &lint.outputs {
        match &output.file {
            Some(path) => {
                if let Err(error) = report_to_file(output, path, outcome, options) {
                    streams.say("error", format!("{} cannot be written: {error}", path.display()));
                    verdict = Exit::Failure;
                }
            }
            None if destination == Destination::Stdout => {
                options.drawing = Drawing::for_stdout(lint.color, io::stdout().is_terminal());
                write_report(output, outcome, options, &mut streams.stdout)?;
            }
            None => {
                options.drawing.color = lint.color == ColorChoice::Always;
                // Nothing can be done about a standard error that is not there.
                _ = write_report(output, outcome, options, streams.stderr());
            }
        }
        options.drawing = Drawing::default();
    }
    adoption::say_allowed(lint, outcome, streams);
    Ok(verdict)
}

fn report_to_file(output: &Output, path: &Path, outcome: &Outcome, options: Options) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    write_report(output, outcome, options, &mut file)?;
    file.flush()
}

fn write_report(output: &Output, outcome: &Outcome, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = output.format.writer(options);
    writer.begin(out)?;
    for report in reports(outcome) {
        writer.file(out, &report)?;
    }
    writer.finish(out, &summary(outcome))
}

fn reports(outcome: &Outcome) -> impl Iterator<Item = FileReport<'_>> {
    outcome.files.iter().map(|file| FileReport {
        source: &file.source,
        checked: &file.checked,
        fixed: &file.fixed,
    })
}

fn summary(outcome: &Outcome) -> Summary {
    let mut summary = Summary {
        files: outcome.looked_at,
        ..Summary::default()
    };
    for report in reports(outcome) {
        summary.add(&report);
    }
    summary
}

fn worst(outcome: &Outcome) -> Option<crate::finding::Severity> {
    let findings = outcome.files.iter().flat_map(|file| &file.checked.findings);
    findings.map(|finding| finding.severity).max()
}

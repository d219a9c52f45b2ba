//! Looks at files, reports, fixes, and gives the verdict.

use std::env;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::Exit;
use super::adoption;
use super::plan::{Action, Input, Lint};
use super::progress::Progress;
use super::review;
use super::streams::Streams;
use crate::config::shown;
use crate::discover::{self, Discovered, Failure, Found};
use crate::fix;
use crate::narrowing::Narrowing;
use crate::project::PythonVersion;
use crate::python;
use crate::reading::{self, Kind};
use crate::report::{
    ColorChoice, Drawing, FileReport, Format, Options, OutputFormat, Review, Room, Root, Summary, escape,
    step_summary as step_summary_writer,
};
use crate::run::{self, Outcome, Request, Task};

/// Does what was asked and says how it ended.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn lint(lint: &Lint, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let Some(narrowing) = adoption::narrowing(lint, streams) else {
        return Ok(Exit::Failure);
    };
    let review = match review::review(lint, &narrowing) {
        Ok(review) => review,
        Err(error) => {
            streams.say("error", error);
            return Ok(Exit::Failure);
        }
    };
    let python = python::Program::new(lint.hierarchy.cwd());
    let scope = Scope {
        narrowing,
        review,
        python,
    };
    match &lint.input {
        Input::Paths(paths) => lint_paths(lint, paths, &scope, streams),
        Input::Stdin(name) => lint_stdin(lint, name.as_deref(), &scope, streams),
    }
}

/// What the run is about.
struct Scope {
    narrowing: Narrowing,
    review: Review,
    /// The modules of the projects of the files.
    python: python::Program,
}

fn request<'a>(lint: &'a Lint, scope: &'a Scope) -> Request<'a> {
    Request {
        task: lint.task(),
        narrowing: &scope.narrowing,
        allow: lint.adoption.add_ignore.as_ref(),
        counts: lint.fail_on,
        cwd: lint.hierarchy.cwd(),
        python: &scope.python,
    }
}

fn lint_paths(lint: &Lint, paths: &[PathBuf], scope: &Scope, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let sieve = run::sieve(&scope.narrowing, &scope.python);
    let reading = Progress::begin("reading".to_owned(), !lint.quiet);
    let counted = |file: &mut Found, bytes: &[u8]| {
        reading.step();
        sieve(file, bytes)
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
    let count = discovered.files.len();
    let checking = Progress::begin(format!("checking what {count} of them say"), !lint.quiet);
    let outcome = run::run(&discovered.files, request(lint, scope));
    drop(checking);
    let mut outcome = match outcome {
        Ok(outcome) => outcome,
        Err(reason) => return Ok(cannot_start(&reason, streams)),
    };
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

/// Where a report without a file of its own goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Destination {
    Stdout,
    Stderr,
}

fn report(
    lint: &Lint,
    outcome: &Outcome,
    review: &Review,
    destination: Destination,
    unfound: &[String],
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    let mut verdict = match worst(outcome).is_some_and(|severity| severity >= lint.fail_on) {
        true => Exit::Findings,
        false => Exit::Clean,
    };
    let mut summary = summary(lint, outcome);
    summary.failures = unfound.iter().chain(&outcome.failures).cloned().collect();
    let mut options = Options {
        root: Root::around(lint.hierarchy.cwd()),
        drawing: Drawing::default(),
        // Where nothing could be looked at, a summary would say that all is well.
        quiet: lint.quiet || outcome.looked_at == 0 && !unfound.is_empty(),
        statistics: lint.statistics,
        unsafe_fixes: lint.least == fix::Applicability::Unsafe,
        suppressions: lint.sarif_suppressions,
        room: None,
        review: review.clone(),
    };
    let report = Report { outcome, summary };
    for output in &lint.outputs {
        let format = output.format;
        match &output.file {
            Some(path) => {
                if let Err(error) = report.write_to_file(path, format.writer(options.clone())) {
                    streams.say(
                        "error",
                        format!(
                            "{} cannot be written: {error}: name a file in a folder that exists and takes files",
                            path.display()
                        ),
                    );
                    verdict = Exit::Failure;
                }
            }
            None if destination == Destination::Stdout => {
                let is_terminal = io::stdout().is_terminal();
                options.drawing = Drawing::for_stdout(lint.color, is_terminal);
                options.room = is_terminal.then(|| Room::on_terminal(&report.summary));
                report.write(&mut streams.stdout, format.writer(options.clone()))?;
            }
            None => {
                options.drawing.color = lint.color == ColorChoice::Always;
                // Nothing can be done about a standard error that is not there.
                _ = report.write(streams.stderr(), format.writer(options.clone()));
            }
        }
        options.drawing = Drawing::default();
        options.room = None;
    }
    let is_for_github = lint.outputs.iter().any(|output| output.format == OutputFormat::Github);
    let step_summary = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| is_for_github && !path.is_empty());
    if let Some(path) = step_summary
        && let Err(error) = report.append_to_file(Path::new(&path), step_summary_writer(options))
    {
        streams.say("warning", format!("$GITHUB_STEP_SUMMARY cannot be written: {error}"));
    }
    adoption::say_allowed(lint, outcome, streams);
    Ok(verdict)
}

/// What came of the run, for any number of formats.
struct Report<'a> {
    outcome: &'a Outcome,
    summary: Summary,
}

impl Report<'_> {
    fn write(&self, out: &mut dyn Write, mut writer: Box<dyn Format>) -> io::Result<()> {
        writer.begin(out)?;
        for report in reports(self.outcome) {
            writer.file(out, &report)?;
        }
        writer.finish(out, &self.summary)
    }

    fn write_to_file(&self, path: &Path, writer: Box<dyn Format>) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        self.write(&mut file, writer)?;
        file.flush()
    }

    /// Other tools write there too.
    fn append_to_file(&self, path: &Path, writer: Box<dyn Format>) -> io::Result<()> {
        let file = File::options().append(true).create(true).open(path)?;
        let mut file = BufWriter::new(file);
        self.write(&mut file, writer)?;
        file.flush()
    }
}

fn reports(outcome: &Outcome) -> impl Iterator<Item = FileReport<'_>> {
    outcome.files.iter().map(|file| FileReport {
        source: &file.source,
        checked: &file.checked,
        fixed: &file.fixed,
    })
}

fn summary(lint: &Lint, outcome: &Outcome) -> Summary {
    let mut summary = Summary {
        files: outcome.looked_at,
        counts: Some(lint.fail_on),
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

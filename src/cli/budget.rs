//! `--budget`: how long each test can take.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

use super::Exit;
use super::plan::{Input, Lint};
use super::streams::Streams;
use crate::config::OutputFormat;
use crate::discover::{self, Failure};
use crate::reading::{self, Kind};
use crate::report::{Drawing, budgets_as_json, budgets_for_people};
use crate::run::{self, Budgets};

/// Counts, prints, and ends as a run would that finds what WS205 finds.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn budget(lint: &Lint, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let mut failures = Vec::new();
    let mut given = None;
    let files = match &lint.input {
        Input::Paths(paths) => {
            let discovered = discover::discover(paths, &lint.hierarchy, lint.force_exclude, None);
            failures.extend(discovered.failures.iter().flat_map(Failure::lines));
            if !lint.quiet {
                for warning in &discovered.warnings {
                    streams.say("warning", warning);
                }
            }
            discovered.files
        }
        Input::Stdin(name) => {
            let file = reading::read_stream(streams.stdin, Kind::Source)
                .map_err(|error| format!("standard input cannot be read: {error}"))
                .and_then(|bytes| {
                    let bytes = given.insert(bytes);
                    discover::standard_input(name.as_deref(), bytes, &lint.hierarchy).map_err(|error| error.to_string())
                });
            match file {
                Ok(file) => vec![file],
                Err(failure) => {
                    failures.push(failure);
                    Vec::new()
                }
            }
        }
    };
    let counted = match run::budgets(&files, given.as_deref(), lint.hierarchy.cwd()) {
        Ok(counted) => counted,
        Err(reason) => {
            streams.say("error", format!("the threads cannot be started: {reason}"));
            return Ok(Exit::Failure);
        }
    };
    if !lint.quiet {
        for warning in &counted.warnings {
            streams.say("warning", warning);
        }
    }
    for failure in failures.iter().chain(&counted.failures) {
        streams.say("error", failure);
    }
    let mut is_whole = failures.is_empty() && counted.failures.is_empty();
    for output in &lint.outputs {
        let written = match &output.file {
            Some(path) => File::create(path).and_then(|file| {
                let mut file = BufWriter::new(file);
                write(output.format, Drawing::default(), &counted, &mut file)?;
                file.flush()
            }),
            None => {
                let drawing = Drawing::for_stdout(lint.color, io::stdout().is_terminal());
                write(output.format, drawing, &counted, &mut streams.stdout)?;
                Ok(())
            }
        };
        if let (Err(error), Some(path)) = (written, &output.file) {
            let path = path.display();
            streams.say(
                "error",
                format!("{path} cannot be written: {error}: name a file in a folder that exists and takes files"),
            );
            is_whole = false;
        }
    }
    let mut findings = counted.files.iter().flat_map(|file| &file.findings);
    let fails = findings.any(|finding| finding.severity >= lint.fail_on);
    Ok(match (is_whole, fails) {
        (false, _) => Exit::Failure,
        (true, true) if !lint.exit_zero => Exit::Findings,
        _ => Exit::Clean,
    })
}

fn write(format: OutputFormat, drawing: Drawing, counted: &Budgets, out: &mut dyn Write) -> io::Result<()> {
    match format {
        OutputFormat::Json => budgets_as_json(counted, out),
        _ => budgets_for_people(counted, drawing, out),
    }
}

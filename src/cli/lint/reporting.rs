//! What is found, in every format that was asked for.

use std::env;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use crate::cli::plan::Lint;
use crate::cli::streams::Streams;
use crate::cli::{Exit, adoption};
use crate::config::OutputFormat;
use crate::finding::{Applicability, Severity};
use crate::report::{
    ColorChoice, Drawing, FileReport, Format, Options, Review, Room, Root, Summary, step_summary as step_summary_writer,
};
use crate::run::Outcome;

/// Where a report without a file of its own goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    Stdout,
    Stderr,
}

pub(super) fn report(
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
        unsafe_fixes: lint.least == Applicability::Unsafe,
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

pub(super) fn summary(lint: &Lint, outcome: &Outcome) -> Summary {
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

fn worst(outcome: &Outcome) -> Option<Severity> {
    let findings = outcome.files.iter().flat_map(|file| &file.checked.findings);
    findings.map(|finding| finding.severity).max()
}

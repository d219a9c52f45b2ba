//! What helps a project with many findings to begin: the baseline, `--diff-base`, `--diff-file` and `--add-ignore`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plan::{Action, Lint};
use super::streams::Streams;
use crate::baseline::{self, Baseline, Stale};
use crate::changes::{Changes, Commit, GivenDiff};
use crate::check;
use crate::narrowing::Narrowing;
use crate::reading::{self, Kind, ReadError};
use crate::report::Root;
use crate::run::Outcome;
use crate::suppress::Reason;

/// What was asked for.
#[derive(Debug, Default)]
pub(super) struct Adoption {
    pub(super) baseline: Option<BaselineUse>,
    pub(super) changes: Option<ChangesSource>,
    pub(super) add_ignore: Option<Reason>,
}

/// A baseline, and what is done with it.
#[derive(Debug)]
pub(super) enum BaselineUse {
    /// It allows what it knows.
    Known(PathBuf),
    /// So it does, and loses its stale entries.
    Pruned(PathBuf),
    /// It is made anew.
    Renewed(PathBuf),
}

/// What says which lines are new.
#[derive(Debug)]
pub(super) enum ChangesSource {
    /// Git, since this revision.
    Revision(String),
    /// A diff in this file; `-` for standard input.
    File(PathBuf),
}

/// How many stale entries are told one by one.
const TOLD: usize = 5;

impl Adoption {
    pub(super) fn renews_baseline(&self) -> bool {
        matches!(self.baseline, Some(BaselineUse::Renewed(_)))
    }
}

/// Reads the baseline and the diff, or asks git. Nothing where one of them cannot be used, which is said.
pub(super) fn narrowing(lint: &Lint, streams: &mut Streams<'_>) -> Option<Narrowing> {
    let cwd = lint.hierarchy.cwd();
    let baseline = match &lint.adoption.baseline {
        Some(BaselineUse::Known(path) | BaselineUse::Pruned(path)) => Some(Baseline::read(path, cwd)),
        Some(BaselineUse::Renewed(path)) => Some(Baseline::read_or_new(path, cwd)),
        None => None,
    };
    let baseline = match baseline.transpose() {
        Ok(baseline) => baseline,
        Err(error) => {
            streams.say("error", error);
            return None;
        }
    };
    let changes = match &lint.adoption.changes {
        Some(ChangesSource::Revision(base)) => Commit::since(base, cwd)
            .map(|commit| Some(Changes::Since(Box::new(commit))))
            .map_err(|error| error.to_string()),
        Some(ChangesSource::File(path)) => given_diff(path, cwd, streams).map(|diff| Some(Changes::By(Arc::new(diff)))),
        None => Ok(None),
    };
    let changes = match changes {
        Ok(changes) => changes,
        Err(error) => {
            streams.say("error", error);
            return None;
        }
    };
    if let Some(warning) = changes.as_ref().and_then(Changes::warning).filter(|_| !lint.quiet) {
        streams.say("warning", warning);
    }
    Some(Narrowing {
        baseline,
        renews_baseline: lint.adoption.renews_baseline(),
        changes,
    })
}

fn given_diff(path: &Path, cwd: &Path, streams: &mut Streams<'_>) -> Result<GivenDiff, String> {
    let (name, read) = match path == Path::new("-") {
        true => (
            "standard input".to_owned(),
            reading::read_stream(streams.stdin, Kind::Diff),
        ),
        false => {
            let read = reading::read(&cwd.join(path), Kind::Diff);
            (path.display().to_string(), read)
        }
    };
    let bytes = read.map_err(|error| {
        let hint = match error {
            ReadError::NotPlain(_) => " (`--diff-file -` reads standard input)",
            _ => "",
        };
        format!("`--diff-file`: {name} cannot be read: {error}{hint}")
    })?;
    GivenDiff::new(&name, &bytes, Root::around(cwd).folder()).map_err(|error| format!("`--diff-file`: {error}"))
}

/// Brings the baseline up to date where that was asked for, and tells what is stale else. Whether it could be done.
pub(super) fn settle_baseline(
    lint: &Lint,
    narrowing: &Narrowing,
    outcome: &Outcome,
    all_done: bool,
    streams: &mut Streams<'_>,
) -> bool {
    let (Some(baseline), Some(wanted)) = (&narrowing.baseline, &lint.adoption.baseline) else {
        return true;
    };
    let stale = baseline.stale(&outcome.judged);
    let entries = match wanted {
        BaselineUse::Known(_) => {
            if !stale.is_empty() && !lint.quiet {
                streams.say("warning", stale_entries(baseline, &stale));
            }
            return true;
        }
        BaselineUse::Pruned(_) => baseline.without_stale(&outcome.judged),
        BaselineUse::Renewed(_) => baseline.renewed(&outcome.judged),
    };
    let path = baseline.path().display();
    if !all_done {
        streams.say(
            "error",
            format!("`{path}` was left as it is, because not everything could be looked at"),
        );
        return false;
    }
    if let Err(error) = baseline.write(&entries, lint.hierarchy.cwd()) {
        streams.say("error", error);
        return false;
    }
    if !lint.quiet {
        let line = match wanted {
            BaselineUse::Renewed(_) => {
                let allowed = counted(baseline::total(&entries), "finding");
                format!("`{path}` allows {allowed} in {}", counted(entries.len(), "file"))
            }
            _ => {
                let gone = stale.iter().map(|one| one.count).sum();
                format!("`{path}` was pruned of {}", counted(gone, "finding"))
            }
        };
        streams.say("note", line);
    }
    true
}

/// What got a comment, and what could get none.
pub(super) fn say_allowed(lint: &Lint, outcome: &Outcome, streams: &mut Streams<'_>) {
    let Some(reason) = &lint.adoption.add_ignore else {
        return;
    };
    for file in &outcome.files {
        let comments = check::comments_for(&file.source, &file.checked.findings, reason);
        for (finding, comment) in file.checked.findings.iter().zip(comments) {
            if let Err(refusal) = comment {
                let place = file.source.place(finding.span.start);
                let (path, code) = (file.source.path().display(), finding.rule.code);
                streams.say("warning", format!("{path}:{place}: {code} gets no comment: {refusal}"));
            }
        }
    }
    if !lint.quiet {
        let (allowed, files) = allowed(outcome);
        let (allowed, files) = (counted(allowed, "finding"), counted(files, "file"));
        let verb = if lint.action == Action::Diff {
            "would allow"
        } else {
            "allowed"
        };
        streams.say_plainly(format_args!("{verb} {allowed} by comments in {files}\n"));
    }
}

/// How many findings got a comment, in how many files.
fn allowed(outcome: &Outcome) -> (usize, usize) {
    let files = outcome.files.iter().filter(|file| file.allowed > 0);
    files.fold((0, 0), |(findings, files), file| (findings + file.allowed, files + 1))
}

fn stale_entries(baseline: &Baseline, stale: &[Stale]) -> String {
    let told = stale.iter().take(TOLD).map(|one| {
        let Stale { name, rule, count } = one;
        format!("{rule} in {name} ({count})")
    });
    let mut told = told.collect::<Vec<_>>().join(", ");
    if stale.len() > TOLD {
        told.push_str(", …");
    }
    let gone = counted(stale.iter().map(|one| one.count).sum(), "finding");
    format!(
        "`{}` allows {gone} that {} no longer there: {told}: take them out with --prune-baseline",
        baseline.path().display(),
        if gone.starts_with("1 ") { "is" } else { "are" }
    )
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

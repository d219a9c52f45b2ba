//! `--explain-site`: how ws-lint came to its answer for what stands at a line.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use super::Exit;
use super::plan::Lint;
use super::streams::Streams;
use crate::config::OutputFormat;
use crate::discover::{self, Failure};
use crate::report::{explanations_as_json, explanations_for_people};
use crate::run::{self, Explained};
use crate::source::Place;

/// A line of a file, as it is typed: `client.py:12`, `client.py:12:5`, `client.ipynb:cell 3:12`.
#[derive(Clone, Debug)]
pub(super) struct SitePlace {
    pub(super) file: PathBuf,
    cell: Option<usize>,
    line: usize,
}

impl FromStr for SitePlace {
    type Err = &'static str;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "FILE:LINE is wanted, with a line from 1 on: `client.py:12`";
        let number = |text: &str| text.parse().ok().filter(|number: &usize| *number > 0);
        let (before, last) = typed.rsplit_once(':').ok_or(FORM)?;
        let last = number(last).ok_or(FORM)?;
        // A column behind it, as other tools print it, is one more number.
        let with_column = before
            .rsplit_once(':')
            .and_then(|(file, line)| Some((file, number(line)?)));
        let (before, line) = with_column.unwrap_or((before, last));
        let in_cell = before.rsplit_once(":cell ");
        let in_cell = in_cell.and_then(|(file, cell)| Some((file, Some(number(cell)?))));
        let (file, cell) = in_cell.unwrap_or((before, None));
        match file.is_empty() {
            true => Err(FORM),
            false => Ok(Self {
                file: file.into(),
                cell,
                line,
            }),
        }
    }
}

impl fmt::Display for SitePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = Place {
            cell: self.cell,
            line: self.line,
            column: 1,
        };
        write!(f, "{}:{}", self.file.display(), place.line_short())
    }
}

/// Prints what is known of the sites at the line.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn explain(place: &SitePlace, lint: &Lint, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let discovered = discover::discover(std::slice::from_ref(&place.file), &lint.hierarchy, false, None);
    for failure in discovered.failures.iter().flat_map(Failure::lines) {
        streams.say("error", failure);
    }
    let [file] = discovered.files.as_slice() else {
        if discovered.failures.is_empty() {
            streams.say(
                "error",
                format!("{}: is no Python or Rust file that is looked at", place.file.display()),
            );
        }
        return Ok(Exit::Failure);
    };
    let mut explained = match run::explain(file, lint.hierarchy.cwd()) {
        Ok(explained) => explained,
        Err(failure) => {
            streams.say("error", failure);
            return Ok(Exit::Failure);
        }
    };
    let nothing = nothing_at(place, &explained);
    let Explained { source, sites } = &mut explained;
    sites.retain(|site| {
        let (first, last) = (source.place(site.span.start), source.place(site.span.end));
        first.cell == place.cell && (first.line..=last.line).contains(&place.line)
    });
    if explained.sites.is_empty() {
        streams.say("error", nothing);
        return Ok(Exit::Failure);
    }
    let as_json = lint.outputs.iter().any(|output| output.format == OutputFormat::Json);
    match as_json {
        true => explanations_as_json(&explained, &mut streams.stdout)?,
        false => explanations_for_people(&explained, &mut streams.stdout)?,
    }
    Ok(Exit::Clean)
}

/// So many other places are named.
const MOST_NAMED: usize = 3;

/// That nothing is there, and where something is.
fn nothing_at(place: &SitePlace, explained: &Explained) -> String {
    let mut near: Vec<(Place, &'static str)> = explained
        .sites
        .iter()
        .map(|site| (explained.source.place(site.span.start), site.kind.name()))
        .collect();
    near.sort_by_key(|(there, _)| (there.cell != place.cell, there.line.abs_diff(place.line), *there));
    near.dedup_by_key(|(there, kind)| (there.line_short(), *kind));
    let named: Vec<String> = near
        .iter()
        .take(MOST_NAMED)
        .map(|(there, kind)| format!("{} ({kind})", there.line_told()))
        .collect();
    let what = "no connect, no wait for a message, no print and nothing that a rule finds stands there";
    match named.is_empty() {
        true => format!("{place}: {what}, nor anywhere in the file"),
        false => format!("{place}: {what}; the nearest: {}", named.join(", ")),
    }
}

//! What is known of sites: paragraphs for people, an object for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::escape;
use super::notation::{Harmless, Notation};
use crate::explanation::{Explanation, Said, SilentRule, SiteKind};
use crate::run::Explained;
use crate::sites::Related;
use crate::source::SourceFile;

/// The version of the object.
const VERSION: u32 = 1;

/// The columns of a question.
const QUESTION: usize = 12;

/// Every site, each with what was asked of it and what was answered.
///
/// # Errors
/// `out` cannot be written.
pub fn explanations_for_people(explained: &Explained, out: &mut dyn Write) -> io::Result<()> {
    for (index, site) in explained.sites.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_site(site, &explained.source, out)?;
    }
    Ok(())
}

fn write_site(site: &Explanation, source: &SourceFile, out: &mut dyn Write) -> io::Result<()> {
    let place = source.place(site.span.start);
    let path = escape::path(source.path());
    let (kind, resolves_to) = (site.kind.name(), escape::line(&site.resolves_to));
    writeln!(out, "{path}:{place}: {kind}: `{resolves_to}`")?;
    for said in &site.answers {
        let (question, answer) = (said.question, escape::line(&said.answer));
        writeln!(out, "  {question:QUESTION$}{answer}")?;
        for place in &said.places {
            let told = place.told(source);
            writeln!(out, "  {:QUESTION$}  {}", "", escape::line(&told))?;
        }
    }
    for silent in &site.silent {
        let why = escape::line(&silent.why);
        writeln!(out, "  {:QUESTION$}{} says nothing: {why}", "rule", silent.code)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Whole<'a> {
    version: u32,
    path: String,
    sites: Vec<JsonSite<'a>>,
}

#[derive(Serialize)]
struct JsonSite<'a> {
    /// Only in a notebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    line: usize,
    column: usize,
    kind: &'a SiteKind,
    resolves_to: &'a str,
    answers: Vec<JsonAnswer<'a>>,
    silent: &'a [SilentRule],
}

#[derive(Serialize)]
struct JsonAnswer<'a> {
    question: &'a str,
    answer: &'a str,
    places: Vec<JsonPlace<'a>>,
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    line: usize,
    column: usize,
    message: &'a str,
}

/// One object, `{"version": 1, "path": "…", "sites": […]}`.
///
/// # Errors
/// `out` cannot be written.
pub fn explanations_as_json(explained: &Explained, out: &mut dyn Write) -> io::Result<()> {
    let source = &explained.source;
    let whole = Whole {
        version: VERSION,
        path: source.path().to_string_lossy().into_owned(),
        sites: explained.sites.iter().map(|site| json_site(site, source)).collect(),
    };
    let mut out = Harmless::new(Notation::Json, out);
    serde_json::to_writer(&mut out, &whole)?;
    writeln!(out)
}

fn json_site<'a>(site: &'a Explanation, source: &SourceFile) -> JsonSite<'a> {
    let start = source.place(site.span.start);
    let answer = |said: &'a Said| JsonAnswer {
        question: said.question,
        answer: &said.answer,
        places: said.places.iter().map(|place| json_place(place, source)).collect(),
    };
    JsonSite {
        cell: start.cell,
        line: start.line,
        column: start.column,
        kind: &site.kind,
        resolves_to: &site.resolves_to,
        answers: site.answers.iter().map(answer).collect(),
        silent: &site.silent,
    }
}

fn json_place<'a>(place: &'a Related, source: &SourceFile) -> JsonPlace<'a> {
    let there = place.place_from(source);
    JsonPlace {
        path: there.file.to_string(),
        cell: there.start.cell,
        line: there.start.line,
        column: there.start.column,
        message: &place.what,
    }
}

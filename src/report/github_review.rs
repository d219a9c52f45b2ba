//! The payload of one review of a pull request on GitHub: what `POST …/pulls/N/reviews` takes. Nothing is sent.
//!
//! GitHub refuses the whole review for one comment whose lines do not stand together in one hunk of the diff, so a
//! comment stays within one, and what has no place there goes into the body. Each finding carries a hidden fingerprint;
//! what was posted with it before is left out, and where nothing is left nothing is written at all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use super::fingerprints::Fingerprints;
use super::markdown_text::{fence, references, text};
use super::paragraphs::SEE;
use super::whole_lines::{WholeLines, last_line};
use super::{FileReport, Format, Options, Root, Summary, escape, patch};
use crate::changes::{GivenDiff, Shown};
use crate::finding::{Applicability, Finding, Severity};
use crate::source::{SourceFile, Span};

/// What GitHub takes in one review.
const MOST_COMMENTS: usize = 30;

/// GitHub takes 65,536 characters, in a comment and in the body.
const MOST_BYTES: usize = 60_000;

/// What is said of a finding is shortened to so many characters a paragraph: each may take seventeen bytes.
const PARAGRAPH: usize = 800;

/// What stands in front of a fingerprint.
const MARK: &str = "ws-lint:";

/// How long a fingerprint is.
const DIGITS: usize = 64;

/// What is known of the pull request.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// What it shows. Without it no finding has a place.
    pub diff: Option<Arc<GivenDiff>>,
    /// The fingerprints of what was posted before.
    pub posted: BTreeSet<String>,
}

impl Review {
    /// The fingerprints in a text, whatever stands around them: GitHub's answer, or the comments themselves.
    #[must_use]
    pub fn fingerprints_in(posted: &str) -> BTreeSet<String> {
        let behind_marks = posted.split(MARK).skip(1);
        let fingerprints = behind_marks.filter_map(|text| text.get(..DIGITS));
        fingerprints
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .map(str::to_owned)
            .collect()
    }
}

pub(super) struct GithubReview {
    root: Root,
    review: Review,
    entries: Vec<Entry>,
    /// How many of them have a comment.
    placed: BTreeMap<Severity, usize>,
    already_posted: usize,
}

/// A finding that is to be posted.
struct Entry {
    severity: Severity,
    /// In the body's table.
    row: String,
    comment: Option<Comment>,
}

#[derive(Serialize)]
struct Payload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    commit_id: Option<&'a str>,
    event: &'static str,
    body: String,
    comments: Vec<Comment>,
}

#[derive(Serialize)]
struct Comment {
    path: String,
    side: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_side: Option<&'static str>,
    /// GitHub refuses one that is `line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_line: Option<usize>,
    line: usize,
    body: String,
}

impl GithubReview {
    pub(super) fn new(options: Options) -> Self {
        Self {
            root: options.root,
            review: options.review,
            entries: Vec::new(),
            placed: BTreeMap::new(),
            already_posted: 0,
        }
    }

    /// What the review shows of a file. A lone carriage return ends a line of Python and none of a diff.
    fn shown(&self, source: &SourceFile) -> Option<Shown> {
        let lines = source.text().bytes().filter(|&byte| byte == b'\n').count() + 1;
        let diff = self.review.diff.as_ref().filter(|_| lines == source.line_count())?;
        diff.shown(&self.root.absolute(source.path()), source.text())
    }

    /// More comments of one severity are in no review.
    fn has_place_for(&self, severity: Severity) -> bool {
        self.placed.get(&severity).is_none_or(|&count| count < MOST_COMMENTS)
    }
}

impl Format for GithubReview {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, _out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let name = self.root.name_of(file.source.path());
        let shown = self.shown(file.source);
        let mut fingerprints = Fingerprints::new(file.source, &name);
        let mut suggested = Vec::new();
        for finding in &file.checked.findings {
            let start = file.source.position(finding.span.start);
            // Behind the last line end is no line that a diff could show.
            let end = last_line_of(file.source);
            let lines = (start.line.min(end), last_line(file.source, finding.span).min(end));
            let fingerprint = fingerprints.of(finding.rule.code, lines);
            if self.review.posted.contains(&fingerprint) {
                self.already_posted += 1;
                continue;
            }
            let mark = format!("<!-- {MARK}{fingerprint} -->");
            let place = references(&escape::line(&format!("{name}:{}:{}", start.line, start.column)));
            let row = format!(
                "| {} | {} {} | <code>{place}</code> | {}{mark} |\n",
                finding.severity,
                finding.rule.code,
                finding.rule.name,
                text(&shortened(&finding.message)),
            );
            let shown = shown.as_ref().filter(|_| self.has_place_for(finding.severity));
            let comment = shown.and_then(|shown| comment(finding, file.source, shown, lines, &mut suggested, &mark));
            *self.placed.entry(finding.severity).or_default() += usize::from(comment.is_some());
            self.entries.push(Entry {
                severity: finding.severity,
                row,
                comment,
            });
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let mut worst_first: Vec<usize> = (0..self.entries.len()).collect();
        worst_first.sort_by_key(|&index| self.entries.get(index).map(|entry| Reverse(entry.severity)));
        let has_comment = |index: &usize| self.entries.get(*index).is_some_and(|entry| entry.comment.is_some());
        let kept: BTreeSet<usize> = worst_first
            .into_iter()
            .filter(has_comment)
            .take(MOST_COMMENTS)
            .collect();
        let mut comments = Vec::new();
        let mut rows = Vec::new();
        let found = self.entries.len();
        for (index, entry) in std::mem::take(&mut self.entries).into_iter().enumerate() {
            match entry.comment.filter(|_| kept.contains(&index)) {
                Some(comment) => comments.push(comment),
                None => rows.push(entry.row),
            }
        }
        let payload = Payload {
            commit_id: self.review.diff.as_ref().and_then(|diff| diff.head()),
            event: "COMMENT",
            body: body(found, self.already_posted, &rows, summary),
            comments,
        };
        serde_json::to_writer(&mut *out, &payload)?;
        out.write_all(b"\n")
    }
}

/// What stands above the comments.
fn body(found: usize, already_posted: usize, rows: &[String], summary: &Summary) -> String {
    let plural = if found == 1 { "" } else { "s" };
    let mut body = format!("**ws-lint**: {found} finding{plural}");
    if already_posted > 0 {
        body.push_str(&format!(", {already_posted} more posted before"));
    }
    body.push('\n');
    for failure in &summary.failures {
        let line = format!("\n**could not be done:** {}\n", text(&shortened(failure)));
        if body.len() + line.len() < MOST_BYTES / 3 {
            body.push_str(&line);
        }
    }
    if rows.is_empty() {
        return body;
    }
    body.push_str("\nWithout a place in the diff, or in one review:\n\n| severity | rule | place | finding |\n|---|---|---|---|\n");
    let mut rows = rows.iter();
    let mut left_out = 0;
    for row in rows.by_ref() {
        if body.len() + row.len() > MOST_BYTES {
            left_out = 1;
            break;
        }
        body.push_str(row);
    }
    left_out += rows.count();
    if left_out > 0 {
        body.push_str(&format!("\n{left_out} more findings are not shown.\n"));
    }
    body
}

/// The comment on a finding in these lines (first and last); none where the review shows none of them. The lines that
/// have a suggestion already get no other one: a batch of suggestions that overlap cannot be committed.
fn comment(
    finding: &Finding,
    source: &SourceFile,
    shown: &Shown,
    lines: (usize, usize),
    suggested: &mut Vec<(usize, usize)>,
    mark: &str,
) -> Option<Comment> {
    let whole = finding.fix.as_ref().and_then(|fix| WholeLines::of(fix, source));
    let suggestion = whole.filter(|whole| {
        let in_one_hunk = |&(first, last): &(usize, usize)| first <= whole.first && whole.last <= last;
        let overlaps = |&(first, last): &(usize, usize)| first <= whole.last && whole.first <= last;
        shown.hunks.iter().any(in_one_hunk) && !suggested.iter().any(overlaps)
    });
    let (first, last) = match &suggestion {
        Some(whole) => (whole.first, whole.last),
        None => {
            let common = |&(first, last): &(usize, usize)| (first.max(lines.0), last.min(lines.1));
            let is_some = |(first, last): &(usize, usize)| first <= last;
            shown.hunks.iter().map(common).find(is_some)?
        }
    };
    let said = said(finding, source, suggestion.is_some());
    let block = match &suggestion {
        Some(whole) => {
            suggested.push((whole.first, whole.last));
            suggestion_block(&whole.text)
        }
        None => finding.fix.as_ref().map_or_else(String::new, |fix| {
            let diff = patch::plain(fix, source);
            let fence = fence(&diff);
            format!("{fence}diff\n{diff}{fence}\n\n")
        }),
    };
    let block = Some(block).filter(|block| block.len() < MOST_BYTES - said.len().min(MOST_BYTES));
    Some(Comment {
        path: shown.path.clone(),
        side: "RIGHT",
        start_side: (first < last).then_some("RIGHT"),
        start_line: (first < last).then_some(first),
        line: last,
        body: format!("{said}{}{mark}\n", block.unwrap_or_default()),
    })
}

/// What the comment says in words.
fn said(finding: &Finding, source: &SourceFile, is_suggested: bool) -> String {
    let mut said = format!(
        "**{} {}** ({}): {}\n\n",
        finding.rule.code,
        finding.rule.name,
        finding.severity,
        text(&shortened(&finding.message))
    );
    for (lead, more) in [("note", &finding.note), ("help", &finding.help)] {
        if let Some(more) = more {
            said.push_str(&format!("{lead}: {}\n\n", text(&shortened(more))));
        }
    }
    for place in finding.places_told(source) {
        said.push_str(&format!("{SEE}: {}\n\n", text(&shortened(&place))));
    }
    if let Some(fix) = &finding.fix {
        let trust = match fix.applicability {
            Applicability::Safe => Some("--fix"),
            Applicability::Unsafe => Some("--fix --unsafe-fixes"),
            Applicability::Display => None,
        };
        // An info counts only where that is asked for.
        let counts = if finding.severity == Severity::Info {
            " --fail-on info"
        } else {
            ""
        };
        let by = trust.filter(|_| !is_suggested);
        let by = by.map_or_else(String::new, |trust| format!(" (`ws-lint {trust}{counts}` writes it)"));
        said.push_str(&format!(
            "{}: {}{by}\n\n",
            patch::lead(fix),
            text(&shortened(&fix.title))
        ));
    }
    said
}

/// Exactly the lines that come; between the fences of a deletion stands nothing.
fn suggestion_block(lines: &str) -> String {
    let fence = fence(lines);
    let end = if lines.is_empty() { "" } else { "\n" };
    format!("{fence}suggestion\n{lines}{end}{fence}\n\n")
}

/// The number of the last line that has a character, or of the first one.
fn last_line_of(source: &SourceFile) -> usize {
    last_line(source, Span::new(0, source.text().len()))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(PARAGRAPH) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

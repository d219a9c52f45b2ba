//! A report in Markdown for a comment, an artefact or GitHub's step summary: a table, below it each finding's fix as a
//! folded diff. It stops before it gets too long for its place and says what it left out.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{FileReport, Format, Options, Summary, escape, patch};
use crate::finding::Finding;
use crate::source::SourceFile;

/// A comment on GitHub holds 65,536 characters, one on GitLab a million.
const COMMENT_BYTES: usize = 60_000;

/// A step summary on GitHub holds 1 MiB, what others wrote into it included.
const STEP_SUMMARY_BYTES: usize = 900_000;

pub(super) struct Markdown {
    options: Options,
    most_bytes: usize,
    rows: String,
    rows_left_out: usize,
    diffs: String,
    diffs_left_out: usize,
}

impl Markdown {
    /// For a comment.
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            most_bytes: COMMENT_BYTES,
            rows: String::new(),
            rows_left_out: 0,
            diffs: String::new(),
            diffs_left_out: 0,
        }
    }

    /// For what GitHub shows on a run's page.
    pub(super) fn for_step_summary(options: Options) -> Self {
        Self {
            most_bytes: STEP_SUMMARY_BYTES,
            ..Self::new(options)
        }
    }

    /// Rows have two thirds of the place for themselves.
    fn add_row(&mut self, row: &str) {
        if self.rows_left_out > 0 || self.rows.len() + row.len() > self.most_bytes / 3 * 2 {
            self.rows_left_out += 1;
        } else {
            self.rows.push_str(row);
        }
    }

    fn add_diff(&mut self, finding: &Finding, source: &SourceFile, place: &str) {
        let Some(fix) = &finding.fix else {
            return;
        };
        if self.diffs_left_out > 0 {
            self.diffs_left_out += 1;
            return;
        }
        let diff = patch::plain(fix, source);
        let fence = "`".repeat(longest_run(&diff, '`').max(2) + 1);
        let lead = patch::lead(fix);
        let title = text(&fix.title);
        let code = finding.rule.code;
        let folded = format!(
            "<details>\n<summary>{code} {place}: {lead}: {title}</summary>\n\n\
             {fence}diff\n{diff}{fence}\n\n</details>\n\n"
        );
        if self.diffs.len() + folded.len() > self.most_bytes / 3 {
            self.diffs_left_out += 1;
        } else {
            self.diffs.push_str(&folded);
        }
    }
}

impl Format for Markdown {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, _out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let name = self.options.root.name_of(file.source.path());
        for finding in &file.checked.findings {
            let position = file.source.position(finding.span.start);
            let place = format!("{name}:{}:{}", position.line, position.column);
            let place = format!("<code>{}</code>", references(&escape::line(&place)));
            let row = format!(
                "| {} | {} {} | {place} | {} |\n",
                finding.severity,
                finding.rule.code,
                finding.rule.name,
                text(&finding.message),
            );
            self.add_row(&row);
            self.add_diff(finding, file.source, &place);
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        writeln!(
            out,
            "## ws-lint\n\n{}",
            text(&summary.sentence(self.options.unsafe_fixes))
        )?;
        for failure in &summary.failures {
            writeln!(out, "\n**could not be done:** {}", text(failure))?;
        }
        if !self.rows.is_empty() {
            write!(
                out,
                "\n| severity | rule | place | finding |\n|---|---|---|---|\n{}",
                self.rows
            )?;
        }
        if self.rows_left_out > 0 {
            writeln!(out, "\n{} more findings are not shown.", self.rows_left_out)?;
        }
        if !self.diffs.is_empty() {
            write!(out, "\n{}", self.diffs)?;
        }
        if self.diffs_left_out > 0 {
            writeln!(out, "\n{} more fixes are not shown.", self.diffs_left_out)?;
        }
        Ok(())
    }
}

/// A text that stands on one line and means nothing to Markdown or HTML: code stays code, everything else is written as
/// references.
fn text(text: &str) -> String {
    let shown = escape::line(text);
    let mut safe = String::with_capacity(shown.len());
    let mut parts = shown.split('`').peekable();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        // A last backtick without a partner is a character like others.
        let closed = parts.peek().is_some();
        match (is_code, closed) {
            (true, true) => {
                let _ = write!(safe, "<code>{}</code>", references(part));
            }
            (true, false) => {
                safe.push_str("&#96;");
                safe.push_str(&references(part));
            }
            (false, _) => safe.push_str(&references(part)),
        }
        is_code = !is_code;
    }
    safe
}

/// Every ASCII character that could begin markup or a link as a numeric reference. Behind those that could begin a
/// mention a comment follows: hosts look for mentions in the text that the references stand for.
fn references(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' | ',' | '/' | '-' | '=' | '(' | ')' | ';' | '\'' | '"' | '?' | '+' => safe.push(c),
            '@' | '#' | '!' | '~' | '$' | '&' | '%' => {
                let _ = write!(safe, "&#{};<!-- -->", u32::from(c));
            }
            _ if c.is_ascii_punctuation() => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            _ => safe.push(c),
        }
    }
    safe
}

/// How many times `wanted` stands in a row at most.
fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted).map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_means_nothing_to_markdown() {
        assert_eq!(
            text("`a|b` of <b> @x #1 [y](z)\n*"),
            "<code>a&#124;b</code> of &#60;b&#62; &#64;<!-- -->x &#35;<!-- -->1 &#91;y&#93;(z)&#92;n&#42;"
        );
        assert_eq!(text("a ` b"), "a &#96; b");
        assert_eq!(text("_é日_ https://x.y"), "&#95;é日&#95; https&#58;//x&#46;y");
    }
}

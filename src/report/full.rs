//! The default for people: miette's graphical report with the source around each finding, below it the run-time fact,
//! the advice and what the fix would change.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};

use super::by_rule::write_by_rule;
use super::drawing::Drawing;
use super::drawn::Drawn;
use super::excerpt::Excerpt;
use super::paragraphs::SEE;
use super::repeated::{Group, grouped};
use super::{FileReport, Format, Options, Summary, escape, page, patch};
use crate::finding::{Finding, Severity};
use crate::source::SourceFile;

/// Columns from one tab stop to the next.
pub(super) const TAB_WIDTH: usize = 4;

/// Columns that miette needs beside a source line: the number, the frame and the bracket of a span of several lines.
const FRAME_WIDTH: usize = 14;

/// A report of more findings ends with their counts.
const LONG: usize = 20;

/// The words in front of the paragraphs below the source.
const LEAD: Style = Style::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));

pub(super) struct Full {
    options: Options,
    handler: GraphicalReportHandler,
    /// The same notes stand below many findings.
    paragraphs: Drawn<(&'static str, String)>,
    /// What had no room, by code.
    left_out: BTreeMap<&'static str, usize>,
}

impl Full {
    pub(super) fn new(options: Options) -> Self {
        let drawing = options.drawing;
        let theme = GraphicalTheme {
            characters: if drawing.unicode {
                ThemeCharacters::unicode()
            } else {
                ThemeCharacters::ascii()
            },
            styles: if drawing.color {
                ThemeStyles::ansi()
            } else {
                ThemeStyles::none()
            },
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(drawing.usable_width())
            .with_context_lines(1)
            .tab_width(TAB_WIDTH)
            .without_syntax_highlighting();
        Self {
            options,
            handler,
            paragraphs: Drawn::default(),
            left_out: BTreeMap::new(),
        }
    }

    fn write_finding(
        &mut self,
        out: &mut dyn Write,
        group: &Group<'_>,
        source: &SourceFile,
        name: &str,
        hunks: &mut patch::Hunks,
    ) -> io::Result<()> {
        let drawing = self.options.drawing;
        let finding = group.first;
        let limit = drawing.line_limit(FRAME_WIDTH);
        let graphical = Graphical {
            finding,
            excerpt: Excerpt::new(source, finding.span, name, limit),
        };
        let mut drawn = String::new();
        self.handler
            .render_report(&mut drawn, &graphical)
            .map_err(io::Error::other)?;
        out.write_all(drawn.as_bytes())?;
        if let Some(lines) = group.other_lines(source) {
            self.write_paragraph(out, "also", &lines)?;
        }
        if let Some(note) = &finding.note {
            self.write_paragraph(out, "note", note)?;
        }
        if let Some(help) = &finding.help {
            self.write_paragraph(out, "help", help)?;
        }
        if let Some(remedy) = finding.to_do() {
            self.write_paragraph(out, "do", remedy)?;
        }
        for place in finding.places_told(source) {
            self.write_paragraph(out, SEE, &place)?;
        }
        if let Some(fix) = &finding.fix {
            self.write_paragraph(out, patch::lead(fix), &fix.title)?;
            patch::write(out, drawing, fix, source, hunks)?;
        }
        let lead = drawing.paint(LEAD, "more:");
        let command = format!("ws-lint --explain {}", finding.rule.code);
        let command = drawing.link(page::address(finding.rule).as_deref(), &command);
        writeln!(out, "  {lead} {command}\n")
    }

    fn write_paragraph(&mut self, out: &mut dyn Write, lead: &'static str, text: &str) -> io::Result<()> {
        let drawing = self.options.drawing;
        let drawn = self
            .paragraphs
            .get_or_draw((lead, text.to_owned()), || paragraph(drawing, lead, text));
        out.write_all(drawn.as_bytes())
    }
}

impl Format for Full {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        if self.options.statistics {
            return Ok(());
        }
        let name = escape::path(file.source.path());
        let mut hunks = patch::Hunks::default();
        for group in grouped(&file.checked.findings, file.source) {
            let finding = group.first;
            let room = self.options.room.as_mut();
            if room.is_some_and(|room| !room.takes(finding.severity)) {
                *self.left_out.entry(finding.rule.code).or_default() += group.len();
                continue;
            }
            self.write_finding(out, &group, file.source, &name, &mut hunks)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        if !self.options.statistics && (!self.left_out.is_empty() || summary.findings() > LONG) {
            write_by_rule(out, self.options.drawing, summary, &self.left_out)?;
        }
        summary.write_for_people(out, &self.options)
    }
}

/// `  lead: text`, wrapped, further lines under the text.
fn paragraph(drawing: Drawing, lead: &str, text: &str) -> String {
    let text = escape::line(text);
    let indent = " ".repeat(lead.len() + 4);
    let width = drawing.usable_width() - indent.len();
    let mut drawn = String::new();
    for (index, line) in textwrap::wrap(&text, width).iter().enumerate() {
        if index == 0 {
            let lead = drawing.paint(LEAD, format_args!("{lead}:")).to_string();
            drawn.extend(["  ", &lead, " ", line, "\n"]);
        } else {
            drawn.extend([&indent, &**line, "\n"]);
        }
    }
    drawn
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Graphical<'a> {
    finding: &'a Finding,
    excerpt: Excerpt,
}

impl fmt::Display for Graphical<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape::line(&self.finding.message))
    }
}

impl std::error::Error for Graphical<'_> {}

impl Diagnostic for Graphical<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let rule = self.finding.rule;
        Some(Box::new(format!("{} {}", rule.code, rule.name)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.excerpt.label())))
    }
}

//! `path:line:col: WS101 message [warning, fix]`: one line a finding, for people who scan and for editors' error lists.

use std::io::{self, Write};

use super::drawing::{STRONG, severity_style};
use super::{FileReport, Format, Options, Summary, escape, patch};

pub(super) struct Concise {
    options: Options,
}

impl Concise {
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Format for Concise {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        if self.options.statistics {
            return Ok(());
        }
        let drawing = self.options.drawing;
        let path = escape::path(file.source.path());
        for finding in &file.checked.findings {
            let place = file.source.place(finding.span.start);
            writeln!(
                out,
                "{}:{place}: {} {} [{}{}]",
                drawing.paint(STRONG, &path),
                drawing.paint(severity_style(finding.severity), finding.rule.code),
                escape::line(&finding.message),
                finding.severity,
                finding
                    .fix
                    .as_ref()
                    .map_or_else(String::new, |fix| format!(", {}", patch::lead(fix))),
            )?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        summary.write_for_people(out, &self.options)
    }
}

//! Checkstyle's XML. Columns count code points; paths are as the user names them.

use std::io::{self, Write};

use super::paragraphs::paragraphs;
use super::root::with_slashes;
use super::{FileReport, Format, Summary, xml};

/// The version of Checkstyle whose report this is; some readers want a number.
const VERSION: &str = "10.0";

pub(super) struct Checkstyle;

impl Format for Checkstyle {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"{VERSION}\">"
        )
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        if file.checked.findings.is_empty() {
            return Ok(());
        }
        let name = xml::attribute(&with_slashes(file.source.path()));
        writeln!(out, "  <file name=\"{name}\">")?;
        for finding in &file.checked.findings {
            let position = file.source.position(finding.span.start);
            writeln!(
                out,
                "    <error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{}\" source=\"ws-lint.{}\"/>",
                position.line,
                position.column,
                finding.severity,
                xml::attribute(&paragraphs(finding, file.source).join("\n")),
                finding.rule.code,
            )?;
        }
        writeln!(out, "  </file>")
    }

    fn finish(&mut self, out: &mut dyn Write, _summary: &Summary) -> io::Result<()> {
        writeln!(out, "</checkstyle>")
    }
}

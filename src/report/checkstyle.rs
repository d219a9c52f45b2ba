//! Checkstyle's XML. Columns count code points; paths are as the user names them.

use std::io::{self, Write};

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};

use super::paragraphs::with_remedy;
use super::root::with_slashes;
use super::xml::{expressible, writer};
use super::{FileReport, Format, Summary};

/// The version of Checkstyle whose report this is; some readers want a number.
const VERSION: &str = "10.0";

pub(super) struct Checkstyle;

impl Format for Checkstyle {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut xml = writer(out);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = BytesStart::new("checkstyle").with_attributes([("version", VERSION)]);
        xml.write_event(Event::Start(root))?;
        writeln!(out)
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        if file.checked.findings.is_empty() {
            return Ok(());
        }
        let name = expressible(&with_slashes(file.source.path()));
        let mut xml = writer(out);
        let element = xml.create_element("file").with_attribute(("name", name.as_str()));
        element.write_inner_content(|xml| {
            for finding in &file.checked.findings {
                let position = file.source.position(finding.span.start);
                let message = expressible(&with_remedy(finding, file.source).join("\n"));
                let (line, column) = (position.line.to_string(), position.column.to_string());
                let source = format!("ws-lint.{}", finding.rule.code);
                xml.create_element("error")
                    .with_attributes([
                        ("line", line.as_str()),
                        ("column", &column),
                        ("severity", &finding.severity.to_string()),
                        ("message", &message),
                        ("source", &source),
                    ])
                    .write_empty()?;
            }
            Ok(())
        })?;
        writeln!(out)
    }

    fn finish(&mut self, out: &mut dyn Write, _summary: &Summary) -> io::Result<()> {
        writer(out).write_event(Event::End(BytesEnd::new("checkstyle")))?;
        writeln!(out)
    }
}

//! One JSON object a line and finding, as in the `findings` of `json`; no findings, no lines.

use std::io::{self, Write};

use super::json::JsonFinding;
use super::{FileReport, Format, Summary};

pub(super) struct JsonLines;

impl Format for JsonLines {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let path = file.source.path().to_string_lossy();
        for finding in &file.checked.findings {
            serde_json::to_writer(&mut *out, &JsonFinding::new(finding, &path, file.source))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(&mut self, _out: &mut dyn Write, _summary: &Summary) -> io::Result<()> {
        Ok(())
    }
}

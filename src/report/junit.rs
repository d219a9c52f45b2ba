//! JUnit's XML: a test suite for each file with findings, a failed test for each finding, an error for each thing that
//! could not be done. A run without any has one test that passed, because some readers take a report without tests for a
//! failure. Columns count code points; paths are as the user names them.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::paragraphs::paragraphs;
use super::root::with_slashes;
use super::{FileReport, Format, Summary, escape, xml};
use crate::finding::Finding;
use crate::source::SourceFile;

/// The class and the suite of what is not about a file.
const NAME: &str = "ws-lint";

pub(super) struct Junit {
    report: Report,
}

impl Default for Junit {
    fn default() -> Self {
        Self {
            report: Report::new(NAME),
        }
    }
}

impl Format for Junit {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, _out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        if file.checked.findings.is_empty() {
            return Ok(());
        }
        let path = xml::expressible(&with_slashes(file.source.path()));
        let mut suite = TestSuite::new(path.as_str());
        suite.extra.insert("package".into(), NAME.into());
        for finding in &file.checked.findings {
            suite.add_test_case(failure(finding, file.source, &path));
        }
        self.report.add_test_suite(suite);
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        let mut suite = TestSuite::new(NAME);
        suite.extra.insert("package".into(), NAME.into());
        for failure in &summary.failures {
            let message = xml::expressible(&escape::line(failure));
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(message.as_str());
            suite.add_test_case(case("could not be done", NAME, status));
        }
        if self.report.test_suites.is_empty() && summary.failures.is_empty() {
            suite.add_test_case(case("no findings", NAME, TestCaseStatus::success()));
        }
        if !suite.test_cases.is_empty() {
            self.report.add_test_suite(suite);
        }
        let written = self.report.to_string().map_err(io::Error::other)?;
        // The schema that Jenkins refuses reports by knows no such count of the whole report, and the first one is that.
        out.write_all(written.replacen(" skipped=\"0\"", "", 1).as_bytes())
    }
}

fn failure(finding: &Finding, source: &SourceFile, path: &str) -> TestCase {
    let position = source.position(finding.span.start);
    let lines = paragraphs(finding, source);
    let message = xml::expressible(lines.first().map_or("", String::as_str));
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status
        .set_message(message)
        .set_type(finding.severity.to_string())
        .set_description(xml::expressible(&format!(
            "line {}, column {}\n{}",
            position.line,
            position.column,
            lines.join("\n")
        )));
    case(&format!("{}.{}", NAME, finding.rule.code), path, status)
}

fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

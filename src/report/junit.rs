//! JUnit's XML: a test suite for each file with findings, a failed test for each finding, an error for each thing that
//! could not be done. A run without any has one test that passed, because some readers take a report without tests for a
//! failure. Columns count code points; paths are as the user names them. The attributes are those that Jenkins' schema has.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::paragraphs::with_remedy;
use super::root::with_slashes;
use super::xml::{expressible, writer};
use super::{FileReport, Format, Summary, escape};
use crate::finding::Finding;
use crate::source::SourceFile;

/// The class and the suite of what is not about a file.
const NAME: &str = "ws-lint";

/// The counts at the top come before the tests: nothing is written before the end.
#[derive(Default)]
pub(super) struct Junit {
    suites: Vec<Suite>,
}

/// The tests of one class. All texts can be expressed in XML.
struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed {
        message: String,
        severity: String,
        text: String,
    },
    Impossible {
        message: String,
    },
}

impl Format for Junit {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, _out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let findings = &file.checked.findings;
        if !findings.is_empty() {
            self.suites.push(Suite {
                name: expressible(&with_slashes(file.source.path())),
                cases: findings.iter().map(|finding| failure(finding, file.source)).collect(),
            });
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        let mut cases: Vec<Case> = summary.failures.iter().map(|failure| impossible(failure)).collect();
        if self.suites.is_empty() && cases.is_empty() {
            cases.push(Case {
                name: "no findings".to_owned(),
                outcome: Outcome::Passed,
            });
        }
        if !cases.is_empty() {
            self.suites.push(Suite {
                name: NAME.to_owned(),
                cases,
            });
        }
        let all = Counts::of(self.suites.iter().flat_map(|suite| &suite.cases));
        let mut xml = writer(out);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = xml.create_element("testsuites").with_attributes([
            ("name", NAME),
            ("tests", &all.tests),
            ("failures", &all.failures),
            ("errors", &all.errors),
        ]);
        root.write_inner_content(|xml| self.suites.iter().try_for_each(|suite| suite.write(xml)))?;
        writeln!(out)
    }
}

impl Suite {
    fn write(&self, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
        let own = Counts::of(&self.cases);
        let element = xml.create_element("testsuite").with_attributes([
            ("name", self.name.as_str()),
            ("tests", &own.tests),
            ("skipped", "0"),
            ("errors", &own.errors),
            ("failures", &own.failures),
            ("package", NAME),
        ]);
        element.write_inner_content(|xml| self.cases.iter().try_for_each(|case| case.write(xml, &self.name)))?;
        Ok(())
    }
}

impl Case {
    fn write(&self, xml: &mut Writer<&mut dyn Write>, class: &str) -> io::Result<()> {
        let element = xml
            .create_element("testcase")
            .with_attributes([("name", self.name.as_str()), ("classname", class)]);
        match &self.outcome {
            Outcome::Passed => element.write_empty()?,
            Outcome::Failed {
                message,
                severity,
                text,
            } => element.write_inner_content(|xml| {
                let failure = xml
                    .create_element("failure")
                    .with_attributes([("message", message.as_str()), ("type", severity)]);
                failure.write_text_content(BytesText::new(text))?;
                Ok(())
            })?,
            Outcome::Impossible { message } => element.write_inner_content(|xml| {
                let error = xml
                    .create_element("error")
                    .with_attribute(("message", message.as_str()));
                error.write_empty()?;
                Ok(())
            })?,
        };
        Ok(())
    }
}

/// How many tests there are, in writing.
struct Counts {
    tests: String,
    failures: String,
    errors: String,
}

impl Counts {
    fn of<'c>(cases: impl IntoIterator<Item = &'c Case>) -> Self {
        let (mut tests, mut failures, mut errors) = (0, 0, 0);
        for case in cases {
            tests += 1;
            match case.outcome {
                Outcome::Passed => {}
                Outcome::Failed { .. } => failures += 1,
                Outcome::Impossible { .. } => errors += 1,
            }
        }
        Self {
            tests: tests.to_string(),
            failures: failures.to_string(),
            errors: errors.to_string(),
        }
    }
}

fn failure(finding: &Finding, source: &SourceFile) -> Case {
    let place = source.place(finding.span.start);
    let lines = with_remedy(finding, source);
    let text = format!("{}, column {}\n{}", place.line_told(), place.column, lines.join("\n"));
    Case {
        name: format!("{NAME}.{}", finding.rule.code),
        outcome: Outcome::Failed {
            message: expressible(lines.first().map_or("", String::as_str)),
            severity: finding.severity.to_string(),
            text: expressible(&text),
        },
    }
}

fn impossible(failure: &str) -> Case {
    Case {
        name: "could not be done".to_owned(),
        outcome: Outcome::Impossible {
            message: expressible(&escape::line(failure)),
        },
    }
}

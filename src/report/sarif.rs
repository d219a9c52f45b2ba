//! SARIF 2.1.0, as GitHub's code scanning and other viewers take it.
//!
//! Paths are percent-encoded and relative to the root of the repository; a file outside has an absolute `file:` URI.
//! Columns count Unicode code points, and `columnKind` says so. Everything around the results is short, so each result
//! is written as soon as it is known.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Component, Path};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};
use serde_sarif::sarif;

use super::line_hash::LineHashes;
use super::paragraphs::paragraphs;
use super::{FileReport, Format, Options, Root, Summary, escape};
use crate::check::Checked;
use crate::finding::{Finding, Severity};
use crate::fix::{Edit, Fix};
use crate::rules::{self, Rule};
use crate::sites::{OtherPlace, Related};
use crate::source::{Position, SourceFile, Span};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The base of relative URIs. Its own place is the reader's business.
const SOURCE_ROOT: &str = "%SRCROOT%";

/// What stands in a part of a path as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) struct Sarif {
    root: Root,
    /// What a comment or the baseline allows is a result too.
    suppressions: bool,
    any: bool,
}

impl Sarif {
    pub(super) fn new(options: Options) -> Self {
        Self {
            root: options.root,
            suppressions: options.suppressions,
            any: false,
        }
    }

    /// By position, each with what allows it.
    fn results<'a>(&self, checked: &'a Checked) -> Vec<(&'a Finding, Option<sarif::Suppression>)> {
        let mut results: Vec<_> = checked.findings.iter().map(|finding| (finding, None)).collect();
        if self.suppressions {
            let commented = checked.allowed.iter();
            results.extend(commented.map(|one| (&one.finding, Some(suppression("inSource", one.reason.as_deref())))));
            let known = checked.baselined.iter();
            results.extend(known.map(|finding| (finding, Some(suppression("external", Some("in the baseline"))))));
            results.sort_by_key(|(finding, _)| (finding.span, finding.rule.code));
        }
        results
    }
}

impl Format for Sarif {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let tool = sarif::Tool::builder().driver(driver()).build();
        write!(
            out,
            "{{\"$schema\":{},\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{},\"automationDetails\":{},\
             \"columnKind\":\"unicodeCodePoints\",\"originalUriBaseIds\":{},\"results\":[",
            json!(SCHEMA),
            serde_json::to_string(&tool)?,
            json!({"id": "ws-lint/"}),
            json!({SOURCE_ROOT: {"description": {"text": "The root of the repository."}}}),
        )
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let results = self.results(file.checked);
        if results.is_empty() {
            return Ok(());
        }
        let artifact = artifact(&self.root.path_of(file.source.path()));
        let hashes = LineHashes::new(file.source.text());
        for (finding, suppression) in results {
            out.write_all(if self.any { b",\n" } else { b"\n" })?;
            self.any = true;
            let mut result = result(finding, file.source, &artifact, &hashes);
            let related = finding.related.iter().zip(0..);
            let related = related.map(|(place, id)| self.related(place, id, file.source));
            result.related_locations = (!finding.related.is_empty()).then(|| related.collect());
            // Viewers offer what stands there, and what is allowed is to stay as it is.
            result.fixes = result.fixes.filter(|_| suppression.is_none());
            result.suppressions = match (self.suppressions, suppression) {
                (false, _) => None,
                // An empty list says that nothing was left out.
                (true, suppression) => Some(suppression.into_iter().collect()),
            };
            serde_json::to_writer(&mut *out, &result)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        let invocation = sarif::Invocation {
            tool_execution_notifications: Some(summary.failures.iter().map(|text| notification(text)).collect()),
            ..sarif::Invocation::builder()
                .execution_successful(summary.failures.is_empty())
                .build()
        };
        out.write_all(if self.any { b"\n]" } else { b"]" })?;
        writeln!(out, ",\"invocations\":[{}]}}]}}", serde_json::to_string(&invocation)?)
    }
}

impl Sarif {
    /// A place that the answer of a finding in `source` comes through.
    fn related(&self, place: &Related, id: i64, source: &SourceFile) -> sarif::Location {
        let OtherPlace { file, start, end, .. } = place.place_from(source);
        let place_there = sarif::PhysicalLocation {
            artifact_location: Some(artifact(&self.root.path_of(Path::new(&*file)))),
            region: Some(between(start, end)),
            ..sarif::PhysicalLocation::default()
        };
        sarif::Location {
            id: Some(id),
            physical_location: Some(place_there),
            message: Some(message(&escape::line(&place.what))),
            ..sarif::Location::default()
        }
    }
}

fn driver() -> sarif::ToolComponent {
    sarif::ToolComponent {
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        semantic_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        rules: Some(rules::ALL.iter().map(|rule| descriptor(rule)).collect()),
        ..sarif::ToolComponent::builder().name("ws-lint").build()
    }
}

fn descriptor(rule: &Rule) -> sarif::ReportingDescriptor {
    let tags = rule
        .languages
        .iter()
        .map(|language| language.to_string().to_lowercase());
    let properties = BTreeMap::from([
        ("precision".to_owned(), json!("high")),
        ("problem.severity".to_owned(), json!(problem_severity(rule.severity))),
    ]);
    sarif::ReportingDescriptor {
        name: Some(rule.name.to_owned()),
        short_description: Some(multiformat(rule.summary, None)),
        full_description: Some(multiformat(rule.summary, None)),
        help: Some(multiformat(rule.page, Some(rule.page))),
        default_configuration: Some(sarif::ReportingConfiguration {
            enabled: Some(rule.on_by_default),
            level: Some(json!(level(rule.severity))),
            ..sarif::ReportingConfiguration::default()
        }),
        properties: Some(sarif::PropertyBag {
            tags: Some(tags.collect()),
            additional_properties: properties,
        }),
        ..sarif::ReportingDescriptor::builder().id(rule.code).build()
    }
}

fn result(
    finding: &Finding,
    source: &SourceFile,
    artifact: &sarif::ArtifactLocation,
    hashes: &LineHashes,
) -> sarif::Result {
    let place = sarif::PhysicalLocation {
        artifact_location: Some(artifact.clone()),
        region: Some(region(finding.span, source)),
        ..sarif::PhysicalLocation::default()
    };
    let index = rules::ALL.iter().position(|rule| rule.code == finding.rule.code);
    let hash = hashes.at(finding.span.start);
    let fingerprint = hash.map(|hash| BTreeMap::from([("primaryLocationLineHash".to_owned(), hash.to_owned())]));
    sarif::Result {
        rule_id: Some(finding.rule.code.to_owned()),
        rule_index: index.map(number),
        level: Some(level(finding.severity)),
        locations: Some(vec![sarif::Location {
            physical_location: Some(place),
            ..sarif::Location::default()
        }]),
        partial_fingerprints: fingerprint,
        fixes: finding.fix.as_ref().map(|fix| vec![fix_of(fix, source, artifact)]),
        ..sarif::Result::builder()
            .message(message(&paragraphs(finding, source).join("\n")))
            .build()
    }
}

fn suppression(kind: &str, justification: Option<&str>) -> sarif::Suppression {
    sarif::Suppression {
        justification: justification.map(|words| escape::line(words).into_owned()),
        ..sarif::Suppression::builder().kind(json!(kind)).build()
    }
}

/// Properties tell how far the fix can be trusted: SARIF has no word for it.
fn fix_of(fix: &Fix, source: &SourceFile, artifact: &sarif::ArtifactLocation) -> sarif::Fix {
    let replacement = |edit: &Edit| sarif::Replacement {
        inserted_content: Some(sarif::ArtifactContent {
            text: Some(edit.text.clone()),
            ..sarif::ArtifactContent::default()
        }),
        ..sarif::Replacement::builder()
            .deleted_region(region(edit.span, source))
            .build()
    };
    let change = sarif::ArtifactChange::builder()
        .artifact_location(artifact.clone())
        .replacements(fix.edits.iter().map(replacement).collect::<Vec<_>>())
        .build();
    sarif::Fix {
        description: Some(message(&escape::line(&fix.title))),
        properties: Some(sarif::PropertyBag {
            tags: None,
            additional_properties: BTreeMap::from([("applicability".to_owned(), json!(fix.applicability))]),
        }),
        ..sarif::Fix::builder().artifact_changes(vec![change]).build()
    }
}

fn region(span: Span, source: &SourceFile) -> sarif::Region {
    between(source.position(span.start), source.position(span.end))
}

fn between(start: Position, end: Position) -> sarif::Region {
    sarif::Region {
        start_line: Some(number(start.line)),
        start_column: Some(number(start.column)),
        end_line: Some(number(end.line)),
        end_column: Some(number(end.column)),
        ..sarif::Region::default()
    }
}

fn artifact(path: &Path) -> sarif::ArtifactLocation {
    sarif::ArtifactLocation {
        uri: Some(uri(path)),
        uri_base_id: (!path.has_root()).then(|| SOURCE_ROOT.to_owned()),
        ..sarif::ArtifactLocation::default()
    }
}

/// Each part percent-encoded; bytes that are no UTF-8 too.
fn uri(path: &Path) -> String {
    let mut uri = if path.has_root() { "file://" } else { "" }.to_owned();
    for part in path.components() {
        if matches!(part, Component::RootDir) {
            continue;
        }
        if !uri.is_empty() {
            uri.push('/');
        }
        uri.extend(percent_encode(part.as_os_str().as_encoded_bytes(), ENCODED));
    }
    uri
}

fn notification(text: &str) -> sarif::Notification {
    sarif::Notification {
        level: Some(json!("error")),
        ..sarif::Notification::builder()
            .message(message(&escape::line(text)))
            .build()
    }
}

/// A plain text. `[a](b)` in it would be a link.
fn message(text: &str) -> sarif::Message {
    sarif::Message {
        text: Some(text.replace("](", "\\](")),
        ..sarif::Message::default()
    }
}

fn multiformat(text: &str, markdown: Option<&str>) -> sarif::MultiformatMessageString {
    sarif::MultiformatMessageString {
        markdown: markdown.map(str::to_owned),
        ..sarif::MultiformatMessageString::builder().text(text).build()
    }
}

fn level(severity: Severity) -> sarif::ResultLevel {
    match severity {
        Severity::Error => sarif::ResultLevel::Error,
        Severity::Warning => sarif::ResultLevel::Warning,
        Severity::Info => sarif::ResultLevel::Note,
    }
}

/// GitHub's words.
fn problem_severity(severity: Severity) -> Value {
    json!(match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    })
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_encoded_and_say_whether_they_are_relative() {
        assert_eq!(uri(Path::new("a b/é#?%:.py")), "a%20b/%C3%A9%23%3F%25%3A.py");
        assert_eq!(artifact(Path::new("a.py")).uri_base_id.as_deref(), Some(SOURCE_ROOT));
        #[cfg(unix)]
        assert_eq!(uri(Path::new("/tmp/a b.py")), "file:///tmp/a%20b.py");
        #[cfg(unix)]
        assert_eq!(artifact(Path::new("/tmp/a.py")).uri_base_id, None);
    }
}

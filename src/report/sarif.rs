//! SARIF 2.1.0, as GitHub's code scanning and other viewers take it.
//!
//! Paths are percent-encoded and relative to the root of the repository; a file outside has an absolute `file:` URI.
//! Columns count Unicode code points, and `columnKind` says so. Everything around the results is short, so each result
//! is written as soon as it is known.

use std::io::{self, Write};
use std::path::{Component, Path};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};

use super::line_hash::LineHashes;
use super::page;
use super::paragraphs::paragraphs;
use super::{FileReport, Format, Options, Root, Summary, escape};
use crate::finding::{Checked, Edit, Finding, Fix, Rule, Severity};
use crate::rules::{self};
use crate::sites::{OtherPlace, Related};
use crate::source::{Place, SourceFile, Span};

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
    fn results<'a>(&self, checked: &'a Checked) -> Vec<(&'a Finding, Option<Value>)> {
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
        write!(
            out,
            "{{\"$schema\":{},\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{},\"automationDetails\":{},\
             \"columnKind\":\"unicodeCodePoints\",\"originalUriBaseIds\":{},\"results\":[",
            json!(SCHEMA),
            json!({"driver": driver()}),
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
            if !finding.related.is_empty() {
                let related = finding.related.iter().enumerate();
                let related = related.map(|(id, place)| self.related(place, id, file.source));
                result["relatedLocations"] = related.collect();
            }
            // Viewers offer what stands there, and what is allowed is to stay as it is.
            if let Some(fix) = finding.fix.as_ref().filter(|_| suppression.is_none()) {
                result["fixes"] = json!([fix_of(fix, file.source, &artifact)]);
            }
            if self.suppressions {
                // An empty list says that nothing was left out.
                result["suppressions"] = json!(Vec::from_iter(suppression));
            }
            serde_json::to_writer(&mut *out, &result)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        let failures: Vec<Value> = summary.failures.iter().map(|text| notification(text)).collect();
        let invocation = json!({
            "executionSuccessful": failures.is_empty(),
            "toolExecutionNotifications": failures,
        });
        out.write_all(if self.any { b"\n]" } else { b"]" })?;
        writeln!(out, ",\"invocations\":[{invocation}]}}]}}")
    }
}

impl Sarif {
    /// A place that the answer of a finding in `source` comes through.
    fn related(&self, place: &Related, id: usize, source: &SourceFile) -> Value {
        let OtherPlace { file, start, end, .. } = place.place_from(source);
        let artifact = artifact(&self.root.path_of(Path::new(&*file)));
        json!({
            "id": id,
            "physicalLocation": {"artifactLocation": artifact, "region": between(start, end)},
            "message": message(&escape::line(&place.what)),
        })
    }
}

fn driver() -> Value {
    let rules: Vec<Value> = rules::ALL.iter().map(|rule| descriptor(rule)).collect();
    json!({
        "name": "ws-lint",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    })
}

fn descriptor(rule: &Rule) -> Value {
    let tags = rule.languages.iter();
    let tags: Vec<String> = tags.map(|language| language.to_string().to_lowercase()).collect();
    let page = page::for_readers(rule.page);
    let mut descriptor = json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"enabled": rule.on_by_default, "level": level(rule.severity)},
        "properties": {
            "tags": tags,
            "precision": "high",
            "problem.severity": problem_severity(rule.severity),
        },
    });
    if let Some(address) = page::address(rule) {
        descriptor["helpUri"] = json!(address);
    }
    descriptor
}

fn result(finding: &Finding, source: &SourceFile, artifact: &Value, hashes: &LineHashes) -> Value {
    let mut result = json!({
        "ruleId": finding.rule.code,
        "level": level(finding.severity),
        "message": message(&paragraphs(finding, source).join("\n")),
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region(finding.span, source)}}],
    });
    if let Some(index) = rules::ALL.iter().position(|rule| rule.code == finding.rule.code) {
        result["ruleIndex"] = json!(index);
    }
    if let Some(hash) = hashes.at(finding.span.start) {
        result["partialFingerprints"] = json!({"primaryLocationLineHash": hash});
    }
    result
}

fn suppression(kind: &str, justification: Option<&str>) -> Value {
    let mut suppression = json!({"kind": kind});
    if let Some(words) = justification {
        suppression["justification"] = json!(escape::line(words));
    }
    suppression
}

/// Properties tell how far the fix can be trusted: SARIF has no word for it.
fn fix_of(fix: &Fix, source: &SourceFile, artifact: &Value) -> Value {
    let replacement =
        |edit: &Edit| json!({"deletedRegion": region(edit.span, source), "insertedContent": {"text": edit.text}});
    let replacements: Vec<Value> = fix.edits.iter().map(replacement).collect();
    json!({
        "description": message(&escape::line(&fix.title)),
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
        "properties": {"applicability": fix.applicability},
    })
}

fn region(span: Span, source: &SourceFile) -> Value {
    between(source.place(span.start), source.place(span.end))
}

fn between(start: Place, end: Place) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn artifact(path: &Path) -> Value {
    match path.has_root() {
        true => json!({"uri": uri(path)}),
        false => json!({"uri": uri(path), "uriBaseId": SOURCE_ROOT}),
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

fn notification(text: &str) -> Value {
    json!({"level": "error", "message": message(&escape::line(text))})
}

/// A plain text. `[a](b)` in it would be a link.
fn message(text: &str) -> Value {
    json!({"text": text.replace("](", "\\](")})
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// GitHub's words.
fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_encoded_and_say_whether_they_are_relative() {
        assert_eq!(uri(Path::new("a b/é#?%:.py")), "a%20b/%C3%A9%23%3F%25%3A.py");
        assert_eq!(artifact(Path::new("a.py"))["uriBaseId"], SOURCE_ROOT);
        #[cfg(unix)]
        assert_eq!(uri(Path::new("/tmp/a b.py")), "file:///tmp/a%20b.py");
        #[cfg(unix)]
        assert_eq!(artifact(Path::new("/tmp/a.py")), json!({"uri": "file:///tmp/a.py"}));
    }
}

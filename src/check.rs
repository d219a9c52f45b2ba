//! One file through parse, rules and suppressions.

use std::path::Path;
use std::sync::Arc;

use crate::budget::{self, Budget, Linked};
use crate::catalog::Catalog;
use crate::explanation::{self, Explanation, Trail};
use crate::facts::Project;
use crate::finding::{Checked, Finding, Fix, Refusal};
use crate::prescan::Announced;
use crate::python::{self, InProject};
use crate::rules::{self, Check, Context, Rewrite};
use crate::rust::InCrate;
use crate::settings::Settings;
use crate::sites::{FileCourses, Sites};
use crate::source::{Language, SourceFile, Span, SyntaxError};
use crate::suppress::{self, Reason};
use crate::{manifest, rust};

/// What surrounds a file.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// What is known about each library, the user's own helpers included.
    pub catalog: &'a Catalog,
    /// What the configuration says for this file.
    pub settings: &'a Settings,
    /// What the manifests around it say.
    pub project: &'a dyn Project,
    /// Where the file is among the crates of the run: they say what its paths mean that lead to other files.
    pub crates: Option<InCrate<'a>>,
    /// The whole file is test code by its path.
    pub test_file: bool,
    /// The file's place among the modules of its project; without it the file is all there is.
    pub in_project: Option<InProject<'a>>,
    /// Says what cannot be in a text, and need not be looked for; without it everything is.
    pub prescan: Option<Prescanned<'a>>,
    /// What looks at it: [`rules::CHECKS`]. Nothing that can be typed or configured changes this; the tests of the engine put
    /// checks in whose fixes are broken.
    pub checks: &'static [Check],
}

impl<'a> Surroundings<'a> {
    /// A file that is all there is, checked by every rule that the settings enable.
    #[must_use]
    pub fn alone(catalog: &'a Catalog, settings: &'a Settings, project: &'a dyn Project) -> Self {
        Self {
            catalog,
            settings,
            project,
            crates: None,
            test_file: false,
            in_project: None,
            prescan: None,
            checks: rules::CHECKS,
        }
    }
}

impl Linked for Surroundings<'_> {
    fn courses(&self, file: &Path) -> Option<Arc<FileCourses>> {
        self.in_project?.program.courses(file, self.catalog)
    }

    fn may_replace(&self, path: &str, callee: &str) -> bool {
        let replaces = |InProject { program, file, .. }| program.may_replace(file, path, callee);
        self.in_project.is_some_and(replaces)
    }
}

/// What a prescan says of a text.
#[derive(Clone, Copy)]
pub enum Prescanned<'a> {
    /// This, once, of the only text that is looked at.
    Before(Announced),
    /// What is said of each text: one that is fixed is looked at more than once, and changes.
    By(&'a (dyn Fn(&str) -> Announced + Sync)),
}

/// Each test of a file: its name, where that stands, and how long it can take.
pub type Counted = Vec<(String, Span, Budget)>;

/// How long the tests of one file can take, and what WS205 finds there; `None` for a language that has none. The tests of a
/// file in which nothing is announced are found only where `surroundings` have no prescan.
///
/// # Errors
/// Where and why the file does not parse.
pub fn budgets(
    source: &SourceFile,
    surroundings: Surroundings<'_>,
) -> Result<Option<(Counted, Vec<Finding>)>, SyntaxError> {
    if source.language() == Language::Manifest {
        return Ok(None);
    }
    let module = parse(source, surroundings)?;
    let sites = module.sites();
    let budgets = budget::budgets(sites, surroundings.catalog, surroundings.project, &surroundings);
    let tests = sites.tests.iter().zip(budgets);
    let counted = tests.map(|(test, budget)| (test.name.clone(), test.name_span, budget));
    // WS205 leaves to other rules what they speak of; here it speaks alone.
    let mut settings = surroundings.settings.clone();
    settings.enabled.retain(|code| *code == "WS205");
    let alone = Surroundings {
        settings: &settings,
        ..surroundings
    };
    let findings = run_rules(source, module.as_ref(), alone).findings;
    Ok(Some((counted.collect(), configured(findings, &settings))))
}

fn parse<'a>(source: &'a SourceFile, surroundings: Surroundings<'a>) -> Result<Box<dyn Parsed + 'a>, SyntaxError> {
    let (language, catalog) = (source.language(), surroundings.catalog);
    let announced = match surroundings.prescan {
        None => Announced::EVERYTHING,
        Some(Prescanned::Before(announced)) => announced,
        Some(Prescanned::By(announced)) => announced(source.text()),
    };
    match language {
        Language::Python => python::Module::parse(
            source,
            catalog,
            surroundings.project,
            announced,
            surroundings.in_project,
        )
        .map(|module| Box::new(module) as _),
        Language::Rust => rust::Module::parse(source, catalog, surroundings.project, surroundings.crates, announced)
            .map(|module| Box::new(module) as _),
        Language::Manifest => Ok(Box::new(manifest::Module::read(source, catalog))),
    }
}

/// Everything that is known of every site of a file, by position; none of a manifest.
///
/// # Errors
/// Where and why the file does not parse.
pub fn explain(source: &SourceFile, surroundings: Surroundings<'_>) -> Result<Vec<Explanation>, SyntaxError> {
    let module = parse(source, surroundings)?;
    let checked = run_rules(source, module.as_ref(), surroundings);
    let findings = configured(checked.findings, surroundings.settings);
    let findings: Vec<&Finding> = findings.iter().collect();
    let allowed: Vec<&Finding> = checked.allowed.iter().map(|allowed| &allowed.finding).collect();
    let context = context(source, module.as_ref(), &surroundings);
    Ok(explanation::of_file(&context, module.as_ref(), &findings, &allowed))
}

/// Checks one file.
#[must_use]
pub fn check(source: &SourceFile, surroundings: Surroundings<'_>) -> Checked {
    let mut checked = match parse(source, surroundings) {
        Ok(module) => run_rules(source, module.as_ref(), surroundings),
        Err(error) => Checked {
            findings: vec![rules::syntax_error(error)],
            ..Checked::default()
        },
    };
    checked.findings = configured(checked.findings, surroundings.settings);
    checked
        .findings
        .sort_by_key(|finding| (finding.span, finding.rule.code));
    checked
}

/// For each of `findings` the comment that allows it, as a fix for [`crate::fix::add_suppressions`]; those that share a
/// comment have the same fix.
#[must_use]
pub fn comments_for(source: &SourceFile, findings: &[Finding], reason: &Reason) -> Vec<Result<Fix, Refusal>> {
    let places = |offsets: &[usize]| match source.language() {
        Language::Python => python::comment_places(source, offsets),
        Language::Rust => rust::comment_places(source, offsets),
        Language::Manifest => manifest::comment_places(source, offsets),
    };
    suppress::comments_for(source, findings, places, reason)
}

/// The outcome for a file whose bytes cannot even be decoded.
#[must_use]
pub fn undecodable(error: SyntaxError, settings: &Settings) -> Checked {
    Checked {
        findings: configured(vec![rules::syntax_error(error)], settings),
        ..Checked::default()
    }
}

/// The findings of the rules that run, with the severities that the configuration sets.
fn configured(mut findings: Vec<Finding>, settings: &Settings) -> Vec<Finding> {
    findings.retain_mut(|finding| {
        if let Some(strict) = finding.strict.filter(|_| settings.strict) {
            finding.severity = strict;
            finding.strict = None;
        }
        if let Some(&severity) = settings.severities.get(finding.rule.code) {
            finding.severity = severity;
            finding.strict = None;
        }
        settings.is_enabled(finding.rule)
    });
    findings
}

/// What the modules of all languages offer.
trait Parsed: Rewrite + Trail {
    fn sites(&self) -> &Sites;
    fn rewrite(&self) -> &dyn Rewrite;
}

impl Parsed for python::Module<'_> {
    fn sites(&self) -> &Sites {
        self.sites()
    }
    fn rewrite(&self) -> &dyn Rewrite {
        self
    }
}

impl Parsed for rust::Module<'_> {
    fn sites(&self) -> &Sites {
        self.sites()
    }
    fn rewrite(&self) -> &dyn Rewrite {
        self
    }
}

impl Parsed for manifest::Module {
    fn sites(&self) -> &Sites {
        self.sites()
    }
    fn rewrite(&self) -> &dyn Rewrite {
        self
    }
}

fn context<'a>(source: &'a SourceFile, module: &'a dyn Parsed, surroundings: &'a Surroundings<'_>) -> Context<'a> {
    Context {
        source,
        sites: module.sites(),
        catalog: surroundings.catalog,
        settings: surroundings.settings,
        project: surroundings.project,
        test_file: surroundings.test_file,
        linked: surroundings,
        rewrite: module.rewrite(),
    }
}

fn run_rules(source: &SourceFile, module: &dyn Parsed, surroundings: Surroundings<'_>) -> Checked {
    let context = context(source, module, &surroundings);
    let mut findings = Vec::new();
    for Check { rule, look } in surroundings.checks {
        if surroundings.settings.is_enabled(rule) && rule.languages.contains(&source.language()) {
            look(&context, &mut findings);
        }
    }
    suppress::apply(&context, findings)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::facts::ProjectFacts;
    use crate::prescan::Prescan;

    #[test]
    fn what_is_relevant_of_a_module_has_all_its_findings() {
        let settings = Settings {
            enabled: rules::ALL
                .iter()
                .map(|rule| rule.code)
                .filter(|code| *code != "WS001")
                .collect(),
            ..Settings::default()
        };
        let (prescan, project) = (Prescan::new(&settings, &[]), ProjectFacts::default());
        let surroundings = Surroundings::alone(Catalog::builtin(), &settings, &project);
        let findings_of = |source: &SourceFile| -> Vec<(&'static str, Span, String)> {
            let found = check(source, surroundings).findings.into_iter();
            found
                .map(|finding| (finding.rule.code, finding.span, finding.message))
                .collect()
        };
        let (mut shorter, mut findings) = (0, 0);
        for path in python_fixtures() {
            let text = fs::read_to_string(&path).unwrap();
            let Some(relevant) = prescan.relevant_beyond(0, &text).filter(|relevant| *relevant != text) else {
                continue;
            };
            let whole = SourceFile::new(&path, Language::Python, text);
            let expected = findings_of(&whole);
            shorter += 1;
            findings += expected.len();
            let found = findings_of(&whole.with_relevant(Some(relevant)));
            assert_eq!(found, expected, "{}", path.display());
        }
        assert!(
            shorter > 10 && findings > 10,
            "{shorter} texts were shorter, with {findings} findings"
        );
    }

    fn python_fixtures() -> Vec<std::path::PathBuf> {
        let folders = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/python")).unwrap();
        let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
        let paths = files.map(|file| file.unwrap().path());
        paths
            .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
            .collect()
    }
}

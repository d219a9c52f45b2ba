//! One file through parse, rules and suppressions.

use crate::catalog::Catalog;
use crate::config::Settings;
use crate::finding::Finding;
use crate::prescan::{Announced, Prescan};
use crate::project::ProjectFacts;
use crate::rules::{self, Context, Rewrite};
use crate::sites::Sites;
use crate::source::{Language, SourceFile, SyntaxError};
use crate::suppress::Suppressed;
use crate::{manifest, python, rust, suppress};

/// The stack that a thread needs to parse any file that the depth guards let through, in bytes.
pub const STACK_BYTES: usize = 64 << 20;

/// What surrounds a file.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// What is known about each library, the user's own helpers included.
    pub catalog: &'a Catalog,
    /// What the configuration says for this file.
    pub settings: &'a Settings,
    /// What the manifests around it say.
    pub project: &'a ProjectFacts,
    /// The whole file is test code by its path.
    pub test_file: bool,
    /// Says what cannot be in a text, and need not be looked for; without it everything is.
    pub prescan: Option<&'a Prescan>,
}

/// The outcome for one file.
#[derive(Debug, Default)]
pub struct Checked {
    /// By position, then by code.
    pub findings: Vec<Finding>,
    /// How many findings a comment allows.
    pub suppressed: usize,
    /// They themselves. Only formats that were asked to show them look at them.
    pub allowed: Vec<Suppressed>,
    /// Findings that the baseline allows. No rule looks at them, and only formats that were asked to show them.
    pub baselined: Vec<Finding>,
    /// How many findings stand on lines that are as they were in `--diff-base` or by `--diff-file`.
    pub unchanged: usize,
}

/// Checks one file.
#[must_use]
pub fn check(source: &SourceFile, surroundings: Surroundings<'_>) -> Checked {
    let language = source.language();
    let announced = surroundings.prescan.map_or(Announced::EVERYTHING, |prescan| {
        prescan.announced(language, source.text().as_bytes())
    });
    let parsed: Result<Box<dyn Parsed>, SyntaxError> = match language {
        Language::Python => {
            python::Module::parse(source, surroundings.catalog, announced).map(|module| Box::new(module) as _)
        }
        Language::Rust => rust::Module::parse(source, surroundings.catalog).map(|module| Box::new(module) as _),
        Language::Manifest => Ok(Box::new(manifest::Module::read(source, surroundings.catalog))),
    };
    let mut checked = match parsed {
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
        if let Some(&severity) = settings.severities.get(finding.rule.code) {
            finding.severity = severity;
        }
        settings.is_enabled(finding.rule)
    });
    findings
}

/// What the modules of all languages offer.
trait Parsed: Rewrite {
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

fn run_rules(source: &SourceFile, module: &dyn Parsed, surroundings: Surroundings<'_>) -> Checked {
    let context = Context {
        source,
        sites: module.sites(),
        catalog: surroundings.catalog,
        settings: surroundings.settings,
        project: surroundings.project,
        test_file: surroundings.test_file,
        rewrite: module.rewrite(),
    };
    let mut findings = Vec::new();
    for rule in surroundings.settings.rules {
        if surroundings.settings.is_enabled(rule) && rule.languages.contains(&source.language()) {
            (rule.check)(&context, &mut findings);
        }
    }
    suppress::apply(&context, findings)
}

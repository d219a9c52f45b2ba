//! What a file says itself of what it runs with: the metadata of a script (PEP 723), the kernel of a notebook.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeValue;

use super::manifest::{Manifest, as_str, lookup};
use super::pip_commands;
use super::precedence::{Said, said};
use super::python_range::oldest_of_pep440;
use super::requirement::{MOST_OF_ONE_PACKAGE, Reading};
use crate::catalog::Catalog;
use crate::facts::{Fact, PackageRange, ProjectFacts, PythonVersion, Requirement, Role};
use crate::source::{Language, SourceFile};

/// What a file names of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnFacts {
    /// A script: whatever runs it asks nothing else.
    Script {
        /// The oldest Python that it is for.
        python: Option<Fact<PythonVersion>>,
        /// What is installed for it alone, where it lists that.
        packages: Option<ScriptPackages>,
    },
    /// A notebook.
    Notebook {
        /// The Python that ran it last: it counts where the project says nothing.
        python: Option<Fact<PythonVersion>>,
        /// The releases that its cells install (`!pip install websockets==13.1`), whatever the project says of them.
        installed: BTreeMap<String, Fact<PackageRange>>,
    },
}

/// What a script has installed for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptPackages {
    /// As [`ProjectFacts::packages`].
    packages: BTreeMap<String, Fact<PackageRange>>,
    /// As [`ProjectFacts::async_timeout`].
    async_timeout: Option<Fact<()>>,
}

impl OwnFacts {
    /// What a file says, if it says anything.
    #[must_use]
    pub fn of(source: &SourceFile) -> Option<Self> {
        if source.language() != Language::Python {
            return None;
        }
        if source.is_notebook() {
            let (python, installed) = (kernel(source), installed_by_cells(source));
            return (python.is_some() || !installed.is_empty()).then_some(Self::Notebook { python, installed });
        }
        said_by_script(source.text())
    }
}

impl ProjectFacts {
    /// What holds for a file that says something of its own.
    #[must_use]
    pub fn for_file(self: Arc<Self>, own: Option<OwnFacts>) -> Arc<Self> {
        let Some(own) = own else { return self };
        let mut facts = Self::clone(&self);
        match own {
            OwnFacts::Script { python, packages } => {
                facts.python = python.or(facts.python);
                if let Some(own) = packages {
                    (facts.packages, facts.async_timeout) = (own.packages.into_iter().collect(), own.async_timeout);
                }
            }
            OwnFacts::Notebook { python, installed } => {
                facts.python = facts.python.or(python);
                facts.packages.tell(installed);
            }
        }
        Arc::new(facts)
    }
}

fn kernel(notebook: &SourceFile) -> Option<Fact<PythonVersion>> {
    let minor = notebook
        .kernel_python()?
        .splitn(3, '.')
        .take(2)
        .collect::<Vec<_>>()
        .join(".");
    Some(Fact {
        value: minor.parse().ok()?,
        source: "language_info of the notebook".to_owned(),
    })
}

/// What the lines of a notebook install that are commands: `!pip install websockets==13.1`, `%pip install websockets==13.1`.
fn installed_by_cells(notebook: &SourceFile) -> BTreeMap<String, Fact<PackageRange>> {
    let text = notebook.text();
    let mut found = BTreeMap::new();
    for (word, at) in pip_commands::installed(text) {
        let line = text.get(notebook.line_start(at)..).unwrap_or_default();
        if !line.trim_start().starts_with(['!', '%']) {
            continue;
        }
        let manifest = Manifest::new("", word);
        let mut warnings = Vec::new();
        let mut reading = Reading::of(&manifest, &mut warnings);
        reading.add(word, 0, Role::Main);
        let Some(requirement) = reading.found.into_iter().next() else {
            continue;
        };
        if let Some(Said::Restricted(fact)) = said(&[&requirement]) {
            let source = format!("{} in {}", requirement.package, notebook.place(at).line_told());
            found.insert(requirement.package.clone(), Fact { source, ..fact });
        }
    }
    found
}

/// Between these lines a script says what it needs.
const BEGIN: &str = "# /// script";
const END: &str = "# ///";

/// `# requires-python = ">=3.9"`, `# dependencies = ["websockets==12.0"]`.
fn said_by_script(text: &str) -> Option<OwnFacts> {
    // Most files are no scripts of this kind.
    if !text.contains(BEGIN) {
        return None;
    }
    let mut lines = text.lines().enumerate();
    let (begin, _) = lines.find(|(_, line)| line.trim_end() == BEGIN)?;
    let comments = lines.map_while(|(_, line)| line.strip_prefix('#'));
    let comments: Vec<&str> = comments.collect();
    // The last end counts, as a text in it may have one.
    let end = comments.iter().rposition(|line| line.trim_end() == &END[1..])?;
    let metadata: String = comments
        .get(..end)?
        .iter()
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    let metadata = Metadata {
        manifest: Manifest::new("", metadata.as_str()),
        first_line: begin + 2,
    };
    let table = metadata.manifest.toml(&mut Vec::new())?;
    let python = lookup(table, &["requires-python"]).and_then(|range| metadata.python(range));
    let oldest = python.as_ref().map(|fact| fact.value);
    let dependencies = lookup(table, &["dependencies"]);
    let packages = dependencies.map(|dependencies| metadata.packages(dependencies, oldest));
    (python.is_some() || packages.is_some()).then_some(OwnFacts::Script { python, packages })
}

/// What stands in the comments of a script.
struct Metadata {
    manifest: Manifest,
    /// The line of the file that its first line is.
    first_line: usize,
}

impl Metadata {
    fn python(&self, range: &Spanned<DeValue<'_>>) -> Option<Fact<PythonVersion>> {
        Some(Fact {
            value: oldest_of_pep440(as_str(range)?).ok()??,
            source: format!("`requires-python` in line {}", self.line(range.span().start)?),
        })
    }

    /// The releases of the packages that are installed for the script; of one under a condition where that holds on `oldest` and newer
    /// Pythons.
    fn packages(&self, dependencies: &Spanned<DeValue<'_>>, oldest: Option<PythonVersion>) -> ScriptPackages {
        let mut found = ScriptPackages::default();
        for (package, requirements) in self.requirements(dependencies) {
            let requirements: Vec<_> = requirements.iter().filter_map(|one| one.under(oldest)).collect();
            let requirements: Vec<&Requirement> = requirements.iter().map(AsRef::as_ref).collect();
            let line = requirements.first().and_then(|first| self.line(first.span.start));
            let source = format!("{package} in line {}", line.unwrap_or_default());
            if package == "async-timeout" && requirements.iter().any(|one| one.condition.is_none()) {
                found.async_timeout = Some(Fact {
                    value: (),
                    source: source.clone(),
                });
            }
            if let Some(Said::Restricted(fact) | Said::Bare(fact)) = said(&requirements) {
                found.packages.insert(package, Fact { source, ..fact });
            }
        }
        found
    }

    fn requirements(&self, dependencies: &Spanned<DeValue<'_>>) -> BTreeMap<String, Vec<Requirement>> {
        let mut warnings = Vec::new();
        let mut reading = Reading::of(&self.manifest, &mut warnings);
        reading.add_list(dependencies, &Role::Main);
        let mut found: BTreeMap<String, Vec<Requirement>> = BTreeMap::new();
        let matters =
            |package: &str| package == "async-timeout" || Catalog::builtin().has_package(Language::Python, package);
        for requirement in reading.found.into_iter().filter(|one| matters(&one.package)) {
            let of_package = found.entry(requirement.package.clone()).or_default();
            if of_package.len() < MOST_OF_ONE_PACKAGE {
                of_package.push(requirement);
            }
        }
        found
    }

    /// The line of the file for a byte of the metadata.
    fn line(&self, offset: usize) -> Option<usize> {
        let before = self.manifest.text().get(..offset)?;
        Some(self.first_line + before.bytes().filter(|byte| *byte == b'\n').count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_says_which_pythons_it_is_for() {
        let said = |text: &str| match said_by_script(text)? {
            OwnFacts::Script { python, .. } => python.map(|fact| format!("{}: {}", fact.source, fact.value)),
            OwnFacts::Notebook { .. } => None,
        };
        assert_eq!(
            said("#!/usr/bin/env -S uv run\n# /// script\n# dependencies = [\n#   \"x\",\n# ]\n# requires-python = \">=3.9\"\n# ///\n")
                .as_deref(),
            Some("`requires-python` in line 6: 3.9")
        );
        for text in [
            "# /// script\n# requires-python = \">=3.9\"\n",
            "# /// script\n\n# requires-python = \">=3.9\"\n# ///\n",
            "# /// script\n# requires-python = \"<4\"\n# ///\n",
            "# /// script\n# requires-python = [\n# ///\n",
            "# requires-python = \">=3.9\"\n",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }

    #[test]
    fn a_notebook_has_what_its_cells_install() {
        let cells = r##"{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": [
            "!pip install -q websockets==13.1 rich\n", "# pip install aiohttp==3.9\n", "%pip install 'picows>=1.4'"]}],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"##;
        let notebook = SourceFile::notebook("a.ipynb", cells.to_owned()).unwrap();
        let Some(OwnFacts::Notebook { installed, .. }) = OwnFacts::of(&notebook) else {
            panic!("it says something");
        };
        let shown = installed
            .values()
            .map(|fact| format!("{}: {}", fact.source, fact.value.specifiers));
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                "picows in line 3 of cell 1: >=1.4",
                "websockets in line 1 of cell 1: ==13.1",
            ]
        );
    }

    #[test]
    fn a_script_says_what_is_installed_for_it() {
        let said = |dependencies: &str| {
            let text = format!(
                "# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#   {dependencies},\n# ]\n# ///\n"
            );
            let Some(OwnFacts::Script {
                packages: Some(own), ..
            }) = said_by_script(&text)
            else {
                return "nothing".to_owned();
            };
            let shown = own.packages.values();
            let shown = shown.map(|fact| format!("{}: {}", fact.source, fact.value.specifiers));
            let always = own.async_timeout.iter().map(|_| "always there".to_owned());
            shown.chain(always).collect::<Vec<_>>().join("; ")
        };
        for (dependencies, expected) in [
            (r#""websockets==12.0""#, "websockets in line 4: ==12.0"),
            (r#""rich", "Websockets>=12,<14""#, "websockets in line 4: >=12, <14"),
            (r#""websockets""#, "websockets in line 4: "),
            (r#""websockets<13; python_version < '3.8'""#, ""),
            (
                r#""websockets<13; python_version >= '3.8'""#,
                "websockets in line 4: <13",
            ),
            (r#""websockets @ https://example.org/x.whl""#, ""),
            (r#""async-timeout>=4""#, "async-timeout in line 4: >=4; always there"),
            (r#""rich""#, ""),
        ] {
            assert_eq!(said(dependencies), expected, "{dependencies}");
        }
        assert_eq!(said("["), "nothing");
    }
}

//! Whether a package is there whenever the program runs, so that an import of it cannot fail.
//!
//! What the program's own manifest says decides: a package that it leaves out, or wants under a condition that does not hold
//! on every Python that is supported, is missing somewhere, whatever else pins it. Only where no such manifest lists
//! dependencies do files for pip say more, and what is installed for a tool of the developers is not there for the program.

use std::collections::BTreeMap;
use std::path::Path;

use super::python_folder::PythonFolder;
use super::{pipfile, requirements};
use crate::facts::{Fact, PythonVersion, Requirement, Role};

/// Where the folders, the nearest first, say that the package is always there, whichever of `oldest` and newer Pythons
/// runs.
pub(super) fn always_there<'a>(
    package: &str,
    folders: impl IntoIterator<Item = &'a PythonFolder>,
    oldest: Option<PythonVersion>,
) -> Option<Fact<()>> {
    for folder in folders {
        let installed = Installed::of(&folder.requirements);
        let named: Vec<&Requirement> = installed.iter().filter(|one| one.package == package).collect();
        let always = |one: &&&Requirement| one.under(oldest).is_some_and(|one| one.condition.is_none());
        let unconditional: Vec<&&Requirement> = named.iter().filter(always).collect();
        let is_there = match installed {
            // One manifest may name it twice: for some Pythons, and for all.
            Installed::ByManifest(_) => !unconditional.is_empty(),
            // Any one of several files may be what is installed.
            Installed::ByFiles(_) => unconditional.len() == named.len(),
        };
        match (named.is_empty(), &installed) {
            (true, Installed::ByFiles(_)) => {}
            (true, Installed::ByManifest(_)) => return None,
            (false, _) => {
                return unconditional.first().filter(|_| is_there).map(|one| Fact {
                    value: (),
                    source: one.source(),
                });
            }
        }
    }
    None
}

/// What a folder's manifests install with the program.
enum Installed<'a> {
    /// The manifest of a project lists its dependencies: what it does not name is not installed.
    ByManifest(Vec<&'a Requirement>),
    /// Files for pip and conda.
    ByFiles(Vec<&'a Requirement>),
}

impl<'a> Installed<'a> {
    fn of(requirements: &'a BTreeMap<String, Vec<Requirement>>) -> Self {
        let main = || requirements.values().flatten().filter(|one| one.role == Role::Main);
        let of_kind =
            |wanted: Kind| -> Vec<&Requirement> { main().filter(|one| Kind::of(&one.manifest) == wanted).collect() };
        let of_project = of_kind(Kind::Project);
        if !of_project.is_empty() {
            return Self::ByManifest(of_project);
        }
        let of_program = of_kind(Kind::Program);
        Self::ByFiles(match of_program.is_empty() {
            true => of_kind(Kind::Other),
            false => of_program,
        })
    }

    fn iter(&self) -> impl Iterator<Item = &'a Requirement> + '_ {
        let (Self::ByManifest(requirements) | Self::ByFiles(requirements)) = self;
        requirements.iter().copied()
    }
}

/// What a manifest is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A project declares itself.
    Project,
    /// The program is installed with it.
    Program,
    /// Something of the developers is installed with it.
    Tool,
    /// A file whose name does not say.
    Other,
}

impl Kind {
    fn of(manifest: &Path) -> Self {
        let name = manifest.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if matches!(name, "pyproject.toml" | "setup.cfg" | "setup.py") {
            return Self::Project;
        }
        if name == pipfile::NAME {
            return Self::Program;
        }
        let folder = manifest.parent().and_then(Path::file_name);
        let is_nested = folder.is_some_and(|folder| folder == requirements::FOLDER);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let mut words = stem.split(['-', '_', '.']).filter(|word| *word != requirements::FOLDER);
        match words.next() {
            None => Self::Program,
            Some("environment") if words.next().is_none() => Self::Program,
            Some(word) if is_nested && PROGRAM.contains(&word) => Self::Program,
            Some(word) if TOOLS.contains(&word) || words.any(|word| TOOLS.contains(&word)) => Self::Tool,
            Some(_) => Self::Other,
        }
    }
}

/// What the file in a folder of requirements is called that everything else is added to.
const PROGRAM: &[&str] = &[
    "base",
    "common",
    "core",
    "default",
    "install",
    "main",
    "prod",
    "production",
    "runtime",
];

/// What files are called from which tools are installed in an environment of their own.
const TOOLS: &[&str] = &[
    "bench",
    "benchmark",
    "black",
    "build",
    "ci",
    "constraints",
    "deploy",
    "doc",
    "docs",
    "flake8",
    "format",
    "lint",
    "linter",
    "linters",
    "linting",
    "mypy",
    "nox",
    "publish",
    "pyright",
    "quality",
    "release",
    "ruff",
    "sphinx",
    "style",
    "tool",
    "tools",
    "tox",
    "typecheck",
    "types",
    "typing",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::manifest::Manifest;
    use crate::project::requirement::Reading;

    /// The folders of a project, each as `manifest: requirement`, the nearest first.
    fn source(folders: &[&[&str]], oldest: Option<(u8, u8)>) -> Option<String> {
        let folders: Vec<PythonFolder> = folders.iter().map(|manifests| folder(manifests)).collect();
        let oldest = oldest.map(|(major, minor)| PythonVersion::new(major, minor));
        always_there("async-timeout", &folders, oldest).map(|fact| fact.source)
    }

    fn folder(manifests: &[&str]) -> PythonFolder {
        let mut folder = PythonFolder::default();
        for text in manifests {
            let (name, requirement) = text.split_once(": ").unwrap();
            let manifest = Manifest::new(name, requirement);
            let mut warnings = Vec::new();
            let mut reading = Reading::of(&manifest, &mut warnings);
            reading.add(requirement, 0, Role::Main);
            for one in reading.found {
                folder.requirements.entry(one.package.clone()).or_default().push(one);
            }
        }
        folder
    }

    const ALWAYS: &str = "async-timeout==5.0.1";
    const BELOW: &str = "async-timeout>=4; python_version < '3.11'";

    #[test]
    fn the_projects_own_manifest_decides() {
        for named in [BELOW, "websockets"] {
            for file in ["requirements/lint.txt", "requirements.txt", "requirements-dev.txt"] {
                let (own, pin) = (format!("pyproject.toml: {named}"), format!("{file}: {ALWAYS}"));
                assert_eq!(source(&[&[&own, &pin]], Some((3, 10))), None, "{named} {file}");
                assert_eq!(
                    source(&[&[&pin], &[&own]], Some((3, 10))).is_some(),
                    file != "requirements/lint.txt"
                );
            }
        }
        let own = format!("setup.cfg: {ALWAYS}");
        let conditional = format!("setup.cfg: {BELOW}");
        assert_eq!(
            source(&[&[&own]], None).as_deref(),
            Some("async-timeout in setup.cfg:1")
        );
        assert!(source(&[&[&conditional, &own]], Some((3, 8))).is_some());
        assert_eq!(source(&[&[&conditional]], Some((3, 8))), None);
    }

    #[test]
    fn of_files_for_pip_those_of_the_program_decide() {
        let source = |files: &[&str]| source(&[files], Some((3, 8)));
        let (always, below) = (ALWAYS, BELOW);
        let of = |file: &str, requirement: &str| format!("{file}: {requirement}");
        for file in [
            "requirements.txt",
            "requirements/base.txt",
            "requirements.in",
            "environment.yml",
            "requirements-web.txt",
        ] {
            assert!(source(&[&of(file, always)]).is_some(), "{file}");
            assert!(source(&[&of(file, below)]).is_none(), "{file}");
        }
        for file in [
            "requirements/lint.txt",
            "requirements-docs.txt",
            "mypy_requirements.txt",
            "requirements/ci-lint.txt",
        ] {
            assert!(source(&[&of(file, always)]).is_none(), "{file}");
        }
        assert!(source(&["requirements.txt: websockets", &of("requirements-dev.txt", always)]).is_none());
        assert!(source(&[&of("requirements.txt", below), &of("requirements/base.txt", always)]).is_none());
        assert!(source(&[&of("requirements-a.txt", always), &of("requirements-b.txt", below)]).is_none());
    }
}

//! What the Python manifests of one folder say.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::evidence::{self, is_dockerfile};
use super::extent::is_repository;
use super::files::Files;
use super::lock_files::{LOCK_FILES, Lock};
use super::manifest::Manifest;
use super::pytest_settings::{self, Pytest};
use super::requirement::{MOST_OF_ONE_PACKAGE, NamedFile, PythonManifest};
use super::requirements::{self, is_requirements_file};
use super::virtual_environment::names_in;
use super::{
    conda_environment, hatch_installs, home_assistant, line_width, local_packages, nox_installs, pip_commands, pipfile,
    pixi, pyproject, setup_cfg, setup_py, test_timeout, tox_installs, virtual_environment,
};
use crate::facts::{Conftest, Fact, PackageRange, PythonVersion, Requirement, Role, Windows};
use crate::source::{Language, SourceFile, Span};

/// How many files for pip are read for one folder, included ones too; what several of them include is read for each.
const MOST_FILES: usize = 256;

/// What the manifests of one folder say.
#[derive(Debug, Default, PartialEq)]
pub(super) struct PythonFolder {
    /// The oldest Python that a manifest allows.
    pub(super) python: Option<Fact<PythonVersion>>,
    /// The oldest Python that a lock file or a classifier speaks of.
    pub(super) hinted_python: Option<Fact<PythonVersion>>,
    /// A manifest declares that the project runs on Windows.
    pub(super) windows: Option<Fact<Windows>>,
    /// A package for others is built here.
    pub(super) builds_package: bool,
    /// By package; those of the lock files are not among them.
    pub(super) requirements: BTreeMap<String, Vec<Requirement>>,
    /// The lock files that speak for it.
    locks: Vec<Arc<Lock>>,
    /// What packages of the same repository require that are installed with it.
    pub(super) required_by_local: BTreeMap<String, Vec<Requirement>>,
    /// What is installed beside it.
    pub(super) installed: Vec<(String, Fact<PackageRange>)>,
    /// What the folder's configuration of pytest says, if it has one.
    pub(super) pytest: Option<Pytest>,
    /// How wide lines get, in columns.
    pub(super) line_width: Option<usize>,
    /// The folder's `conftest.py` makes the console take every character.
    pub(super) console_reconfigured: Option<Fact<()>>,
    /// It marks every test with a limit.
    pub(super) marked_timeout: Option<Fact<f64>>,
}

pub(super) type Reader = fn(&Manifest, &mut Vec<String>) -> PythonManifest;

/// The manifests that make a folder a project's root, the one that counts most first.
pub(super) const ROOT_MANIFESTS: &[(&str, Reader)] = &[
    ("pyproject.toml", pyproject::read),
    ("setup.cfg", setup_cfg::read),
    ("setup.py", setup_py::read),
];

/// What makes environments and installs the project in them, with more beside it.
const INSTALLERS: &[(&str, Reader)] = &[
    ("tox.ini", tox_installs::ini),
    ("tox.toml", tox_installs::toml),
    ("pyproject.toml", tox_installs::pyproject),
    ("noxfile.py", nox_installs::read),
    ("hatch.toml", hatch_installs::toml),
    ("pyproject.toml", hatch_installs::pyproject),
    ("pixi.toml", pixi::toml),
    ("pyproject.toml", pixi::pyproject),
];

/// Who reads the manifest of this name that says more of a project, whatever makes that one.
fn reader_of(name: &str) -> Option<Reader> {
    match name {
        name if name == pipfile::NAME => Some(pipfile::read),
        name if name == home_assistant::NAME => Some(home_assistant::read),
        name if is_environment(name) => Some(conda_environment::read),
        name if is_dockerfile(name) => Some(pip_commands::of_dockerfile),
        _ => None,
    }
}

/// The nearest folder above that may be the root of a workspace of uv; none outside of the repository.
fn workspace_above(folder: &Path) -> Option<&Path> {
    for above in folder.ancestors().skip(1) {
        if above.join("uv.lock").is_file() && above.join("pyproject.toml").is_file() {
            return Some(above);
        }
        if is_repository(above) {
            return None;
        }
    }
    None
}

/// Where manifests are read, and how they are named.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The folder.
    pub(super) folder: &'a Path,
    /// The project's root: nothing outside is included.
    pub(super) root: &'a Path,
    /// The manifests of the run.
    pub(super) files: &'a Files,
}

/// Says what a `conftest.py` does.
pub(super) type ConftestReader = fn(&SourceFile) -> Conftest;

impl PythonFolder {
    pub(super) fn read(place: Place<'_>, read_conftest: ConftestReader, warnings: &mut Vec<String>) -> Self {
        let mut read = Self::default();
        let names = names_in(place.folder);
        let beside = names.iter().filter_map(|name| Some((name.as_str(), reader_of(name)?)));
        let manifests = ROOT_MANIFESTS
            .iter()
            .copied()
            .chain(beside)
            .chain(INSTALLERS.iter().copied());
        let (mut naming, mut local) = (Vec::new(), Vec::new());
        for (name, reader) in manifests {
            if let Some(manifest) = place.manifest(name, warnings) {
                let mut said = reader(&manifest, warnings);
                naming.push((manifest, mem::take(&mut said.named_files)));
                local.append(&mut said.local_packages);
                read.add(said);
            }
        }
        for (name, _) in LOCK_FILES {
            let lock = place.files.lock(&place.folder.join(name), warnings);
            lock.into_iter().for_each(|lock| read.add_lock(lock));
        }
        read.add_workspace_lock(place, warnings);
        read.required_by_local = local_packages::required(place, &local);
        read.pytest = pytest_settings::pytest(place);
        read.line_width = line_width::line_width(place);
        read.add_conftest(place, read_conftest);
        read.installed = virtual_environment::installed(place.folder, |path| place.files.shown(path));
        let mut left = MOST_FILES;
        for requirement in requirements_of(place, &names, &mut left, warnings) {
            read.push(requirement);
        }
        for (manifest, files) in naming {
            for requirement in requirements_named(place, &manifest, files, &mut left, warnings) {
                read.push(requirement);
            }
        }
        read.add_installed_by_ci(place, &names);
        read
    }

    /// What is said of a package.
    pub(super) fn requirements_of(&self, package: &str) -> impl Iterator<Item = &Requirement> {
        let own = self.requirements.get(package).into_iter();
        own.chain(self.locks.iter().filter_map(move |lock| lock.requirements.get(package)))
            .flatten()
    }

    /// What is said of all packages, those of the lock files last.
    pub(super) fn all_requirements(&self) -> impl Iterator<Item = &Requirement> {
        let own = self.requirements.values();
        own.chain(self.locks.iter().flat_map(|lock| lock.requirements.values()))
            .flatten()
    }

    /// What a job of CI or a script installs by name, where nothing else names the package, nor is it installed here.
    fn add_installed_by_ci(&mut self, place: Place<'_>, names: &[String]) {
        let workflows = evidence::workflows(place, names, "pip").into_iter();
        let mut installed: Vec<Requirement> = workflows
            .flat_map(|workflow| pip_commands::of_workflow(&workflow))
            .collect();
        let is_here = |package: &String| self.installed.iter().any(|(installed, _)| installed == package);
        installed.retain(|one| self.requirements_of(&one.package).next().is_none() && !is_here(&one.package));
        installed.into_iter().for_each(|requirement| self.push(requirement));
    }

    /// What the folder's `conftest.py` does. What is wrong with that file is said when it is looked at itself.
    fn add_conftest(&mut self, place: Place<'_>, read: ConftestReader) {
        let Some(conftest) = place.manifest("conftest.py", &mut Vec::new()) else {
            return;
        };
        // Nothing else than these names leads to it, and most do not speak of them.
        let text = conftest.text();
        let may_limit = || text.contains("add_marker") && text.contains("timeout");
        if !text.contains("stdout") && !may_limit() {
            return;
        }
        let source = SourceFile::new(conftest.name(), Language::Python, text.to_owned());
        let said = read(&source);
        self.console_reconfigured = said.reconfigures_console.then(|| Fact {
            value: (),
            source: conftest.name().to_owned(),
        });
        let limit = said.test_timeout;
        self.marked_timeout = limit.and_then(|(seconds, at)| test_timeout::fact(seconds, "timeout", &conftest, at));
    }

    fn add(&mut self, manifest: PythonManifest) {
        self.python = self.python.take().or(manifest.python);
        self.hinted_python = self.hinted_python.take().or(manifest.hinted_python);
        self.windows = self.windows.take().or(manifest.windows);
        self.builds_package |= manifest.builds_package;
        for requirement in manifest.requirements {
            self.push(requirement);
        }
    }

    fn add_lock(&mut self, lock: Arc<Lock>) {
        self.hinted_python = self.hinted_python.take().or_else(|| lock.hinted_python.clone());
        self.locks.push(lock);
    }

    fn push(&mut self, requirement: Requirement) {
        let known = self.requirements.entry(requirement.package.clone()).or_default();
        if known.len() < MOST_OF_ONE_PACKAGE {
            known.push(requirement);
        }
    }

    /// The lock file of the uv workspace that the project is a member of.
    fn add_workspace_lock(&mut self, place: Place<'_>, warnings: &mut Vec<String>) {
        let is_project = place.folder.join("pyproject.toml").is_file();
        if !is_project || is_repository(place.folder) || place.folder.join("uv.lock").is_file() {
            return;
        }
        let Some(above) = workspace_above(place.folder) else {
            return;
        };
        let member = place.folder.strip_prefix(above).unwrap_or(place.folder);
        let member = member.to_string_lossy().replace('\\', "/");
        let lock = place.files.lock(&above.join("uv.lock"), warnings);
        let lock = lock.filter(|lock| lock.members.contains(&member));
        lock.into_iter().for_each(|lock| self.add_lock(lock));
    }
}

impl Place<'_> {
    pub(super) fn manifest(&self, name: &str, warnings: &mut Vec<String>) -> Option<Arc<Manifest>> {
        self.files.manifest(&self.folder.join(name), warnings)
    }
}

/// `environment.yml`, `environment-dev.yaml`.
fn is_environment(name: &str) -> bool {
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    stem.is_some_and(|stem| stem.starts_with("environment"))
}

/// The requirements of the folder's files for pip and of what they include inside the project, each once.
fn requirements_of(
    place: Place<'_>,
    names: &[String],
    left: &mut usize,
    warnings: &mut Vec<String>,
) -> Vec<Requirement> {
    let nested = place.folder.join(requirements::FOLDER);
    let of_folder = names.iter().filter(|name| is_requirements_file(None, name));
    let of_nested = names_in(&nested).into_iter();
    let of_nested = of_nested.filter(|name| is_requirements_file(Some(requirements::FOLDER), name));
    let files = of_folder.map(|name| place.folder.join(name));
    let files: Vec<PathBuf> = files.chain(of_nested.map(|name| nested.join(name))).collect();
    // The folder's own files come before those of folders in it.
    let mut found: BTreeMap<(usize, PathBuf, Span), Requirement> = BTreeMap::new();
    for file in files {
        for requirement in installed_together(place, vec![(file, Role::Main)], left, warnings) {
            let manifest = requirement.manifest.clone();
            match found.entry((manifest.components().count(), manifest, requirement.span)) {
                Entry::Occupied(mut known) => known.get_mut().restricts.extend(requirement.restricts),
                Entry::Vacant(place) => _ = place.insert(requirement),
            }
        }
    }
    found.into_values().collect()
}

/// The requirements of the files for pip that a manifest names. Those whose names say that they are for pip have been read
/// anyway, but for those that restrict: what the manifest names, itself and in such files.
fn requirements_named(
    place: Place<'_>,
    manifest: &Manifest,
    files: Vec<NamedFile>,
    left: &mut usize,
    warnings: &mut Vec<String>,
) -> Vec<Requirement> {
    let mut restricted = vec![manifest.path().to_owned()];
    let (mut published, mut own) = (Vec::new(), Vec::new());
    for file in files {
        let path = place.folder.join(&file.path);
        let name = path.file_name().and_then(|name| name.to_str());
        let is_known = file.role != Role::Constraint && name.is_some_and(|name| is_requirements_file(None, name));
        match (is_known, file.published) {
            (true, _) => restricted.extend(fs::canonicalize(path)),
            (false, true) => published.push((path, file.role)),
            (false, false) => own.push((path, file.role)),
        }
    }
    let mut found = Vec::new();
    for (waiting, published) in [(published, true), (own, false)] {
        for mut requirement in installed_together(place, waiting, left, warnings) {
            if requirement.role == Role::Constraint {
                requirement.restricts.extend(restricted.iter().cloned());
            }
            requirement.published = published;
            found.push(requirement);
        }
    }
    found
}

/// The requirements of files for pip and of what they include, each file once. A constraint restricts all of them.
fn installed_together(
    place: Place<'_>,
    mut waiting: Vec<(PathBuf, Role)>,
    left: &mut usize,
    warnings: &mut Vec<String>,
) -> Vec<Requirement> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some((path, role)) = waiting.pop() {
        let Ok(path) = fs::canonicalize(path) else { continue };
        let is_inside = path.starts_with(place.root);
        if !is_inside || *left == 0 || !seen.insert((role == Role::Constraint, path.clone())) {
            continue;
        }
        *left -= 1;
        let Some(manifest) = place.files.manifest(&path, warnings) else {
            continue;
        };
        let file = requirements::read(&manifest, &role, warnings);
        found.extend(file.requirements);
        let folder = path.parent().unwrap_or(place.folder);
        for include in file.includes.into_iter().rev() {
            let role = if include.is_constraint {
                Role::Constraint
            } else {
                role.clone()
            };
            waiting.push((folder.join(include.path), role));
        }
    }
    let installed = seen.into_iter().filter(|(is_constraint, _)| !is_constraint);
    let installed: Vec<PathBuf> = installed.map(|(_, path)| path).collect();
    for constraint in found.iter_mut().filter(|one| one.role == Role::Constraint) {
        constraint.restricts.clone_from(&installed);
    }
    found
}

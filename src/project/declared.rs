//! The manifests that are looked at for their own sake: which files they are, and what one of them says.

use std::collections::BTreeMap;
use std::path::Path;

use super::manifest::Manifest;
use super::requirement::MOST_OF_ONE_PACKAGE;
use super::requirements::{self, is_requirements_file};
use super::{cargo_requirements, pyproject, setup_cfg};
use crate::facts::{Requirement, Role};

/// The kinds of manifest that ws-lint checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `pyproject.toml`.
    Pyproject,
    /// `setup.cfg`.
    SetupCfg,
    /// A file for pip: `requirements.txt`, `requirements-dev.in`, `requirements/base.txt`.
    Requirements,
    /// `Cargo.toml`.
    Cargo,
}

impl Kind {
    /// What kind of manifest a file is, by its name.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        match name {
            "pyproject.toml" => Some(Self::Pyproject),
            "setup.cfg" => Some(Self::SetupCfg),
            "Cargo.toml" => Some(Self::Cargo),
            _ => is_requirements_file(folder, name).then_some(Self::Requirements),
        }
    }
}

/// The requirements of the text of a manifest that is shown as `path`, by position; nothing for a text that cannot be
/// read. Why is not said here: whoever reads the manifest for its facts says it.
#[must_use]
pub fn declared_in(path: &Path, text: &str) -> Option<Vec<Requirement>> {
    let manifest = Manifest::new(path.display().to_string(), text);
    let mut unsaid = Vec::new();
    let kind = Kind::of(path)?;
    if matches!(kind, Kind::Pyproject | Kind::Cargo) {
        manifest.toml(&mut unsaid)?;
    }
    let mut found = match kind {
        Kind::Pyproject => pyproject::read(&manifest, &mut unsaid).requirements,
        Kind::SetupCfg => setup_cfg::read(&manifest, &mut unsaid).requirements,
        Kind::Requirements => requirements::read(&manifest, &Role::Main, &mut unsaid).requirements,
        Kind::Cargo => cargo_requirements::read(&manifest, Some(&manifest), &mut unsaid),
    };
    found.sort_by_key(|requirement| requirement.span);
    let mut of_package: BTreeMap<String, usize> = BTreeMap::new();
    found.retain(|one| {
        let count = of_package.entry(one.package.clone()).or_default();
        *count += 1;
        *count <= MOST_OF_ONE_PACKAGE
    });
    Some(found)
}

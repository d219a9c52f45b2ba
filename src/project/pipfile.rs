//! `Pipfile`: the packages that Pipenv is asked for.

use super::manifest::{Manifest, as_str, as_table, lookup};
use super::package_table;
use super::python_range::oldest_of_pep440;
use super::requirement::{PythonManifest, Reading};
use crate::facts::{Fact, Role};

/// What Pipenv calls its manifest.
pub(super) const NAME: &str = "Pipfile";

/// What the manifest says; what is malformed in it becomes a warning and stays unknown. Categories of packages besides `packages`
/// are groups of the developers.
pub(super) fn read(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let Some(root) = manifest.toml(warnings) else {
        return PythonManifest::default();
    };
    let mut reading = Reading::of(manifest, warnings);
    let categories = root
        .iter()
        .filter(|(name, _)| !NO_CATEGORIES.contains(&name.get_ref().as_ref()));
    for (name, category) in categories {
        let role = match name.get_ref().as_ref() {
            "packages" => Role::Main,
            name => Role::Group(name.to_owned()),
        };
        if let Some(packages) = as_table(category) {
            package_table::read(packages, &role, &mut reading);
        }
    }
    let requirements = reading.found;
    let python = ["python_version", "python_full_version"].iter().find_map(|key| {
        let value = lookup(root, &["requires", key])?;
        let range = match *key {
            "python_version" => format!("=={}.*", as_str(value)?),
            _ => format!("=={}", as_str(value)?),
        };
        Some(Fact {
            value: oldest_of_pep440(&range).ok().flatten()?,
            source: format!("{key} in {}", manifest.place(value.span().start)),
        })
    });
    PythonManifest {
        hinted_python: python,
        requirements,
        ..PythonManifest::default()
    }
}

/// Tables of a `Pipfile` that have no packages.
const NO_CATEGORIES: &[&str] = &["source", "requires", "scripts", "pipenv"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{PythonVersion, Requirement};

    #[test]
    fn packages_of_every_category_are_found() {
        let text = "[[source]]\nurl = 'https://pypi.org/simple'\nname = 'pypi'\n[packages]\nwebsockets = '==13.1'\n\
                    aiohttp = '*'\npicows = { version = '~=1.4', sys_platform = \"!= 'win32'\" }\nown = { path = '.' }\n\
                    [dev-packages]\npytest = '>=7'\n[requires]\npython_version = '3.11'\n";
        let mut warnings = Vec::new();
        let read = read(&Manifest::new("Pipfile", text), &mut warnings);
        assert_eq!(warnings, Vec::<String>::new());
        let shown = |one: &Requirement| {
            let condition = one.condition.as_deref().unwrap_or("always");
            let line = one.place.rsplit(':').next().unwrap();
            format!("{line} {} {:?} {condition}", one.shown(), one.role)
        };
        let mut shown: Vec<String> = read.requirements.iter().map(shown).collect();
        shown.sort();
        assert_eq!(
            shown,
            [
                "10 pytest>=7 Group(\"dev-packages\") always",
                "5 websockets==13.1 Main always",
                "6 aiohttp Main always",
                "7 picows~=1.4 Main sys_platform != 'win32'",
                "8 own Main always",
            ]
        );
        let python = read.hinted_python.unwrap();
        assert_eq!(python.value, PythonVersion::new(3, 11));
        assert_eq!(python.source, "python_version in Pipfile:12");
        assert!(!read.builds_package);
    }
}

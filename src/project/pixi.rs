//! What pixi installs from PyPI and conda's channels: `[dependencies]`, `[pypi-dependencies]`, and those of its features.

use toml::de::DeTable;

use super::evidence::is_for_a_tool;
use super::manifest::{Manifest, as_table, table};
use super::package_table;
use super::requirement::{PythonManifest, Reading};
use crate::facts::Role;

/// The tables from packages to their ranges.
const TABLES: [&str; 2] = ["dependencies", "pypi-dependencies"];

/// `pixi.toml`.
pub(super) fn toml(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    of_table(manifest, &[], warnings)
}

/// `[tool.pixi]` of `pyproject.toml`.
pub(super) fn pyproject(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    of_table(manifest, &["tool", "pixi"], warnings)
}

/// What a feature installs is the developers' own: an environment chooses among them.
fn of_table(manifest: &Manifest, path: &[&str], warnings: &mut Vec<String>) -> PythonManifest {
    let root = manifest.toml(warnings).and_then(|root| table(root, path));
    let mut reading = Reading::of(manifest, warnings);
    if let Some(root) = root {
        installed(root, &Role::Main, &mut reading);
        let features = table(root, &["feature"]).into_iter().flat_map(DeTable::iter);
        for (name, feature) in features.filter(|(name, _)| !is_for_a_tool(name.get_ref())) {
            if let Some(feature) = as_table(feature) {
                installed(feature, &Role::Group(name.get_ref().to_string()), &mut reading);
            }
        }
    }
    PythonManifest {
        requirements: reading.found,
        ..PythonManifest::default()
    }
}

fn installed(of: &DeTable<'_>, role: &Role, reading: &mut Reading<'_>) {
    for packages in TABLES.iter().filter_map(|name| table(of, &[name])) {
        package_table::read(packages, role, reading);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_both_kinds_and_of_features_are_found() {
        let text = "[workspace]\nname = 'x'\n[dependencies]\npython = '>=3.9'\naiohttp = '3.9.*'\n[pypi-dependencies]\n\
                    websockets = '==13.1'\nown = { path = '.', editable = true }\n[feature.old.pypi-dependencies]\n\
                    picows = { version = '~=1.4' }\n[feature.lint.dependencies]\nruff = '*'\n";
        let mut warnings = Vec::new();
        let read = toml(&Manifest::new("pixi.toml", text), &mut warnings);
        assert_eq!(warnings, Vec::<String>::new());
        let shown = read
            .requirements
            .iter()
            .map(|one| format!("{} {:?}", one.shown(), one.role));
        let expected = [
            "aiohttp==3.9.* Main",
            "own Main",
            "websockets==13.1 Main",
            "picows~=1.4 Group(\"old\")",
        ];
        let mut shown: Vec<String> = shown.collect();
        shown[..3].sort();
        assert_eq!(shown, expected);
        let inner = text
            .replace("[feature", "[tool.pixi.feature")
            .replace("\n[", "\n[tool.pixi.");
        let inner = inner.replace("tool.pixi.tool.pixi", "tool.pixi");
        assert_eq!(
            pyproject(&Manifest::new("pyproject.toml", &inner), &mut warnings)
                .requirements
                .len(),
            4
        );
        assert!(
            pyproject(&Manifest::new("pyproject.toml", text), &mut warnings)
                .requirements
                .is_empty()
        );
    }
}

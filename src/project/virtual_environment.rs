//! A `.venv` beside the project: which releases are installed on this machine, by the names of their `*.dist-info`
//! folders. Nothing in them is read.

use std::fs;
use std::path::{Path, PathBuf};

use super::requirement::{exactly, normalized};
use crate::facts::{Certainty, Fact, PackageRange};

/// The packages of the virtual environment in `folder`, by their names, with their places shown by `shown`.
pub(super) fn installed(folder: &Path, shown: impl Fn(&Path) -> String) -> Vec<(String, Fact<PackageRange>)> {
    let mut found = Vec::new();
    for packages in site_packages(&folder.join(".venv")) {
        for name in names_in(&packages) {
            let Some((package, version)) = name.strip_suffix(".dist-info").and_then(|name| name.split_once('-')) else {
                continue;
            };
            if let Some(specifiers) = exactly(version) {
                let package = normalized(package);
                let source = format!("{package} in {}", shown(&packages.join(&name)));
                let value = PackageRange {
                    specifiers,
                    certainty: Certainty::Locked,
                };
                found.push((package, Fact { value, source }));
            }
        }
    }
    found
}

fn site_packages(environment: &Path) -> Vec<PathBuf> {
    let unix = names_in(&environment.join("lib"))
        .into_iter()
        .filter(|name| name.starts_with("python"))
        .map(|name| environment.join("lib").join(name).join("site-packages"));
    unix.chain([environment.join("Lib/site-packages")]).collect()
}

/// The names in a folder, sorted; none where there is no such folder.
pub(super) fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_folders_say_what_is_installed() {
        let root = tempfile::tempdir().unwrap();
        let packages = root.path().join(".venv/lib/python3.12/site-packages");
        for name in [
            "websockets-13.1.dist-info",
            "Web_Sockets-1.dist-info",
            "websockets",
            "x-what.dist-info",
        ] {
            fs::create_dir_all(packages.join(name)).unwrap();
        }
        let found = installed(root.path(), |path| {
            path.strip_prefix(root.path()).unwrap().display().to_string()
        });
        let shown: Vec<_> = found
            .iter()
            .map(|(name, fact)| format!("{name} {} {}", fact.value.specifiers, fact.source))
            .collect();
        assert_eq!(
            shown,
            [
                "web-sockets ==1 web-sockets in .venv/lib/python3.12/site-packages/Web_Sockets-1.dist-info",
                "websockets ==13.1 websockets in .venv/lib/python3.12/site-packages/websockets-13.1.dist-info",
            ]
        );
        assert!(installed(&root.path().join("none"), |path| path.display().to_string()).is_empty());
    }
}

//! The members of a workspace, cargo's or uv's, by the patterns that its root names.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::manifest::{Manifest, lookup, strings};
use super::virtual_environment::names_in;

/// How many members of one workspace are looked at.
const MOST_MEMBERS: usize = 256;

/// How many folders a pattern for members may lead through.
const MOST_FOLDERS: usize = 4096;

/// The folders of the members that the manifest of a workspace in `folder` names in the table at `path`, sorted, those that do not
/// exist included.
pub(super) fn members(manifest: &Manifest, folder: &Path, path: &[&str]) -> Vec<PathBuf> {
    let Some(root) = manifest.toml(&mut Vec::new()) else {
        return Vec::new();
    };
    let listed = |key: &str| -> Vec<String> {
        let list = lookup(root, &[path, &[key]].concat());
        list.into_iter()
            .flat_map(strings)
            .map(|(text, _)| text.to_owned())
            .collect()
    };
    let excluded: Vec<PathBuf> = listed("exclude").iter().map(|path| folder.join(path)).collect();
    let mut found: Vec<PathBuf> = listed("members")
        .iter()
        .take(MOST_MEMBERS)
        .flat_map(|pattern| matching(folder, pattern))
        .collect();
    found.retain(|path| !excluded.iter().any(|excluded| path.starts_with(excluded)));
    found.sort();
    found.dedup();
    found.truncate(MOST_MEMBERS);
    found
}

/// The folders below `folder` that a pattern such as `crates/*` means.
fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut reached = vec![folder.to_owned()];
    for part in pattern.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if !part.contains(['*', '?', '[']) {
            reached = reached.iter().map(|path| path.join(part)).collect();
            continue;
        }
        let Ok(glob) = GlobBuilder::new(part).literal_separator(true).build() else {
            return Vec::new();
        };
        let matcher = glob.compile_matcher();
        // As for cargo, a plain file that the pattern meets is no member.
        let below = reached.iter().flat_map(|path| {
            let names = names_in(path).into_iter();
            let met = names.filter(|name| matcher.is_match(name)).map(|name| path.join(name));
            met.filter(|met| met.is_dir())
        });
        reached = below.take(MOST_FOLDERS).collect();
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_their_patterns() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["crates/a", "crates/b", "crates/old", "tools/x/y", "other"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        std::fs::write(root.path().join("crates/README.md"), "").unwrap();
        std::fs::write(root.path().join("tools/y"), "").unwrap();
        let text =
            "[workspace]\nmembers = ['crates/*', 'tools/*/y', './other', 'none', '[']\nexclude = ['crates/old']\n";
        let found = members(&Manifest::new("Cargo.toml", text), root.path(), &["workspace"]);
        let shown: Vec<_> = found
            .iter()
            .map(|path| path.strip_prefix(root.path()).unwrap().display().to_string())
            .collect();
        assert_eq!(shown, ["crates/a", "crates/b", "none", "other", "tools/x/y"]);
        assert!(members(&Manifest::new("Cargo.toml", "[package]\n"), root.path(), &["workspace"]).is_empty());
    }
}

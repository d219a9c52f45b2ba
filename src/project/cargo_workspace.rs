//! The workspace that a crate is a member of: its manifest, the manifests of its members, and its lock file.

use std::path::{Path, PathBuf};

use super::manifest::{Manifest, as_str, lookup, table};
use super::workspace_members;

/// Whether a manifest is the root of a workspace.
pub(super) fn is_workspace(manifest: &Manifest) -> bool {
    let root = manifest.toml(&mut Vec::new());
    root.is_some_and(|root| table(root, &["workspace"]).is_some())
}

/// The folder of the workspace's root that the manifest names itself.
pub(super) fn explicit_root(manifest: &Manifest) -> Option<String> {
    let root = manifest.toml(&mut Vec::new())?;
    let named = lookup(root, &["package", "workspace"]).and_then(as_str);
    named.map(str::to_owned)
}

/// The folders of the members that the workspace's manifest names, sorted, those that do not exist included.
pub(super) fn members(manifest: &Manifest, folder: &Path) -> Vec<PathBuf> {
    workspace_members::members(manifest, folder, &["workspace"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_has_a_table_of_that_name() {
        assert!(is_workspace(&Manifest::new(
            "Cargo.toml",
            "[workspace]\nmembers = []\n"
        )));
        assert!(!is_workspace(&Manifest::new("Cargo.toml", "[package]\nname = \n")));
    }
}

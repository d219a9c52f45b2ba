//! The crate that a folder belongs to, and the workspace that this is a member of.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cargo_workspace;
use super::files::Files;
use super::manifest::Manifest;

/// A crate and the workspace that it is a member of, each with its folder.
pub(super) struct Crate {
    pub(super) root: PathBuf,
    pub(super) manifest: Arc<Manifest>,
    pub(super) workspace: Option<(PathBuf, Arc<Manifest>)>,
}

impl Crate {
    /// That of an absolute folder; `None` where no manifest stands above it. `resolved` gives the folder that a path means.
    pub(super) fn of(
        folder: &Path,
        files: &Files,
        resolved: impl Fn(&Path) -> PathBuf,
        warnings: &mut Vec<String>,
    ) -> Option<Self> {
        let mut in_folder = |folder: &Path| {
            let manifest = files.manifest(&folder.join("Cargo.toml"), warnings)?;
            Some((folder.to_owned(), manifest))
        };
        let (root, manifest) = folder.ancestors().find_map(&mut in_folder)?;
        let workspace = match cargo_workspace::explicit_root(&manifest) {
            Some(path) => in_folder(&resolved(&root.join(path))),
            None => root
                .ancestors()
                .filter_map(in_folder)
                .find(|(_, manifest)| cargo_workspace::is_workspace(manifest)),
        };
        Some(Self {
            root,
            manifest,
            workspace,
        })
    }

    /// The folder of the workspace, or of the crate that has none.
    pub(super) fn top(&self) -> &Path {
        self.workspace.as_ref().map_or(&self.root, |(folder, _)| folder)
    }
}

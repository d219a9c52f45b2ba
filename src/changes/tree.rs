//! The files of a commit, and where they came to lie since.

use std::collections::HashMap;

use super::git::{Git, GitError};

/// The files of a commit by their paths in the repository, which are bytes.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Ids of contents.
    files: HashMap<Vec<u8>, String>,
    /// Other repositories.
    submodules: Vec<Vec<u8>>,
    /// By the new path, the old one's content.
    renamed: HashMap<Vec<u8>, String>,
}

impl Tree {
    /// # Errors
    /// Git cannot be run, or misses objects.
    pub(super) fn of(git: &Git, commit: &str) -> Result<Self, GitError> {
        let mut tree = Self::default();
        let listed = git.ask(&["ls-tree", "-r", "-z", "--full-tree", commit])?;
        for record in records(&listed) {
            tree.add(record);
        }
        // Between the commit and the index: the working tree is not looked at.
        let arguments = [
            "diff-index",
            "--cached",
            "--raw",
            "-z",
            "--no-abbrev",
            "--find-renames",
            "--diff-filter=R",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=all",
            commit,
            "--",
        ];
        let renames = git.ask(&arguments)?;
        let mut fields = records(&renames);
        while let (Some(about), Some(_), Some(new)) = (fields.next(), fields.next(), fields.next()) {
            // `:100644 100644 OLD NEW R090`.
            if let Some(id) = String::from_utf8_lossy(about).split(' ').nth(2) {
                tree.renamed.insert(new.to_vec(), id.to_owned());
            }
        }
        Ok(tree)
    }

    /// The id of what the file at `path` was.
    pub(super) fn content(&self, path: &[u8]) -> Option<&str> {
        let known = self.files.get(path).or_else(|| self.renamed.get(path));
        known.map(String::as_str)
    }

    /// Whether `path` lies in another repository.
    pub(super) fn is_in_submodule(&self, path: &[u8]) -> bool {
        self.submodules.iter().any(|submodule| {
            path.strip_prefix(submodule.as_slice())
                .is_some_and(|rest| rest.starts_with(b"/"))
        })
    }

    /// `100644 blob ID\tPATH`.
    fn add(&mut self, record: &[u8]) {
        let Some(tab) = record.iter().position(|byte| *byte == b'\t') else {
            return;
        };
        let (about, path) = (String::from_utf8_lossy(&record[..tab]), &record[tab + 1..]);
        let mut about = about.split(' ').skip(1);
        match (about.next(), about.next()) {
            (Some("blob"), Some(id)) => _ = self.files.insert(path.to_vec(), id.to_owned()),
            (Some("commit"), _) => self.submodules.push(path.to_vec()),
            _ => {}
        }
    }
}

fn records(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == 0).filter(|record| !record.is_empty())
}

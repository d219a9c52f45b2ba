//! What changed since a commit (`--diff-base`), or by a diff (`--diff-file`).
//!
//! The base of a commit is the commit where the branch left the given one, as on the pages of a pull request; so what
//! others did there since does not count. What the file is now is compared with what it was there, in memory: a fix is
//! held to the same lines, pass by pass, and what is staged, committed or neither makes no difference. A file that git
//! does not know of is new as a whole. A diff has to lead to what the files are now: it is taken back from that.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::finding::Finding;
use crate::rules;
use crate::source::SourceFile;

mod git;
mod given_diff;
mod lines;
mod objects;
mod quoted_path;
mod tree;
mod unified_diff;

pub use git::GitError;
pub use given_diff::{DiffError, GivenDiff, Shown};
pub use unified_diff::Malformed;

use git::Git;
use lines::Changed;
use objects::Objects;
use tree::Tree;

/// What says which lines are new.
#[derive(Debug)]
pub enum Changes {
    /// The files as they were at a commit.
    Since(Box<Commit>),
    /// A diff.
    By(Arc<GivenDiff>),
}

/// The files as they were at a commit.
#[derive(Debug)]
pub struct Commit {
    git: Git,
    /// The repository's folder, symbolic links resolved.
    root: PathBuf,
    /// As git names the commit.
    id: String,
    tree: Tree,
    objects: Mutex<Objects>,
    warning: Option<String>,
}

/// Why nothing can be compared with.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// Git did not answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// There is no repository.
    #[error("`--diff-base` needs the working folder to be in a git repository: {0}")]
    NoRepository(GitError),
    /// There is no such commit, in a clone that has all.
    #[error(
        "`--diff-base {0}`: no such commit: name a branch, a tag or a commit that `git log {0}` knows; another one's branch has to be fetched first (`git fetch origin`)"
    )]
    NoCommit(String),
    /// There is no such commit, in a clone that has not all.
    #[error(
        "`--diff-base {0}`: no such commit in this clone, which is shallow: fetch it (`git fetch --depth=1 origin BRANCH`, then `--diff-base FETCH_HEAD`), or clone with the whole history (`fetch-depth: 0` of actions/checkout)"
    )]
    NotInShallow(String),
    /// What git writes as a diff is none.
    #[error("what `git diff` says cannot be read: {0}: please report it")]
    Diff(DiffError),
}

/// What a file was at the base.
#[derive(Debug)]
pub enum Base {
    /// It was not there.
    Absent,
    /// Its text.
    Text(String),
    /// It was as it is now.
    Same,
    /// A diff leads from one text to another one.
    Patched {
        /// What it was.
        old: String,
        /// What the diff leads to.
        new: String,
        /// What that is, which may be told in more ways than one.
        changed: Changed,
    },
}

impl Changes {
    /// What makes the comparison less exact than it could be.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        match self {
            Self::Since(commit) => commit.warning.as_deref(),
            Self::By(_) => None,
        }
    }

    /// What the file at `absolute`, which is `now` this, was.
    ///
    /// # Errors
    /// A clause: git cannot say, or the diff does not lead to this.
    pub fn base_of(&self, absolute: &Path, now: &[u8]) -> Result<Base, String> {
        match self {
            Self::Since(commit) => commit.base_of(absolute),
            Self::By(diff) => diff.base_of(absolute, now),
        }
    }
}

impl Commit {
    /// What changed since the branch left `revision`, in the repository that `cwd` lies in.
    ///
    /// # Errors
    /// There is nothing to compare with.
    pub fn since(revision: &str, cwd: &Path) -> Result<Self, ChangesError> {
        let git = Git::in_folder(cwd);
        let root = git
            .ask(&["rev-parse", "--show-toplevel"])
            .map_err(|error| match error {
                GitError::Refused(_) => ChangesError::NoRepository(error),
                other => other.into(),
            })?;
        let root = folder(&root);
        let root = fs::canonicalize(&root).unwrap_or(root);
        let is_shallow = git.line(&["rev-parse", "--is-shallow-repository"])?.as_deref() == Some("true");
        // A revision never begins with a dash, an option does.
        let commit = match revision.starts_with('-') || revision.is_empty() {
            true => None,
            false => git.line(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])?,
        };
        let commit = commit.ok_or_else(|| match is_shallow {
            true => ChangesError::NotInShallow(revision.to_owned()),
            false => ChangesError::NoCommit(revision.to_owned()),
        })?;
        let left = git.line(&["merge-base", &commit, "HEAD"])?;
        let warning = left.is_none().then(|| no_common_commit(revision, is_shallow));
        let id = left.unwrap_or(commit);
        Ok(Self {
            root,
            tree: Tree::of(&git, &id)?,
            objects: Mutex::new(git.objects()?),
            git,
            id,
            warning,
        })
    }

    /// What changed from the commit to the one that is checked out, as a pull request shows it.
    ///
    /// # Errors
    /// Git does not answer.
    pub fn diff_to_head(&self) -> Result<GivenDiff, ChangesError> {
        let head = String::from_utf8_lossy(&self.git.ask(&["rev-parse", "--verify", "HEAD^{commit}"])?)
            .trim()
            .to_owned();
        let arguments = [
            "diff-tree",
            "-r",
            "--patch",
            "--unified=3",
            "--inter-hunk-context=0",
            "--diff-algorithm=default",
            "--indent-heuristic",
            "--find-renames",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            &self.id,
            &head,
            "--",
        ];
        let diff = self.git.ask(&arguments)?;
        GivenDiff::to_commit("git diff", &diff, &self.root, head).map_err(ChangesError::Diff)
    }

    /// What the file at `absolute` was.
    fn base_of(&self, absolute: &Path) -> Result<Base, String> {
        let path = path_in(&self.root, absolute)
            .ok_or("lies outside of the repository of the working folder: run ws-lint there with `--diff-base`")?;
        if self.tree.is_in_submodule(&path) {
            return Err("belongs to a submodule: run ws-lint there with `--diff-base`".to_owned());
        }
        let Some(id) = self.tree.content(&path) else {
            return Ok(Base::Absent);
        };
        let read = self.objects.lock().unwrap_or_else(PoisonError::into_inner).read(id);
        match read {
            Ok(Some(bytes)) => Ok(Base::Text(String::from_utf8_lossy(&bytes).into_owned())),
            Ok(None) => Err(
                "what it was at `--diff-base` is not in this clone, which is partial: `git diff --stat` against that commit fetches it"
                    .to_owned(),
            ),
            Err(error) => Err(format!("what it was at `--diff-base` cannot be read from git: {error}")),
        }
    }
}

impl Base {
    /// Keeps what is about a finding on lines that are new since. A file that cannot be read as its language is told
    /// wherever the parser gave up, if anything in it is new.
    pub fn retain_changes<T>(&self, source: &SourceFile, about: &mut Vec<T>, finding_of: impl Fn(&T) -> &Finding) {
        if about.is_empty() {
            return;
        }
        let between;
        let now = source.on_disk();
        let changed = match self {
            Base::Absent => return,
            Base::Same => return about.clear(),
            Base::Patched { new, changed, .. } if new == now.text() => changed,
            Base::Text(old) | Base::Patched { old, .. } => {
                between = Changed::between(old, now.text());
                &between
            }
        };
        about.retain(|one| {
            let finding = finding_of(one);
            match rules::is_syntax_error(finding.rule) {
                true => !changed.is_empty(),
                false => changed.touches(source.span_on_disk(finding.span), now),
            }
        });
    }
}

/// The way from the folder `root`, symbolic links resolved, as git writes it.
fn path_in(root: &Path, absolute: &Path) -> Option<Vec<u8>> {
    let resolved = fs::canonicalize(absolute).ok().or_else(|| {
        let folder = fs::canonicalize(absolute.parent()?).ok()?;
        Some(folder.join(absolute.file_name()?))
    });
    let inside = resolved
        .as_deref()
        .unwrap_or(absolute)
        .strip_prefix(root)
        .ok()?
        .to_owned();
    let parts = inside.components().filter_map(|component| match component {
        Component::Normal(part) => Some(part.as_encoded_bytes()),
        _ => None,
    });
    Some(parts.collect::<Vec<_>>().join(&b'/'))
}

fn no_common_commit(revision: &str, is_shallow: bool) -> String {
    let advice = match is_shallow {
        true => {
            "this clone is shallow: clone with the whole history (`fetch-depth: 0`), or `git fetch --deepen=100`, to leave out what others changed there"
        }
        false => "the two have no common history",
    };
    format!("no commit is known where this branch left `{revision}`, so `{revision}` itself is compared with: {advice}")
}

#[cfg(unix)]
fn folder(line: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(line.strip_suffix(b"\n").unwrap_or(line)))
}

#[cfg(not(unix))]
fn folder(line: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(line).trim_end())
}

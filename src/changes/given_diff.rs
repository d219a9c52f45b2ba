//! A diff that leads to the files as they are: what each was before, and which of its lines a review shows.

use std::fs;
use std::path::{Path, PathBuf};

use super::lines::Changed;
use super::unified_diff::{DiffLine, FileDiff, Malformed, UnifiedDiff};
use super::{Base, path_in};
use crate::source::Span;

/// A diff, and the folder that its paths lead from.
#[derive(Debug)]
pub struct GivenDiff {
    /// As the user names it.
    name: String,
    /// Symbolic links resolved.
    root: PathBuf,
    diff: UnifiedDiff,
    /// The commit that the diff leads to, where it is known.
    head: Option<String>,
}

/// Why a diff cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// It is something else.
    #[error("`{name}` is not a unified diff: {malformed}")]
    Malformed {
        /// As the user names it.
        name: String,
        /// Where and why.
        malformed: Malformed,
    },
    /// It leads to other files.
    #[error(
        "`{name}` does not lead to the files in `{}`: `{path}` is not there: check out the commit that the diff leads to; its paths have to lead from that folder", .root.display()
    )]
    NoFile {
        /// As the user names it.
        name: String,
        /// The folder.
        root: PathBuf,
        /// As the diff names it.
        path: String,
    },
}

impl GivenDiff {
    /// Reads the diff that the user names `name`, whose paths lead from the folder `root`.
    ///
    /// # Errors
    /// It is no unified diff, or names files that are not there.
    pub fn new(name: &str, bytes: &[u8], root: &Path) -> Result<Self, DiffError> {
        let given = Self::parse(name, bytes, root)?;
        let missing = given.diff.files.iter().find(|(path, file)| {
            let is_there = fs::symlink_metadata(given.root.join(path_of(path))).is_ok();
            !is_there && !file.is_submodule
        });
        match missing {
            Some((path, _)) => Err(DiffError::NoFile {
                path: String::from_utf8_lossy(path).into_owned(),
                name: given.name,
                root: given.root,
            }),
            None => Ok(given),
        }
    }

    /// What git says of the way to the commit `head`. The files may have changed since.
    ///
    /// # Errors
    /// It is no unified diff.
    pub(super) fn to_commit(name: &str, bytes: &[u8], root: &Path, head: String) -> Result<Self, DiffError> {
        let given = Self::parse(name, bytes, root)?;
        Ok(Self {
            head: Some(head),
            ..given
        })
    }

    fn parse(name: &str, bytes: &[u8], root: &Path) -> Result<Self, DiffError> {
        let diff = UnifiedDiff::parse(bytes).map_err(|malformed| DiffError::Malformed {
            name: name.to_owned(),
            malformed,
        })?;
        Ok(Self {
            name: name.to_owned(),
            root: fs::canonicalize(root).unwrap_or_else(|_| root.to_owned()),
            diff,
            head: None,
        })
    }

    /// The commit that the diff leads to, where it is known.
    #[must_use]
    pub fn head(&self) -> Option<&str> {
        self.head.as_deref()
    }

    /// What the file at `absolute`, which is `now` this, was before.
    ///
    /// # Errors
    /// A clause: the diff does not lead to this text.
    pub(super) fn base_of(&self, absolute: &Path, now: &[u8]) -> Result<Base, String> {
        let Some(path) = path_in(&self.root, absolute) else {
            return Ok(Base::Same);
        };
        if self.diff.deleted.contains(&path) {
            return Err(self.does_not_lead_here("deletes it"));
        }
        let Some(file) = self.diff.files.get(&path) else {
            return Ok(Base::Same);
        };
        let now = String::from_utf8_lossy(now);
        let patched =
            patched(file, &now).map_err(|line| self.does_not_lead_here(&format!("shows another line {line}")))?;
        Ok(match file.is_new || file.is_binary {
            true => Base::Absent,
            false => Base::Patched {
                old: patched.old,
                new: now.into_owned(),
                changed: patched.changed,
            },
        })
    }

    fn does_not_lead_here(&self, what: &str) -> String {
        format!(
            "`{}` {what}: check out the commit that the diff leads to, or make the diff anew",
            self.name
        )
    }

    /// What a review shows of the file at `absolute`, which is `now` this. Nothing where it shows another text, or
    /// none.
    #[must_use]
    pub fn shown(&self, absolute: &Path, now: &str) -> Option<Shown> {
        let path = path_in(&self.root, absolute)?;
        let file = self.diff.files.get(&path)?;
        patched(file, now).ok()?;
        let ends = file.hunks.iter().map(|hunk| (hunk.first, hunk.first + hunk.new_len()));
        Some(Shown {
            path: String::from_utf8(path).ok()?,
            hunks: ends
                .filter(|(first, end)| first < end)
                .map(|(first, end)| (first, end - 1))
                .collect(),
        })
    }
}

/// What a review shows of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// As the review names it.
    pub path: String,
    /// First and last line (1-based) of each hunk.
    pub hunks: Vec<(usize, usize)>,
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// A text before a diff, and what the diff changed.
struct Patched {
    old: String,
    changed: Changed,
}

/// Takes the diff of a file back from what it is `now`. The number of the first line that is another one than the diff
/// shows where the diff does not lead there.
fn patched(file: &FileDiff, now: &str) -> Result<Patched, usize> {
    let mut rest = now.split_inclusive('\n');
    let (mut line, mut offset) = (1, 0);
    let mut old = String::new();
    let mut changed = Changed::default();
    for hunk in &file.hunks {
        while line < hunk.first {
            let kept = rest.next().ok_or(line)?;
            old.push_str(kept);
            (line, offset) = (line + 1, offset + kept.len());
        }
        let mut gone = false;
        let mut came = offset..offset;
        for shown in &hunk.lines {
            let (DiffLine::Kept(text) | DiffLine::New(text)) = shown else {
                if let DiffLine::Gone(text) = shown {
                    old.push_str(text);
                    old.push('\n');
                }
                gone = true;
                continue;
            };
            let whole = rest.next().ok_or(line)?;
            if whole.trim_end_matches(['\n', '\r']) != text.trim_end_matches('\r') {
                return Err(line);
            }
            (line, offset) = (line + 1, offset + whole.len());
            if matches!(shown, DiffLine::New(_)) {
                came.end = offset;
                continue;
            }
            old.push_str(whole);
            changed.add(Span::new(came.start, came.end), gone);
            (gone, came) = (false, offset..offset);
        }
        changed.add(Span::new(came.start, came.end), gone);
    }
    old.extend(rest);
    Ok(Patched { old, changed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Language, SourceFile};

    const NOW: &str = "a\nB\r\nc\nd\ne\nf\n";
    const DIFF: &str = "--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -5,2 +5,2 @@\n-gone\n e\n+f\n";

    fn given(diff: &str) -> (tempfile::TempDir, GivenDiff) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.py"), NOW).unwrap();
        let given = GivenDiff::new("d", diff.as_bytes(), folder.path()).unwrap();
        (folder, given)
    }

    #[test]
    fn a_diff_is_taken_back_from_what_it_leads_to() {
        let (folder, given) = given(DIFF);
        let path = folder.path().join("x.py");
        let Base::Patched { old, changed, .. } = given.base_of(&path, NOW.as_bytes()).unwrap() else {
            panic!("the file was there before");
        };
        assert_eq!(old, "a\nb\nc\nd\ngone\ne\n");
        let source = SourceFile::new("x.py", Language::Python, NOW.to_owned());
        let lines: Vec<usize> = (1..=6)
            .filter(|line| changed.touches(source.line(*line), &source))
            .collect();
        assert_eq!(lines, [2, 6]);
        assert!(changed.touches(Span::new(8, 11), &source), "a line went from between");
        assert_eq!(given.shown(&path, NOW).unwrap().hunks, [(1, 3), (5, 6)]);
    }

    #[test]
    fn a_text_that_the_diff_does_not_lead_to_is_told() {
        let (folder, given) = given(DIFF);
        let path = folder.path().join("x.py");
        for (now, line) in [("a\nb\nc\nd\ne\nf\n", 2), ("a\nB\nc\nd\n", 5), ("", 1)] {
            let error = given.base_of(&path, now.as_bytes()).unwrap_err();
            assert!(error.contains(&format!("`d` shows another line {line}:")), "{error}");
            assert_eq!(given.shown(&path, now), None);
        }
        let other = folder.path().join("y.py");
        assert!(matches!(given.base_of(&other, b""), Ok(Base::Same)));
        let deletes = "--- a/y.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
        let deletes = GivenDiff::new("d", deletes.as_bytes(), folder.path()).unwrap();
        fs::write(&other, "x\n").unwrap();
        assert!(deletes.base_of(&other, b"x\n").unwrap_err().contains("deletes it"));
    }
}

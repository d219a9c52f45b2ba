//! Writing a fixed file: whole or not at all.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::temporary::temporary_in;
use crate::reading::{self, Kind};

/// Why a file was not written. It is as it was, and nothing else was left beside it.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Another program changed it since it was read.
    #[error("`{path}` was changed by another program while it was being fixed: run ws-lint again")]
    Changed {
        /// The file as the user names it.
        path: PathBuf,
    },
    /// The file may not be written.
    #[error("`{path}` is read-only: make it writable, or apply the output of --diff elsewhere")]
    ReadOnly {
        /// The file as the user names it.
        path: PathBuf,
    },
    /// The file has other names. To replace it would cut it off from them. To write into it could leave half a file
    /// behind, which a copy beside it would only heal if ws-lint were run again; and the other names are often a package
    /// manager's cache, out of which the new content would come into other projects.
    #[error("`{path}` has {names} names (hard links): replace it by a copy of its own first")]
    HardLinked {
        /// The file as the user names it.
        path: PathBuf,
        /// How many names it has.
        names: u64,
    },
    /// It is a folder, a pipe or a device.
    #[error("`{path}` is not a regular file")]
    NotAFile {
        /// The file as the user names it.
        path: PathBuf,
    },
    /// The new file cannot be made beside the old one.
    #[error("`{path}` cannot be written, because no file can be made in `{folder}`: {source}")]
    Folder {
        /// The file as the user names it.
        path: PathBuf,
        /// The folder that it, or the target of the symbolic link, lies in.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system refuses something else.
    #[error("`{path}` cannot be written: {doing}: {source}")]
    Io {
        /// The file as the user names it.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
}

/// Puts `after` in the place of `before` as the content of the file at `path`; the target is written where it is a
/// symbolic link.
///
/// The new content is written to a temporary file in the same folder, flushed to the disk, given the old file's mode
/// and (where the system allows it) owner, and renamed over the old file: at any moment the name means the old content
/// or the new one, whole. A kill in between can leave a file `.ws-lint-*.tmp`, see [`Leftovers`](super::Leftovers). Where
/// the file has `after` as its content already, another run of ws-lint was faster: there is nothing to do and no error.
///
/// Limits: extended attributes and access control lists are not carried over; a program that writes between the last
/// comparison and the rename loses what it wrote; hard links are only seen on Unix.
///
/// # Errors
/// Why the file was left as it was.
pub fn write(path: &Path, before: &[u8], after: &[u8]) -> Result<(), WriteError> {
    write_with(path, before, after, |file| file.write_all(after))
}

/// Makes a file at `path`, where none is, with this content: whole or not at all.
///
/// # Errors
/// The file exists, or the system refuses.
pub fn create(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    let failed = |doing: &'static str| {
        move |source: io::Error| WriteError::Io {
            path: path.to_owned(),
            doing,
            source,
        }
    };
    // The mode is that of every new file; the name is taken first, so that nobody else's file is replaced.
    File::create_new(path).map_err(failed("making the file"))?;
    let written = write(path, b"", content);
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// As [`write`], with `fill` to put the content into the temporary file.
fn write_with(
    path: &Path,
    before: &[u8],
    after: &[u8],
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), WriteError> {
    let failed = |doing: &'static str| {
        move |source: io::Error| WriteError::Io {
            path: path.to_owned(),
            doing,
            source,
        }
    };
    let target = fs::canonicalize(path).map_err(failed("finding the file"))?;
    let metadata = fs::metadata(&target).map_err(failed("reading its permissions"))?;
    may_be_replaced(path, &target, &metadata)?;
    if is_done(path, &target, before, after)? {
        return Ok(());
    }
    let mut temporary = temporary_beside(path, &target)?;
    fill(temporary.as_file_mut()).map_err(failed("writing the new content"))?;
    take_over_owner(temporary.as_file(), &metadata);
    let permissions = metadata.permissions();
    temporary
        .as_file()
        .set_permissions(permissions)
        .map_err(failed("setting its permissions"))?;
    temporary
        .as_file()
        .sync_all()
        .map_err(failed("flushing the new content to the disk"))?;
    if is_done(path, &target, before, after)? {
        return Ok(());
    }
    temporary
        .persist(&target)
        .map_err(|error| failed("renaming the new file over it")(error.error))?;
    Ok(())
}

/// Whether the file is as it should be already.
///
/// # Errors
/// It is neither that nor what it was.
fn is_done(path: &Path, target: &Path, before: &[u8], after: &[u8]) -> Result<bool, WriteError> {
    let now = reading::read(target, Kind::Source).map_err(|error| WriteError::Io {
        path: path.to_owned(),
        doing: "reading it again",
        source: io::Error::other(error),
    })?;
    match now {
        now if now == after => Ok(true),
        now if now == before => Ok(false),
        _ => Err(WriteError::Changed { path: path.to_owned() }),
    }
}

fn may_be_replaced(path: &Path, target: &Path, metadata: &Metadata) -> Result<(), WriteError> {
    // Asked first: to open a pipe for writing would wait for a reader.
    if !metadata.is_file() {
        return Err(WriteError::NotAFile { path: path.to_owned() });
    }
    // A rename asks for the folder's permissions only, so the file's own are asked here: of the system, which knows more
    // than the mode does (who runs this, access lists, file systems that take no writes).
    if OpenOptions::new().write(true).open(target).is_err() {
        return Err(WriteError::ReadOnly { path: path.to_owned() });
    }
    match names(metadata) {
        0 | 1 => Ok(()),
        names => Err(WriteError::HardLinked {
            path: path.to_owned(),
            names,
        }),
    }
}

fn temporary_beside(path: &Path, target: &Path) -> Result<NamedTempFile, WriteError> {
    let folder = target.parent().unwrap_or(Path::new("."));
    temporary_in(folder).map_err(|source| WriteError::Folder {
        path: path.to_owned(),
        folder: folder.to_owned(),
        source,
    })
}

/// How many names a file has; 0 once it was removed.
#[cfg(unix)]
pub(super) fn names(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
pub(super) fn names(_metadata: &Metadata) -> u64 {
    1
}

/// Gives the new file the old one's owner and group. Only root may give files away, a member may set the group; where
/// the system refuses, the file belongs to who runs ws-lint, as with every editor that renames.
#[cfg(unix)]
fn take_over_owner(file: &File, metadata: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if fchown(file, Some(metadata.uid()), Some(metadata.gid())).is_err() {
        let _ = fchown(file, None, Some(metadata.gid()));
    }
}

#[cfg(not(unix))]
fn take_over_owner(_file: &File, _metadata: &Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(content: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        fs::write(&path, content).unwrap();
        (folder, path)
    }

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_new_content_takes_the_old_ones_place_and_nothing_else_is_left() {
        let (folder, path) = folder_with("old");
        write(&path, b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names_in(folder.path()), ["a.py"]);
    }

    #[test]
    fn a_file_that_is_as_it_should_be_is_left_alone() {
        let (_folder, path) = folder_with("new");
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        write(&path, b"old", b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), modified);
    }

    #[test]
    fn what_another_program_wrote_is_not_lost() {
        let (folder, path) = folder_with("theirs");
        let error = write(&path, b"old", b"new").unwrap_err();
        assert!(matches!(error, WriteError::Changed { .. }), "{error}");
        let meanwhile = write_with(&path, b"theirs", b"new", |file| {
            fs::write(&path, "theirs, later")?;
            file.write_all(b"new")
        });
        assert!(matches!(meanwhile, Err(WriteError::Changed { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"theirs, later");
        assert_eq!(names_in(folder.path()), ["a.py"]);
    }

    #[test]
    fn another_run_that_was_faster_is_no_failure() {
        let (folder, path) = folder_with("old");
        write_with(&path, b"old", b"new", |file| {
            write(&path, b"old", b"new").unwrap();
            file.write_all(b"new")
        })
        .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names_in(folder.path()), ["a.py"]);
    }

    #[test]
    fn a_full_disk_leaves_the_old_file_and_no_litter() {
        let (folder, path) = folder_with("old");
        let error = write_with(&path, b"old", b"new", |file| {
            file.write_all(b"ne")?;
            Err(io::ErrorKind::StorageFull.into())
        })
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "`{}` cannot be written: writing the new content: no storage space",
                path.display()
            )
        );
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names_in(folder.path()), ["a.py"]);
    }

    #[test]
    fn a_folder_that_takes_no_file_is_named() {
        let error = temporary_beside(Path::new("a.py"), Path::new("/no/such/folder/a.py")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`a.py` cannot be written, because no file can be made in `/no/such/folder`")
        );
    }

    #[test]
    fn what_is_no_regular_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(folder.path(), b"", b"new").unwrap_err();
        assert!(matches!(error, WriteError::NotAFile { .. }), "{error}");
        let missing = write(&folder.path().join("b.py"), b"", b"new").unwrap_err();
        assert!(matches!(missing, WriteError::Io { .. }), "{missing}");
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

        use super::*;

        #[test]
        fn the_mode_and_the_owner_stay() {
            let (_folder, path) = folder_with("old");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
            // Only root may give a file away; everyone else keeps what is theirs.
            let _ = std::os::unix::fs::chown(&path, Some(12345), Some(23456));
            let before = fs::metadata(&path).unwrap();
            write(&path, b"old", b"new").unwrap();
            let after = fs::metadata(&path).unwrap();
            assert_eq!(
                (after.mode(), after.uid(), after.gid()),
                (before.mode(), before.uid(), before.gid())
            );
            assert_ne!(after.ino(), before.ino(), "the file was written in place");
        }

        #[test]
        fn a_symbolic_link_stays_one_and_its_target_is_written() {
            let (folder, path) = folder_with("old");
            let elsewhere = tempfile::tempdir().unwrap();
            let link = elsewhere.path().join("link.py");
            symlink(&path, &link).unwrap();
            write(&link, b"old", b"new").unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read(&path).unwrap(), b"new");
            assert_eq!(names_in(folder.path()), ["a.py"]);
            assert_eq!(names_in(elsewhere.path()), ["link.py"]);
        }

        #[test]
        fn a_link_that_leads_nowhere_is_an_error() {
            let folder = tempfile::tempdir().unwrap();
            let link = folder.path().join("link.py");
            symlink(&link, &link).unwrap();
            assert!(matches!(write(&link, b"", b"new"), Err(WriteError::Io { .. })));
        }

        #[test]
        fn a_file_with_two_names_is_refused() {
            let (folder, path) = folder_with("old");
            fs::hard_link(&path, folder.path().join("b.py")).unwrap();
            let error = write(&path, b"old", b"new").unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "`{}` has 2 names (hard links): replace it by a copy of its own first",
                    path.display()
                )
            );
            assert_eq!(fs::read(&path).unwrap(), b"old");
        }
    }
}

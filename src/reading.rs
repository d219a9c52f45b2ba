//! The one way in: every file that ws-lint reads is opened here.
//!
//! What lies in a tree need not be what its name says: a pipe that nobody writes into, a device that never ends, a file of
//! gigabytes without a byte on the disk. So nothing waits for another program, only what the handle itself says to be a
//! plain file is read, and of that no more than files of its kind have.

mod unsaved;

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

pub(crate) use unsaved::Unsaved;

/// What a file is read for, which says how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Code, or a manifest that is checked.
    Source,
    /// What configures ws-lint.
    Configuration,
    /// What says what a project needs.
    Manifest,
    /// What a tool resolved. They are the longest of a project's own files.
    Lock,
    /// What a walk leaves out, and where git keeps that.
    Ignore,
    /// Known findings, or comments that were posted.
    Known,
    /// A unified diff.
    Diff,
}

impl Kind {
    /// The most that is read, in bytes.
    pub(crate) const fn most_bytes(self) -> u64 {
        match self {
            Self::Source => 128 << 20,
            Self::Configuration | Self::Manifest => 8 << 20,
            Self::Lock => 32 << 20,
            Self::Ignore => 4 << 20,
            Self::Known => 64 << 20,
            Self::Diff => 256 << 20,
        }
    }

    /// Why a file of more bytes is not read.
    pub(crate) fn too_long(self) -> ReadError {
        ReadError::TooLong(self.most_bytes())
    }
}

/// Why a file was not read. A clause that goes behind the file's name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// Nothing has the name.
    #[error("{0}")]
    Absent(io::Error),
    /// It is something else than a file.
    #[error("{0}, not a plain file")]
    NotPlain(&'static str),
    /// It has more bytes than files of its kind.
    #[error("larger than {} MiB", .0 >> 20)]
    TooLong(u64),
    /// A symbolic link that leads to nothing that can be opened.
    #[error("symbolic link to `{}`: {source}", .target.display())]
    Link {
        /// What it names.
        target: std::path::PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system refuses.
    #[error("{0}")]
    System(#[from] io::Error),
}

impl ReadError {
    /// Whether there is nothing that could be read.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }

    /// Whether it is not for this user to read, or not there.
    pub(crate) fn is_forbidden_or_absent(&self) -> bool {
        let is_forbidden = |error: &io::Error| error.kind() == ErrorKind::PermissionDenied;
        self.is_absent() || matches!(self, Self::System(error) if is_forbidden(error))
    }
}

/// The whole file, or the text that an editor has not saved yet.
///
/// # Errors
/// It is not there, is no plain file, is longer than its kind may be, or cannot be read.
pub(crate) fn read(path: &Path, kind: Kind) -> Result<Vec<u8>, ReadError> {
    if let Some(text) = unsaved::text_of(path) {
        let fits = u64::try_from(text.len()).is_ok_and(|length| length <= kind.most_bytes());
        return fits.then(|| text.to_vec()).ok_or_else(|| kind.too_long());
    }
    let (file, metadata) = open(path)?;
    let most = kind.most_bytes();
    if metadata.len() > most {
        return Err(kind.too_long());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    // One byte more tells that it grew meanwhile.
    file.take(most + 1).read_to_end(&mut bytes)?;
    match u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        true => Ok(bytes),
        false => Err(kind.too_long()),
    }
}

/// As [`read`] what comes from elsewhere, as from standard input.
///
/// # Errors
/// It is longer than its kind may be, or cannot be read.
pub(crate) fn read_stream(stream: &mut dyn Read, kind: Kind) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    let most = kind.most_bytes();
    stream.take(most + 1).read_to_end(&mut bytes)?;
    match u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        true => Ok(bytes),
        false => Err(kind.too_long()),
    }
}

/// The first bytes of a file, at most so many.
///
/// # Errors
/// It is not there, is no plain file, or cannot be read.
pub(crate) fn read_start(path: &Path, bytes: u64) -> Result<Vec<u8>, ReadError> {
    let (file, _) = open(path)?;
    let mut start = Vec::new();
    file.take(bytes).read_to_end(&mut start)?;
    Ok(start)
}

/// As [`read`] into memory that is there already and grows where that has to be; returns how many of its bytes are the
/// file's. (`read_to_end` asks for the length and the position of each file first, and once more for what is behind the
/// end; that takes as long as to read a small one.)
///
/// # Errors
/// As [`read`].
pub(crate) fn read_into(path: &Path, kind: Kind, buffer: &mut Vec<u8>) -> Result<(Metadata, usize), ReadError> {
    let (mut file, metadata) = open(path)?;
    let mut length = 0;
    let within = |length: usize| u64::try_from(length).is_ok_and(|length| length <= kind.most_bytes());
    if metadata.len() > kind.most_bytes() {
        return Err(kind.too_long());
    }
    loop {
        if length == buffer.len() {
            buffer.resize((buffer.len() * 2).max(1), 0);
        }
        match file.read(buffer.get_mut(length..).unwrap_or_default()) {
            Ok(0) => return Ok((metadata, length)),
            Ok(more) => {
                length += more;
                if !within(length) {
                    return Err(kind.too_long());
                }
                if u64::try_from(length).is_ok_and(|length| length == metadata.len()) {
                    return Ok((metadata, length));
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Opens a plain file, and says what the handle says of it.
///
/// # Errors
/// It is not there, is no plain file, or may not be opened.
pub(crate) fn open(path: &Path) -> Result<(File, Metadata), ReadError> {
    // Most names that are asked for are not there, and a link that leads nowhere is something else.
    let file = match opened(path, Links::Refused) {
        Ok(file) => file,
        Err(error) if is_absence(&error) && !cfg!(not(unix)) => return Err(ReadError::Absent(error)),
        Err(_) => opened(path, Links::Followed).map_err(|error| unopened(path, error))?,
    };
    let metadata = file.metadata()?;
    match metadata.is_file() {
        true => Ok((file, metadata)),
        false => Err(ReadError::NotPlain(shape(metadata.file_type()))),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    Refused,
    Followed,
}

/// Never waits: for a pipe's writer, or a device.
#[cfg(unix)]
fn opened(path: &Path, links: Links) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let follow = match links {
        Links::Refused => libc::O_NOFOLLOW,
        Links::Followed => 0,
    };
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY | follow;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn opened(path: &Path, _: Links) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Why nothing was opened: what cannot be opened for reading need not be a file.
fn unopened(path: &Path, error: io::Error) -> ReadError {
    let is_absent = is_absence(&error);
    match (fs::read_link(path), fs::metadata(path)) {
        (_, Ok(metadata)) if !metadata.is_file() => ReadError::NotPlain(shape(metadata.file_type())),
        (Ok(target), _) => ReadError::Link { target, source: error },
        (Err(_), _) if is_absent => ReadError::Absent(error),
        (Err(_), _) => ReadError::System(error),
    }
}

/// Nothing can have that name.
fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename
    )
}

/// What something that is no plain file is.
#[cfg(unix)]
fn shape(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    match kind {
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_char_device() || kind.is_block_device() => "a device",
        _ => "something else",
    }
}

#[cfg(not(unix))]
fn shape(kind: FileType) -> &'static str {
    match kind.is_dir() {
        true => "a folder",
        false => "something else",
    }
}

/// A path without `.` and, but for those that it begins with, `..`, told from its text alone: no link is followed.
pub(crate) fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if plain.file_name().is_some() => _ = plain.pop(),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

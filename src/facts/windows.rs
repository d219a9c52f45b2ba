//! Whether a project says that it runs on Windows.

/// What classifiers say of Windows as a system that a project runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Windows {
    /// One of several.
    Among,
    /// The only one.
    Only,
    /// Others are named, and it is not.
    Never,
}

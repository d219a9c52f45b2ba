//! A file before it is decoded, and where in it code can be.

use std::cell::OnceCell;

use super::docstrings::docstrings;
use super::parts::{Part, Parts};
use super::{python_text, rust_text};
use crate::source::Language;

/// A file before it is decoded.
#[derive(Clone, Copy)]
pub struct Unread<'a> {
    /// Its language.
    pub language: Language,
    /// All of it.
    pub bytes: &'a [u8],
    /// Whether it is test code by its path; asked only where that decides.
    pub is_test: &'a dyn Fn() -> bool,
}

/// The same while it is looked at.
pub(super) struct Text<'a> {
    pub(super) file: Unread<'a>,
    /// None for a language in which they are not told apart.
    parts: OnceCell<Option<Parts>>,
    docstrings: OnceCell<Vec<usize>>,
}

impl<'a> Text<'a> {
    pub(super) fn new(file: Unread<'a>) -> Self {
        Self {
            file,
            parts: OnceCell::new(),
            docstrings: OnceCell::new(),
        }
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.file.bytes
    }

    /// Whether the byte at `offset` may stand in code, for all that is known.
    pub(super) fn may_be_code(&self, offset: usize) -> bool {
        self.part(offset).may_be_code()
    }

    /// Whether it may stand in a string that something is done with.
    pub(super) fn may_be_text(&self, offset: usize) -> bool {
        let Some(parts) = self.parts() else { return true };
        let (start, part) = parts.around(offset);
        let docstrings = || self.docstrings.get_or_init(|| docstrings(self.bytes(), parts));
        part.may_be_text() && (part != Part::Text || docstrings().binary_search(&start).is_err())
    }

    /// Whether it certainly stands in a comment.
    pub(super) fn is_comment(&self, offset: usize) -> bool {
        self.part(offset) == Part::Comment
    }

    fn part(&self, offset: usize) -> Part {
        self.parts().map_or(Part::Mixed, |parts| parts.at(offset))
    }

    fn parts(&self) -> Option<&Parts> {
        let parts = self.parts.get_or_init(|| match self.file.language {
            Language::Python => Some(python_text::parts(self.bytes())),
            Language::Rust => Some(rust_text::parts(self.bytes())),
            Language::Manifest => None,
        });
        parts.as_ref()
    }
}

//! A file before it is decoded, and where in it code can be.

use std::cell::OnceCell;
use std::ops::Range;

use super::parts::{Part, Parts};
use super::writes::Writes;
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
    file: Unread<'a>,
    /// None for a language in which they are not told apart.
    parts: OnceCell<Option<Parts>>,
    writes: OnceCell<Writes>,
    is_test: OnceCell<bool>,
}

impl<'a> Text<'a> {
    pub(super) fn new(file: Unread<'a>) -> Self {
        Self {
            file,
            parts: OnceCell::new(),
            writes: OnceCell::new(),
            is_test: OnceCell::new(),
        }
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.file.bytes
    }

    /// Whether it is test code by its path.
    pub(super) fn is_test(&self) -> bool {
        *self.is_test.get_or_init(self.file.is_test)
    }

    /// Whether the byte at `offset` may stand in code, for all that is known.
    pub(super) fn may_be_code(&self, offset: usize) -> bool {
        self.part(offset).may_be_code()
    }

    /// Whether it may stand in a string that is no string of bytes.
    pub(super) fn may_be_text(&self, offset: usize) -> bool {
        self.part(offset).may_be_text()
    }

    /// Whether it may stand, in a string or in code, where the console gets its text from.
    pub(super) fn may_be_written(&self, offset: usize) -> bool {
        self.writes().is_none_or(|writes| writes.may_write(offset))
    }

    /// Whether the exception that it names may be caught by what writes to the console.
    pub(super) fn may_write_when_caught(&self, span: Range<usize>) -> bool {
        let writes = self.writes().filter(|_| self.may_be_code(span.start));
        writes.is_some_and(|writes| writes.may_write_when_caught(self.bytes(), span))
    }

    /// Whether it certainly stands in a comment.
    pub(super) fn is_comment(&self, offset: usize) -> bool {
        self.part(offset) == Part::Comment
    }

    fn part(&self, offset: usize) -> Part {
        self.parts().map_or(Part::Mixed, |parts| parts.at(offset))
    }

    /// None for a language in which nobody asks.
    fn writes(&self) -> Option<&Writes> {
        let parts = self.parts().filter(|_| self.file.language == Language::Python)?;
        Some(self.writes.get_or_init(|| Writes::of(self.bytes(), parts)))
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

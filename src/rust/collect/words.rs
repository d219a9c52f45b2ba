//! Whether a file's text has a word at all: what is asked of every function of it is looked for once.

use std::cell::RefCell;

/// What the text of a file was searched for.
#[derive(Debug)]
pub(in crate::rust) struct Words<'a> {
    text: &'a str,
    /// A handful: a list is as quick as anything.
    known: RefCell<Vec<(&'static str, bool)>>,
}

impl<'a> Words<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            known: RefCell::default(),
        }
    }

    /// Whether the word stands somewhere, in whatever longer one.
    pub(super) fn has(&self, word: &'static str) -> bool {
        let mut known = self.known.borrow_mut();
        if let Some((_, has)) = known.iter().find(|(other, _)| *other == word) {
            return *has;
        }
        let has = self.text.contains(word);
        known.push((word, has));
        has
    }
}

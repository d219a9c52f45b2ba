//! How stand-ins are called.

use crate::python::syntax::words::Words;

/// What the names of stand-ins say.
const STAND_INS: Words<5> = Words::new(["mock", "fake", "stub", "dummy", "spy"]);

/// What is called like a stand-in and is the other side of a connection: `MockServer`.
const PEERS: Words<4> = Words::new(["server", "peer", "upstream", "backend"]);

/// What brings mocks into a file: `unittest.mock`, pytest-mock, pytest's `monkeypatch`.
const MOCKS: [&str; 3] = ["mock", "Mock", "monkeypatch"];

/// One of these is in the text of whoever puts something in the place of something else.
const SIGNS: [&str; 10] = [
    "patch", "setattr", "ock", "Fake", "fake", "Stub", "stub", "Dummy", "dummy", "Spy",
];

/// Whether something is a stand-in by its name, and no peer that a test connects to.
pub(super) fn is_named_so(name: &str) -> bool {
    STAND_INS.are_in(name) && !PEERS.are_in(name)
}

/// Whether something may be a stand-in, or what makes them, by its name: `mocker`.
pub(super) fn may_be_named_so(name: &str) -> bool {
    STAND_INS.are_in(name)
}

/// Whether a text names what mocks come from.
pub(in crate::python) fn names_mocks(text: &str) -> bool {
    MOCKS.iter().any(|word| text.contains(word))
}

/// Whether something is replaced in a text, as far as that shows without reading it.
pub(in crate::python) fn are_written_in(text: &[u8]) -> bool {
    SIGNS
        .iter()
        .any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
}

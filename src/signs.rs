//! What the bytes of a file announce, before anybody parses it.

/// Something that bytes announce. A rule's trigger is a list of them that must all be there; the first says what the rule
/// looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Sign {
    /// A word without which nothing is printed.
    Print,
    /// A character that the console refuses, or a way to write one in ASCII, where it may be written.
    Refused,
    /// The exception that a print raises where the console cannot take its text, and a handler of it that writes.
    EncodeError,
    /// What a suppression must name to be called unused: `ws-lint`, or one of its rules (in a `noqa`).
    Suppression,
    /// The names of a module whose functions set deadlines and of one of them, or of what came to Python with them.
    Deadline,
    /// In a manifest: a word of the name of a catalogued package whose connects speak a protocol that is looked at.
    Package,
    /// The names of a catalogued library's module and of one of its connects.
    Connect,
    /// The names of a catalogued library's module and of an exception that its connects raise.
    Rejection,
    /// The word without which no code is async.
    Async,
    /// In Python the names of a module and of a function of it that blocks its thread; in Rust that of the function, which
    /// may come by `use std::thread::*`.
    Blocking,
    /// The names of a catalogued library's module and of a class of its connections, or of a function that gives one.
    Receive,
    /// Code for the rules about hangs: a path of test code, or a name that makes a test of what has it; everything where the
    /// configuration says so.
    Test,
    /// A path that is not one of test code.
    NoTestPath,
    /// A name of asyncio's event-loop policies, or of a loop that only Windows has.
    LoopPolicy,
    /// Everything where the configuration says how short a deadline may be on Windows, else nothing.
    WindowsDeadline,
}

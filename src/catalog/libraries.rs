//! The files of `rules/apis/`, compiled in.

use super::api::Protocol;
use super::gives::Given;
use crate::source::Language;

/// A library as the build script writes it down.
pub(super) struct Builtin {
    pub(super) language: Language,
    /// Its file as JSON, which is read much faster.
    pub(super) text: &'static str,
    pub(super) package: &'static str,
    pub(super) modules: &'static [&'static str],
    /// The dotted paths of its functions, classes and methods of which anything is known, in order.
    pub(super) paths: &'static [&'static str],
    /// What its connects speak.
    pub(super) protocols: &'static [Protocol],
    /// The last names of the paths of its connects.
    pub(super) connects: &'static [&'static str],
    /// The last names of the paths of the exceptions that they raise.
    pub(super) rejections: &'static [&'static str],
    /// The last names of the classes of its connections.
    pub(super) connections: &'static [&'static str],
    /// What its functions give.
    pub(super) gives: &'static [Given],
    /// The first and the last names of the paths of its functions that block.
    pub(super) blocking: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/libraries.rs"));

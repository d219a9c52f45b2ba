//! What the tree, its tokens and the text say by themselves, before any name means anything.

pub(in crate::rust) mod cfg;
pub(in crate::rust) mod clashes;
pub(in crate::rust) mod comment_places;
pub(in crate::rust) mod comments;
pub(in crate::rust) mod depth;
pub(in crate::rust) mod edges;
pub(in crate::rust) mod imported_names;
pub(in crate::rust) mod imports;
pub(in crate::rust) mod lexer;
pub(in crate::rust) mod module_files;
pub(in crate::rust) mod outside_tests;
pub(in crate::rust) mod parse;
pub(in crate::rust) mod print_macros;

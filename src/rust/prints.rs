//! The standard library's printing macros.

use syn::spanned::Spanned;

use super::collect::Collector;
use super::edges;
use super::frames::Frame;
use super::imports::ImportPlace;
use super::names::plain;
use super::spelling::Spelling;
use crate::sites::{Piece, Print};
use crate::source::Span;

/// A printing macro and what its rewrite needs.
#[derive(Debug)]
pub(super) struct FoundPrint {
    pub(super) print: Print,
    pub(super) note: PrintNote,
}

/// What the rewrite of a print needs.
#[derive(Clone, Debug)]
pub(super) struct PrintNote {
    /// The macro's name without `std::` and `!`.
    pub(super) name: String,
    /// It is a statement: whether it has its semicolon. `None`: it is an expression.
    pub(super) statement: Option<bool>,
    /// The bytes inside its brackets.
    pub(super) inside: Span,
    /// The macro whose tokens it stands in, where they are not edited.
    pub(super) is_sealed: bool,
    /// It has no arguments.
    pub(super) is_empty: bool,
    /// `writeln!` and `write!` are the standard ones here, and std is called so.
    pub(super) spelling: Spelling,
    /// Where the trait's import goes, if it can go anywhere.
    pub(super) import: Option<ImportPlace>,
}

impl Collector<'_> {
    /// Notes a macro call if it prints.
    pub(super) fn print(&mut self, mac: &syn::Macro, statement: Option<bool>) {
        let Some(name) = mac.path.segments.last().map(|segment| plain(&segment.ident)) else {
            return;
        };
        let prints = matches!(name.as_str(), "print" | "println" | "eprint" | "eprintln" | "dbg");
        if !prints || self.const_depth > 0 || !self.names.is_std_macro(&mac.path) {
            return;
        }
        let callee = self
            .offsets
            .of(mac.path.span())
            .cover(self.offsets.of(mac.bang_token.span));
        let inside = Span::new(
            self.offsets.of(edges::open(&mac.delimiter)).end,
            self.offsets.of(edges::close(&mac.delimiter)).start,
        );
        let first = mac.tokens.clone().into_iter().next();
        let text = first.and_then(|tree| match tree {
            proc_macro2::TokenTree::Literal(literal) => {
                let span = self.offsets.of(literal.span());
                let value = syn::parse_str::<syn::LitStr>(self.source.slice(span)).ok()?.value();
                Some(Piece {
                    span,
                    text: value,
                    surrogate: false,
                    offset: None,
                    open: true,
                })
            }
            _ => None,
        });
        let mut spelling = Spelling::at(&self.names);
        spelling.has_write = self.names.has_trait("std::io::Write");
        spelling.std_writeln = ["write", "writeln"]
            .into_iter()
            .all(|name| syn::parse_str(name).is_ok_and(|path| self.names.is_std_macro(&path)));
        self.found.prints.push(FoundPrint {
            print: Print {
                id: 0,
                call: Span::new(callee.start, self.offsets.of(edges::close(&mac.delimiter)).end),
                callee,
                path: format!("{name}!"),
                text: text.into_iter().collect(),
                in_test: self.in_test(),
            },
            note: PrintNote {
                name,
                statement,
                inside,
                is_sealed: self.frames.iter().any(|frame| matches!(frame, Frame::Sealed(_))),
                is_empty: mac.tokens.is_empty(),
                spelling,
                import: self.imports.last().cloned().flatten(),
            },
        });
    }
}

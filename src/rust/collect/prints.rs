//! The standard library's printing macros.

use memchr::memmem;
use proc_macro2::TokenTree;
use syn::spanned::Spanned;

use crate::rust::collect::Collector;
use crate::rust::collect::frames::Frame;
use crate::rust::names::{Names, Written, last_name, spelling};
use crate::rust::syntax::clashes::clash;
use crate::rust::syntax::edges;
use crate::rust::syntax::imports::ImportPlace;
use crate::rust::syntax::print_macros::prints;
use crate::sites::Print;
use crate::source::Span;

/// A printing macro and what its rewrite needs.
#[derive(Debug)]
pub(in crate::rust) struct FoundPrint {
    pub(in crate::rust) print: Print,
    pub(in crate::rust) note: PrintNote,
}

/// What the rewrite of a print needs.
#[derive(Clone, Debug)]
pub(in crate::rust) struct PrintNote {
    /// The macro's name without `std::` and `!`.
    pub(in crate::rust) name: String,
    /// It is a statement: whether it has its semicolon. `None`: it is an expression.
    pub(in crate::rust) statement: Option<bool>,
    /// The bytes inside its brackets.
    pub(in crate::rust) inside: Span,
    /// The macro whose tokens it stands in, where they are not edited.
    pub(in crate::rust) is_sealed: bool,
    /// It has no arguments.
    pub(in crate::rust) is_empty: bool,
    /// How the write that it becomes is spelled.
    pub(in crate::rust) writing: Writing,
    /// Where the trait's import goes, if it can go anywhere.
    pub(in crate::rust) import: Option<ImportPlace>,
    /// A `#[cfg]` within the module decides whether it is there, and no print that is always there needs the same import.
    pub(in crate::rust) is_conditional: bool,
    /// A use of a method that `std::io::Write` has too: where another trait's is meant, importing that makes it ambiguous.
    pub(in crate::rust) clash: Option<&'static str>,
    /// It is in a loop that nothing leaves: only the panic ends it.
    pub(in crate::rust) in_endless_loop: bool,
}

/// How a write to a stream is spelled at a place.
#[derive(Clone, Debug)]
pub(in crate::rust) struct Writing {
    /// `std`, or `::std` where something else is called so.
    pub(in crate::rust) std: String,
    /// `write!` and `writeln!` are the standard library's.
    pub(in crate::rust) is_std_macro: bool,
    /// The trait `std::io::Write` is in scope.
    pub(in crate::rust) has_trait: bool,
    /// It may be: a `#[cfg]` decides.
    pub(in crate::rust) may_have_trait: bool,
}

impl Writing {
    /// The spelling at the current place of `names`.
    fn at(names: &Names<'_>) -> Self {
        let is_std_macro = |name: &&str| names.is_std_macro(&Written::name(name));
        Self {
            std: spelling::std(names),
            is_std_macro: ["write", "writeln"].iter().all(is_std_macro),
            has_trait: names.has_trait("std::io::Write", true),
            may_have_trait: names.has_trait("std::io::Write", false),
        }
    }
}

/// The spelling at the place that was asked for last, by [`Names::place`], where no `#[cfg]` is around: it depends on no
/// variable, and prints come in swarms.
#[derive(Default)]
pub(in crate::rust) struct LastWriting(Option<(String, Writing)>);

impl LastWriting {
    fn at(&mut self, names: &Names<'_>) -> Writing {
        if names.assumed() > 0 {
            return Writing::at(names);
        }
        if let Some((place, writing)) = &self.0
            && place == names.place()
        {
            return writing.clone();
        }
        let writing = Writing::at(names);
        self.0 = Some((names.place().to_owned(), writing.clone()));
        writing
    }
}

/// Where a text may name a macro that prints: all else need not be visited for prints.
pub(in crate::rust) struct PrintWords(Vec<usize>);

impl PrintWords {
    /// All of a text.
    pub(in crate::rust) fn of(text: &str) -> Self {
        let find = |word: &'static str| memmem::find_iter(text.as_bytes(), word);
        let mut offsets: Vec<usize> = find("print").chain(find("dbg")).collect();
        offsets.sort_unstable();
        Self(offsets)
    }

    /// Whether one of them begins in `span`.
    pub(in crate::rust) fn any_in(&self, span: Span) -> bool {
        let first = self.0.partition_point(|&offset| offset < span.start);
        self.0.get(first).is_some_and(|&offset| offset < span.end)
    }
}

/// Whether what is printed is an order to cargo, which reads it to the end: `println!("cargo:rerun-if-changed=…")`.
fn is_directive(mac: &syn::Macro) -> bool {
    let mut tokens = mac.tokens.clone().into_iter();
    let first = match [tokens.next(), tokens.next(), tokens.next()] {
        [Some(TokenTree::Ident(name)), Some(_), Some(TokenTree::Group(parts))] if name == "concat" => {
            parts.stream().into_iter().next()
        }
        [first, ..] => first,
    };
    let text = first.and_then(|first| syn::parse2::<syn::LitStr>(first.into()).ok());
    text.is_some_and(|text| text.value().trim_start_matches('\n').starts_with("cargo:"))
}

impl Collector<'_> {
    /// Notes a macro call if it prints.
    pub(in crate::rust) fn print(&mut self, mac: &syn::Macro, statement: Option<bool>) {
        let Some(name) = last_name(&mac.path) else {
            return;
        };
        if !prints(&name) || self.const_depth > 0 || !self.names.is_std_macro(&Written::from(&mac.path)) {
            return;
        }
        if matches!(name.as_str(), "print" | "println") && is_directive(mac) {
            return;
        }
        let callee = self
            .offsets
            .of(mac.path.span())
            .cover(self.offsets.of(mac.bang_token.span));
        let inside = edges::inside(&mac.delimiter, self.offsets);
        let writing = self.last_writing.at(&self.names);
        let module = self.imports.last();
        self.found.prints.push(FoundPrint {
            print: Print {
                id: 0,
                call: Span::new(callee.start, self.offsets.of(edges::close(&mac.delimiter)).end),
                callee,
                path: format!("{name}!"),
                text: Vec::new(),
                in_test: self.in_test(),
                caught: None,
            },
            note: PrintNote {
                name,
                statement,
                inside,
                is_sealed: !self.seals.is_empty() || self.frames.iter().any(|frame| matches!(frame, Frame::Sealed(_))),
                is_empty: mac.tokens.is_empty(),
                writing,
                import: module.and_then(|module| module.place.clone()),
                is_conditional: module.is_some_and(|module| self.names.assumed() > module.assumed),
                clash: *self.clash.get_or_init(|| clash(self.source.text())),
                in_endless_loop: false,
            },
        });
    }
}

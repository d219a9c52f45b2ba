//! The standard library's printing macros.

use foldhash::HashSet;
use memchr::memmem;
use proc_macro2::TokenTree;
use syn::spanned::Spanned;

use super::clashes::clash;
use super::collect::Collector;
use super::edges;
use super::frames::Frame;
use super::imports::ImportPlace;
use super::names::{Names, Written, plain};
use super::rewrite::safe_print;
use super::spelling;
use crate::facts::Rustfmt;
use crate::sites::Print;
use crate::source::{SourceFile, Span};

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
    /// How the write that it becomes is spelled.
    pub(super) writing: Writing,
    /// Where the trait's import goes, if it can go anywhere.
    pub(super) import: Option<ImportPlace>,
    /// A `#[cfg]` within the module decides whether it is there, and no print that is always there needs the same import.
    pub(super) is_conditional: bool,
    /// A use of a method that `std::io::Write` has too: where another trait's is meant, importing that makes it ambiguous.
    pub(super) clash: Option<&'static str>,
    /// It is in a loop that nothing leaves: only the panic ends it.
    pub(super) in_endless_loop: bool,
}

/// How a write to a stream is spelled at a place.
#[derive(Clone, Debug)]
pub(super) struct Writing {
    /// `std`, or `::std` where something else is called so.
    pub(super) std: String,
    /// `write!` and `writeln!` are the standard library's.
    pub(super) is_std_macro: bool,
    /// The trait `std::io::Write` is in scope.
    pub(super) has_trait: bool,
    /// It may be: a `#[cfg]` decides.
    pub(super) may_have_trait: bool,
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
pub(super) struct LastWriting(Option<(String, Writing)>);

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
pub(super) struct PrintWords(Vec<usize>);

impl PrintWords {
    /// All of a text.
    pub(super) fn of(text: &str) -> Self {
        let find = |word: &'static str| memmem::find_iter(text.as_bytes(), word);
        let mut offsets: Vec<usize> = find("print").chain(find("dbg")).collect();
        offsets.sort_unstable();
        Self(offsets)
    }

    /// Whether one of them begins in `span`.
    pub(super) fn any_in(&self, span: Span) -> bool {
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

/// Whether the standard library's macro of this name prints.
pub(super) fn prints(name: &str) -> bool {
    matches!(name, "print" | "println" | "eprint" | "eprintln" | "dbg")
}

/// Tells the prints behind a `#[cfg]` that another one, which is always there, brings the import that they need with its fix.
pub(super) fn share_imports(source: &SourceFile, prints: &mut [FoundPrint]) {
    let place = |found: &FoundPrint| found.note.import.as_ref().map(|import| import.offset);
    let brings = |found: &&FoundPrint| {
        let note = &found.note;
        !note.is_conditional
            && !note.writing.has_trait
            && safe_print(source, &found.print, note, &Rustfmt::default()).is_ok()
    };
    let brought: HashSet<Option<usize>> = prints.iter().filter(brings).map(place).collect();
    for found in prints {
        found.note.is_conditional &= !brought.contains(&place(found));
    }
}

impl Collector<'_> {
    /// Notes a macro call if it prints.
    pub(super) fn print(&mut self, mac: &syn::Macro, statement: Option<bool>) {
        let Some(name) = mac.path.segments.last().map(|segment| plain(&segment.ident)) else {
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

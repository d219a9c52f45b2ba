//! The Python front end: the only place that knows Python's parser.

mod anchor;
mod bounds;
mod callers;
mod collect;
mod comments;
mod connects;
mod deadlines;
mod names;
mod parse;
mod rewrite;
#[cfg(test)]
mod tests;
mod usage;

use ruff_python_ast::ModModule;
use ruff_python_parser::Parsed;

use self::anchor::Anchor;
use self::names::Names;
use crate::catalog::Catalog;
use crate::fix::{Fix, Refusal};
use crate::rules::{Context, DeadlineRequest, Rewrite};
use crate::sites::{Connect, Print, PrintFallback, Sites};
use crate::source::{SourceFile, SyntaxError};

mod verify;

pub use verify::verify;

/// A parsed file: its sites, and what the rewrites need of it.
pub struct Module<'a> {
    source: &'a SourceFile,
    parsed: Parsed<ModModule>,
    names: Names,
    sites: Sites,
    /// By [`Connect::id`].
    anchors: Vec<Anchor>,
    /// What the rewrites find out about the module once.
    facts: rewrite::Facts,
}

impl<'a> Module<'a> {
    /// Parses `source` and collects its sites. Does not panic, abort or overflow the stack on any input (given a stack
    /// of at least [`crate::check::STACK_BYTES`]).
    ///
    /// # Errors
    /// Where and why the file does not parse.
    pub fn parse(source: &'a SourceFile, catalog: &Catalog) -> Result<Self, SyntaxError> {
        let parsed = parse::parse(source)?;
        let names = Names::build(parsed.syntax());
        let (connects, anchors) = collect::connects(parsed.syntax(), &names, catalog);
        let sites = Sites {
            connects,
            comments: comments::comments(source, parsed.tokens()),
            ..Sites::default()
        };
        Ok(Self {
            source,
            parsed,
            names,
            sites,
            anchors,
            facts: rewrite::Facts::default(),
        })
    }

    /// The facts that the rules read.
    #[must_use]
    pub fn sites(&self) -> &Sites {
        &self.sites
    }
}

impl Rewrite for Module<'_> {
    fn external_deadline(&self, connect: &Connect, request: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        rewrite::external_deadline(self, connect, request)
    }

    fn drop_timeout_argument(&self, connect: &Connect, request: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        rewrite::drop_timeout_argument(self, connect, request)
    }

    fn safe_print(&self, _print: &Print, _context: &Context<'_>) -> Result<Fix, Refusal> {
        Err(Refusal::because("not written yet"))
    }

    fn sound_print_fallback(&self, _fallback: &PrintFallback) -> Result<Fix, Refusal> {
        Err(Refusal::because("not written yet"))
    }
}

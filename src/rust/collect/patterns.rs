//! What patterns say by themselves: their names, and what of a value stands behind each.

use syn::visit::{self, Visit};
use syn::{Expr, Pat};

use crate::rust::names::{last_name, plain};

/// `Ok(x)`, `Some(x)`: what is in it counts for it.
pub(in crate::rust) fn is_unwrapping(pat: &syn::PatTupleStruct) -> bool {
    let last = last_name(&pat.path);
    pat.elems.len() == 1 && matches!(last.as_deref(), Some("Ok" | "Some" | "Ready"))
}

/// The patterns of a tuple's elements up to the `..`.
pub(in crate::rust) fn leading(tuple: &syn::PatTuple) -> impl Iterator<Item = &Pat> {
    tuple.elems.iter().take_while(|pat| !matches!(pat, Pat::Rest(_)))
}

/// The patterns of a slice's single elements: `rest @ ..` is many of them.
pub(in crate::rust) fn single(slice: &syn::PatSlice) -> impl Iterator<Item = &Pat> {
    let is_single = |pat: &&Pat| match pat {
        Pat::Rest(_) => false,
        Pat::Ident(ident) => ident.subpat.is_none(),
        _ => true,
    };
    slice.elems.iter().filter(is_single)
}

/// The names of a tuple's elements, where it has one for each value.
pub(in crate::rust) fn all_names<'p>(
    tuple: &'p syn::PatTuple,
    values: &syn::ExprTuple,
) -> Option<Vec<&'p syn::PatIdent>> {
    let name = |pat: &'p Pat| match pat {
        Pat::Ident(ident) if ident.subpat.is_none() => Some(ident),
        _ => None,
    };
    let names: Option<Vec<_>> = tuple.elems.iter().map(name).collect();
    names.filter(|names| names.len() == values.elems.len())
}

/// The names of a pattern's variables.
pub(in crate::rust) fn names_of(pat: &Pat) -> Vec<String> {
    let mut names = Vec::new();
    PatternNames(&mut names).visit_pat(pat);
    names
}

/// Collects the variables of a pattern.
struct PatternNames<'a>(&'a mut Vec<String>);

impl<'ast> Visit<'ast> for PatternNames<'_> {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        let name = plain(&pat.ident);
        // `None` and `MAX` in a pattern are constants.
        if name.starts_with(|c: char| c.is_lowercase() || c == '_') {
            self.0.push(name);
        }
        visit::visit_pat_ident(self, pat);
    }

    fn visit_expr(&mut self, _: &'ast Expr) {}
}

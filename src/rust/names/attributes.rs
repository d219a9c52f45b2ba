//! What attributes say about a function: test, paused clock, deadline.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Meta};

use crate::rust::names::durations;
use crate::rust::names::{last_name, plain};
use crate::rust::syntax::cfg;
use crate::rust::syntax::parse::Offsets;
use crate::sites::{Bound, Deadline, Entered};

/// Whether a test harness runs the function: `#[test]`, `#[tokio::test]`, `#[rstest]`, `#[cfg_attr(unix, tokio::test)]`, …
pub(in crate::rust) fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| match &attr.meta {
        Meta::List(list) if attr.path().is_ident("cfg_attr") => {
            let given = cfg::given(&list.tokens.to_string());
            given.iter().any(|name| makes_test(name))
        }
        _ => name_of(attr).is_some_and(|name| makes_test(&name)),
    })
}

/// Whether an attribute whose path ends with this name makes a test of a function: one that is called so, and those of the
/// crates whose attribute is called otherwise.
pub(in crate::rust) fn makes_test(name: &str) -> bool {
    name == "test"
        || name.ends_with("_test")
        || matches!(
            name,
            "rstest" | "test_case" | "test_matrix" | "test_log" | "quickcheck" | "proptest" | "gtest" | "bench"
        )
}

/// Whether tokio runs the function: `#[tokio::test]`, `#[tokio::main]`.
pub(in crate::rust) fn runs_in_tokio(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let names: Vec<_> = attr
            .path()
            .segments
            .iter()
            .map(|segment| plain(&segment.ident))
            .collect();
        matches!(names.as_slice(), [tokio, name] if tokio == "tokio" && (name == "test" || name == "main"))
    })
}

/// Whether a test is meant to panic.
pub(in crate::rust) fn should_panic(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("should_panic"))
}

/// Whether an item only exists in tests: `#[cfg(test)]`, `#[cfg(all(test, …))]`.
pub(in crate::rust) fn is_cfg_test(attrs: &[Attribute]) -> bool {
    predicates(attrs).any(|predicate| cfg::is_for_tests(&predicate))
}

/// The conditions under which an item exists, each in one spelling.
pub(in crate::rust) fn conditions(attrs: &[Attribute]) -> Vec<String> {
    predicates(attrs)
        .flat_map(|predicate| cfg::conditions(&predicate))
        .collect()
}

fn predicates(attrs: &[Attribute]) -> impl Iterator<Item = String> {
    attrs.iter().flat_map(|attr| match &attr.meta {
        Meta::List(list) if attr.path().is_ident("cfg") => vec![list.tokens.to_string()],
        Meta::List(list) if attr.path().is_ident("cfg_attr") => given_predicates(list),
        _ => Vec::new(),
    })
}

/// `cfg_attr(a, cfg(b))` as `any(not(a), b)`.
fn given_predicates(list: &syn::MetaList) -> Vec<String> {
    let parts = list.parse_args_with(Punctuated::<Meta, syn::Token![,]>::parse_terminated);
    let mut parts = parts.into_iter().flatten();
    let Some(condition) = parts.next() else {
        return Vec::new();
    };
    let condition = condition.into_token_stream();
    let given = parts.filter_map(|part| match part {
        Meta::List(given) if given.path.is_ident("cfg") => Some(format!("any(not({condition}), {})", given.tokens)),
        _ => None,
    });
    given.collect()
}

/// Where the code of a module is: `#[path = "…"]`.
pub(in crate::rust) fn path(attrs: &[Attribute]) -> Option<String> {
    attrs.iter().find_map(|attr| match &attr.meta {
        Meta::NameValue(named) if attr.path().is_ident("path") => match &named.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Whether a trait of this name is derived.
pub(in crate::rust) fn derives(attrs: &[Attribute], name: &str) -> bool {
    attrs.iter().any(|attr| match &attr.meta {
        Meta::List(list) if attr.path().is_ident("derive") => {
            idents(list.tokens.clone()).iter().any(|ident| ident == name)
        }
        _ => false,
    })
}

/// Whether tokio's clock stands still from the start: `#[tokio::test(start_paused = true)]`.
pub(in crate::rust) fn starts_paused(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        matches!(&attr.meta, Meta::List(list) if {
            let names = idents(list.tokens.clone());
            names.windows(2).any(|pair| matches!(pair, [name, value] if name == "start_paused" && value == "true"))
        })
    })
}

/// The deadlines that attributes put around the whole function: rstest's `#[timeout(duration)]` and ntest's
/// `#[timeout(milliseconds)]`.
pub(in crate::rust) fn deadlines(attrs: &[Attribute], offsets: Offsets) -> Vec<Deadline> {
    let is_rstest = attrs.iter().filter_map(name_of).any(|name| name == "rstest");
    attrs
        .iter()
        .filter(|attr| name_of(attr).is_some_and(|name| name == "timeout"))
        .filter_map(|attr| {
            let Meta::List(list) = &attr.meta else { return None };
            let first = list
                .parse_args_with(Punctuated::<Expr, syn::Token![,]>::parse_terminated)
                .ok()?
                .into_iter()
                .next()?;
            let in_milliseconds = durations::number(&first, &|_| None).filter(|_| !is_rstest);
            let bound = in_milliseconds.map_or_else(
                || durations::bound(&first, 1.0, &|_| None),
                |milliseconds| Bound::Seconds(milliseconds * 1e-3),
            );
            let names: Vec<_> = attr
                .path()
                .segments
                .iter()
                .map(|segment| plain(&segment.ident))
                .collect();
            let start = offsets.of(attr.pound_token.span);
            Some(Deadline {
                span: start.cover(offsets.of(attr.bracket_token.span.close())),
                path: format!("#[{}]", names.join("::")),
                bound,
                entered: Entered::Here,
            })
        })
        .collect()
}

/// Whether an attribute has this name, whatever path leads to it.
pub(in crate::rust) fn is_called(attr: &Attribute, name: &str) -> bool {
    name_of(attr).is_some_and(|last| last == name)
}

fn name_of(attr: &Attribute) -> Option<String> {
    last_name(attr.path())
}

fn idents(tokens: TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => names.extend(idents(group.stream())),
            TokenTree::Ident(ident) => names.push(ident.to_string()),
            _ => {}
        }
    }
    names
}

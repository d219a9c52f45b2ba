//! What macros are given where items stand.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::rust::names::macros::is_no_code;
use crate::rust::names::plain;

/// Items that a macro is given, and under which condition they are there.
#[derive(Default)]
pub(in crate::rust) struct GivenItems {
    pub(in crate::rust) items: Vec<syn::Item>,
    /// The predicate of a `#[cfg(…)]`.
    pub(in crate::rust) condition: Option<String>,
}

/// The items that a macro is given where items stand: all of its tokens, or those in its braces
/// (`cfg_if! { if #[cfg(unix)] { use a::b; } else { … } }`). None where they are something else.
pub(in crate::rust) fn items(mac: &syn::Macro) -> Vec<GivenItems> {
    let last = mac.path.segments.last();
    if last.is_some_and(|last| is_no_code(&plain(&last.ident))) {
        return Vec::new();
    }
    if let Some(items) = items_of(mac.tokens.clone()) {
        return vec![GivenItems { items, condition: None }];
    }
    let mut found = Vec::new();
    // The predicate in front of the next braces, and those in front of the braces before an `else`.
    let (mut own, mut before): (Option<String>, Vec<String>) = (None, Vec::new());
    let mut is_otherwise = false;
    for tree in mac.tokens.clone() {
        match tree {
            TokenTree::Ident(word) if word == "else" => is_otherwise = true,
            TokenTree::Ident(word) if word == "if" && !is_otherwise => before.clear(),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => own = predicate(group.stream()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let earlier = before.iter().filter(|_| is_otherwise);
                let all: Vec<String> = earlier
                    .map(|other| format!("not({other})"))
                    .chain(own.clone())
                    .collect();
                let condition = (!all.is_empty()).then(|| format!("all({})", all.join(",")));
                let items = items_of(group.stream());
                found.extend(items.map(|items| GivenItems { items, condition }));
                before.extend(own.take());
                is_otherwise = false;
            }
            _ => {}
        }
    }
    found
}

/// What stands in the brackets of `#[cfg(…)]`.
fn predicate(attribute: TokenStream) -> Option<String> {
    match attribute.into_iter().collect::<Vec<_>>().as_slice() {
        [TokenTree::Ident(cfg), TokenTree::Group(inside)] if cfg == "cfg" => Some(inside.stream().to_string()),
        _ => None,
    }
}

fn items_of(tokens: TokenStream) -> Option<Vec<syn::Item>> {
    // Most macros that stand there are given something else.
    const BEGINNINGS: [&str; 4] = ["fn", "impl", "mod", "use"];
    let is_item = |tree: TokenTree| matches!(tree, TokenTree::Ident(word) if BEGINNINGS.iter().any(|of| word == of));
    let may_be = tokens.clone().into_iter().any(is_item);
    may_be
        .then(|| syn::parse2::<syn::File>(tokens).ok())
        .flatten()
        .map(|file| file.items)
}

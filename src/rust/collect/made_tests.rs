//! Tests that macros of the project make of what they are given.

use proc_macro2::{Delimiter, TokenTree};
use quote::quote;

use super::Collector;
use crate::rust::names::given_items::GivenItems;

impl Collector<'_> {
    /// The tests that a macro makes of the blocks that it is given: `ws_test!(greets, { … })`.
    pub(in crate::rust) fn tests_made_by(&self, mac: &syn::Macro) -> Vec<GivenItems> {
        let definition = self.macro_called(&mac.path).unwrap_or_default();
        let [true, is_async, true] = definition.made else {
            return Vec::new();
        };
        let (mut name, mut items) = (None, Vec::new());
        for tree in mac.tokens.clone() {
            match (tree, &name) {
                (TokenTree::Ident(word), _) => name = Some(word),
                (TokenTree::Group(body), Some(name)) if body.delimiter() == Delimiter::Brace => {
                    let made = match is_async {
                        true => quote!(#[tokio::test] async fn #name() #body),
                        false => quote!(#[test] fn #name() #body),
                    };
                    items.extend(syn::parse2(made).ok());
                }
                _ => {}
            }
        }
        vec![GivenItems { items, condition: None }]
    }
}

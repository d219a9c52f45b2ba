//! The folders of `src/` stand on each other: each uses only those that CONTRIBUTING lists below it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item};

use crate::agreement::{is_test_code, sources};
use crate::root;

/// What begins and uses everything: no layer.
const WHOLE: [&str; 2] = ["main", "lib"];

#[test]
fn every_folder_uses_only_what_stands_below_it() {
    let layers = layers();
    let mut upwards = Vec::new();
    for path in all_sources().into_iter().filter(|path| !is_test_code(path)) {
        let name = layer_of(&path);
        if WHOLE.contains(&name.as_str()) {
            continue;
        }
        let own = layers
            .get(&name)
            .unwrap_or_else(|| panic!("CONTRIBUTING does not list `{name}`"));
        for used in used_by(&path) {
            let is_below = layers.get(&used).is_none_or(|layer| layer > own);
            if used != name && !is_below {
                upwards.push(format!("{}: crate::{used}", path.display()));
            }
        }
    }
    assert!(
        upwards.is_empty(),
        "these use what stands beside or above them:\n{}",
        upwards.join("\n")
    );
}

#[test]
fn every_layer_is_there() {
    let there: BTreeSet<String> = all_sources().iter().map(|path| layer_of(path)).collect();
    let listed: BTreeSet<String> = layers().into_keys().chain(WHOLE.map(str::to_owned)).collect();
    assert_eq!(there, listed);
}

/// The folders and files of `src/` as CONTRIBUTING lists them, with the number of their line.
fn layers() -> BTreeMap<String, usize> {
    let paper = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("it is there");
    let list = paper.lines().skip_while(|line| !line.starts_with("src/ ")).skip(1);
    let list = list.take_while(|line| line.starts_with(' '));
    let mut layers = BTreeMap::new();
    for (number, line) in list.enumerate() {
        let words = line.split_whitespace();
        let names = words.map_while(|word| word.strip_suffix('/').or_else(|| word.strip_suffix(".rs")));
        for name in names.filter(|name| !name.contains('/')) {
            layers.insert(name.to_owned(), number);
        }
    }
    layers
}

fn all_sources() -> Vec<PathBuf> {
    let mut all = sources(&root().join("src"));
    all.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    all
}

/// `rules` for `src/rules/mod.rs`, `check` for `src/check.rs`.
fn layer_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("it is below src");
    let first = PathBuf::from(inside.components().next().expect("it has a name").as_os_str());
    first.file_stem().expect("it has a name").to_string_lossy().into_owned()
}

/// The modules `x` of `crate::x` in a file, but for what is only compiled for tests.
fn used_by(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).expect("it is there");
    let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut used = BTreeSet::new();
    for item in file.items.iter().filter(|item| !is_for_tests(item)) {
        look(item.to_token_stream(), &mut used);
    }
    used
}

fn is_for_tests(item: &Item) -> bool {
    let attributes: &[Attribute] = match item {
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => &[],
    };
    let is_test = |attribute: &Attribute| attribute.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]";
    attributes.iter().any(is_test)
}

fn look(tokens: TokenStream, used: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => look(group.stream(), used),
            TokenTree::Ident(word) if word == "crate" => match tokens.get(index + 3) {
                Some(TokenTree::Ident(module)) => {
                    used.insert(module.to_string());
                }
                // `use crate::{check, fix};`
                Some(TokenTree::Group(group)) => {
                    let listed: Vec<TokenTree> = group.stream().into_iter().collect();
                    for part in listed.split(|token| token.to_string() == ",") {
                        used.extend(part.first().map(ToString::to_string));
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}

//! The folders of `src/` stand on each other: each uses only those that CONTRIBUTING lists below it, and nothing in them goes
//! round in circles.

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

/// The front ends. A part is a file, or a folder with all that is in it.
const FRONT_ENDS: [&str; 2] = ["python", "rust"];

#[test]
fn no_part_of_a_front_end_uses_one_that_uses_it() {
    for front_end in FRONT_ENDS {
        let mut uses = parts_used(front_end);
        // Who uses nothing that is left goes, and who is used by nothing: what stays is in a circle, or between two.
        loop {
            let before = uses.len();
            uses.retain(|_, used| !used.is_empty());
            let used: BTreeSet<String> = uses.values().flatten().cloned().collect();
            uses.retain(|part, _| used.contains(part));
            let left: BTreeSet<String> = uses.keys().cloned().collect();
            for used in uses.values_mut() {
                used.retain(|part| left.contains(part));
            }
            if uses.len() == before {
                break;
            }
        }
        assert!(uses.is_empty(), "in circles, in src/{front_end}: {uses:#?}");
    }
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
    let paths = paths_in(path).into_iter().filter(|path| path[0] == "crate");
    paths.filter_map(|path| path.get(1).cloned()).collect()
}

/// Which parts of a front end each of its parts uses.
fn parts_used(front_end: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = root().join("src").join(front_end);
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in sources(&folder).into_iter().filter(|path| !is_test_code(path)) {
        let inside = path
            .strip_prefix(&folder)
            .expect("it is below the folder")
            .with_extension("");
        let names = inside.iter().map(|name| name.to_string_lossy().into_owned());
        let module: Vec<String> = names.filter(|name| name != "mod").collect();
        // `mod.rs` of the front end itself uses everything.
        let Some(part) = module.first() else { continue };
        let used = paths_in(&path)
            .into_iter()
            .filter_map(|path| part_of(&path, front_end, module.len()));
        uses.entry(part.clone())
            .or_default()
            .extend(used.filter(|used| used != part));
    }
    uses
}

/// The part of a front end that a path leads to out of a module that is so deep below it.
fn part_of(path: &[String], front_end: &str, depth: usize) -> Option<String> {
    let above = path.iter().take_while(|name| *name == "super").count();
    match path {
        [first, second, part, ..] if first == "crate" && second == front_end => Some(part.clone()),
        _ if above == depth => path.get(above).cloned(),
        _ => None,
    }
}

/// The paths in a file that begin with `crate` or `super`, but for what is only compiled for tests.
fn paths_in(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).expect("it is there");
    let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut paths = Vec::new();
    for item in file.items.iter().filter(|item| !is_for_tests(item)) {
        look(item.to_token_stream(), &mut paths);
    }
    paths
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

fn look(tokens: TokenStream, paths: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Ident(word) if word == "crate" || word == "super" => {
                at = follow(&tokens, at, Vec::new(), paths);
                continue;
            }
            TokenTree::Group(group) => look(group.stream(), paths),
            _ => {}
        }
        at += 1;
    }
}

/// Reads the path whose next name, or `{a, b}`, stands at the token `at`, behind the names that are read; gives the token behind it.
fn follow(tokens: &[TokenTree], mut at: usize, mut path: Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    let is_colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(name)) => path.push(name.to_string()),
            // `use crate::{check, fix};`
            Some(TokenTree::Group(group)) => {
                let listed: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in listed.split(|token| token.to_string() == ",") {
                    follow(part, 0, path.clone(), paths);
                }
                return at + 1;
            }
            _ => break,
        }
        at += 1;
        if !(is_colon(at) && is_colon(at + 1)) {
            break;
        }
        at += 2;
    }
    paths.push(path);
    at
}

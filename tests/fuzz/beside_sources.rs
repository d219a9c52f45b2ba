//! What lies beside the sources: the corpora of its targets, and what mutations make of them.

use std::fs;
use std::path::Path;

use crate::beside;
use crate::mutate::Mutator;

/// How many mutations of each corpus are tried.
const MUTATIONS: usize = 150;

#[test]
fn configurations_come_to_an_end() {
    feed("configuration", beside::configuration);
}

#[test]
fn manifests_come_to_an_end() {
    feed("manifest", beside::manifest);
    // Each name is reached.
    for at in 0..beside::MANIFESTS.len() {
        let input = [&[u8::try_from(at).unwrap()], b"[a]\n\xff = {".as_slice()].concat();
        beside::manifest(&input);
    }
}

#[test]
fn lock_files_come_to_an_end() {
    feed("lock", beside::lock);
    for at in 0..beside::LOCKS.len() {
        beside::lock(&[&[u8::try_from(at).unwrap()], b"[[package]]\nname = ".as_slice()].concat());
    }
}

#[test]
fn diffs_come_to_an_end() {
    feed("diff", beside::diff);
}

/// At least one of the seeds has something to tell, or the target shows nothing.
fn feed(target: &str, look: fn(&[u8]) -> beside::Told) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // What a fuzzer adds has no such name.
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some()).collect();
    paths.sort();
    let seeds: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(seeds.iter().map(|seed| look(seed)).sum::<usize>() > 0);
    let mut mutator = Mutator::new(&seeds, 1);
    for _ in 0..MUTATIONS {
        look(&mutator.next_input());
    }
}

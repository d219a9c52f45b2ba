//! The fuzz targets without a fuzzer: their corpus, and fixtures that are mutated the same way in every run.
//!
//! `WS_LINT_FUZZ_SECONDS=600 cargo test --release --test fuzz` mutates for so long, from another beginning each time.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says why and ends"
)]

#[path = "../../fuzz/beside.rs"]
mod beside;
mod beside_sources;
mod manifests;
mod mutate;
#[path = "../../fuzz/one_input.rs"]
mod one_input;

use std::env;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ws_lint::source::Language;

use mutate::Mutator;

/// How many mutations of each language's files a usual run tries.
const MUTATIONS: usize = 150;

/// The length of a long file, in bytes. Without optimizations everything is some thirty times slower.
const LONG: usize = if cfg!(debug_assertions) { 1 << 17 } else { 1 << 20 };

#[test]
fn the_corpus_of_python_keeps_the_promises() {
    assert!(replay(Language::Python) > 0);
}

#[test]
fn the_corpus_of_rust_keeps_the_promises() {
    assert!(replay(Language::Rust) > 0);
}

#[test]
fn mutated_python_keeps_the_promises() {
    mutate_files(Language::Python);
}

#[test]
fn mutated_rust_keeps_the_promises() {
    mutate_files(Language::Rust);
}

#[test]
fn a_long_python_file_is_fixed() {
    assert_ends(Language::Python, "every-shape-of-a-connect.py");
}

#[test]
fn a_long_rust_file_is_fixed() {
    assert_ends(Language::Rust, "connects.rs");
}

/// How many fixes were applied to the corpus.
fn replay(language: Language) -> usize {
    let files = files(&corpus(language), language);
    assert!(!files.is_empty());
    let applied = |path: &PathBuf| match one_input::hold(language, &fs::read(path).unwrap()) {
        Ok(applied) => applied,
        Err(broken) => panic!("{}: {broken}", path.display()),
    };
    files.iter().map(applied).sum()
}

fn mutate_files(language: Language) {
    let paths = [corpus(language), fixtures(language)];
    let seeds: Vec<_> = paths
        .iter()
        .flat_map(|folder| files(folder, language))
        .map(|path| fs::read(path).unwrap())
        .collect();
    let long_run = env::var("WS_LINT_FUZZ_SECONDS")
        .ok()
        .map(|seconds| seconds.parse().unwrap());
    let end = Instant::now() + Duration::from_secs(long_run.unwrap_or(0));
    let beginning = match long_run {
        Some(_) => SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos(),
        None => 1,
    };
    let mut mutator = Mutator::new(&seeds, beginning);
    let (mut tried, mut applied) = (0, 0);
    while tried < MUTATIONS || Instant::now() < end {
        let input = mutator.next_input();
        applied += hold_or_keep(language, &input);
        tried += 1;
    }
    println!("{tried} mutations of {language}, {applied} fixes applied");
    assert!(applied > 0, "the mutations leave nothing to fix");
}

/// The fixes that were applied. An input that breaks a promise is written to a file first.
fn hold_or_keep(language: Language, input: &[u8]) -> usize {
    let keep = || {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("broken{}", extension(language)));
        fs::write(&path, input).unwrap();
        path
    };
    match catch_unwind(|| one_input::hold(language, input)) {
        Ok(Ok(applied)) => applied,
        Ok(Err(broken)) => panic!("{}: {broken}", keep().display()),
        Err(_) => panic!("{}: it panicked", keep().display()),
    }
}

/// Fixes a seed that is repeated until it is long: were that to take the square of its length, nobody would see it end.
fn assert_ends(language: Language, seed: &str) {
    let seed = fs::read(corpus(language).join(seed)).unwrap();
    let text = seed.repeat(LONG / seed.len());
    let applied = one_input::hold(language, &text).unwrap();
    assert!(applied > 100, "{applied} fixes");
}

fn corpus(language: Language) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(language.to_string().to_lowercase())
}

fn fixtures(language: Language) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(language.to_string().to_lowercase())
}

fn extension(language: Language) -> &'static str {
    match language {
        Language::Python => ".py",
        Language::Rust => ".rs",
        Language::Manifest => ".txt",
    }
}

/// The files of a language below a folder, in order.
fn files(folder: &Path, language: Language) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path, language));
        } else if path.to_str().unwrap().ends_with(extension(language)) {
            files.push(path);
        }
    }
    files.sort();
    files
}

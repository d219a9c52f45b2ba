//! Arbitrary bytes as a Python file.

#![no_main]

#[path = "../one_input.rs"]
mod one_input;

use libfuzzer_sys::fuzz_target;
use ws_lint::source::Language;

fuzz_target!(|bytes: &[u8]| one_input::hold(Language::Python, bytes).map(drop).expect("a broken promise"));

//! Arbitrary bytes as a manifest, under the name that the first byte says.

#![no_main]

#[path = "../beside.rs"]
#[allow(dead_code, reason = "the other targets use the rest")]
mod beside;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    beside::manifest(bytes);
});

//! The pictures of the README show what the program prints.

use std::fs;

use crate::{drawn, read, root};

#[test]
fn the_pictures_show_what_is_printed() {
    let pictures = drawn::pictures().unwrap_or_else(|error| panic!("{error}"));
    for (name, picture) in pictures {
        assert!(read("README.md").contains(name), "the README shows {name}");
        if std::env::var_os("WS_LINT_BLESS").is_some_and(|value| value == "1") {
            fs::write(root().join(name), &picture).unwrap();
        }
        assert_eq!(read(name), picture, "`cargo run --example picture` draws it anew");
    }
}

use super::*;

#[derive(Debug)]
struct Everything;

impl Known for Everything {
    fn knows(&self, path: &str) -> bool {
        ["tokio_tungstenite::connect_async", "tokio_tungstenite::tungstenite"].contains(&path)
    }
}

/// What `path` means at the root of `text`, or in its module `m` when `in_module`.
fn meaning(text: &str, path: &str, in_module: bool) -> Name {
    let file: syn::File = syn::parse_str(text).unwrap();
    let mut names = Names::of(&file, FilePath::new("src/lib.rs"), &Everything);
    if in_module {
        let module = file.items.iter().find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "m" => Some(module),
            _ => None,
        });
        let module = module.unwrap();
        let _ = names.enter_module(&module.ident, &module.content.as_ref().unwrap().1);
    }
    names.resolve(&Written::from(&syn::parse_str::<syn::Path>(path).unwrap()))
}

const CONNECT: &str = "tokio_tungstenite::connect_async";

fn means_connect(text: &str, path: &str) -> bool {
    meaning(text, path, false) == Name::Extern(CONNECT.to_owned())
}

#[test]
fn imports_are_followed() {
    for (text, path) in [
        ("", CONNECT),
        ("", "::tokio_tungstenite::connect_async"),
        ("use tokio_tungstenite::connect_async;", "connect_async"),
        (
            "use ::tokio_tungstenite::{connect_async as c, tungstenite::{self, Message}};",
            "c",
        ),
        ("use tokio_tungstenite as ws;", "ws::connect_async"),
        (
            "use tokio_tungstenite::{self as ws, connect_async as c};",
            "ws::connect_async",
        ),
        ("extern crate tokio_tungstenite as y;", "y::connect_async"),
        ("use tokio_tungstenite;", CONNECT),
        ("use tokio_tungstenite::*;", "connect_async"),
        (
            "mod m { pub use tokio_tungstenite::connect_async as open; } use m::open;",
            "open",
        ),
        (
            "mod m { pub use tokio_tungstenite::connect_async as open; }",
            "crate::m::open",
        ),
        (
            "mod m { pub use tokio_tungstenite::*; } use self::m::*;",
            "connect_async",
        ),
    ] {
        assert!(
            means_connect(text, path),
            "{path} in {text}: {:?}",
            meaning(text, path, false)
        );
    }
}

#[test]
fn shadowed_names_mean_something_else() {
    for (text, path) in [
        ("fn connect_async() {} use tokio_tungstenite::*;", "connect_async"),
        ("mod tokio_tungstenite { pub fn connect_async() {} }", CONNECT),
        ("use other::connect_async;", "connect_async"),
        (
            "#[cfg(a)] use tokio_tungstenite::connect_async; #[cfg(b)] use other::connect_async;",
            "connect_async",
        ),
        ("use super::connect_async;", "connect_async"),
        ("use a::b; use b::a;", "a"),
    ] {
        assert!(!means_connect(text, path), "{path} in {text}");
    }
}

#[test]
fn a_module_sees_its_parents_names_only_through_a_glob() {
    let outside = "use tokio_tungstenite::connect_async; mod m {";
    assert_eq!(meaning(&format!("{outside} }}"), "connect_async", true), Name::Unknown);
    for inside in ["use super::*;", "use super::connect_async;", "use crate::*;"] {
        let found = meaning(&format!("{outside} {inside} }}"), "connect_async", true);
        assert_eq!(found, Name::Extern(CONNECT.to_owned()), "{inside}");
    }
}

#[test]
fn globs_beside_each_other_do_not_ask_each_other_for_ever() {
    let globs: String = (0..200).map(|index| format!("use g{index}::*;")).collect();
    let modules: String = (0..50)
        .map(|index| format!("mod m{index} {{ pub use super::*; }} use m{index}::*;"))
        .collect();
    assert_eq!(
        meaning(&format!("{globs}{modules}"), "connect_async", false),
        Name::Unknown
    );
    assert!(means_connect(
        &format!("{globs} use tokio_tungstenite::*;"),
        "connect_async"
    ));
}

#[test]
fn aliases_of_types_are_followed() {
    let text = "use tokio_websockets as t; type Builder = t::ClientBuilder<'static>;";
    assert_eq!(
        meaning(text, "Builder::new", false),
        Name::Extern("tokio_websockets::ClientBuilder::new".to_owned())
    );
    assert_eq!(meaning("type A = B; type B = A;", "A::new", false), Name::Unknown);
}

#[test]
fn a_macro_of_ones_own_is_not_the_standard_one() {
    for (text, std) in [
        ("", true),
        ("macro_rules! println { () => {} }", false),
        ("use anstream::println;", false),
        ("use anstream::*;", false),
        ("use std::println;", true),
    ] {
        let file: syn::File = syn::parse_str(text).unwrap();
        let names = Names::of(&file, FilePath::new("a.rs"), &Everything);
        assert_eq!(names.is_std_macro(&Written::name("println")), std, "{text}");
    }
}

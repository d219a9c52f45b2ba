//! Input that is nested deeply.

use super::*;

#[test]
fn deep_input_is_refused_or_read_but_never_overflows() {
    let repeat = |unit: &str, count: usize| unit.repeat(count);
    type Shape = Box<dyn Fn(usize) -> String + Sync>;
    let shapes: Vec<(&str, Shape)> = vec![
        (
            "parens",
            Box::new(move |n| format!("fn f() {{ {}1{} }}", repeat("(", n), repeat(")", n))),
        ),
        (
            "blocks",
            Box::new(move |n| format!("fn f() {{ {}{} }}", repeat("{", n), repeat("}", n))),
        ),
        (
            "mods",
            Box::new(move |n| format!("{}{}", repeat("mod m {", n), repeat("}", n))),
        ),
        (
            "arms",
            Box::new(move |n| format!("fn f() {{ {}1{} }}", repeat("match x { _ => ", n), repeat("}", n))),
        ),
        (
            "asyncs",
            Box::new(move |n| format!("fn f() {{ {}1{} }}", repeat("async { g(", n), repeat(").await }", n))),
        ),
        (
            "calls",
            Box::new(move |n| format!("fn f() {{ {}1{} }}", repeat("g(|| h(", n), repeat("))", n))),
        ),
        (
            "asserts",
            Box::new(move |n| format!("fn f() {{ {}1{} }}", repeat("assert!(", n), repeat(")", n))),
        ),
        (
            "selects",
            Box::new(move |n| format!("fn f() {{ {}1{} }}", repeat("select! { x = y => ", n), repeat("}", n))),
        ),
        (
            "fns",
            Box::new(move |n| format!("{}{}", repeat("fn f() {", n), repeat("}", n))),
        ),
        (
            "types",
            Box::new(move |n| format!("type T = {}u8{};", repeat("A<", n), repeat(">", n))),
        ),
        (
            "tuples",
            Box::new(move |n| format!("fn f() {{ let {}x{} = y; }}", repeat("(", n), repeat(",)", n))),
        ),
        (
            "uses",
            Box::new(move |n| format!("use {}a{};", repeat("b::{", n), repeat("}", n))),
        ),
        (
            "sum",
            Box::new(move |n| format!("fn f() {{ {}1; }}", repeat("1 + ", n))),
        ),
        (
            "chain",
            Box::new(move |n| format!("fn f() {{ x{}; }}", repeat(".connect()", n))),
        ),
        ("tries", Box::new(move |n| format!("fn f() {{ x{}; }}", repeat("?", n)))),
        (
            "awaits",
            Box::new(move |n| format!("fn f() {{ x{}; }}", repeat(".await", n))),
        ),
        (
            "minus",
            Box::new(move |n| format!("fn f() {{ {}1; }}", repeat("- ", n))),
        ),
        ("nots", Box::new(move |n| format!("fn f() {{ {}1; }}", repeat("!", n)))),
        (
            "refs",
            Box::new(move |n| format!("fn f() {{ {}x; }}", repeat("&mut ", n))),
        ),
        (
            "closures",
            Box::new(move |n| format!("fn f() {{ {}1; }}", repeat("|a, b| ", n))),
        ),
        (
            "elses",
            Box::new(move |n| format!("fn f() {{ if a {{}} {} }}", repeat("else if a {} ", n))),
        ),
        (
            "assigns",
            Box::new(move |n| format!("fn f() {{ {}1; }}", repeat("a = ", n))),
        ),
        (
            "returns",
            Box::new(move |n| format!("fn f() {{ {}1; }}", repeat("return ", n))),
        ),
        (
            "fn types",
            Box::new(move |n| format!("type T = {}u8;", repeat("fn() -> ", n))),
        ),
        (
            "at",
            Box::new(move |n| format!("fn f() {{ let {}x = y; }}", repeat("a @ ", n))),
        ),
        (
            "ifs",
            Box::new(move |n| format!("fn f() {{ {}x{} }}", repeat("if ", n), repeat(" {}", n))),
        ),
        (
            "casts",
            Box::new(move |n| format!("fn f() {{ x{}; }}", repeat(" as u8", n))),
        ),
        (
            "lets",
            Box::new(move |n| format!("fn f() {{ if x {} {{}} }}", repeat("&& let a = b ", n))),
        ),
        (
            "paths",
            Box::new(move |n| format!("fn f() {{ {}x; }}", repeat("a::", n))),
        ),
        ("uses path", Box::new(move |n| format!("use {}x;", repeat("a::", n)))),
    ];
    for (name, shape) in &shapes {
        // The largest input of the shape that the guard lets through, and one beyond.
        let (mut low, mut high) = (1, 40_000);
        while low + 1 < high {
            let middle = usize::midpoint(low, high);
            if crate::rust::syntax::depth::guard(&shape(middle), 0).is_ok() {
                low = middle
            } else {
                high = middle
            }
        }
        assert!(low > 300, "{name} is refused at {high} already");
        for count in [low, high] {
            let text = shape(count);
            let file = source("a.rs", &text);
            let _ = on_large_stack(|| {
                Module::parse(
                    &file,
                    Catalog::builtin(),
                    &ProjectFacts::default(),
                    None,
                    Announced::EVERYTHING,
                )
                .map(|module| module.sites.connects.len())
            });
        }
    }
}

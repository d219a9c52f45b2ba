//! What is looked for by what a text announces.

use super::*;

/// What a file announces where WS302 runs too.
fn announced(source: &SourceFile) -> Announced {
    let unread = Unread {
        language: Language::Rust,
        bytes: source.text().as_bytes(),
        is_test: &|| false,
    };
    let mut settings = Settings::default();
    settings.enabled.insert("WS302");
    let prescan = Prescan::new(&settings, &[]);
    prescan.announced(unread).unwrap()
}

fn parsed<'a>(source: &'a SourceFile, announced: Announced) -> Module<'a> {
    Module::parse(source, Catalog::builtin(), &ProjectFacts::default(), None, announced).unwrap()
}

#[test]
fn prints_are_the_same_where_nothing_else_is_looked_for() {
    for text in [
        "fn f() { a(|x| println!(\"{x}\"), if b { dbg!(c) } else { 1 }); }",
        "fn f() { match x { y if dbg!(y) > 1 => print!(\"a\"), _ => eprint!(\"b\") } }",
        "fn f() { let Some(x) = y else { return println!(); }; while dbg!(z) { eprintln!() } loop { print!(\"\"); } }",
        "fn f() { for x in dbg!(y) { x.g(dbg!(z)).h::<{ println!() }>(); } if let Some(a) = dbg!(b) {} }",
        "fn f() { assert!(dbg!(x) == 1, \"{}\", { println!(); 2 }); select! { _ = a => println!(\"b\"), } }",
        "fn f() { let _ = stream! { yield dbg!(1); }; quote!(println!()); printed!(println!()); }",
        "const fn f() { println!() } const X: () = println!(); static Y: () = println!(); fn g() { const { dbg!(1) } }",
        "#[test] fn f() { println!() } #[cfg(test)] mod tests { fn g() { dbg!(1); } } mod m { fn h() { dbg!(2); } }",
        "fn f() { use std::io::Write; println!(); { use anstream::println; println!(); fn g() { println!() } } }",
        "use std::io::Write as _; mod m { fn f() { println!() } use x::std; } fn g() { macro_rules! eprintln { () => {} } }",
        "fn f() { eprintln!() } mod m { macro_rules! eprintln { () => {} } } impl T { fn g(&self) { print!(\"x\") } }",
        "trait T { fn g(&self) { print!(\"x\") } const C: u8 = dbg!(1); } fn f(println: u8) { let std = 1; println!() }",
        "fn f() { g(|| { a(); }); } // noqa\nfn g() { h(); println!(); } // ws-lint: ignore\n",
        "fn f() { async move { println!() }; unsafe { dbg!(x = y) }; [dbg!(1); 2]; (S { a: dbg!(3), ..dbg!(b) }, !dbg!(t)); }",
    ] {
        let source = source("src/lib.rs", text);
        let announced = announced(&source);
        let others = [Sign::Connect, Sign::Receive, Sign::Async];
        assert!(!others.into_iter().any(|sign| announced.includes(sign)), "{text}");
        let (some, all) = (parsed(&source, announced), parsed(&source, Announced::EVERYTHING));
        assert_eq!(
            format!(
                "{:?} {:?} {:?}",
                some.sites.prints, some.print_notes, some.sites.comments
            ),
            format!("{:?} {:?} {:?}", all.sites.prints, all.print_notes, all.sites.comments),
            "{text}"
        );
        assert!(!all.sites.prints.is_empty(), "{text}");
    }
}

#[test]
fn blocking_calls_are_the_same_where_no_connect_is_looked_for() {
    for text in [
        "use std::thread; async fn f() { thread::sleep(d); g(); } fn g() { std::thread::sleep(d) }",
        "struct S; async fn f(s: S) { s.g(); let t = S::new(); t.g(); } impl S { fn g(&self) { std::thread::sleep(d) } fn new() -> Self { S } }",
        "async fn f() { if a { g() } for x in y { std::thread::sleep(x) } match z { _ => { async { g() }.await; } } } fn g() { std::thread::sleep(d) }",
        "use tokio::time::pause; async fn f() { pause(); std::thread::sleep(d) }",
        "#[tokio::test] async fn f() { tokio::spawn(async { std::thread::sleep(d) }); (|| std::thread::sleep(d))(); }",
        "fn f() { tokio::runtime::Builder::new_current_thread().build(); block_on(async { std::thread::sleep(d) }) }",
        "async fn f() { let thread = 1; println!(\"{}\", { std::thread::sleep(d); thread }); timeout(d, async { std::thread::sleep(d) }).await }",
    ] {
        let text = format!("{text} #[test] fn t() {{}}");
        let source = source("src/lib.rs", &text);
        let announced = announced(&source);
        assert!(
            announced.includes(Sign::Async) && !announced.includes(Sign::Connect),
            "{text}"
        );
        let (some, all) = (parsed(&source, announced), parsed(&source, Announced::EVERYTHING));
        assert_eq!(
            format!(
                "{:?} {:?} {:?}",
                some.sites.blocking_calls, some.blocking_notes, some.no_timer
            ),
            format!(
                "{:?} {:?} {:?}",
                all.sites.blocking_calls, all.blocking_notes, all.no_timer
            ),
            "{text}"
        );
        assert!(!all.sites.blocking_calls.is_empty(), "{text}");
    }
}

#[test]
fn comments_are_read_where_one_may_be_a_directive() {
    let comments = |text: &str| {
        let source = source("a.rs", text);
        parsed(&source, Announced::EVERYTHING).sites.comments.len()
    };
    assert_eq!(comments("fn f() {} // a\n// b"), 0);
    assert_eq!(comments("fn f() {} // NoQA\n// b"), 2);
    assert_eq!(comments("fn f() {} // ws-lint: ignore\n"), 1);
}

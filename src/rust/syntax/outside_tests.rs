//! Whether a text can print anywhere but in its tests, told from its tokens alone: where prints are all that is looked for,
//! the files that print for their tests need no tree.

use std::iter::Peekable;

use crate::rust::names::attributes;
use crate::rust::syntax::cfg;
use crate::rust::syntax::lexer::{self, Kind, Token};
use crate::rust::syntax::parse;
use crate::rust::syntax::print_macros::prints;

/// Whether a macro that prints may be called in `text` outside of tests and of what is only compiled for them. Of a text
/// that does not parse nothing is promised.
pub(in crate::rust) fn may_print(text: &str) -> bool {
    let tokens = lexer::tokens(text, parse::start_of_code(text)).filter(|token| !token.is_comment());
    let mut reader = Reader {
        text,
        tokens: tokens.peekable(),
    };
    // What the attributes say of the item that comes next.
    let mut mark = Mark::None;
    // Attributes of the whole file come first.
    let mut is_start = true;
    while let Some((kind, word)) = reader.next() {
        let was_start = std::mem::replace(&mut is_start, false);
        mark = match word {
            "#" if reader.next_is("[") => mark.max(reader.attribute()),
            "#" if was_start && reader.next_is("!") => {
                reader.next();
                is_start = true;
                match reader.next_is("[") && reader.attribute() == Mark::OnlyForTests {
                    true => return false,
                    false => Mark::None,
                }
            }
            "pub" => {
                reader.pass_visibility();
                mark
            }
            "async" | "const" | "unsafe" | "extern" => mark,
            // What the tokens of a macro become is not known.
            "!" => {
                if reader.prints_in_macro() {
                    return true;
                }
                Mark::None
            }
            _ if kind == Kind::Text => mark,
            "mod" | "impl" if mark == Mark::OnlyForTests => reader.pass_item(),
            "fn" if mark > Mark::None => reader.pass_item(),
            _ if reader.is_print(kind, word) => return true,
            _ => Mark::None,
        };
    }
    false
}

/// What an attribute says of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    None,
    /// A test harness runs it, if it is a function.
    Test,
    /// It is only compiled for tests.
    OnlyForTests,
}

/// Reads the tokens from left to right.
struct Reader<'a, T: Iterator<Item = Token>> {
    text: &'a str,
    tokens: Peekable<T>,
}

impl<'a, T: Iterator<Item = Token>> Reader<'a, T> {
    fn next(&mut self) -> Option<(Kind, &'a str)> {
        let token = self.tokens.next()?;
        Some((token.kind, self.text.get(token.span.range())?))
    }

    /// As [`Self::next`]; `depth` counts the brackets that are open behind the token.
    fn next_in(&mut self, depth: &mut usize) -> Option<(Kind, &'a str)> {
        let (kind, word) = self.next()?;
        match kind {
            Kind::Open => *depth += 1,
            Kind::Close => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some((kind, word))
    }

    fn next_is_of(&mut self, kind: Kind) -> bool {
        self.tokens.peek().is_some_and(|next| next.kind == kind)
    }

    fn next_is(&mut self, word: &str) -> bool {
        let next = self.tokens.peek();
        next.is_some_and(|next| self.text.get(next.span.range()) == Some(word))
    }

    /// Whether a token that was read is the name of a macro that prints, which is called.
    fn is_print(&mut self, kind: Kind, word: &str) -> bool {
        kind == Kind::Word && prints(word.trim_start_matches("r#")) && self.next_is("!")
    }

    /// From before the bracket of an attribute to behind it.
    fn attribute(&mut self) -> Mark {
        self.next();
        let (is_cfg, is_cfg_attr) = (self.next_is("cfg"), self.next_is("cfg_attr"));
        let (mut depth, mut at) = (1_usize, 0_usize);
        // What stands in the brackets behind its name.
        let (mut inside, mut end) = (None, 0);
        // The last name of its path.
        let mut name = "";
        let mut is_path = true;
        while depth > 0
            && let Some(span) = self.tokens.peek().map(|token| token.span)
            && let Some((kind, word)) = self.next_in(&mut depth)
        {
            at += 1;
            if kind == Kind::Open && at == 2 {
                inside = Some(span.end);
            }
            if kind == Kind::Close && depth == 1 {
                end = span.start;
            }
            is_path &= kind == Kind::Word || word == ":";
            if is_path && kind == Kind::Word {
                name = word;
            }
        }
        let inside = inside.and_then(|start| self.text.get(start..end)).unwrap_or_default();
        if is_cfg && cfg::is_for_tests(inside) {
            return Mark::OnlyForTests;
        }
        let makes_test = match is_cfg_attr {
            true => cfg::given(inside).iter().any(|name| attributes::makes_test(name)),
            false => attributes::makes_test(name.trim_start_matches("r#")),
        };
        if makes_test { Mark::Test } else { Mark::None }
    }

    /// From behind the `!` of a macro call or of `macro_rules! name` to behind its brackets, if such it is: whether a macro
    /// that prints is called in them.
    fn prints_in_macro(&mut self) -> bool {
        if self.next_is_of(Kind::Word)
            && let Some((kind, word)) = self.next()
            && self.is_print(kind, word)
        {
            return true;
        }
        if !self.next_is_of(Kind::Open) {
            return false;
        }
        let mut depth = 0_usize;
        while let Some((kind, word)) = self.next_in(&mut depth) {
            if self.is_print(kind, word) {
                return true;
            }
            if depth == 0 {
                break;
            }
        }
        false
    }

    /// From behind the keyword of an item to behind its braces or its semicolon. (Braces of its generic arguments are taken
    /// for its own: what follows is looked at.)
    fn pass_item(&mut self) -> Mark {
        let (mut depth, mut is_body) = (0_usize, false);
        while let Some((_, word)) = self.next_in(&mut depth) {
            is_body |= depth == 1 && word == "{";
            if depth == 0 && (is_body || word == ";") {
                break;
            }
        }
        Mark::None
    }

    /// Behind the `(crate)` of a `pub(crate)`.
    fn pass_visibility(&mut self) {
        if self.next_is("(") {
            let mut depth = 0_usize;
            while self.next_in(&mut depth).is_some() && depth > 0 {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::may_print;

    #[test]
    fn what_prints_outside_of_modules_for_tests_may_print() {
        for text in [
            "fn f() { println!() }",
            "fn f() { std :: dbg /* x */ ! (1) }",
            "fn f() { r#print!(\"\") }",
            "#[cfg(test)] mod tests { fn f() {} } fn g() { eprintln!() }",
            "#[cfg(test)] mod tests; fn g() { eprintln!() }",
            "#[cfg(test)] use a::b; mod c { fn g() { eprint!(\"\") } }",
            "#[cfg(not(test))] mod tests { fn f() { println!() } }",
            "#[cfg(feature = \"test\")] mod tests { fn f() { println!() } }",
            "#[cfg_attr(test, x)] mod tests { fn f() { println!() } }",
            "#[cfg = test] mod tests { fn f() { println!() } }",
            "#![cfg(not(test))] mod tests { fn f() { println!() } }",
            "use a; #![cfg(test)] fn f() { println!() }",
            "#[cfg(any(test, debug_assertions))] mod tests { fn f() { println!() } }",
            "#[cfg_attr(test, derive(A))] fn f() { println!() }",
            "#[cfg(test)] trait A { fn f() { println!() } }",
            "#[test] mod tests { fn f() { println!() } }",
            "#[test] impl A { fn f() { println!() } }",
            "#[test_ish] fn f() { println!() }",
            "#[x(test)] fn f() { println!() }",
            "#[x = test] fn f() { println!() }",
            "#[test] fn f() -> A<{ 1 }> { println!() }",
            "#[test] fn f(); fn g() { println!() }",
            "#[test] struct A; fn g() { println!() }",
            "#[cfg(test)] extern \"C\" { fn f(); } fn g() { println!() }",
            "#[cfg(test)] { println!() }",
            "proptest! { #[test] fn f() { println!() } }",
            "macro_rules! a { () => { #[cfg(test)] mod b { fn f() { println!() } } } }",
            "fn f() { a![b![println!()]] }",
            "fn f() { !println!() }",
            "#[cfg(test)] mod a { } mod b { fn f() { println!() } }",
            "#[cfg(test)] pub(crate) struct A(mod_); mod b { fn f() { println!() } }",
            "mod a { #[cfg(test)] mod tests { fn f() { } } fn g() { println!() } }",
        ] {
            assert!(may_print(text), "{text}");
        }
    }

    #[test]
    fn what_prints_for_tests_alone_does_not() {
        for text in [
            "",
            "// println!()\nfn f() { \"println!()\"; println(); a.print(); }",
            "#[cfg(test)] mod tests { fn f() { println!() } }",
            "/// x\n#[cfg(all(test, unix))]\n/// y\n#[allow(x)] pub(crate) mod r#tests { mod m { fn f() { [dbg!(1)]; } } }",
            "mod a { #[cfg(test)] #[path = \"x\"] pub mod tests { fn f() { println!() } } fn g() { } }",
            "#[doc = concat!(println!())] fn f() {}",
            "#[cfg(test)] fn f() { println!() }",
            "#[cfg(test)] impl A<[u8; { 1 }]> for B where (C,): D { fn f() { println!() } }",
            "#[tokio::test(flavor = \"x\")] pub(crate) async fn f<A>(a: [u8; { 1 }]) -> Result<(), A> { dbg!(1); }",
            "#[rstest] #[case(1)] unsafe extern \"C\" fn f() { println!() } fn g() { a != b; c!(d); }",
            "mod a { #[cfg(test)] const fn f() { println!() } #[bench] fn g() { print!(\"\") } }",
            "#[cfg(test)] mod tests { fn f() { println!()",
            "#![allow(x)] #![cfg(all(test, not(miri)))] mod a { fn f() { println!() } }",
            "#[cfg(all(test, not(target_family = \"wasm\")))] mod tests { fn f() { println!() } }",
            "#[x::async_test] async fn f() { println!() }",
            "#[cfg_attr(not(a), tokio::test(flavor = \"x\"))] #[cfg_attr(a, wasm_bindgen_test)] async fn f() { println!() }",
            "#[cfg(test",
            "#[cfg(test)] mod",
        ] {
            assert!(!may_print(text), "{text}");
        }
    }
}

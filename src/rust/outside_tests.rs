//! Whether a text can print anywhere but in its tests, told from its tokens alone: where prints are all that is looked for,
//! the files that print for their tests need no tree.

use std::iter::Peekable;

use super::lexer::{self, Kind, Token};
use super::parse;
use super::prints::prints;

/// Whether a macro that prints may be called in `text` outside of the modules that are only compiled for tests. Of a text
/// that does not parse nothing is promised.
pub(super) fn may_print(text: &str) -> bool {
    let tokens = lexer::tokens(text, parse::start_of_code(text)).filter(|token| !token.is_comment());
    let mut reader = Reader {
        text,
        tokens: tokens.peekable(),
    };
    // An attribute for tests stands before what comes next.
    let mut is_marked = false;
    while let Some((kind, word)) = reader.next() {
        is_marked = match word {
            "#" if reader.next_is("[") => reader.attribute() || is_marked,
            "pub" => {
                reader.pass_brackets("(");
                is_marked
            }
            "mod" => {
                reader.next();
                if is_marked {
                    reader.pass_brackets("{");
                }
                false
            }
            _ if kind == Kind::Word && prints(word.trim_start_matches("r#")) && reader.next_is("!") => return true,
            _ => false,
        };
    }
    false
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

    fn next_is(&mut self, word: &str) -> bool {
        let next = self.tokens.peek();
        next.is_some_and(|next| self.text.get(next.span.range()) == Some(word))
    }

    /// From before the bracket of an attribute to behind it: whether that is `cfg` with `test` and without `not`.
    fn attribute(&mut self) -> bool {
        self.next();
        let is_cfg = self.next_is("cfg");
        let (mut depth, mut at) = (1_usize, 0_usize);
        let (mut is_list, mut has_test, mut has_not) = (false, false, false);
        while depth > 0
            && let Some((kind, word)) = self.next()
        {
            at += 1;
            match kind {
                Kind::Open => {
                    is_list |= at == 2;
                    depth += 1;
                }
                Kind::Close => depth -= 1,
                Kind::Word => {
                    has_test |= word == "test";
                    has_not |= word == "not";
                }
                _ => {}
            }
        }
        is_cfg && is_list && has_test && !has_not
    }

    /// Behind brackets, if such begin here.
    fn pass_brackets(&mut self, open: &str) {
        if !self.next_is(open) {
            return;
        }
        let mut depth = 0_usize;
        while let Some((kind, _)) = self.next() {
            match kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
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
            "#![cfg(test)] mod tests { fn f() { println!() } }",
            "#[cfg(test)] fn f() { println!() }",
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
            "#[cfg(test)] mod tests { fn f() { println!()",
            "#[cfg(test",
            "#[cfg(test)] mod",
        ] {
            assert!(!may_print(text), "{text}");
        }
    }
}

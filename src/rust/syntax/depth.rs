//! Keeps input from overflowing the stack: syn descends once per bracket, prefix operator, closure or type argument, and
//! its trees are dropped and visited once per link of a chain. An overflow aborts the process, so it has to be foreseen.
//! So has a token that takes syn longer than anybody waits.

use crate::rust::syntax::lexer::{self, Kind, Token};
use crate::source::{Span, SyntaxError};
use crate::stack::STACK_BYTES;

/// The share of the stack that nesting may use up, in bytes; the rest is for what runs below and above the parser.
const BUDGET: usize = STACK_BYTES / 4 * 3;
/// What one bracket costs at most, in bytes of stack, in a debug build (the worst shape: blocks in match arms).
const BRACKET: usize = 48 << 10;
/// What one level of type arguments or of functions that give functions costs at most.
const ANGLE: usize = 96 << 10;
/// What one prefix operator, closure or keyword costs at most.
const PREFIX: usize = 24 << 10;
/// What one link of a chain (`a + b`, `a.b`) costs at most.
const LINK: usize = 3 << 10;

/// How long a number may be, in bytes. syn 3.0.9 reads one in time that grows with the square of its length. The longest in
/// a registry's worth of crates are those of serde_json's tests, with some 310 digits.
const LONGEST_NUMBER: usize = 1 << 10;

/// How long any other token may be, comments included, in bytes: a string that holds a file's contents, for example. Time
/// and memory grow with its length alone.
const LONGEST: usize = 16 << 20;

/// Refuses a text whose nesting could overflow a stack of [`STACK_BYTES`], or that has a token longer than any real one.
///
/// # Errors
/// The place at which it becomes too deep, or where the token begins.
pub(in crate::rust) fn guard(text: &str, start: usize) -> Result<(), SyntaxError> {
    let mut levels = vec![Level::default()];
    let mut total = 0_usize;
    let mut overlong: Option<Token> = None;
    let mut tokens = lexer::tokens(text, start)
        .inspect(|token| overlong = overlong.or_else(|| is_too_long(text, *token).then_some(*token)))
        .filter(|token| !token.is_comment())
        .peekable();
    let (mut previous, mut last) = (Before::Start, "");
    while let Some(token) = tokens.next() {
        let word = text.get(token.span.range()).unwrap_or_default();
        let Some(level) = levels.last_mut() else { break };
        match token.kind {
            Kind::Open => {
                total += BRACKET;
                levels.push(Level {
                    own: BRACKET,
                    ..Level::default()
                });
            }
            Kind::Close => {
                if levels.len() > 1 {
                    let closed = levels.pop().unwrap_or_default();
                    total -= closed.total();
                }
                let behind = tokens
                    .peek()
                    .map(|next| text.get(next.span.range()).unwrap_or_default());
                if word == "}" && behind.is_some_and(starts_afresh) {
                    total -= levels.last_mut().map_or(0, Level::end_statement);
                }
            }
            Kind::Punct if word == ";" => total -= level.end_statement(),
            Kind::Punct if word == "," => total -= level.end_element(),
            Kind::Punct if word == ">" && !matches!(last, "-" | "=") && level.angles > 0 => {
                level.angles -= 1;
                total -= ANGLE;
            }
            Kind::Punct if word == ">" && last == "-" => total += level.nest(ANGLE),
            _ => total += level.take(token, word, previous),
        }
        if total > BUDGET {
            return Err(too_deep(token.span));
        }
        previous = Before::from(token, word);
        last = word;
    }
    drop(tokens);
    overlong.map_or(Ok(()), |token| Err(too_long(text, token)))
}

fn is_too_long(text: &str, token: Token) -> bool {
    token.span.len() > most_bytes(text, token)
}

/// How long the token may be.
fn most_bytes(text: &str, token: Token) -> usize {
    match is_number(text, token) {
        true => LONGEST_NUMBER,
        false => LONGEST,
    }
}

fn is_number(text: &str, token: Token) -> bool {
    let first = text.as_bytes().get(token.span.start);
    token.kind == Kind::Word && first.is_some_and(u8::is_ascii_digit)
}

/// The error of a token that is too long, at its first character.
fn too_long(text: &str, token: Token) -> SyntaxError {
    let what = if is_number(text, token) { "number" } else { "token" };
    let most = most_bytes(text, token);
    SyntaxError {
        span: Span::new(token.span.start, text.ceil_char_boundary(token.span.start + 1)),
        message: format!("a {what} of more than {most} bytes is too long to be checked"),
    }
}

fn too_deep(span: Span) -> SyntaxError {
    SyntaxError {
        span,
        message: "the code nests too deeply to be checked".to_owned(),
    }
}

/// Whether the token behind a `}` begins a statement or an item of its own.
fn starts_afresh(next: &str) -> bool {
    next == "#" || (next.starts_with(|c: char| c.is_alphanumeric() || c == '_') && !matches!(next, "else" | "as"))
}

/// What one bracket level has cost so far.
#[derive(Default)]
struct Level {
    /// The bracket itself.
    own: usize,
    /// What a comma ends: operators and keywords.
    chain: usize,
    /// What a comma may be a part of: closure parameters.
    open: usize,
    /// How many type arguments are open.
    angles: usize,
}

impl Level {
    fn total(&self) -> usize {
        self.own + self.chain + self.open + self.angles * ANGLE
    }

    fn end_element(&mut self) -> usize {
        std::mem::take(&mut self.chain)
    }

    fn end_statement(&mut self) -> usize {
        std::mem::take(&mut self.chain) + std::mem::take(&mut self.open) + std::mem::take(&mut self.angles) * ANGLE
    }

    fn nest(&mut self, cost: usize) -> usize {
        self.chain += cost;
        cost
    }

    /// The cost of a word or a punctuation character.
    fn take(&mut self, token: Token, word: &str, previous: Before) -> usize {
        let cost = match token.kind {
            Kind::Word if is_nesting_keyword(word) => PREFIX,
            Kind::Punct => match word {
                "<" => {
                    self.angles += 1;
                    return ANGLE;
                }
                "|" if previous != Before::Operand => {
                    self.open += PREFIX;
                    return PREFIX;
                }
                ":" => LINK,
                "=" | "@" => PREFIX,
                _ if previous == Before::Operand => LINK,
                _ => PREFIX,
            },
            _ => 0,
        };
        self.nest(cost)
    }
}

/// What stands before a token: an operator behind an operand links, another one nests.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Start,
    Operand,
    Operator,
}

impl Before {
    fn from(token: Token, word: &str) -> Self {
        match token.kind {
            Kind::Word if is_nesting_keyword(word) => Before::Operator,
            Kind::Word | Kind::Text | Kind::Close => Before::Operand,
            Kind::Punct if word == "?" => Before::Operand,
            _ => Before::Operator,
        }
    }
}

fn is_nesting_keyword(word: &str) -> bool {
    matches!(
        word,
        "as" | "async"
            | "box"
            | "break"
            | "const"
            | "dyn"
            | "else"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "match"
            | "move"
            | "mut"
            | "ref"
            | "return"
            | "static"
            | "try"
            | "unsafe"
            | "while"
            | "yield"
            | "become"
            | "do"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_but_flat_code_passes() {
        let statements = "let x = a + b * -c; if x { y() } else { z() }\n".repeat(50_000);
        assert_eq!(guard(&format!("fn f() {{ {statements} }}"), 0), Ok(()));
        let rows = "(-1, A | B, x < y), ".repeat(50_000);
        assert_eq!(guard(&format!("const T: &[X] = &[{rows}];"), 0), Ok(()));
        let arms = "A::B => { c() }\n".repeat(50_000);
        assert_eq!(guard(&format!("fn f() {{ match x {{ {arms} }} }}"), 0), Ok(()));
        let fields = "a: Vec<Box<dyn Fn() -> X<u8>>>, ".repeat(20_000);
        assert_eq!(guard(&format!("struct S {{ {fields} }}"), 0), Ok(()));
        let sum = "1 + ".repeat(5_000);
        assert_eq!(guard(&format!("fn f() {{ {sum} 1 }}"), 0), Ok(()));
    }

    #[test]
    fn a_number_longer_than_any_real_one_is_refused_where_it_begins() {
        let just = "1".repeat(LONGEST_NUMBER);
        for before in ["const A: X = ", "m!{a ", "#[a = ", "x."] {
            assert_eq!(guard(&format!("{before}{just}"), 0), Ok(()));
            let error = guard(&format!("{before}{just}1 b"), 0).unwrap_err();
            assert_eq!(error.span, Span::new(before.len(), before.len() + 1));
            assert_eq!(
                error.message,
                "a number of more than 1024 bytes is too long to be checked"
            );
        }
        // What is no number may be long: data, names that a tool made up, the words of a licence.
        let long = "1".repeat(LONGEST_NUMBER * 4);
        for text in [
            format!("\"{long}\""),
            format!("b\"{long}\""),
            format!("r#\"{long}\"#"),
            format!("_{long}"),
            format!("'a{long}"),
            format!("// {long}\n/// {long}\n/* {long} */"),
        ] {
            assert_eq!(guard(&text, 0), Ok(()), "{}", &text[..8]);
        }
    }

    #[test]
    fn a_token_longer_than_any_real_one_is_refused() {
        let error = guard(&format!("a b\"{}\"", " ".repeat(LONGEST)), 0).unwrap_err();
        assert_eq!(error.span, Span::new(2, 3));
        assert!(guard(&format!("/*{}", "é".repeat(LONGEST / 2)), 0).is_err());
    }

    #[test]
    fn deep_code_is_refused_with_its_place() {
        let error = guard(&"(".repeat(100_000), 0).unwrap_err();
        assert!(error.span.start < 2_000, "{error:?}");
        for unit in [
            "-",
            "A<u8, ",
            "|a, b| ",
            "else if a {} ",
            "a = ",
            "&'a ",
            "match ",
            "fn() -> ",
            "a @ ",
        ] {
            assert!(guard(&unit.repeat(100_000), 0).is_err(), "{unit}");
        }
    }
}

//! What an import of `std::io::Write` may make ambiguous in a file, told from its tokens alone.

use crate::rust::syntax::lexer::{self, Kind};
use crate::rust::syntax::parse;

/// The first use of a method whose name `std::io::Write` has, too, where another trait's may be meant: `.flush(…)`, `write!`.
pub(in crate::rust) fn clash(text: &str) -> Option<&'static str> {
    let tokens = lexer::tokens(text, parse::start_of_code(text)).filter(|token| !token.is_comment());
    let words: Vec<&str> = tokens
        .map(|token| match token.kind {
            Kind::Text => "\"\"",
            _ => text.get(token.span.range()).unwrap_or_default(),
        })
        .collect();
    method(&words).or_else(|| (may_have_other(&words) && writes_to_unknown(&words)).then_some("write!"))
}

/// A method call. (`lock.write()` takes nothing, and is a lock's.)
fn method(words: &[&str]) -> Option<&'static str> {
    const METHODS: [(&str, &str); 7] = [
        ("write_all", ".write_all(…)"),
        ("write_fmt", ".write_fmt(…)"),
        ("write_vectored", ".write_vectored(…)"),
        ("write_all_vectored", ".write_all_vectored(…)"),
        ("flush", ".flush(…)"),
        ("by_ref", ".by_ref(…)"),
        ("write", ".write(…)"),
    ];
    words.windows(4).find_map(|window| match window {
        [".", name, "(", next] => {
            let (_, shown) = METHODS.iter().find(|(method, _)| method == name)?;
            (*name != "write" || *next != ")").then_some(*shown)
        }
        _ => None,
    })
}

/// Whether another trait that `write!` uses may be in scope: `std::fmt::Write`, one of the file's own, or one that a glob
/// brings in.
fn may_have_other(words: &[&str]) -> bool {
    let of_file = words.windows(2).any(|pair| pair == ["fn", "write_fmt"]);
    of_file
        || imports(words).any(|import| import.contains(&"*") || import.contains(&"fmt") && import.contains(&"Write"))
}

/// The words of each `use`.
fn imports<'w>(words: &'w [&'w str]) -> impl Iterator<Item = &'w [&'w str]> {
    let starts = words.iter().enumerate().filter(|(_, word)| **word == "use");
    starts.map(|(start, _)| {
        let rest = words.get(start..).unwrap_or_default();
        let end = rest.iter().position(|word| *word == ";").unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    })
}

/// Whether `write!` or `writeln!` is given something that may be more than a string: that might have both traits.
fn writes_to_unknown(words: &[&str]) -> bool {
    words.windows(3).enumerate().any(|(index, window)| {
        matches!(window, ["write" | "writeln", "!", _]) && {
            let given = words.get(index + 3..).unwrap_or_default();
            let plain = given
                .iter()
                .position(|word| !matches!(*word, "&" | "mut"))
                .unwrap_or_default();
            match given.get(plain..) {
                Some([name, ",", ..]) => !is_text_everywhere(words, name),
                _ => true,
            }
        }
    })
}

/// Whether a name stands for a `String` or a `Formatter`, whose own trait or method is meant, wherever it gets a type or a
/// value.
fn is_text_everywhere(words: &[&str], name: &str) -> bool {
    let mut is_bound = false;
    for (index, _) in words.iter().enumerate().filter(|(_, word)| **word == name) {
        let before = index.checked_sub(1).and_then(|before| words.get(before)).copied();
        let behind = words.get(index + 1..).unwrap_or_default();
        let is_text = match (before, behind) {
            (_, [":", ":", ..]) => continue,
            (_, [":", of @ ..]) => is_text_type(of),
            (Some("let" | "mut"), ["=", "String", ":", ":", ..] | ["=", "format", "!", ..]) => true,
            (Some("let" | "mut" | "|" | "(" | ","), ["=" | "|" | "in", ..]) => false,
            _ => continue,
        };
        if !is_text {
            return false;
        }
        is_bound = true;
    }
    is_bound
}

/// Whether a type that is written here is that of a text or of what formats one.
fn is_text_type(words: &[&str]) -> bool {
    let is_around = |word: &&&str| matches!(**word, "&" | "mut") || word.starts_with('\'');
    let path = words
        .iter()
        .skip_while(is_around)
        .take_while(|word| **word == ":" || word.starts_with(|first: char| first.is_alphanumeric() || first == '_'));
    path.last().is_some_and(|last| matches!(*last, "String" | "Formatter"))
}

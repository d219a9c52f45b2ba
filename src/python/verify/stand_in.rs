//! String literals whose characters are replaced by stand-ins: the ASCII ones stay, in their order.

use std::mem;

use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement};

use super::undo::{Undo, placeholder};
use crate::python::syntax::spans::span;

impl Undo<'_> {
    /// Takes the values out of a string literal that an edit touches.
    pub(super) fn reduce_literal(&self, expression: &mut Expr) {
        if !self.declared.literal(span(&*expression)) || !self.map.touches(self.side, span(&*expression)) {
            return;
        }
        match expression {
            Expr::StringLiteral(literal) => {
                self.literals.borrow_mut().push(vec![literal.value.to_str().to_owned()]);
                *expression = placeholder();
            }
            Expr::FString(literal) => {
                let mut texts = vec![String::new()];
                for part in literal.value.iter_mut() {
                    match part {
                        FStringPart::Literal(part) => append(&mut texts, &mem::take(&mut part.value)),
                        FStringPart::FString(part) => {
                            let mut fields = Vec::new();
                            for element in mem::take(&mut part.elements).iter().cloned() {
                                match element {
                                    InterpolatedStringElement::Literal(text) => append(&mut texts, &text.value),
                                    field => {
                                        texts.push(String::new());
                                        fields.push(field);
                                    }
                                }
                            }
                            part.elements = fields.into();
                        }
                    }
                }
                self.literals.borrow_mut().push(texts);
            }
            _ => {}
        }
    }
}

/// # Errors
/// A literal whose old text is not recognisable in the new one.
pub(super) fn check(old: &[Vec<String>], new: &[Vec<String>]) -> Result<(), String> {
    let alike = |(old, new): (&Vec<String>, &Vec<String>)| {
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| stands_for(new, old))
    };
    match old.len() == new.len() && old.iter().zip(new).all(alike) {
        true => Ok(()),
        false => Err("a string literal changes by more than stand-ins".to_owned()),
    }
}

/// Whether `new` is `old` with runs of non-ASCII characters replaced by other text without a line break, and the lines
/// after the first are as deep as they were.
fn stands_for(new: &str, old: &str) -> bool {
    let margins = |text: &str| {
        let lines = text.split('\n').skip(1);
        lines
            .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
            .collect::<Vec<_>>()
    };
    margins(old) == margins(new)
        && old
            .split('\n')
            .zip(new.split('\n'))
            .all(|(old, new)| line_stands_for(new, old))
}

fn line_stands_for(new: &str, old: &str) -> bool {
    let mut kept: Vec<&str> = old.split(|c: char| !c.is_ascii()).collect();
    let Some(last) = kept.pop() else {
        return false;
    };
    let Some((first, middle)) = kept.split_first() else {
        return new == last;
    };
    let Some(mut rest) = new.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

fn append(texts: &mut [String], text: &str) {
    if let Some(last) = texts.last_mut() {
        last.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_ascii_may_become_something_else() {
        for (old, new) in [
            ("✓ done", "[ok] done"),
            ("a → b → c", "a -> b -> c"),
            ("café ✓", "café [ok]"),
            ("✓", ""),
            ("x ✓\n y", "x v\n y"),
        ] {
            assert!(stands_for(new, old), "{old:?} {new:?}");
        }
        for (old, new) in [
            ("done", "gone"),
            ("✓ done", "[ok] done "),
            ("a\n  ✓", "a\n      [ok]"),
            ("a → b", "b -> a"),
            ("✓ a", "[\n a"),
            ("a ✓ a", "a"),
        ] {
            assert!(!stands_for(new, old), "{old:?} {new:?}");
        }
    }
}

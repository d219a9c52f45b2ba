//! Items of tables and texts, and what else an expression chooses of what the module writes out.

use ruff_python_ast::{Expr, ExprSubscript};

use super::choices::{Choice, values_of};
use super::operations::integer;
use super::{Style, Writer};
use crate::python::values::variables::possible;

impl Writer<'_> {
    /// Writes an item: the one that a literal key means, else any.
    pub(super) fn item(&mut self, expr: &Expr, subscript: &ExprSubscript, style: Style) {
        let variables = self.reader.variables;
        if variables.asks_for_encoding(&subscript.slice) {
            return self.unknown();
        }
        if variables.once(expr).is_some() || variables.names().foreign_text(expr).is_some() {
            return self.held(expr, style);
        }
        let elsewhere = variables.names().foreign_texts(&subscript.value, false);
        if !elsewhere.is_empty() && !subscript.slice.is_literal_expr() {
            self.one_elsewhere(expr, &elsewhere, style);
            return;
        }
        match variables.only_value(&subscript.value) {
            Some(Expr::StringLiteral(text)) if let Some(index) = integer(&subscript.slice) => {
                match character_at(text.value.to_str(), index) {
                    Some(character) => self.one_character(expr, character, style),
                    None => self.unknown(),
                }
            }
            // Any of its characters.
            Some(text @ Expr::StringLiteral(_)) if !subscript.slice.is_slice_expr() => {
                self.elsewhere(expr, |this| this.part_of(text));
            }
            // It has no such item, as far as it can be seen.
            Some(Expr::List(_) | Expr::Tuple(_) | Expr::Dict(_)) if subscript.slice.is_literal_expr() => self.unknown(),
            Some(display) if !values_of(display).is_empty() => {
                self.elsewhere(expr, |this| this.one_of(display, style));
            }
            None if !values_of(&subscript.value).is_empty() => self.one_of(&subscript.value, style),
            None if subscript.value.is_string_literal_expr() && !subscript.slice.is_slice_expr() => {
                self.elsewhere(expr, |this| this.part_of(&subscript.value));
            }
            _ => {
                if !self.one_possible(expr, style) {
                    self.unknown();
                }
            }
        }
    }

    /// Writes one of the values that `expr` may stand for, and stands for none of itself; whether there is any.
    pub(super) fn one_possible(&mut self, expr: &Expr, style: Style) -> bool {
        let mut values = possible(expr, self.reader.variables);
        values.retain(|value| !std::ptr::eq(*value, expr));
        let choices: Vec<Choice<'_>> = values.into_iter().map(Choice::Is).collect();
        if !choices.is_empty() {
            self.elsewhere(expr, |this| this.either(&choices, style));
        }
        !choices.is_empty()
    }

    /// Writes one element of a display that is indexed on the spot: `("✗", "✓")[ok]`.
    fn one_of(&mut self, display: &Expr, style: Style) {
        let values = values_of(display);
        if values.is_empty() {
            self.unknown();
        } else {
            self.either(&values, style);
        }
    }
}

/// The character that a text has at an index, which counts from its end where it is negative.
fn character_at(text: &str, index: i64) -> Option<char> {
    let count = usize::try_from(index.unsigned_abs()).ok()?;
    match index {
        0.. => text.chars().nth(count),
        _ => text.chars().rev().nth(count.checked_sub(1)?),
    }
}

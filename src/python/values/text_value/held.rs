//! The text of what a name, an attribute or an item stands for, here or in another module.

use ruff_python_ast::Expr;

use super::choices::{Choice, choices_of};
use super::elsewhere::elements_elsewhere;
use super::{MOST_STEPS, Style, Writer};
use crate::encodings::is_printable;
use crate::python::syntax::spans::span;
use crate::python::values::variables::Holds;

impl Writer<'_> {
    /// Writes what a name, an attribute or an item may hold.
    pub(super) fn held(&mut self, expr: &Expr, style: Style) {
        self.steps += 1;
        let variables = self.reader.variables;
        let choices = choices_of(&variables.held(expr), variables);
        if self.steps > MOST_STEPS || choices.iter().all(|choice| matches!(choice, Choice::Unknown)) {
            if self.one_possible(expr, style) {
                return;
            }
            let names = variables.names();
            if let Some(text) = names.foreign_text(expr) {
                return self.constant_elsewhere(expr, text, style);
            }
            let held = variables.held(expr);
            let of_elements = held.iter().flat_map(|held| match held {
                Holds::Element(iterated, path) => elements_elsewhere(iterated, path, names),
                _ => Vec::new(),
            });
            if !self.one_elsewhere(expr, &of_elements.collect::<Vec<_>>(), style) {
                // All of a list, as it is shown.
                self.one_elsewhere(expr, &names.foreign_texts(expr, false), Style::Repr);
            }
            return;
        }
        self.elsewhere(expr, |this| this.either(&choices, style));
    }

    /// Writes the text of a constant of another module, which `expr` stands for.
    pub(super) fn constant_elsewhere(&mut self, expr: &Expr, text: &str, style: Style) {
        let at = span(expr);
        self.elsewhere(expr, |this| match style {
            Style::Text => this.known(at, text, false, None),
            Style::Repr => {
                let shown: String = text.chars().filter(|&character| is_printable(character)).collect();
                this.unknown();
                this.known(at, &shown, false, None);
                this.unknown();
            }
        });
    }

    /// Writes what stands elsewhere, which `expr` stands for.
    pub(super) fn elsewhere(&mut self, expr: &Expr, write: impl FnOnce(&mut Self)) {
        let outer = self.name;
        self.name = outer.or_else(|| Some(span(expr)));
        write(self);
        self.name = outer;
    }
}

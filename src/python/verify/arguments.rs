//! Takes declared changes of a call's arguments back.

use std::mem;

use ruff_python_ast::{Arguments, Expr};
use ruff_text_size::Ranged;

use super::map::Side;
use super::undo::{Undo, placeholder};
use crate::python::syntax::spans::span;

impl Undo<'_> {
    pub(super) fn reduce_arguments(&self, arguments: &mut Arguments) {
        self.reduce_positional(arguments);
        self.reduce_keywords(arguments);
    }

    fn reduce_keywords(&self, arguments: &mut Arguments) {
        let call = span(&*arguments).end;
        self.rename_keywords(arguments, call);
        arguments.keywords.retain(|keyword| {
            let edit = self.map.edit_around(self.side, span(keyword));
            let Some((name, edit)) = self.declared_name(keyword, call).zip(edit) else {
                return true;
            };
            self.declared.use_argument(name, call);
            self.arguments.borrow_mut().insert((name.to_owned(), edit, call));
            !self.is_harmless(&keyword.value)
        });
        for keyword in &mut arguments.keywords {
            if self.is_only_here(&keyword.value)
                && self.is_harmless(&keyword.value)
                && let Some(name) = self.declared_name(keyword, call)
            {
                self.declared.use_argument(name, call);
                keyword.value = placeholder();
            }
        }
    }

    /// A keyword can stand in a call only once, so each declared one gets its new name at most once.
    fn rename_keywords(&self, arguments: &mut Arguments, call: usize) {
        if self.side == Side::New {
            return;
        }
        for name in arguments.keywords.iter_mut().filter_map(|keyword| keyword.arg.as_mut()) {
            if self.is_only_here(&*name)
                && let Some(new) = self.declared.keyword(name.as_str(), call)
            {
                name.id = new.into();
            }
        }
    }

    /// Positional arguments have no name to be declared by: the last ones may go, others get another value.
    fn reduce_positional(&self, arguments: &mut Arguments) {
        let call = span(&*arguments).end;
        if !self.declared.any_argument(call) || !arguments.args.iter().any(|value| self.is_only_here(value)) {
            return;
        }
        let mut values = mem::take(&mut arguments.args).into_vec();
        for value in &mut values {
            if self.is_only_here(&*value) && self.is_harmless(value) {
                self.declared.use_positional(call);
                *value = placeholder();
            }
        }
        while values.last().is_some_and(|value| value.range().is_empty()) {
            values.pop();
        }
        arguments.args = values.into();
    }

    fn declared_name<'k>(&self, keyword: &'k ruff_python_ast::Keyword, call: usize) -> Option<&'k str> {
        let name = keyword.arg.as_ref()?.as_str();
        self.declared.argument(name, call).then_some(name)
    }

    /// Whether the edit at this index takes an argument away, and declares that the comments about it may go.
    pub(super) fn takes_argument_with_comments(&self, edit: usize) -> bool {
        let arguments = self.arguments.borrow();
        let mut declared = arguments.iter().filter(|(.., call)| self.declared.comment(*call));
        declared.any(|(_, at, _)| *at == edit)
    }

    /// Whether a value can be given in place of another one without anything being run: what goes may be anything.
    fn is_harmless(&self, value: &Expr) -> bool {
        let written = matches!(value, Expr::Name(_) | Expr::Attribute(_) | Expr::UnaryOp(_)) || value.is_literal_expr();
        self.side == Side::Old || written
    }
}

//! What a file does with the name of an exception: how often it reads it, where it imports it, what it asks of objects.

use ruff_python_ast::helpers::any_over_expr;
use ruff_python_ast::{Expr, ModModule, Stmt};

use crate::catalog::Rejection;
use crate::python::rewrite::facts::ExceptionName;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in};

/// Finds out what a file does with a name.
pub(super) struct Uses<'n> {
    name: &'n str,
    last: &'n str,
    wanted: &'n Rejection,
    found: ExceptionName,
}

impl<'n> Uses<'n> {
    /// What is done with `name`, which means `path`, in a module that is to name `wanted` instead.
    pub(super) fn of(tree: &ModModule, (name, path): (&'n str, &str), wanted: &'n Rejection) -> ExceptionName {
        let mut uses = Self {
            name,
            wanted,
            last: name.rsplit('.').next().unwrap_or(name),
            found: ExceptionName {
                import: only_import(tree, name, path),
                ..ExceptionName::default()
            },
        };
        expressions_in(&tree.body, Scope::All).for_each(|expr| uses.look_at(expr));
        uses.found
    }
}

/// The only import of the module's level that binds `name` to `path`.
fn only_import(tree: &ModModule, name: &str, path: &str) -> Option<(usize, usize)> {
    let mut found = None;
    for (index, statement) in tree.body.iter().enumerate() {
        let Stmt::ImportFrom(import) = statement else {
            continue;
        };
        let module = import.module.as_ref().map_or("", |module| module.as_str());
        for (position, alias) in import.names.iter().enumerate() {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            let is_of_path = path
                .strip_prefix(module)
                .is_some_and(|rest| rest.strip_prefix('.') == Some(alias.name.as_str()));
            if bound == name && import.level == 0 && is_of_path {
                if found.is_some() {
                    return None;
                }
                found = Some((index, position));
            }
        }
    }
    found
}

impl Uses<'_> {
    /// `isinstance(error, <the class>)`, `getattr(error, "status_code")`.
    fn asks(&self, called: &str, given: &[Expr]) -> bool {
        let Some(second) = given.get(1) else {
            return false;
        };
        let names_it = |class: &Expr| last_name(class) == Some(self.last);
        match called {
            "isinstance" | "issubclass" => any_over_expr(second, &names_it),
            "getattr" | "hasattr" => {
                let attribute = second.as_string_literal_expr().map(|text| text.value.to_str());
                attribute.is_some_and(|attribute| self.wanted.lacks.contains_key(attribute))
            }
            _ => false,
        }
    }

    fn look_at(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) => self.found.reads += usize::from(name.ctx.is_load() && name.id == self.name),
            Expr::StringLiteral(text) => self.found.is_exported |= text.value.to_str() == self.name,
            Expr::Call(call) => {
                let called = match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                self.found.is_called |= called == self.last;
                self.found.is_asked |= self.asks(called, &call.arguments.args);
            }
            Expr::Compare(comparison) => {
                let mut compared = std::iter::once(&*comparison.left).chain(&comparison.comparators);
                self.found.is_asked |= compared.any(|side| last_name(side) == Some(self.last));
            }
            _ => {}
        }
    }
}

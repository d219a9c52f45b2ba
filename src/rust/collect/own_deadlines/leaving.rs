//! How code leaves the function around it: by a panic, or with an outcome.

use syn::Expr;
use syn::visit::{self, Visit};

use crate::rust::collect::endless::diverges;
use crate::rust::names::last_name;

/// How code leaves its function.
#[derive(Default)]
pub(super) struct Leaving {
    pub(super) panics: bool,
    pub(super) returns: bool,
}

impl<'ast> Visit<'ast> for Leaving {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Return(_) | Expr::Try(_) => self.returns = true,
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let name = last_name(&mac.path).unwrap_or_default();
        match name == "bail" || name == "throw" {
            true => self.returns = true,
            false => self.panics |= diverges(&name),
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

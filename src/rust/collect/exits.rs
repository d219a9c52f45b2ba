//! Whether code leaves the loop or the function around it.

use syn::Expr;
use syn::visit::{self, Visit};

use crate::rust::collect::endless::diverges;
use crate::rust::names::plain;

/// Whether something leaves the loop, or panics.
pub(in crate::rust) fn has_exit(visit: impl FnOnce(&mut Exit)) -> bool {
    let mut exit = Exit(false);
    visit(&mut exit);
    exit.0
}

pub(in crate::rust) struct Exit(bool);

impl<'ast> Visit<'ast> for Exit {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Break(_) | Expr::Return(_) => self.0 = true,
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.0 |= mac
            .path
            .segments
            .last()
            .is_some_and(|last| diverges(&plain(&last.ident)));
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

//! Conditions that may tell the releases of a library apart: what stands under one may be right for some of them.

use ruff_python_ast::Expr;
use ruff_python_ast::visitor::{Visitor, walk_expr};

use crate::python::words::Words;

/// Whether a test speaks of a version, of an implementation, or of what an object has. The names of `known` say nothing: who
/// asks knows what they mean there.
pub(super) fn may_tell_releases(test: &Expr, known: &[&str]) -> bool {
    struct Search<'k>(bool, &'k [&'k str]);
    impl<'a> Visitor<'a> for Search<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            let name = match expr {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => "",
            };
            self.0 |= TELLING.are_in(name) && !self.1.contains(&name);
            walk_expr(self, expr);
        }
    }
    let mut search = Search(false, known);
    search.visit_expr(test);
    search.0
}

static TELLING: Words<9> = Words::new([
    "version",
    "legacy",
    "websockets",
    "hasattr",
    "signature",
    "compat",
    "is_new",
    "is_old",
    "new_api",
]);

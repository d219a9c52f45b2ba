//! Conditions that may tell the releases of a library apart: what stands under one may be right for some of them.

use ruff_python_ast::Expr;
use ruff_python_ast::visitor::{Visitor, walk_expr};

/// Whether a test speaks of a version, of an implementation, or of what an object has.
pub(super) fn may_tell_releases(test: &Expr) -> bool {
    struct Search(bool);
    impl<'a> Visitor<'a> for Search {
        fn visit_expr(&mut self, expr: &'a Expr) {
            let name = match expr {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => "",
            };
            self.0 |= tells(name);
            walk_expr(self, expr);
        }
    }
    let mut search = Search(false);
    search.visit_expr(test);
    search.0
}

fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = [
        "version",
        "legacy",
        "websockets",
        "hasattr",
        "signature",
        "compat",
        "is_new",
        "is_old",
        "new_api",
    ];
    words.iter().any(|word| name.contains(word))
}

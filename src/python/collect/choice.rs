//! Where code chooses by what the installed library accepts: there an argument that some releases reject is right.

use foldhash::HashSet;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};

use super::Collector;
use crate::python::deadline_calls::meant_to_fail::expects_failure;
use crate::python::words::Words;

impl<'a> Collector<'a> {
    /// Notes what `statement` says about a choice by version: inside of it, and where it is a branch in a function, for
    /// the rest of that function (`if OLD: return connect(extra_headers=…)`).
    pub(super) fn note_choice(&mut self, statement: &'a Stmt) {
        let chooses = match statement {
            Stmt::If(branch) => self.asks_for_version(&branch.test),
            Stmt::Match(choice) => self.asks_for_version(&choice.subject),
            Stmt::Try(attempt) => self.catches_type_error(attempt),
            Stmt::With(with) => with.items.iter().any(|item| self.expects_rejection(&item.context_expr)),
            Stmt::Assign(assign) => {
                if self.asks_for_version(&assign.value) {
                    let targets = assign.targets.iter().filter_map(Expr::as_name_expr);
                    self.version_names.extend(targets.map(|name| name.id.as_str()));
                }
                false
            }
            _ => false,
        };
        self.inside.chosen_by_version |= chooses;
    }

    /// Whether a choice that `statement` made ends with it.
    pub(super) fn ends_choice(&self, statement: &Stmt) -> bool {
        matches!(statement, Stmt::Try(_) | Stmt::With(_)) || self.inside.function.is_none()
    }

    fn catches_type_error(&self, attempt: &ast::StmtTry) -> bool {
        attempt.handlers.iter().any(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let caught = match handler.type_.as_deref() {
                Some(Expr::Tuple(several)) => several.elts.as_slice(),
                Some(one) => std::slice::from_ref(one),
                None => &[],
            };
            let is_type_error = |caught: &Expr| self.names.resolve(caught) == Some("TypeError");
            caught.iter().any(is_type_error)
        })
    }

    /// `pytest.raises(TypeError)`: a test of what the library rejects.
    fn expects_rejection(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else {
            return false;
        };
        let rejections = ["TypeError", "ValueError", "AttributeError"];
        let is_rejection = |caught: &Expr| {
            let path = self.names.resolve(caught);
            path.is_some_and(|path| rejections.contains(&path))
        };
        expects_failure(expr) && call.arguments.args.first().is_some_and(is_rejection)
    }

    fn asks_for_version(&self, expr: &'a Expr) -> bool {
        let mut search = Search {
            known: &self.version_names,
            found: false,
        };
        search.visit_expr(expr);
        search.found
    }
}

static ASKING: Words<3> = Words::new(["version", "signature", "getfullargspec"]);

/// Looks for a word that asks what is installed.
struct Search<'s, 'a> {
    known: &'s HashSet<&'a str>,
    found: bool,
}

impl<'a> SourceOrderVisitor<'a> for Search<'_, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        let word = match expr {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        self.found |= ASKING.are_in(word) || self.known.contains(word);
        if !self.found {
            walk_expr(self, expr);
        }
    }
}

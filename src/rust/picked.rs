//! What is picked out of values that connections are in: by streams, closures, blocks and containers.

use syn::Expr;

use super::collect::Collector;
use super::names::Name;
use crate::sites::Course;

impl Collector<'_> {
    /// Whether what an expression gives was awaited already, whatever methods were called on it since.
    pub(super) fn is_at_hand(&self, expr: &Expr, links: usize) -> bool {
        let Some(links) = links.checked_sub(1) else {
            return false;
        };
        match expr {
            Expr::Await(_) | Expr::Field(_) | Expr::Index(_) => true,
            Expr::Paren(paren) => self.is_at_hand(&paren.expr, links),
            Expr::Reference(reference) => self.is_at_hand(&reference.expr, links),
            Expr::Try(attempt) => self.is_at_hand(&attempt.expr, links),
            Expr::MethodCall(call) => self.is_at_hand(&call.receiver, links),
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => self
                    .found
                    .variables
                    .get(id.0)
                    .is_some_and(|held| matches!(held.future, None | Some(Course::Unseen(_)))),
                _ => false,
            },
            _ => false,
        }
    }
}

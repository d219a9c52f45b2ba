//! What is the future itself that is looked for: by its names, pinned or boxed, or a block that waits for it.

use syn::visit::Visit;
use syn::{Block, Expr};

use super::Bounded;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::plain;

impl Bounded<'_, '_, '_> {
    /// Whether an expression mentions the future.
    pub(super) fn has(&self, expr: &Expr) -> bool {
        use quote::ToTokens;
        macros::mentions(expr.to_token_stream(), &|word| {
            self.names.iter().any(|name| name == word)
        })
    }

    /// Whether an expression is the future itself, pinned or boxed or not, or a block that waits for it.
    pub(super) fn is_it(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(path) => self.names.iter().any(|name| path.path.is_ident(name)),
            Expr::Paren(paren) => self.is_it(&paren.expr),
            Expr::Group(group) => self.is_it(&group.expr),
            Expr::Reference(reference) => self.is_it(&reference.expr),
            Expr::Async(block) => self.awaits_it(&block.block),
            Expr::Call(call) => {
                let is_around = matches!(&*call.func, Expr::Path(func) if func.path.segments.last().is_some_and(|last| {
                    // Who awaits the handle of a task waits for what that runs.
                    let names = ["pin", "new", "spawn", "spawn_local", "unconstrained", "AssertUnwindSafe"];
                    names.contains(&plain(&last.ident).as_str())
                }));
                // `make(url)` is what the closure gives.
                self.is_it(&call.func) || is_around && call.args.first().is_some_and(|first| self.is_it(first))
            }
            Expr::MethodCall(call) => {
                let is_same = matches!(
                    plain(&call.method).as_str(),
                    "as_mut"
                        | "boxed"
                        | "boxed_local"
                        | "fuse"
                        | "into_future"
                        | "map"
                        | "map_err"
                        | "by_ref"
                        | "catch_unwind"
                );
                is_same && self.is_it(&call.receiver)
            }
            Expr::Macro(call) => match &*macros::inside(&call.mac) {
                Inside::Pinned(pinned) => pinned.first().is_some_and(|first| self.is_it(first)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a block waits for it.
    fn awaits_it(&self, block: &Block) -> bool {
        let Some(deeper) = self.deeper.checked_sub(1) else {
            return false;
        };
        let mut inner = Self {
            deeper,
            ..Self::new(self.collector, self.names.clone(), self.parameters)
        };
        inner.visit_block(block);
        inner.loose.is_some() || inner.by.is_some() && inner.is_direct
    }
}

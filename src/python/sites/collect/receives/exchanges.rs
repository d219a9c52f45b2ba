//! What is done with a connection in the function that opens it: sends, receives, questions about its state.

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::limits::is_quiet;
use super::{Use, by_start};
use crate::python::names::FunctionId;
use crate::python::sites::collect::Collector;
use crate::python::sites::collect::opened::opened;
use crate::python::sites::usage::Slot;
use crate::python::syntax::spans::span;
use crate::sites::{Connect, Exchange, ExchangeKind};

impl<'a> Collector<'a> {
    /// A variable gets what may be a connection.
    pub(in crate::python::sites::collect) fn may_hold(&mut self, target: &'a Expr) {
        if let Expr::Name(name) = target {
            self.messages.holding.insert(&name.id);
        }
        self.reopened(target);
    }

    /// A read of a variable that may hold a connection.
    pub(in crate::python::sites::collect) fn connection_read(&mut self, expr: &'a Expr) {
        let Expr::Name(name) = expr else {
            return;
        };
        if !self.messages.holding.contains(&name.id) {
            return;
        }
        let Some([making]) = self.names.makings(expr) else {
            return;
        };
        let attribute = match self.parents.last() {
            Some(Expr::Attribute(attribute)) => Some(attribute),
            _ => None,
        };
        let whole = attribute.map_or(expr.range(), Ranged::range);
        self.messages.uses.push(Use {
            span: span(whole),
            making: making.clone(),
            attribute: attribute.map(|attribute| attribute.attr.to_string()),
            is_only_read: match self.parents.last() {
                Some(Expr::Call(call)) => is_quiet(call),
                // Who gets it is seen, and reads it in turn.
                Some(Expr::Yield(_)) => true,
                Some(_) => false,
                None => matches!(
                    self.slot,
                    Slot::Iterable { .. } | Slot::WithItem { .. } | Slot::Returned
                ),
            },
            function: self.inside.function,
            for_itself: None,
        });
    }

    /// What is done with the connections of `connects`, by position. `functions` are those that these stand in.
    pub(in crate::python::sites::collect) fn exchanges(
        &self,
        connects: &[Connect],
        functions: &[Option<FunctionId>],
    ) -> Vec<Exchange> {
        let by_start = by_start(connects);
        let exchange = |used: &Use| {
            let connect = opened(&used.making, &by_start)?;
            let known = self.receiver_of(connect)?;
            let has = |names: &[String]| used.attribute.as_ref().is_some_and(|name| names.contains(name));
            let is_beside = functions.get(connect.id) == Some(&used.function);
            let kind = match used.attribute.clone() {
                _ if !is_beside => ExchangeKind::Other,
                Some(method) if has(&known.sends) => ExchangeKind::Send(method),
                Some(_) if has(&known.methods) || has(&known.streams) => ExchangeKind::Receive,
                Some(_) if has(&known.states) => ExchangeKind::State,
                _ => ExchangeKind::Other,
            };
            Some(Exchange {
                span: used.span,
                connect: connect.id,
                kind,
                in_test: self.tests.covers(used.span.start),
            })
        };
        let mut found: Vec<Exchange> = self.messages.uses.iter().filter_map(exchange).collect();
        found.sort_by_key(|exchange| exchange.span);
        found
    }
}

//! What code asks of a connection that its object does not have: attributes, and keywords of methods.

use std::borrow::Cow;

use ruff_python_ast::{self as ast, Expr, ExprContext};
use ruff_text_size::Ranged;

use super::Collector;
use super::connections::misused;
use super::put_there::put_at;
use crate::sites::MisuseKind;

impl<'a> Collector<'a> {
    /// `getattr(ws, "open", False)`, the only look at what the connection is.
    pub(super) fn asked_in_vain(&mut self, call: &'a ast::ExprCall) {
        let [object, Expr::StringLiteral(attribute), _] = &*call.arguments.args else {
            return;
        };
        if self.meant_to_fail > 0 || self.names.resolve(&call.func) != Some("getattr") {
            return;
        }
        let local = object
            .as_name_expr()
            .and_then(|name| self.opened_and_counted(name.id.as_str()));
        let local = local.map(|(connect, counted)| (Cow::Borrowed(connect), counted));
        let Some((connect, counted)) = local.or_else(|| self.kept_connection(object)) else {
            return;
        };
        let attribute = attribute.value.to_str();
        let is_lacking = self
            .objects(&connect)
            .iter()
            .any(|object| object.lacks(attribute).is_some());
        // Of an object that is known by its path the question itself counts.
        let is_counted = self.names.resolve(object).is_some();
        let is_alone = counted.asks == usize::from(is_counted) && !counted.knows_state;
        if is_lacking && is_alone && !self.choice.is_tested(call.start().to_usize()) {
            let attribute = attribute.to_owned();
            self.push_of(misused(connect), call, MisuseKind::AttributeAsked { attribute });
        }
    }

    /// `ws.open`.
    pub(super) fn attribute(&mut self, read: &'a ast::ExprAttribute) {
        if read.ctx != ExprContext::Load {
            return;
        }
        let attribute = read.attr.as_str();
        if let Some(connect) = self.plain_connection(&read.value)
            && self
                .objects(&connect)
                .iter()
                .any(|object| object.lacks(attribute).is_some())
            // What the module itself puts there is there.
            && !put_at(read, self.names).is_some_and(|read| self.put_there.contains(&read))
        {
            let attribute = attribute.to_owned();
            self.push_of(misused(connect), read, MisuseKind::AttributeRead { attribute });
        }
    }

    /// `ws.recv(timeout=5)`.
    pub(super) fn keywords(&mut self, call: &'a ast::ExprCall) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg
                && let Some(connect) = self.plain_connection(&method.value)
                && self
                    .objects(&connect)
                    .iter()
                    .any(|object| object.rejects(&method.attr, name).is_some())
            {
                let kind = MisuseKind::KeywordGiven {
                    method: method.attr.to_string(),
                    keyword: name.to_string(),
                };
                self.push_of(misused(connect), name, kind);
            }
        }
    }
}

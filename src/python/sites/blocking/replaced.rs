//! What stands in for what blocks: replacements that the module makes, and clients that go over no network.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::{Collector, Direct, MOST_ARGUMENTS};
use crate::catalog::Blocking;
use crate::sites::Blocks;
use crate::source::Language;

impl Collector<'_> {
    /// Whether something stands in for what blocks.
    pub(super) fn is_replaced(&self, direct: &Direct) -> bool {
        let is_in_process = direct.origins.iter().any(|origin| self.in_process.contains(origin));
        let path = match &direct.blocks {
            Blocks::Function(path) => path.as_str(),
            Blocks::Connect(_) => return is_in_process,
        };
        let last = path.rsplit('.').next().unwrap_or(path);
        let stands_in =
            |name: &String| self.parameters.contains(name.as_str()) || self.names.imports_any_of(&[name.as_str()]);
        is_in_process
            || self.replaced.contains(last)
            || self
                .catalog
                .blocking(Language::Python, path)
                .is_some_and(|known| known.stand_ins.iter().any(stands_in))
    }

    /// Takes note of a client that is made to stay off the network.
    pub(super) fn constructor(&mut self, path: &str, call: &ExprCall) {
        let mut methods = self.catalog.blocking_methods(Language::Python, path).peekable();
        if methods.peek().is_none() {
            return;
        }
        let keywords = &call.arguments.keywords;
        let keeps_off = |known: &Blocking| {
            keywords.iter().any(|keyword| match &keyword.arg {
                Some(name) => known.in_process_with.iter().any(|other| other == name.as_str()),
                None => !known.in_process_with.is_empty(),
            })
        };
        if methods.any(keeps_off) {
            self.in_process.insert(call.start().to_usize());
        }
    }

    /// Takes note of what a call replaces: `patch("time.sleep")`, `monkeypatch.setattr(time, "sleep", …)`.
    pub(super) fn replaces(&mut self, call: &ExprCall) {
        let name = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return,
        };
        if !matches!(
            name,
            "patch" | "object" | "multiple" | "setattr" | "setitem" | "stub" | "spy" | "replace"
        ) {
            return;
        }
        for argument in call.arguments.args.iter().take(MOST_ARGUMENTS) {
            if let Expr::StringLiteral(text) = argument {
                let text = text.value.to_str();
                self.replaced.insert(text.rsplit('.').next().unwrap_or(text).to_owned());
            }
        }
        let keywords = call
            .arguments
            .keywords
            .iter()
            .filter_map(|keyword| keyword.arg.as_ref());
        self.replaced.extend(keywords.map(ToString::to_string));
    }
}

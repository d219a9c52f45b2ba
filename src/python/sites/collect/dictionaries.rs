//! Dictionaries that a call hands on as the arguments of another library's connect: `websocket_kwargs={"timeout": 5}`.

use std::sync::Arc;

use ruff_python_ast::ExprCall;
use ruff_text_size::Ranged;

use super::Collector;
use crate::python::sites::connects::{Given, Keys};
use crate::python::sites::handed_connect::handed_to;
use crate::python::syntax::spans::span;
use crate::sites::Connect;
use crate::source::Language;

impl<'a> Collector<'a> {
    /// Takes note of what a call hands on, as far as it is in sight.
    pub(super) fn dictionaries_given(&mut self, call: &'a ExprCall) {
        let catalog = self.catalog;
        let Some(path) = self.names.resolve(&call.func) else {
            return;
        };
        for known in catalog.passed_on(Language::Python, path) {
            let Some(api) = catalog.connect(Language::Python, &known.to) else {
                continue;
            };
            let named = call
                .arguments
                .find_keyword(&known.argument)
                .map(|keyword| &keyword.value);
            let given = named.or_else(|| call.arguments.args.get(known.position?));
            let Some(dictionary) = given else {
                continue;
            };
            let mut given = Given::default();
            given.unpack(
                dictionary,
                dictionary.range(),
                Keys::of(catalog.entry(api)),
                &self.options,
            );
            if given.keywords.is_empty() {
                continue;
            }
            let start = call.start().to_usize();
            self.in_dictionaries.push(Connect {
                call: span(call),
                callee: span(&*call.func),
                arguments: given.arguments,
                keywords: given.keywords,
                unpacks: given.unpacks,
                in_async: self.inside.is_async,
                in_test: self.tests.covers(start),
                chosen_by_version: self.choice.is_chosen(start),
                handed_by: Some(Arc::clone(known)),
                ..handed_to(api, known.to.clone())
            });
        }
    }
}

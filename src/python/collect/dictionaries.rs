//! Dictionaries that a call hands on as the arguments of another library's connect: `websocket_kwargs={"timeout": 5}`.

use std::sync::Arc;

use ruff_python_ast::ExprCall;
use ruff_text_size::Ranged;

use super::Collector;
use crate::python::connects::{Given, Keys};
use crate::python::spans::span;
use crate::sites::{CallersElsewhere, Carried, Connect, Entry, Expected, HANDED, OwnMembers};
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
            self.in_dictionaries.push(Connect {
                id: HANDED,
                api,
                path: known.to.clone(),
                call: span(call),
                callee: span(&*call.func),
                arguments: given.arguments,
                keywords: given.keywords,
                positional: Vec::new(),
                scheme: None,
                unpacks: given.unpacks,
                entry: Entry::Stored,
                in_thread: false,
                own_members: OwnMembers::None,
                carried: Carried::Nothing,
                deadlines: Vec::new(),
                in_async: self.inside.is_async,
                in_test: self.tests.covers(call.start().to_usize()),
                clock_stands_still: false,
                chosen_by_version: self.choice.is_chosen(call.start().to_usize()),
                expected: Expected::Anything,
                callers: CallersElsewhere::NotAsked,
                through: Vec::new(),
                handed_by: Some(Arc::clone(known)),
            });
        }
    }
}

//! What functions do through others that they call, or in whose blocks they stand.

use ruff_python_ast::ExprCall;
use ruff_text_size::{Ranged, TextSize};

use super::Done;
use crate::python::names::FunctionId;
use crate::python::sites::collect::Collector;
use crate::python::syntax::dotted::with_items;

/// Of what a module does to objects so much is looked at, and of one function so many calls.
const MOST_DONE: usize = 1024;
const MOST_CALLS: usize = 64;

/// Something that a function does, as far as it is done by another one that it calls.
#[derive(Debug)]
pub(in crate::python::sites::collect) struct Through<'d> {
    /// What the other one does.
    pub(super) done: &'d Done,
    pub(super) function: FunctionId,
    /// Who calls that, and what is the object there.
    pub(super) by: FunctionId,
    pub(super) object: String,
    pub(super) call: TextSize,
    /// The call stands for a block.
    pub(super) is_block: bool,
}

impl<'a> Collector<'a> {
    /// What the functions of the module do to what they give to others of it.
    pub(in crate::python::sites::collect) fn done_through_others(&self) -> impl Iterator<Item = Through<'_>> {
        self.messages.done.iter().take(MOST_DONE).flat_map(move |done| {
            let function = done.by.filter(|_| !done.how.is_later);
            let calls = function.map(|function| self.holders.calls_of(function));
            let calls = calls.into_iter().flatten().take(MOST_CALLS);
            calls.filter_map(move |call| {
                let function = function?;
                let by = self.names.function_at(call.start().to_usize());
                Some(Through {
                    done,
                    function,
                    by: by.filter(|by| *by != function)?,
                    object: self.object_given(call, function, &done.object)?,
                    call: call.start(),
                    is_block: self.names.yields(function),
                })
            })
        })
    }

    /// What the caller has by another name that a function calls `object`: what it is given, or what its own object keeps.
    fn object_given(&self, call: &ExprCall, function: FunctionId, object: &str) -> Option<String> {
        let end = object.find(['.', '[']).unwrap_or(object.len());
        let (root, rest) = object.split_at(end);
        let mut parameters = self.names.parameters(function).iter();
        let given = match parameters.position(|parameter| parameter.as_str() == root) {
            Some(position) => {
                let named = call.arguments.find_keyword(root).map(|keyword| &keyword.value);
                named.or_else(|| call.arguments.find_positional(position))?
            }
            // Other names may be its own.
            None if root == "self" => &*call.func.as_attribute_expr()?.value,
            None => return None,
        };
        Some(with_items(given)? + rest)
    }
}

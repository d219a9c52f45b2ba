//! Flags that end a loop because something else than its function sets them: an attribute, a variable of the function around, an item
//! of a dictionary, an event, and what a function asks for them that it is given.

use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprAttribute, ExprCall, ExprCompare, ExprName, UnaryOp};
use ruff_text_size::{Ranged, TextSize};

use super::builder::Builder;
use super::flags::Item;
use crate::python::names::FunctionId;
use crate::python::sites::collect::InThread;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in};

/// So many values of one condition are looked at.
const MOST: usize = 8;

/// So many values are gone through that functions are given.
const MOST_GIVEN: usize = 16;

/// A loop that asks for a flag.
#[derive(Clone, Copy)]
pub(super) struct Asking {
    /// Where it stands.
    pub(super) place: TextSize,
    /// A condition in it leaves it, which is not that of its head: it is about all kinds of things.
    pub(super) within: bool,
}

impl<'a> Builder<'a, '_> {
    /// Whether something else may make a condition of a loop `wanted`.
    pub(super) fn may_become(&self, test: &'a Expr, wanted: bool, asking: Asking) -> bool {
        let (names, flags) = (self.all.lengths.names, &self.all.functions.flags);
        match test {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.may_become(&not.operand, !wanted, asking),
            Expr::BoolOp(both) if both.op == BoolOp::And || wanted => {
                let mut values = both.values.iter().take(MOST);
                values.any(|value| self.may_become(value, wanted, asking))
            }
            Expr::Name(name) if !names.is_of_module(name) => self.variable_may_become(name, wanted, asking),
            Expr::Subscript(_) => Item::of(test).is_some_and(|item| flags.item_may_become(&item, wanted)),
            Expr::Call(call) if call.arguments.is_empty() && self.locals.is_parameter(&call.func) => {
                self.given_may_become(&call.func, wanted, asking)
            }
            // By its last name alone, an attribute may be anything.
            Expr::Attribute(attribute) if asking.within && !self.locals.is_receiver(&attribute.value) => false,
            Expr::Attribute(attribute) if let Some(asked) = self.asked_by(attribute) => {
                self.may_become(asked, wanted, asking)
            }
            Expr::Compare(compare) if !is_about_nothing(compare) => self.state_may_change(compare, asking),
            Expr::Compare(_) if asking.within => false,
            _ => flags.may_become(test, wanted, names),
        }
    }

    /// What a property of the function's own object asks: another property is not looked into.
    fn asked_by(&self, attribute: &'a ExprAttribute) -> Option<&'a Expr> {
        let names = self.all.lengths.names;
        let property = |attribute: &'a ExprAttribute| names.property_of(&attribute.value, &attribute.attr.id);
        let function = property(attribute).filter(|_| self.locals.is_receiver(&attribute.value))?;
        let body = &self.all.functions.definition(function.index())?.function.body;
        let asked = body.last()?.as_return_stmt()?.value.as_deref()?;
        let mut parts = expressions_in(asked, Scope::OwnAndLambdas).filter_map(Expr::as_attribute_expr);
        parts.all(|part| property(part).is_none()).then_some(asked)
    }

    /// Whether something changes a state that a comparison asks for: what it is set to is not compared. Of a loop that is left so from
    /// within, another function has to: by its last name alone an attribute may be anything, and what the loop sets itself is what it
    /// waits for.
    fn state_may_change(&self, compare: &'a ExprCompare, asking: Asking) -> bool {
        let names = self.all.lengths.names;
        let own = names.function_at(asking.place.to_usize());
        let is_meant = |at: TextSize| !asking.within || names.function_at(at.to_usize()) != own;
        let states = std::iter::once(&*compare.left).chain(&compare.comparators).take(MOST);
        let mut states = states.filter_map(Expr::as_attribute_expr);
        states.any(|state| {
            let is_own = || self.locals.is_receiver(&state.value);
            (!asking.within || is_own()) && self.all.functions.flags.is_changed(&state.attr, &is_meant)
        })
    }

    /// A variable of the function around, which that, or another one in it, sets otherwise than where it begins.
    fn variable_may_become(&self, name: &ExprName, wanted: bool, asking: Asking) -> bool {
        let names = self.all.lengths.names;
        let own = names.function_at(asking.place.to_usize());
        let Some(owner) = names.variable_of(&name.id, name.start().to_usize()) else {
            return false;
        };
        let is_same = |at: usize| names.variable_of(&name.id, at) == Some(owner);
        let set = self.all.functions.flags.variable(&name.id, wanted);
        let set = set
            .map(|(at, fits)| (at.to_usize(), fits))
            .filter(|(at, _)| is_same(*at));
        own != Some(owner) && set.skip(1).any(|(at, fits)| fits && names.function_at(at) != own)
    }

    /// What the function of a loop is given to ask, by who calls or starts it, and by who calls that: `args=(lambda: stop,)`,
    /// `stop.is_set`.
    fn given_may_become(&self, parameter: &'a Expr, wanted: bool, asking: Asking) -> bool {
        let names = self.all.lengths.names;
        let (mut given, mut next) = (vec![parameter], 0);
        while let Some(expr) = given.get(next).copied() {
            next += 1;
            let may_become = match expr {
                Expr::Lambda(lambda) => self.may_become(&lambda.body, wanted, asking),
                Expr::Attribute(method) if method.attr.as_str() == "is_set" => {
                    let event = last_name(&method.value);
                    event.is_some_and(|event| self.all.functions.flags.is_set_later(event, wanted))
                }
                Expr::Name(name) => {
                    let function = names.variable_of(&name.id, name.start().to_usize());
                    let index = function.and_then(|function| {
                        let index = names.parameters(function).iter().position(|one| *one == name.id)?;
                        Some((function, index))
                    });
                    let found = index.map(|(function, index)| self.given_to_parameter(function, &name.id, index));
                    let room = MOST_GIVEN.saturating_sub(given.len());
                    given.extend(found.into_iter().flatten().take(room));
                    false
                }
                _ => false,
            };
            if may_become {
                return true;
            }
        }
        false
    }

    /// What the calls of a function of the module give it for a parameter, and those that have a thread run it.
    fn given_to_parameter(&self, function: FunctionId, name: &str, index: usize) -> impl Iterator<Item = &'a Expr> {
        let names = self.all.lengths.names;
        self.calls_of(function)
            .filter_map(move |call| match InThread::of(call, names) {
                Some(thread) => thread.positional().get(index),
                None => call.arguments.find_argument_value(name, index),
            })
    }

    /// The calls of a function of the module, and those that have a thread run it.
    fn calls_of(&self, function: FunctionId) -> impl Iterator<Item = &'a ExprCall> {
        let names = self.all.lengths.names;
        let definition = self.all.functions.definition(function.index());
        let name = definition.map_or("", |definition| definition.function.name.as_str());
        let is_meant =
            move |callee: &Expr| last_name(callee) == Some(name) && names.local_function(callee) == Some(function);
        let calls = expressions_in(&self.all.functions.module.body, Scope::All).filter_map(Expr::as_call_expr);
        calls.filter(move |call| match is_meant(&call.func) {
            true => true,
            false => {
                let mut given = call.arguments.iter_source_order().map(|given| given.value());
                given.any(|value| last_name(value) == Some(name))
                    && InThread::of(call, names).is_some_and(|thread| is_meant(thread.target))
            }
        })
    }
}

/// `self.ws is None`, `self.ws is not None`: whether there is something.
fn is_about_nothing(compare: &ExprCompare) -> bool {
    matches!(
        (&*compare.ops, &*compare.comparators),
        ([CmpOp::Is | CmpOp::IsNot], [Expr::NoneLiteral(_)])
    )
}

//! Functions that block by a method which the class of their object has in another way.

use foldhash::HashMap;
use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::Direct;
use crate::python::names::{FunctionId, Method, Names, ScopeId, Value};
use crate::python::program::{BlockedBy, Others};

/// The class of this module that the object is of whose method `callee` is.
pub(super) fn class_of(callee: &Expr, names: &Names) -> Option<ScopeId> {
    let object = &callee.as_attribute_expr()?.value;
    if let Expr::Call(call) = &**object
        && call.func.as_name_expr().is_some_and(|name| name.id == "super")
    {
        return names.class_at(callee.start().to_usize());
    }
    match names.values(object) {
        [Value::Instance(class)] => Some(*class),
        _ => None,
    }
}

/// What classes have in the place of the methods that they inherit, once that was asked.
#[derive(Default)]
pub(super) struct OwnMethods(HashMap<ScopeId, Vec<(Method, Option<Method>)>>);

impl OwnMethods {
    /// What a class has; nothing where there is none.
    pub(super) fn of(&mut self, class: Option<ScopeId>, names: &Names) -> &[(Method, Option<Method>)] {
        class.map_or(&[], |class| {
            self.0.entry(class).or_insert_with(|| names.replacing(class).methods)
        })
    }
}

/// What a function blocks by that is a method of an object whose class has `methods` in the place of others, where it comes to `direct` by the methods that it names:
/// those of the class are called in their place.
pub(super) fn by_own_methods<'d>(
    direct: &'d Direct,
    methods: &[(Method, Option<Method>)],
    reached: &'d std::collections::HashMap<FunctionId, Direct>,
) -> Option<&'d Direct> {
    let mut on_the_way = methods.iter().filter(|(inherited, _)| match inherited {
        Method::Here(function) => reached.get(function).is_some_and(|other| other.call == direct.call),
        Method::There(..) => false,
    });
    match on_the_way.next() {
        Some((_, Some(Method::Here(own)))) => reached.get(own),
        Some(_) => None,
        None => Some(direct),
    }
}

/// Whether a function of another module, a method of an object whose class has `methods` in the place of others, comes to what it
/// blocks by through one of those.
pub(super) fn is_replaced_on_the_way(
    by: &BlockedBy,
    methods: &[(Method, Option<Method>)],
    blocking: &HashMap<usize, BlockedBy>,
    others: Option<Others<'_>>,
) -> bool {
    let comes_by = |(inherited, _): &(Method, Option<Method>)| match inherited {
        Method::There(module, function) => {
            let facts = others.and_then(|others| others.facts(module));
            let of_module = facts.as_ref().map_or(blocking, |facts| &facts.blocking);
            let known = of_module.get(&function.index());
            known.is_some_and(|known| known.place == by.place)
        }
        Method::Here(_) => false,
    };
    methods.iter().any(comes_by)
}

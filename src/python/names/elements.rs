//! The elements of lists: what a loop over one gives, and an index.

use ruff_python_ast::{Expr, ExprSubscript, Number};

use super::binding::{Bindings, Making, Meaning, Reference, ScopeId, Step, Value};
use super::evaluate::Evaluation;
use super::{makings, meaning};

impl Evaluation<'_, '_> {
    /// The calls that make what `list[0]` is; nothing where the list is changed in place.
    pub(super) fn makings_of_index(&self, item: &ExprSubscript, scope: ScopeId) -> Option<Vec<Making>> {
        let index = match &*item.slice {
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(index) => index.as_usize()?,
                _ => return None,
            },
            _ => return None,
        };
        let mut meanings = meaning::meanings(&item.value, scope);
        let only = meanings.pop().filter(|_| meanings.is_empty())?;
        self.makings_of_item(self.unchanged(&only)?, index)
    }

    /// The calls that make the elements of a list.
    pub(super) fn makings_of_each(&self, of: &Meaning) -> Option<Vec<Making>> {
        if !self.may_go_on() {
            return None;
        }
        match self.unchanged(of)? {
            Meaning::Each(element) => self.makings_of(std::slice::from_ref(element)),
            Meaning::Tuple(elements) => self.makings_of(elements),
            Meaning::Alias(reference) => self.makings_of_each(self.only_meaning(reference)?),
            Meaning::Outcome { callee, .. } => self.each_given(&self.reference(callee), false),
            Meaning::Awaited { callee, .. } => self.each_given(&self.reference(callee), true),
            _ => None,
        }
    }

    /// What the elements of a list can mean, where an annotation says it.
    pub(super) fn values_of_each(&self, of: &Meaning) -> Vec<Value> {
        if !self.may_go_on() {
            return Vec::new();
        }
        match of {
            Meaning::Each(element) if matches!(**element, Meaning::Instance(_)) => self.meaning(element, false),
            Meaning::Alias(reference) => match self.only_meaning(reference) {
                Some(meaning) => self.values_of_each(meaning),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn each_given(&self, callee: &[Value], awaited: bool) -> Option<Vec<Making>> {
        match callee {
            [Value::Function(function)] => match self.given_by(*function, awaited)? {
                ([one], false) => self.makings_of_each(one),
                _ => None,
            },
            [Value::Foreign { module, value, .. }] => {
                let there = self.elsewhere(module);
                let given = there.each_given(std::slice::from_ref(&**value), awaited)?;
                Some(makings::from_module(given, module))
            }
            _ => None,
        }
    }

    /// What a name is bound to, where that is one thing.
    fn only_meaning(&self, reference: &Reference) -> Option<&Meaning> {
        if !reference.steps.is_empty() {
            return None;
        }
        let (_, entry) = self.table.lookup(reference.scope, &reference.root)?;
        match &entry.bindings {
            Bindings::Known(known) => match known.as_slice() {
                [binding] => Some(&binding.meaning),
                _ => None,
            },
            _ => None,
        }
    }

    /// A list, unless it goes by a name under which something changes lists in place.
    fn unchanged<'m>(&self, of: &'m Meaning) -> Option<&'m Meaning> {
        let name = match of {
            Meaning::Alias(reference) => match reference.steps.last() {
                None => Some(&reference.root),
                Some(Step::Attribute(name)) => Some(name),
                Some(Step::Call(_) | Step::Await) => None,
            },
            _ => None,
        };
        (!name.is_some_and(|name| self.table.changed.contains(name))).then_some(of)
    }
}

//! What is in lists and dictionaries by what annotations say of them.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprSubscript};

use super::binding::{Binding, Bindings, FunctionId, Meaning, Reference, ScopeId};
use super::elements::with_values;
use super::evaluate::Evaluation;
use super::fixtures::Fixture;
use super::makings::Making;
use super::value::Value;
use super::{meaning, outcomes};

/// What of a list or a dictionary is got: an element or a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Element,
    Value,
}

/// Whether the code makes mocks: an annotation is for who checks types then.
fn are_mocks(makings: Option<Vec<Making>>) -> bool {
    let makings = makings.unwrap_or_default();
    let mut sources = makings.iter().flat_map(Making::sources);
    sources.any(|making| {
        making
            .callee
            .as_deref()
            .is_some_and(|made| made.starts_with("unittest.mock."))
    })
}

impl Evaluation<'_, '_> {
    /// What the elements of a list can mean that a loop goes over, or the values of a dictionary (`all.values()`).
    pub(super) fn values_of_each(&self, of: &Meaning) -> Vec<Value> {
        let found = match of {
            Meaning::Outcome { callee, .. } if let Some(dictionary) = with_values(callee) => {
                self.declared_in(&Meaning::Alias(dictionary), Part::Value)
            }
            _ => self.declared_in(of, Part::Element),
        };
        let found = Some(found).filter(|found| !found.is_empty());
        found
            .filter(|_| !are_mocks(self.makings_of_each(of)))
            .unwrap_or_default()
    }

    /// What `all[…]` can mean, of a list or a dictionary.
    pub(super) fn declared_item(&self, item: &ExprSubscript, scope: ScopeId) -> Vec<Value> {
        if item.slice.is_slice_expr() || !matches!(&*item.value, Expr::Name(_) | Expr::Attribute(_)) {
            return Vec::new();
        }
        let Some(of) = meaning::reference(&item.value, scope).map(Meaning::Alias) else {
            return Vec::new();
        };
        let found = match self.declared_in(&of, Part::Element) {
            none if none.is_empty() => self.declared_in(&of, Part::Value),
            some => some,
        };
        let found = Some(found).filter(|found| !found.is_empty());
        found
            .filter(|_| !are_mocks(self.makings_of_index(item, scope)))
            .unwrap_or_default()
    }

    fn declared_in(&self, of: &Meaning, part: Part) -> Vec<Value> {
        if !self.may_go_on() {
            return Vec::new();
        }
        match of {
            Meaning::Each(element) if part == Part::Element => self.declared_part(element),
            Meaning::EachValue(value) if part == Part::Value => self.declared_part(value),
            Meaning::Alias(reference) if reference.steps.is_empty() => {
                let bound = self.table.lookup(reference.scope, &reference.root);
                bound.map_or_else(Vec::new, |(_, entry)| self.declared_by(&entry.bindings, part))
            }
            Meaning::Alias(reference) => self.declared_in_attribute(reference, part),
            Meaning::Outcome { callee, .. } => self.declared_by_callee(&self.reference(callee), part),
            Meaning::Awaited { callee, .. } => self.declared_by_callee(&self.reference(callee), part),
            Meaning::Fixture { name, by } => match self.fixture(name, Some(*by)) {
                Some(Fixture::Here(fixture)) => self.declared_by_function(fixture, part),
                Some(Fixture::There(module, fixture)) => {
                    let there = self.elsewhere(&module);
                    there.seen_outside(&there.declared_by_function(fixture, part), &module, name)
                }
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Nothing but an annotation is asked: what is put into a list, other questions tell.
    fn declared_part(&self, part: &Meaning) -> Vec<Value> {
        match part {
            Meaning::Instance(_) => self.meaning(part, false),
            _ => Vec::new(),
        }
    }

    fn declared_by(&self, bindings: &Bindings, part: Part) -> Vec<Value> {
        let Bindings::Known(known) = bindings else {
            return Vec::new();
        };
        let declared = |binding: &Binding| binding.declared.as_deref().map(|of| self.declared_in(of, part));
        let mut declared = known.iter().filter_map(declared).filter(|found| !found.is_empty());
        match (declared.next(), known.as_slice()) {
            (Some(found), _) => found,
            (None, [only]) => self.declared_in(&only.meaning, part),
            _ => Vec::new(),
        }
    }

    fn declared_in_attribute(&self, reference: &Reference, part: Part) -> Vec<Value> {
        let Some((name, owner)) = outcomes::owner(reference) else {
            return Vec::new();
        };
        match &*self.reference(&owner) {
            [owner] => self.declared_by_owner(owner, name, part),
            _ => Vec::new(),
        }
    }

    fn declared_by_owner(&self, owner: &Value, name: &Name, part: Part) -> Vec<Value> {
        if !self.may_go_on() {
            return Vec::new();
        }
        match owner {
            Value::Class(class) | Value::Instance(class) => {
                let scope = self.table.scope(*class);
                let in_body = scope.names.get(name).map(|entry| &entry.bindings);
                let all = in_body.into_iter().chain(scope.attributes.get(name));
                let mut all = all.filter(|bindings| bindings.is_bound()).peekable();
                if all.peek().is_none() {
                    let mut bases = self.bases(*class).into_iter().flatten();
                    return bases
                        .find_map(|base| {
                            Some(self.declared_by_owner(&base, name, part)).filter(|some| !some.is_empty())
                        })
                        .unwrap_or_default();
                }
                let mut declared = all.map(|bindings| self.declared_by(bindings, part));
                declared.find(|found| !found.is_empty()).unwrap_or_default()
            }
            Value::Foreign { module, value, path } => {
                let there = self.elsewhere(module);
                there.seen_outside(&there.declared_by_owner(value, name, part), module, path)
            }
            _ => Vec::new(),
        }
    }

    fn declared_by_callee(&self, callee: &[Value], part: Part) -> Vec<Value> {
        match callee {
            [Value::Function(function)] => self.declared_by_function(*function, part),
            [Value::Foreign { module, value, path }] => {
                let there = self.elsewhere(module);
                let found = there.declared_by_callee(std::slice::from_ref(&**value), part);
                there.seen_outside(&found, module, path)
            }
            _ => Vec::new(),
        }
    }

    fn declared_by_function(&self, function: FunctionId, part: Part) -> Vec<Value> {
        let declared = self.table.function(function).gives.declared.as_ref();
        declared.map_or_else(Vec::new, |declared| self.declared_in(declared, part))
    }
}

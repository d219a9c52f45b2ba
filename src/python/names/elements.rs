//! What is in lists and dictionaries: what a loop over one gives, an index, a key.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprSubscript, Number};

use super::binding::{Binding, Bindings, FunctionId, Meaning, Reference, ScopeId, Step};
use super::evaluate::Evaluation;
use super::fixtures::Fixture;
use super::makings::Making;
use super::meaning::VALUES;
use super::value::Value;
use super::{makings, meaning, outcomes};

/// Of what more is put into is not told what it holds.
pub(super) const MOST_PUT: usize = 8;

/// What a module puts into the lists and dictionaries of one name in place.
#[derive(Debug, Default)]
pub(super) struct Put {
    meanings: Vec<Meaning>,
    /// Something that is not to be seen, too.
    is_unknown: bool,
}

impl Put {
    /// Takes note of what is put in; none where that is not to be seen.
    pub(super) fn add(&mut self, what: Option<Vec<Meaning>>) {
        match what {
            Some(what) if self.meanings.len() + what.len() <= MOST_PUT => self.meanings.extend(what),
            _ => self.is_unknown = true,
        }
    }
}

/// How something is got out of a list or a dictionary.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Got {
    /// By a loop, which goes over the keys of a dictionary.
    Loop,
    /// By an index or a key.
    Key,
    /// By a loop over the values of a dictionary.
    Value,
}

impl Evaluation<'_, '_> {
    /// The calls that make what `list[0]` is, or `dictionary["key"]`.
    pub(super) fn makings_of_index(&self, item: &ExprSubscript, scope: ScopeId) -> Option<Vec<Making>> {
        let mut meanings = meaning::meanings(&item.value, scope);
        let only = meanings.pop().filter(|_| meanings.is_empty())?;
        match index_of(&item.slice) {
            Some(index) if self.put_into(&only).is_none() => self
                .makings_of_item(&only, index)
                .or_else(|| self.makings_of_any(&only, Got::Key)),
            None if item.slice.is_slice_expr() => None,
            _ => self.makings_of_any(&only, Got::Key),
        }
    }

    /// The calls that make what a list or tuple has at this place, or, where that is not told, any of its elements.
    pub(super) fn makings_of_part(&self, of: &Meaning, index: usize) -> Option<Vec<Making>> {
        self.makings_of_item(of, index).or_else(|| self.makings_of_each(of))
    }

    /// The calls that make the elements of a list.
    pub(super) fn makings_of_each(&self, of: &Meaning) -> Option<Vec<Making>> {
        self.makings_of_any(of, Got::Loop)
    }

    fn makings_of_any(&self, of: &Meaning, got: Got) -> Option<Vec<Making>> {
        self.makings_in(of, got).filter(|found| !found.is_empty())
    }

    /// The calls that make all that is in a list or a dictionary, which may be empty where it is made.
    fn makings_in(&self, of: &Meaning, got: Got) -> Option<Vec<Making>> {
        if !self.may_go_on() {
            return None;
        }
        let mut found = match of {
            Meaning::Each(element) if got != Got::Value => self.makings_of(std::slice::from_ref(element))?,
            Meaning::Tuple(elements) if got != Got::Value => self.makings_of_all(elements)?,
            Meaning::EachValue(value) if got != Got::Loop => self.makings_of(std::slice::from_ref(value))?,
            Meaning::Display(at) if got != Got::Loop => self.makings_of_values(*at)?,
            Meaning::Alias(reference) => self.makings_in_alias(reference, got)?,
            Meaning::Outcome { callee, .. } => match self.each_given(&self.reference(callee), false, got) {
                Some(given) => given,
                None => self.makings_in(&Meaning::Alias(with_values(callee)?), Got::Value)?,
            },
            Meaning::Awaited { callee, .. } => self.each_given(&self.reference(callee), true, got)?,
            Meaning::Fixture { name, by } => match self.fixture(name, Some(*by))? {
                Fixture::Here(fixture) => self.each_of_function(fixture, false, got)?,
                Fixture::There(module, fixture) => {
                    let given = self.elsewhere(&module).each_of_function(fixture, false, got)?;
                    makings::from_module(given, &module)
                }
            },
            _ => return None,
        };
        if let (Some(name), Some(put)) = (name_of(of), self.put_into(of)) {
            found.extend(self.makings_of_put(name, put)?);
        }
        Some(found)
    }

    /// The calls that make what is put into the lists and dictionaries of this name.
    fn makings_of_put(&self, name: &Name, put: &Put) -> Option<Vec<Making>> {
        let mut found = Vec::new();
        for meaning in put.meanings.iter().filter(|_| !put.is_unknown) {
            let variable = match meaning {
                Meaning::Alias(reference) if reference.steps.is_empty() => {
                    self.table.lookup(reference.scope, &reference.root)
                }
                _ => None,
            };
            match variable.map(|(_, entry)| &entry.bindings) {
                // `for ws in all: …` gives the variable nothing that is not in there.
                Some(Bindings::Known(known)) => {
                    let mut others = known
                        .iter()
                        .map(|binding| &binding.meaning)
                        .filter(|of| !is_got_out(of, name));
                    others.try_for_each(|of| self.add_makings(of, &mut found))?;
                }
                _ => self.add_makings(meaning, &mut found)?,
            }
        }
        (!put.is_unknown).then_some(found)
    }

    /// The same of what may be empty.
    fn makings_of_all(&self, meanings: &[Meaning]) -> Option<Vec<Making>> {
        match meanings {
            [] => Some(Vec::new()),
            some => self.makings_of(some),
        }
    }

    /// The calls that make the values of a dictionary that is written out.
    fn makings_of_values(&self, at: usize) -> Option<Vec<Making>> {
        if let Some(values) = self.table.other_displays.get(&at) {
            return self.makings_of_all(values);
        }
        let items = self.table.displays.get(&at)?;
        let values: Vec<Meaning> = items.iter().flat_map(|(_, values)| values).cloned().collect();
        self.makings_of_all(&values)
    }

    fn makings_in_alias(&self, reference: &Reference, got: Got) -> Option<Vec<Making>> {
        if reference.steps.is_empty() {
            let (_, entry) = self.table.lookup(reference.scope, &reference.root)?;
            return self.makings_in_bindings([&*entry.bindings.holding_at(reference.at)], got);
        }
        let (name, owner) = outcomes::owner(reference)?;
        match &*self.reference(&owner) {
            [owner] => self.makings_in_attribute(owner, name, got),
            _ => None,
        }
    }

    fn makings_in_attribute(&self, owner: &Value, name: &Name, got: Got) -> Option<Vec<Making>> {
        if !self.may_go_on() {
            return None;
        }
        match owner {
            Value::Class(class) | Value::Instance(class) => {
                let scope = self.table.scope(*class);
                let none = Bindings::default();
                let in_body = scope.names.get(name).map_or(&none, |entry| &entry.bindings);
                let in_methods = scope.attributes.get(name).unwrap_or(&none);
                if in_body.is_bound() || in_methods.is_bound() {
                    return self.makings_in_bindings([in_body, in_methods], got);
                }
                let mut bases = self.bases(*class).into_iter();
                bases.find_map(|base| self.makings_in_attribute(&base?, name, got))
            }
            Value::Foreign { module, value, .. } => {
                let found = self.elsewhere(module).makings_in_attribute(value, name, got)?;
                Some(makings::from_module(found, module))
            }
            _ => None,
        }
    }

    fn makings_in_bindings<const N: usize>(&self, groups: [&Bindings; N], got: Got) -> Option<Vec<Making>> {
        let mut found = Vec::new();
        for bindings in groups {
            let Bindings::Known(known) = bindings else {
                return None;
            };
            let says_more = |binding: &&Binding| !matches!(binding.meaning, Meaning::Nothing);
            for binding in known.iter().filter(says_more) {
                found.extend(self.makings_in(&binding.meaning, got)?);
            }
        }
        Some(found)
    }

    fn each_given(&self, callee: &[Value], awaited: bool, got: Got) -> Option<Vec<Making>> {
        match callee {
            [Value::Function(function)] => self.each_of_function(*function, awaited, got),
            [Value::Foreign { module, value, .. }] => {
                let there = self.elsewhere(module);
                let given = there.each_given(std::slice::from_ref(&**value), awaited, got)?;
                Some(makings::from_module(given, module))
            }
            _ => None,
        }
    }

    fn each_of_function(&self, function: FunctionId, awaited: bool, got: Got) -> Option<Vec<Making>> {
        match self.given_by(function, awaited)? {
            ([one], false) => self.makings_in(one, got),
            _ => None,
        }
    }

    /// What is put into a list or a dictionary by the name that it goes by.
    fn put_into(&self, of: &Meaning) -> Option<&Put> {
        self.table.put.get(name_of(of)?)
    }
}

/// What of an unpacked value goes into the target at this index, of so many, of which the one at `rest` takes what is left.
pub(super) fn part(value: &Meaning, index: usize, rest: Option<usize>, targets: usize) -> Meaning {
    let is_rest = rest == Some(index);
    let is_behind = rest.is_some_and(|rest| rest < index);
    match value {
        Meaning::Tuple(elements) => {
            // As many as there are more elements than targets.
            let end = (elements.len() + index + 1).checked_sub(targets);
            let found = match (is_rest, is_behind) {
                (true, _) => end
                    .and_then(|end| elements.get(index..end))
                    .map(|some| Meaning::Tuple(some.to_vec())),
                (false, true) => end.and_then(|end| elements.get(end.checked_sub(1)?)).cloned(),
                (false, false) => elements.get(index).cloned(),
            };
            found.unwrap_or(Meaning::Opaque)
        }
        whole if is_rest => Meaning::Each(Box::new(Meaning::Iterated(Box::new(whole.clone())))),
        whole if is_behind => Meaning::Iterated(Box::new(whole.clone())),
        whole => Meaning::Item(Box::new(whole.clone()), index),
    }
}

/// The name that a list or a dictionary goes by.
fn name_of(of: &Meaning) -> Option<&Name> {
    match of {
        Meaning::Alias(reference) => last_name(reference),
        _ => None,
    }
}

fn last_name(reference: &Reference) -> Option<&Name> {
    match reference.steps.last() {
        None => Some(&reference.root),
        Some(Step::Attribute(name)) => Some(name),
        Some(Step::Call(_) | Step::Await) => None,
    }
}

/// Whether a loop over the list or the dictionary of this name gives it.
fn is_got_out(meaning: &Meaning, name: &Name) -> bool {
    let Meaning::Iterated(of) = meaning else {
        return false;
    };
    match &**of {
        Meaning::Outcome { callee, .. } => with_values(callee).as_ref().and_then(last_name) == Some(name),
        of => name_of(of) == Some(name),
    }
}

/// The index of an element that is written out.
fn index_of(slice: &Expr) -> Option<usize> {
    match slice {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(index) => index.as_usize(),
            _ => None,
        },
        _ => None,
    }
}

/// The dictionary whose `values` this is.
pub(super) fn with_values(callee: &Reference) -> Option<Reference> {
    let (name, dictionary) = outcomes::owner(callee)?;
    (*name == VALUES).then_some(dictionary)
}

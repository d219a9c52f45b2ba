//! The calls that make what an expression can be.

use ruff_python_ast::Expr;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::binding::{Binding, Bindings, Meaning, Reference, ScopeId};
use super::evaluate::Evaluation;
use super::transparent::given_back;
use super::value::{Elsewhere, Value};
use super::{meaning, outcomes};

/// A call that makes an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::python) struct Making {
    /// Where it begins.
    pub(in crate::python) call: usize,
    /// The object is what awaiting its outcome gives.
    pub(in crate::python) awaited: bool,
    /// The object is what entering its outcome gives, which was kept before.
    pub(in crate::python) entered: bool,
    /// The calls that make what the called function of the project gives back; none where that cannot be told.
    pub(in crate::python) given: Vec<Making>,
    /// What is called, where that is of none of the project's modules.
    pub(in crate::python) callee: Option<String>,
    /// What is called, where that stands in another module and is of none of the project's own.
    pub(in crate::python) path: Option<String>,
    /// It makes an object of a class of the project that inherits from no library's.
    pub(in crate::python) is_of_own_class: bool,
    /// The module that the call stands in, unless it is the one that was asked.
    pub(in crate::python) module: Option<Elsewhere>,
}

impl Making {
    /// The calls at the end of the chain of functions: itself, where it calls none of the project.
    pub(in crate::python) fn sources(&self) -> Vec<&Making> {
        let (mut found, mut pending) = (Vec::new(), vec![self]);
        while let Some(making) = pending.pop() {
            match making.given.as_slice() {
                [] => found.push(making),
                given => pending.extend(given.iter().rev()),
            }
        }
        found
    }
}

impl Evaluation<'_, '_> {
    /// The calls that make what `expr`, read in `scope`, can be; `None` when it can be anything else.
    pub(super) fn makings(&self, expr: &Expr, scope: ScopeId) -> Option<Vec<Making>> {
        match expr {
            Expr::Call(call) if let Some(inner) = given_back(call) => self.makings(inner, scope),
            Expr::Call(call)
                if let Some(future) = self.future_of(call, scope)
                    && let Some(given) = self.makings_of_awaited(&future) =>
            {
                Some(given)
            }
            Expr::Call(call) => {
                let callee = self.expression(&call.func, scope);
                Some(vec![self.making(&callee, call.start().to_usize(), false)])
            }
            Expr::Named(named) => self.makings(&named.value, scope),
            Expr::Subscript(item) => self.makings_of_index(item, scope),
            Expr::Await(_) => self.makings_of(&meaning::meanings(expr, scope)),
            _ => self.makings_of_reference(&meaning::reference(expr, scope)?),
        }
    }

    fn making(&self, callee: &[Value], call: usize, awaited: bool) -> Making {
        Making {
            call,
            awaited,
            entered: false,
            given: self.given(callee, awaited).unwrap_or_default(),
            callee: match callee {
                [Value::Path(path)] => Some(path.clone()),
                _ => None,
            },
            path: match callee {
                [Value::Path(path)] if self.is_elsewhere() => Some(path.clone()),
                _ => None,
            },
            is_of_own_class: matches!(callee, [class] if self.is_own_class(class)),
            module: None,
        }
    }

    /// Whether this is a class of the project, as is all that it inherits from.
    fn is_own_class(&self, class: &Value) -> bool {
        match class {
            Value::Class(class) => {
                let is_own = |base: &Option<Value>| base.as_ref().is_some_and(|base| self.is_own_class(base));
                self.may_go_on() && self.bases(*class).iter().all(is_own)
            }
            Value::Foreign { module, value, .. } => self.elsewhere(module).is_own_class(value),
            _ => false,
        }
    }

    /// The calls that make what a function of the project gives to who calls it.
    fn given(&self, callee: &[Value], awaited: bool) -> Option<Vec<Making>> {
        if !self.may_go_on() {
            return None;
        }
        match callee {
            [Value::Function(function)] => self.function_makings(*function, awaited),
            [Value::Lambda(at)] => {
                let given = self.table.lambdas.get(at)?;
                match awaited {
                    true => self.awaited_makings_of(given.iter()),
                    false => self.makings_of(given),
                }
            }
            [Value::Foreign { module, value, .. }] => {
                let there = self.elsewhere(module);
                let given = there.given(std::slice::from_ref(&**value), awaited)?;
                Some(from_module(given, module))
            }
            _ => None,
        }
    }

    pub(super) fn makings_of_reference(&self, reference: &Reference) -> Option<Vec<Making>> {
        if reference.steps.is_empty() {
            let (owner, entry) = self.table.lookup(reference.scope, &reference.root)?;
            let bindings = entry.bindings.holding_at(reference.at);
            let Bindings::Known(known) = &*bindings else {
                return None;
            };
            if let (
                [
                    Binding {
                        meaning: Meaning::Optional,
                        ..
                    },
                ],
                None,
            ) = (known.as_slice(), self.aside)
            {
                return self.makings_constructed_with(&self.table.given(owner, &reference.root)?);
            }
            let is_left = |meaning: &&Meaning| {
                !self.is_as_before(meaning, owner, &reference.root) && !self.is_given(meaning, owner, &reference.root)
            };
            return self.all_makings(known.iter().map(|binding| &binding.meaning).filter(is_left));
        }
        let (name, owner) = outcomes::owner(reference)?;
        match &*self.reference(&owner) {
            [value] => self
                .makings_kept(&owner, value, name)
                .or_else(|| self.makings_of_attribute(value, name)),
            _ => None,
        }
    }

    /// Whether a name is bound to what it was before, or to something else: `session = session or …`.
    fn is_as_before(&self, meaning: &Meaning, owner: ScopeId, name: &Name) -> bool {
        let Meaning::Alias(alias) = meaning else {
            return false;
        };
        let is_owner = |(found, _): (ScopeId, _)| found == owner;
        alias.steps.is_empty() && alias.root == *name && self.table.lookup(alias.scope, name).is_some_and(is_owner)
    }

    /// Whether this is what a caller may give for a parameter of the name, where that is left aside.
    fn is_given(&self, meaning: &Meaning, owner: ScopeId, name: &Name) -> bool {
        let may_be = matches!(meaning, Meaning::Optional | Meaning::Instance(_));
        let given = self.aside.filter(|_| may_be).zip(self.table.given(owner, name));
        match given {
            Some((aside, given)) => {
                aside.borrow_mut().push(given);
                true
            }
            None => false,
        }
    }

    fn makings_of_attribute(&self, owner: &Value, name: &Name) -> Option<Vec<Making>> {
        if !self.may_go_on() {
            return None;
        }
        match owner {
            Value::Class(class) | Value::Instance(class) => {
                let scope = self.table.scope(*class);
                let none = Bindings::default();
                let in_body = scope.names.get(name).map_or(&none, |entry| &entry.bindings);
                let in_methods = scope.attributes.get(name).unwrap_or(&none);
                if let (Bindings::Known(known), false) = (in_body, in_methods.is_bound())
                    && let [only] = known.as_slice()
                    && let Meaning::Function(function) = only.meaning
                {
                    return self
                        .function_makings(function, false)
                        .filter(|_| self.is_property(function));
                }
                if in_body.is_bound() || in_methods.is_bound() {
                    return self.makings_of_bindings([in_body, in_methods]);
                }
                let mut bases = self.bases(*class).into_iter();
                bases.find_map(|base| self.makings_of_attribute(&base?, name))
            }
            Value::Foreign { module, value, .. } => {
                let there = self.elsewhere(module);
                Some(from_module(there.makings_of_attribute(value, name)?, module))
            }
            _ => None,
        }
    }

    fn makings_of_bindings<const N: usize>(&self, groups: [&Bindings; N]) -> Option<Vec<Making>> {
        let mut known = Vec::new();
        for bindings in groups {
            let Bindings::Known(group) = bindings else {
                return None;
            };
            known.extend(group.iter().map(|binding| &binding.meaning));
        }
        self.all_makings(known.into_iter())
    }

    pub(super) fn makings_of(&self, meanings: &[Meaning]) -> Option<Vec<Making>> {
        self.all_makings(meanings.iter())
    }

    fn all_makings<'m>(&self, meanings: impl Iterator<Item = &'m Meaning>) -> Option<Vec<Making>> {
        let mut found = Vec::new();
        for meaning in meanings {
            self.add_makings(meaning, &mut found)?;
        }
        // Of what callers may give nothing is left here.
        (!found.is_empty() || self.aside.is_some()).then_some(found)
    }

    /// The calls that make what awaiting one of these gives.
    pub(super) fn awaited_makings_of<'m>(&self, meanings: impl Iterator<Item = &'m Meaning>) -> Option<Vec<Making>> {
        let mut found = Vec::new();
        for meaning in meanings {
            match meaning {
                Meaning::Outcome {
                    passes_on: Some(given), ..
                } => self.add_makings(given, &mut found)?,
                _ => {
                    let mut outcomes = Vec::new();
                    self.add_makings(meaning, &mut outcomes)?;
                    found.extend(awaited(outcomes)?);
                }
            }
        }
        (!found.is_empty()).then_some(found)
    }

    fn makings_of_awaited(&self, alias: &Reference) -> Option<Vec<Making>> {
        if !alias.steps.is_empty() {
            return awaited(self.makings_of_reference(alias)?);
        }
        let (_, entry) = self.table.lookup(alias.scope, &alias.root)?;
        match &*entry.bindings.holding_at(alias.at) {
            Bindings::Known(known) => self.awaited_makings_of(known.iter().map(|binding| &binding.meaning)),
            _ => None,
        }
    }

    pub(super) fn add_makings(&self, meaning: &Meaning, found: &mut Vec<Making>) -> Option<()> {
        if !self.may_go_on() {
            return None;
        }
        match meaning {
            Meaning::Outcome { callee, .. }
                if let Some(future) = self.future_of_result(callee)
                    && let Some(given) = self.makings_of_awaited(&future) =>
            {
                found.extend(given);
            }
            Meaning::Outcome { callee, call, .. } => found.push(self.making(&self.reference(callee), *call, false)),
            Meaning::Awaited { callee, call, given } => {
                let callee = self.reference(callee);
                match self.handed_back(&callee, given) {
                    Some(given) => found.extend(self.makings_of(std::slice::from_ref(given))?),
                    None => found.push(self.making(&callee, *call, true)),
                }
            }
            Meaning::Alias(alias) => found.extend(self.makings_of_reference(alias)?),
            Meaning::AwaitedAlias(alias) => found.extend(self.makings_of_awaited(alias)?),
            Meaning::EnteredOutcome { callee, call } => {
                let values = self.reference(callee);
                match self.makings_of_entering(&values) {
                    Some(given) => found.extend(given?),
                    None => found.push(entered(self.making(&values, *call, false))),
                }
            }
            Meaning::EnteredAlias(alias) if let Some(given) = self.makings_of_entering(&self.reference(alias)) => {
                found.extend(given?);
            }
            Meaning::EnteredAlias(alias) => {
                let makings = self.makings_of_reference(alias)?.into_iter();
                found.extend(makings.map(|making| Making {
                    entered: true,
                    ..making
                }));
            }
            Meaning::Argument { name, of } => {
                found.extend(self.makings_constructed_with(&self.table.given_to(*of, name)?)?);
            }
            Meaning::Fixture { name, by } => found.extend(self.fixture_makings(name, *by)?),
            Meaning::Iterated(of) => found.extend(self.makings_of_each(of)?),
            Meaning::Item(of, index) => found.extend(self.makings_of_part(of, *index)?),
            Meaning::Display(at) => found.push(Making {
                call: *at,
                awaited: false,
                entered: false,
                given: Vec::new(),
                callee: None,
                path: None,
                is_of_own_class: false,
                module: None,
            }),
            Meaning::Nothing | Meaning::InPlace => {}
            _ => return None,
        }
        Some(())
    }
}

/// What entering the outcome of a call gives: what a function of the project gives back is entered by who calls it.
fn entered(making: Making) -> Making {
    let inner = |inner: Making| match inner.awaited {
        true => inner,
        false => Making {
            entered: true,
            ..entered(inner)
        },
    };
    Making {
        given: making.given.into_iter().map(inner).collect(),
        ..making
    }
}

/// What awaiting the outcomes of these calls gives; nothing where that was awaited before.
pub(super) fn awaited(makings: Vec<Making>) -> Option<Vec<Making>> {
    let are_outcomes = makings.iter().all(|making| !making.awaited);
    let once = |making: Making| {
        Some(Making {
            awaited: true,
            given: match making.given.is_empty() {
                true => Vec::new(),
                false => awaited(making.given)?,
            },
            ..making
        })
    };
    makings
        .into_iter()
        .filter(|_| are_outcomes)
        .map(once)
        .collect::<Option<Vec<_>>>()
        .filter(|made| !made.is_empty())
}

/// The same calls as seen from outside of the module that they stand in.
pub(super) fn from_module(makings: Vec<Making>, module: &Elsewhere) -> Vec<Making> {
    let mut makings = makings;
    let mut pending: Vec<&mut Making> = makings.iter_mut().collect();
    while let Some(making) = pending.pop() {
        making.module.get_or_insert_with(|| module.clone());
        pending.extend(making.given.iter_mut());
    }
    makings
}

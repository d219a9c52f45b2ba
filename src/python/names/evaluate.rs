//! What expressions mean by the bindings: evaluated when asked, because most names are never asked for.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use ruff_python_ast::Expr;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::agreement::usual;
use super::binding::{Binding, Bindings, Meaning, NameUse, Reference, ScopeId, Step};
use super::builtins::is_builtin;
use super::meaning;
use super::parameters::Given;
use super::project::{Home, Modules};
use super::table::Table;
use super::transparent::given_back;
use super::value::{Elsewhere, Value};
use super::{Members, Names};
use crate::catalog::given_class;

/// How many bindings one look-up follows at most.
pub(super) const MOST_STEPS: u32 = 256;

/// One look-up, in one module.
pub(super) struct Evaluation<'n, 's> {
    pub(super) table: &'n Table,
    /// What was found out about the classes of the module that is looked at. Another module's is not kept.
    pub(super) members: Option<&'n Members>,
    /// The modules of the project, and where this one stands.
    pub(super) project: Option<(&'n Modules, &'n Home)>,
    pub(super) steps: &'s Cell<u32>,
    /// Of a name that is imported in a `try` and again where that fails, only the first import counts.
    takes_first: bool,
    /// What other modules of the project define means nothing.
    is_alone: bool,
    /// Takes note of the modules that are asked; nothing is taken from what was asked before.
    pub(super) trail: Option<&'s RefCell<Vec<Elsewhere>>>,
    /// Takes note of the parameters that are left aside: what a caller may give in the stead of what is made otherwise.
    pub(super) aside: Option<&'s RefCell<Vec<Given>>>,
}

impl<'n, 's> Evaluation<'n, 's> {
    pub(super) fn new(names: &'n Names, steps: &'s Cell<u32>) -> Self {
        Self {
            table: &names.table,
            members: Some(&names.members),
            project: names.project.as_ref().map(|(modules, home)| (&**modules, home)),
            steps,
            takes_first: false,
            is_alone: false,
            trail: None,
            aside: None,
        }
    }

    /// A look-up of what is imported, in a module of which nothing else is known.
    pub(super) fn in_project(table: &'n Table, project: (&'n Modules, &'n Home), steps: &'s Cell<u32>) -> Self {
        Self {
            table,
            members: None,
            project: Some(project),
            steps,
            takes_first: false,
            is_alone: false,
            trail: None,
            aside: None,
        }
    }

    /// Where a name is imported in a `try` and again where that fails, the first import alone counts: nothing is kept of it.
    pub(super) fn of_first_imports(names: &'n Names, steps: &'s Cell<u32>) -> Self {
        Self {
            members: None,
            takes_first: true,
            ..Self::new(names, steps)
        }
    }

    /// What is imported means nothing but its path; nothing is kept of it.
    pub(super) fn of_this_module(names: &'n Names, steps: &'s Cell<u32>) -> Self {
        Self {
            members: None,
            project: None,
            is_alone: true,
            ..Self::new(names, steps)
        }
    }

    /// With what takes note of the parameters that are left aside.
    pub(super) fn unless_given(names: &'n Names, steps: &'s Cell<u32>, aside: &'s RefCell<Vec<Given>>) -> Self {
        Self {
            aside: Some(aside),
            ..Self::new(names, steps)
        }
    }

    /// With what takes note of the modules that are asked.
    pub(super) fn following(names: &'n Names, steps: &'s Cell<u32>, trail: &'s RefCell<Vec<Elsewhere>>) -> Self {
        Self {
            members: None,
            trail: Some(trail),
            ..Self::new(names, steps)
        }
    }

    /// The same look-up in another module of the project.
    pub(super) fn elsewhere<'m>(&self, module: &'m Elsewhere) -> Evaluation<'m, 's>
    where
        'n: 'm,
    {
        Evaluation {
            table: &module.0.table,
            members: None,
            project: self.project.map(|(modules, _)| (modules, &module.0.home)),
            steps: self.steps,
            takes_first: self.takes_first,
            is_alone: self.is_alone,
            trail: self.trail,
            // What another module's functions are given is not looked at.
            aside: None,
        }
    }

    /// It is about another module than the one that was asked.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.members.is_none()
    }

    pub(super) fn may_go_on(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() <= MOST_STEPS
    }

    /// Everything that `expr`, read in `scope`, can mean.
    pub(super) fn expression(&self, expr: &Expr, scope: ScopeId) -> Cow<'n, [Value]> {
        if !self.may_go_on() {
            return Cow::default();
        }
        match expr {
            Expr::Name(name) => self.name(&name.id, scope, name.start().to_usize()),
            Expr::Named(named) => self.expression(&named.value, scope),
            Expr::Attribute(attribute) if let Some(values) = self.member_value(attribute, scope) => Cow::Owned(values),
            Expr::Attribute(attribute) if let Some(values) = self.super_attribute(attribute, scope) => {
                Cow::Owned(values)
            }
            Expr::Attribute(attribute) => {
                let owner = self.expression(&attribute.value, scope);
                self.attribute(&owner, &attribute.attr.id)
            }
            Expr::Call(call) if let Some(inner) = given_back(call) => self.expression(inner, scope),
            Expr::Call(call)
                if let Some(future) = self.future_of(call, scope)
                    && let Some(given) = self.given_by_future(&future) =>
            {
                Cow::Owned(given)
            }
            Expr::Call(call) => {
                let callee = self.expression(&call.func, scope);
                let first = || {
                    call.arguments
                        .args
                        .first()
                        .and_then(|first| meaning::reference(first, scope))
                };
                Cow::Owned(self.outcomes(&callee, &first, call.start().to_usize()))
            }
            Expr::Subscript(item) => Cow::Owned(match self.item(&self.expression(&item.value, scope), item) {
                none if none.is_empty() => self.declared_item(item, scope),
                some => some,
            }),
            Expr::Await(_) => {
                let meanings = meaning::meanings(expr, scope);
                Cow::Owned(self.union(&meanings, false))
            }
            _ => Cow::default(),
        }
    }

    pub(super) fn reference(&self, reference: &Reference) -> Cow<'n, [Value]> {
        let (root, steps, scope) = (&reference.root, reference.steps.as_slice(), reference.scope);
        let (mut values, steps) = match steps {
            [Step::Call(_), Step::Attribute(name), rest @ ..]
                if let Some(values) = self.of_super(root, name, scope) =>
            {
                (Cow::Owned(values), rest)
            }
            _ => (self.name(root, scope, reference.at), steps),
        };
        let mut steps = steps.iter().peekable();
        while let Some(step) = steps.next() {
            values = match step {
                Step::Attribute(name) => self.attribute(&values, name),
                Step::Call(_) if matches!(steps.peek(), Some(Step::Await)) => {
                    steps.next();
                    Cow::Owned(self.awaited_outcomes(&values))
                }
                Step::Call(call) => Cow::Owned(self.outcomes(&values, &|| None, *call)),
                Step::Await => Cow::default(),
            };
        }
        values
    }

    /// What a name means that is read in `scope` at the byte offset `at`.
    fn name(&self, name: &Name, scope: ScopeId, at: usize) -> Cow<'n, [Value]> {
        match self.table.lookup(scope, name) {
            Some((owner, entry)) => {
                let own = match entry.bindings.holding_at(at) {
                    Cow::Borrowed(_) => self.named(entry),
                    Cow::Owned(some) if self.takes_first => Cow::Owned(self.first_import(&some)),
                    Cow::Owned(some) => Cow::Owned(self.agreement([&some])),
                };
                match self.rebound(name, (owner, entry)) {
                    Some(brought) if *brought != *own => Cow::Owned(brought),
                    _ => own,
                }
            }
            None if is_builtin(name) => {
                let brought = self.brought_by_project(name);
                Cow::Owned(brought.unwrap_or_else(|| vec![Value::Path(name.to_string())]))
            }
            None => Cow::Owned(self.starred(name)),
        }
    }

    /// What a name with these bindings means. An answer that was cut short is not kept: another look-up may get further.
    pub(super) fn named(&self, entry: &'n NameUse) -> Cow<'n, [Value]> {
        if self.takes_first {
            return Cow::Owned(self.first_import(&entry.bindings));
        }
        if self.trail.is_some() || self.is_alone {
            return Cow::Owned(self.agreement([&entry.bindings]));
        }
        if let Some(known) = entry.values.get() {
            return Cow::Borrowed(known);
        }
        let values = self.agreement([&entry.bindings]);
        match self.steps.get() <= MOST_STEPS {
            true => Cow::Borrowed(entry.values.get_or_init(|| values)),
            false => Cow::Owned(values),
        }
    }

    /// What the first of several imports of one name means, each of which stands in for the one before.
    fn first_import(&self, bindings: &Bindings) -> Vec<Value> {
        // `Refused = websockets.exceptions.InvalidStatus` is another way to write it.
        let is_import = |binding: &Binding| {
            binding.branch.tries_import && matches!(binding.meaning, Meaning::Import(_) | Meaning::Alias(_))
        };
        match bindings {
            Bindings::Known(known) if known.len() > 1 && known.iter().all(is_import) => {
                let first = known.first().map(|binding| self.meaning(&binding.meaning, false));
                first.unwrap_or_default()
            }
            _ => self.agreement([bindings]),
        }
    }

    pub(super) fn outcomes(&self, callee: &[Value], first: &dyn Fn() -> Option<Reference>, call: usize) -> Vec<Value> {
        let mut found = Vec::with_capacity(callee.len());
        for value in callee {
            match value {
                Value::Path(path) if path == "functools.partial" => {
                    let wrapped = first().map_or_else(Cow::default, |first| self.reference(&first));
                    found.extend(wrapped.iter().filter_map(|value| match value {
                        Value::Path(path) => Some(Value::Partial {
                            path: path.clone(),
                            call,
                        }),
                        _ => None,
                    }));
                }
                Value::Path(path) if path == "dict" && self.table.displays.contains_key(&call) => {
                    found.extend(self.display(call));
                }
                Value::Path(path) => found.push(Value::Outcome(
                    given_class(path, false).map_or_else(|| path.clone(), str::to_owned),
                )),
                Value::Class(class) => found.push(Value::Instance(*class)),
                // `cls(…)`: what a method of the class is called with is the class itself, where its objects are not called.
                Value::Instance(class) if self.is_never_called(*class) => found.push(Value::Instance(*class)),
                Value::Function(function) => match self.function_outcome(*function, false) {
                    given if given.is_empty() => return Vec::new(),
                    given => found.extend(given),
                },
                Value::Lambda(at) => match self.union(self.table.lambdas.get(at).into_iter().flatten(), false) {
                    given if given.is_empty() => return Vec::new(),
                    given => found.extend(given),
                },
                Value::Foreign { module, value, path } => {
                    let there = self.elsewhere(module);
                    match there.outcomes(std::slice::from_ref(&**value), &|| None, 0) {
                        given if given.is_empty() => return Vec::new(),
                        given => found.extend(there.seen_outside(&given, module, path)),
                    }
                }
                _ => return Vec::new(),
            }
        }
        found
    }

    /// Whether nobody can call the objects of a class.
    fn is_never_called(&self, class: ScopeId) -> bool {
        let is_of_module = |base: &Option<Value>| matches!(base, Some(Value::Class(_)));
        let called = || self.attribute(&[Value::Class(class)], &Name::new_static("__call__"));
        self.bases(class).iter().all(is_of_module) && self.may_go_on() && called().is_empty()
    }

    /// What one binding means; `awaited`: what awaiting that gives.
    pub(super) fn meaning(&self, meaning: &Meaning, awaited: bool) -> Vec<Value> {
        if !self.may_go_on() {
            return Vec::new();
        }
        match meaning {
            Meaning::Alias(reference) | Meaning::AwaitedAlias(reference)
                if awaited || matches!(meaning, Meaning::AwaitedAlias(_)) =>
            {
                self.awaited_reference(reference)
            }
            Meaning::Outcome {
                passes_on: Some(given), ..
            } if awaited => self.meaning(given, false),
            Meaning::Outcome { callee, .. } if awaited => self.awaited_outcomes(&self.reference(callee)),
            Meaning::Awaited { callee, given, .. } if !awaited => {
                let callee = self.reference(callee);
                match self.handed_back(&callee, given) {
                    Some(given) => self.meaning(given, false),
                    None => self.awaited_outcomes(&callee),
                }
            }
            Meaning::Fixture { name, by } if !awaited => self.fixture_outcome(name, *by),
            Meaning::Argument { name, of } if !awaited && !self.is_alone => self.constructed_with(*of, name),
            Meaning::Iterated(of) if !awaited => self.values_of_each(of),
            Meaning::Item(of, index) if !awaited => match self.meaning(of, false).as_slice() {
                [Value::Tuple(elements)] => elements.get(*index).cloned().unwrap_or_default(),
                _ => Vec::new(),
            },
            _ if awaited => Vec::new(),
            Meaning::Import(path) => self.path(path.clone()),
            Meaning::Alias(reference) => self.reference(reference).into_owned(),
            Meaning::EnteredAlias(reference) => self.entered_objects(&self.reference(reference)),
            Meaning::EnteredOutcome { callee, .. } => self.entered_values(&self.reference(callee)),
            Meaning::Outcome { callee, .. }
                if let Some(future) = self.future_of_result(callee)
                    && let Some(given) = self.given_by_future(&future) =>
            {
                given
            }
            Meaning::Outcome {
                callee, first, call, ..
            } => self.outcomes(&self.reference(callee), &|| first.clone(), *call),
            Meaning::Instance(class) => self.outcomes(&self.reference(class), &|| None, 0),
            Meaning::Receiver(class) => vec![Value::Instance(*class)],
            Meaning::Function(function) => vec![Value::Function(*function)],
            Meaning::Lambda(at) => vec![Value::Lambda(*at)],
            Meaning::Class(class) => vec![Value::Class(*class)],
            Meaning::Number(bits) => vec![Value::Number(*bits)],
            Meaning::Text(text) => vec![Value::Text(text.clone())],
            Meaning::Computed(operator, parts) => self.computed(*operator, &parts.0, &parts.1),
            Meaning::Usual(default) => match self.meaning(default, false).as_slice() {
                [value @ (Value::Number(_) | Value::Outcome(_) | Value::Usual(_))] => vec![usual(value.clone())],
                _ => Vec::new(),
            },
            Meaning::Display(at) => self.display(*at),
            Meaning::Tuple(elements) => {
                let elements = elements.iter().map(|element| self.meaning(element, false));
                vec![Value::Tuple(elements.collect())]
            }
            _ => Vec::new(),
        }
    }

    /// What awaiting the object gives that a dotted name means.
    pub(super) fn awaited_reference(&self, reference: &Reference) -> Vec<Value> {
        let Some((_, entry)) = self.table.lookup(reference.scope, &reference.root) else {
            return Vec::new();
        };
        match (&*entry.bindings.holding_at(reference.at), reference.steps.as_slice()) {
            (Bindings::Known(known), []) => self.union(known.iter().map(|binding| &binding.meaning), true),
            _ => Vec::new(),
        }
    }
}

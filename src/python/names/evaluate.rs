//! What expressions mean by the bindings: evaluated when asked, because most names are never asked for.

use std::borrow::Cow;
use std::cell::Cell;

use ruff_python_ast::Expr;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::binding::{Binding, Bindings, Branch, Making, Meaning, NameUse, Reference, ScopeId, Value};
use super::builtins::is_builtin;
use super::{Names, meaning};

/// How many bindings one look-up follows at most.
const MOST_STEPS: u32 = 256;

/// One look-up.
pub(super) struct Evaluation<'n> {
    names: &'n Names,
    steps: Cell<u32>,
}

impl<'n> Evaluation<'n> {
    pub(super) fn new(names: &'n Names) -> Self {
        Self {
            names,
            steps: Cell::new(0),
        }
    }

    fn may_go_on(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() <= MOST_STEPS
    }

    /// Everything that `expr`, read in `scope`, can mean.
    pub(super) fn expression(&self, expr: &Expr, scope: ScopeId) -> Cow<'n, [Value]> {
        if !self.may_go_on() {
            return Cow::default();
        }
        match expr {
            Expr::Name(name) => self.name(&name.id, scope),
            Expr::Named(named) => self.expression(&named.value, scope),
            Expr::Attribute(attribute) => {
                let owner = self.expression(&attribute.value, scope);
                self.attribute(&owner, &attribute.attr.id)
            }
            Expr::Call(call) if let Some(inner) = meaning::given_back(call) => self.expression(inner, scope),
            Expr::Call(call) => {
                let callee = self.expression(&call.func, scope);
                let first = || {
                    call.arguments
                        .args
                        .first()
                        .and_then(|first| meaning::reference(first, scope))
                };
                Cow::Owned(self.outcomes(&callee, first, call.start().to_usize()))
            }
            _ => Cow::default(),
        }
    }

    /// The calls that make what `expr`, read in `scope`, can be; `None` when it can be anything else.
    pub(super) fn makings(&self, expr: &Expr, scope: ScopeId) -> Option<Vec<Making>> {
        match expr {
            Expr::Call(call) if let Some(inner) = meaning::given_back(call) => self.makings(inner, scope),
            Expr::Call(call) => Some(vec![Making {
                call: call.start().to_usize(),
                awaited: false,
            }]),
            Expr::Named(named) => self.makings(&named.value, scope),
            _ => self.makings_of_reference(&meaning::reference(expr, scope)?),
        }
    }

    fn makings_of_reference(&self, reference: &Reference) -> Option<Vec<Making>> {
        let Some((name, path)) = reference.attributes.split_last() else {
            let (_, entry) = self.names.lookup(reference.scope, &reference.root)?;
            return self.makings_of([&entry.bindings]);
        };
        match &*self.dotted(&reference.root, path, reference.scope) {
            [Value::Class(class) | Value::Instance(class)] => {
                let class = self.names.scope(*class);
                let none = Bindings::default();
                let in_body = class.names.get(name).map_or(&none, |entry| &entry.bindings);
                self.makings_of([in_body, class.attributes.get(name).unwrap_or(&none)])
            }
            _ => None,
        }
    }

    fn makings_of<const N: usize>(&self, groups: [&Bindings; N]) -> Option<Vec<Making>> {
        let mut found = Vec::new();
        for bindings in groups {
            let Bindings::Known(known) = bindings else {
                return None;
            };
            for binding in known {
                if !self.may_go_on() {
                    return None;
                }
                match &binding.meaning {
                    Meaning::Outcome { call, .. } => found.push(Making {
                        call: *call,
                        awaited: false,
                    }),
                    Meaning::Awaited(call) => found.push(Making {
                        call: *call,
                        awaited: true,
                    }),
                    Meaning::Alias(alias) => found.extend(self.makings_of_reference(alias)?),
                    Meaning::AwaitedAlias(alias) => found.extend(awaited(self.makings_of_reference(alias)?)?),
                    Meaning::Nothing => {}
                    _ => return None,
                }
            }
        }
        (!found.is_empty()).then_some(found)
    }

    fn reference(&self, reference: &Reference) -> Cow<'n, [Value]> {
        self.dotted(&reference.root, &reference.attributes, reference.scope)
    }

    fn dotted(&self, root: &Name, attributes: &[Name], scope: ScopeId) -> Cow<'n, [Value]> {
        let root = self.name(root, scope);
        let step = |values: Cow<'n, [Value]>, name: &Name| self.attribute(&values, name);
        attributes.iter().fold(root, step)
    }

    fn name(&self, name: &Name, scope: ScopeId) -> Cow<'n, [Value]> {
        let values = match self.names.lookup(scope, name) {
            Some((_, entry)) => return self.named(entry),
            None if is_builtin(name) => vec![Value::Path(name.to_string())],
            None => match self.names.stars.as_slice() {
                [module] if module.ends_with('.') => vec![Value::Path(format!("{module}{name}"))],
                [module] => vec![Value::Path(format!("{module}.{name}"))],
                _ => Vec::new(),
            },
        };
        Cow::Owned(values)
    }

    /// What a name with these bindings means. An answer that was cut short is not kept: another look-up may get further.
    fn named(&self, entry: &'n NameUse) -> Cow<'n, [Value]> {
        if let Some(known) = entry.values.get() {
            return Cow::Borrowed(known);
        }
        let values = self.agreement([&entry.bindings]);
        match self.steps.get() <= MOST_STEPS {
            true => Cow::Borrowed(entry.values.get_or_init(|| values)),
            false => Cow::Owned(values),
        }
    }

    pub(super) fn attribute(&self, values: &[Value], name: &Name) -> Cow<'n, [Value]> {
        if let [Value::Class(class) | Value::Instance(class)] = values {
            return self.class_attribute(*class, name);
        }
        let mut found = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Path(path) | Value::Outcome(path) => found.push(Value::Path([path, ".", name].concat())),
                Value::Class(class) | Value::Instance(class) => {
                    found.extend_from_slice(&self.class_attribute(*class, name));
                }
                Value::Partial { .. } | Value::Function(_) => return Cow::default(),
            }
        }
        Cow::Owned(found)
    }

    /// What an attribute of a class means; kept like what a name means.
    fn class_attribute(&self, id: ScopeId, name: &Name) -> Cow<'n, [Value]> {
        let key = (id, name.clone());
        if let Some(known) = self.names.members.get(&key) {
            return Cow::Borrowed(known);
        }
        let class = self.names.scope(id);
        let none = Bindings::default();
        let in_body = class.names.get(name).map_or(&none, |entry| &entry.bindings);
        let in_methods = class.attributes.get(name).unwrap_or(&none);
        let values = self.agreement([in_body, in_methods]);
        match self.steps.get() <= MOST_STEPS {
            true => Cow::Borrowed(self.names.members.insert(key, values)),
            false => Cow::Owned(values),
        }
    }

    fn outcomes(&self, callee: &[Value], first: impl Fn() -> Option<Reference>, call: usize) -> Vec<Value> {
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
                Value::Path(path) => found.push(Value::Outcome(path.clone())),
                Value::Class(class) => found.push(Value::Instance(*class)),
                _ => return Vec::new(),
            }
        }
        found
    }

    /// What all bindings together mean.
    fn agreement<const N: usize>(&self, groups: [&Bindings; N]) -> Vec<Value> {
        // A declared type holds for whatever else is assigned (`MISSING`, a factory's outcome).
        let declares = |bindings: &&Bindings| match bindings {
            Bindings::Known(known) => known.iter().any(says_its_class),
            _ => false,
        };
        let is_declared = groups.iter().any(declares);
        let mut found: Vec<Value> = Vec::new();
        let mut last: Option<Branch> = None;
        let mut exclude_each_other = true;
        for bindings in groups {
            let Bindings::Known(known) = bindings else {
                return Vec::new();
            };
            let counts = |binding: &&Binding| match binding.meaning {
                _ if says_its_class(binding) => true,
                Meaning::Nothing => false,
                _ => !is_declared,
            };
            for binding in known.iter().filter(counts) {
                let values = match &binding.declared {
                    Some(class) if self.may_go_on() => self.outcomes(&self.reference(class), || None, 0),
                    _ => self.meaning(&binding.meaning),
                };
                if values.is_empty() {
                    return Vec::new();
                }
                found.reserve_exact(values.len());
                for value in values {
                    if !found.contains(&value) {
                        found.push(value);
                        exclude_each_other &= last.is_none_or(|last| last.excludes(binding.branch));
                        last = Some(binding.branch);
                    }
                }
            }
        }
        match exclude_each_other {
            true => found,
            false => Vec::new(),
        }
    }

    fn meaning(&self, meaning: &Meaning) -> Vec<Value> {
        if !self.may_go_on() {
            return Vec::new();
        }
        match meaning {
            Meaning::Import(path) => vec![Value::Path(path.clone())],
            Meaning::Alias(reference) => self.reference(reference).into_owned(),
            Meaning::Outcome { callee, first, call } => self.outcomes(&self.reference(callee), || first.clone(), *call),
            Meaning::Instance(class) => self.outcomes(&self.reference(class), || None, 0),
            Meaning::Receiver(class) => vec![Value::Instance(*class)],
            Meaning::Function(function) => vec![Value::Function(*function)],
            Meaning::Class(class) => vec![Value::Class(*class)],
            Meaning::Awaited(_) | Meaning::AwaitedAlias(_) | Meaning::Nothing | Meaning::Opaque => Vec::new(),
        }
    }
}

/// What awaiting the outcomes of these calls gives; nothing where that was awaited before.
fn awaited(makings: Vec<Making>) -> Option<impl Iterator<Item = Making>> {
    let are_outcomes = makings.iter().all(|making| !making.awaited);
    let awaited = makings.into_iter().map(|making| Making {
        awaited: true,
        ..making
    });
    are_outcomes.then_some(awaited)
}

/// Whether an annotation says what a binding is.
fn says_its_class(binding: &Binding) -> bool {
    binding.declared.is_some() || matches!(binding.meaning, Meaning::Instance(_))
}

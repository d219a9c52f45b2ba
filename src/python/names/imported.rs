//! What the names mean that a module imports from other modules of its project.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall};

use super::Names;
use super::binding::{Bindings, Meaning, ScopeId};
use super::builtins::is_builtin;
use super::evaluate::Evaluation;
use super::table::Table;
use super::value::{Elsewhere, Value};
use crate::catalog::is_known;

/// Through so many modules a name is followed.
const MOST_HOPS: usize = 8;

/// The path that a name of a scope is imported by.
fn import_of(table: &Table, scope: ScopeId, name: &Name) -> Option<String> {
    let Bindings::Known(known) = &table.scope(scope).names.get(name)?.bindings else {
        return None;
    };
    known.iter().find_map(|binding| match &binding.meaning {
        Meaning::Import(path) => Some(path.clone()),
        _ => None,
    })
}

/// The module that a call imports and gives, by the names of pytest and of `importlib`: `pytest.importorskip("websockets")`.
pub(super) fn imported_by(call: &ExprCall) -> Option<&str> {
    let (owner, name) = match &*call.func {
        Expr::Name(function) => (None, function.id.as_str()),
        Expr::Attribute(function) => (Some(function.value.as_name_expr()?.id.as_str()), function.attr.as_str()),
        _ => return None,
    };
    let is_of = |module: &str| owner.is_none_or(|owner| owner == module);
    let imports = match name {
        "importorskip" => is_of("pytest"),
        "import_module" => is_of("importlib"),
        _ => false,
    };
    let argument = call
        .arguments
        .find_argument_value(if name == "importorskip" { "modname" } else { "name" }, 0);
    let module = argument?.as_string_literal_expr()?.value.to_str();
    let is_path = !module.is_empty() && module.split('.').all(|part| !part.is_empty());
    (imports && is_path).then_some(module)
}

impl Names {
    /// The modules of the project that this one imports, directly or not, and that may choose by what is installed.
    pub(in crate::python) fn modules_that_choose(&self) -> Vec<Elsewhere> {
        let project = self.project.as_ref();
        project.map_or_else(Vec::new, |(modules, home)| modules.choosing(home.file()))
    }

    /// What a name is called in the module of the project that it comes from, through those that hand it on; itself, where only a
    /// star may import it.
    pub(in crate::python) fn imported_as(&self, name: &str) -> Option<String> {
        let mut bound = self.imports.iter().filter(|(_, bound)| bound == name);
        let Some(mut path) = bound.find_map(|(scope, name)| import_of(self, *scope, name)) else {
            return (!self.stars.is_empty()).then(|| name.to_owned());
        };
        let (modules, home) = self.project.as_ref()?;
        modules.located(home, &path)?;
        let mut from: Option<Elsewhere> = None;
        for _ in 0..MOST_HOPS {
            let home = from.as_ref().map_or(home, |module| &module.0.home);
            let Some((module, names)) = modules.named(home, &path) else {
                break;
            };
            let [name] = names.as_slice() else { break };
            let Some(next) = import_of(&module.0.table, ScopeId(0), &Name::new(*name)) else {
                break;
            };
            (path, from) = (next, Some(module));
        }
        path.rsplit('.').next().map(str::to_owned)
    }
}

impl<'n> Evaluation<'n, '_> {
    /// What a dotted path leads to: through the modules of the project, or to itself.
    pub(super) fn path(&self, path: String) -> Vec<Value> {
        // `builtins.print` is `print`.
        if let Some(name) = path.strip_prefix("builtins.").filter(|name| is_builtin(name)) {
            return vec![Value::Path(name.to_owned())];
        }
        self.of_project(&path).unwrap_or_else(|| vec![Value::Path(path)])
    }

    /// What a dotted path leads to that begins with a module of the project; `None` where it does not, leads to a module,
    /// or cannot be told.
    pub(super) fn of_project(&self, path: &str) -> Option<Vec<Value>> {
        let (modules, home) = self.project?;
        if !self.may_go_on() {
            return None;
        }
        let (module, names) = modules.named(home, path)?;
        if let Some(trail) = self.trail {
            trail.borrow_mut().push(module.clone());
        }
        let (first, rest) = names.split_first()?;
        let there = self.elsewhere(&module);
        let mut values = there.global(&Name::new(first));
        let mut last = first;
        for name in rest {
            values = there.attribute(&values, &Name::new(name)).into_owned();
            last = name;
        }
        if there.is_altered(&values, &Name::new(last)) {
            return None;
        }
        // What the catalogue says of the same path of an installed library does not hold for it.
        let own = is_known(path).then(|| format!(".{path}"));
        let values = there.seen_outside(&values, &module, own.as_deref().unwrap_or(path));
        (!values.is_empty()).then_some(values)
    }

    /// What a name means at the end of the module.
    pub(super) fn global(&self, name: &Name) -> Vec<Value> {
        match self.table.lookup(ScopeId(0), name) {
            Some((_, entry)) => self.named(entry).into_owned(),
            None => self.starred(name),
        }
    }

    /// These values of `module`, which is the one that is looked at, as seen from outside of it.
    pub(super) fn seen_outside(&self, values: &[Value], module: &Elsewhere, path: &str) -> Vec<Value> {
        let outside = |value: &Value| match value {
            Value::Function(_) | Value::Lambda(_) | Value::Class(_) | Value::Instance(_) => Some(Value::Foreign {
                module: module.clone(),
                value: Box::new(value.clone()),
                path: path.to_owned(),
            }),
            Value::Tuple(elements) => {
                let elements = elements.iter().map(|element| self.seen_outside(element, module, path));
                Some(Value::Tuple(elements.collect()))
            }
            Value::Dict(items) => {
                let items = items.iter();
                let items = items.map(|(key, values)| (key.clone(), self.seen_outside(values, module, path)));
                Some(Value::Dict(items.collect()))
            }
            // A module that this one imports is not to be found by that name from everywhere.
            Value::Path(inner) => {
                let (modules, home) = self.project?;
                Some(match modules.named(home, inner) {
                    Some(_) => Value::Foreign {
                        module: module.clone(),
                        value: Box::new(value.clone()),
                        path: path.to_owned(),
                    },
                    None => value.clone(),
                })
            }
            Value::Outcome(_) | Value::Foreign { .. } | Value::Usual(_) | Value::Number(_) | Value::Text(_) => {
                Some(value.clone())
            }
            // Where the call of `partial` stands is not to be seen from outside.
            Value::Partial { .. } => None,
        };
        let seen: Vec<Value> = values.iter().filter_map(outside).collect();
        match seen.len() == values.len() {
            true => seen,
            false => Vec::new(),
        }
    }

    pub(super) fn conftests(&self) -> Vec<Elsewhere> {
        let Some((modules, home)) = self.project else {
            return Vec::new();
        };
        modules.conftests(home)
    }
}

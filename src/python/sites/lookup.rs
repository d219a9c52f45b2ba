//! Which function of the catalogue a call calls.

use foldhash::HashMap;
use ruff_python_ast::{Expr, ExprCall};

use crate::catalog::{ApiId, Catalog, Entry};
use crate::python::names::{Names, Value};
use crate::source::Language;

/// A catalogued function that a call calls.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::python) struct Callee {
    pub(in crate::python) api: ApiId,
    /// As the catalogue writes it.
    pub(in crate::python) path: String,
    /// The byte offset of the call of `functools.partial` that stands between.
    pub(in crate::python) partial: Option<usize>,
}

/// Looks calls up in the catalogue.
pub(in crate::python) struct Lookup<'a> {
    catalog: &'a Catalog,
    names: &'a Names,
    /// What relative imports were found to mean.
    relative: HashMap<String, Option<(ApiId, String)>>,
}

impl<'a> Lookup<'a> {
    pub(in crate::python) fn new(catalog: &'a Catalog, names: &'a Names) -> Self {
        Self {
            catalog,
            names,
            relative: HashMap::default(),
        }
    }

    /// What is known of an API.
    pub(in crate::python) fn entry(&self, api: ApiId) -> &'a Entry {
        self.catalog.entry(api)
    }

    /// The catalogued function that `func` means: of several branches the first that the catalogue knows.
    pub(in crate::python) fn callee(&mut self, func: &Expr) -> Option<Callee> {
        let names = self.names;
        names.values(func).iter().find_map(|value| self.of_value(value))
    }

    /// The catalogued function that `functools.partial(func, …)` wraps, given that call.
    pub(in crate::python) fn wrapped(&mut self, call: &ExprCall) -> Option<Callee> {
        let is_partial = |path| path == "functools.partial";
        let mut paths = self.names.paths(&call.func);
        let wrapped = call.arguments.args.first().filter(|_| paths.any(is_partial))?;
        let callee = self.callee(wrapped)?;
        callee.partial.is_none().then_some(callee)
    }

    fn of_value(&mut self, value: &Value) -> Option<Callee> {
        let (path, partial) = match value {
            Value::Path(path) => (path, None),
            Value::Partial { path, call } => (path, Some(*call)),
            Value::Function(function) => (&self.names.function(*function).qualified, None),
            Value::Foreign { value, path, .. } if matches!(**value, Value::Function(_)) => (path, None),
            Value::Class(_) | Value::Foreign { .. } => return self.subclass(value),
            Value::Outcome(_)
            | Value::Instance(_)
            | Value::Lambda(_)
            | Value::Tuple(_)
            | Value::Dict(_)
            | Value::Usual(_)
            | Value::Number(_)
            | Value::Text(_) => return None,
        };
        if let Some(api) = self.catalog.connect(Language::Python, path) {
            let path = path.clone();
            return Some(Callee { api, path, partial });
        }
        let rest = path.strip_prefix('.')?.trim_start_matches('.');
        let (catalog, found) = (self.catalog, self.relative.entry(path.clone()));
        let (api, path) = found.or_insert_with(|| configured(catalog, rest)).clone()?;
        Some(Callee { api, path, partial })
    }
}

impl Lookup<'_> {
    /// The connect that a class of the project inherits from: `class Logged(websockets.connect)`.
    fn subclass(&self, class: &Value) -> Option<Callee> {
        let path = self.names.inherited_constructor(class)?;
        let api = self.catalog.connect(Language::Python, &path)?;
        Some(Callee {
            api,
            path,
            partial: None,
        })
    }
}

/// The API whose configured path ends in `rest`. Only paths that the user configured: a module of the project is no
/// library, even when it is called like one's.
fn configured(catalog: &Catalog, rest: &str) -> Option<(ApiId, String)> {
    let ends = |path: &&String| {
        path.strip_suffix(rest)
            .is_some_and(|start| start.is_empty() || start.ends_with('.'))
    };
    let paths = catalog.entries(Language::Python).flat_map(|entry| &entry.api.paths);
    let path = paths
        .filter(ends)
        .find(|path| Catalog::builtin().connect(Language::Python, path).is_none())?;
    Some((catalog.connect(Language::Python, path)?, path.clone()))
}

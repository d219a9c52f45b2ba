//! Mocks: what `unittest.mock.patch`, pytest-mock, pytest's `monkeypatch` and assignments of mocks replace.

use ruff_python_ast::{Expr, ExprAttribute, ExprCall};

use crate::python::dotted::{dotted, last_name};
use crate::python::names::{Names, Value};
use crate::python::replacements::is_mock;
use crate::python::stand_ins::is_named_so;

/// How a function is told what it replaces.
enum Told {
    /// By its path: `patch("websockets.connect")`.
    Path,
    /// By the object whose attribute it is, or by its path: `patch.object(websockets, "connect")`,
    /// `monkeypatch.setattr("websockets.connect", fake)`.
    Object,
}

/// The libraries, by the first names of their paths, a part of which `call` replaces: `patch("websocket._app.WebSocket")`,
/// `patch.object(websockets, "connect")`, `monkeypatch.setattr(websockets, "connect", fake)`. A constant of a library says nothing of
/// who connects, and what is spied on is called all the same.
pub(super) fn replaced_libraries(call: &ExprCall, names: &Names) -> Vec<String> {
    let replaced = replaced(call, names);
    replaced.iter().flat_map(|owner| libraries(owner)).collect()
}

/// The path of what `call` replaces a part of.
fn replaced(call: &ExprCall, names: &Names) -> Option<String> {
    let told = told(call, names)?;
    let (target, rest) = call.arguments.args.split_first()?;
    let (path, name, value) = match (told, target) {
        (_, Expr::StringLiteral(path)) => {
            let (owner, name) = path.value.to_str().rsplit_once('.')?;
            (owner.to_owned(), Some(name.to_owned()), rest.first())
        }
        (Told::Object, target) => {
            let path = names.values(target).iter().find_map(|value| match value {
                Value::Path(path) | Value::Outcome(path) => Some(path.clone()),
                _ => None,
            })?;
            let name = rest.first().and_then(Expr::as_string_literal_expr);
            (path, name.map(|name| name.value.to_str().to_owned()), rest.get(1))
        }
        (Told::Path, _) => return None,
    };
    let is_constant = name.is_some_and(|name| !name.chars().any(char::is_lowercase));
    let keywords = &call.arguments.keywords;
    let is_spied_on = call.arguments.find_keyword("wraps").is_some();
    // `patch.multiple(websockets, LIMIT=5)`
    let are_literals = !keywords.is_empty() && keywords.iter().all(|keyword| keyword.value.is_literal_expr());
    if is_constant || is_spied_on || are_literals || value.is_some_and(Expr::is_literal_expr) {
        return None;
    }
    Some(path)
}

/// The names of the libraries that something may be part of: the first name of its path, and where that is a module of the
/// project the last one: `client.websockets`.
fn libraries(owner: &str) -> impl Iterator<Item = String> + use<> {
    let first = owner.split('.').next();
    let last = owner.rsplit('.').next().filter(|_| owner.contains('.'));
    let ends = [first, last].map(|end| end.map(str::to_owned));
    ends.into_iter().flatten()
}

/// How the function is told what it replaces that `call` calls, if that is one: the fixtures of pytest and of pytest-mock are
/// known by the names of their methods.
fn told(call: &ExprCall, names: &Names) -> Option<Told> {
    let path = names
        .resolve(&call.func)
        .map(str::to_owned)
        .or_else(|| dotted(&call.func))?;
    let mut parts = path.rsplit('.');
    match (parts.next()?, parts.next()) {
        ("patch", _) => Some(Told::Path),
        ("object" | "multiple", Some("patch")) | ("setattr", _) => Some(Told::Object),
        _ => None,
    }
}

/// The same for an assignment: `Client.client_class = mock_client`, `client.eio = MagicMock()`, `client.sock = FakeSocket()`.
pub(super) fn library_replaced_at(target: &ExprAttribute, value: &Expr, names: &Names) -> Option<String> {
    let is_own = || {
        let class = value.as_call_expr().and_then(|call| last_name(&call.func));
        class.is_some_and(is_named_so)
            && names
                .values(value)
                .iter()
                .any(|value| matches!(value, Value::Instance(_)))
    };
    if !is_mock(value, names) && !is_own() {
        return None;
    }
    let owner = names.values(&target.value).iter().find_map(|value| match value {
        Value::Path(path) | Value::Outcome(path) => Some(path),
        _ => None,
    })?;
    owner.split('.').next().map(str::to_owned)
}

/// Whether a connect is given a class of the project, one of stand-ins by its name, to make its parts of:
/// `connect(session_class=FakeSession)`.
pub(super) fn is_given_stand_in(call: &ExprCall, names: &Names) -> bool {
    let is_class = |value: &Value| match value {
        Value::Class(_) => true,
        Value::Foreign { value, .. } => matches!(**value, Value::Class(_)),
        _ => false,
    };
    call.arguments.keywords.iter().any(|keyword| {
        last_name(&keyword.value).is_some_and(is_named_so) && names.values(&keyword.value).iter().any(is_class)
    })
}

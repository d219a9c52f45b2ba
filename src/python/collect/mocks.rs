//! Mocks: what `unittest.mock.patch`, pytest-mock, pytest's `monkeypatch` and assignments of mocks replace.

use ruff_python_ast::{Expr, ExprAttribute, ExprCall};

use crate::python::dotted::{dotted, last_name};
use crate::python::names::{Names, Value};
use crate::python::stand_ins::is_named_so;

/// How a function is told what it replaces.
enum Told {
    /// By its path: `patch("websockets.connect")`.
    Path,
    /// By the object whose attribute it is, or by its path: `patch.object(websockets, "connect")`,
    /// `monkeypatch.setattr("websockets.connect", fake)`.
    Object,
}

/// The library, by the first name of its paths, a part of which `call` replaces: `patch("websocket._app.WebSocket")`,
/// `patch.object(websockets, "connect")`, `monkeypatch.setattr(websockets, "connect", fake)`. A constant of a library says nothing of
/// who connects, and what is spied on is called all the same.
pub(super) fn replaced_library(call: &ExprCall, names: &Names) -> Option<String> {
    let told = told(call, names)?;
    let (target, rest) = call.arguments.args.split_first()?;
    let (path, name, value) = match (told, target) {
        (_, Expr::StringLiteral(path)) => {
            let path = path.value.to_str().to_owned();
            let name = path.rsplit('.').next().map(str::to_owned);
            (path, name, rest.first())
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
    let is_spied_on = call.arguments.find_keyword("wraps").is_some();
    if is_constant || is_spied_on || value.is_some_and(Expr::is_literal_expr) {
        return None;
    }
    path.split('.').next().map(str::to_owned)
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
    let is_mock = |value: &Value| matches!(value, Value::Outcome(path) if path.starts_with("unittest.mock."));
    let is_own = || {
        let class = value.as_call_expr().and_then(|call| last_name(&call.func));
        class.is_some_and(is_named_so)
            && names
                .values(value)
                .iter()
                .any(|value| matches!(value, Value::Instance(_)))
    };
    if !names.values(value).iter().any(is_mock) && !is_own() {
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

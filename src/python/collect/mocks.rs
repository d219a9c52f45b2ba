//! Mocks: what `unittest.mock.patch` and assignments of mocks replace.

use ruff_python_ast::{Expr, ExprAttribute, ExprCall};

use crate::python::names::{Names, Value};

/// The library, by the first name of its paths, a part of which `call` replaces: `patch("websocket._app.WebSocket")`,
/// `patch.object(websockets, "connect")`.
pub(super) fn replaced_library(call: &ExprCall, names: &Names) -> Option<String> {
    let path = names.resolve(&call.func)?;
    let function = path.strip_prefix("unittest.").unwrap_or(path);
    let target = call.arguments.args.first()?;
    let replaced = match (function, target) {
        ("mock.patch", Expr::StringLiteral(target)) => target.value.to_str(),
        ("mock.patch.object", target) => names.values(target).iter().find_map(|value| match value {
            Value::Path(path) | Value::Outcome(path) => Some(path),
            _ => None,
        })?,
        _ => return None,
    };
    replaced.split('.').next().map(str::to_owned)
}

/// The same for an assignment: `Client.client_class = mock_client`, `client.eio = MagicMock()`.
pub(super) fn library_replaced_at(target: &ExprAttribute, value: &Expr, names: &Names) -> Option<String> {
    let is_mock = |value: &Value| matches!(value, Value::Outcome(path) if path.starts_with("unittest.mock."));
    if !names.values(value).iter().any(is_mock) {
        return None;
    }
    let owner = names.values(&target.value).iter().find_map(|value| match value {
        Value::Path(path) | Value::Outcome(path) => Some(path),
        _ => None,
    })?;
    owner.split('.').next().map(str::to_owned)
}

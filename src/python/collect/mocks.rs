//! Mocks: what `unittest.mock.patch` replaces.

use ruff_python_ast::{Expr, ExprCall};

use crate::python::names::{Names, Value};

/// The library, by the first name of its paths, a part of which `call` replaces: `patch("websocket._app.WebSocket")`,
/// `patch.object(websockets, "connect")`.
pub(super) fn replaced_library(call: &ExprCall, names: &Names) -> Option<String> {
    let path = names.resolve(&call.func)?;
    let function = path.strip_prefix("unittest.").unwrap_or(&path);
    let target = call.arguments.args.first()?;
    let replaced = match (function, target) {
        ("mock.patch", Expr::StringLiteral(target)) => target.value.to_str().to_owned(),
        ("mock.patch.object", target) => names.values(target).into_iter().find_map(|value| match value {
            Value::Path(path) | Value::Outcome(path) => Some(path),
            _ => None,
        })?,
        _ => return None,
    };
    replaced.split('.').next().map(str::to_owned)
}

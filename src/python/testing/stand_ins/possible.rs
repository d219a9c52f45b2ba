//! Whether something else than its library may get what a connect is given, or be waited for in its place. Fixes ask, who change
//! that; whether a connect is certainly none is another question.

use std::ffi::OsStr;
use std::path::Path;

use ruff_python_ast::{Expr, ModModule, Stmt};

use super::replacement::{By, Replacement, of_assignment, of_call};
use crate::python::names::Names;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Node, Scope, nodes_in};

/// What a module calls, as others may replace it.
#[derive(Clone, Copy, Debug)]
pub(in crate::python) struct Replaceable<'a> {
    /// Its path: `aiohttp.ClientSession.ws_connect`.
    path: &'a str,
    /// What is called: `self.session.ws_connect`.
    callee: &'a str,
    /// What the module is called that it stands in: the last name of its path.
    module: &'a str,
}

impl<'a> Replaceable<'a> {
    /// What has the path `path`, and the module at `file` calls as `callee`.
    pub(in crate::python) fn of(path: &'a str, callee: &'a str, file: &'a Path) -> Self {
        let folder = file.parent().and_then(Path::file_name);
        let stem = file.file_stem().filter(|stem| *stem != "__init__").or(folder);
        Self {
            path,
            callee,
            module: stem.and_then(OsStr::to_str).unwrap_or_default(),
        }
    }

    /// Whether it is called so.
    fn is_called(self, name: Option<&str>) -> bool {
        let mut called = [self.path, self.callee].into_iter().map(|path| path.rsplit('.').next());
        name.is_some() && called.any(|called| called == name)
    }

    /// Whether it is reached through what is called so, or called so; what has no known name may be called anything.
    fn is_reached_by(self, name: Option<&str>) -> bool {
        let mut parts = self.path.split('.').chain(self.callee.split('.'));
        name.is_none_or(|name| parts.any(|part| part == name))
    }
}

impl Replacement {
    /// Whether it may be the connect, or what that is reached by.
    pub(in crate::python) fn may_be(&self, connect: Replaceable<'_>) -> bool {
        let name = self.name.as_deref();
        let Some(owner) = &self.owner else {
            return connect.is_called(name);
        };
        let has = |wanted: Option<&str>| owner.split('.').any(|part| Some(part) == wanted);
        // Something of the library, however that is reached; what the module has; what an object of one of its classes has. A
        // method that is called like the connect is another one.
        let is_of_library = has(connect.path.split('.').next());
        let is_of_module = owner.rsplit('.').next() == Some(connect.module);
        let is_of_object = has(Some(connect.module)) && !connect.is_called(name);
        (is_of_library || is_of_module || is_of_object) && connect.is_reached_by(name)
    }
}

/// Everything that a module replaces, or looks at as one looks at a mock.
pub(in crate::python) fn of_module(module: &ModModule, names: &Names) -> Vec<Replacement> {
    let mut found = Vec::new();
    nodes_in(&module.body, Scope::All).for_each(|node| match node {
        Node::Statement(Stmt::Assign(assign)) => {
            let targets = assign.targets.iter().filter_map(Expr::as_attribute_expr);
            found.extend(targets.filter_map(|target| of_assignment(target, &assign.value, names)));
        }
        Node::Expr(Expr::Call(call)) => found.extend(of_call(call, names)),
        // `session.ws_connect.assert_awaited_with(…)`, `connect.call_args`.
        Node::Expr(Expr::Attribute(attribute)) if is_of_a_mock(&attribute.attr) => {
            found.extend(last_name(&attribute.value).map(|name| Replacement {
                owner: None,
                name: Some(name.to_owned()),
                by: By::Perhaps,
            }));
        }
        _ => {}
    });
    found
}

/// Attributes of mocks: what is set there or asked of them is about the object that the mock stands for.
fn is_of_a_mock(name: &str) -> bool {
    let is_assertion = name.starts_with("assert_") && !name.ends_with("_");
    let is_record = [
        "return_value",
        "side_effect",
        "call_args",
        "call_args_list",
        "await_args",
        "mock_calls",
    ];
    is_assertion || is_record.contains(&name)
}

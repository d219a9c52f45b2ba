//! What code replaces by something else, as tests do: `patch("client.connect")`, `monkeypatch.setattr(websockets, "connect", fake)`,
//! `client.session = MagicMock()`. Fixes ask whether something else than the library may get the arguments that they change, or be
//! waited for in another way; whether a connect is certainly none there is another question (`collect::mocks`).

use std::ffi::OsStr;
use std::path::Path;

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, ModModule, Stmt};

use super::dotted::last_name;
use super::names::{Names, Value};
use super::words::Words;
use crate::sites::Connect;

/// Something that code replaces, or looks at as one looks at a mock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replacement {
    /// The path of what it is part of, as far as that is known: `websockets`, `client.websockets`.
    owner: Option<String>,
    /// What is called so there: `connect`.
    name: String,
}

/// A connect as others may replace it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replaceable<'a> {
    /// Its path: `aiohttp.ClientSession.ws_connect`.
    pub(super) path: &'a str,
    /// What is called: `self.session.ws_connect`.
    pub(super) callee: &'a str,
    /// What the module is called that it stands in: the last name of its path.
    pub(super) module: &'a str,
}

impl<'a> Replaceable<'a> {
    /// A connect of the module at this path, which calls it as `callee`.
    pub(super) fn of(connect: &'a Connect, callee: &'a str, file: &'a Path) -> Self {
        let folder = file.parent().and_then(Path::file_name);
        let stem = file.file_stem().filter(|stem| *stem != "__init__").or(folder);
        Self {
            path: &connect.path,
            callee,
            module: stem.and_then(OsStr::to_str).unwrap_or_default(),
        }
    }

    /// Whether it is called so.
    fn is_called(self, name: &str) -> bool {
        [self.path, self.callee]
            .iter()
            .any(|path| path.rsplit('.').next() == Some(name))
    }

    /// Whether it is reached through what is called so, or called so.
    fn is_reached_by(self, name: &str) -> bool {
        let mut parts = self.path.split('.').chain(self.callee.split('.'));
        parts.any(|part| part == name)
    }
}

impl Replacement {
    /// Whether it may be the connect, or what that is reached by.
    pub(super) fn may_be(&self, connect: Replaceable<'_>) -> bool {
        let Some(owner) = &self.owner else {
            return connect.is_called(&self.name);
        };
        let has = |wanted: Option<&str>| owner.split('.').any(|part| Some(part) == wanted);
        // Something of the library, however that is reached; what the module has; what an object of one of its classes has. A
        // method that is called like the connect is another one.
        let is_of_library = has(connect.path.split('.').next());
        let is_of_module = owner.rsplit('.').next() == Some(connect.module);
        let is_of_object = has(Some(connect.module)) && !connect.is_called(&self.name);
        (is_of_library || is_of_module || is_of_object) && connect.is_reached_by(&self.name)
    }
}

/// Everything that a module replaces.
pub(super) fn of_module(module: &ModModule, names: &Names) -> Vec<Replacement> {
    let mut search = Search {
        names,
        found: Vec::new(),
    };
    search.visit_body(&module.body);
    search.found
}

/// What a call replaces: `patch(…)`, `patch.object(…)`, `patch.multiple(…)`, of `unittest.mock` or of pytest-mock's fixture,
/// `monkeypatch.setattr(…)`, `setattr(…)`, `mocker.spy(…)`.
fn by_call(call: &ExprCall, names: &Names) -> Vec<Replacement> {
    let Some(function) = last_name(&call.func) else {
        return Vec::new();
    };
    let given = |index: usize| call.arguments.args.get(index);
    let one = |replacement: Option<Replacement>| replacement.into_iter().collect();
    match function {
        "patch" => one(given(0).and_then(text).and_then(of_path)),
        "setattr" => match (given(0), given(1)) {
            (Some(owner), Some(name)) if text(owner).is_none() => one(of_object(owner, name, names)),
            _ => one(given(0).and_then(text).and_then(of_path)),
        },
        "object" | "spy" if is_of_mocks(&call.func) => one(given(0)
            .zip(given(1))
            .and_then(|(owner, name)| of_object(owner, name, names))),
        "multiple" if is_of_mocks(&call.func) => {
            let owner = given(0).and_then(|owner| text(owner).map(str::to_owned).or_else(|| path(owner, names)));
            let keywords = call.arguments.keywords.iter();
            let replaced = keywords.filter(|keyword| !is_plain(&keyword.value));
            let replaced = replaced.filter_map(|keyword| keyword.arg.as_ref());
            let replacement = |name: &ruff_python_ast::Identifier| Replacement {
                owner: owner.clone(),
                name: name.to_string(),
            };
            replaced.map(replacement).collect()
        }
        _ => Vec::new(),
    }
}

/// What nobody calls.
fn is_plain(value: &Expr) -> bool {
    value.is_number_literal_expr() || value.is_boolean_literal_expr() || value.is_none_literal_expr()
}

/// `mock.patch.object`, `mocker.spy`.
fn is_of_mocks(function: &Expr) -> bool {
    let Some(owner) = function.as_attribute_expr().and_then(|method| last_name(&method.value)) else {
        return false;
    };
    owner == "patch" || MOCKS.are_in(owner)
}

fn text(expr: &Expr) -> Option<&str> {
    expr.as_string_literal_expr().map(|text| text.value.to_str())
}

/// `client.websockets.connect`.
fn of_path(path: &str) -> Option<Replacement> {
    let (owner, name) = path.rsplit_once('.')?;
    Some(Replacement {
        owner: Some(owner.to_owned()),
        name: name.to_owned(),
    })
}

/// `name` of the object `owner`.
fn of_object(owner: &Expr, name: &Expr, names: &Names) -> Option<Replacement> {
    Some(Replacement {
        owner: path(owner, names),
        name: text(name)?.to_owned(),
    })
}

/// The path of what an object means, or an object of what it is; nothing where nobody knows.
fn path(owner: &Expr, names: &Names) -> Option<String> {
    let known = names.values(owner).iter().find_map(|value| match value {
        Value::Path(path) | Value::Outcome(path) | Value::Foreign { path, .. } => Some(path.clone()),
        _ => None,
    });
    // What a module has that nobody looked into.
    known.or_else(|| {
        let attribute = owner.as_attribute_expr()?;
        let outer = names.only_path(&attribute.value)?;
        Some(format!("{outer}.{}", attribute.attr))
    })
}

/// What an assignment to an attribute replaces.
fn at(target: &ExprAttribute, names: &Names) -> Replacement {
    Replacement {
        owner: path(&target.value, names),
        name: target.attr.to_string(),
    }
}

static MOCKS: Words<5> = Words::new(["mock", "fake", "stub", "dummy", "spy"]);

/// An object of `unittest.mock`.
pub(super) fn is_mock(value: &Expr, names: &Names) -> bool {
    let is_of_library = |value: &Value| matches!(value, Value::Outcome(path) if path.starts_with("unittest.mock."));
    names.values(value).iter().any(is_of_library)
}

/// A mock, something that is called so, or what the module itself defines.
fn may_be_a_mock(value: &Expr, names: &Names) -> bool {
    let made = value.as_call_expr().map_or(value, |call| &call.func);
    let is_called_so = last_name(made).is_some_and(|name| MOCKS.are_in(name));
    let is_own = |value: &Value| matches!(value, Value::Function(_) | Value::Class(_) | Value::Instance(_));
    let is_own = || names.values(value).iter().any(is_own);
    is_called_so || value.is_lambda_expr() || is_mock(value, names) || is_own()
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

struct Search<'n> {
    names: &'n Names,
    found: Vec<Replacement>,
}

impl<'a> SourceOrderVisitor<'a> for Search<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Assign(assign) = statement {
            let targets = assign.targets.iter().filter_map(Expr::as_attribute_expr);
            if may_be_a_mock(&assign.value, self.names) {
                self.found.extend(targets.map(|target| at(target, self.names)));
            }
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.found.extend(by_call(call, self.names)),
            // `session.ws_connect.assert_awaited_with(…)`, `connect.call_args`.
            Expr::Attribute(attribute) if is_of_a_mock(&attribute.attr) => {
                let mocked = last_name(&attribute.value).map(str::to_owned);
                self.found.extend(mocked.map(|name| Replacement { owner: None, name }));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

//! How code puts something in the place of something else: `unittest.mock.patch`, pytest-mock, pytest's `monkeypatch`, `setattr`,
//! assignments.

use ruff_python_ast::{Arguments, Expr, ExprAttribute, ExprCall, InterpolatedStringElement};

use super::words::{is_named_so, may_be_named_so};
use crate::python::names::{Names, Value};
use crate::python::syntax::dotted::last_name;

/// Something that code replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::python) struct Replacement {
    /// The path of what it is part of, as far as that is known: `websockets`, `client.websockets`.
    pub(super) owner: Option<String>,
    /// What is called so there: `connect`; nothing where that is written as no literal.
    pub(super) name: Option<String>,
    pub(super) by: By,
}

/// What replaces something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Something else: what was there is not called.
    Another,
    /// Something else, if its name is to be believed.
    Perhaps,
    /// What looks on, and calls what was there.
    Spy,
}

/// How a function is told what it replaces.
enum Told {
    /// By its path: `patch("websockets.connect")`.
    Path,
    /// By the object whose attribute it is, or by its path: `patch.object(websockets, "connect")`,
    /// `monkeypatch.setattr("websockets.connect", fake)`.
    Object,
    /// By the object, and keywords: `patch.multiple(websockets, connect=fake)`.
    Keywords,
    /// Like an object; what is there is called all the same: `mocker.spy(websockets, "connect")`.
    SpiedOn,
}

/// What `call` replaces. What a literal is put in the place of nobody calls.
pub(super) fn of_call(call: &ExprCall, names: &Names) -> Vec<Replacement> {
    let Some((told, target)) = told(call, names).zip(call.arguments.args.first()) else {
        return Vec::new();
    };
    if let Told::Keywords = told {
        return of_keywords(target, &call.arguments, names);
    }
    let is_looked_at = matches!(told, Told::SpiedOn) || call.arguments.find_keyword("wraps").is_some();
    let by = if is_looked_at { By::Spy } else { By::Another };
    let path = path_text(target).map(|path| path.rsplit_once('.'));
    let (owner, name, value) = match path {
        Some(None) => return Vec::new(),
        Some(Some((owner, name))) => (Some(owner.to_owned()), Some(name.to_owned()), 1),
        None if matches!(told, Told::Path) => return Vec::new(),
        None => {
            let name = call.arguments.find_positional(1).and_then(text);
            (path_of(target, names), name.map(str::to_owned), 2)
        }
    };
    match call.arguments.find_argument_value("new", value) {
        Some(value) if value.is_literal_expr() => Vec::new(),
        _ => vec![Replacement { owner, name, by }],
    }
}

/// The object whose attribute `call` puts something else in the place of, and the attribute: `patch.object(ws, "recv", fake)`.
pub(in crate::python) fn attribute_replaced_by<'e>(call: &'e ExprCall, names: &Names) -> Option<(&'e Expr, &'e str)> {
    let Told::Object = told(call, names)? else {
        return None;
    };
    let is_called = call.arguments.find_keyword("wraps").is_some();
    let name = call.arguments.args.get(1).and_then(text)?;
    call.arguments
        .args
        .first()
        .filter(|_| !is_called)
        .map(|object| (object, name))
}

fn of_keywords(target: &Expr, arguments: &Arguments, names: &Names) -> Vec<Replacement> {
    let owner = text(target).map(str::to_owned).or_else(|| path_of(target, names));
    let replaced = arguments
        .keywords
        .iter()
        .filter(|keyword| !keyword.value.is_literal_expr());
    let replaced = replaced.filter_map(|keyword| keyword.arg.as_ref());
    let replacement = |name: &ruff_python_ast::Identifier| Replacement {
        owner: owner.clone(),
        name: Some(name.to_string()),
        by: By::Another,
    };
    replaced.map(replacement).collect()
}

/// How the function is told what it replaces that `call` calls, if that is one: the fixtures of pytest and of pytest-mock are
/// known by the names of their methods.
fn told(call: &ExprCall, names: &Names) -> Option<Told> {
    let (name, owner) = match names.resolve(&call.func) {
        Some(path) => {
            let mut parts = path.rsplit('.');
            (parts.next()?, parts.next())
        }
        None => {
            let owner = call.func.as_attribute_expr().map(|method| &*method.value);
            (last_name(&call.func)?, owner.and_then(last_name))
        }
    };
    match (name, owner) {
        ("patch", _) => Some(Told::Path),
        ("setattr", _) | ("object", Some("patch")) => Some(Told::Object),
        ("multiple", Some("patch")) => Some(Told::Keywords),
        ("spy", Some(owner)) if may_be_named_so(owner) => Some(Told::SpiedOn),
        _ => None,
    }
}

/// What an assignment to an attribute replaces: `Client.client_class = mock_client`, `client.eio = MagicMock()`,
/// `client.sock = FakeSocket()`.
pub(super) fn of_assignment(target: &ExprAttribute, value: &Expr, names: &Names) -> Option<Replacement> {
    Some(Replacement {
        owner: path_of(&target.value, names),
        name: Some(target.attr.to_string()),
        by: stands_in(value, names)?,
    })
}

/// Whether a value stands in for another one where it is assigned: an object of `unittest.mock`, of a class that is called so, or
/// what the module itself defines.
fn stands_in(value: &Expr, names: &Names) -> Option<By> {
    let values = names.values(value);
    let is_object = |value: &Value| matches!(value, Value::Instance(_));
    let is_own = |value: &Value| matches!(value, Value::Function(_) | Value::Class(_) | Value::Instance(_));
    let class = value.as_call_expr().and_then(|call| last_name(&call.func));
    if values.iter().any(Value::is_mock) || class.is_some_and(is_named_so) && values.iter().any(is_object) {
        return Some(By::Another);
    }
    let is_called_so = class.or_else(|| last_name(value)).is_some_and(may_be_named_so);
    (is_called_so || value.is_lambda_expr() || values.iter().any(is_own)).then_some(By::Perhaps)
}

/// The libraries, by the first names of their paths, a part of which `call` certainly replaces.
pub(in crate::python) fn libraries_replaced_by(call: &ExprCall, names: &Names) -> Vec<String> {
    let replaced = of_call(call, names);
    replaced.iter().flat_map(Replacement::libraries).collect()
}

/// The same for an assignment.
pub(in crate::python) fn libraries_replaced_at(target: &ExprAttribute, value: &Expr, names: &Names) -> Vec<String> {
    let replaced = of_assignment(target, value, names);
    replaced.iter().flat_map(Replacement::libraries).collect()
}

impl Replacement {
    /// The path of what is certainly not called any more, and its end where the module that has it is reached through another one:
    /// `client.asyncio.sleep`, `asyncio.sleep`.
    pub(in crate::python) fn paths(&self) -> impl Iterator<Item = String> + use<> {
        let replaced = self.owner.as_deref().zip(self.name.as_deref());
        let replaced = replaced.filter(|_| self.by != By::Spy);
        let found = replaced.map(|(owner, name)| {
            let last = owner.rsplit_once('.').map(|(_, last)| format!("{last}.{name}"));
            [Some(format!("{owner}.{name}")), last]
        });
        found.into_iter().flatten().flatten()
    }

    /// The libraries a part of which is certainly replaced, or that are so as a whole: of the path the first name, and where that
    /// is a module of the project what that imports: `client.websockets`. A constant of a library says nothing of who connects.
    fn libraries(&self) -> impl Iterator<Item = String> + use<> {
        let name = self.name.as_deref();
        let is_constant = name.is_some_and(|name| !name.chars().any(char::is_lowercase));
        let owner = self.owner.as_deref().filter(|_| self.by == By::Another && !is_constant);
        let first = owner.and_then(|owner| owner.split('.').next());
        let last = owner.and_then(|owner| owner.rsplit_once('.')).map(|(_, last)| last);
        let found = [first, last, owner.and(name)].map(|found| found.map(str::to_owned));
        found.into_iter().flatten()
    }
}

/// Whether a connect is given a class of the project, one of stand-ins by its name, to make its parts of:
/// `connect(session_class=FakeSession)`.
pub(in crate::python) fn is_given_one(call: &ExprCall, names: &Names) -> bool {
    let is_class = |value: &Value| matches!(value.at_home(), Value::Class(_));
    call.arguments.keywords.iter().any(|keyword| {
        last_name(&keyword.value).is_some_and(is_named_so) && names.values(&keyword.value).iter().any(is_class)
    })
}

/// The path that a text is, or the end of it behind that of a module: `__name__ + ".dial"`, `f"{MODULE}.dial"`.
fn path_text(expr: &Expr) -> Option<&str> {
    let end = match expr {
        Expr::BinOp(sum) => text(&sum.right)?,
        Expr::FString(parts) => match parts.value.elements().last()? {
            InterpolatedStringElement::Literal(end) => &end.value,
            InterpolatedStringElement::Interpolation(_) => return None,
        },
        _ => return text(expr),
    };
    end.contains('.').then_some(end)
}

fn text(expr: &Expr) -> Option<&str> {
    expr.as_string_literal_expr().map(|text| text.value.to_str())
}

/// The path of what an object means, or an object of what it is; nothing where nobody knows.
fn path_of(owner: &Expr, names: &Names) -> Option<String> {
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

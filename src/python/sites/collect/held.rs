//! Where the objects are made that a connect is called on or given, as its call shows.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use crate::catalog::{Api, HeldBy};
use crate::python::names::{Elsewhere, Given, Making, Names, Value};
use crate::python::syntax::spans::span;
use crate::sites::{Argument, ValueKind};
use crate::source::Span;

/// What the call of a connect shows of its holder.
#[derive(Clone)]
pub(super) enum Held {
    /// It has none.
    Nothing,
    /// It has one that does not come from a call in sight.
    Unseen,
    /// It is the outcome of one of these calls.
    MadeAt { origins: Vec<usize>, connect: usize },
    /// It is an object of this class of the project.
    OfClass(Value),
    /// The callers of a function of the module give it.
    Given(Given),
    /// It is the outcome of one of these calls, unless a caller gives another one for one of these parameters.
    MadeUnlessGiven {
        origins: Vec<usize>,
        connect: usize,
        given: Vec<Given>,
    },
    /// It is the outcome of one of these calls in another module of the project.
    MadeElsewhere { module: Elsewhere, calls: Vec<usize> },
}

/// The holder of a connect: its receiver, or its argument.
pub(super) fn held(api: &Api, call: &ExprCall, names: &Names) -> Held {
    let holder = match &api.held_by {
        None => return Held::Nothing,
        Some(HeldBy::Receiver) => match &*call.func {
            Expr::Attribute(method) => Some(&*method.value),
            _ => return Held::Unseen,
        },
        Some(HeldBy::Argument { name, position }) => call
            .arguments
            .find_keyword(name)
            .map(|keyword| &keyword.value)
            .or_else(|| call.arguments.args.get((*position)?)),
    };
    let Some(holder) = holder.filter(|holder| !is_text(holder)) else {
        return Held::Nothing;
    };
    made(holder, call.start().to_usize(), names)
}

/// Where the object is made that the connect at byte offset `connect` gets.
pub(super) fn made(object: &Expr, connect: usize, names: &Names) -> Held {
    match names.origins(object) {
        Some(origins) => Held::MadeAt {
            origins: origins.collect(),
            connect,
        },
        None => match names.values(object) {
            [Value::Instance(class)] => Held::OfClass(Value::Class(*class)),
            values => made_elsewhere(object, names)
                .or_else(|| class_elsewhere(values).map(Held::OfClass))
                .or_else(|| names.given(object).map(Held::Given))
                .or_else(|| made_unless_given(object, connect, names))
                .unwrap_or(Held::Unseen),
        },
    }
}

fn made_unless_given(object: &Expr, connect: usize, names: &Names) -> Option<Held> {
    let (origins, given) = names.made_unless_given(object)?;
    Some(Held::MadeUnlessGiven {
        origins,
        connect,
        given,
    })
}

/// An object that is given to a connect as one of its arguments about time.
#[derive(Clone)]
pub(super) struct GivenObject {
    /// The argument's value.
    pub(super) value: Span,
    /// The path of the object's class.
    pub(super) class: String,
    pub(super) made: Held,
}

/// The objects that `call` is given where numbers could stand.
pub(super) fn objects(call: &ExprCall, arguments: &[Argument], names: &Names) -> Vec<GivenObject> {
    let is_open = |value: &Expr| {
        let mut arguments = arguments.iter();
        arguments.any(|argument| argument.value_span == span(value) && argument.kind == ValueKind::Unknown)
    };
    let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
    let values = call
        .arguments
        .args
        .iter()
        .chain(keywords)
        .filter(|value| is_open(value));
    let object = |value: &Expr| {
        let mut usual = names.usual_values(value);
        match (usual.next(), usual.next()) {
            (Some(Value::Outcome(class)), None) => Some(GivenObject {
                value: span(value),
                class: class.clone(),
                made: made(value, call.start().to_usize(), names),
            }),
            _ => None,
        }
    };
    values.filter_map(object).collect()
}

/// The class of an object that is of a class of another module.
fn class_elsewhere(values: &[Value]) -> Option<Value> {
    let [Value::Foreign { module, value, path }] = values else {
        return None;
    };
    let Value::Instance(class) = **value else {
        return None;
    };
    Some(Value::Foreign {
        module: module.clone(),
        value: Box::new(Value::Class(class)),
        path: path.clone(),
    })
}

fn made_elsewhere(holder: &Expr, names: &Names) -> Option<Held> {
    let sources: Vec<&Making> = names.makings(holder)?.iter().flat_map(Making::sources).collect();
    let module = sources.first()?.module.clone()?;
    let is_same = |source: &&Making| !source.awaited && source.module.as_ref() == Some(&module);
    sources.iter().all(is_same).then(|| Held::MadeElsewhere {
        calls: sources.iter().map(|source| source.call).collect(),
        module,
    })
}

/// A URL is no request.
fn is_text(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(_) | Expr::FString(_) | Expr::NoneLiteral(_) => true,
        Expr::BinOp(sum) => is_text(&sum.left) || is_text(&sum.right),
        _ => false,
    }
}

//! The elements of what is iterated over, the items of displays, and what changes them in place.

use std::rc::Rc;

use foldhash::HashSet;
use ruff_python_ast::{Expr, ModModule, Number, Stmt};
use ruff_text_size::Ranged;

use super::flow::Held;
use super::statements::CHANGING;
use super::{Holds, Variables};
use crate::python::names::Names;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Node, Scope, nodes_in};

/// Of one thing that is iterated over so many elements are looked at.
const MOST_ELEMENTS: usize = 64;

/// The expressions that the elements of `iterable` are, or their parts at `path`; none where they are not all known.
pub(in crate::python) fn elements<'a>(
    iterable: &'a Expr,
    path: &[usize],
    variables: &'a dyn Variables,
) -> Option<Vec<&'a Expr>> {
    let iterable = variables.only_value(iterable).unwrap_or(iterable);
    let all: Vec<&'a Expr> = match iterable {
        Expr::List(list) => plain(&list.elts)?,
        Expr::Tuple(tuple) => plain(&tuple.elts)?,
        Expr::Set(set) => plain(&set.elts)?,
        Expr::Dict(dict) => dict.items.iter().map(|item| item.key.as_ref()).collect::<Option<_>>()?,
        Expr::Call(call) => return of_call(call, path, variables),
        Expr::Name(_) | Expr::Attribute(_) => match variables.members(iterable) {
            Some(members) => members,
            None => put_in(&variables.held(iterable), variables)?,
        },
        _ => return None,
    };
    let parts: Option<Vec<&'a Expr>> = all
        .into_iter()
        .take(MOST_ELEMENTS)
        .map(|element| part(element, path, variables))
        .collect();
    parts
}

/// What is put into a list that grows, as far as it is known; none where nothing is.
fn put_in<'a>(held: &Held<'a>, variables: &'a dyn Variables) -> Option<Vec<&'a Expr>> {
    let (mut pending, mut seen) = (vec![Rc::clone(held)], HashSet::default());
    let (mut found, mut grows) = (Vec::new(), false);
    while let Some(held) = pending.pop() {
        // Branches have what was before them in common.
        if !seen.insert(held.as_ptr()) {
            continue;
        }
        for one in held.iter() {
            match one {
                Holds::Value(list) if matches!(list, Expr::List(_) | Expr::Set(_)) => {
                    found.extend(elements(list, &[], variables).unwrap_or_default());
                }
                Holds::With(before, element) => {
                    pending.push(Rc::clone(before));
                    found.push(element);
                    grows = true;
                }
                Holds::Grown(before, more) => {
                    pending.push(Rc::clone(before));
                    found.extend(elements(more, &[], variables)?);
                    grows = true;
                }
                Holds::Value(_) | Holds::Element(..) | Holds::Part(..) | Holds::Unknown => {}
            }
        }
    }
    found.sort_by_key(|element: &&Expr| element.start());
    found.dedup_by_key(|element| element.start());
    grows.then_some(found)
}

/// `enumerate(…)`, `zip(…)`, `reversed(…)`, `sorted(…)`, `pairs.items()` and its kin.
fn of_call<'a>(
    call: &'a ruff_python_ast::ExprCall,
    path: &[usize],
    variables: &'a dyn Variables,
) -> Option<Vec<&'a Expr>> {
    let arguments = &*call.arguments.args;
    let path_of_call = variables.names().resolve(&call.func);
    if let Expr::Attribute(method) = &*call.func
        && path_of_call != Some("itertools.cycle")
    {
        let of = variables.only_value(&method.value).unwrap_or(&method.value);
        if let Some(values) = values_by_keyword(of, variables.names()) {
            let rest = match (method.attr.as_str(), arguments, path) {
                ("values", [], _) => path,
                ("items", [], [1, rest @ ..]) => rest,
                _ => return None,
            };
            let values = values.take(MOST_ELEMENTS);
            return values.map(|(_, value)| part(value, rest, variables)).collect();
        }
        let dict = of.as_dict_expr()?;
        let keys = || {
            dict.items
                .iter()
                .map(|item| item.key.as_ref())
                .collect::<Option<Vec<_>>>()
        };
        let values = || keys().map(|_| dict.items.iter().map(|item| &item.value).collect::<Vec<_>>());
        let (all, rest) = match (method.attr.as_str(), arguments, path) {
            ("keys", [], _) => (keys()?, path),
            ("values", [], _) => (values()?, path),
            ("items", [], [0, rest @ ..]) => (keys()?, rest),
            ("items", [], [1, rest @ ..]) => (values()?, rest),
            _ => return None,
        };
        return all
            .into_iter()
            .take(MOST_ELEMENTS)
            .map(|element| part(element, rest, variables))
            .collect();
    }
    match (path_of_call?, arguments, path) {
        ("enumerate", [inner, ..], [1, rest @ ..]) => elements(inner, rest, variables),
        ("zip", inner, [index, rest @ ..]) => elements(inner.get(*index)?, rest, variables),
        ("reversed" | "sorted" | "list" | "tuple" | "iter" | "itertools.cycle", [inner], _) => {
            elements(inner, path, variables)
        }
        _ => None,
    }
}

fn plain(elements: &[Expr]) -> Option<Vec<&Expr>> {
    (!elements.iter().any(Expr::is_starred_expr)).then(|| elements.iter().collect())
}

/// The part of an element that is unpacked into a target.
pub(super) fn part<'a>(element: &'a Expr, path: &[usize], variables: &'a dyn Variables) -> Option<&'a Expr> {
    let mut element = element;
    for index in path {
        element = match variables.only_value(element).unwrap_or(element) {
            Expr::Tuple(tuple) => plain(&tuple.elts)?.get(*index).copied()?,
            Expr::List(list) => plain(&list.elts)?.get(*index).copied()?,
            _ => return None,
        };
    }
    Some(element)
}

/// The values of `dict(name=value)`, each with its name.
pub(in crate::python) fn values_by_keyword<'a>(
    made: &'a Expr,
    names: &Names,
) -> Option<impl Iterator<Item = (&'a str, &'a Expr)>> {
    let call = made.as_call_expr()?;
    let is_dict = matches!(&*call.func, Expr::Name(name) if name.id == "dict")
        && call.arguments.args.is_empty()
        && call.arguments.keywords.iter().all(|keyword| keyword.arg.is_some())
        && names.resolve(&call.func) == Some("dict");
    let keywords = call.arguments.keywords.iter();
    is_dict.then(|| keywords.filter_map(|keyword| Some((keyword.arg.as_ref()?.as_str(), &keyword.value))))
}

/// What a display has under a literal key or index.
pub(in crate::python) fn item<'a>(display: &'a Expr, key: &Expr, names: &Names) -> Option<&'a Expr> {
    match (display, key) {
        (Expr::Call(_), Expr::StringLiteral(key)) => {
            let mut values = values_by_keyword(display, names)?;
            values
                .find(|(name, _)| *name == key.value.to_str())
                .map(|(_, value)| value)
        }
        (Expr::Dict(dict), Expr::StringLiteral(_) | Expr::NumberLiteral(_) | Expr::BooleanLiteral(_)) => {
            // What is unpacked behind it may have the key, too.
            let mut items = dict.items.iter().rev().take_while(|item| item.key.is_some());
            let found = items.find(|item| item.key.as_ref().is_some_and(|found| is_same(found, key)));
            found.map(|item| &item.value)
        }
        (Expr::List(list), _) => at(&list.elts, key),
        (Expr::Tuple(tuple), _) => at(&tuple.elts, key),
        _ => None,
    }
}

fn at<'a>(elements: &'a [Expr], key: &Expr) -> Option<&'a Expr> {
    let elements = plain(elements)?;
    let index = match key {
        Expr::UnaryOp(negative) if negative.op == ruff_python_ast::UnaryOp::USub => {
            elements.len().checked_sub(number(&negative.operand)?)?
        }
        other => number(other)?,
    };
    elements.get(index).copied()
}

fn number(expr: &Expr) -> Option<usize> {
    match &expr.as_number_literal_expr()?.value {
        Number::Int(value) => value.as_usize(),
        _ => None,
    }
}

fn is_same(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::StringLiteral(a), Expr::StringLiteral(b)) => a.value.to_str() == b.value.to_str(),
        (Expr::NumberLiteral(a), Expr::NumberLiteral(b)) => a.value == b.value,
        (Expr::BooleanLiteral(a), Expr::BooleanLiteral(b)) => a.value == b.value,
        _ => false,
    }
}

/// The name of what items are taken of: `table` of `self.table[key][0]`.
fn of(mut items: &Expr) -> Option<&str> {
    while let Expr::Subscript(item) = items {
        items = &item.value;
    }
    last_name(items)
}

/// The names, variables and attributes, whose lists and dicts something in the module changes in place.
pub(super) fn changed(module: &ModModule) -> HashSet<&str> {
    let things = nodes_in(&module.body, Scope::All).filter_map(|node| match node {
        Node::Statement(Stmt::AugAssign(grown)) => Some(&*grown.target),
        Node::Expr(Expr::Subscript(subscript)) if !subscript.ctx.is_load() => Some(&*subscript.value),
        Node::Expr(Expr::Call(call)) => match &*call.func {
            Expr::Attribute(method) if CHANGING.contains(&method.attr.as_str()) => Some(&*method.value),
            _ => None,
        },
        _ => None,
    });
    things.filter_map(of).collect()
}

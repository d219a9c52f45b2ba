//! Dictionaries and lists that are written out, as far as another module may ask for what they hold.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall, ExprDict, ExprSubscript, Number};
use ruff_text_size::Ranged;

use super::Names;
use super::binding::Meaning;
use super::build::Builder;
use super::elements::MOST_PUT;
use super::evaluate::Evaluation;
use super::meaning::meanings;
use super::value::Value;

/// Larger dictionaries are data.
const MOST_ITEMS: usize = 64;

/// Displays in displays are looked into so far.
const DEEPEST: usize = 8;

/// Of one display so many texts are told.
const MOST_TEXTS: usize = 64;

/// A key of a dictionary, and what its value may mean.
pub(super) type Item = (Arc<str>, Vec<Meaning>);

impl Names {
    /// The keys of the dictionary of another module of the project that `expr` means, each with what its value can be.
    pub(in crate::python) fn foreign_dict(&self, expr: &Expr) -> Option<&[(Arc<str>, Vec<Value>)]> {
        match self.values(expr) {
            [Value::Dict(items)] if self.is_unaltered_elsewhere(expr) || self.is_made_elsewhere(expr) => Some(items),
            _ => None,
        }
    }

    /// Whether `expr` calls a function of another module that gives a dictionary as it writes it out.
    fn is_made_elsewhere(&self, expr: &Expr) -> bool {
        let function = expr.as_call_expr().and_then(|call| self.foreign_function(&call.func));
        function.is_some_and(|(module, function)| {
            let returned = module.0.table.function(function).gives.returned.as_slice();
            let is_display = |meaning: &Meaning| match meaning {
                Meaning::Display(_) => true,
                Meaning::Outcome { callee, .. } => callee.root == "dict" && callee.steps.is_empty(),
                _ => false,
            };
            matches!(returned, [one] if is_display(one))
        })
    }

    /// Whether `expr` is a class of the project whose objects are dictionaries of the keywords that they are made with.
    pub(in crate::python) fn is_typed_dict(&self, expr: &Expr) -> bool {
        let class = match self.values(expr) {
            [class @ Value::Class(_)] => class,
            [class @ Value::Foreign { value, .. }] if matches!(**value, Value::Class(_)) => class,
            _ => return false,
        };
        let base = self.inherited_constructor(class);
        matches!(
            base.as_deref(),
            Some("typing.TypedDict" | "typing_extensions.TypedDict")
        )
    }

    /// The texts with characters beyond ASCII that what is iterated over has among its elements, where another module of the
    /// project writes it out; of a dictionary by its values, or by its keys.
    pub(in crate::python) fn foreign_texts(&self, expr: &Expr, of_keys: bool) -> Vec<Arc<str>> {
        match self.values(expr) {
            [display @ (Value::Dict(_) | Value::Tuple(_))] if self.is_unaltered_elsewhere(expr) => {
                texts(display, of_keys)
            }
            _ => Vec::new(),
        }
    }

    /// Whether `expr` is what another module has, and nothing here changes it in place.
    fn is_unaltered_elsewhere(&self, expr: &Expr) -> bool {
        let mut at = expr;
        while let Expr::Subscript(item) = at {
            at = &item.value;
        }
        let is_altered = root_name(expr).is_none_or(|name| self.altered.contains(name));
        !is_altered && self.is_of_another_module(at)
    }
}

/// The last name of what is asked for an item, or for an item of an item.
pub(super) fn root_name(expr: &Expr) -> Option<&Name> {
    let mut at = expr;
    while let Expr::Subscript(item) = at {
        at = &item.value;
    }
    match at {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr.id),
        _ => None,
    }
}

/// The texts among these values.
pub(in crate::python) fn texts_of(values: &[Value]) -> Vec<Arc<str>> {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    values.iter().filter_map(text).collect()
}

/// The texts of a display, and of those in it.
fn texts(display: &Value, of_keys: bool) -> Vec<Arc<str>> {
    let mut found = Vec::new();
    let mut pending = vec![(display, 0)];
    while let Some((value, depth)) = pending.pop() {
        if found.len() >= MOST_TEXTS || depth > DEEPEST {
            break;
        }
        match value {
            Value::Text(text) => found.push(text.clone()),
            Value::Tuple(elements) => pending.extend(elements.iter().rev().flatten().map(|value| (value, depth + 1))),
            Value::Dict(items) if of_keys && depth == 0 => {
                found.extend(items.iter().map(|(key, _)| key.clone()).filter(|key| !key.is_ascii()));
            }
            Value::Dict(items) => {
                let values = items.iter().rev().flat_map(|(_, values)| values);
                pending.extend(values.map(|value| (value, depth + 1)));
            }
            _ => {}
        }
    }
    found
}

impl<'n> Evaluation<'n, '_> {
    /// What the dictionary means that begins at `at`; nothing of one that has other keys.
    pub(super) fn display(&self, at: usize) -> Vec<Value> {
        let Some(items) = self.table.displays.get(&at) else {
            return Vec::new();
        };
        let values = |meanings: &[Meaning]| match meanings {
            [one] => self.meaning(one, false),
            _ => Vec::new(),
        };
        let items = items.iter().map(|(key, meanings)| (key.clone(), values(meanings)));
        vec![Value::Dict(items.collect())]
    }

    /// What an item means, by a key or an index that is written out.
    pub(super) fn item(&self, display: &[Value], item: &ExprSubscript) -> Vec<Value> {
        if root_name(&item.value).is_some_and(|name| self.table.altered.contains(name)) {
            return Vec::new();
        }
        match (display, &*item.slice) {
            ([Value::Dict(items)], Expr::StringLiteral(key)) => {
                let key = key.value.to_str();
                let mut found = items.iter().rev().filter(|(own, _)| **own == *key);
                found.next().map_or_else(Vec::new, |(_, values)| values.clone())
            }
            ([Value::Tuple(elements)], Expr::NumberLiteral(number)) => {
                let index = match &number.value {
                    Number::Int(index) => index.as_usize(),
                    _ => None,
                };
                let element = index.and_then(|index| elements.get(index));
                element.cloned().unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Whether the list or the dictionary of this name is changed in place by its own module.
    pub(super) fn is_altered(&self, values: &[Value], name: &Name) -> bool {
        let may_be = values
            .iter()
            .any(|value| matches!(value, Value::Dict(_) | Value::Tuple(_)));
        may_be && self.table.altered.contains(name)
    }
}

impl Builder {
    /// Keeps what a dictionary says whose keys are all written out.
    pub(super) fn dictionary(&mut self, dict: &ExprDict) {
        if dict.items.len() > MOST_ITEMS {
            return;
        }
        if dict.items.len() <= MOST_PUT && !dict.iter_keys().flatten().any(Expr::is_string_literal_expr) {
            let values = dict.iter_values().flat_map(|value| meanings(value, self.scope));
            let is_unpacked = dict.iter_keys().any(|key| key.is_none());
            let values = if is_unpacked {
                vec![Meaning::Opaque]
            } else {
                values.collect()
            };
            self.names.other_displays.insert(dict.start().to_usize(), values);
        }
        let key = |key: &Option<Expr>| Some(Arc::from(key.as_ref()?.as_string_literal_expr()?.value.to_str()));
        let items = dict.items.iter();
        let items = items.map(|item| Some((key(&item.key)?, meanings(&item.value, self.scope))));
        let items: Option<Vec<Item>> = items.collect();
        self.keep(dict.start().to_usize(), items);
    }

    /// The same of `dict(name=value)`.
    pub(super) fn dictionary_call(&mut self, call: &ExprCall) {
        let is_one = matches!(&*call.func, Expr::Name(name) if name.id == "dict")
            && call.arguments.args.is_empty()
            && call.arguments.keywords.len() <= MOST_ITEMS;
        if is_one {
            let keywords = call.arguments.keywords.iter();
            let items = keywords
                .map(|keyword| Some((Arc::from(keyword.arg.as_deref()?), meanings(&keyword.value, self.scope))));
            let items: Option<Vec<Item>> = items.collect();
            self.keep(call.start().to_usize(), items);
        }
    }

    fn keep(&mut self, at: usize, items: Option<Vec<Item>>) {
        if let Some(items) = items.filter(|items| !items.is_empty()) {
            self.names.displays.insert(at, items);
        }
    }
}

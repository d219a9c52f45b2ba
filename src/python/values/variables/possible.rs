//! Which of the expressions that a module writes down another one may stand for: through names, items of tables, parts that are
//! unpacked, fields of objects. Not all of them need be known.

use std::cell::Cell;

use ruff_python_ast::{Expr, ExprCall, ExprSubscript};

use super::elements::{elements, item, part, values_by_keyword};
use super::{Holds, Variables};
use crate::python::names::Names;
use crate::python::values::windows::on_windows;

/// Of one expression so many are looked at.
const MOST: usize = 64;

/// Through so many names and items one is followed.
const FARTHEST: usize = 12;

/// So many steps are taken for one.
const MOST_STEPS: u32 = 1_000;

/// The expressions that `expr` may stand for; itself, where it stands for nothing else.
pub(in crate::python) fn possible<'a>(expr: &'a Expr, variables: &'a dyn Variables) -> Vec<&'a Expr> {
    let mut search = Search {
        variables,
        found: Vec::new(),
        steps: &Cell::new(0),
    };
    search.add(expr, FARTHEST);
    search.found
}

/// What the part at `path` may be of what `value` stands for.
pub(in crate::python) fn parts<'a>(value: &'a Expr, path: &[usize], variables: &'a dyn Variables) -> Vec<&'a Expr> {
    let whole = possible(value, variables).into_iter();
    whole.filter_map(|whole| part(whole, path, variables)).collect()
}

/// Whether a call gives one of the elements of what it is given.
pub(in crate::python) fn chooses(call: &ExprCall, names: &Names) -> bool {
    let path = names.resolve(&call.func);
    matches!(path, Some("next" | "random.choice" | "secrets.choice"))
}

struct Search<'a, 's> {
    variables: &'a dyn Variables,
    found: Vec<&'a Expr>,
    steps: &'s Cell<u32>,
}

impl<'a> Search<'a, '_> {
    fn add(&mut self, expr: &'a Expr, depth: usize) {
        self.steps.set(self.steps.get() + 1);
        let may_go_on = self.found.len() < MOST && self.steps.get() <= MOST_STEPS;
        let Some(depth) = depth.checked_sub(1).filter(|_| may_go_on) else {
            return;
        };
        match expr {
            Expr::Name(_) => self.held(expr, depth),
            Expr::Attribute(attribute) => {
                let before = self.found.len();
                self.held(expr, depth);
                if self.found.len() == before {
                    let constants = self.variables.constants_of_heirs(attribute);
                    constants.into_iter().for_each(|constant| self.add(constant, depth));
                }
                if self.found.len() == before {
                    for object in self.all(&attribute.value, depth) {
                        let call = object.as_call_expr();
                        let field = call.and_then(|call| self.variables.field(call, attribute.attr.as_str()));
                        field.into_iter().for_each(|value| self.add(value, depth));
                    }
                }
            }
            Expr::Subscript(subscript) if self.variables.asks_for_encoding(&subscript.slice) => {}
            Expr::Subscript(subscript) => self.item(subscript, depth),
            Expr::Named(named) => self.add(&named.value, depth),
            Expr::If(choice) if self.variables.asks_for_encoding(&choice.test) => {}
            Expr::If(choice) => {
                let is_windows = on_windows(&choice.test, self.variables.names());
                let both = [(&choice.body, Some(false)), (&choice.orelse, Some(true))];
                for (value, never) in both {
                    if is_windows.is_none() || is_windows != never {
                        self.add(value, depth);
                    }
                }
            }
            Expr::BoolOp(choice) => choice.values.iter().for_each(|value| self.add(value, depth)),
            Expr::Call(call) => {
                if !self.call(call, depth) {
                    self.found.push(expr);
                }
            }
            _ => self.found.push(expr),
        }
    }

    /// The same on its own.
    fn all(&self, expr: &'a Expr, depth: usize) -> Vec<&'a Expr> {
        let mut search = Search {
            variables: self.variables,
            found: Vec::new(),
            steps: self.steps,
        };
        search.add(expr, depth);
        search.found
    }

    fn held(&mut self, expr: &'a Expr, depth: usize) {
        for held in self.variables.held(expr).iter() {
            match held {
                Holds::Value(value) => self.add(value, depth),
                Holds::Element(iterated, path) => {
                    let each = elements(iterated, path, self.variables).unwrap_or_default();
                    each.into_iter().for_each(|value| self.add(value, depth));
                }
                Holds::Part(value, path) => {
                    for whole in self.all(value, depth) {
                        let part = part(whole, path, self.variables);
                        part.into_iter().for_each(|value| self.add(value, depth));
                    }
                }
                Holds::Grown(..) | Holds::With(..) | Holds::Unknown => {}
            }
        }
    }

    fn item(&mut self, subscript: &'a ExprSubscript, depth: usize) {
        if subscript.slice.is_slice_expr() {
            return;
        }
        for display in self.all(&subscript.value, depth) {
            self.item_of(display, &subscript.slice, depth);
        }
    }

    /// The item that a literal key means, else any.
    fn item_of(&mut self, display: &'a Expr, key: &'a Expr, depth: usize) {
        let names = self.variables.names();
        if key.is_literal_expr() || key.is_unary_op_expr() {
            let value = item(display, key, names);
            value.into_iter().for_each(|value| self.add(value, depth));
            return;
        }
        let values: Vec<&'a Expr> = match display {
            Expr::List(list) => list.elts.iter().collect(),
            Expr::Tuple(tuple) => tuple.elts.iter().collect(),
            Expr::Dict(dict) => dict.items.iter().map(|item| &item.value).collect(),
            made => {
                let values = values_by_keyword(made, names);
                values.into_iter().flatten().map(|(_, value)| value).collect()
            }
        };
        values.into_iter().for_each(|value| self.add(value, depth));
    }

    /// What a call gives that only chooses; whether it is one.
    fn call(&mut self, call: &'a ExprCall, depth: usize) -> bool {
        let arguments = &*call.arguments.args;
        if let (Expr::Attribute(method), [key, default @ ..]) = (&*call.func, arguments)
            && method.attr.id == "get"
            && default.len() <= 1
        {
            let displays = self.all(&method.value, depth);
            let is_dict = displays.iter().any(|display| display.is_dict_expr());
            for display in displays.into_iter().filter(|display| display.is_dict_expr()) {
                self.item_of(display, key, depth);
            }
            if let (true, [default]) = (is_dict, default) {
                self.add(default, depth);
            }
            return is_dict;
        }
        let [chosen, ..] = arguments else {
            return false;
        };
        let chooses = chooses(call, self.variables.names());
        let each = chooses.then(|| elements(chosen, &[], self.variables)).flatten();
        let each = each.unwrap_or_default();
        each.iter().for_each(|value| self.add(value, depth));
        !each.is_empty()
    }
}

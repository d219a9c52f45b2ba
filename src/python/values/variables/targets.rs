//! What targets are bound to: names, unpacked parts, elements of what is iterated over, and what a method changes.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Pattern};

use super::Holds;
use super::flow::{Held, Walk, unknown};
use crate::python::syntax::nodes::{Node, Scope, captured, nodes_in};

impl<'a> Walk<'a> {
    /// Binds a target to a value.
    pub(super) fn assign(&mut self, target: &'a Expr, value: &'a Expr) {
        match (target, value) {
            (Expr::Name(name), _) => self.set(name.id.as_str(), Rc::new([Holds::Value(value)])),
            (
                Expr::Tuple(ast::ExprTuple { elts: targets, .. }) | Expr::List(ast::ExprList { elts: targets, .. }),
                Expr::Tuple(ast::ExprTuple { elts: values, .. }) | Expr::List(ast::ExprList { elts: values, .. }),
            ) if targets.len() == values.len() && !targets.iter().chain(values).any(Expr::is_starred_expr) => {
                for (target, value) in targets.iter().zip(values) {
                    self.assign(target, value);
                }
            }
            (
                Expr::Tuple(_) | Expr::List(_),
                Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::Call(_),
            ) => {
                self.unpack(target, value, &[]);
            }
            _ => {
                self.bind(target, None);
                self.changed(target);
            }
        }
    }

    /// Binds the names of a target to the parts of a value.
    fn unpack(&mut self, target: &'a Expr, value: &'a Expr, path: &[usize]) {
        match target {
            Expr::Name(name) => self.set(name.id.as_str(), Rc::new([Holds::Part(value, Rc::from(path))])),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })
                if !elts.iter().any(Expr::is_starred_expr) =>
            {
                for (index, part) in elts.iter().enumerate() {
                    let path: Vec<usize> = path.iter().copied().chain([index]).collect();
                    self.unpack(part, value, &path);
                }
            }
            _ => {
                self.bind(target, None);
                self.changed(target);
            }
        }
    }

    /// A call of a method that changes what a variable holds.
    pub(super) fn changed_by(&mut self, name: &'a str, method: &str, arguments: &'a [Expr]) {
        let before = self.state.get(name).cloned();
        let held: Held<'a> = match (method, arguments, before) {
            ("append", [element], Some(before)) | ("insert", [_, element], Some(before)) => {
                Rc::new([Holds::With(before, element)])
            }
            ("extend", [more], Some(before)) => Rc::new([Holds::Grown(before, more)]),
            _ => unknown(),
        };
        self.set(name, held);
    }

    /// Binds the names of a target to the elements of what is iterated over, or to what is unknown.
    pub(super) fn bind(&mut self, target: &'a Expr, iterated: Option<(&'a Expr, &[usize])>) {
        match target {
            Expr::Name(name) => {
                let held = match iterated {
                    Some((iter, path)) => Rc::new([Holds::Element(iter, Rc::from(path))]),
                    None => unknown(),
                };
                self.set(name.id.as_str(), held);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let is_known = !elts.iter().any(Expr::is_starred_expr);
                for (index, part) in elts.iter().enumerate() {
                    let inner = iterated.filter(|_| is_known).map(|(iter, path)| {
                        let path: Vec<usize> = path.iter().copied().chain([index]).collect();
                        (iter, path)
                    });
                    self.bind(part, inner.as_ref().map(|(iter, path)| (*iter, path.as_slice())));
                }
            }
            Expr::Starred(starred) => self.bind(&starred.value, None),
            _ => {}
        }
    }

    /// Binds a target to the elements of `iter`, or to what is unknown.
    pub(super) fn bind_elements(&mut self, target: &'a Expr, iter: Option<&'a Expr>) {
        self.bind(target, iter.map(|iter| (iter, &[][..])));
    }

    /// `name[key] = …`, `del name[key]`: what the name holds is another thing from here on.
    pub(super) fn changed(&mut self, target: &'a Expr) {
        if let Expr::Subscript(subscript) = target
            && let Expr::Name(name) = &*subscript.value
            && self.state.contains_key(name.id.as_str())
        {
            self.set(name.id.as_str(), unknown());
        }
    }

    /// The names that a pattern binds are unknown from here on.
    pub(super) fn capture(&mut self, pattern: &'a Pattern) {
        self.forget(nodes_in(pattern, Scope::All).filter_map(|node| match node {
            Node::Pattern(pattern) => Some(captured(pattern)?.as_str()),
            _ => None,
        }));
    }
}

//! What is put into lists and dictionaries in place, and which of them are changed at all.

use ruff_python_ast::{Expr, ExprAttribute, ExprCall};

use super::binding::Meaning;
use super::build::Builder;
use super::displays::root_name;
use super::meaning::meanings;

/// Methods that put something into a list, a set or a dictionary.
const PUTTING: &[&str] = &[
    "append",
    "appendleft",
    "add",
    "extend",
    "extendleft",
    "insert",
    "setdefault",
    "update",
    "__setitem__",
    "__iadd__",
    "__ior__",
];

/// Methods that change a list or a dictionary in other ways.
const ALTERING: &[&str] = &["clear", "pop", "popitem", "remove", "reverse", "sort"];

impl Builder {
    /// Takes note of what is put into a list or a dictionary in place; none where that is not to be seen.
    pub(super) fn puts(&mut self, into: &Expr, what: Option<Vec<Meaning>>) {
        let name = match into {
            Expr::Name(name) => &name.id,
            Expr::Attribute(attribute) => &attribute.attr.id,
            _ => return,
        };
        self.names.put.entry(name.clone()).or_default().add(what);
    }

    /// Takes note of a call of a method that changes a list or a dictionary in place.
    pub(super) fn changed_by(&mut self, call: &ExprCall) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let name = method.attr.as_str();
        if PUTTING.contains(&name) {
            self.puts_by(call, method);
        }
        if PUTTING.contains(&name) || ALTERING.contains(&name) {
            self.alters(&method.value);
        }
    }

    fn puts_by(&mut self, call: &ExprCall, method: &ExprAttribute) {
        let put = match (method.attr.as_str(), &*call.arguments.args) {
            ("append" | "appendleft" | "add", [what]) | ("insert" | "setdefault", [_, what]) => {
                Some(meanings(what, self.scope))
            }
            _ => None,
        };
        let is_certain = call.arguments.keywords.is_empty();
        self.puts(&method.value, put.filter(|_| is_certain));
    }

    /// Takes note of a list or a dictionary that is changed in place, in whatever way: of what an item of it is changed, too.
    pub(super) fn alters(&mut self, of: &Expr) {
        self.names.altered.extend(root_name(of).cloned());
    }
}

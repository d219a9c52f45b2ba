//! What asks which release of something is there, in one expression.

use ruff_python_ast::{self as ast, Expr};

use super::flags::{Flag, Flags, Others};
use crate::python::names::Names;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Node, Scope, nodes_in};
use crate::python::syntax::words::Words;

/// Words in names that ask what is installed.
static ASKING: Words<3> = Words::new(["version", "signature", "getfullargspec"]);

/// Whether what has this name asks outright for a version or a signature.
pub(in crate::python) fn asks_by_name(name: &str) -> bool {
    ASKING.are_spelled_in(name)
}

/// Words in the names of what was found out about it.
static TELLING: Words<9> = Words::new([
    "legacy",
    "compat",
    "py3",
    "python3",
    "typechecking",
    "hastimeout",
    "taskgroup",
    "haswebsockets",
    "websocketsnew",
]);

/// Parts of names that say which side of a release is meant: `NEW_API`, `is_old`.
const SIDES: &[&str] = &["new", "newer", "old", "older", "modern"];

/// `NEW_API`, `is_old`, `use_new_client`, and not `new_url`.
fn names_a_side(name: &str) -> bool {
    let is_one_of = |part: &str, words: &[&str]| words.iter().any(|word| part.eq_ignore_ascii_case(word));
    let is_flag = !name.contains(|c: char| c.is_ascii_lowercase())
        || name
            .split('_')
            .any(|part| is_one_of(part, &["is", "use", "uses", "has", "api", "websockets"]));
    is_flag && name.split('_').any(|part| is_one_of(part, SIDES))
}

/// Whether a name says that it tells releases apart.
fn tells_by_name(name: &str) -> bool {
    ASKING.are_spelled_in(name) || TELLING.are_spelled_in(name) || names_a_side(name)
}

/// The flags that are known.
#[derive(Clone, Copy)]
pub(in crate::python) struct Told<'s> {
    /// Those of the module itself.
    pub(in crate::python) here: &'s Flags,
    pub(in crate::python) others: Others<'s>,
}

/// Looks for what asks which release is there.
pub(in crate::python) struct Asks<'s> {
    names: &'s Names,
    told: Told<'s>,
    /// Some object is asked what it has, of which nobody knows that it is installed.
    asks_objects: bool,
}

/// What an expression tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) enum Tells {
    /// Releases of something.
    Releases,
    /// What has something and what has not.
    Objects,
}

impl<'s> Asks<'s> {
    pub(in crate::python) fn new(names: &'s Names, told: Told<'s>) -> Self {
        Self {
            names,
            told,
            asks_objects: false,
        }
    }

    /// What `test` may tell apart.
    pub(in crate::python) fn tells(mut self, test: &Expr) -> Option<Tells> {
        let mut nodes = nodes_in(test, Scope::All);
        while let Some(node) = nodes.next() {
            let Node::Expr(part) = node else { continue };
            if self.is_asked_by(part) {
                return Some(Tells::Releases);
            }
            match part {
                // What a text is made of decides nothing.
                Expr::FString(_) => nodes.pass_over(),
                // Nor does what a call gives of something that is there or not: `Client(url)` where another release has no `Client`.
                Expr::Call(call) if self.comes_of_presence(&call.func) => nodes.only([(&call.arguments).into()]),
                _ => {}
            }
        }
        self.asks_objects.then_some(Tells::Objects)
    }

    fn is_asked_by(&mut self, part: &Expr) -> bool {
        match part {
            Expr::Name(_) | Expr::Attribute(_) => {
                last_name(part).is_some_and(tells_by_name) || self.flag(part).is_some()
            }
            Expr::StringLiteral(text) => TELLING.are_spelled_in(text.value.to_str()),
            Expr::Call(call) => {
                let tells = self.asks_what_is_there(call);
                self.asks_objects |= tells == Some(Tells::Objects);
                tells == Some(Tells::Releases)
            }
            _ => false,
        }
    }

    /// `hasattr(websockets, "asyncio")`, `getattr(asyncio, "timeout", None)`; `hasattr(ws, "open")`.
    pub(in crate::python) fn asks_what_is_there(&self, call: &ast::ExprCall) -> Option<Tells> {
        let (Some(function @ ("hasattr" | "getattr")), [object, _, ..]) =
            (last_name(&call.func), &*call.arguments.args)
        else {
            return None;
        };
        let is_own = |path: &str| match self.told.others {
            Others::Flags(_) => false,
            Others::Paths(is_own) => is_own(path),
        };
        match self.names.resolve(object).filter(|path| !is_own(path)) {
            Some(_) => Some(Tells::Releases),
            None => (function == "hasattr").then_some(Tells::Objects),
        }
    }

    /// Whether it is called by what is there or not, in whichever object: `Client(url)`, `compat.Box.Client(url)`.
    fn comes_of_presence(&self, called: &Expr) -> bool {
        let mut part = called;
        loop {
            if self.flag(part) == Some(Flag::Presence) {
                return true;
            }
            let Expr::Attribute(attribute) = part else { return false };
            part = &attribute.value;
        }
    }

    /// The flag that a name or an attribute is.
    fn flag(&self, part: &Expr) -> Option<Flag> {
        let name = last_name(part)?;
        let here = self.told.here.get(name).copied();
        here.or_else(|| self.flag_elsewhere(part, name))
    }

    /// The flag of another module that it is: a name that is imported, or an attribute of what is.
    fn flag_elsewhere(&self, part: &Expr, name: &str) -> Option<Flag> {
        let Others::Flags(elsewhere) = self.told.others else {
            return None;
        };
        let mut root = part;
        while let Expr::Attribute(attribute) = root {
            root = &attribute.value;
        }
        let imported = self.names.imported_as(&root.as_name_expr()?.id)?;
        elsewhere(match part {
            Expr::Name(_) => &imported,
            _ => name,
        })
    }
}

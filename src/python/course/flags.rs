//! The flags of a module: what its statements set them to.

use foldhash::HashMap;
use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCall, ModModule, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextSize};

use crate::python::names::Names;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Enclosing, Node, Scope, nodes_in};

/// So many values of one `and` are looked at.
const MOST: usize = 8;

/// What a module sets something to.
#[derive(Clone, Copy, Default)]
struct Settings {
    /// Something that is false, wherever that is.
    off: bool,
    /// Something else, or what is not known.
    on: bool,
    /// The same as [`Settings::off`] and [`Settings::on`], but not where the object is made.
    later_off: bool,
    later_on: bool,
}

impl Settings {
    fn add(&mut self, truth: Truth, is_made: bool) {
        self.off |= truth != Truth::On;
        self.on |= truth != Truth::Off;
        self.later_off |= !is_made && truth != Truth::On;
        self.later_on |= !is_made && truth != Truth::Off;
    }
}

/// What a module sets.
#[derive(Default)]
pub(super) struct Flags<'a> {
    /// By the last name.
    all: HashMap<&'a str, Settings>,
    /// By the name of a variable, of whichever function: where it is set, and to what.
    variables: HashMap<&'a str, Vec<(TextSize, Truth)>>,
    items: HashMap<Item<'a>, Settings>,
    /// By the last name of an attribute: where it gets a value, or what it keeps is changed, but not where an object is made.
    changed: HashMap<&'a str, Vec<TextSize>>,
}

/// Methods that change what a collection holds.
const CHANGING: &[&str] = &[
    "add",
    "append",
    "clear",
    "discard",
    "pop",
    "popitem",
    "popleft",
    "remove",
    "setdefault",
    "update",
];

/// An item that a literal text names, or a number: the last name of what it is in, and the text.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Item<'a>(&'a str, &'a str);

impl<'a> Item<'a> {
    pub(super) fn of(expr: &'a Expr) -> Option<Self> {
        let item = expr.as_subscript_expr()?;
        let key = match &*item.slice {
            Expr::StringLiteral(key) => key.value.to_str(),
            Expr::NumberLiteral(_) => "",
            _ => return None,
        };
        Some(Self(last_name(&item.value)?, key))
    }
}

/// What a value is, as far as it is told.
#[derive(Clone, Copy, PartialEq)]
enum Truth {
    On,
    Off,
    Unknown,
}

impl<'a> Flags<'a> {
    pub(super) fn of(module: &'a ModModule, names: &Names) -> Self {
        let mut search = Search {
            names,
            flags: Self::default(),
            is_made: false,
        };
        search.look_through(module);
        search.flags
    }

    /// Whether something in the module may make a condition `wanted`. What a function does to its own variables is not asked here.
    pub(super) fn may_become(&self, test: &Expr, wanted: bool, names: &Names) -> bool {
        match asked(test, names) {
            Some((name, is_on)) => self.is_set_later(name, is_on == wanted),
            None => false,
        }
    }

    /// Whether one of these places changes what an attribute of this name is, or what it keeps.
    pub(super) fn is_changed(&self, attribute: &str, is_meant: &dyn Fn(TextSize) -> bool) -> bool {
        let changed = self.changed.get(attribute);
        changed.is_some_and(|places| places.iter().any(|place| is_meant(*place)))
    }

    /// Whether the module sets what has this last name to something true, or to something false, but not where an object is made.
    pub(super) fn is_set_later(&self, name: &str, on: bool) -> bool {
        let set = self.all.get(name);
        set.is_some_and(|set| if on { set.later_on } else { set.later_off })
    }

    /// Whether the module sets an item of a dictionary so.
    pub(super) fn item_may_become(&self, item: &Item<'_>, on: bool) -> bool {
        let set = self.items.get(item);
        set.is_some_and(|set| if on { set.later_on } else { set.later_off })
    }

    /// Where variables of this name, of whichever function, get a value, and whether that may be true, or false.
    pub(super) fn variable(&self, name: &str, on: bool) -> impl Iterator<Item = (TextSize, bool)> {
        let set = self.variables.get(name).into_iter().flatten();
        let otherwise = if on { Truth::Off } else { Truth::On };
        set.map(move |(at, truth)| (*at, *truth != otherwise))
    }

    /// Whether a condition is for a flag that is off, as far as the module sets it, and as the environment mostly is.
    pub(super) fn is_never(&self, test: &Expr, names: &Names) -> bool {
        let is_off = |set: &Settings| set.off && !set.on;
        match test {
            Expr::Name(name) => names.is_of_module(name) && self.all.get(name.id.as_str()).is_some_and(is_off),
            Expr::Attribute(attribute) => self.all.get(attribute.attr.as_str()).is_some_and(is_off),
            Expr::BoolOp(both) if both.op == BoolOp::And => {
                both.values.iter().take(MOST).any(|value| self.is_never(value, names))
            }
            _ => truth(test, names) == Truth::Off,
        }
    }
}

/// What a condition asks for, and whether it asks for that to be on.
fn asked<'e>(test: &'e Expr, names: &Names) -> Option<(&'e str, bool)> {
    let flag = |expr: &'e Expr| match expr {
        Expr::Name(name) => names.is_of_module(name).then_some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Call(call) => event(call, "is_set"),
        _ => None,
    };
    match test {
        Expr::UnaryOp(not) if not.op == UnaryOp::Not => Some((flag(&not.operand)?, false)),
        Expr::Compare(compare) => {
            let is_on = match (&*compare.ops, &*compare.comparators) {
                ([CmpOp::Is], [Expr::NoneLiteral(_)]) => false,
                ([CmpOp::IsNot], [Expr::NoneLiteral(_)]) => true,
                _ => return None,
            };
            Some((flag(&compare.left)?, is_on))
        }
        _ => Some((flag(test)?, true)),
    }
}

/// The name of what `call` asks or sets by a method that takes nothing: `stopped` of `self.stopped.is_set()`.
fn event<'e>(call: &'e ExprCall, method: &str) -> Option<&'e str> {
    let called = call.func.as_attribute_expr()?;
    let is_meant = called.attr.as_str() == method && call.arguments.is_empty();
    last_name(&called.value).filter(|_| is_meant)
}

/// What a value is. What the environment says is taken for unset.
fn truth(value: &Expr, names: &Names) -> Truth {
    match value {
        Expr::NoneLiteral(_) => Truth::Off,
        Expr::BooleanLiteral(flag) => match flag.value {
            true => Truth::On,
            false => Truth::Off,
        },
        Expr::Call(call) if names.resolve(&call.func) == Some("bool") => {
            call.arguments.args.first().map_or(Truth::Off, |of| truth(of, names))
        }
        Expr::Call(call) if of_environment(call, names).is_some_and(|default| default.is_empty()) => Truth::Off,
        Expr::Compare(compare) => {
            let default = compare.left.as_call_expr().and_then(|call| of_environment(call, names));
            match (&*compare.ops, &*compare.comparators, default) {
                ([CmpOp::Eq], [Expr::StringLiteral(wanted)], Some(default)) if wanted.value.to_str() != default => {
                    Truth::Off
                }
                _ => Truth::Unknown,
            }
        }
        _ => Truth::Unknown,
    }
}

/// What a call gives for a variable of the environment that is not set; empty where that is nothing.
fn of_environment<'e>(call: &'e ExprCall, names: &Names) -> Option<&'e str> {
    let path = names.resolve(&call.func)?;
    match (path, &*call.arguments.args) {
        ("os.getenv" | "os.environ.get", [_] | [_, Expr::NoneLiteral(_)]) if call.arguments.keywords.is_empty() => {
            Some("")
        }
        ("os.getenv" | "os.environ.get", [_, Expr::StringLiteral(default)]) => Some(default.value.to_str()),
        _ => None,
    }
}

struct Search<'a, 'n> {
    names: &'n Names,
    flags: Flags<'a>,
    /// The statements here make an object: those of a class, and of `__init__`.
    is_made: bool,
}

impl<'a> Search<'a, '_> {
    fn set(&mut self, target: &'a Expr, truth: Truth) {
        let parts = match target {
            Expr::Tuple(tuple) => &*tuple.elts,
            Expr::List(list) => &*list.elts,
            Expr::Subscript(subscript) => {
                self.change(&subscript.value);
                if let Some(item) = Item::of(target) {
                    self.flags.items.entry(item).or_default().add(truth, false);
                }
                return;
            }
            _ => {
                self.change(target);
                if let Some(name) = last_name(target) {
                    self.record(name, truth);
                }
                if let Expr::Name(name) = target {
                    let all = self.flags.variables.entry(name.id.as_str()).or_default();
                    all.push((target.start(), truth));
                }
                return;
            }
        };
        for part in parts {
            self.set(part, Truth::Unknown);
        }
    }

    /// What an attribute is, or what it keeps, changes.
    fn change(&mut self, of: &'a Expr) {
        if let Some(attribute) = of.as_attribute_expr().filter(|_| !self.is_made) {
            let places = self.flags.changed.entry(attribute.attr.as_str()).or_default();
            places.push(of.start());
        }
    }

    fn record(&mut self, name: &'a str, truth: Truth) {
        self.flags.all.entry(name).or_default().add(truth, self.is_made);
    }
}

impl<'a> Search<'a, '_> {
    fn look_through(&mut self, module: &'a ModModule) {
        let mut made = Enclosing::nothing();
        nodes_in(&module.body, Scope::All).for_each(|node| match node {
            Node::Statement(statement) => {
                self.is_made = made.at(statement).is_some_and(|is_made| *is_made);
                self.assigned(statement);
                match statement {
                    Stmt::ClassDef(class) => made.enter(class, true),
                    Stmt::FunctionDef(function) => made.enter(function, function.name.as_str() == "__init__"),
                    _ => {}
                }
            }
            Node::Expr(expr @ (Expr::Call(_) | Expr::Named(_))) => {
                self.is_made = made.at(expr).is_some_and(|is_made| *is_made);
                self.set_within(expr);
            }
            _ => {}
        });
    }

    fn assigned(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    let truth = truth(&assign.value, self.names);
                    self.set(target, truth);
                }
            }
            // Those of a class may be fields, which its callers give.
            Stmt::AnnAssign(assign) => {
                let known = assign.value.as_ref().filter(|_| !self.is_made);
                let truth = known.map_or(Truth::Unknown, |value| truth(value, self.names));
                self.set(&assign.target, truth);
            }
            Stmt::Delete(delete) => {
                for item in delete.targets.iter().filter_map(Expr::as_subscript_expr) {
                    self.change(&item.value);
                }
            }
            Stmt::AugAssign(assign) => self.set(&assign.target, Truth::Unknown),
            Stmt::For(each) => self.set(&each.target, Truth::Unknown),
            Stmt::With(with) => {
                for target in with.items.iter().filter_map(|item| item.optional_vars.as_deref()) {
                    self.set(target, Truth::Unknown);
                }
            }
            _ => {}
        }
    }

    fn set_within(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                if let Some(name) = event(call, "set") {
                    self.record(name, Truth::On);
                }
                if let Some(name) = event(call, "clear") {
                    self.record(name, Truth::Off);
                }
                let method = call.func.as_attribute_expr();
                if let Some(method) = method.filter(|method| CHANGING.contains(&method.attr.as_str())) {
                    self.change(&method.value);
                }
            }
            Expr::Named(named) => self.set(&named.target, Truth::Unknown),
            _ => {}
        }
    }
}

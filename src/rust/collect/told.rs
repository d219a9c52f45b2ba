//! Signals that are given through objects of the project: `log.write("a")`, `hub.publish("a")`, `latch.set()`. Which signal a
//! method gives is not followed: who waits while one is called waits for so long as nobody knows.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, Signature};

use crate::rust::collect::given::Given;
use crate::rust::collect::givers::{is_giving, root};
use crate::rust::collect::receives::plain_operand;
use crate::rust::collect::signals::Signal;
use crate::rust::collect::values::Kind;
use crate::rust::collect::{Collector, typed};
use crate::rust::names::{Name, Written, plain};
use crate::sites::{Bound, Length};
use crate::source::Language;

/// What stands for the object among the parameters that a method gives a signal by.
pub(in crate::rust) const OBJECT: usize = usize::MAX;

impl Collector<'_> {
    /// Whether a method gives a signal by something that its object has, or that it takes out of that.
    pub(in crate::rust) fn gives_by_object(&self, signature: &Signature, block: &Block) -> bool {
        let mut telling = Telling {
            collector: self,
            tells: false,
        };
        if signature.receiver().is_some() {
            telling.visit_block(block);
        }
        telling.tells
    }

    /// Whether the function that is visited calls a method, here or in a task of its own, that gives a signal by its object.
    pub(in crate::rust) fn tells_objects(&self) -> bool {
        let Some(givers) = self.givers.last() else { return false };
        givers.calls.iter().any(|(name, method)| {
            let kind = match self.names.resolve(&Written::name(name)) {
                Name::Variable(id) => self.found.variables.get(id.0).and_then(|held| held.kind.as_ref()),
                _ => None,
            };
            match kind.and_then(Kind::path) {
                Some(class) => self.gives_at(&typed(format!("{class}::{method}")), OBJECT),
                None => self.some_method_tells(method),
            }
        })
    }

    /// Whether a method of this name, of whatever type of the file, gives a signal by its object.
    fn some_method_tells(&self, method: &str) -> bool {
        let is_one = |path: &str| path.rsplit("::").next() == Some(method);
        let mut all = self.declared.signals.iter();
        all.any(|(path, given)| given.contains(&OBJECT) && is_one(path))
    }

    /// How long it takes until something is there that comes out of an object; `None` where nobody is seen to give it.
    pub(in crate::rust) fn until_object(&self, expr: &Expr) -> Option<Length> {
        if self.waits_for_fed(expr) {
            return Some(Length::Is(Bound::Unknown));
        }
        if self.is_part_of_self(expr) {
            return Some(Length::Parameter(0));
        }
        let Name::Variable(id) = self.resolve(root(expr)?) else {
            return None;
        };
        let Some(Given::One(end)) = &self.found.variables.get(id.0)?.receives else {
            return None;
        };
        let is_signal = self.catalog.receiver(end.receiver).receiver.signal && end.made.is_none();
        (is_signal && self.tells_objects()).then_some(Length::Is(Bound::Unknown))
    }

    /// Whether an expression waits for a signal that is a field of the method's object.
    fn is_part_of_self(&self, expr: &Expr) -> bool {
        let mut at = plain_operand(expr);
        while let Expr::MethodCall(call) = at {
            at = plain_operand(&call.receiver);
        }
        let mut base = at;
        while let Expr::Field(field) = base {
            base = plain_operand(&field.base);
        }
        let is_own = matches!((at, base), (Expr::Field(_), Expr::Path(path)) if path.path.is_ident("self"));
        is_own && self.type_of(at).is_some_and(|class| self.is_signal(&class))
    }

    /// Whether an object that the sending end of a signal was given to may give it.
    pub(in crate::rust) fn may_be_told(&self, signal: Signal) -> bool {
        let is_moved = self.givers.last().is_some_and(|givers| {
            let mut moved = givers.gone.moved();
            moved.any(|name| self.is_end_of(name, signal))
        });
        is_moved && self.tells_objects()
    }

    /// What a method is told: what it is given, and whether somebody may give the signals of its object.
    pub(in crate::rust) fn told_by_method(&self, call: &ExprMethodCall) -> Vec<(usize, Length)> {
        let given = std::iter::once(&*call.receiver).chain(&call.args);
        let mut told = self.told_by_arguments(given);
        if told.iter().all(|(index, _)| *index != 0) {
            let is_self = matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self"));
            match is_self {
                true => told.push((0, Length::Parameter(0))),
                false if self.tells_objects() => told.push((0, Length::Is(Bound::Unknown))),
                false => {}
            }
        }
        told
    }
}

/// Looks for what gives a signal, other than a message on a connection.
struct Telling<'c, 'a> {
    collector: &'c Collector<'a>,
    tells: bool,
}

impl<'ast> Visit<'ast> for Telling<'_, '_> {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if is_giving(&plain(&call.method)) {
            let class = self.collector.type_of(&call.receiver);
            let receiver = class.and_then(|class| self.collector.catalog.receiving_class(Language::Rust, &class));
            let is_connection = receiver.is_some_and(|id| !self.collector.catalog.receiver(id).receiver.signal);
            self.tells |= !is_connection;
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

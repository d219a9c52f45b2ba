//! Waits on what a function is given, where its type does not say what that is: `async fn text<S: Stream + Unpin>(ws: &mut S)`.
//! They count where it is given a connection.

use syn::{Expr, Pat};

use crate::rust::collect::Collector;
use crate::rust::collect::course::FARTHEST;
use crate::rust::collect::given::Given;
use crate::rust::collect::patterns::names_of;
use crate::rust::collect::received::ADAPTING;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{Name, Written, last_name, plain};
use crate::rust::syntax::edges;
use crate::sites::{Bound, Course, Length, Wait};

/// Methods that give the same object, or its halves.
const SAME: &[&str] = &[
    "as_mut",
    "borrow_mut",
    "boxed",
    "boxed_local",
    "by_ref",
    "fuse",
    "into_stream",
    "split",
];

impl Collector<'_> {
    /// Notes which parameter of its function a pattern is.
    pub(in crate::rust) fn bind_index(&mut self, pat: &Pat, index: usize) {
        if let Pat::Ident(name) = pat {
            self.set_parameter(&plain(&name.ident), index);
        }
    }

    /// Notes that the variables of a pattern are what a parameter is, where that is taken apart.
    pub(in crate::rust) fn bind_parts_of_parameter(&mut self, pat: &Pat, value: &Expr) {
        let Some(parameter) = self.parameter_in(value) else {
            return;
        };
        for name in names_of(pat) {
            self.set_parameter(&name, parameter);
        }
    }

    fn set_parameter(&mut self, name: &str, parameter: usize) {
        if let Name::Variable(id) = self.names.resolve(&Written::name(name))
            && let Some(variable) = self.found.variables.get_mut(id.0)
        {
            variable.parameter = Some(parameter);
        }
    }

    /// The index of the parameter that an expression is, or a stream that is made of it.
    pub(in crate::rust) fn parameter_in(&self, expr: &Expr) -> Option<usize> {
        let mut at = expr;
        for _ in 0..FARTHEST {
            at = match at {
                Expr::Path(path) => match self.resolve(&path.path) {
                    Name::Variable(id) => return self.found.variables.get(id.0)?.parameter,
                    _ => return None,
                },
                Expr::Paren(paren) => &paren.expr,
                Expr::Reference(reference) => &reference.expr,
                Expr::Unary(unary) => &unary.expr,
                Expr::MethodCall(call) => {
                    let method = plain(&call.method);
                    let is_same = SAME.contains(&method.as_str()) || ADAPTING.contains(&method.as_str());
                    if !is_same {
                        return None;
                    }
                    &call.receiver
                }
                Expr::Call(call) => {
                    let Expr::Path(func) = &*call.func else { return None };
                    let last = last_name(&func.path)?;
                    call.args.first().filter(|_| matches!(last.as_str(), "pin" | "new"))?
                }
                Expr::Macro(call) => {
                    return match &*macros::inside(&call.mac) {
                        Inside::Pinned(futures) => self.parameter_in(futures.first()?),
                        _ => None,
                    };
                }
                _ => return None,
            };
        }
        None
    }

    /// A wait for a message on what the function is given, by a method of this name.
    pub(in crate::rust) fn on_parameter(&self, expr: &Expr, on: &Expr, method: &str) -> Option<Course> {
        let parameter = self
            .receiving
            .contains(method)
            .then(|| self.parameter_in(on))
            .flatten()?;
        let wait = Wait {
            what: self.shown(edges::expression(expr, self.offsets)),
            length: Length::Is(Bound::Unlimited),
            default: None,
            blocks: false,
            connect: None,
            path: None,
        };
        Some(Course::OnParameter { parameter, wait })
    }

    /// What a function is given: when the signals are there among it, and what of it is a connection, or what the function
    /// around the call is given itself.
    pub(in crate::rust) fn told_by_arguments<'e>(
        &self,
        given: impl IntoIterator<Item = &'e Expr> + Clone,
    ) -> Vec<(usize, Length)> {
        let mut told = self.signals_given(given.clone());
        for (index, given) in given.into_iter().enumerate() {
            let is_at_hand = !matches!(given, Expr::Call(_) | Expr::Closure(_) | Expr::Async(_) | Expr::Lit(_));
            let is_told = told.iter().any(|(known, _)| *known == index);
            let length = (is_at_hand && !is_told).then(|| self.connection_in(given)).flatten();
            told.extend(length.map(|length| (index, length)));
        }
        told
    }

    fn connection_in(&self, given: &Expr) -> Option<Length> {
        let connection = || match self.given(given)? {
            Given::One(one) => (!self.catalog.receiver(one.receiver).receiver.signal).then_some(Length::Connection),
            Given::Tuple(_) | Given::Many(_) | Given::Later(_) => None,
        };
        connection().or_else(|| self.parameter_in(given).map(Length::Parameter))
    }
}

//! Waits for messages: on connections, and on channels beside one.

use syn::{Expr, ExprMethodCall, Pat};

use super::collect::{Collector, typed};
use super::edges;
use super::frames::{AwaitPoint, Frame, Place};
use super::names::{LocalId, Name, Written, plain};
use super::spelling::Spelling;
use crate::catalog::ReceiverId;
use crate::sites::ReceiveForm;
use crate::source::{Language, Span};

/// Something that messages come out of.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) receiver: ReceiverId,
    /// The path of its class, or of the function that gives it.
    pub(super) source: String,
    /// The call that gives it; both ends of a channel are given by one. `None` where it comes from elsewhere.
    pub(super) made: Option<Span>,
}

/// A wait for a message, before it is known what callers and variables add.
#[derive(Debug)]
pub(super) struct FoundReceive {
    pub(super) from: Received,
    pub(super) span: Span,
    pub(super) form: ReceiveForm,
    pub(super) place: Place,
    pub(super) spelling: Spelling,
    pub(super) in_test: bool,
}

/// What is done with something that messages come out of.
#[derive(Debug)]
pub(super) struct FoundUse {
    pub(super) span: Span,
    pub(super) from: Received,
    /// The method that is called on it; `None` where it is given to something else.
    pub(super) method: Option<String>,
    pub(super) function: Option<usize>,
    pub(super) in_task: bool,
    pub(super) in_test: bool,
}

/// What the visit found of messages.
#[derive(Debug, Default)]
pub(super) struct Messages {
    pub(super) receives: Vec<FoundReceive>,
    pub(super) uses: Vec<FoundUse>,
}

/// How many methods and operators may stand between a call and the variable that gets its outcome.
const MAX_LINKS: usize = 16;

/// Methods that give what is in a result, or the same object.
const UNWRAPPING: &[&str] = &[
    "unwrap",
    "expect",
    "map_err",
    "context",
    "with_context",
    "wrap_err",
    "unwrap_or_else",
    "clone",
    "into_inner",
];

impl Collector<'_> {
    /// A method call that may wait for a message, or do something else with a connection.
    pub(super) fn message_method(&mut self, expr: &Expr, call: &ExprMethodCall, method: &str) {
        let is_waiting = self.receiving.contains(method);
        let from = match plain_operand(&call.receiver) {
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => self.received_by(id),
                _ => None,
            },
            _ if !is_waiting => None,
            other => self.received_class(other),
        };
        let Some(from) = from else {
            return;
        };
        let receiver = &self.catalog.receiver(from.receiver).receiver;
        let span = edges::expression(expr, self.offsets);
        let place = self.place();
        if is_waiting && receiver.methods.iter().any(|known| known == method) {
            self.found.messages.receives.push(FoundReceive {
                from: from.clone(),
                span,
                form: ReceiveForm::Call(method.to_owned()),
                place: place.clone(),
                spelling: Spelling::at(&self.names),
                in_test: self.in_test(),
            });
        }
        self.use_of(from, span, Some(method.to_owned()), &place);
    }

    /// `<base>.await`, where that is an object: the end of a oneshot channel.
    pub(super) fn message_await(&mut self, base: &Expr, point: &AwaitPoint) {
        let Expr::Path(path) = plain_operand(base) else {
            return;
        };
        let Name::Variable(id) = self.resolve(&path.path) else {
            return;
        };
        let Some(from) = self.received_by(id) else {
            return;
        };
        if !self.catalog.receiver(from.receiver).receiver.awaited {
            return;
        }
        let mut place = Place::default();
        self.within(Frame::Await(point.clone()), |this| place = this.place());
        self.found.messages.receives.push(FoundReceive {
            from,
            span: point.base,
            form: ReceiveForm::Await,
            place,
            spelling: Spelling::at(&self.names),
            in_test: self.in_test(),
        });
    }

    /// A variable that is not the receiver of a method that says more.
    pub(super) fn connection_read(&mut self, path: &syn::ExprPath, id: LocalId) {
        if let Some(from) = self.received_by(id) {
            use syn::spanned::Spanned;
            let place = self.place();
            self.use_of(from, self.offsets.of(path.span()), None, &place);
        }
    }

    fn use_of(&mut self, from: Received, span: Span, method: Option<String>, place: &Place) {
        self.found.messages.uses.push(FoundUse {
            span,
            from,
            method,
            function: place.function,
            in_task: place.in_task || place.is_handed_on,
            in_test: self.in_test(),
        });
    }

    /// Takes note of the variables of `pat` that get connections, or ends of channels, out of `value`.
    pub(super) fn receive_pattern(&mut self, pat: &Pat, value: &Expr) {
        if !self.sought.waits {
            return;
        }
        let Some((given, position)) = self.given(value) else {
            return;
        };
        let pat = match pat {
            // `let Ok((ws, _)) = … else`, `if let Some(ws) = …`.
            Pat::TupleStruct(wrapped) if wrapped.elems.len() == 1 => wrapped.elems.first().unwrap_or(pat),
            other => other,
        };
        match (pat, position) {
            (Pat::Ident(_), None) => self.receive_into(pat, given),
            (Pat::Tuple(tuple), Some(Ends::One(position))) => {
                if let Some(element) = tuple.elems.iter().nth(position) {
                    self.receive_into(element, given);
                }
            }
            (Pat::Tuple(tuple), Some(Ends::All)) => {
                for element in &tuple.elems {
                    self.receive_into(element, given.clone());
                }
            }
            _ => {}
        }
    }

    fn receive_into(&mut self, pat: &Pat, given: Received) {
        let Pat::Ident(ident) = pat else {
            return;
        };
        let written = Written::name(&plain(&ident.ident));
        if let Name::Variable(id) = self.names.resolve(&written)
            && let Some(variable) = self.found.variables.get_mut(id.0)
        {
            variable.receives = Some(given);
            // Whatever it is called, what comes out of it comes when somebody sends it.
            variable.timer = Some(false);
        }
    }

    /// What an initialiser gives, and where in a tuple.
    fn given(&self, value: &Expr) -> Option<(Received, Option<Ends>)> {
        let mut at = value;
        for _ in 0..MAX_LINKS {
            at = match at {
                Expr::Await(awaited) => &awaited.base,
                Expr::Try(attempt) => &attempt.expr,
                Expr::Paren(paren) => &paren.expr,
                Expr::Group(group) => &group.expr,
                Expr::Reference(reference) => &reference.expr,
                Expr::MethodCall(call) => {
                    let method = plain(&call.method);
                    if method == "split"
                        && let Some(from) = self.receives(&call.receiver)
                    {
                        return Some((from, Some(Ends::All)));
                    }
                    if let Some(of) = self.type_of(&call.receiver)
                        && let Some(found) = self.outcome(typed(format!("{of}::{method}")), at)
                    {
                        return Some(found);
                    }
                    if !UNWRAPPING.contains(&method.as_str()) {
                        return None;
                    }
                    &call.receiver
                }
                Expr::Call(call) => {
                    let Expr::Path(func) = &*call.func else {
                        return None;
                    };
                    if let Some(wrapper) = self.wrapper(call, &func.path) {
                        call.args.iter().nth(wrapper.future)?
                    } else {
                        return self.outcome(self.resolve(&func.path), at);
                    }
                }
                Expr::Path(_) => return Some((self.receives(at)?, None)),
                _ => return None,
            };
        }
        None
    }

    /// What a call of a known function, or of a constructor of a known class, gives.
    fn outcome(&self, function: Name, call: &Expr) -> Option<(Received, Option<Ends>)> {
        let Name::Extern(path) = function else {
            return None;
        };
        let made = Some(edges::expression(call, self.offsets));
        if let Some(receiver) = self.catalog.receiving_outcome(Language::Rust, &path) {
            let known = &self.catalog.receiver(receiver).receiver;
            let ends = match (known.position, known.signal) {
                (Some(_), true) => Some(Ends::All),
                (Some(position), false) => Some(Ends::One(position)),
                (None, _) => None,
            };
            let source = path;
            return Some((Received { receiver, source, made }, ends));
        }
        let (class, _) = path.rsplit_once("::")?;
        let receiver = self.catalog.receiving_class(Language::Rust, class)?;
        // Other functions of a connection's class may give anything.
        self.catalog.receiver(receiver).receiver.signal.then(|| {
            let source = class.to_owned();
            (Received { receiver, source, made }, None)
        })
    }

    /// What a variable, or an expression of a known type, is.
    fn receives(&self, expr: &Expr) -> Option<Received> {
        match plain_operand(expr) {
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => self.received_by(id),
                _ => None,
            },
            other => self.received_class(other),
        }
    }

    fn received_by(&self, id: LocalId) -> Option<Received> {
        let variable = self.found.variables.get(id.0)?;
        // What the code makes of the class itself stands on whatever it is given there.
        let by_class = || self.of_class(variable.kind.clone().filter(|_| variable.is_foreign)?);
        variable.receives.clone().or_else(by_class)
    }

    /// What a field is, by its declared type.
    fn received_class(&self, expr: &Expr) -> Option<Received> {
        let field = matches!(expr, Expr::Field(_)).then_some(expr)?;
        self.of_class(self.type_of(field)?)
    }

    fn of_class(&self, source: String) -> Option<Received> {
        let receiver = self.catalog.receiving_class(Language::Rust, &source)?;
        Some(Received {
            receiver,
            source,
            made: None,
        })
    }
}

/// Which elements of a tuple belong to a connection or a channel.
enum Ends {
    /// That at this place.
    One(usize),
    /// All of them: the halves of a connection, the ends of a channel.
    All,
}

/// An expression without parentheses and references around it.
fn plain_operand(expr: &Expr) -> &Expr {
    let mut at = expr;
    loop {
        at = match at {
            Expr::Paren(paren) => &paren.expr,
            Expr::Group(group) => &group.expr,
            Expr::Reference(reference) => &reference.expr,
            other => return other,
        };
    }
}

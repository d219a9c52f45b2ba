//! Waits for messages: on connections, and on channels beside one.

use std::sync::Arc;

use foldhash::HashMap;
use syn::{Expr, ExprCall, ExprMethodCall};

use crate::rust::collect::Collector;
use crate::rust::collect::frames::{AwaitPoint, Frame};
use crate::rust::collect::given::{Given, Received};
use crate::rust::collect::place::Place;
use crate::rust::names::spelling::Spelling;
use crate::rust::names::{LocalId, Name, last_name, plain};
use crate::rust::syntax::edges;
use crate::sites::{Course, Deadline, ReceiveForm};
use crate::source::Span;

/// A wait for a message, before it is known what callers and variables add.
#[derive(Debug)]
pub(in crate::rust) struct FoundReceive {
    pub(in crate::rust) from: Received,
    pub(in crate::rust) span: Span,
    pub(in crate::rust) form: ReceiveForm,
    /// It blocks its thread.
    pub(in crate::rust) blocking: bool,
    pub(in crate::rust) place: Place,
    pub(in crate::rust) spelling: Arc<Spelling>,
    pub(in crate::rust) in_test: bool,
    /// The limit of its reads that the connection brings along.
    pub(in crate::rust) read_timeout: Option<Deadline>,
    /// Where the connection comes from cannot be seen: a field, a parameter.
    pub(in crate::rust) is_foreign: bool,
}

/// What is done with something that messages come out of.
#[derive(Debug)]
pub(in crate::rust) struct FoundUse {
    pub(in crate::rust) span: Span,
    pub(in crate::rust) from: Received,
    /// The method that is called on it; `None` where it is given to something else.
    pub(in crate::rust) method: Option<String>,
    pub(in crate::rust) function: Option<usize>,
    pub(in crate::rust) in_task: bool,
    /// The task that it is in, by its place among those of [`Messages::tasks`].
    pub(in crate::rust) task: Option<usize>,
    /// It is done once where it stands, whatever comes.
    pub(in crate::rust) is_certain: bool,
    pub(in crate::rust) in_test: bool,
}

/// What the visit found of messages.
#[derive(Debug, Default)]
pub(in crate::rust) struct Messages {
    pub(in crate::rust) receives: Vec<FoundReceive>,
    /// What reads of these variables end by themselves, or of something that is no variable.
    pub(in crate::rust) limited: Vec<Option<LocalId>>,
    pub(in crate::rust) uses: Vec<FoundUse>,
    /// What blocks and arms come to, by the expression at their end.
    pub(in crate::rust) ends: HashMap<Span, Given>,
    /// The channels whose sender is dropped: the call that makes one, the function that drops it, and where.
    pub(in crate::rust) dropped: Vec<(Span, Option<usize>, usize)>,
    /// What the tasks wait for that something is used in.
    pub(in crate::rust) tasks: Vec<Course>,
}

impl Collector<'_> {
    /// A method call that may wait for a message, or do something else with a connection.
    pub(in crate::rust) fn message_method(&mut self, expr: &Expr, call: &ExprMethodCall, method: &str) {
        self.message(expr, &call.receiver, method);
    }

    /// The same, written as a call of the trait's function: `StreamExt::next(&mut ws)`.
    pub(in crate::rust) fn message_call(&mut self, expr: &Expr, call: &ExprCall, func: &syn::Path) {
        let mut names = func.segments.iter().rev().map(|segment| plain(&segment.ident));
        if let (Some(method), Some(of)) = (names.next(), names.next())
            && of.ends_with("Ext")
            && self.receiving.contains(method.as_str())
            && let Some(on) = call.args.first()
        {
            self.message(expr, on, &method);
        }
        if let Some(on) = cloned_by(call) {
            self.message(expr, on, "clone");
        }
    }

    fn message(&mut self, expr: &Expr, on: &Expr, method: &str) {
        let is_waiting = self.receiving.contains(method);
        let from = match plain_operand(on) {
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => self.received_by(id),
                _ if path.path.is_ident("self") => self.given_by_self().and_then(Given::at_hand),
                _ => None,
            },
            _ if !is_waiting => None,
            other => self.given(other).and_then(Given::at_hand),
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
                blocking: receiver.blocking,
                place: place.clone(),
                spelling: Spelling::at(&self.names),
                in_test: self.in_test(),
                read_timeout: self.read_timeout_of(on),
                is_foreign: self.is_foreign(on),
            });
        }
        self.use_of(from, span, Some(method.to_owned()), &place);
    }

    /// `<base>.await`, where that is an object: the end of a oneshot channel.
    pub(in crate::rust) fn message_await(&mut self, base: &Expr, point: &AwaitPoint) {
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
            blocking: false,
            place,
            spelling: Spelling::at(&self.names),
            in_test: self.in_test(),
            read_timeout: None,
            is_foreign: false,
        });
    }

    /// A variable that is not the receiver of a method that says more.
    pub(in crate::rust) fn connection_read(&mut self, path: &syn::ExprPath, id: LocalId) {
        self.guard_used(path, id);
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
            task: None,
            is_certain: self.conditions == 0 && !place.in_loop,
            in_test: self.in_test(),
        });
    }
}

/// What a call makes one more of: `Arc::clone(&done)`.
pub(in crate::rust) fn cloned_by(call: &ExprCall) -> Option<&Expr> {
    let Expr::Path(func) = &*call.func else { return None };
    let is_clone = func.path.segments.len() > 1 && last_name(&func.path).as_deref() == Some("clone");
    call.args.first().filter(|_| is_clone)
}

/// An expression without parentheses and references around it.
pub(in crate::rust) fn plain_operand(expr: &Expr) -> &Expr {
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

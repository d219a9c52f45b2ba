//! Ends of channels that a function lets go of: told from its text before it is visited, as a loop over what comes out of a
//! channel may stand in front of the `drop(tx)` that ends it.

use foldhash::HashSet;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat, Stmt};

use crate::rust::collect::Collector;
use crate::rust::collect::given::Given;
use crate::rust::collect::receives::plain_operand;
use crate::rust::collect::signals::Signal;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{LocalId, Name, Written, last_name, plain};

/// What a function lets go of.
#[derive(Debug, Default)]
pub(in crate::rust) struct LetGo {
    /// The variables that it moves somewhere: into a call, a task, another variable, or out of itself. One of a nested block
    /// goes with that anyway, and does not count for the one of its name outside.
    moved: HashSet<String>,
    /// The variables that `close` is called on.
    closed: HashSet<String>,
    /// It ends tasks, which let go of what they have.
    pub(in crate::rust) ends_tasks: bool,
    /// It waits for messages of threads for a while.
    pub(in crate::rust) has_limited_waits: bool,
    /// It waits until a thread is done.
    pub(in crate::rust) joins: bool,
    /// It asks whether tasks or threads are done.
    pub(in crate::rust) asks_tasks: bool,
    /// Clones that the function keeps for itself beside the variable: the clone, the variable.
    clones: Vec<(String, String)>,
    /// The names that mean a clone in the nested blocks around what is visited.
    shadowed: Vec<String>,
    /// How many blocks are around it.
    blocks: usize,
    /// How many closures and futures are around it that take what they name.
    takers: usize,
}

impl LetGo {
    /// What a function with this body lets go of.
    pub(in crate::rust) fn of(body: &Block) -> Self {
        let mut gone = Self::default();
        gone.visit_block(body);
        // Who keeps a clone keeps the channel open.
        for (clone, of) in std::mem::take(&mut gone.clones) {
            if !gone.moved.contains(&clone) {
                gone.moved.remove(&of);
            }
        }
        gone
    }

    /// The variables that it moves somewhere.
    pub(in crate::rust) fn moved(&self) -> impl Iterator<Item = &String> {
        self.moved.iter()
    }

    fn named(&mut self, path: &syn::Path) {
        if let Some(name) = path.get_ident().map(plain)
            && !self.shadowed.contains(&name)
        {
            self.moved.insert(name);
        }
    }

    /// An expression that is only looked at: who does that inside of what takes all that it names has taken it.
    fn looked_at(&mut self, expr: &Expr) {
        match plain_operand(expr) {
            Expr::Path(_) if self.takers == 0 => {}
            other => self.visit_expr(other),
        }
    }

    fn inside(&mut self, takes: bool, visit: impl FnOnce(&mut Self)) {
        self.takers += usize::from(takes);
        visit(self);
        self.takers -= usize::from(takes);
    }
}

impl<'ast> Visit<'ast> for LetGo {
    fn visit_block(&mut self, block: &'ast Block) {
        let shadowed = self.shadowed.len();
        self.blocks += 1;
        visit::visit_block(self, block);
        self.blocks -= 1;
        self.shadowed.truncate(shadowed);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        visit::visit_local(self, local);
        let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init) else {
            return;
        };
        if let Some(of) = cloned(&init.expr) {
            let name = plain(&name.ident);
            match self.blocks > 1 {
                true if name == of => self.shadowed.push(name),
                true => {}
                false => self.clones.push((name, of)),
            }
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Path(path) => self.named(&path.path),
            Expr::Reference(reference) => self.looked_at(&reference.expr),
            Expr::Field(field) => self.looked_at(&field.base),
            Expr::MethodCall(call) => {
                match plain(&call.method).as_str() {
                    "abort" | "abort_all" | "abort_handle" | "shutdown" => self.ends_tasks = true,
                    "recv_timeout" | "recv_deadline" => self.has_limited_waits = true,
                    "join" if call.args.is_empty() => self.joins = true,
                    "is_finished" => self.asks_tasks = true,
                    "close" => {
                        if let Expr::Path(path) = plain_operand(&call.receiver) {
                            self.closed.extend(path.path.get_ident().map(plain));
                        }
                    }
                    _ => {}
                }
                self.looked_at(&call.receiver);
                call.args.iter().for_each(|given| self.visit_expr(given));
            }
            Expr::Async(block) => self.inside(block.capture.is_some(), |this| this.visit_block(&block.block)),
            Expr::Closure(closure) => self.inside(closure.capture.is_some(), |this| {
                this.blocks += 1;
                this.visit_expr(&closure.body);
                this.blocks -= 1;
            }),
            other => visit::visit_expr(self, other),
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        match &*macros::inside(mac) {
            Inside::Arguments(values) => match last_name(&mac.path).as_deref() {
                Some("vec" | "dbg") => values.iter().for_each(|value| self.visit_expr(value)),
                // What is written or compared stays where it is.
                _ => values.iter().for_each(|value| self.looked_at(value)),
            },
            Inside::Join(values) => values.iter().for_each(|value| self.visit_expr(value)),
            Inside::Matched(value) => self.looked_at(value),
            Inside::Pinned(values) => values.iter().for_each(|value| self.looked_at(value)),
            Inside::Statements(statements) | Inside::Bindings(statements) => {
                statements.iter().for_each(|stmt: &Stmt| self.visit_stmt(stmt));
            }
            Inside::Select(branches) => {
                for branch in branches {
                    branch.future.iter().for_each(|future| self.visit_expr(future));
                    self.visit_expr(&branch.handler);
                }
            }
            Inside::Unknown(arguments) => arguments.iter().for_each(|given| self.visit_expr(&given.value)),
            Inside::Opaque => {}
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// The variable that an expression makes one more of: `tx.clone()`, `Sender::clone(&tx)`.
fn cloned(expr: &Expr) -> Option<String> {
    let of = match expr {
        Expr::MethodCall(call) if call.method == "clone" => &call.receiver,
        Expr::Call(call) => {
            let Expr::Path(func) = &*call.func else { return None };
            call.args
                .first()
                .filter(|_| last_name(&func.path).as_deref() == Some("clone"))?
        }
        _ => return None,
    };
    match plain_operand(of) {
        Expr::Path(path) => path.path.get_ident().map(plain),
        _ => None,
    }
}

impl Collector<'_> {
    /// Whether what waits for this signal may come to its end as nobody is left who gives it: `drop(tx)`, `rx.close()`.
    pub(in crate::rust) fn may_close(&self, signal: Signal) -> bool {
        let Signal::Made(made) = signal else {
            // Who calls the function has the other end.
            return true;
        };
        let Some(givers) = self.givers.last() else { return false };
        let gone = &givers.gone;
        let of_signal = |name: &String| match self.names.resolve(&Written::name(name)) {
            Name::Variable(id) => self.end_of(id, signal),
            _ => None,
        };
        if gone.closed.iter().any(|name| of_signal(name).is_some()) {
            return true;
        }
        let is_let_go = gone.moved.iter().any(|name| of_signal(name) == Some(true));
        is_let_go && (gone.ends_tasks || !self.is_fed_for_ever(made))
    }

    /// Whether the variable is the sending end of this signal; `None` where it is no end of it.
    fn end_of(&self, id: LocalId, signal: Signal) -> Option<bool> {
        let variable = self.found.variables.get(id.0)?;
        (self.signal_of_variable(id) == Some(signal)).then_some(variable.is_sender)
    }

    /// Whether an expression is the sending end of a channel, or one more of it.
    pub(in crate::rust) fn is_sender(&self, expr: &Expr) -> bool {
        let end = match plain_operand(expr) {
            Expr::MethodCall(call) if call.method == "clone" => plain_operand(&call.receiver),
            other => other,
        };
        let Expr::Path(path) = end else { return false };
        let variable = match self.resolve(&path.path) {
            Name::Variable(id) => self.found.variables.get(id.0),
            _ => None,
        };
        variable.is_some_and(|variable| variable.is_sender)
    }

    /// Whether these are what the function gives that makes a channel.
    pub(in crate::rust) fn are_both_ends(&self, elements: &[Option<Given>]) -> bool {
        let end = |given: &Option<Given>| match given {
            Some(Given::One(end)) if self.catalog.receiver(end.receiver).receiver.signal => end.made,
            _ => None,
        };
        matches!(elements, [first, second] if end(first).is_some() && end(first) == end(second))
    }

    /// Notes that a call of `drop` is given the sending end of a channel, or what gives a signal when it goes.
    pub(in crate::rust) fn dropped(&mut self, call: &syn::ExprCall) {
        if let Some(Expr::Path(path)) = call.args.first()
            && let Name::Variable(id) = self.resolve(&path.path)
        {
            self.guard_used(path, id);
        }
        let Some(sender) = call.args.first().filter(|sender| self.is_sender(sender)) else {
            return;
        };
        let place = self.place();
        if let Some(Signal::Made(made)) = self.signal_of(sender).filter(|_| !place.in_task) {
            let at = self.offsets.of(call.paren_token.span.open()).start;
            self.found.messages.dropped.push((made, place.function, at));
        }
    }

    /// Notes that the pattern's first name is the sending end of a channel, where it takes both ends apart.
    pub(in crate::rust) fn bind_sender(&mut self, pat: &Pat) {
        let pat = match pat {
            Pat::Type(typed) => &*typed.pat,
            pat => pat,
        };
        if let Pat::Ident(name) = pat
            && let Name::Variable(id) = self.names.resolve(&Written::name(&plain(&name.ident)))
            && let Some(variable) = self.found.variables.get_mut(id.0)
        {
            variable.is_sender = true;
        }
    }
}

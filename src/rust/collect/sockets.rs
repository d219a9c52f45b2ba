//! Sockets whose reads end by themselves: `set_read_timeout` limits each read of a thread that blocks, of the handshake and of
//! each message.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, Pat};

use crate::rust::collect::Collector;
use crate::rust::collect::carried::{Limits, link};
use crate::rust::collect::connects::FoundConnect;
use crate::rust::collect::patterns::names_of;
use crate::rust::collect::receives::{FoundReceive, plain_operand};
use crate::rust::collect::values::Kind;
use crate::rust::names::{Name, Written, plain};
use crate::rust::syntax::edges;
use crate::sites::{Bound, Deadline, Entered};

/// The method that limits each read of a socket that blocks.
pub(in crate::rust) const READ_TIMEOUT: &str = "set_read_timeout";

/// What makes a socket of one that another crate has made, `socket2`'s: options stay with the socket.
const SOCKETS: [&str; 2] = ["std::net::TcpStream::from", "std::os::unix::net::UnixStream::from"];

/// So many connects back that of a connection is looked for.
const MOST_CONNECTS: usize = 256;

/// An expression is followed through so many methods and calls.
const FARTHEST: usize = 16;

/// The limit of its reads that something brings along, and those of what connects.
type Brought = (Option<Deadline>, Limits);

impl Collector<'_> {
    /// `stream.set_read_timeout(Some(d))`: a blocking handshake over that stream ends, and so does each wait for a message.
    pub(in crate::rust) fn read_timeout(&mut self, call: &ExprMethodCall, method: &str) {
        if !matches!(method, READ_TIMEOUT | "set_nonblocking") {
            return;
        }
        let on = match &*call.receiver {
            Expr::Path(stream) => match self.resolve(&stream.path) {
                Name::Variable(id) => Some(id),
                _ => None,
            },
            _ => None,
        };
        let (READ_TIMEOUT, Some(value)) = (method, call.args.first()) else {
            self.found.messages.limited.push(None);
            return;
        };
        let deadline = Deadline {
            span: self.offsets.of(call.method.span()),
            path: method.to_owned(),
            bound: self.duration(value),
            entered: Entered::Here,
        };
        let limits = !is_off(value) && deadline.bound != Bound::Unlimited;
        if limits {
            self.found.messages.limited.push(on);
        }
        if let Some(variable) = on.and_then(|id| self.found.variables.get_mut(id.0)) {
            variable.read_timeout = limits.then_some(deadline);
        }
    }

    /// Whether what a function with this body gives has a limit of its reads: the function sets one, or has it from one that
    /// does.
    pub(in crate::rust) fn limits_reads(&self, block: &Block) -> bool {
        let mut search = Setting {
            collector: self,
            is_found: false,
        };
        search.visit_block(block);
        search.is_found
    }

    /// The limit of its reads that a socket or a connection brings along from the function that gives it.
    pub(in crate::rust) fn brought_read_timeout(&self, value: &Expr) -> Option<Deadline> {
        let mut at = value;
        for _ in 0..FARTHEST {
            if let Expr::Call(call) = at
                && self.gives_limited_reads(call)
            {
                return Some(Deadline {
                    span: edges::expression(at, self.offsets),
                    path: READ_TIMEOUT.to_owned(),
                    bound: Bound::Unknown,
                    entered: Entered::Here,
                });
            }
            at = match at {
                Expr::Field(field) => &field.base,
                // The same socket, as another type: `TcpStream::from(socket)`.
                Expr::Call(call) if self.is_socket_from(call) => call.args.first()?,
                Expr::Path(path) => return self.read_timeout_of_variable(&path.path),
                other => link(other)?,
            };
        }
        None
    }

    /// Whether a call makes a socket of the standard library out of another one.
    fn is_socket_from(&self, call: &syn::ExprCall) -> bool {
        let Expr::Path(func) = &*call.func else { return false };
        matches!(self.resolve(&func.path), Name::Extern(path) if SOCKETS.contains(&path.as_str()))
    }

    fn read_timeout_of_variable(&self, path: &syn::Path) -> Option<Deadline> {
        match self.resolve(path) {
            Name::Variable(id) => self.found.variables.get(id.0)?.read_timeout.clone(),
            _ => None,
        }
    }

    fn gives_limited_reads(&self, call: &syn::ExprCall) -> bool {
        let Expr::Path(func) = &*call.func else { return false };
        let limits = self.limits_at(&self.resolve(&func.path));
        limits.is_some_and(|limits| limits.contains(READ_TIMEOUT))
    }

    /// The limit of its reads that a connection has brought along.
    pub(in crate::rust) fn read_timeout_of(&self, connection: &Expr) -> Option<Deadline> {
        match plain_operand(connection) {
            Expr::Path(path) => self.read_timeout_of_variable(&path.path),
            other => self.brought_read_timeout(other),
        }
    }

    /// Whether where a connection comes from cannot be seen.
    pub(in crate::rust) fn is_foreign(&self, connection: &Expr) -> bool {
        let Expr::Path(path) = plain_operand(connection) else {
            return true;
        };
        let variable = match self.resolve(&path.path) {
            Name::Variable(id) => self.found.variables.get(id.0),
            _ => None,
        };
        variable.is_none_or(|variable| variable.is_foreign)
    }

    /// The limits that a value brings along from where it is made.
    pub(in crate::rust) fn brought_along(&self, value: &Expr, kind: Option<&Kind>) -> Brought {
        match self.sought.waits {
            true => (self.brought_read_timeout(value), self.limits_in(value, kind)),
            false => (None, Limits::new()),
        }
    }

    /// Notes the limits that the variables of a pattern bring along.
    pub(in crate::rust) fn bring(&mut self, pat: &Pat, (read_timeout, limits): &Brought) {
        if read_timeout.is_none() && limits.is_empty() {
            return;
        }
        for name in names_of(pat) {
            if let Name::Variable(id) = self.names.resolve(&Written::name(&name))
                && let Some(variable) = self.found.variables.get_mut(id.0)
            {
                variable.read_timeout.clone_from(read_timeout);
                variable.limits.clone_from(limits);
            }
        }
    }

    /// How long a read of the socket may last that a connect is given.
    pub(in crate::rust) fn read_limit(&self, connect: &FoundConnect) -> Option<Bound> {
        let given = connect.given.iter().filter_map(|id| self.found.variables.get(id.0));
        let mut limits = given.filter_map(|variable| variable.read_timeout.as_ref());
        let limit = limits.next().or(connect.read_timeout.as_ref());
        limit.map(|deadline| deadline.bound)
    }

    /// How long a wait for a message lasts that blocks its thread: as long as a read of its socket may.
    pub(in crate::rust) fn read_length(&self, receive: &FoundReceive) -> Bound {
        if let Some(limit) = &receive.read_timeout {
            return limit.bound;
        }
        let mut connects = self.found.connects.iter().rev().take(MOST_CONNECTS);
        let connect = receive
            .from
            .made
            .and_then(|made| connects.find(|connect| connect.call == made));
        match connect.and_then(|connect| self.read_limit(connect)) {
            Some(bound) => bound,
            // One may be set later on, or elsewhere.
            None if self.words.has(READ_TIMEOUT) || self.words.has("set_nonblocking") => Bound::Unknown,
            None => Bound::Unlimited,
        }
    }
}

/// Whether a limit is none: `None`.
fn is_off(value: &Expr) -> bool {
    matches!(value, Expr::Path(none) if none.path.is_ident("None"))
}

/// Looks for what limits the reads of a socket.
struct Setting<'c, 'a> {
    collector: &'c Collector<'a>,
    is_found: bool,
}

impl<'ast> Visit<'ast> for Setting<'_, '_> {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.is_found |= plain(&call.method) == READ_TIMEOUT && !call.args.first().is_none_or(is_off);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        self.is_found |= self.collector.gives_limited_reads(call);
        visit::visit_expr_call(self, call);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

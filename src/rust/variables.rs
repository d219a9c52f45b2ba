//! Variables: what is known of each, and what binds them.

use syn::visit::{self, Visit};
use syn::{Expr, Pat};

use super::collect::Collector;
use super::frames::Frame;
use super::names::{LocalId, plain};
use super::receives::Received;
use crate::sites::{Argument, Bound, Course, Deadline};

/// What is known of a variable.
#[derive(Debug, Default)]
pub(super) struct Variable {
    /// The path of its type.
    pub(super) kind: Option<String>,
    /// Its value, where that is a duration.
    pub(super) value: Option<Bound>,
    /// The catalogued builder methods that were called on it, or in its initialiser.
    pub(super) arguments: Vec<Argument>,
    /// Where it comes from cannot be seen: a parameter, a pattern.
    pub(super) is_foreign: bool,
    /// It holds a future, or a closure that makes one, in which something waits.
    pub(super) waits: bool,
    /// Whether it is over when a timer is. `None`: what it is bound to cannot be seen.
    pub(super) timer: Option<bool>,
    /// What awaiting it waits for.
    pub(super) future: Option<Course>,
    /// It is a connection, or something else that messages come out of.
    pub(super) receives: Option<Received>,
    /// A read timeout was set on it.
    pub(super) read_timeout: Option<Deadline>,
}

impl Collector<'_> {
    /// Makes every name of a pattern a variable that nothing is known of, where calls are looked for.
    pub(super) fn bind_pattern(&mut self, pat: &Pat) {
        if !self.sought.calls {
            return;
        }
        let mut bound = Vec::new();
        PatternNames(&mut bound).visit_pat(pat);
        for name in bound {
            let id = self.new_variable(Variable {
                is_foreign: true,
                ..Variable::default()
            });
            self.names.bind(name, id);
        }
    }

    pub(super) fn new_variable(&mut self, variable: Variable) -> LocalId {
        let id = LocalId(self.found.variables.len());
        self.found.variables.push(variable);
        id
    }

    pub(super) fn bind_parameter(&mut self, pat: &Pat) {
        let Pat::Type(typed) = pat else {
            return self.bind_pattern(pat);
        };
        let Pat::Ident(ident) = &*typed.pat else {
            return self.bind_pattern(pat);
        };
        let kind = self.written_type(&typed.ty);
        let id = self.new_variable(Variable {
            kind,
            is_foreign: true,
            ..Variable::default()
        });
        self.names.bind(plain(&ident.ident), id);
    }

    pub(super) fn local(&mut self, local: &syn::Local) {
        let (pat, written) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pat => (pat, None),
        };
        let Some(init) = &local.init else {
            return self.bind_pattern(pat);
        };
        if !self.sought.calls {
            self.visit_expr(&init.expr);
            return init.diverge.iter().for_each(|(_, diverge)| self.visit_expr(diverge));
        }
        let Pat::Ident(ident) = pat else {
            self.under(Frame::Held, &init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.under(Frame::Held, diverge);
            }
            self.bind_pattern(pat);
            return self.receive_pattern(pat, &init.expr);
        };
        let id = self.new_variable(Variable::default());
        self.under(Frame::Let(id), &init.expr);
        let kind = written
            .and_then(|written| self.written_type(written))
            .or_else(|| self.type_of(&init.expr));
        self.initialise(id, kind, &init.expr);
        if let Some((_, diverge)) = &init.diverge {
            self.under(Frame::Held, diverge);
        }
        self.names.bind(plain(&ident.ident), id);
        self.receive_pattern(pat, &init.expr);
    }

    /// Notes what is known of a variable with this value.
    fn initialise(&mut self, id: LocalId, kind: Option<String>, value: &Expr) {
        let mut known = Variable {
            kind,
            ..Variable::default()
        };
        if self.sought.waits {
            known.future =
                matches!(value, Expr::Call(_) | Expr::MethodCall(_) | Expr::Async(_)).then(|| self.future(value, 0));
            known.timer = self.is_timer(value);
            known.value = Some(self.duration(value)).filter(|duration| *duration != Bound::Unknown);
            (known.arguments, known.is_foreign) = self.inherited_arguments(value, known.kind.as_deref());
        }
        if let Some(variable) = self.found.variables.get_mut(id.0) {
            // What the visit of the value has found out stays.
            known.waits = variable.waits;
            *variable = known;
        }
    }
}

/// Collects the variables of a pattern.
struct PatternNames<'a>(&'a mut Vec<String>);

impl<'ast> Visit<'ast> for PatternNames<'_> {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        let name = plain(&pat.ident);
        // `None` and `MAX` in a pattern are constants.
        if name.starts_with(|c: char| c.is_lowercase() || c == '_') {
            self.0.push(name);
        }
        visit::visit_pat_ident(self, pat);
    }

    fn visit_expr(&mut self, _: &'ast Expr) {}
}

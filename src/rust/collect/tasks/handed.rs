//! Who gets the handles of tasks: what they are put into, assigned to, or given.

use syn::{Expr, ExprCall, ExprMethodCall, Member, Pat};

use super::keepers::{Kept, Slot};
use super::{MAX_LINKS, is_end};
use crate::rust::collect::Collector;
use crate::rust::collect::carried::of_field;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::place::keepers;
use crate::rust::collect::values::is_pointer_new;
use crate::rust::names::{LocalId, Name, last_name, plain};

/// Methods that put something into what they are called on.
const PUTTING: &[&str] = &[
    "extend",
    "get_or_insert",
    "insert",
    "or_insert",
    "push",
    "push_back",
    "push_front",
    "replace",
    "set",
];

/// Methods of an iterator that call what they are given with each of its elements alone.
const CALLING_WITH_EACH: &[&str] = &["flat_map", "filter_map", "for_each", "map", "try_for_each"];

impl Collector<'_> {
    /// Visits what something may be put into that keeps handles.
    pub(in crate::rust) fn kept_under(&mut self, frame: Frame, keeper: Option<LocalId>, expr: &Expr) {
        match keeper {
            Some(keeper) => self.within(frame, |this| this.under(Frame::Set(keeper), expr)),
            None => self.under(frame, expr),
        }
    }

    /// What gets a handle that is put into an expression.
    pub(super) fn keeper(&mut self, expr: &Expr) -> Option<LocalId> {
        let Kept { id, field, is_own } = self.kept(expr)?;
        match field {
            Some(of) if is_own => Some(self.put_in_field(of)),
            Some(of) => {
                let seen = self.slot(Slot::Field(of));
                self.found.keepers.goes_on(id, seen);
                Some(id)
            }
            None => Some(id),
        }
    }

    /// What gets the handles that a method is given: what it is called on, a function of the file, whatever gets what the
    /// method gives.
    pub(in crate::rust) fn keeper_of_argument(
        &mut self,
        call: &ExprMethodCall,
        method: &str,
        index: usize,
    ) -> Option<LocalId> {
        if !self.follows_tasks() {
            return None;
        }
        let argument = call.args.iter().nth(index)?;
        if PUTTING.contains(&method) {
            return self.keeper(&call.receiver);
        }
        if matches!(argument, Expr::Closure(_)) {
            return keepers(self.frames.iter().rev()).first().copied();
        }
        if !self.names.has_method(method) || !self.may_keep(argument) {
            return None;
        }
        let of = self.type_of(&call.receiver)?;
        Some(self.slot(Slot::Parameter(format!("{of}::{method}"), index + 1)))
    }

    /// What gets the handles that a call is given: a field, a parameter, or whatever gets what the call gives.
    pub(in crate::rust) fn keeper_of_given(&mut self, call: &ExprCall, callee: &Name, index: usize) -> Option<LocalId> {
        let Expr::Path(func) = &*call.func else { return None };
        if is_pointer_new(&func.path) || is_around(&func.path) {
            return keepers(self.frames.iter().rev()).first().copied();
        }
        let Name::File(path) = callee else { return None };
        if !call.args.iter().nth(index).is_some_and(|given| self.may_keep(given)) {
            return None;
        }
        let is_struct = path.rsplit("::").next()?.starts_with(char::is_uppercase);
        Some(match is_struct {
            true => self.put_in_field(of_field(path, &index.to_string())),
            false => self.slot(Slot::Parameter(path.clone(), index)),
        })
    }

    /// Whether an argument may be a handle, or something that keeps such.
    fn may_keep(&self, expr: &Expr) -> bool {
        let mut at = expr;
        for _ in 0..MAX_LINKS {
            at = match at {
                Expr::Reference(reference) => &reference.expr,
                Expr::Field(field) => &field.base,
                Expr::Call(call) => {
                    let Expr::Path(func) = &*call.func else { return false };
                    match last_name(&func.path) {
                        Some(name) if name.starts_with("spawn") => return true,
                        _ => match call.args.first() {
                            Some(first) => first,
                            None => return false,
                        },
                    }
                }
                Expr::MethodCall(call) if call.method == "collect" || plain(&call.method).starts_with("spawn") => {
                    return true;
                }
                Expr::MethodCall(call) => &call.receiver,
                Expr::Path(path) if path.path.is_ident("self") => return true,
                Expr::Path(path) => {
                    let Name::Variable(id) = self.resolve(&path.path) else {
                        return false;
                    };
                    return self.found.variables.get(id.0).is_some_and(|of| of.keeps_tasks);
                }
                Expr::Array(_) | Expr::Macro(_) | Expr::Block(_) | Expr::If(_) | Expr::Match(_) => return true,
                _ => return false,
            };
        }
        false
    }

    /// Visits what the fields of a struct are filled with.
    pub(in crate::rust) fn kept_in_fields(&mut self, literal: &syn::ExprStruct) {
        let of = match self.resolve(&literal.path) {
            Name::File(of) | Name::Extern(of) => Some(of),
            Name::Variable(_) | Name::Unknown => None,
        };
        for field in &literal.fields {
            let gate = self.enter_gate(&field.attrs);
            let keeper = match (&of, &field.member) {
                (Some(of), Member::Named(name)) if self.follows_tasks() && self.may_keep(&field.expr) => {
                    Some(self.put_in_field(of_field(of, &plain(name))))
                }
                _ => None,
            };
            self.kept_under(Frame::Held, keeper, &field.expr);
            self.leave_gate(gate);
        }
        if let Some(rest) = &literal.rest {
            self.under(Frame::Held, rest);
        }
    }

    /// What a method is given that takes each handle, or ends it: `tasks.iter().for_each(JoinHandle::abort)`.
    pub(in crate::rust) fn hand_to_closure(&mut self, call: &ExprMethodCall, given: &Expr) {
        match given {
            Expr::Closure(closure) if !closure.inputs.is_empty() => {
                self.handed_to_closure = self.taken_apart(&call.receiver);
                if self.sought.waits && CALLING_WITH_EACH.contains(&plain(&call.method).as_str()) {
                    self.each_for_closure = self.known_of(&call.receiver).of_each();
                }
            }
            Expr::Path(function)
                if self.follows_tasks() && last_name(&function.path).is_some_and(|name| is_end(&name)) =>
            {
                self.tasks_ended(&call.receiver);
            }
            _ => {}
        }
    }

    /// What gets the handle that is assigned.
    pub(in crate::rust) fn keeper_assigned(&mut self, left: &Expr) -> Option<LocalId> {
        self.follows_tasks().then(|| self.keeper(left)).flatten()
    }

    /// Notes that a parameter of a function may be a handle, or something that keeps such.
    pub(in crate::rust) fn keep_parameter(&mut self, function: &str, index: usize, pat: &Pat) {
        if self.follows_tasks() {
            let given = self.slot(Slot::Parameter(function.to_owned(), index));
            self.keep_in_names(Some(given), pat);
        }
    }
}

/// `Some(handle)`, `Ok(handle)`.
fn is_around(path: &syn::Path) -> bool {
    let last = last_name(path);
    let of = path.segments.iter().rev().nth(1).map(|of| plain(&of.ident));
    match last.as_deref() {
        Some("Some" | "Ok") => true,
        Some("new" | "from") => {
            of.is_some_and(|of| matches!(of.as_str(), "RwLock" | "Cell" | "OnceCell" | "OnceLock" | "Vec"))
        }
        _ => false,
    }
}

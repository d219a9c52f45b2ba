//! What is entered and called in a function, and which clauses what that raises comes to.

use std::path::PathBuf;

use foldhash::HashSet;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::{Collector, Frame};
use crate::python::deadlines::setter;
use crate::python::names::FunctionId;
use crate::sites::{Connect, Entry};

impl<'a> Collector<'a> {
    /// The connects that are entered at `at` raise what they raise here.
    pub(super) fn enter(&mut self, is_statement: bool, at: usize) {
        let Some(connects) = self.entries.get(&(is_statement, at)) else {
            return;
        };
        let is_passed_on = self.raised_here.contains(&at);
        let raises = |connect: &&&Connect| match connect.entry {
            Entry::Await | Entry::AsyncWith | Entry::Blocking => true,
            Entry::Argument => is_passed_on,
            // Most of what fails an `async for` is tried again.
            Entry::AsyncFor | Entry::Stored | Entry::Returned => false,
        };
        let entered: Vec<usize> = connects.iter().filter(raises).map(|connect| connect.id).collect();
        let iterated = connects.iter().filter(|connect| connect.entry == Entry::AsyncFor);
        let iterated: Vec<usize> = iterated.map(|connect| connect.id).collect();
        self.limited_here(entered.len(), at);
        let Some(Frame::Clauses(clauses)) = self.frames.last() else {
            if let (Some(Frame::Function { .. }), Some(function)) = (self.frames.last(), self.names.function_at(at)) {
                self.callees.raises(function, &entered);
            }
            return;
        };
        for index in clauses {
            if let Some(handler) = self.found.get_mut(*index) {
                handler.connects.extend(&entered);
                handler.iterated.extend(&iterated);
                handler.is_conditional |= !(entered.is_empty() && iterated.is_empty()) && self.choice.is_tested(at);
            }
        }
    }

    pub(super) fn call(&mut self, call: &'a ast::ExprCall) {
        let at = call.start().to_usize();
        if let Some(connects) = self.entries.get(&(false, at))
            && self.names.values(&call.func).len() == 1
        {
            self.certain.extend(connects.iter().map(|connect| connect.id));
        }
        self.enter(false, at);
        // `move_on_after` raises nothing anywhere.
        let raises = setter(call, self.names).is_some_and(|setter| !setter.path.contains(".move_on"));
        self.limited_here(usize::from(raises), at);
        if !self.is_of_a_connection(call)
            && let Some(Frame::Clauses(clauses)) = self.frames.last()
        {
            for index in clauses {
                if let Some(handler) = self.found.get_mut(*index) {
                    handler.other_calls = true;
                }
            }
        }
    }

    /// So many connects and deadlines stand at `at`.
    fn limited_here(&mut self, many: usize, at: usize) {
        self.limited += many;
        if many > 0 && matches!(self.frames.last(), Some(Frame::Function { .. })) {
            self.limited_functions.extend(self.names.function_at(at));
        }
    }

    /// A call of a function of the project, or an `await` of that: what the function raises is raised here.
    pub(super) fn own_call(&mut self, call: &'a ast::ExprCall) {
        let at = call.start().to_usize();
        let is_awaited = self.awaited.contains(&at);
        let caller = self.names.function_at(at);
        if let Some(callee) = self.names.local_function(&call.func) {
            if self.names.is_async(callee) != is_awaited {
                return;
            }
            match (self.frames.last(), caller) {
                (Some(Frame::Clauses(clauses)), _) => {
                    self.called.push(callee);
                    self.callees.come_to(callee, clauses);
                }
                (Some(Frame::Function { .. }), Some(caller)) => self.callees.passes_on(caller, callee),
                _ => {}
            }
            return;
        }
        match (self.frames.last(), caller) {
            (Some(Frame::Clauses(clauses)), _) => {
                if let Some((file, callee)) = self.function_elsewhere(&call.func, is_awaited) {
                    self.callees.come_from_elsewhere(file, callee, clauses);
                }
            }
            (Some(Frame::Function { .. }), Some(caller)) => self.outgoing.push((caller, &call.func, is_awaited)),
            _ => {}
        }
    }

    /// What these functions raise that is raised by functions of other modules; none: what all do.
    pub(super) fn pass_on_elsewhere(&mut self, callers: Option<&HashSet<FunctionId>>) {
        for (caller, callee, is_awaited) in std::mem::take(&mut self.outgoing) {
            if callers.is_none_or(|callers| callers.contains(&caller))
                && let Some((file, callee)) = self.function_elsewhere(callee, is_awaited)
            {
                self.callees.passes_on_elsewhere(caller, file, callee);
            }
        }
    }

    /// The function or method of another module that `callee` means, by that module's file, where a call of it does what the
    /// function does: a coroutine's that `is_awaited`.
    fn function_elsewhere(&self, callee: &Expr, is_awaited: bool) -> Option<(PathBuf, FunctionId)> {
        let plain = || {
            let (module, function) = self.names.foreign_function(callee)?;
            Some((module.clone(), function))
        };
        let method = || match callee {
            Expr::Attribute(method) => self.names.foreign_method(&method.value, &method.attr.id),
            _ => None,
        };
        let (module, function) = plain().or_else(method)?;
        (module.0.is_async(function) == is_awaited).then(|| (module.0.file().to_owned(), function))
    }

    /// Whether a call is a connect, sets a deadline, does something with a connection, or raises nothing that has a status.
    fn is_of_a_connection(&self, call: &ast::ExprCall) -> bool {
        let is_connect = |at: usize| self.entries.contains_key(&(false, at));
        if is_connect(call.start().to_usize()) || setter(call, self.names).is_some() {
            return true;
        }
        if let Expr::Attribute(method) = &*call.func {
            let mut makings = self.names.makings(&method.value).into_iter().flatten().peekable();
            if makings.peek().is_some() && makings.all(|making| is_connect(making.call)) {
                return true;
            }
        }
        let path = self.names.resolve(&call.func);
        path.is_some_and(|path| {
            ["asyncio.", "json.", "time.", "logging."]
                .iter()
                .any(|module| path.starts_with(module))
                || !path.contains('.')
        })
    }
}

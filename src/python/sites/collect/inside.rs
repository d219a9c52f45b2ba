//! What the current code is inside of: its function, and the deadlines that hold there.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Decorator, Expr, ExprCall, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::Collector;
use super::tasks::StartedTask;
use crate::python::deadlines::around::Around;
use crate::python::deadlines::around::{Wrapped, Wrapping};
use crate::python::deadlines::process_ends::called_off;
use crate::python::deadlines::timers::{any_timer, is_of_timer};
use crate::python::deadlines::wrappings::{Place, of_argument, of_decorator, of_manager};
use crate::python::deadlines::{
    bounding_call, bounding_result, deadline, decorating_deadline, entered_deadline, stacked,
};
use crate::python::names::FunctionId;
use crate::python::sites::task_calls::runs_a_loop;
use crate::python::sites::usage::{Awaits, Slot, is_callee};
use crate::python::syntax::dotted::dotted;
use crate::python::testing::stand_ins::{libraries_replaced_at, libraries_replaced_by};
use crate::python::values::bounds::bound_of_new;
use crate::sites::{Bound, Expected};

/// Around one call at most so many expressions, and so many deadlines, are looked at: nobody nests as deeply, and the time
/// for a file must not grow with the square of its size.
pub(super) const FARTHEST: usize = 64;

/// What the current code is inside of. A nested function, lambda or class inherits nothing.
#[derive(Default)]
pub(super) struct Inside {
    pub(super) function: Option<FunctionId>,
    pub(super) is_async: bool,
    /// What awaits here.
    pub(super) awaits: Awaits,
    /// It is a lambda.
    pub(super) is_lambda: bool,
    /// What the code is written to see raised.
    pub(super) expected: Expected,
    /// The deadlines that hold here, the outermost first.
    pub(super) frames: Vec<Frame>,
    /// How many of them held where the current suite began.
    pub(super) before_suite: usize,
    /// The variables and attributes whose connection was closed before, in this block or in front of it.
    pub(super) closed: Vec<String>,
}

/// A block, or the rest of one, that ends in time.
pub(super) struct Frame {
    pub(super) around: Around,
    /// `async with asyncio.timeout(5) as <handle>`.
    pub(super) handle: Option<Name>,
    /// The exit stack that it lasts as long as.
    pub(super) stack: Option<String>,
    /// A decorator puts it around the whole function.
    pub(super) is_of_function: bool,
}

impl Frame {
    fn new(around: Around, handle: Option<Name>) -> Self {
        Self {
            around,
            handle,
            stack: None,
            is_of_function: false,
        }
    }
}

impl<'a> Collector<'a> {
    /// From here to the end of the block, or of the suite, the deadline that `manager` sets holds, if it sets one; `handle`
    /// names what entering it gives.
    pub(super) fn enter(&mut self, manager: &Expr, handle: Option<Name>) {
        if let Some(mut deadline) = entered_deadline(manager, self.variables) {
            let is_scope = deadline.path.ends_with(".CancelScope");
            if is_scope && deadline.bound == Bound::Unlimited && handle.is_none() {
                return;
            }
            // `asyncio.timeout(None) as deadline` is set later; a scope without a deadline mostly is not.
            if deadline.bound == Bound::Unlimited && handle.is_some() && !is_scope {
                deadline.bound = Bound::Unknown;
            }
            let around = Around::Deadline(deadline);
            self.inside.frames.push(Frame::new(around, handle));
        } else if let Expr::Call(call) = manager
            && !self.replaces(call)
            && let Some(wrapping) = of_manager(call, self.names)
        {
            self.wrapped.push((manager.start().to_usize(), wrapping.clone()));
            let around = Around::Wrapped(wrapping);
            self.inside.frames.push(Frame::new(around, None));
        }
    }

    /// From here to the end of the block, or of the suite, libraries do not connect of which `call` replaces a part, if it does.
    fn replaces(&mut self, call: &ExprCall) -> bool {
        let libraries = libraries_replaced_by(call, self.names);
        let replaces = !libraries.is_empty();
        let frames = libraries.into_iter().map(Around::Replaced);
        self.inside.frames.extend(frames.map(|around| Frame::new(around, None)));
        replaces
    }

    /// From here to the end of the block, or of the suite, a library does not connect whose part is assigned a mock.
    pub(super) fn assigned(&mut self, targets: &[Expr], value: &Expr) {
        let attributes = targets.iter().filter_map(Expr::as_attribute_expr);
        for library in attributes.flat_map(|target| libraries_replaced_at(target, value, self.names)) {
            let around = Around::Replaced(library);
            self.inside.frames.push(Frame::new(around, None));
        }
    }

    /// `deadline.reschedule(None)`, `deadline.reject()`, `scope.deadline = math.inf`: from here on the deadline is `bound`.
    pub(super) fn set_anew(&mut self, handle: &Expr, bound: Bound) {
        if let Expr::Attribute(scope) = handle
            && scope.attr.as_str() == "cancel_scope"
            && let Some(path) = self.path_of_group(&scope.value)
        {
            // A group has a scope of its own, without a deadline.
            let set = deadline(handle.range(), format!("{path}.cancel_scope"), bound);
            self.inside.frames.push(Frame::new(Around::Deadline(set), None));
        }
        let Expr::Name(handle) = handle else {
            return;
        };
        let mut frames = self.inside.frames.iter_mut().rev().take(FARTHEST);
        if let Some(frame) = frames.find(|frame| frame.handle.as_ref() == Some(&handle.id))
            && let Around::Deadline(deadline) = &mut frame.around
        {
            deadline.bound = bound;
        }
    }

    /// `handle.cancel()` of a timer: from here on it ends nothing.
    fn lift_timer(&mut self, handle: &Expr) {
        let Some(handle) = handle.as_name_expr() else {
            return;
        };
        let mut frames = self.inside.frames.iter_mut().rev().take(FARTHEST);
        let is_meant = |frame: &&mut Frame| {
            let is_timer = matches!(&frame.around, Around::Deadline(deadline) if is_of_timer(deadline));
            is_timer && frame.handle.as_ref() == Some(&handle.id)
        };
        if let Some(frame) = frames.find(is_meant)
            && let Around::Deadline(deadline) = &mut frame.around
        {
            deadline.bound = Bound::Unlimited;
        }
    }

    /// `signal.alarm(0)`: from here on what was set by that function ends nothing.
    fn call_off(&mut self, path: &str) {
        for frame in self.inside.frames.iter_mut().rev().take(FARTHEST) {
            if let Around::Deadline(deadline) = &mut frame.around
                && deadline.path == path
            {
                deadline.bound = Bound::Unlimited;
            }
        }
    }

    /// `stack.aclose()`: from here on what an exit stack held does not hold any more. In a branch that is so for the branch
    /// alone, which mostly leaves: what was entered outside of it is left as it is.
    fn unwind(&mut self, stack: &Expr) {
        let Some(stack) = dotted(stack) else {
            return;
        };
        let of_suite = self.inside.frames.iter_mut().skip(self.inside.before_suite);
        for frame in of_suite.rev().take(FARTHEST) {
            if frame.stack.as_ref() == Some(&stack)
                && let Around::Deadline(deadline) = &mut frame.around
            {
                deadline.bound = Bound::Unlimited;
            }
        }
    }

    /// What a call changes for the code behind it.
    pub(super) fn after_call(&mut self, call: &'a ExprCall) {
        // Its end, if it has one, is further on: `monkeypatch.setattr(…)`, `patcher = patch(…)`.
        if matches!(self.slot, Slot::Bare | Slot::Assigned(_)) && self.replaces(call) {
            return;
        }
        if let Some(path) = called_off(call, self.names) {
            return self.call_off(path);
        }
        let timer = any_timer(call, self.variables)
            .and_then(|timer| Some((timer.of_this_task(self.variables)?, timer.kept_in)));
        if let Some((deadline, kept_in)) = timer {
            let handle = match self.slot {
                Slot::Assigned(name) if self.parents.is_empty() => name.cloned(),
                _ => kept_in.cloned(),
            };
            let around = Around::Deadline(deadline);
            self.inside.frames.push(Frame::new(around, handle));
            return;
        }
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let is_awaited = matches!(self.parents.last(), Some(Expr::Await(_)));
        if let Some((manager, _)) = stacked(call, is_awaited) {
            let kept = match self.slot {
                Slot::Assigned(name) if self.parents.len() == usize::from(is_awaited) => name.cloned(),
                _ => None,
            };
            let before = self.inside.frames.len();
            self.enter(manager, kept);
            let stack = dotted(&method.value);
            for frame in self.inside.frames.iter_mut().skip(before) {
                frame.stack.clone_from(&stack);
            }
            return;
        }
        match (method.attr.as_str(), &*call.arguments.args) {
            ("reject", _) => self.set_anew(&method.value, Bound::Unlimited),
            ("cancel", []) => self.lift_timer(&method.value),
            ("__aenter__" | "__enter__", []) => self.enters_for_a_block(&method.value),
            ("aclose" | "close", []) => self.unwind(&method.value),
            ("reschedule" | "update" | "shift", [when, ..]) => {
                self.set_anew(&method.value, bound_of_new(when, self.variables));
            }
            _ => {}
        }
    }

    /// What the decorators of a function put around its body.
    pub(super) fn decorated(&mut self, function: &StmtFunctionDef) -> Vec<Frame> {
        let known = |decorator: &Decorator| {
            let expr = &decorator.expression;
            decorating_deadline(self.variables.only_value(expr).unwrap_or(expr), self.variables)
        };
        let around = |decorator: &Decorator| -> Vec<Around> {
            match &decorator.expression {
                Expr::Call(call) if let libraries @ [_, ..] = &*libraries_replaced_by(call, self.names) => {
                    libraries.iter().cloned().map(Around::Replaced).collect()
                }
                // What it does says more than its name.
                _ => known(decorator)
                    .map(Around::Deadline)
                    .into_iter()
                    .chain(of_decorator(decorator, self.names).map(Around::Wrapped))
                    .collect(),
            }
        };
        let decorators = function.decorator_list.iter().take(FARTHEST);
        let around: Vec<Around> = decorators.flat_map(around).collect();
        for around in &around {
            if let Around::Wrapped(wrapping) = around {
                self.wrapped.push((function.start().to_usize(), wrapping.clone()));
            }
        }
        let frame = |around| Frame {
            is_of_function: true,
            ..Frame::new(around, None)
        };
        around.into_iter().map(frame).collect()
    }

    /// Everything that ends the wait for `expr` in time, the innermost first.
    pub(super) fn around(&self, expr: &'a Expr) -> Vec<Around> {
        let mut around = self.around_in_statement(expr);
        let started = self.task_of(expr);
        around.extend(started.filter(StartedTask::is_nobodys).map(|_| Around::Task));
        let frames = self.inside.frames.iter().rev().take(FARTHEST);
        let reaches = |frame: &&Frame| started.is_none_or(|task| !self.ends_before(frame, &task));
        around.extend(frames.filter(reaches).map(|frame| frame.around.clone()));
        around
    }

    /// The same, but for the blocks around the statement.
    pub(super) fn around_in_statement(&self, expr: &'a Expr) -> Vec<Around> {
        let mut around = Vec::new();
        let mut child = expr;
        for (index, parent) in self.parents.iter().enumerate().rev().take(FARTHEST) {
            match parent {
                // When it is called, and what is around that, is up to the function that gets it.
                Expr::Lambda(_) => {
                    around.extend(self.runner(parent, index).map(Around::Wrapped));
                    break;
                }
                // Behind the `await` the wait is over: a call around it gets the outcome.
                Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => break,
                Expr::Call(call) if is_callee(call, child) => {}
                Expr::Call(call) if runs_a_loop(call, self.names) => around.push(Around::Loop),
                Expr::Call(call) => {
                    let known = bounding_call(call, child, self.variables).map(Around::Deadline);
                    around.extend(known.or_else(|| of_argument(call, child, self.names).map(Around::Wrapped)));
                }
                Expr::Attribute(attribute) if attribute.attr.id == "result" => {
                    let outside = index.checked_sub(1).and_then(|index| self.parents.get(index));
                    if let Some(Expr::Call(call)) = outside {
                        around.extend(bounding_result(child, call, self.variables).map(Around::Deadline));
                    }
                }
                _ => {}
            }
            child = parent;
        }
        around
    }

    /// `await self.scope.__aenter__()`, in the method of the same name: what is around the block that an object of the class is
    /// entered for.
    fn enters_for_a_block(&mut self, manager: &'a Expr) {
        let Some(function) = self.inside.function else {
            return;
        };
        let made = self.variables.only_value(manager).unwrap_or(manager);
        if matches!(self.names.method_name(function), Some("__aenter__" | "__enter__"))
            && let Some(deadline) = entered_deadline(made, self.variables)
        {
            let around = vec![Around::Deadline(deadline)];
            let place = Place {
                around,
                is_at_once: false,
            };
            self.callers.wrappings().runs(function, Wrapped::Block, place);
        }
    }

    /// The function of the project that is given `function`, the expression with `index` others around it, to call it.
    pub(super) fn runner(&self, function: &Expr, index: usize) -> Option<Wrapping> {
        let call = self.parents.get(index.checked_sub(1)?)?.as_call_expr()?;
        of_argument(call, function, self.names)
    }
}

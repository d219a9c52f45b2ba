//! Calls and paths: who takes the future, who spawns it, who calls a function of this file.

use syn::visit::Visit;
use syn::{Expr, ExprCall, ExprMethodCall};

use crate::rust::collect::bounded::Awaiting;
use crate::rust::collect::frames::{Frame, Outer};
use crate::rust::collect::own_deadlines::Own;
use crate::rust::collect::receives::plain_operand;
use crate::rust::collect::values::Kind;
use crate::rust::collect::variables::{KnownValue, is_none};
use crate::rust::collect::{Collector, typed};
use crate::rust::names::{LocalId, Name, plain};

impl Collector<'_> {
    pub(in crate::rust) fn call(&mut self, expr: &Expr, call: &ExprCall) {
        let Expr::Path(func) = plain_operand(&call.func) else {
            self.under(Frame::Held, &call.func);
            return self.arguments(call, |_| Frame::Argument);
        };
        let callee = self.resolve(&func.path);
        self.connect_call(expr, call, func, &callee);
        self.blocking_call(expr, call, &callee);
        if self.sought.waits {
            self.message_call(expr, call, &func.path);
        }
        let own = self.own_wrapper(&callee, call, &func.path);
        let run = self.awaited_argument(&callee);
        let given_up = self.sought.waits.then(|| self.gives_up(&callee, call)).flatten();
        let keeping = self.follows_tasks().then(|| callee.clone());
        self.called(callee);
        if let Some(wrapper) = self.wrapper(call, &func.path).or(own) {
            let (deadline, future) = (wrapper.deadline, wrapper.future);
            if let Some(duration) = call.args.first().filter(|_| future > 0) {
                self.note_duration(duration, deadline.span);
            }
            return self.arguments(call, |index| {
                if index == future {
                    Frame::Deadline(deadline.clone())
                } else {
                    Frame::Held
                }
            });
        }
        let Some(last) = func.path.segments.last() else { return };
        if last.ident == "drop"
            && let Some(given @ Expr::Path(_)) = call.args.first()
        {
            self.dropped(call);
            if self.keeper_dropped(given) {
                return;
            }
        }
        let raced = self.races(&last.ident, &call.args.iter().collect::<Vec<_>>());
        if let Some(deadline) = raced.or_else(|| self.abortable(call, &func.path)) {
            return self.arguments(call, |_| Frame::Deadline(deadline.clone()));
        }
        let name = plain(&last.ident);
        if let Some(deadline) = given_up {
            return self.arguments(call, |_| Frame::GivenUp(deadline.clone()));
        }
        if self.sought.waits && self.is_guard(&func.path) {
            return self.guarded(&call.args);
        }
        if is_transparent(&func.path) {
            for argument in &call.args {
                self.visit_expr(argument);
            }
        } else if is_spawn(&name) {
            let uses = self.found.messages.uses.len();
            let task = self.task_of(&name);
            self.arguments(call, |_| task.clone());
            self.spawned(uses, call.args.first());
        } else if let Some(run) = run_by(&name) {
            self.arguments(call, |_| run.clone());
        } else {
            self.given_on(call, keeping.as_ref(), run);
        }
    }

    /// Visits what a function is given that may keep it.
    fn given_on(&mut self, call: &ExprCall, keeping: Option<&Name>, run: Option<usize>) {
        for (index, argument) in call.args.iter().enumerate() {
            let keeper = keeping.and_then(|callee| self.keeper_of_given(call, callee, index));
            let frame = match run == Some(index) {
                true => Frame::Run,
                false => Frame::Argument,
            };
            self.kept_under(frame, keeper, argument);
        }
    }

    /// The argument that a function of the project awaits to its end, by its index among all that it is given.
    fn awaited_argument(&self, callee: &Name) -> Option<usize> {
        match self.own_of(callee)? {
            Own::Awaits {
                how: Awaiting::Raced, ..
            } => None,
            Own::Awaits { future, .. } => Some(future),
            _ => None,
        }
    }

    /// The same of a method whose type is seen: another one may have its name.
    fn argument_awaited_by_method(&self, call: &ExprMethodCall, method: &str) -> Option<usize> {
        let of = self.names.has_method(method) || self.crates.is_some();
        let of = of.then(|| self.type_of(&call.receiver)).flatten()?;
        self.awaited_argument(&typed(format!("{of}::{method}")))?.checked_sub(1)
    }

    fn arguments(&mut self, call: &ExprCall, frame: impl Fn(usize) -> Frame) {
        for (index, argument) in call.args.iter().enumerate() {
            self.under(frame(index), argument);
        }
    }

    /// Notes that a function of this file, or a closure in a variable, is called here.
    pub(in crate::rust) fn called(&mut self, callee: Name) {
        if self.sought.waits && self.stops_clock(&callee) {
            self.pause(true);
        }
        match callee {
            Name::File(path) => self.note_use(Outer::Function(path)),
            Name::Variable(id) => self.variable_used(id),
            Name::Extern(path) if path == "tokio::time::pause" => self.pause(true),
            Name::Extern(path) if path == "tokio::time::resume" => self.pause(false),
            Name::Extern(path) if self.is_for_others && self.is_elsewhere(&path) => {
                self.note_use(Outer::Function(path))
            }
            Name::Extern(_) | Name::Unknown => {}
        }
    }

    /// Whether a path is that of something in another file of the package.
    pub(in crate::rust) fn is_elsewhere(&self, path: &str) -> bool {
        self.crates.is_some_and(|crates| crates.has(path))
    }

    fn pause(&mut self, paused: bool) {
        let index = self.place().function;
        if let Some(function) = index.and_then(|index| self.found.functions.get_mut(index)) {
            function.paused |= paused;
            function.resumed |= !paused;
        }
        match paused {
            true => self.found.courses.pause(),
            false => self.found.courses.resume(),
        }
    }

    pub(in crate::rust) fn variable_used(&mut self, id: LocalId) {
        match self.found.variables.get(id.0) {
            Some(variable) if variable.waits => self.note_use(Outer::Variable(id)),
            Some(variable) if variable.keeps_tasks => self.keeper_used(id),
            _ => {}
        }
    }

    /// A path that is not called: a variable, or a function handed on as a value.
    pub(in crate::rust) fn path(&mut self, path: &syn::ExprPath) {
        if !self.sought.waits {
            return;
        }
        match self.resolve(&path.path) {
            Name::Variable(id) => {
                self.variable_used(id);
                self.connection_read(path, id);
                if let Some(task) = self.found.variables.get(id.0).and_then(|handle| handle.aborts) {
                    let given = syn::spanned::Spanned::span(&path.path);
                    self.abort_handle_given(task, self.offsets.of(given));
                }
            }
            Name::File(path) => self.function_given(path),
            Name::Extern(path) if self.is_for_others && self.is_elsewhere(&path) => self.function_given(path),
            Name::Extern(_) | Name::Unknown => {}
        }
    }

    /// Notes that a function is handed on as a value: who calls it is not seen, but for one that bounds what it gives.
    fn function_given(&mut self, path: String) {
        match self.frames.last() {
            Some(Frame::Deadline(_)) => self.note_use(Outer::Function(path)),
            _ => self.within(Frame::Task, |this| this.note_use(Outer::Function(path))),
        }
    }

    /// `builder = builder.method(d)`: what the chain gives belongs to the variable.
    pub(in crate::rust) fn assigned(&mut self, assign: &syn::ExprAssign) {
        let Expr::Path(left) = &*assign.left else { return };
        if !self.sought.waits {
            return;
        }
        let Name::Variable(id) = self.resolve(&left.path) else {
            return;
        };
        let kind = self
            .found
            .variables
            .get(id.0)
            .and_then(|variable| variable.kind.clone());
        let (arguments, _) = self.inherited_arguments(&assign.right, kind.as_ref().and_then(Kind::path));
        let is_late = self.found.variables.get(id.0).is_some_and(|variable| variable.is_late);
        if is_late && is_none(&assign.right) {
            return;
        }
        let known = match is_late {
            true => self.known_of(&assign.right),
            false => KnownValue::default(),
        };
        let value = self.found.variables.get_mut(id.0);
        if let Some(variable) = value {
            variable.value = None;
            variable.receives = known.given;
            variable.kind = variable.kind.take().or(known.kind);
            if !arguments.is_empty() {
                variable.arguments = arguments;
            }
        }
    }

    pub(in crate::rust) fn method_call(&mut self, expr: &Expr, call: &ExprMethodCall) {
        // A chain is gone down here link by link: what lies on the stack meanwhile is small, and all else in functions of its own.
        let method = plain(&call.method);
        self.before_receiver(expr, call, &method);
        let (frame, for_arguments) = self.frames_of_method(call, &method);
        if !self.only_keeps(call, &method) {
            self.under(frame, &call.receiver);
        }
        self.behind_receiver(expr, call, &method, &for_arguments);
    }

    fn before_receiver(&mut self, expr: &Expr, call: &ExprMethodCall, method: &str) {
        if self.sought.waits {
            self.called_method(call, method);
            self.connect_method(expr, call, method);
            self.message_method(expr, call, method);
            self.read_timeout(call, method);
        }
        self.blocking_method(expr, call, method);
        self.built_runtime(call, method);
    }

    /// What is around the receiver of a method, and what around its arguments.
    fn frames_of_method(&self, call: &ExprMethodCall, method: &str) -> (Frame, Box<Frame>) {
        let sides: Vec<&Expr> = std::iter::once(&*call.receiver).chain(&call.args).collect();
        let raced = self.races(&call.method, &sides);
        let is_raced = raced.is_some();
        let frame = match self.bounding_method(call, method).or(raced) {
            Some(deadline) => Frame::Deadline(deadline),
            None => Frame::Adaptor(method.to_owned()),
        };
        let for_arguments = match &frame {
            Frame::Deadline(_) if is_raced => frame.clone(),
            _ if is_spawn(method) => Frame::Task,
            _ => run_by(method).unwrap_or(Frame::Argument),
        };
        (frame, Box::new(for_arguments))
    }

    fn behind_receiver(&mut self, expr: &Expr, call: &ExprMethodCall, method: &str, for_arguments: &Frame) {
        let uses = self.found.messages.uses.len();
        self.method_arguments(call, method, for_arguments);
        if is_spawn(method) {
            self.spawned(uses, call.args.first());
        }
        self.blocked_method(expr, call, method);
        if self.sought.waits {
            self.task_method(call, method);
            self.put_into(call, method);
        }
    }

    fn method_arguments(&mut self, call: &ExprMethodCall, method: &str, for_arguments: &Frame) {
        let own = self.own_method_wrapper(call, method);
        let set = match for_arguments {
            Frame::Task => self.task_set(&call.receiver),
            _ => None,
        };
        let list = self.put_into_list(call, method);
        let run = match call.args.is_empty() || !self.sought.waits {
            true => None,
            false => self.argument_awaited_by_method(call, method),
        };
        for (index, argument) in call.args.iter().enumerate() {
            let frame = match &own {
                Some(wrapper) if wrapper.future == index => Frame::Deadline(wrapper.deadline.clone()),
                Some(_) => Frame::Held,
                None if run == Some(index) => Frame::Run,
                None => for_arguments.clone(),
            };
            let holder = match &frame {
                Frame::Task => set.map(Frame::Set),
                _ => list.map(Frame::Let),
            };
            let keeper = match &frame {
                Frame::Argument => self.keeper_of_argument(call, method, index),
                _ => None,
            };
            self.hand_to_closure(call, argument);
            match holder {
                Some(holder) => self.within(holder, |this| this.kept_under(frame, keeper, argument)),
                None => self.kept_under(frame, keeper, argument),
            }
        }
    }

    /// Notes that a method of this file is called here, or, where the receiver's type cannot be seen, that one may be.
    pub(in crate::rust) fn called_method(&mut self, call: &ExprMethodCall, method: &str) {
        if !self.names.has_method(method) && !self.is_for_others {
            return;
        }
        match self.type_of(&call.receiver).map(typed) {
            Some(Name::File(of)) => self.note_use(Outer::Function(format!("{of}::{method}"))),
            // A trait of another file may be what the method here implements.
            Some(Name::Extern(of)) if self.is_elsewhere(&of) => {
                self.note_use(Outer::Function(format!("{of}::{method}")));
            }
            Some(_) => {}
            None => {
                self.found.loose_methods.insert(method.to_owned());
            }
        }
    }

    /// A tokio runtime whose builder's chain does not enable the timer.
    fn built_runtime(&mut self, call: &ExprMethodCall, method: &str) {
        let is_true =
            |given: &Expr| matches!(given, Expr::Lit(lit) if matches!(&lit.lit, syn::Lit::Bool(on) if on.value));
        if method == "start_paused" && self.sought.waits && call.args.first().is_some_and(is_true) {
            self.pause(true);
        }
        if method != "build" {
            return;
        }
        let is_timed = |link: &ExprMethodCall| link.method == "enable_all" || link.method == "enable_time";
        self.found.untimed_runtime |= self
            .runtime_built(call)
            .is_some_and(|links| !links.into_iter().any(is_timed));
    }

    /// The links of the chain that builds a runtime of tokio's at its end.
    pub(in crate::rust) fn runtime_built<'e>(&self, build: &'e ExprMethodCall) -> Option<Vec<&'e ExprMethodCall>> {
        let (mut at, mut links) = (&*build.receiver, Vec::new());
        while let Expr::MethodCall(link) = at {
            links.push(link);
            at = &link.receiver;
        }
        let Expr::Call(root) = at else { return None };
        let Expr::Path(func) = &*root.func else { return None };
        matches!(self.resolve(&func.path), Name::Extern(path) if path.starts_with("tokio::runtime::Builder::new_"))
            .then_some(links)
    }
}

/// Whether a call gives the future on as it is.
fn is_transparent(path: &syn::Path) -> bool {
    let names: Vec<_> = path
        .segments
        .iter()
        .rev()
        .take(2)
        .map(|segment| plain(&segment.ident))
        .collect();
    matches!(names.as_slice(), [last, of] if matches!(of.as_str(), "Box" | "Pin") && matches!(last.as_str(), "pin" | "new"))
}

/// How a function runs what it is given to its end, if it does.
fn run_by(name: &str) -> Option<Frame> {
    match name {
        "block_on" => Some(Frame::Run),
        "run_until" => Some(Frame::LocalRun),
        _ => None,
    }
}

/// Whether what a function is given runs on by itself.
fn is_spawn(name: &str) -> bool {
    name.starts_with("spawn")
}

//! The visit that finds every connect, what is around it, and who calls the functions that connects stand in.

use std::collections::{HashMap, HashSet};
use std::mem;

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_arguments, walk_body, walk_decorator, walk_expr, walk_parameters, walk_stmt,
    walk_type_params,
};
use ruff_python_ast::{self as ast, Decorator, Expr, ExprCall, ModModule, Stmt};
use ruff_text_size::Ranged;

use super::anchor::{Anchor, Place};
use super::callers::{Around, CallSite, Callers};
use super::connects::{Callee, Given, Lookup, given, span};
use super::deadlines::{bounding_call, bounding_result, entered_deadline};
use super::names::{FunctionId, Names};
use super::usage::{Slot, Usage, enters, is_callee, usage};
use crate::catalog::{Call, Catalog};
use crate::sites::{Bound, Connect, Entry};
use crate::source::Span;

/// Finds every connect of a module, by position, with its anchor.
pub(super) fn connects(module: &ModModule, names: &Names, catalog: &Catalog) -> (Vec<Connect>, Vec<Anchor>) {
    let mut collector = Collector {
        names,
        lookup: Lookup::new(catalog, names),
        function_names: names.functions().map(|function| function.name()).collect(),
        parents: Vec::new(),
        statement: Span::empty(0),
        slot: Slot::Other,
        inside: Inside::default(),
        found: Vec::new(),
        kept: HashMap::new(),
        partials: HashMap::new(),
        callers: Callers::default(),
    };
    collector.visit_body(&module.body);
    collector.finish()
}

struct Collector<'a> {
    names: &'a Names,
    lookup: Lookup<'a>,
    /// The simple names of the module's functions.
    function_names: HashSet<&'a str>,
    /// The expressions around the current one within its statement, the innermost last.
    parents: Vec<&'a Expr>,
    statement: Span,
    slot: Slot<'a>,
    inside: Inside,
    found: Vec<Found>,
    /// Connects that are kept in a local variable, by where its only read stands.
    kept: HashMap<usize, usize>,
    /// Calls of `functools.partial` of a connect, by where they begin.
    partials: HashMap<usize, Partial>,
    callers: Callers,
}

/// What the current code is inside of. A nested function, lambda or class inherits nothing but being a test.
#[derive(Default)]
struct Inside {
    function: Option<FunctionId>,
    is_async: bool,
    in_test: bool,
    /// The deadlines that hold here, the outermost first.
    frames: Vec<Frame>,
}

/// A block, or the rest of one, that ends in time.
struct Frame {
    around: Around,
    /// `async with asyncio.timeout(5) as <handle>`.
    handle: Option<Name>,
}

/// A connect before everything around it is known.
struct Found {
    callee: Callee,
    call: Span,
    func: Span,
    given: Given,
    entry: Entry,
    around: Vec<Around>,
    anchor: Anchor,
    inside: (Option<FunctionId>, bool, bool),
}

/// A call of `functools.partial` of a connect.
struct Partial {
    given: Given,
    /// The connect that it is, should nothing in sight call it.
    unused: Option<Found>,
}

impl<'a> Collector<'a> {
    fn finish(mut self) -> (Vec<Connect>, Vec<Anchor>) {
        let mut found = mem::take(&mut self.found);
        for found in &mut found {
            if let Some(partial) = found.callee.partial.and_then(|at| self.partials.get_mut(&at)) {
                partial.unused = None;
                found.given.add_partial(&partial.given);
            }
        }
        // What is never called may only be reported for an argument that it carries.
        let unused = mem::take(&mut self.partials)
            .into_values()
            .filter_map(|partial| partial.unused);
        found.extend(unused.filter(|found| !found.given.arguments.is_empty()));
        found.sort_by_key(|found| found.call);
        let names = self.names;
        let covered = self.callers.covered(|function| names.method_name(function));
        found
            .into_iter()
            .enumerate()
            .map(|(id, found)| {
                let (function, in_async, in_test) = found.inside;
                let mut deadlines = self.callers.deadlines(&found.around);
                deadlines.extend(function.and_then(|function| covered.get(&function).cloned()));
                if found.entry == Entry::Blocking {
                    deadlines.clear();
                }
                let connect = Connect {
                    id,
                    api: found.callee.api,
                    path: found.callee.path,
                    call: found.call,
                    callee: found.func,
                    arguments: found.given.arguments,
                    keywords: found.given.keywords,
                    unpacks: found.given.unpacks,
                    entry: found.entry,
                    deadlines,
                    in_async,
                    in_test,
                };
                (connect, found.anchor)
            })
            .unzip()
    }

    fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            walk_decorator(self, decorator);
        }
        if let Some(parameters) = &function.type_params {
            walk_type_params(self, parameters);
        }
        walk_parameters(self, &function.parameters);
        if let Some(returns) = &function.returns {
            self.visit_annotation(returns);
        }
        let id = function
            .body
            .first()
            .and_then(|first| self.names.function_at(first.start().to_usize()));
        let is_known = |decorator: &Decorator| self.is_transparent(decorator);
        if let Some(id) = id
            && !function.decorator_list.iter().all(is_known)
        {
            self.callers.escape(id);
        }
        let is_test = function.name.starts_with("test_") || function.decorator_list.iter().any(|d| self.is_fixture(d));
        let inside = Inside {
            function: id,
            is_async: function.is_async,
            in_test: self.inside.in_test || is_test,
            frames: Vec::new(),
        };
        let outer = mem::replace(&mut self.inside, inside);
        self.visit_body(&function.body);
        self.inside = outer;
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            walk_decorator(self, decorator);
        }
        if let Some(parameters) = &class.type_params {
            walk_type_params(self, parameters);
        }
        if let Some(arguments) = &class.arguments {
            walk_arguments(self, arguments);
        }
        let inside = Inside {
            in_test: self.inside.in_test || is_test_class(class),
            ..Inside::default()
        };
        let outer = mem::replace(&mut self.inside, inside);
        self.visit_body(&class.body);
        self.inside = outer;
    }

    fn lambda(&mut self, lambda: &'a ast::ExprLambda) {
        if let Some(parameters) = &lambda.parameters {
            walk_parameters(self, parameters);
        }
        let inside = Inside {
            in_test: self.inside.in_test,
            ..Inside::default()
        };
        let outer = mem::replace(&mut self.inside, inside);
        self.visit_expr(&lambda.body);
        self.inside = outer;
    }

    fn with(&mut self, with: &'a ast::StmtWith) {
        let before = self.inside.frames.len();
        for (index, item) in with.items.iter().enumerate() {
            let is_async = with.is_async;
            self.in_slot(Slot::WithItem { index, is_async }, &item.context_expr);
            self.enter(&item.context_expr, is_async, item.optional_vars.as_deref());
            if let Some(target) = item.optional_vars.as_deref() {
                self.in_slot(Slot::Other, target);
            }
        }
        self.visit_body(&with.body);
        self.inside.frames.truncate(before);
    }

    /// From here to the end of the block, or of the suite, the deadline that `manager` sets holds, if it sets one.
    fn enter(&mut self, manager: &Expr, is_async: bool, target: Option<&Expr>) {
        let handle = target.and_then(Expr::as_name_expr).map(|name| name.id.clone());
        if let Some(mut deadline) = entered_deadline(manager, is_async, self.names) {
            // `asyncio.timeout(None) as deadline` is set later.
            if deadline.bound == Bound::Unlimited && handle.is_some() {
                deadline.bound = Bound::Unknown;
            }
            let around = Around::Deadline(deadline);
            self.inside.frames.push(Frame { around, handle });
        } else if let Expr::Call(call) = manager
            && let Some(function) = self.names.local_function(&call.func)
        {
            let around = Around::Manager(function);
            self.inside.frames.push(Frame { around, handle: None });
        }
    }

    /// `deadline.reschedule(None)`, `deadline.reject()`, `scope.deadline = math.inf`: the deadline holds no longer.
    fn lift(&mut self, handle: &Expr) {
        let Expr::Name(handle) = handle else {
            return;
        };
        let frames = self.inside.frames.iter_mut().rev();
        if let Some(frame) = frames
            .into_iter()
            .find(|frame| frame.handle.as_ref() == Some(&handle.id))
            && let Around::Deadline(deadline) = &mut frame.around
        {
            deadline.bound = Bound::Unlimited;
        }
    }

    /// What a call changes for the code behind it.
    fn after_call(&mut self, call: &'a ExprCall) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        match (method.attr.as_str(), &*call.arguments.args) {
            ("enter_async_context", [manager]) if enters(call) => {
                if matches!(self.parents.last(), Some(Expr::Await(_))) {
                    self.enter(manager, true, None);
                }
            }
            ("enter_context", [manager]) => self.enter(manager, false, None),
            ("reschedule" | "reject" | "update" | "shift", _) => self.lift(&method.value),
            _ => {}
        }
    }

    fn in_slot(&mut self, slot: Slot<'a>, expr: &'a Expr) {
        self.slot = slot;
        self.visit_expr(expr);
        self.slot = Slot::Other;
    }

    fn call(&mut self, expr: &'a Expr, call: &'a ExprCall) {
        if let Some(callee) = self.lookup.callee(&call.func) {
            self.connect(expr, call, callee);
        } else if let Some(wrapped) = self.lookup.wrapped(call) {
            self.partial(expr, call, wrapped);
        } else {
            self.own_call(expr, call);
        }
    }

    fn connect(&mut self, expr: &'a Expr, call: &'a ExprCall, callee: Callee) {
        let given = given(&call.arguments, 0, self.lookup.entry(callee.api), self.names);
        let (mut found, kept_in) = self.place(expr, call, callee, given);
        let why = match () {
            () if found.entry == Entry::Blocking => Some("a blocking connect cannot be ended by an event loop"),
            () if found.callee.partial.is_some() => Some("the connect is called through `functools.partial`"),
            () if found.given.in_dictionary => Some("its arguments come out of a dictionary"),
            () => None,
        };
        if let Some(why) = why {
            found.anchor.place = Place::Fixed(why);
        } else if let Some(name) = kept_in
            && let Some(read) = self
                .names
                .single_read(self.names.scope_at(expr.start().to_usize()), name)
        {
            self.kept.insert(read, self.found.len());
        }
        // A helper that the user put into the catalogue is a function of the module too.
        self.own_call(expr, call);
        self.found.push(found);
    }

    fn partial(&mut self, expr: &'a Expr, call: &'a ExprCall, wrapped: Callee) {
        let given = given(&call.arguments, 1, self.lookup.entry(wrapped.api), self.names);
        let (mut found, _) = self.place(expr, call, wrapped, given.clone());
        found.entry = Entry::Stored;
        found.anchor.place = Place::Fixed("the connect is called through `functools.partial`");
        let partial = Partial {
            given,
            unused: Some(found),
        };
        self.partials.insert(call.start().to_usize(), partial);
    }

    fn place(&self, expr: &'a Expr, call: &ExprCall, callee: Callee, given: Given) -> (Found, Option<&'a Name>) {
        let used = usage(expr, &self.parents, self.slot, self.names);
        let entry = match self.lookup.entry(callee.api).api.call {
            Call::Blocking => Entry::Blocking,
            Call::Await | Call::AsyncWith | Call::Any => used.entry,
        };
        let found = Found {
            callee,
            call: span(call.range()),
            func: span(call.func.range()),
            given,
            entry,
            around: self.around(expr),
            anchor: Anchor {
                statement: self.statement,
                call: span(call.range()),
                place: used.place,
            },
            inside: (self.inside.function, self.inside.is_async, self.inside.in_test),
        };
        (found, used.kept_in)
    }

    /// The only read of a variable that keeps a connect: its use is the connect's.
    fn read(&mut self, expr: &'a Expr) {
        let Some(index) = self.kept.remove(&expr.start().to_usize()) else {
            return;
        };
        let Usage { entry, place, .. } = usage(expr, &self.parents, self.slot, self.names);
        let (around, statement) = (self.around(expr), self.statement);
        if let Some(found) = self.found.get_mut(index) {
            found.entry = entry;
            found.around = around;
            found.anchor.place = place;
            found.anchor.statement = statement;
        }
    }

    /// Everything that ends the wait for `expr` in time, the innermost first.
    fn around(&self, expr: &'a Expr) -> Vec<Around> {
        let mut around = Vec::new();
        let mut child = expr;
        for (index, parent) in self.parents.iter().enumerate().rev() {
            match parent {
                // Behind the `await` the wait is over: a call around it gets the outcome.
                Expr::Await(_) | Expr::YieldFrom(_) | Expr::Lambda(_) => break,
                Expr::Call(call) => around.extend(bounding_call(call, child, self.names).map(Around::Deadline)),
                Expr::Attribute(attribute) if attribute.attr.id == "result" => {
                    let outside = index.checked_sub(1).and_then(|index| self.parents.get(index));
                    if let Some(Expr::Call(call)) = outside {
                        around.extend(bounding_result(child, call, self.names).map(Around::Deadline));
                    }
                }
                _ => {}
            }
            child = parent;
        }
        around.extend(self.inside.frames.iter().rev().map(|frame| frame.around.clone()));
        around
    }

    /// A call that may be one of the module's own functions.
    fn own_call(&mut self, expr: &'a Expr, call: &'a ExprCall) {
        let (name, is_method) = match &*call.func {
            Expr::Name(name) => (&name.id, false),
            Expr::Attribute(attribute) => (&attribute.attr.id, true),
            _ => return,
        };
        let function = self.names.local_function(&call.func);
        let is_candidate = function.is_some() || (is_method && self.is_unknown_method(name, &call.func));
        if !is_candidate {
            return;
        }
        let site = CallSite {
            caller: self.inside.function,
            around: self.around(expr),
        };
        match function {
            Some(function) => self.callers.call(function, site),
            None => self.callers.unknown_call(name, site),
        }
    }

    /// A name or attribute that may be one of the module's own functions, but is not called here.
    fn own_function(&mut self, expr: &'a Expr, name: &str, is_method: bool) {
        let is_called = matches!(self.parents.last(), Some(Expr::Call(call)) if is_callee(call, expr));
        if is_called || !self.function_names.contains(name) {
            return;
        }
        match self.names.local_function(expr) {
            Some(function) => self.callers.escape(function),
            None if is_method && self.is_unknown_method(name, expr) => self.callers.escape_method(name),
            None => {}
        }
    }

    fn is_unknown_method(&self, name: &str, expr: &Expr) -> bool {
        self.function_names.contains(name) && self.names.values(expr).is_empty()
    }

    fn is_transparent(&self, decorator: &Decorator) -> bool {
        let path = self.names.resolve(&decorator.expression);
        matches!(
            path.as_deref(),
            Some(
                "contextlib.asynccontextmanager"
                    | "contextlib.contextmanager"
                    | "staticmethod"
                    | "classmethod"
                    | "typing.override"
            )
        )
    }

    fn is_fixture(&self, decorator: &Decorator) -> bool {
        let function = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        let path = self.names.resolve(function);
        matches!(path.as_deref(), Some("pytest.fixture" | "pytest_asyncio.fixture"))
    }
}

impl<'a> SourceOrderVisitor<'a> for Collector<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let before = self.inside.frames.len();
        walk_body(self, body);
        // What a statement of the suite put onto an exit stack is only known to hold for its rest.
        self.inside.frames.truncate(before);
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let outer = (self.statement, self.slot, mem::take(&mut self.parents));
        self.statement = span(statement.range());
        self.slot = Slot::Other;
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::With(with) => self.with(with),
            Stmt::For(each) => {
                self.in_slot(
                    Slot::Iterable {
                        is_async: each.is_async,
                    },
                    &each.iter,
                );
                self.visit_expr(&each.target);
                self.visit_body(&each.body);
                self.visit_body(&each.orelse);
            }
            Stmt::Return(returned) => {
                if let Some(value) = &returned.value {
                    self.in_slot(Slot::Returned, value);
                }
            }
            Stmt::Expr(bare) => self.in_slot(Slot::Bare, &bare.value),
            Stmt::Assign(assign) => {
                let name = match assign.targets.as_slice() {
                    [Expr::Name(name)] => Some(&name.id),
                    _ => None,
                };
                for target in &assign.targets {
                    self.visit_expr(target);
                    if let Expr::Attribute(attribute) = target
                        && attribute.attr.id == "deadline"
                    {
                        self.lift(&attribute.value);
                    }
                }
                self.in_slot(Slot::Assigned(name), &assign.value);
            }
            Stmt::AnnAssign(assign) => {
                self.visit_expr(&assign.target);
                self.visit_annotation(&assign.annotation);
                if let Some(value) = &assign.value {
                    let name = assign.target.as_name_expr().map(|name| &name.id);
                    self.in_slot(Slot::Assigned(name), value);
                }
            }
            _ => walk_stmt(self, statement),
        }
        (self.statement, self.slot, self.parents) = outer;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(expr, call),
            Expr::Name(name) if name.ctx.is_load() => {
                self.read(expr);
                self.own_function(expr, &name.id, false);
            }
            Expr::Attribute(attribute) if attribute.ctx.is_load() => {
                self.own_function(expr, &attribute.attr.id, true);
            }
            Expr::Yield(_) => {
                if let Some(function) = self.inside.function {
                    let around = self.around(expr);
                    self.callers.yields(function, around);
                }
            }
            _ => {}
        }
        self.parents.push(expr);
        match expr {
            Expr::Lambda(lambda) => self.lambda(lambda),
            _ => walk_expr(self, expr),
        }
        self.parents.pop();
        if let Expr::Call(call) = expr {
            self.after_call(call);
        }
    }
}

impl Given {
    /// The arguments of the call of `functools.partial` behind this call: a keyword of the call itself counts more.
    fn add_partial(&mut self, partial: &Given) {
        let own: HashSet<String> = self.keywords.iter().cloned().collect();
        let added = partial
            .arguments
            .iter()
            .filter(|argument| !own.contains(&argument.name));
        self.arguments.extend(added.cloned());
        self.arguments.sort_by_key(|argument| argument.span);
        self.keywords
            .extend(partial.keywords.iter().filter(|name| !own.contains(*name)).cloned());
        self.unpacks |= partial.unpacks;
    }
}

/// `Test*` as pytest collects it, `*TestCase`, or a class made from one.
fn is_test_class(class: &ast::StmtClassDef) -> bool {
    let bases = class.arguments.iter().flat_map(|arguments| arguments.args.iter());
    let mut base_names = bases.filter_map(|base| match base {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    });
    class.name.starts_with("Test")
        || class.name.ends_with("TestCase")
        || base_names.any(|name| name.ends_with("TestCase"))
}

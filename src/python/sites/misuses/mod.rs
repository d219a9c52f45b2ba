//! Uses of a connect that may fail for what its object is: given to what takes a coroutine, its connection entered,
//! entered by a plain `with`, used without having been awaited.

use std::borrow::Cow;

use self::counted::Counted;
use self::declared::declared;
use self::elsewhere::opened_elsewhere;
use self::put_there::{PutThere, put_at, put_there};
use foldhash::{HashMap, HashSet};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Expr, ExprContext, ModModule, Stmt};
use ruff_text_size::Ranged;

use crate::catalog::{Catalog, Object};
use crate::python::names::{Making, Names, Value};
use crate::python::program::Others;
use crate::python::sites::collect::opened;
use crate::python::sites::usage::enters;
use crate::python::syntax::expected_failures::{catches_misuse, expects_failure};
use crate::python::syntax::spans::span;
use crate::python::version_choice::VersionChoice;
use crate::sites::{Connect, Entry, Misuse, MisuseKind, MisusedConnect};
use crate::source::Language;

mod counted;
mod declared;
mod elsewhere;
mod put_there;

/// Finds the uses of `connects`, by position.
pub(in crate::python) fn collect(
    module: &ModModule,
    names: &Names,
    choice: &VersionChoice<'_>,
    catalog: &Catalog,
    connects: &[Connect],
    others: Option<Others<'_>>,
) -> Vec<Misuse> {
    if connects.is_empty() && others.is_none() {
        return Vec::new();
    }
    let mut collector = Collector {
        names,
        catalog,
        others,
        choice,
        by_start: by_start(connects),
        functions: Vec::new(),
        opened: Vec::new(),
        reported: HashSet::default(),
        put_there: put_there(module, names),
        counts: HashMap::default(),
        meant_to_fail: 0,
        found: Vec::new(),
    };
    collector.visit_body(&module.body);
    let mut found = collector.found;
    found.sort_by_key(|misuse| misuse.span);
    for (id, misuse) in found.iter_mut().enumerate() {
        misuse.id = id;
    }
    found
}

/// What a thread of its own calls is none of them: what is awaited there is the thread's own outcome.
fn by_start(connects: &[Connect]) -> HashMap<usize, &Connect> {
    let here = connects.iter().filter(|connect| !connect.in_thread);
    here.map(|connect| (connect.call.start, connect)).collect()
}

struct Collector<'a> {
    names: &'a Names,
    catalog: &'a Catalog,
    others: Option<Others<'a>>,
    choice: &'a VersionChoice<'a>,
    by_start: HashMap<usize, &'a Connect>,
    /// The bodies of the functions around, the innermost last.
    functions: Vec<&'a ast::StmtFunctionDef>,
    /// The connections that a variable of the current function holds: `ws = await connect(…)`, `async with connect(…) as ws`.
    opened: Vec<(&'a str, usize)>,
    reported: HashSet<usize>,
    /// The attributes that the module assigns.
    put_there: HashSet<PutThere>,
    /// What is known of a variable, by its name and the start of its function.
    counts: HashMap<(&'a str, usize), Counted>,
    /// How much around the current code is meant to fail.
    meant_to_fail: usize,
    found: Vec<Misuse>,
}

impl<'a> Collector<'a> {
    /// The connect that `expr` calls, if it certainly calls one function.
    fn called(&self, expr: &Expr) -> Option<&'a Connect> {
        let call = expr.as_call_expr()?;
        let connect = *self.by_start.get(&call.start().to_usize())?;
        let is_certain = connect.call == span(call) && self.names.values(&call.func).len() == 1;
        is_certain.then_some(connect)
    }

    /// The connect whose object `expr` is: its call, or a variable that certainly holds it un-awaited.
    fn object(&self, expr: &Expr) -> Option<&'a Connect> {
        if let Expr::Call(_) = expr {
            return self.called(expr);
        }
        let makings = self.names.makings(expr)?.iter();
        if makings.flat_map(Making::sources).any(|making| making.entered) {
            return None;
        }
        let mut origins = self.names.origins(expr)?;
        let origin = origins.next().filter(|_| origins.next().is_none())?;
        let connect = *self.by_start.get(&origin)?;
        // Where the variable is what `async with connect(…) as ws` gave, it is no connect any more.
        let is_kept = matches!(connect.entry, Entry::Stored | Entry::Argument | Entry::Returned);
        is_kept.then_some(connect)
    }

    /// The connect whose object `expr` is, where some release makes one that is so.
    fn object_that(&self, expr: &Expr, is_so: impl Fn(&Object) -> bool) -> Option<&'a Connect> {
        let connect = self.object(expr).filter(|connect| connect.entry != Entry::Blocking)?;
        let mut objects = self.objects(connect).iter();
        objects
            .any(|object| object.may_be_made_by(&connect.path) && is_so(object))
            .then_some(connect)
    }

    /// The connect whose connection `expr` is: `await connect(…)`, also through `asyncio.wait_for`; and whether it stands
    /// right behind the `await`.
    fn connection(&self, expr: &Expr) -> Option<(&'a Connect, bool)> {
        let awaited = &*expr.as_await_expr()?.value;
        match self.called(awaited) {
            Some(connect) => Some((connect, true)),
            None => Some((self.called(self.passed_on(awaited)?)?, false)),
        }
    }

    /// What `asyncio.wait_for` and `asyncio.shield` give the outcome of.
    fn passed_on<'e>(&self, awaited: &'e Expr) -> Option<&'e Expr> {
        let call = awaited.as_call_expr()?;
        let path = self.names.resolve(&call.func)?;
        let waited = call.arguments.args.first();
        waited.filter(|_| matches!(path, "asyncio.wait_for" | "asyncio.shield"))
    }

    /// The connect whose connection an exit stack enters and gives: `await stack.enter_async_context(connect(…))`, also
    /// through `asyncio.wait_for`.
    fn entered_by_stack(&self, expr: &Expr) -> Option<&'a Connect> {
        let awaited = &*expr.as_await_expr()?.value;
        let enter = self.passed_on(awaited).unwrap_or(awaited).as_call_expr()?;
        enters(enter).then(|| self.called(enter.arguments.args.first()?))?
    }

    /// Takes note of a misuse: the first one of each connect, which is where the program ends.
    fn report(&mut self, connect: &Connect, expr: &impl Ranged, kind: MisuseKind) {
        if !self.reported.insert(connect.id) {
            return;
        }
        self.push(connect, expr, kind);
    }

    fn push(&mut self, connect: &Connect, expr: &impl Ranged, kind: MisuseKind) {
        self.push_of(MisusedConnect::Here(connect.id), expr, kind);
    }

    fn push_of(&mut self, connect: MisusedConnect, expr: &impl Ranged, kind: MisuseKind) {
        self.found.push(Misuse {
            id: 0,
            connect,
            span: span(expr),
            kind,
        });
    }

    fn call(&mut self, call: &'a ast::ExprCall) {
        let name = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return,
        };
        let given = match name {
            "wait" => call.arguments.args.first().map_or(&[][..], elements),
            "create_task" | "run" | "run_coroutine_threadsafe" | "run_until_complete" => {
                let named = || call.arguments.find_keyword("coro").map(|keyword| &keyword.value);
                let first = call.arguments.args.first().or_else(named);
                first.map_or(&[][..], std::slice::from_ref)
            }
            "ensure_future" | "gather" | "shield" => &call.arguments.args,
            "wait_for" => call.arguments.args.first().map_or(&[][..], std::slice::from_ref),
            "getattr" => return self.asked_in_vain(call),
            _ => self.method(call, name),
        };
        let Some(connect) = given.iter().find_map(|value| self.object(value)) else {
            return;
        };
        if let [Value::Path(path)] = self.names.values(&call.func)
            && path.starts_with("asyncio.")
        {
            let function = path.clone();
            self.report(connect, call, MisuseKind::AsCoroutine { function });
        }
    }

    /// `connect(…).send(…)`.
    fn method(&mut self, call: &'a ast::ExprCall, name: &str) -> &'a [Expr] {
        let Expr::Attribute(method) = &*call.func else {
            return &[];
        };
        let is_of_connections = |connect: &Connect| {
            let package = &self.catalog.entry(connect.api).package;
            let mut objects = self.catalog.objects(Language::Python, package).iter();
            objects.any(|object| object.connection_methods.iter().any(|known| known == name))
        };
        if let Some(connect) = self.object(&method.value).filter(|connect| is_of_connections(connect)) {
            let method_name = name.to_owned();
            self.report(connect, &*call.func, MisuseKind::Unawaited { method: method_name });
        }
        &[]
    }

    fn with(&mut self, with: &'a ast::StmtWith) {
        for item in &with.items {
            let context = &item.context_expr;
            if !with.is_async {
                if let Some(connect) = self.object(context).filter(|connect| connect.entry != Entry::Blocking) {
                    self.report(connect, context, MisuseKind::PlainWith);
                }
            } else if let Some(connect) = self.called(context).filter(|connect| connect.entry == Entry::Blocking) {
                self.report(connect, context, MisuseKind::BlockingEntered);
            } else if let Some(connect) = self.object_that(context, |object| !object.manager) {
                self.report(connect, context, MisuseKind::Entered);
            } else if let Some((connect, directly)) = self.connection(context) {
                self.report(connect, context, MisuseKind::ConnectionEntered { directly });
            } else if let Expr::Name(name) = context
                && let Some(connect) = self.opened_as(name.id.as_str())
            {
                self.report(connect, context, MisuseKind::ConnectionEntered { directly: false });
            }
        }
    }

    /// The connect whose connection the local variable `name` holds, and nothing else ever.
    fn opened_as(&mut self, name: &str) -> Option<&'a Connect> {
        Some(self.opened_and_counted(name)?.0)
    }

    /// The same with what else is known of the variable.
    fn opened_and_counted(&mut self, name: &str) -> Option<(&'a Connect, Counted)> {
        if self.opened.len() > MOST_OPENED {
            return None;
        }
        let (name, start) = *self.opened.iter().rev().find(|(opened, _)| *opened == name)?;
        let function = *self.functions.last()?;
        let counted = *self
            .counts
            .entry((name, function.start().to_usize()))
            .or_insert_with(|| Counted::of(name, function, self.choice));
        (counted.bound == 1).then(|| Some((*self.by_start.get(&start)?, counted)))?
    }

    /// The connect whose connection `expr` is, in code that asks nothing about it.
    fn plain_connection(&mut self, expr: &'a Expr) -> Option<Cow<'a, Connect>> {
        if self.meant_to_fail > 0 {
            return None;
        }
        let local = expr
            .as_name_expr()
            .and_then(|name| self.opened_and_counted(name.id.as_str()));
        let local = local.map(|(connect, counted)| (Cow::Borrowed(connect), counted));
        let (connect, counted) = local.or_else(|| self.kept_connection(expr))?;
        let at = expr.start().to_usize();
        let is_asked = || self.choice.is_tested(at) || self.choice.callers_expect_failure(at);
        (counted.asks == 0 && !is_asked()).then_some(connect)
    }

    /// The same for a connection that is kept in an object, or that a function or a fixture of the project gives.
    fn kept_connection(&mut self, expr: &'a Expr) -> Option<(Cow<'a, Connect>, Counted)> {
        let owner = |expr: &&'a Expr| match expr {
            Expr::Attribute(attribute) => Some(&*attribute.value),
            Expr::Subscript(item) => Some(&*item.value),
            _ => None,
        };
        let root = std::iter::successors(Some(expr), owner).last()?;
        let (name, function) = (root.as_name_expr()?.id.as_str(), *self.functions.last()?);
        let connect = match self.names.makings(expr) {
            Some(makings) => self.opened_by_all(makings)?,
            None => Cow::Owned(self.declared(expr)?),
        };
        let key = (name, function.start().to_usize());
        let counted = *self
            .counts
            .entry(key)
            .or_insert_with(|| Counted::of(name, function, self.choice));
        Some((connect, counted))
    }

    /// The connect whose connection each of these calls makes.
    fn opened_by_all(&self, makings: &[Making]) -> Option<Cow<'a, Connect>> {
        let mut opened = makings.iter().map(|making| match opened(making, &self.by_start) {
            Some(connect) => Some(Cow::Borrowed(connect)),
            None => opened_elsewhere(making, self.catalog, self.others?).map(Cow::Owned),
        });
        let connect = opened.next()??;
        let objects = self.objects(&connect);
        let is_same = opened.all(|other| other.is_some_and(|other| self.objects(&other) == objects));
        is_same.then_some(connect)
    }

    /// The connect that gives connections of the class that an annotation names for `expr`.
    fn declared(&self, expr: &Expr) -> Option<Connect> {
        let [Value::Outcome(class)] = self.names.values(expr) else {
            return None;
        };
        declared(class, span(expr), self.catalog)
    }

    /// `getattr(ws, "open", False)`, the only look at what the connection is.
    fn asked_in_vain(&mut self, call: &'a ast::ExprCall) {
        let [object, Expr::StringLiteral(attribute), _] = &*call.arguments.args else {
            return;
        };
        if self.meant_to_fail > 0 || self.names.resolve(&call.func) != Some("getattr") {
            return;
        }
        let local = object
            .as_name_expr()
            .and_then(|name| self.opened_and_counted(name.id.as_str()));
        let local = local.map(|(connect, counted)| (Cow::Borrowed(connect), counted));
        let Some((connect, counted)) = local.or_else(|| self.kept_connection(object)) else {
            return;
        };
        let attribute = attribute.value.to_str();
        let is_lacking = self
            .objects(&connect)
            .iter()
            .any(|object| object.lacks(attribute).is_some());
        // Of an object that is known by its path the question itself counts.
        let is_counted = self.names.resolve(object).is_some();
        let is_alone = counted.asks == usize::from(is_counted) && !counted.knows_state;
        if is_lacking && is_alone && !self.choice.is_tested(call.start().to_usize()) {
            let attribute = attribute.to_owned();
            self.push_of(misused(connect), call, MisuseKind::AttributeAsked { attribute });
        }
    }

    fn objects(&self, connect: &Connect) -> &'a [Object] {
        let package = &self.catalog.entry(connect.api).package;
        self.catalog.objects(Language::Python, package)
    }

    /// `ws.open`.
    fn attribute(&mut self, read: &'a ast::ExprAttribute) {
        if read.ctx != ExprContext::Load {
            return;
        }
        let attribute = read.attr.as_str();
        if let Some(connect) = self.plain_connection(&read.value)
            && self
                .objects(&connect)
                .iter()
                .any(|object| object.lacks(attribute).is_some())
            // What the module itself puts there is there.
            && !put_at(read, self.names).is_some_and(|read| self.put_there.contains(&read))
        {
            let attribute = attribute.to_owned();
            self.push_of(misused(connect), read, MisuseKind::AttributeRead { attribute });
        }
    }

    /// `ws.recv(timeout=5)`.
    fn keywords(&mut self, call: &'a ast::ExprCall) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg
                && let Some(connect) = self.plain_connection(&method.value)
                && self
                    .objects(&connect)
                    .iter()
                    .any(|object| object.rejects(&method.attr, name).is_some())
            {
                let kind = MisuseKind::KeywordGiven {
                    method: method.attr.to_string(),
                    keyword: name.to_string(),
                };
                self.push_of(misused(connect), name, kind);
            }
        }
    }

    /// Takes note of the variables that an `async with` or `async for` puts connections into.
    fn open(&mut self, manager: &Expr, target: Option<&'a Expr>) {
        let connect = || {
            let awaited = || self.connection(manager).map(|(connect, _)| connect);
            self.called(manager).or_else(awaited)
        };
        if let Some(Expr::Name(target)) = target
            && let Some(connect) = connect()
        {
            self.opened.push((target.id.as_str(), connect.call.start));
        }
    }
}

fn misused(connect: Cow<'_, Connect>) -> MisusedConnect {
    match connect {
        Cow::Borrowed(connect) => MisusedConnect::Here(connect.id),
        Cow::Owned(connect) => MisusedConnect::Elsewhere(Box::new(connect)),
    }
}

/// In a function that opens more connections they are not followed.
const MOST_OPENED: usize = 64;

/// The elements of what `asyncio.wait` gets.
fn elements(argument: &Expr) -> &[Expr] {
    match argument {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::Set(set) => &set.elts,
        Expr::ListComp(each) => std::slice::from_ref(&each.elt),
        Expr::SetComp(each) => std::slice::from_ref(&each.elt),
        _ => &[],
    }
}

impl<'a> Visitor<'a> for Collector<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let opened = std::mem::take(&mut self.opened);
                self.functions.push(function);
                walk_stmt(self, statement);
                self.functions.pop();
                self.opened = opened;
                return;
            }
            Stmt::With(with) => {
                self.with(with);
                for item in with.items.iter().filter(|_| with.is_async) {
                    self.open(&item.context_expr, item.optional_vars.as_deref());
                }
                let is_expected = with.items.iter().any(|item| expects_failure(&item.context_expr));
                self.meant_to_fail += usize::from(is_expected);
                walk_stmt(self, statement);
                self.meant_to_fail -= usize::from(is_expected);
                return;
            }
            Stmt::For(each) if each.is_async => self.open(&each.iter, Some(&each.target)),
            Stmt::Try(attempt) if catches_misuse(attempt) => {
                self.meant_to_fail += 1;
                walk_stmt(self, statement);
                self.meant_to_fail -= 1;
                return;
            }
            Stmt::Assign(assign) => {
                if let [Expr::Name(target)] = assign.targets.as_slice()
                    && let Some(connect) = self
                        .connection(&assign.value)
                        .map(|(connect, _)| connect)
                        .or_else(|| self.entered_by_stack(&assign.value))
                {
                    self.opened.push((target.id.as_str(), connect.call.start));
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                self.call(call);
                self.keywords(call);
            }
            Expr::Attribute(read) => self.attribute(read),
            Expr::Await(awaited) => {
                if let Some(connect) = self.called(&awaited.value)
                    && connect.entry == Entry::Blocking
                {
                    self.report(connect, expr, MisuseKind::BlockingAwaited);
                } else if let Some(connect) = self.object_that(&awaited.value, |object| !object.awaitable) {
                    self.report(connect, expr, MisuseKind::Awaited);
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

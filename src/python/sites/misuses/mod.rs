//! Uses of a connect that may fail for what its object is: given to what takes a coroutine, its connection entered,
//! entered by a plain `with`, used without having been awaited.

use self::counted::Counted;
use self::put_there::{PutThere, put_there};
use foldhash::{HashMap, HashSet};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use crate::catalog::Catalog;
use crate::python::names::{Names, Value};
use crate::python::program::Others;
use crate::python::syntax::expected_failures::{catches_misuse, expects_failure, suppresses_misuse};
use crate::python::syntax::spans::span;
use crate::python::version_choice::VersionChoice;
use crate::sites::{Connect, Entry, Misuse, MisuseKind, MisusedConnect};
use crate::source::Language;

mod connections;
mod counted;
mod declared;
mod elsewhere;
mod members;
mod objects;
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
                let fails = |manager: &Expr| expects_failure(manager) || suppresses_misuse(manager);
                let is_expected = with.items.iter().any(|item| fails(&item.context_expr));
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

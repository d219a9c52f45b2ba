//! What threads do that a function starts: it waits for their end, or for what they do to an object.
//!
//! Executed with Python 3.12.1: two threads of 2 s, started before either is joined, take 2 s in all.

use ruff_python_ast::{Expr, ExprAttribute, ExprCall, Keyword, Stmt, StmtFor};
use ruff_text_size::{Ranged, TextSize};

use super::builder::{Builder, branch, is_name, uses};
use super::groups::Started;
use crate::python::names::{FunctionId, Method, Value};
use crate::python::sites::collect::{InThread, POOLS};
use crate::python::syntax::dotted::{dotted, last_name, with_items};
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::sites::Course;
use crate::source::Language;

/// The classes of what runs a function and is waited for by `join`.
const JOINED: &[&str] = &[
    "threading.Thread",
    "multiprocessing.Process",
    "multiprocessing.context.Process",
];

/// From one function to the next so many are gone through that a thread runs, and so many starts are looked at.
const MOST_REACHED: usize = 16;
const MOST_STARTS: usize = 16;

/// What a thread does that a loop waits for.
pub(super) fn of_thread(course: Course) -> Course {
    match course.is_nothing() {
        true => course,
        false => Course::InThread(Box::new(course)),
    }
}

impl<'a> Builder<'a, '_> {
    /// A function that runs in a thread: nothing ends it from outside.
    pub(super) fn in_thread(&self, function: Option<&'a Expr>, rest: &'a [Expr], keywords: &'a [Keyword]) -> Course {
        let Some(function) = function else {
            return Course::default();
        };
        let names = self.all.lengths.names;
        if let Some(local) = names.local_function(function) {
            return self.called(function, local, rest, keywords);
        }
        self.blocked_by(function, rest, keywords)
            .unwrap_or_else(|| self.unseen(function))
    }

    /// What a function of the catalogue blocks for that something else calls.
    pub(super) fn blocked_by(&self, function: &'a Expr, rest: &'a [Expr], keywords: &'a [Keyword]) -> Option<Course> {
        let names = self.all.lengths.names;
        let path = names.resolve(function).filter(|path| !self.all.is_replaced(path))?;
        let known = self.all.catalog.blocking(Language::Python, path)?;
        Some(self.blocked(function, known, rest, keywords))
    }

    /// `thread.join` without a limit, or until not `thread.is_alive`: it is over when the function is that the thread runs.
    pub(super) fn joined(&self, expr: &'a Expr) -> Option<Course> {
        let method = expr
            .as_call_expr()
            .map_or(expr, |call| &call.func)
            .as_attribute_expr()?;
        let made = self.all.lengths.once(&method.value)?.as_call_expr()?;
        let names = self.all.lengths.names;
        let class = names.resolve(&made.func)?;
        if !matches!(method.attr.as_str(), "join" | "is_alive") || !JOINED.contains(&class) || !self.may_follow() {
            return None;
        }
        let thread = InThread::of(made, names)?;
        Some(self.follow(|| self.in_thread(Some(thread.target), thread.positional(), &[])))
    }

    /// What a pool of threads is given to do, for which the end of its block waits: `pool.submit(work)`, `pool.map(work, all)`.
    pub(super) fn given_to_pool(&self, call: &'a ExprCall, method: &'a ExprAttribute) -> Option<Course> {
        let pool = method.value.as_name_expr()?;
        let is_pool = |value: &Value| matches!(value, Value::Outcome(path) if POOLS.contains(&path.as_str()));
        let [work, rest @ ..] = &*call.arguments.args else {
            return None;
        };
        if !self.all.lengths.names.values(&method.value).iter().any(is_pool) {
            return None;
        }
        let course = of_thread(self.in_thread(Some(work), rest, &call.arguments.keywords));
        let mut groups = self.groups.borrow_mut();
        let (_, tasks) = groups.iter_mut().rev().find(|(name, _)| *name == pool.id.as_str())?;
        tasks.push(Started {
            course,
            started: work,
            rest,
            call,
        });
        Some(Course::default())
    }

    /// What the tasks of a group are in the hands of those that work on them: a pool of few threads does one after the other.
    pub(super) fn by_workers(
        &self,
        manager: &'a Expr,
        (pool, block): (&str, &[Stmt]),
        tasks: Vec<Course>,
    ) -> Vec<Course> {
        let call = manager.as_call_expr();
        let is_pool = |call: &&ExprCall| {
            let path = self.all.lengths.names.resolve(&call.func);
            path.is_some_and(|path| POOLS.contains(&path))
        };
        let most = call
            .filter(is_pool)
            .and_then(|call| call.arguments.find_argument_value("max_workers", 0));
        let Some(most) = most else { return tasks };
        let maps = |expr: &Expr| {
            let method = expr.as_call_expr().and_then(|call| call.func.as_attribute_expr());
            method.is_some_and(|method| method.attr.as_str() == "map" && is_name(&method.value, pool))
        };
        let given = u32::try_from(tasks.len()).map_or(f64::INFINITY, f64::from);
        match self.all.lengths.number(most) {
            Some(most) if most >= given && !uses(block, &maps) => tasks,
            _ if uses(block, &maps) => vec![self.unseen(manager)],
            _ => vec![Course::sequence(tasks)],
        }
    }

    /// What a loop waits for that joins each of the threads of a list, which run beside each other: the longest.
    pub(super) fn joins_each(&self, each: &'a StmtFor, only: &Stmt) -> Option<Course> {
        let thread = each.target.as_name_expr()?;
        let call = only.as_expr_stmt()?.value.as_call_expr()?;
        if !joins(only, &thread.id) || !call.arguments.is_empty() || !self.may_follow() {
            return None;
        }
        let all = match self.all.lengths.followed(&each.iter) {
            Expr::List(list) => &*list.elts,
            Expr::Tuple(tuple) => &*tuple.elts,
            Expr::ListComp(list) => std::slice::from_ref(&*list.elt),
            _ => return None,
        };
        let threads = all.iter().map(|element| {
            let made = self.all.lengths.once(element).unwrap_or(element).as_call_expr()?;
            InThread::of(made, self.all.lengths.names)
        });
        let threads: Vec<InThread<'a>> = threads.collect::<Option<_>>()?;
        let work = threads
            .iter()
            .map(|thread| self.in_thread(Some(thread.target), thread.positional(), &[]));
        Some(self.follow(|| branch(work.collect())))
    }

    /// Whether what the function has started before `at` calls one of these methods of an object.
    pub(super) fn is_ended_beside(&self, object: &Expr, methods: &[&str], at: TextSize) -> bool {
        let function = self.all.lengths.names.function_at(at.to_usize());
        let by_task = |object: String| self.all.beside.is_ended(function, &object, methods, at.to_usize());
        // Others that run the same function wait for each other: at a barrier.
        let by_its_like =
            || methods == ["wait"] && function.is_some_and(|function| self.all.beside.is_started(function));
        with_items(object).is_some_and(by_task)
            || by_its_like()
            || self.is_ended_by_a_thread(object, methods, at)
            || self.is_ended_by_a_double(object, methods, at)
    }

    fn is_ended_by_a_thread(&self, object: &Expr, methods: &[&str], at: TextSize) -> bool {
        let names = self.all.lengths.names;
        let function = names.function_at(at.to_usize());
        let definition = function.and_then(|function| self.all.functions.definition(function.index()));
        let (Some(definition), Some(name)) = (definition, last_name(object)) else {
            return false;
        };
        let started = expressions_in(&definition.function.body, Scope::OwnAndLambdas).filter_map(|expr| {
            let method = expr.as_call_expr()?.func.as_attribute_expr()?;
            (method.attr.as_str() == "start" && expr.start() < at).then_some(&*method.value)
        });
        let mut run = started.take(MOST_STARTS).filter_map(|thread| self.run_by(thread));
        run.any(|(function, call)| {
            // What it is given has the name of a parameter there.
            let given = InThread::of(call, names)
                .map(|thread| thread.positional())
                .unwrap_or_default();
            let parameters = names.parameters(function).iter().zip(given);
            let is_given = parameters.filter(|(_, value)| dotted(value) == dotted(object));
            let known: Vec<&str> = is_given.map(|(name, _)| name.as_str()).chain([name]).collect();
            self.reaches(function, methods, &known)
        })
    }

    /// The function that a thread runs, and the call that makes the thread.
    fn run_by(&self, thread: &'a Expr) -> Option<(FunctionId, &'a ExprCall)> {
        let names = self.all.lengths.names;
        let made = self.all.lengths.once(thread).unwrap_or(thread).as_call_expr()?;
        if let Some(thread) = InThread::of(made, names) {
            return Some((names.local_function(thread.target)?, made));
        }
        if !names.descends(&made.func, &|path| JOINED.contains(&path)) {
            return None;
        }
        let Some(Value::Class(class)) = names.made_class(&made.func) else {
            return None;
        };
        match names.method_of_class(class, "run")? {
            Method::Here(run) => Some((run, made)),
            Method::There(..) => None,
        }
    }

    /// Whether a function, or one that it calls, does so to what has one of these names.
    fn reaches(&self, function: FunctionId, methods: &[&str], known: &[&str]) -> bool {
        let (mut reached, mut next) = (vec![function], 0);
        while let Some(function) = reached.get(next).copied() {
            next += 1;
            let Some(definition) = self.all.functions.definition(function.index()) else {
                continue;
            };
            for expr in expressions_in(&definition.function.body, Scope::All) {
                match expr {
                    Expr::Attribute(method)
                        if methods.contains(&method.attr.as_str())
                            && last_name(&method.value).is_some_and(|name| known.contains(&name)) =>
                    {
                        return true;
                    }
                    Expr::Call(call) => {
                        let called = self.all.lengths.names.local_function(&call.func);
                        let called = called.filter(|called| reached.len() < MOST_REACHED && !reached.contains(called));
                        reached.extend(called);
                    }
                    _ => {}
                }
            }
        }
        false
    }

    /// The variable of a thread that a statement starts: `thread.start()`.
    pub(super) fn thread_started(&self, statement: &'a Stmt) -> Option<&'a str> {
        let call = statement.as_expr_stmt()?.value.as_call_expr()?;
        let method = call.func.as_attribute_expr()?;
        let name = method
            .value
            .as_name_expr()
            .filter(|_| method.attr.as_str() == "start")?;
        let made = self.all.lengths.once(&method.value)?.as_call_expr()?;
        let class = self.all.lengths.names.resolve(&made.func)?;
        JOINED.contains(&class).then_some(name.id.as_str())
    }
}

/// Whether a statement waits for the end of the thread of this name.
pub(super) fn joins(statement: &Stmt, thread: &str) -> bool {
    let call = statement.as_expr_stmt().and_then(|bare| bare.value.as_call_expr());
    let method = call.and_then(|call| call.func.as_attribute_expr());
    method.is_some_and(|method| method.attr.as_str() == "join" && is_name(&method.value, thread))
}

//! Tasks that run while their function waits for something else: who awaits one later waits for what is left of it.
//!
//! Executed with Python 3.11.7: a task of 2 s, started before a sleep of 1.5 s and awaited behind it, takes 2 s in all.

use ruff_python_ast::{Expr, Stmt, StmtFor};

use super::builder::{Builder, branch, is_name, together, uses};
use super::threads::joins;
use crate::python::names::Names;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::sites::Course;

/// In one suite so many tasks are followed.
const MOST: usize = 16;

/// A task of a suite: the statements that start it, and that wait for its end.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    is_thread: bool,
}

impl<'a> Builder<'a, '_> {
    /// A suite, where a wait for a task runs from where that was started.
    pub(super) fn beside_tasks(&self, body: &'a [Stmt], courses: &mut [Course]) {
        let mut runs: Vec<Run> = Vec::new();
        let task = |statement| Some((started_by(statement, self.all.lengths.names)?, false));
        let thread = |statement| Some((self.thread_started(statement)?, true));
        let started = body.iter().enumerate();
        let started =
            started.filter_map(|(index, statement)| Some((index, task(statement).or_else(|| thread(statement))?)));
        for (start, (task, is_thread)) in started {
            let behind = body.iter().enumerate().skip(start + 1);
            let ends = |(index, statement): (usize, &'a Stmt)| {
                let is_over = match is_thread {
                    true => joins(statement, task),
                    false => awaits(statement, task),
                };
                is_over.then_some(index)
            };
            if self.locals.is_bound_again(task) || runs.len() >= MOST {
                continue;
            }
            let end = behind.filter_map(ends).next();
            runs.extend(end.map(|end| Run { start, end, is_thread }));
        }
        let is_quiet: Vec<bool> = courses.iter().map(Course::is_nothing).collect();
        let quiet = |from: usize, to: usize| {
            is_quiet
                .get(from..=to)
                .is_some_and(|all| all.iter().all(|quiet| *quiet))
        };
        runs.sort_by_key(|run| run.end);
        for (index, run) in runs.iter().enumerate() {
            // One that is started in the course of another, and awaited behind that, is counted from its start on in no tree.
            let mut earlier = runs.iter().take(index);
            let overlaps = |other: &Run| other.start < run.start && run.start <= other.end;
            if earlier.any(|other| overlaps(other) && !quiet(other.start + 1, run.start)) {
                continue;
            }
            let covered = courses.get_mut(run.start + 1..=run.end).unwrap_or_default();
            let Some((waited, meanwhile)) = covered.split_last_mut() else {
                continue;
            };
            let meanwhile = Course::sequence(meanwhile.iter_mut().map(std::mem::take));
            let both = vec![meanwhile, std::mem::take(waited)];
            *waited = match run.is_thread {
                // What blocks the one does not keep the other waiting: the longer of the two.
                true => branch(both),
                false => together(both),
            };
        }
    }

    /// What a group of tasks waits for whose block takes `block`, and its tasks the rest: they run beside it where they are started first.
    pub(super) fn of_group(&self, group: &str, suite: &'a [Stmt], block: Course, tasks: Vec<Course>) -> Course {
        let tasks = together(tasks);
        match starts_first(suite, group) {
            true => together(vec![block, tasks]),
            false => Course::sequence([block, tasks]),
        }
    }

    /// What a loop waits for that awaits each of the tasks of a list, one after the other, and nothing else.
    pub(super) fn awaits_each(&self, each: &'a StmtFor) -> Option<Course> {
        let [only] = &*each.body else { return None };
        if let Some(joined) = self.joins_each(each, only) {
            return Some(joined);
        }
        let mut awaited =
            expressions_in(std::slice::from_ref(only), Scope::OwnAndLambdas).filter_map(|expr| match expr {
                Expr::Await(awaited) => Some(&*awaited.value),
                _ => None,
            });
        let element = each.target.as_name_expr()?.id.as_str();
        let is_it = is_name(awaited.next()?, element) && awaited.next().is_none();
        let tasks = self.all.lengths.followed(&each.iter);
        let is_plain = matches!(only, Stmt::Expr(_) | Stmt::Assign(_)) && !each.is_async && each.orelse.is_empty();
        (is_it && is_plain && self.are_tasks(tasks) && self.may_follow()).then(|| self.all_of(&each.iter))
    }

    /// Whether each element of a list runs already.
    fn are_tasks(&self, list: &'a Expr) -> bool {
        let is_task = |element: &'a Expr| {
            starts(
                self.all.lengths.once(element).unwrap_or(element),
                self.all.lengths.names,
            )
        };
        match list {
            Expr::List(list) => list.elts.iter().all(is_task),
            Expr::Tuple(tuple) => tuple.elts.iter().all(is_task),
            Expr::ListComp(list) => starts(&list.elt, self.all.lengths.names),
            _ => false,
        }
    }
}

/// Whether the block of a group waits for nothing before it has started its last task.
fn starts_first(suite: &[Stmt], group: &str) -> bool {
    let starts = |expr: &Expr| {
        let method = expr.as_call_expr().and_then(|call| call.func.as_attribute_expr());
        method.is_some_and(|method| is_name(&method.value, group))
    };
    let has = |statement: &Stmt, is_meant: &dyn Fn(&Expr) -> bool| uses(std::slice::from_ref(statement), is_meant);
    let last = suite.iter().rposition(|statement| has(statement, &starts));
    let first = last.and_then(|last| suite.get(..=last)).unwrap_or_default();
    first.iter().all(|statement| {
        matches!(statement, Stmt::Expr(_) | Stmt::Assign(_) | Stmt::AnnAssign(_))
            && !has(statement, &Expr::is_await_expr)
    })
}

/// The variable that keeps the task, or the list of tasks, that a statement starts.
fn started_by<'s>(statement: &'s Stmt, names: &Names) -> Option<&'s str> {
    let assign = statement.as_assign_stmt()?;
    let [Expr::Name(task)] = &*assign.targets else {
        return None;
    };
    let starts_one = match &*assign.value {
        Expr::ListComp(list) => starts(&list.elt, names),
        Expr::List(list) => !list.elts.is_empty() && list.elts.iter().all(|element| starts(element, names)),
        value => starts(value, names),
    };
    starts_one.then_some(task.id.as_str())
}

/// Whether an expression starts a task.
fn starts(expr: &Expr, names: &Names) -> bool {
    expr.as_call_expr().is_some_and(|call| {
        let by_name = last_name(&call.func).is_some_and(|name| matches!(name, "create_task" | "ensure_future"));
        by_name || names.argument_started(call).is_some_and(|started| started.gives_task)
    })
}

/// What an assertion compares with something that is there already.
fn asserted(test: &Expr) -> &Expr {
    match test {
        Expr::Compare(compare) => {
            let is_there = |value: &Expr| value.is_literal_expr() || value.is_name_expr();
            let is_plain = compare.comparators.iter().all(is_there);
            if is_plain { &compare.left } else { test }
        }
        Expr::UnaryOp(not) => &not.operand,
        other => other,
    }
}

/// Whether a statement waits for the end of a task, or of each task of a list, and for nothing else.
fn awaits(statement: &Stmt, task: &str) -> bool {
    let awaited = |value: &Expr| match value {
        Expr::Await(awaited) => match &*awaited.value {
            Expr::Call(call) if last_name(&call.func) == Some("gather") => match &*call.arguments.args {
                [Expr::Starred(all)] => is_name(&all.value, task),
                _ => false,
            },
            awaited => is_name(awaited, task),
        },
        _ => false,
    };
    match statement {
        Stmt::Expr(bare) => awaited(&bare.value),
        Stmt::Assert(assert) => awaited(asserted(&assert.test)),
        Stmt::Assign(assign) => awaited(&assign.value),
        Stmt::Return(returned) => returned.value.as_deref().is_some_and(awaited),
        Stmt::For(each) => is_name(&each.iter, task) && matches!(&*each.body, [Stmt::Expr(_)]),
        _ => false,
    }
}

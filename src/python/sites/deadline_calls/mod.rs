//! The visit that finds every call that sets a deadline, whether it covers a connect or not: how it is used, what else
//! is waited for under it, what catches what it raises.

use foldhash::HashMap;
use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{Expr, ExprCall, ModModule, StmtFunctionDef};
use ruff_text_size::Ranged;

use self::blocks::{Frame, Guarded, Wait};
use self::entering::Made;
use crate::python::deadlines::{LIBRARIES, Setter, deadline, setter, stacked};
use crate::python::names::{Names, Value};
use crate::python::sites::task_calls::runs_a_loop;
use crate::python::sites::usage::{Slot, enters, generators};
use crate::python::syntax::spans::span;
use crate::python::testing::test_code::TestCode;
use crate::python::values::bounds::number;
use crate::python::values::variables::Variables;
use crate::python::version_choice::VersionChoice;
use crate::sites::{
    Bound, Connect, Deadline, DeadlineCall, DeadlineKind, DeadlineSites, DeadlineUsage, HeldOpen, LimitArgument,
    Rescheduled,
};
use crate::source::Span;

mod blocks;
mod entering;
mod handlers;
mod in_force;
pub(in crate::python) mod meant_to_fail;
pub(in crate::python) mod newer;
mod visit;
mod with_items;

pub(in crate::python) use newer::may_skip;

/// Of what is around a call at most so much is looked at: nobody nests as deeply, and the time for a file must not grow
/// with the square of its size.
const FARTHEST: usize = 64;

/// Finds what a module says about deadlines. `connects` are its connects, by position.
pub(in crate::python) fn collect<'a>(
    module: &'a ModModule,
    variables: &'a dyn Variables,
    tests: &'a TestCode<'a>,
    choice: &'a VersionChoice<'a>,
    connects: &'a [Connect],
) -> DeadlineSites {
    let names = variables.names();
    if !names.imports_any_of(LIBRARIES) {
        return DeadlineSites::default();
    }
    let mut collector = Collector {
        names,
        variables,
        tests,
        choice,
        connects,
        parents: Vec::new(),
        slot: Slot::Other,
        with_index: None,
        inside: Inside::default(),
        expects_failure: None,
        withs: Vec::new(),
        meant_to_fail: 0,
        unseen_by_old: newer::patches(module, choice),
        found: DeadlineSites::default(),
    };
    collector.visit_body(&module.body);
    let mut found = collector.found;
    found.calls.sort_by_key(|call| call.call);
    found.are_set = !found.calls.is_empty();
    found
}

struct Collector<'a> {
    names: &'a Names,
    variables: &'a dyn Variables,
    tests: &'a TestCode<'a>,
    choice: &'a VersionChoice<'a>,
    connects: &'a [Connect],
    /// The expressions around the current one within its statement, the innermost last.
    parents: Vec<&'a Expr>,
    slot: Slot<'a>,
    /// The `with` whose items are visited: its place in [`Collector::withs`].
    with_index: Option<usize>,
    inside: Inside<'a>,
    /// Whether something in the outermost function around is expected to fail, once that was asked.
    expects_failure: Option<bool>,
    withs: Vec<With>,
    /// How much around the current code is meant to fail.
    meant_to_fail: usize,
    /// How much around the current code is not run by old Pythons.
    unseen_by_old: usize,
    found: DeadlineSites,
}

/// What the current code is inside of. A nested function, lambda or class inherits nothing but its outermost function.
#[derive(Default)]
struct Inside<'a> {
    /// The outermost function around.
    outermost: Option<&'a StmtFunctionDef>,
    is_async: bool,
    /// The deadlines that were entered here, the outermost first.
    frames: Vec<Frame>,
    /// The code here that something catches exceptions of, the outermost first.
    guarded: Vec<Guarded>,
    /// Where each block around begins, the outermost first.
    blocks: Vec<usize>,
    /// The loops around: whether each goes on for certain, round after round.
    loops: Vec<bool>,
    /// Deadlines that are kept in local variables.
    made: HashMap<Name, Made>,
    /// The function is a fixture of pytest-asyncio, which sets it up in one task and tears it down in another one.
    is_split_fixture: bool,
    /// The scopes of anyio around, by what makes them, the outermost first.
    scopes: Vec<HeldOpen>,
    /// Other functions may see the local variables: those that are defined so far, or all by `global` and `nonlocal`.
    is_shared: bool,
}

/// A `with` around the current code.
struct With {
    /// The statement.
    whole: Span,
    /// The connect that an item so far enters.
    connect: Option<usize>,
    /// The current item has a target.
    binds: bool,
}

impl<'a> Collector<'a> {
    fn call(&mut self, call: &'a ExprCall) {
        if let Some(setter) = setter(call, self.names) {
            self.deadline(call, setter);
        }
        self.reschedule(call);
        self.newer_name(call);
    }

    fn deadline(&mut self, call: &'a ExprCall, setter: Setter<'a>) {
        let limit = setter.limit.map(|value| LimitArgument {
            span: span(value),
            bound: setter.unit.bound(value, self.variables),
            written: setter.unit.written(value, self.variables),
            is_absolute: setter.unit.is_moment(value, self.variables),
        });
        let is_shielded = call.arguments.find_keyword("shield").is_some()
            || call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
        let only_wait = match setter.kind {
            DeadlineKind::Wait => setter.awaited.and_then(|waited| self.connect_itself(waited)),
            DeadlineKind::AsyncManager | DeadlineKind::Manager => None,
        };
        self.found.calls.push(DeadlineCall {
            path: setter.path.to_owned(),
            call: span(call),
            callee: span(&*call.func),
            kind: setter.kind,
            limit,
            misfit: setter.misfit,
            usage: self.usage(),
            around: match self.is_for_a_task() {
                true => Vec::new(),
                false => self.lasting(),
            },
            is_shielded,
            only_wait,
            in_async: self.inside.is_async,
            in_test: self.tests.covers(call.start().to_usize()),
            expects_failure: self.is_meant_to_fail(call.start().to_usize()),
        });
    }

    /// The place of `waited`, where it is nothing but a connect, or the entering of one.
    fn connect_itself(&self, waited: &Expr) -> Option<Span> {
        let connect = match waited {
            Expr::Call(call) if enters(call) => call.arguments.args.first()?,
            other => other,
        };
        let place = span(connect);
        self.connects
            .binary_search_by_key(&place, |connect| connect.call)
            .ok()?;
        Some(span(waited))
    }

    /// What is done with the current expression.
    fn usage(&self) -> DeadlineUsage {
        match (self.parents.as_slice(), self.slot) {
            ([], Slot::WithItem { is_async, .. }) => DeadlineUsage::Entered {
                is_async,
                behind: self.with_index.and_then(|index| self.withs.get(index)?.connect),
            },
            ([], Slot::Bare) => DeadlineUsage::Bare,
            ([.., Expr::Await(_)], _) => DeadlineUsage::Awaited,
            ([.., Expr::Call(call)], _) if self.is_stack(call) => match stacked(call, true) {
                Some((_, is_async)) => DeadlineUsage::Stacked { is_async },
                None => DeadlineUsage::Other,
            },
            _ => DeadlineUsage::Other,
        }
    }

    /// Whether the object of a method certainly is an exit stack.
    fn is_stack(&self, call: &ExprCall) -> bool {
        let Expr::Attribute(method) = &*call.func else {
            return false;
        };
        let stacks = ["contextlib.ExitStack", "contextlib.AsyncExitStack"];
        let is_stack = |value: &Value| matches!(value, Value::Outcome(path) if stacks.contains(&path.as_str()));
        let values = self.names.values(&method.value);
        !values.is_empty() && values.iter().all(is_stack)
    }

    /// What the current call makes is given to a task, which goes on when a deadline around has ended.
    fn is_for_a_task(&self) -> bool {
        let Some(Expr::Call(call)) = self.parents.last() else {
            return false;
        };
        let name = match &*call.func {
            Expr::Name(name) => &name.id,
            Expr::Attribute(attribute) => &attribute.attr.id,
            _ => return false,
        };
        matches!(name.as_str(), "create_task" | "ensure_future")
    }

    /// The deadlines that hold here and that nothing can move. None of this loop's reaches into a loop that is run inside of it.
    fn lasting(&self) -> Vec<Deadline> {
        let runs = |parent: &&Expr| matches!(parent, Expr::Call(call) if runs_a_loop(call, self.names));
        if self.parents.iter().any(runs) {
            return Vec::new();
        }
        let frames = self.inside.frames.iter().rev().take(FARTHEST);
        frames
            .filter(|frame| frame.is_in_force && !frame.is_bound)
            .map(|frame| frame.deadline.clone())
            .collect()
    }

    /// `deadline.reschedule(5)`: `async_timeout` calls it `update`, too.
    fn reschedule(&mut self, call: &ExprCall) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let Expr::Name(handle) = &*method.value else {
            return;
        };
        let frame = self
            .inside
            .frames
            .iter()
            .rev()
            .take(FARTHEST)
            .find(|frame| frame.handle.as_ref() == Some(&handle.id));
        let Some(frame) = frame else {
            if method.attr.id == "reschedule" {
                self.reschedule_kept(handle, call);
            }
            return;
        };
        let [value] = &*call.arguments.args else {
            return;
        };
        let is_asyncio = frame.deadline.path.starts_with("asyncio.");
        let sets = match method.attr.as_str() {
            "reschedule" => true,
            "update" => !is_asyncio,
            _ => false,
        };
        if let Some(seconds) = number(value, self.variables).filter(|_| sets) {
            self.found.rescheduled.push(Rescheduled {
                call: span(call),
                method: method.attr.to_string(),
                path: frame.deadline.path.clone(),
                seconds,
                expects_failure: self.is_meant_to_fail(call.start().to_usize()),
            });
        }
    }

    /// The connects whose calls lie in `place`.
    fn connects_in(&self, place: Span) -> impl Iterator<Item = usize> {
        let first = self
            .connects
            .partition_point(|connect| connect.call.start < place.start);
        let behind = self.connects.get(first..).unwrap_or_default();
        let inside = behind.iter().take_while(move |connect| connect.call.start < place.end);
        inside.map(|connect| connect.id)
    }

    /// A wait begins: what is around it is told.
    fn wait(&mut self, expr: &Expr, waited: &Expr) {
        let place = span(expr);
        let mut frames = self.inside.frames.iter().rev().take(FARTHEST);
        let innermost = frames.position(|frame| frame.is_in_force);
        let wait = Wait {
            place,
            connects: self.connects_in(place).take(FARTHEST).collect(),
            kind: handlers::kind(waited, self.names),
            under: innermost.map_or(0, |lifted| self.inside.frames.len() - lifted),
        };
        let loops = self.inside.loops.len() + self.comprehensions();
        for frame in self.inside.frames.iter_mut().rev().take(FARTHEST) {
            frame.wait(wait.place, loops);
        }
        for guarded in self.inside.guarded.iter_mut().rev().take(FARTHEST) {
            guarded.wait(&wait);
        }
    }

    /// How many comprehensions around the current expression do it for each of their elements.
    fn comprehensions(&self) -> usize {
        let around = self.parents.iter().rev().take(FARTHEST);
        around.filter(|parent| !generators(parent).is_empty()).count()
    }

    /// Takes note of a scope of anyio that a fixture of pytest-asyncio enters.
    fn enter_scope(&mut self, manager: &Expr) {
        if !self.inside.is_split_fixture {
            return;
        }
        let Expr::Call(call) = manager else {
            return;
        };
        let path = self.names.only_path(&call.func).filter(|path| SCOPES.contains(path));
        self.inside.scopes.extend(path.map(|path| HeldOpen {
            callee: span(&*call.func),
            path: path.to_owned(),
        }));
    }

    /// The deadline that the call sets, once it is entered.
    fn entered(&self, manager: &Expr, is_async: bool) -> Option<Deadline> {
        let Expr::Call(call) = manager else {
            return None;
        };
        let setter = setter(call, self.names)?;
        let wanted = match setter.kind {
            DeadlineKind::AsyncManager => true,
            DeadlineKind::Manager => false,
            DeadlineKind::Wait => return None,
        };
        let bound = match setter.limit {
            Some(limit) => setter.unit.bound(limit, self.variables),
            None => Bound::Unknown,
        };
        (wanted == is_async).then(|| deadline(call.range(), setter.path.to_owned(), bound))
    }
}

/// What anyio wants to be left in the task that entered it.
const SCOPES: &[&str] = &[
    "anyio.fail_after",
    "anyio.move_on_after",
    "anyio.CancelScope",
    "anyio.create_task_group",
];

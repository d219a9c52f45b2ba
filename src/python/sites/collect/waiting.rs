//! Who waits for what stands in an expression.

use foldhash::HashMap;
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::inside::FARTHEST;
use super::{Collector, Found};
use crate::python::deadlines::around::Around;
use crate::python::deadlines::callers::{CallSite, CallSiteId};
use crate::python::names::{FunctionId, Making, ScopeId};
use crate::python::sites::task_calls::{joins_a_group, makes_task};
use crate::python::sites::usage::{Awaits, Slot, enters, generators, is_callee, usage};
use crate::sites::{Entry, Expected};

/// What is waited for later than where it stands.
#[derive(Clone, Copy)]
pub(super) enum Waiting {
    /// A connect, by its index in [`Collector::found`].
    Connect(usize),
    /// A call of a function of the project.
    Call(CallSiteId),
}

/// Something that is kept in a local variable.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) of: Waiting,
    /// It is a function that makes the call, not what that gives.
    is_function: bool,
    /// The variable is read more than once, as that of a generator is: the first read may begin it.
    is_begun: bool,
    /// No other assignment sets the variable.
    pub(super) is_alone: bool,
}

/// Something that is waited for by the name of a local variable: that of its task, or of a collection that it is in.
#[derive(Clone, Copy)]
pub(super) struct Watched {
    pub(super) of: Waiting,
    scope: ScopeId,
}

/// A use of an attribute that enters what it keeps.
pub(super) struct EnteredLater {
    /// Where the call begins that made it.
    call: usize,
    entry: Entry,
    around: Vec<Around>,
    inside: (Option<FunctionId>, bool),
}

impl<'a> Collector<'a> {
    /// A call of what may be a function of the project.
    pub(super) fn call_site(&mut self, expr: &'a Expr) -> CallSiteId {
        let site = self.site(expr);
        let of = self.callers.site(site);
        self.site_waits_later(expr, of);
        of
    }

    fn site(&self, expr: &'a Expr) -> CallSite {
        CallSite {
            caller: self.inside.function,
            around: self.around_group(expr).unwrap_or_else(|| self.around(expr)),
            is_waited_for: self.is_waited_for(expr),
            expected: self.expected(expr),
            is_in_lambda: self.inside.is_lambda,
            is_of_any_object: self.is_of_any_object(expr),
        }
    }

    fn is_of_any_object(&self, expr: &Expr) -> bool {
        let method = expr.as_call_expr().and_then(|call| call.func.as_attribute_expr());
        method.is_some_and(|method| self.names.values(&method.value).is_empty())
    }

    fn site_waits_later(&mut self, expr: &'a Expr, site: CallSiteId) {
        let used = usage(expr, &self.parents, self.slot, self.inside.awaits, self.names);
        self.waits_later(expr, Waiting::Call(site), used.kept_in, used.awaited_by);
    }

    /// A call of a variable that keeps a function: the call which that makes stands here.
    pub(super) fn kept_function_called(&mut self, expr: &'a Expr, call: &'a ExprCall) {
        let read = call.func.start().to_usize();
        let is_function = |kept: &Vec<Kept>| kept.iter().any(|kept| kept.is_function);
        if !self.kept.get(&read).is_some_and(is_function) {
            return;
        }
        for kept in self.kept.remove(&read).unwrap_or_default() {
            let Waiting::Call(of) = kept.of else { continue };
            let here = self.site(expr);
            if let Some(site) = self.callers.site_mut(of) {
                *site = here;
            }
            self.site_waits_later(expr, of);
        }
    }

    /// The function that makes the call at `site` goes into a local variable, which is read once; whether that is so.
    pub(super) fn keeps_function(&mut self, site: CallSiteId) -> bool {
        let Slot::Assigned(Some(name)) = self.slot else {
            return false;
        };
        let scope = self.names.scope_at(self.statement.start);
        let Some((read, true)) = self.names.single_read(scope, name) else {
            return false;
        };
        self.kept.entry(read).or_default().push(Kept {
            of: Waiting::Call(site),
            is_function: true,
            is_begun: false,
            is_alone: true,
        });
        true
    }

    /// `of` stands in `expr`, whose value goes into the local variable `kept_in`, or whose task into `awaited_by`.
    pub(super) fn waits_later(
        &mut self,
        expr: &Expr,
        of: Waiting,
        kept_in: Option<&'a Name>,
        awaited_by: Option<&'a Name>,
    ) {
        if let Some(name) = kept_in {
            let scope = self.names.scope_at(expr.start().to_usize());
            let only = self.names.single_read(scope, name);
            let first = || {
                matches!(of, Waiting::Call(_)).then_some(())?;
                let is_alone = self.names.is_bound_once(scope, name)?;
                let mut reads = self.name_uses.reads_from(name, expr.end().to_usize());
                Some((reads.find(|read| self.names.scope_at(*read) == scope)?, is_alone))
            };
            if let Some((read, is_alone)) = only.or_else(first) {
                self.kept.entry(read).or_default().push(Kept {
                    of,
                    is_function: false,
                    is_begun: only.is_none(),
                    is_alone,
                });
            }
        }
        if let Some(name) = awaited_by {
            let scope = self.names.scope_at(self.statement.start);
            self.watched.entry(name).or_default().push(Watched { of, scope });
        }
    }

    /// The only read of a variable that keeps something, or the one that begins a generator: its use is that of what is kept.
    pub(super) fn kept_read(&mut self, expr: &'a Expr) {
        let Some(kept) = self.kept.remove(&expr.start().to_usize()) else {
            return;
        };
        let used = usage(expr, &self.parents, self.slot, self.inside.awaits, self.names);
        let (around, is_waited_for) = (self.around(expr), self.is_waited_for(expr));
        // Whoever gets a function may call it anywhere.
        let begins = self.begins_a_generator(expr);
        let kept = kept
            .into_iter()
            .filter(|kept| !kept.is_function && (!kept.is_begun || begins));
        for Kept { of, is_alone, .. } in kept {
            self.expect_later(of, expr);
            match of {
                Waiting::Connect(index) => self.connect_read(index, is_alone, &used, &around),
                Waiting::Call(site) => {
                    if let Some(site) = self.callers.site_mut(site) {
                        site.around.clone_from(&around);
                        site.is_waited_for = is_waited_for;
                    }
                }
            }
            // `task = create_task(coroutine)`: who waits for the task waits for what the coroutine does.
            self.waits_later(expr, of, used.kept_in, used.awaited_by);
        }
    }

    /// `anext(stream)`, `stream.__anext__()`, `async for … in stream`: up to its first `yield` a generator runs here.
    fn begins_a_generator(&self, expr: &'a Expr) -> bool {
        match self.parents.last() {
            None => matches!(self.slot, Slot::Iterable { is_async: true }),
            Some(Expr::Call(call)) if !is_callee(call, expr) => self.names.resolve(&call.func) == Some("anext"),
            Some(Expr::Attribute(method)) => matches!(method.attr.as_str(), "__anext__" | "asend"),
            Some(parent) => generators(parent)
                .iter()
                .any(|each| each.is_async && each.iter.range() == expr.range()),
        }
    }

    /// A read of a variable that keeps a task: what ends the wait for the one ends that for the other.
    pub(super) fn watched_read(&mut self, expr: &'a Expr, name: &str) {
        let Some(watched) = self.watched.get(name) else {
            return;
        };
        let scope = self.names.scope_at(self.statement.start);
        let here = watched
            .iter()
            .rev()
            .take(FARTHEST)
            .filter(|watched| watched.scope == scope);
        let here: Vec<Watched> = here.copied().collect();
        if here.is_empty() {
            return;
        }
        let (mut around, is_waited_for) = (self.around(expr), self.is_waited_for(expr));
        around.extend(self.cancelled_later(name));
        for Watched { of, .. } in here {
            self.expect_later(of, expr);
            let before = match of {
                Waiting::Connect(index) => self.found.get_mut(index).map(|found| &mut found.around),
                Waiting::Call(site) => self.callers.site_mut(site).map(|site| {
                    site.is_waited_for |= is_waited_for;
                    &mut site.around
                }),
            };
            let Some(before) = before else { continue };
            before.retain(|around| *around != Around::Task);
            let more: Vec<Around> = around
                .iter()
                .filter(|around| !before.contains(around))
                .take(FARTHEST.saturating_sub(before.len()))
                .cloned()
                .collect();
            before.splice(0..0, more);
        }
    }

    /// What is kept is waited for, or asked how it ended, by `expr`.
    fn expect_later(&mut self, of: Waiting, expr: &'a Expr) {
        let is_asked = matches!(self.parents.last(), Some(Expr::Attribute(method)) if method.attr.id == "exception");
        let expected = match is_asked && self.may_tell_later() {
            true => self.inside.expected.max(Expected::Told),
            false => self.expected(expr),
        };
        let before = match of {
            Waiting::Connect(index) => self.found.get_mut(index).map(|found| &mut found.expected),
            Waiting::Call(site) => self.callers.site_mut(site).map(|site| &mut site.expected),
        };
        if let Some(before) = before {
            *before = expected.max(*before);
        }
    }

    /// What the code around `expr` wants it to raise: `gather(…, return_exceptions=True)` gives that to whoever reads on.
    pub(super) fn expected(&self, expr: &Expr) -> Expected {
        let mut around = self.parents.iter().rev().take(FARTHEST);
        let is_given = around.any(|parent| match parent {
            Expr::Call(call) => {
                let flag = call.arguments.find_keyword("return_exceptions");
                !is_callee(call, expr) && flag.is_some_and(|flag| !is_false(&flag.value))
            }
            _ => false,
        });
        match is_given && self.may_tell_later() {
            true => self.inside.expected.max(Expected::Told),
            false => self.inside.expected,
        }
    }

    /// Whether the function goes on with the text of something, from the current statement on.
    fn may_tell_later(&self) -> bool {
        let reads = |name| self.name_uses.reads_from(name, self.statement.start);
        let mut texts = reads("str").chain(reads("repr"));
        texts.any(|at| self.names.function_at(at) == self.inside.function)
    }

    /// A read of an attribute: where it is entered, so is the connect that it keeps.
    pub(super) fn attribute_read(&mut self, expr: &'a Expr) {
        let may_enter = match self.parents.last() {
            Some(Expr::Await(_)) => true,
            Some(Expr::Call(call)) => !is_callee(call, expr),
            Some(Expr::Attribute(method)) => method.attr.id == "__aenter__",
            Some(_) => false,
            None => matches!(self.slot, Slot::WithItem { is_async: true, .. }),
        };
        if !may_enter {
            return;
        }
        let entry = usage(expr, &self.parents, self.slot, self.inside.awaits, self.names).entry;
        if !matches!(entry, Entry::Await | Entry::AsyncWith | Entry::Argument) {
            return;
        }
        let kept = self.names.makings(expr).unwrap_or_default();
        let is_outcome = |making: &&Making| !making.awaited && !making.entered && making.module.is_none();
        let calls: Vec<usize> = kept
            .iter()
            .filter(is_outcome)
            .map(|making| making.call)
            .take(FARTHEST)
            .collect();
        if calls.is_empty() {
            return;
        }
        let (around, inside) = (self.around(expr), (self.inside.function, self.inside.is_async));
        let later = |call| EnteredLater {
            call,
            entry,
            around: around.clone(),
            inside,
        };
        self.entered_later.extend(calls.into_iter().map(later));
    }

    /// Connects that attributes keep are entered where these are: under no deadline, where that is so once.
    pub(super) fn enter_kept(&self, found: &mut [Found]) {
        let mut by_call: HashMap<usize, Vec<&EnteredLater>> = HashMap::default();
        for later in &self.entered_later {
            by_call.entry(later.call).or_default().push(later);
        }
        for found in found.iter_mut().filter(|found| found.entry == Entry::Stored) {
            let Some(all) = by_call.get(&found.call.start) else {
                continue;
            };
            let is_open = |later: &&&EnteredLater| !self.is_bounded(later);
            if let Some(later) = all.iter().find(is_open).or_else(|| all.first()) {
                found.entry = later.entry;
                found.around.clone_from(&later.around);
                found.inside = later.inside;
            }
        }
        // What ends the wait for a task ends the task; that of another function may come when it is over.
        for found in found.iter_mut() {
            let reads = found.task.and_then(|task| by_call.get(&task)).into_iter().flatten();
            let mut here = reads.copied().filter(|later| later.inside.0 == found.inside.0);
            if let Some(bounded) = here.find(|later| self.is_bounded(later)) {
                found.around.extend(bounded.around.iter().cloned());
            }
        }
    }

    fn is_bounded(&self, later: &EnteredLater) -> bool {
        !self.callers.deadlines(&later.around).is_empty()
    }

    /// Whether the code around `expr`, a call, goes on when what is called is over, or has waited long enough.
    pub(super) fn is_waited_for(&self, expr: &'a Expr) -> bool {
        let is_entered = self.parents.is_empty() && matches!(self.slot, Slot::WithItem { is_async: true, .. });
        // A group of tasks waits where its block ends.
        let is_in_a_group = || {
            let mut parents = self.parents.iter().rev().take(FARTHEST);
            parents.any(|parent| matches!(parent, Expr::Call(call) if joins_a_group(call, self.names)))
        };
        is_entered || self.is_awaited_at_once(expr) || is_in_a_group() || !self.around_in_statement(expr).is_empty()
    }

    /// Whether `await` stands before `expr`, or before functions of asyncio that wait for it.
    pub(super) fn is_awaited_at_once(&self, expr: &'a Expr) -> bool {
        let mut child = expr;
        for parent in self.parents.iter().rev().take(FARTHEST) {
            match parent {
                Expr::Await(_) => return true,
                Expr::Yield(_) => return self.inside.awaits == Awaits::ByYield,
                Expr::If(_) | Expr::BoolOp(_) => {}
                Expr::Call(call) if is_callee(call, child) => return false,
                Expr::Call(call) if enters(call) || self.names.given_back(call).is_some() => {}
                Expr::Call(call) if makes_task(call, self.names) => {}
                // Elements of what `gather` gets.
                Expr::Starred(_) | Expr::List(_) | Expr::Tuple(_) | Expr::ListComp(_) | Expr::Generator(_) => {
                    let is_element =
                        |each: &ruff_python_ast::Comprehension| !each.range().contains_range(child.range());
                    if !generators(parent).iter().all(is_element) {
                        return false;
                    }
                }
                _ => return false,
            }
            child = parent;
        }
        false
    }
}

fn is_false(value: &Expr) -> bool {
    matches!(value, Expr::BooleanLiteral(literal) if !literal.value)
}

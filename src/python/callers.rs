//! Which functions of the module are only ever called under a deadline.

use foldhash::{HashMap, HashSet};

use super::names::FunctionId;
use crate::sites::{Bound, Deadline};

/// Something around a call that may end the wait for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Around {
    /// A deadline.
    Deadline(Deadline),
    /// `with helper():` of a function of this module that is a context manager: what it yields under counts.
    Manager(FunctionId),
    /// A part of this library (the first name of its paths) is replaced by a mock.
    Replaced(String),
    /// An event loop of its own runs it until it is over (`loop.run_until_complete(…)`, `asyncio.run(…)`): the task around that
    /// call stands still meanwhile, and what would cancel that task ends nothing.
    Loop,
}

/// Who calls the module's own functions, and under which deadlines.
#[derive(Debug, Default)]
pub(super) struct Callers {
    calls: HashMap<FunctionId, Vec<CallSite>>,
    /// Calls of methods of objects that are not known, by the method's name: they may mean any method called so.
    unknown: HashMap<String, Vec<CallSite>>,
    /// Functions that something else may call: they are passed around, or a decorator gets them.
    escaped: HashSet<FunctionId>,
    escaped_methods: HashSet<String>,
    /// Calls in other modules of the project, each with the deadline that holds there.
    elsewhere: HashMap<FunctionId, Vec<Option<Deadline>>>,
    /// The same of methods of objects that are not known, by the method's name.
    unknown_elsewhere: HashMap<String, Vec<Option<Deadline>>>,
    /// What the context managers of the module yield under, for each `yield`.
    yields: HashMap<FunctionId, Vec<Vec<Around>>>,
}

/// One call of a function of the module.
#[derive(Clone, Debug)]
pub(super) struct CallSite {
    /// The function that it stands in.
    pub(super) caller: Option<FunctionId>,
    /// What is around it, the innermost first.
    pub(super) around: Vec<Around>,
    /// The caller waits until the function is over: it is awaited, entered, or run by `asyncio.run`.
    pub(super) is_waited_for: bool,
}

/// Chains of helpers longer than this are not followed.
const LONGEST_CHAIN: usize = 32;

impl Callers {
    /// A call of a function of the module.
    pub(super) fn call(&mut self, function: FunctionId, site: CallSite) {
        self.calls.entry(function).or_default().push(site);
    }

    /// A call of a method of an object that is not known.
    pub(super) fn unknown_call(&mut self, method: &str, site: CallSite) {
        self.unknown.entry(method.to_owned()).or_default().push(site);
    }

    /// A call in another module of the project, under this deadline.
    pub(super) fn called_elsewhere(&mut self, function: FunctionId, deadline: Option<Deadline>) {
        self.elsewhere.entry(function).or_default().push(deadline);
    }

    /// The same of a method of an object that is not known.
    pub(super) fn unknown_call_elsewhere(&mut self, method: &str, deadline: Option<Deadline>) {
        self.unknown_elsewhere
            .entry(method.to_owned())
            .or_default()
            .push(deadline);
    }

    /// Something else than a call in sight may call `function`.
    pub(super) fn escape(&mut self, function: FunctionId) {
        self.escaped.insert(function);
    }

    /// The method called `name` of an object that is not known is passed around.
    pub(super) fn escape_method(&mut self, name: &str) {
        self.escaped_methods.insert(name.to_owned());
    }

    /// A `yield` of `function`, and what is around it.
    pub(super) fn yields(&mut self, function: FunctionId, around: Vec<Around>) {
        self.yields.entry(function).or_default().push(around);
    }

    /// The deadlines among `around` that reach what they are around of, the innermost first. A local context manager counts as
    /// the innermost deadline that it always yields under.
    pub(super) fn deadlines(&self, around: &[Around]) -> Vec<Deadline> {
        let mut found = Vec::new();
        let mut in_own_loop = false;
        for around in around {
            let deadline = match around {
                Around::Deadline(deadline) => Some(deadline.clone()),
                Around::Manager(manager) => self.yielded_under(*manager),
                Around::Replaced(_) => None,
                Around::Loop => {
                    in_own_loop = true;
                    None
                }
            };
            found.extend(deadline.filter(|deadline| !in_own_loop || !cancels_a_task(deadline)));
        }
        found
    }

    /// The deadlines that reach what stands in `function` under `around`, the innermost first: those that all its callers put
    /// around it come last.
    pub(super) fn all_deadlines(
        &self,
        around: &[Around],
        function: Option<FunctionId>,
        covered: &HashMap<FunctionId, Deadline>,
    ) -> Vec<Deadline> {
        let mut found = self.deadlines(around);
        let of_callers = function.and_then(|function| covered.get(&function));
        let reaches = |deadline: &&Deadline| !around.contains(&Around::Loop) || !cancels_a_task(deadline);
        found.extend(of_callers.filter(reaches).cloned());
        found
    }

    /// Whether a part of `library` is replaced wherever `function` is called.
    pub(super) fn always_replaced(&self, function: FunctionId, method: Option<&str>, library: &str) -> bool {
        let unknown = method.and_then(|name| self.unknown.get(name)).into_iter().flatten();
        let mut sites = self
            .calls
            .get(&function)
            .into_iter()
            .flatten()
            .chain(unknown)
            .peekable();
        let escapes =
            self.escaped.contains(&function) || method.is_some_and(|name| self.escaped_methods.contains(name));
        sites.peek().is_some() && !escapes && sites.all(|site| is_replaced(&site.around, library))
    }

    fn yielded_under(&self, manager: FunctionId) -> Option<Deadline> {
        let yields = self.yields.get(&manager)?;
        let innermost = |around: &Vec<Around>| {
            around.iter().find_map(|around| match around {
                Around::Deadline(deadline) if deadline.bound != Bound::Unlimited => Some(deadline.clone()),
                _ => None,
            })
        };
        let deadlines: Option<Vec<Deadline>> = yields.iter().map(innermost).collect();
        loosest(deadlines?)
    }

    /// For every function whose calls all stand under a deadline: the loosest of those deadlines.
    pub(super) fn covered<'n>(
        &self,
        method_of: impl Fn(FunctionId) -> Option<&'n str>,
    ) -> HashMap<FunctionId, Deadline> {
        let mut covered = HashMap::default();
        for _ in 0..LONGEST_CHAIN {
            let called = self.calls.keys().chain(self.elsewhere.keys());
            let found: Vec<(FunctionId, Deadline)> = called
                .filter(|function| !covered.contains_key(*function))
                .filter_map(|function| Some((*function, self.cover(*function, method_of(*function), &covered)?)))
                .collect();
            if found.is_empty() {
                break;
            }
            covered.extend(found);
        }
        covered
    }

    /// The functions that one of `roots` certainly waits for, these included: none of their calls makes a task of its own.
    pub(super) fn run_by<'n>(
        &self,
        roots: &HashSet<FunctionId>,
        method_of: impl Fn(FunctionId) -> Option<&'n str>,
    ) -> HashSet<FunctionId> {
        let mut run = roots.clone();
        for _ in 0..LONGEST_CHAIN {
            let called = self.calls.keys().filter(|function| !run.contains(*function));
            let found: Vec<FunctionId> = called
                .filter(|function| self.is_run_by(**function, method_of(**function), &run))
                .copied()
                .collect();
            if found.is_empty() {
                break;
            }
            run.extend(found);
        }
        run
    }

    fn is_run_by(&self, function: FunctionId, method: Option<&str>, run: &HashSet<FunctionId>) -> bool {
        if self.escaped.contains(&function) || method.is_some_and(|name| self.escaped_methods.contains(name)) {
            return false;
        }
        let unknown = method.and_then(|name| self.unknown.get(name)).into_iter().flatten();
        let known = self.calls.get(&function).into_iter().flatten();
        let mut elsewhere = known.chain(unknown).filter(|site| site.caller != Some(function));
        elsewhere.all(|site| site.is_waited_for && site.caller.is_some_and(|caller| run.contains(&caller)))
    }

    fn cover(
        &self,
        function: FunctionId,
        method: Option<&str>,
        covered: &HashMap<FunctionId, Deadline>,
    ) -> Option<Deadline> {
        if self.escaped.contains(&function) || method.is_some_and(|name| self.escaped_methods.contains(name)) {
            return None;
        }
        let unknown = method.and_then(|name| self.unknown.get(name)).into_iter().flatten();
        let known = self.calls.get(&function).into_iter().flatten();
        let elsewhere = known.chain(unknown).filter(|site| site.caller != Some(function));
        let here = elsewhere.map(|site| self.cover_of_call(site, covered));
        let known = self.elsewhere.get(&function).into_iter().flatten();
        let unknown = method.and_then(|name| self.unknown_elsewhere.get(name));
        let there = known.chain(unknown.into_iter().flatten()).cloned();
        let deadlines: Option<Vec<Deadline>> = here.chain(there).collect();
        let deadline = loosest(deadlines?)?;
        Some(Deadline {
            in_callers: true,
            ..deadline
        })
    }

    fn cover_of_call(&self, site: &CallSite, covered: &HashMap<FunctionId, Deadline>) -> Option<Deadline> {
        let all = self.all_deadlines(&site.around, site.caller, covered);
        all.into_iter().find(|deadline| deadline.bound != Bound::Unlimited)
    }
}

/// Whether a deadline works by cancelling the task that it is set in.
fn cancels_a_task(deadline: &Deadline) -> bool {
    let libraries = ["asyncio.", "async_timeout.", "anyio.", "trio.", "loop."];
    libraries.iter().any(|library| deadline.path.starts_with(library))
}

/// Whether a part of `library` is replaced by something in `around`.
pub(super) fn is_replaced(around: &[Around], library: &str) -> bool {
    around
        .iter()
        .any(|around| matches!(around, Around::Replaced(replaced) if replaced == library))
}

/// The deadline that certainly ends no earlier than the others; one of unknown length where there is any.
fn loosest(deadlines: Vec<Deadline>) -> Option<Deadline> {
    deadlines.into_iter().reduce(|loosest, other| {
        if loosest.bound.is_at_most(other.bound) || other.bound == Bound::Unknown {
            other
        } else {
            loosest
        }
    })
}

//! One scope from its first statement to its last: what each of its variables may hold where it is read.
//!
//! Branches are joined, a loop is gone through twice (what its first round leaves behind is there in the next one), and what a
//! `try` had got to where its handlers begin is not known to be more or less. What is not followed is unknown: parameters, what
//! `with` and `import` bind, what nested functions set, and what is chosen by what the console can take.

use std::rc::Rc;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{self as ast, ExprName, Parameters, Stmt};
use ruff_text_size::Ranged;

use super::Holds;
use crate::python::names::Names;
use crate::python::syntax::nodes::{Scope, statements_in};

/// What a variable may hold: any of these.
pub(in crate::python) type Held<'a> = Rc<[Holds<'a>]>;

/// A variable that may hold more is not known.
const MOST_VALUES: usize = 16;

/// What the variables of one scope hold.
#[derive(Default)]
pub(super) struct Flow<'a> {
    /// By where the variable is read.
    pub(super) read: HashMap<usize, Held<'a>>,
    /// The names that the scope binds.
    bound: HashSet<&'a str>,
}

impl<'a> Flow<'a> {
    /// Goes through a scope: a function's with its parameters, or a module's.
    pub(super) fn of(body: &'a [Stmt], parameters: Option<&'a Parameters>, names: &'a Names) -> Self {
        let mut walk = Walk {
            names,
            state: HashMap::default(),
            logs: Vec::new(),
            loops: Vec::new(),
            is_alive: true,
            is_recording: true,
            shared: shared(body),
            flow: Self::default(),
        };
        for parameter in parameters.into_iter().flat_map(Parameters::iter) {
            walk.set(parameter.name().as_str(), unknown());
        }
        walk.suite(body);
        walk.flow
    }

    /// What a variable of the scope may hold where `name` reads it; nothing where it is none that was followed.
    pub(super) fn read(&self, name: &ExprName) -> Option<Held<'a>> {
        self.read.get(&name.start().to_usize()).map(Rc::clone)
    }

    /// Whether the scope has a variable of this name.
    pub(super) fn binds(&self, name: &ExprName) -> bool {
        self.bound.contains(name.id.as_str())
    }
}

pub(super) fn unknown<'a>() -> Held<'a> {
    Rc::new([Holds::Unknown])
}

/// Names that functions nested in a scope set, too.
fn shared(body: &[Stmt]) -> HashSet<&str> {
    let declared = statements_in(body, Scope::All).flat_map(|statement| match statement {
        Stmt::Global(ast::StmtGlobal { names, .. }) | Stmt::Nonlocal(ast::StmtNonlocal { names, .. }) => {
            names.as_slice()
        }
        _ => &[],
    });
    declared.map(|name| name.as_str()).collect()
}

/// What some names hold; `None` for one that is not bound.
pub(super) type Values<'a> = HashMap<&'a str, Option<Held<'a>>>;

pub(super) struct Walk<'a> {
    pub(super) names: &'a Names,
    pub(super) state: HashMap<&'a str, Held<'a>>,
    /// What names held before, for each branch around in which they were set.
    pub(super) logs: Vec<Values<'a>>,
    pub(super) loops: Vec<Loop<'a>>,
    /// The code can be reached.
    pub(super) is_alive: bool,
    pub(super) is_recording: bool,
    pub(super) shared: HashSet<&'a str>,
    pub(super) flow: Flow<'a>,
}

/// A loop around.
pub(super) struct Loop<'a> {
    /// Which of the logs is that of its body.
    pub(super) log: usize,
    /// What was set where its body was left for the next round, and for good.
    pub(super) next: Vec<Values<'a>>,
    pub(super) left: Vec<Values<'a>>,
}

/// How a branch ends: what it set, where its end is reached.
pub(super) struct Ended<'a> {
    pub(super) values: Values<'a>,
    pub(super) is_alive: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn set(&mut self, name: &'a str, held: Held<'a>) {
        self.flow.bound.insert(name);
        let held = if self.shared.contains(name) { unknown() } else { held };
        let before = self.state.insert(name, held);
        if let Some(log) = self.logs.last_mut() {
            log.entry(name).or_insert(before);
        }
    }

    pub(super) fn put_back(&mut self, name: &'a str, held: Option<Held<'a>>) {
        let before = match held {
            Some(held) => self.state.insert(name, held),
            None => self.state.remove(name),
        };
        if let Some(log) = self.logs.last_mut() {
            log.entry(name).or_insert(before);
        }
    }

    /// What was set since a log was begun.
    pub(super) fn set_since(&self, log: usize) -> Values<'a> {
        let names = self.logs.iter().skip(log).flat_map(HashMap::keys);
        names.map(|name| (*name, self.state.get(name).cloned())).collect()
    }

    /// Goes through a branch, and takes back what it set.
    pub(super) fn branch(&mut self, visit: impl FnOnce(&mut Self)) -> Ended<'a> {
        let was_alive = self.is_alive;
        self.logs.push(Values::default());
        visit(self);
        let log = self.logs.pop().unwrap_or_default();
        let mut values = Values::default();
        for (name, before) in log {
            let now = match before {
                Some(before) => self.state.insert(name, before),
                None => self.state.remove(name),
            };
            values.insert(name, now);
        }
        Ended {
            values,
            is_alive: std::mem::replace(&mut self.is_alive, was_alive),
        }
    }

    /// Goes on behind branches, one of which was gone through.
    pub(super) fn join(&mut self, branches: &[Ended<'a>]) {
        let alive: Vec<&Values<'a>> = branches
            .iter()
            .filter(|ended| ended.is_alive)
            .map(|ended| &ended.values)
            .collect();
        self.is_alive &= !alive.is_empty();
        self.join_values(&alive);
    }

    pub(super) fn join_values(&mut self, branches: &[&Values<'a>]) {
        let names: HashSet<&'a str> = branches.iter().flat_map(|values| values.keys().copied()).collect();
        for name in names {
            let base = self.state.get(name).cloned();
            let held = branches.iter().filter_map(|values| match values.get(name) {
                Some(held) => held.as_ref(),
                None => base.as_ref(),
            });
            let joined = joined(held);
            self.put_back(name, joined);
        }
    }

    /// What is set from here on, and what was set before, is not known to be more or less than this.
    pub(super) fn forget(&mut self, values: impl IntoIterator<Item = &'a str>) {
        for name in values {
            self.set(name, unknown());
        }
    }
}

fn joined<'a, 'h>(several: impl Iterator<Item = &'h Held<'a>>) -> Option<Held<'a>>
where
    'a: 'h,
{
    let mut all: Vec<Holds<'a>> = Vec::new();
    let mut first: Option<&Held<'a>> = None;
    let mut is_one = true;
    for held in several {
        is_one &= first.is_none_or(|first| Rc::ptr_eq(first, held));
        first = first.or(Some(held));
        for one in held.iter() {
            if !all.iter().any(|other| other.is(one)) {
                all.push(one.clone());
            }
        }
    }
    match first? {
        same if is_one => Some(Rc::clone(same)),
        _ if all.len() > MOST_VALUES => Some(unknown()),
        _ => Some(Rc::from(all)),
    }
}

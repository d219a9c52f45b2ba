//! What functions raise to those that call them: what the connects in them raise that no clause of theirs stands around.

use std::collections::BTreeSet;
use std::path::PathBuf;

use foldhash::{HashMap, HashSet};

use crate::python::names::FunctionId;
use crate::python::program::{Others, Raised};
use crate::sites::{Connect, Handler, Raising};

/// Chains of functions longer than this are not followed.
const LONGEST_CHAIN: usize = 16;

/// Of so many functions of other modules it is asked what they raise.
const MOST_ASKED: usize = 64;

/// What raises in a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Raises {
    /// A connect of the module, by its id.
    Connect(usize),
    /// A call of a function of another module, by that one's file.
    Call(PathBuf, FunctionId),
}

/// The connects, and the calls of the project's own functions, by what stands around them.
#[derive(Debug, Default)]
pub(super) struct Callees {
    /// What raises in a function, and is under no clause of it.
    raising: HashMap<FunctionId, BTreeSet<Raises>>,
    /// The calls in a function of others of the module that are under no clause of it.
    passing: Vec<(FunctionId, FunctionId)>,
    /// The calls under clauses of functions of the module, with the indices of these.
    caught: Vec<(FunctionId, Vec<usize>)>,
    /// The same of functions of other modules.
    caught_elsewhere: Vec<(PathBuf, FunctionId, Vec<usize>)>,
}

impl Callees {
    /// `function` raises what these connects raise.
    pub(super) fn raises(&mut self, function: FunctionId, connects: &[usize]) {
        let connects = connects.iter().map(|id| Raises::Connect(*id));
        self.raising.entry(function).or_default().extend(connects);
    }

    /// `caller` raises what `callee` raises.
    pub(super) fn passes_on(&mut self, caller: FunctionId, callee: FunctionId) {
        self.passing.push((caller, callee));
    }

    /// `caller` raises what the function `callee` of the module in `file` raises.
    pub(super) fn passes_on_elsewhere(&mut self, caller: FunctionId, file: PathBuf, callee: FunctionId) {
        let call = Raises::Call(file, callee);
        self.raising.entry(caller).or_default().insert(call);
    }

    /// What `callee` raises comes to these clauses.
    pub(super) fn come_to(&mut self, callee: FunctionId, clauses: &[usize]) {
        self.caught.push((callee, clauses.to_vec()));
    }

    /// What the function `callee` of the module in `file` raises comes to these clauses.
    pub(super) fn come_from_elsewhere(&mut self, file: PathBuf, callee: FunctionId, clauses: &[usize]) {
        self.caught_elsewhere.push((file, callee, clauses.to_vec()));
    }

    /// These functions, and those that pass on what they raise.
    pub(super) fn passed_on(&self, functions: HashSet<FunctionId>) -> HashSet<FunctionId> {
        let mut found = functions;
        for _ in 0..LONGEST_CHAIN {
            let before = found.len();
            for (caller, callee) in &self.passing {
                if found.contains(callee) {
                    found.insert(*caller);
                }
            }
            if found.len() == before {
                break;
            }
        }
        found
    }

    /// The functions of the module whose exceptions come to clauses of it.
    pub(super) fn coming(&self) -> HashSet<FunctionId> {
        let mut coming: HashSet<FunctionId> = HashSet::default();
        let mut pending: Vec<FunctionId> = self.caught.iter().map(|(callee, _)| *callee).collect();
        let mut called: HashMap<FunctionId, Vec<FunctionId>> = HashMap::default();
        for (caller, callee) in &self.passing {
            called.entry(*caller).or_default().push(*callee);
        }
        while let Some(function) = pending.pop() {
            if coming.insert(function) {
                pending.extend(called.get(&function).into_iter().flatten());
            }
        }
        coming
    }

    /// Adds to the clauses the connects whose exceptions come to them out of functions. What the functions of the module raise
    /// is the outcome.
    pub(super) fn settle(
        mut self,
        found: &mut [Handler],
        connects: &[Connect],
        others: Option<Others<'_>>,
    ) -> HashMap<FunctionId, Raised> {
        for _ in 0..LONGEST_CHAIN {
            let mut has_grown = false;
            for (caller, callee) in &self.passing {
                let Some(more) = self.raising.get(callee).cloned() else {
                    continue;
                };
                let known = self.raising.entry(*caller).or_default();
                let before = known.len();
                known.extend(more);
                has_grown |= known.len() > before;
            }
            if !has_grown {
                break;
            }
        }
        for (callee, clauses) in &self.caught {
            for raises in self.raising.get(callee).into_iter().flatten() {
                match raises {
                    Raises::Connect(id) => each(found, clauses, |handler| handler.connects.push(*id)),
                    Raises::Call(file, callee) => {
                        self.caught_elsewhere.push((file.clone(), *callee, clauses.clone()));
                    }
                }
            }
        }
        for (file, callee, clauses) in self.caught_elsewhere {
            let raised = others
                .map(|others| raised_elsewhere(others, (file, callee)))
                .unwrap_or_default();
            each(found, &clauses, |handler| {
                handler.connects_elsewhere.extend_from_slice(&raised)
            });
        }
        // Once, and not for each callee: thousands can stand under one clause.
        for handler in found {
            each_once(&mut handler.connects);
            each_once(&mut handler.connects_elsewhere);
        }
        let raising = self.raising.into_iter();
        raising
            .map(|(function, all)| (function, raised(all, connects)))
            .collect()
    }
}

fn raised(all: BTreeSet<Raises>, connects: &[Connect]) -> Raised {
    let mut raised = Raised::default();
    for raises in all {
        match raises {
            Raises::Connect(id) => raised.connects.extend(connects.get(id).map(|connect| Raising {
                api: connect.api,
                path: connect.path.clone(),
            })),
            Raises::Call(file, function) => raised.calls.push((file, function)),
        }
    }
    raised
}

/// What a function of another module raises, out of whatever modules.
fn raised_elsewhere(others: Others<'_>, function: (PathBuf, FunctionId)) -> Vec<Raising> {
    let (mut pending, mut seen, mut found) = (vec![function], HashSet::default(), Vec::new());
    while let Some((file, function)) = pending.pop() {
        if seen.len() >= MOST_ASKED || !seen.insert((file.clone(), function)) {
            continue;
        }
        others.raised_at((&file, function), |raised| {
            found.extend_from_slice(&raised.connects);
            pending.extend(raised.calls.iter().cloned());
        });
    }
    each_once(&mut found);
    found
}

fn each(found: &mut [Handler], clauses: &[usize], mut then: impl FnMut(&mut Handler)) {
    for index in clauses {
        found.get_mut(*index).into_iter().for_each(&mut then);
    }
}

fn each_once<T: Ord>(all: &mut Vec<T>) {
    all.sort_unstable();
    all.dedup();
}

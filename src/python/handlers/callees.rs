//! What the functions of the module raise to those that call them: what the connects in them raise that no clause of theirs
//! stands around.

use foldhash::HashMap;

use crate::python::names::FunctionId;
use crate::sites::Handler;

/// Chains of functions longer than this are not followed.
const LONGEST_CHAIN: usize = 16;

/// The connects, and the calls of the module's own functions, by what stands around them.
#[derive(Debug, Default)]
pub(super) struct Callees {
    /// The connects (by id) in a function that are under no clause of it.
    raising: HashMap<FunctionId, Vec<usize>>,
    /// The calls in a function that are under no clause of it.
    passing: Vec<(FunctionId, FunctionId)>,
    /// The calls under clauses, with the indices of these.
    caught: Vec<(FunctionId, Vec<usize>)>,
}

impl Callees {
    /// `function` raises what these connects raise.
    pub(super) fn raises(&mut self, function: FunctionId, connects: &[usize]) {
        self.raising.entry(function).or_default().extend(connects);
    }

    /// `caller` raises what `callee` raises.
    pub(super) fn passes_on(&mut self, caller: FunctionId, callee: FunctionId) {
        self.passing.push((caller, callee));
    }

    /// What `callee` raises comes to these clauses.
    pub(super) fn come_to(&mut self, callee: FunctionId, clauses: &[usize]) {
        self.caught.push((callee, clauses.to_vec()));
    }

    /// Adds to the clauses the connects whose exceptions come to them out of functions.
    pub(super) fn settle(mut self, found: &mut [Handler]) {
        for _ in 0..LONGEST_CHAIN {
            let mut has_grown = false;
            for (caller, callee) in &self.passing {
                let Some(more) = self.raising.get(callee).cloned() else {
                    continue;
                };
                let known = self.raising.entry(*caller).or_default();
                let before = known.len();
                add(known, &more);
                has_grown |= known.len() > before;
            }
            if !has_grown {
                break;
            }
        }
        for (callee, clauses) in &self.caught {
            let Some(connects) = self.raising.get(callee) else {
                continue;
            };
            for index in clauses {
                if let Some(handler) = found.get_mut(*index) {
                    add(&mut handler.connects, connects);
                }
            }
        }
    }
}

fn add(known: &mut Vec<usize>, more: &[usize]) {
    known.extend(more);
    known.sort_unstable();
    known.dedup();
}

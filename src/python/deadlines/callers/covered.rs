//! Which deadlines reach what stands in a function: those around it there, and those that all its callers put around it.

use foldhash::HashMap;

use super::{CallSite, CallSiteId, Callers, LONGEST_CHAIN};
use crate::python::deadlines::around::{Around, loosest};
use crate::python::names::{Function, FunctionId};
use crate::sites::{Bound, Deadline, Entered};

impl Callers {
    /// The deadlines among `around` that reach what they are around of, the innermost first. A function of the project that
    /// runs it counts as the loosest deadline that it puts around it.
    pub(in crate::python) fn deadlines(&self, around: &[Around]) -> Vec<Deadline> {
        let mut found = Vec::new();
        let mut in_own_loop = false;
        for around in around {
            let deadline = match around {
                Around::Deadline(deadline) => Some(deadline.clone()),
                Around::Wrapped(wrapping) => self.wrappings.deadline(wrapping),
                Around::Handed { to, around } => {
                    if self.wrappings.runs_at_once(to) {
                        let outside = self.deadlines(around).into_iter();
                        found.extend(outside.filter(|deadline| !in_own_loop || !cancels_a_task(deadline)));
                    }
                    None
                }
                Around::Replaced(_) | Around::Task => None,
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
    pub(in crate::python) fn all_deadlines(
        &self,
        around: &[Around],
        function: Option<FunctionId>,
        covered: &HashMap<FunctionId, Deadline>,
    ) -> Vec<Deadline> {
        let mut found = self.deadlines(around);
        let of_callers = function.and_then(|function| covered.get(&function));
        let is_cut_off = around.contains(&Around::Loop) || around.contains(&Around::Task);
        let reaches = |deadline: &&Deadline| !is_cut_off || !cancels_a_task(deadline);
        found.extend(of_callers.filter(reaches).cloned());
        found
    }

    /// For every function whose calls all stand under a deadline: the loosest of those deadlines. `functions` are all of the module.
    pub(in crate::python) fn covered<'n>(
        &self,
        functions: impl Iterator<Item = &'n Function>,
        method_of: impl Fn(FunctionId) -> Option<&'n str>,
    ) -> HashMap<FunctionId, Deadline> {
        let mut covered = HashMap::default();
        // A method may be called on objects alone of which nobody knows what they are.
        let is_called = |name: &str| self.of_any_object.contains(name);
        let methods: Vec<FunctionId> = match self.of_any_object.is_empty() {
            true => Vec::new(),
            false => {
                let all = functions.enumerate().map(|(index, _)| FunctionId::at(index));
                all.filter(|id| method_of(*id).is_some_and(is_called)).collect()
            }
        };
        for _ in 0..LONGEST_CHAIN {
            let called = self.calls.keys().chain(self.elsewhere.keys());
            let found: Vec<(FunctionId, Deadline)> = called
                .chain(self.overridden.keys())
                .chain(self.covered_elsewhere.keys())
                .chain(&methods)
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

    /// The deadline that ends the wait for the call at `site`, which the code around that waits for.
    pub(in crate::python) fn deadline_at(
        &self,
        site: CallSiteId,
        covered: &HashMap<FunctionId, Deadline>,
    ) -> Option<Deadline> {
        let site = self.site_at(site).filter(|site| site.is_waited_for)?;
        self.cover_of_call(site, covered)
    }

    fn cover(
        &self,
        function: FunctionId,
        method: Option<&str>,
        covered: &HashMap<FunctionId, Deadline>,
    ) -> Option<Deadline> {
        if self.escapes(function, method) {
            return None;
        }
        let elsewhere = self
            .sites_of(function, method)
            .filter(|site| site.caller != Some(function));
        let here = elsewhere.map(|site| self.cover_of_call(site, covered));
        let known = self.elsewhere.get(&function).into_iter().flatten();
        let unknown = method.and_then(|name| self.unknown_elsewhere.get(name));
        let there = known.chain(unknown.into_iter().flatten()).cloned();
        let deadlines: Option<Vec<Deadline>> = here.chain(there).collect();
        // Nobody calls it by its own class: those that call what it overrides do.
        let base = self.overridden.get(&function).and_then(|base| covered.get(base));
        let of_base = || base.or(self.covered_elsewhere.get(&function)).cloned();
        let deadline = loosest(deadlines?).or_else(of_base)?;
        Some(Deadline {
            entered: Entered::ByCallers,
            ..deadline
        })
    }

    pub(super) fn cover_of_call(&self, site: &CallSite, covered: &HashMap<FunctionId, Deadline>) -> Option<Deadline> {
        let all = self.all_deadlines(&site.around, site.caller, covered);
        all.into_iter().find(|deadline| deadline.bound != Bound::Unlimited)
    }
}

/// Whether a deadline works by cancelling the task that it is set in.
fn cancels_a_task(deadline: &Deadline) -> bool {
    let libraries = ["asyncio.", "async_timeout.", "anyio.", "trio.", "loop."];
    libraries.iter().any(|library| deadline.path.starts_with(library))
}

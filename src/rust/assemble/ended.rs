//! Whether somebody ends a task, or waits for it under a deadline: asked of whatever keeps its handle, and of what gets that
//! from there.

use foldhash::{HashMap, HashSet};

use crate::rust::assemble::callers::Callers;
use crate::rust::collect::found::Found;
use crate::rust::collect::frames::Outer;
use crate::rust::collect::place::{Place, is_bounded};
use crate::rust::collect::tasks::{is_join_set, is_runtime};
use crate::rust::names::LocalId;

/// So many tasks are followed that wait for each other.
const FARTHEST: usize = 16;

/// What is known of those who have the handles of tasks, by what keeps these.
#[derive(Default)]
pub(super) struct KnownTasks {
    ended: HashMap<Vec<LocalId>, bool>,
    waits: HashMap<Vec<LocalId>, Waits>,
    /// What is being looked at.
    asked: Vec<Vec<LocalId>>,
}

/// How those wait who have a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    /// Nobody does.
    Never,
    /// Each of them gives up some day.
    Limited,
    /// Somebody may do for ever.
    Unlimited,
}

impl Callers<'_> {
    /// Whether the task that a place is in ends some day, whatever it waits for.
    pub(super) fn is_task_ended(&mut self, place: &Place) -> bool {
        let (runtimes, others): (Vec<LocalId>, Vec<LocalId>) = place
            .task
            .iter()
            .partition(|id| self.found.keepers.is_set_of(**id, is_runtime));
        if self.is_any_ended(&others) || self.is_given_to_who_ends(place) {
            return true;
        }
        if self.is_any_ended(&runtimes) {
            // A runtime that goes behind somebody's wait goes never.
            return self.waits_for(&others) != Waits::Unlimited;
        }
        let function = place.function.and_then(|index| self.found.functions.get(index));
        if others.is_empty() || !function.is_some_and(|function| function.is_test) {
            return false;
        }
        // The runtime of a test ends with it, and the tasks of a set with that.
        match self.waits_for(&others) {
            Waits::Limited => true,
            Waits::Never => others.iter().any(|id| self.found.keepers.is_set_of(*id, is_join_set)),
            Waits::Unlimited => false,
        }
    }

    /// Whether one of these is ended, or something that gets what they keep.
    fn is_any_ended(&mut self, keepers: &[LocalId]) -> bool {
        if let Some(known) = self.tasks.ended.get(keepers) {
            return *known;
        }
        let reached = self.reached(keepers);
        let mut variables = reached.iter().filter_map(|id| self.found.variables.get(id.0));
        let is_ended = variables.any(|variable| variable.is_ended);
        self.tasks.ended.insert(keepers.to_vec(), is_ended);
        is_ended
    }

    /// Whether all callers of a function end the task whose handle it gives them.
    fn is_given_to_who_ends(&mut self, place: &Place) -> bool {
        let Some(path) = &place.given_by else { return false };
        let uses = self.uses(&Outer::Function(path.clone()));
        !uses.is_empty() && uses.iter().all(|used| self.is_any_ended(&used.place.kept))
    }

    /// These, and all that gets what they keep.
    fn reached(&self, keepers: &[LocalId]) -> Vec<LocalId> {
        let mut seen: HashSet<LocalId> = keepers.iter().copied().collect();
        let mut reached: Vec<LocalId> = keepers.to_vec();
        let mut at = 0;
        while let Some(id) = reached.get(at).copied() {
            at += 1;
            let onward = self.found.keepers.onward.get(&id).into_iter().flatten();
            let by_uses = places(self.found, id).flat_map(|place| &place.kept);
            let further: Vec<LocalId> = onward.chain(by_uses).copied().filter(|id| seen.insert(*id)).collect();
            reached.extend(further);
        }
        reached
    }

    /// How those wait for tasks who get what keeps their handles.
    fn waits_for(&mut self, keepers: &[LocalId]) -> Waits {
        if let Some(known) = self.tasks.waits.get(keepers) {
            return *known;
        }
        let asked = &mut self.tasks.asked;
        if asked.len() > FARTHEST || asked.iter().any(|other| other == keepers) {
            return Waits::Unlimited;
        }
        asked.push(keepers.to_vec());
        let waits = self.longest_wait(keepers);
        self.tasks.asked.pop();
        self.tasks.waits.insert(keepers.to_vec(), waits);
        waits
    }

    fn longest_wait(&mut self, keepers: &[LocalId]) -> Waits {
        let mut waits = Waits::Never;
        for id in self.reached(keepers) {
            if self.found.keepers.is_given_away(id) {
                return Waits::Unlimited;
            }
            for place in places(self.found, id) {
                if is_bounded(&place.deadlines) || is_bounded(&self.around(place, false)) {
                    waits = Waits::Limited;
                } else if place.kept.is_empty() {
                    return Waits::Unlimited;
                }
            }
        }
        waits
    }
}

/// Where something is used that keeps tasks.
fn places(found: &Found, id: LocalId) -> impl Iterator<Item = &Place> {
    let watched = found.uses.get(&Outer::Variable(id)).into_iter().flatten();
    let others = found.keepers.uses.get(&id).into_iter().flatten();
    watched.map(|used| &used.place).chain(others)
}

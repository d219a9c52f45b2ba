//! Who calls, awaits or holds what a connect stands in, and under which deadlines.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use crate::rust::assemble::elsewhere::Elsewhere;
use crate::rust::assemble::ended::KnownTasks;
use crate::rust::collect::found::{Found, Use};
use crate::rust::collect::frames::Outer;
use crate::rust::collect::place::{Place, is_bounded};
use crate::rust::collect::tasks::is_local_set;
use crate::rust::names::spelling::Spelling;
use crate::sites::{Bound, CallersElsewhere, Deadline, Entry};
use crate::source::Span;

/// Where a future is entered in the end.
pub(in crate::rust) struct Entered<'a> {
    pub(in crate::rust) entry: Entry,
    pub(in crate::rust) place: &'a Place,
    pub(in crate::rust) spelling: &'a Arc<Spelling>,
}

/// Follows futures to those who use them.
pub(in crate::rust) struct Callers<'a> {
    pub(in crate::rust) found: &'a Found,
    /// Those in other files.
    elsewhere: Option<Elsewhere<'a>>,
    known: HashMap<(Outer, bool), Vec<Deadline>>,
    asked: HashSet<(Outer, bool)>,
    /// Those whose uses in other files are all known.
    asked_elsewhere: HashSet<(Outer, bool)>,
    pub(super) tasks: KnownTasks,
}

impl<'a> Callers<'a> {
    pub(in crate::rust) fn new(found: &'a Found, elsewhere: Option<Elsewhere<'a>>) -> Self {
        Self {
            found,
            elsewhere,
            known: HashMap::default(),
            asked: HashSet::default(),
            asked_elsewhere: HashSet::default(),
            tasks: KnownTasks::default(),
        }
    }

    /// How a future is entered: by itself, or by the single use of the variable that holds it.
    pub(in crate::rust) fn entered(&self, place: &'a Place, spelling: &'a Arc<Spelling>) -> Entered<'a> {
        let mut entered = Entered {
            entry: place.entry.unwrap_or(Entry::Stored),
            place,
            spelling,
        };
        let mut hops = 0;
        while let (None, Some(outer @ Outer::Variable(_))) = (entered.place.entry, &entered.place.outer) {
            let [only] = self.found.uses.get(outer).map_or(&[][..], Vec::as_slice) else {
                entered.entry = Entry::Stored;
                break;
            };
            entered = Entered {
                entry: only.place.entry.unwrap_or(Entry::Stored),
                place: &only.place,
                spelling: &only.spelling,
            };
            hops += 1;
            if hops > self.found.variables.len() {
                break;
            }
        }
        entered
    }

    /// Why no timer can be trusted at a place.
    pub(in crate::rust) fn no_timer(&self, place: &Place) -> Option<&'static str> {
        let functions = &self.found.functions;
        let function = place.function.and_then(|index| functions.get(index));
        let is_paused = function.is_some_and(|function| function.paused)
            || (!function.is_some_and(|function| function.is_test) && functions.iter().any(|function| function.paused));
        no_timer(is_paused, self.found.untimed_runtime)
    }

    /// Whether the clock stands still where a connect waits for an address that is written there, and nothing in the file may be
    /// its server.
    pub(in crate::rust) fn clock_stands_still(&self, place: &Place, has_address: bool) -> bool {
        let function = place.function.and_then(|index| self.found.functions.get(index));
        has_address && !self.found.may_serve && function.is_some_and(|function| function.paused && !function.resumed)
    }

    /// Whether a test certainly waits at a place until it is over: nothing on the way runs in a task of its own.
    pub(in crate::rust) fn runs_in_test(&self, place: &Place) -> bool {
        let mut pending = vec![place];
        let mut seen: HashSet<&Outer> = HashSet::default();
        while let Some(place) = pending.pop() {
            if place.entry != Some(Entry::Await) || place.in_task || place.is_handed_on || place.is_raced() {
                return false;
            }
            let function = place.function.and_then(|index| self.found.functions.get(index));
            let Some(outer) = &place.outer else {
                return false;
            };
            if matches!(outer, Outer::Function(_)) && function.is_some_and(|function| function.is_test) {
                continue;
            }
            let uses = self.uses(outer);
            if !self.all_run_in_test(outer, &uses, false) {
                return false;
            }
            if seen.insert(outer) {
                pending.extend(uses.iter().map(|used| &used.place));
            }
        }
        true
    }

    /// The same for what blocks its thread: no closure and no task on the way.
    pub(in crate::rust) fn blocks_test(&self, place: &Place) -> bool {
        let mut pending = vec![place];
        let mut seen: HashSet<usize> = HashSet::default();
        while let Some(place) = pending.pop() {
            let Some(index) = place.function.filter(|_| !place.is_apart && !place.in_task) else {
                return false;
            };
            let function = self.found.functions.get(index);
            if function.is_some_and(|function| function.is_test) || !seen.insert(index) {
                continue;
            }
            let Some(outer) = function.map(|function| Outer::Function(function.path.clone())) else {
                return false;
            };
            let uses = self.uses(&outer);
            if !self.all_run_in_test(&outer, &uses, true) {
                return false;
            }
            pending.extend(uses.iter().map(|used| &used.place));
        }
        true
    }

    /// Whether something is used, and nowhere unseen or in another file outside of tests; `uses` are those of this file.
    fn all_run_in_test(&self, outer: &Outer, uses: &[&Use], blocking: bool) -> bool {
        let elsewhere = self.elsewhere.as_ref();
        let elsewhere = elsewhere.and_then(|elsewhere| elsewhere.run_in_test(outer, self.found, blocking));
        let is_used = elsewhere.unwrap_or(!uses.is_empty());
        is_used && !self.may_have_unseen_uses(outer)
    }

    /// Every deadline around a place, its own first. A blocking call is only ended by what ends the whole thread's work.
    pub(in crate::rust) fn around(&mut self, place: &Place, blocking: bool) -> Vec<Deadline> {
        let own = if blocking { &[][..] } else { place.deadlines.as_slice() };
        let mut deadlines: Vec<Deadline> = own.iter().chain(&place.attributes).cloned().collect();
        if !blocking && self.is_task_ended(place) {
            // When it is ended is not looked at.
            deadlines.push(Deadline {
                span: Span::empty(0),
                path: "abort".to_owned(),
                bound: Bound::Unknown,
                entered: crate::sites::Entered::Here,
            });
        }
        if let Some(outer) = &place.outer {
            deadlines.extend(self.of_all_uses(outer, blocking));
        }
        for id in place.task.iter().filter(|_| !blocking) {
            if self.found.keepers.is_set_of(*id, is_local_set) {
                deadlines.extend(self.of_all_uses(&Outer::Variable(*id), false));
            }
        }
        if let Some(path) = place.given_by.as_ref().filter(|_| !blocking) {
            deadlines.extend(self.around_handle(path));
        }
        deadlines
    }

    /// What tests put around the handle of a task that a function gives them: their runtime ends, and the task with it.
    fn around_handle(&mut self, function: &str) -> Vec<Deadline> {
        let outer = Outer::Function(function.to_owned());
        let in_test = |used: &&Use| {
            let function = used.place.function.and_then(|index| self.found.functions.get(index));
            function.is_some_and(|function| function.is_test)
        };
        match self.uses(&outer).iter().all(in_test) {
            true => self.of_all_uses(&outer, false),
            false => Vec::new(),
        }
    }

    /// What every use puts around it; nothing if one of them puts nothing.
    fn of_all_uses(&mut self, outer: &Outer, blocking: bool) -> Vec<Deadline> {
        let key = (outer.clone(), blocking);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if !self.asked.insert(key.clone()) || self.may_have_unseen_uses(outer) {
            return Vec::new();
        }
        let found = self.found;
        let uses = self.uses(outer);
        let mut around: Vec<Vec<Deadline>> = uses.iter().map(|used| self.around(&used.place, blocking)).collect();
        if around.iter().all(|deadlines| is_bounded(deadlines))
            && let Some(elsewhere) = &self.elsewhere
            && let Some(others) = elsewhere.around(outer, found, blocking)
        {
            if elsewhere.may_use(outer, found) {
                self.asked_elsewhere.insert(key.clone());
            }
            around.extend(others);
        }
        let deadlines = match around.as_slice() {
            [] => Vec::new(),
            [only] => only.clone(),
            many if many.iter().all(|deadlines| is_bounded(deadlines)) => shared(many),
            _ => Vec::new(),
        };
        let in_callers = matches!(outer, Outer::Function(_));
        let deadlines: Vec<Deadline> = deadlines
            .into_iter()
            .map(|deadline| Deadline {
                entered: match in_callers {
                    true => crate::sites::Entered::ByCallers,
                    false => deadline.entered,
                },
                ..deadline
            })
            .collect();
        self.known.insert(key, deadlines.clone());
        deadlines
    }

    /// Whether the other files of the project were asked who calls the function of a place.
    pub(in crate::rust) fn asked_for(&self, place: &Place, blocking: bool) -> CallersElsewhere {
        let outer = place.outer.clone();
        match outer.is_some_and(|outer| self.asked_elsewhere.contains(&(outer, blocking))) {
            true => CallersElsewhere::Asked {
                open: None,
                all_seen: true,
            },
            false => CallersElsewhere::NotAsked,
        }
    }

    /// Where something is used in this file: by its own name, or by that of the trait's method that it implements.
    pub(super) fn uses(&self, outer: &Outer) -> Vec<&'a Use> {
        let found = self.found;
        let own = found.uses.get(outer);
        let methods = match outer {
            Outer::Function(path) => found.implements.get(path),
            Outer::Variable(_) => None,
        };
        let methods = methods.into_iter().flatten().flat_map(|method| self.spellings(method));
        let through_trait = methods.filter_map(|method| found.uses.get(&Outer::Function(method)));
        own.into_iter().chain(through_trait).flatten().collect()
    }

    /// The method of a trait by its own path, and by those of the traits that build on it.
    fn spellings(&self, method: &str) -> Vec<String> {
        let own = std::iter::once(method.to_owned());
        let Some((of, name)) = method.rsplit_once("::") else {
            return own.collect();
        };
        let below = self.found.subtraits.get(of).into_iter().flatten();
        own.chain(below.map(|of| format!("{of}::{name}"))).collect()
    }

    /// A method of this name is called on something whose type cannot be seen.
    fn may_have_unseen_uses(&self, outer: &Outer) -> bool {
        match outer {
            Outer::Function(path) => path
                .rsplit("::")
                .next()
                .is_some_and(|name| self.found.loose_methods.contains(name)),
            Outer::Variable(_) => false,
        }
    }
}

/// What several uses have in common: the first one's innermost deadline, with a length only where all agree.
fn shared(around: &[Vec<Deadline>]) -> Vec<Deadline> {
    let innermost = |deadlines: &Vec<Deadline>| {
        deadlines
            .iter()
            .find(|deadline| deadline.bound != Bound::Unlimited)
            .cloned()
    };
    let all: Vec<Deadline> = around.iter().filter_map(innermost).collect();
    let Some(first) = all.first() else { return Vec::new() };
    let agree = all.iter().all(|deadline| deadline.bound == first.bound);
    vec![Deadline {
        bound: if agree { first.bound } else { Bound::Unknown },
        ..first.clone()
    }]
}

/// Why no timer of tokio's can be trusted.
pub(in crate::rust) fn no_timer(is_paused: bool, is_untimed: bool) -> Option<&'static str> {
    match (is_paused, is_untimed) {
        (true, _) => Some("tokio's clock is paused in this file, so a timeout would fire at once"),
        (_, true) => Some("a runtime of this file is built without `enable_time`, so a timeout would panic"),
        _ => None,
    }
}

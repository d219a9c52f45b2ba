//! Which deadlines the callers in other modules put around the functions of a module: at the call, or around the function that it
//! stands in, by callers in further modules.

use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::elsewhere::ask_for_wrappings;
use crate::python::deadlines::around::Around;
use crate::python::deadlines::callers::{CallSiteId, Callers, ToldOf};
use crate::python::names::{Function, FunctionId};
use crate::python::program::{Covered, Others, Override, UsedFunction, Uses};
use crate::sites::Deadline;

/// Who calls the functions of a module that more modules import is not asked.
const MOST_IMPORTERS: usize = 256;

/// So many modules that call something are asked in turn who calls what they define.
const MOST_MODULES: usize = 32;

/// Callers of callers are asked through so many modules.
const FARTHEST: usize = 4;

/// A module whose functions others call.
pub(super) struct Called<'t> {
    file: &'t Path,
    by_name: HashMap<&'t str, Vec<FunctionId>>,
    /// The simple names of its functions.
    simple: HashSet<&'t str>,
}

/// The modules around one whose callers are asked for.
pub(super) struct Outside<'a> {
    others: Others<'a>,
    /// What the callers of a module do, who are looked for through so many modules; nothing where they are too many.
    known: HashMap<(Arc<Path>, usize), Option<Arc<Outlook>>>,
}

/// What the callers of a module's functions do, wherever they stand.
struct Outlook {
    /// The functions that all of them bound.
    covered: Arc<Covered>,
    /// The functions of whose failures one of them looks at the text.
    told_of: ToldOf,
}

impl<'t> Called<'t> {
    /// The module at this absolute path, with its functions.
    pub(super) fn of(file: &'t Path, functions: impl Iterator<Item = &'t Function>) -> Self {
        let mut by_name: HashMap<&str, Vec<FunctionId>> = HashMap::default();
        let mut simple = HashSet::default();
        for (index, function) in functions.enumerate() {
            let id = FunctionId::at(index);
            by_name.entry(&function.qualified).or_default().push(id);
            simple.insert(function.name());
        }
        Self { file, by_name, simple }
    }

    fn named(&self, name: &str) -> impl Iterator<Item = FunctionId> {
        self.by_name.get(name).into_iter().flatten().copied()
    }
}

impl<'a> Outside<'a> {
    pub(super) fn new(others: Others<'a>) -> Self {
        let known = HashMap::default();
        Self { others, known }
    }

    /// Tells `callers`, those of `module`, who calls its functions elsewhere, and whether anybody may; nothing where these are
    /// too many. What nothing bounds is handed to `open`, with the module that calls it.
    pub(super) fn tell(
        &mut self,
        callers: &mut Callers,
        module: &Called<'_>,
        open: &mut dyn FnMut(FunctionId, &UsedFunction, &Path),
    ) -> Option<bool> {
        self.tell_through(FARTHEST, callers, module, open)
    }

    /// Tells `callers` what is around the methods of other modules that functions of theirs stand in the place of; nothing where
    /// those who may call these are too many.
    pub(super) fn tell_of_bases(&mut self, callers: &mut Callers, bases: &[Override]) -> Option<()> {
        self.tell_of_bases_through(FARTHEST, callers, bases)
    }

    fn tell_through(
        &mut self,
        farthest: usize,
        callers: &mut Callers,
        module: &Called<'_>,
        open: &mut dyn FnMut(FunctionId, &UsedFunction, &Path),
    ) -> Option<bool> {
        let users = self.others.users(module.file, MOST_IMPORTERS)?;
        for user in &users {
            let Some(facts) = self.others.facts_at(user) else {
                continue;
            };
            let uses = &facts.uses;
            for used in uses.calls.iter().filter(|used| used.file == module.file) {
                let deadline = self.deadline((user, uses), used.site, farthest)?;
                let is_told_of = used.is_told_of || self.is_told_of((user, uses), used.site, farthest);
                for function in module.named(&used.name) {
                    callers.called_elsewhere(function, deadline.clone());
                    if is_told_of {
                        callers.told_elsewhere(function);
                    }
                    if deadline.is_none() {
                        open(function, used, user);
                    }
                }
            }
            for (method, site) in &uses.unknown {
                // Whose method it is nobody knows: no more than its own module is asked for that.
                if module.simple.contains(method.as_str()) {
                    let deadline = uses.callers.deadline_at(*site, &uses.covered);
                    let call = uses.callers.site_at(*site);
                    callers.unknown_call_elsewhere(method, call.is_some_and(|call| call.is_of_any_object), deadline);
                }
            }
            for (_, name) in uses.handed_on.iter().filter(|(of, _)| of == module.file) {
                for function in module.named(name) {
                    callers.escape(function);
                    if uses.callers.may_look_at_texts() {
                        callers.told_elsewhere(function);
                    }
                }
            }
            for (_, name) in uses.handed_on_whole.iter().filter(|(of, _)| of == module.file) {
                for function in module.named(name) {
                    callers.hand_on(function);
                }
            }
        }
        Some(!users.is_empty())
    }

    fn tell_of_bases_through(&mut self, farthest: usize, callers: &mut Callers, bases: &[Override]) -> Option<()> {
        for base in bases {
            let outlook = self.outlook(&base.file, farthest)?;
            if let Some(deadline) = outlook.covered.get(&base.method) {
                callers.base_covered(base.function, deadline.clone());
            }
        }
        Some(())
    }

    /// The deadline at a call in a module, or around the function that it stands in; nothing where that cannot be told.
    fn deadline(
        &mut self,
        (file, uses): (&Arc<Path>, &Uses),
        call: CallSiteId,
        farthest: usize,
    ) -> Option<Option<Deadline>> {
        let near = uses.callers.deadline_at(call, &uses.covered);
        let Some(site) = uses.callers.site_at(call).filter(|_| near.is_none()) else {
            return Some(near);
        };
        let mut run_by = site.around.iter().filter_map(Around::run_elsewhere);
        let put_around = run_by.find_map(|wrapping| self.others.put_around(wrapping));
        if put_around.is_some() || site.caller.is_none() || !site.is_waited_for {
            return Some(put_around);
        }
        let outlook = self.outlook(file, farthest)?;
        Some(uses.callers.deadline_at(call, &outlook.covered))
    }

    /// Whether callers of the function that a call stands in go on with the text of what it raises, in whatever module; also
    /// where that cannot be told.
    fn is_told_of(&mut self, (file, uses): (&Arc<Path>, &Uses), call: CallSiteId, farthest: usize) -> bool {
        let caller = uses.callers.site_at(call).and_then(|site| site.caller);
        let Some(caller) = caller.filter(|_| !self.others.program.importers(file).is_empty()) else {
            return false;
        };
        let outlook = self.outlook(file, farthest);
        outlook.is_none_or(|outlook| outlook.told_of.contains_key(&caller))
    }

    /// What the callers of the module at this absolute path do, who are looked for through so many modules; nothing where
    /// they are too many.
    fn outlook(&mut self, file: &Arc<Path>, farthest: usize) -> Option<Arc<Outlook>> {
        let key = (file.clone(), farthest);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if self.known.len() >= MOST_MODULES {
            return None;
        }
        // Who asks for itself meanwhile asks through fewer modules.
        let outlook = self.look_out(file, farthest);
        self.known.insert(key, outlook.clone());
        outlook
    }

    fn look_out(&mut self, file: &Arc<Path>, farthest: usize) -> Option<Arc<Outlook>> {
        let (facts, module) = (self.others.facts_at(file)?, self.others.module(file)?);
        let of_itself = || Outlook {
            covered: facts.uses.covered.clone(),
            told_of: ToldOf::default(),
        };
        let Some(farther) = farthest.checked_sub(1) else {
            return Some(Arc::new(of_itself()));
        };
        let mut callers = facts.uses.callers.clone();
        let called = Called::of(file, module.0.functions());
        let is_used = self.tell_through(farther, &mut callers, &called, &mut |_, _, _| ())?;
        self.tell_of_bases_through(farther, &mut callers, &facts.uses.overrides)?;
        if !is_used && facts.uses.overrides.is_empty() {
            return Some(Arc::new(of_itself()));
        }
        ask_for_wrappings(&mut callers, self.others);
        Some(Arc::new(Outlook {
            covered: Arc::new(callers.covered(module.0.functions(), |function| module.0.method_name(function))),
            told_of: callers.told_of(|function| module.0.method_name(function)),
        }))
    }
}

//! Which functions of the module are only ever called under a deadline.

use foldhash::{HashMap, HashSet};

use crate::python::deadlines::around::Around;
use crate::python::deadlines::wrappings::Wrappings;
use crate::python::names::FunctionId;
use crate::sites::{Deadline, Expected};

mod covered;
mod told;

/// Who calls the module's own functions, and under which deadlines.
#[derive(Clone, Debug, Default)]
pub(in crate::python) struct Callers {
    sites: Vec<CallSite>,
    calls: HashMap<FunctionId, Vec<CallSiteId>>,
    /// Calls of methods of objects that are not known, by the method's name: they may mean any method called so.
    unknown: HashMap<String, Vec<CallSiteId>>,
    /// The methods that are called on objects whose class is not known either.
    of_any_object: HashSet<String>,
    /// Functions that something else may call: they are passed around, or a decorator gets them.
    escaped: HashSet<FunctionId>,
    escaped_methods: HashSet<String>,
    /// Functions whose class or module is handed to something that may call what it has.
    handed_on: HashSet<FunctionId>,
    /// Calls in other modules of the project, each with the deadline that holds there.
    elsewhere: HashMap<FunctionId, Vec<Option<Deadline>>>,
    /// Functions that are passed around as values, to whoever calls them.
    passed_on: HashSet<FunctionId>,
    /// Some code of the module goes on with the text of what fails in it, or looks at it.
    looks_at_texts: bool,
    /// The same of methods of objects that are not known, by the method's name.
    unknown_elsewhere: HashMap<String, Vec<Option<Deadline>>>,
    /// Functions whose failures another module of the project looks at.
    told_elsewhere: HashSet<FunctionId>,
    /// The methods of base classes, each by the one of a subclass that stands in its place.
    overridden: HashMap<FunctionId, FunctionId>,
    /// The deadlines around such methods, where the base class stands in another module.
    covered_elsewhere: HashMap<FunctionId, Deadline>,
    wrappings: Wrappings,
}

/// A call in [`Callers`].
#[derive(Clone, Copy, Debug)]
pub(in crate::python) struct CallSiteId(usize);

/// One call of what may be a function of the project.
#[derive(Clone, Debug)]
pub(in crate::python) struct CallSite {
    /// The function that it stands in.
    pub(in crate::python) caller: Option<FunctionId>,
    /// What is around it, the innermost first.
    pub(in crate::python) around: Vec<Around>,
    /// The caller waits until the function is over: it is awaited, entered, or run by `asyncio.run`.
    pub(in crate::python) is_waited_for: bool,
    /// What the code around it wants it to raise.
    pub(in crate::python) expected: Expected,
    /// It stands in a lambda, which anything may call.
    pub(in crate::python) is_in_lambda: bool,
    /// It calls a method of an object of which nothing is known, not even its class: `feed.open()`.
    pub(in crate::python) is_of_any_object: bool,
}

/// The functions of whose failures a caller looks at the text, or goes on with it. Where every caller does the first it is what
/// they are about ([`Expected::SaidByTimeout`]), else it is [`Expected::Told`].
pub(in crate::python) type ToldOf = HashMap<FunctionId, Expected>;

/// Chains of helpers longer than this are not followed.
const LONGEST_CHAIN: usize = 32;

impl Callers {
    /// A call of something that may be a function of the project.
    pub(in crate::python) fn site(&mut self, site: CallSite) -> CallSiteId {
        self.sites.push(site);
        CallSiteId(self.sites.len() - 1)
    }

    /// What is around each of them.
    pub(in crate::python) fn around(&self) -> impl Iterator<Item = &Vec<Around>> {
        self.sites.iter().map(|site| &site.around)
    }

    /// The call with this id.
    pub(in crate::python) fn site_at(&self, id: CallSiteId) -> Option<&CallSite> {
        self.sites.get(id.0)
    }

    /// The same, of which more is known now.
    pub(in crate::python) fn site_mut(&mut self, id: CallSiteId) -> Option<&mut CallSite> {
        self.sites.get_mut(id.0)
    }

    /// What the functions of the project put around what they are given.
    pub(in crate::python) fn wrappings(&mut self) -> &mut Wrappings {
        &mut self.wrappings
    }

    /// A call of a function of the module.
    pub(in crate::python) fn call(&mut self, function: FunctionId, site: CallSiteId) {
        self.calls.entry(function).or_default().push(site);
    }

    /// A call of a method of an object that is not known.
    pub(in crate::python) fn unknown_call(&mut self, method: &str, site: CallSiteId) {
        if self.site_at(site).is_some_and(|site| site.is_of_any_object) {
            self.of_any_object.insert(method.to_owned());
        }
        self.unknown.entry(method.to_owned()).or_default().push(site);
    }

    /// A call in another module of the project, under this deadline.
    pub(in crate::python) fn called_elsewhere(&mut self, function: FunctionId, deadline: Option<Deadline>) {
        self.elsewhere.entry(function).or_default().push(deadline);
    }

    /// The same of a method of an object that is not known, or of which not even the class is.
    pub(in crate::python) fn unknown_call_elsewhere(
        &mut self,
        method: &str,
        is_of_any_object: bool,
        deadline: Option<Deadline>,
    ) {
        if is_of_any_object {
            self.of_any_object.insert(method.to_owned());
        }
        self.unknown_elsewhere
            .entry(method.to_owned())
            .or_default()
            .push(deadline);
    }

    /// Another module looks at what `function` raises.
    pub(in crate::python) fn told_elsewhere(&mut self, function: FunctionId) {
        self.told_elsewhere.insert(function);
    }

    /// Who calls `method` of a base class may mean `function` of a subclass.
    pub(in crate::python) fn overrides(&mut self, function: FunctionId, method: FunctionId) {
        self.overridden.insert(function, method);
    }

    /// The same of a base class in another module, whose callers all put `deadline` around that method.
    pub(in crate::python) fn base_covered(&mut self, function: FunctionId, deadline: Deadline) {
        self.covered_elsewhere.insert(function, deadline);
    }

    /// Some code of the module goes on with the text of what fails in it, or looks at it.
    pub(in crate::python) fn look_at_texts(&mut self) {
        self.looks_at_texts = true;
    }

    /// Whether some does.
    pub(in crate::python) fn may_look_at_texts(&self) -> bool {
        self.looks_at_texts
    }

    /// `function` is passed around as a value: whoever gets it may call it.
    pub(in crate::python) fn pass_on(&mut self, function: FunctionId) {
        self.passed_on.insert(function);
        self.escape(function);
    }

    /// The same where the code that calls it can be seen, as the call at `site`.
    pub(in crate::python) fn call_passed_on(&mut self, function: FunctionId, site: CallSiteId) {
        self.passed_on.insert(function);
        self.call(function, site);
    }

    /// How many calls of this module certainly mean `function`.
    pub(in crate::python) fn calls_of(&self, function: FunctionId) -> usize {
        self.calls.get(&function).map_or(0, Vec::len)
    }

    /// Something else than a call in sight may call `function`.
    pub(in crate::python) fn escape(&mut self, function: FunctionId) {
        self.escaped.insert(function);
    }

    /// The method called `name` of an object that is not known is passed around.
    pub(in crate::python) fn escape_method(&mut self, name: &str) {
        self.escaped_methods.insert(name.to_owned());
    }

    /// The class or the module of `function` is handed to something that may call what it has.
    pub(in crate::python) fn hand_on(&mut self, function: FunctionId) {
        self.handed_on.insert(function);
    }

    /// Whether something else than the calls in sight may call `function`, a method of this name or none.
    pub(in crate::python) fn may_be_called_unseen(&self, function: FunctionId, method: Option<&str>) -> bool {
        self.escapes(function, method) || self.handed_on.contains(&function)
    }

    /// Whether anything else than calls of this module that certainly mean `function`, a method of this name or none, may call it.
    pub(in crate::python) fn has_unseen(&self, function: FunctionId, method: Option<&str>) -> bool {
        let by_name = |name: &str| self.unknown.contains_key(name) || self.unknown_elsewhere.contains_key(name);
        self.may_be_called_unseen(function, method)
            || self.elsewhere.contains_key(&function)
            || method.is_some_and(by_name)
    }

    /// Whether a call bounds a method of this name, of an object of which nothing is known: it may mean any method called so.
    pub(in crate::python) fn may_bound(&self, method: &str, covered: &HashMap<FunctionId, Deadline>) -> bool {
        let mut elsewhere = self.unknown_elsewhere.get(method).into_iter().flatten();
        let mut here = self.unknown.get(method).into_iter().flatten();
        let is_covered = |id: &CallSiteId| {
            let site = self.site_at(*id);
            site.is_some_and(|site| self.cover_of_call(site, covered).is_some())
        };
        elsewhere.any(Option::is_some) || here.any(is_covered)
    }

    /// Whether this is so wherever `function` is called.
    pub(in crate::python) fn always(
        &self,
        function: FunctionId,
        method: Option<&str>,
        is_so: &dyn Fn(&CallSite) -> bool,
    ) -> bool {
        let mut sites = self.sites_of(function, method).peekable();
        sites.peek().is_some() && !self.escapes(function, method) && sites.all(is_so)
    }

    /// The functions that one of `roots` certainly waits for, these included: none of their calls makes a task of its own.
    pub(in crate::python) fn run_by<'n>(
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
        if self.escapes(function, method) {
            return false;
        }
        let mut elsewhere = self
            .sites_of(function, method)
            .filter(|site| site.caller != Some(function));
        elsewhere.all(|site| site.is_waited_for && site.caller.is_some_and(|caller| run.contains(&caller)))
    }

    /// Something else than a call in sight may call `function`, a method of this name or none.
    fn escapes(&self, function: FunctionId, method: Option<&str>) -> bool {
        self.escaped.contains(&function) || method.is_some_and(|name| self.escaped_methods.contains(name))
    }

    /// The calls in this module that may mean `function`, a method of this name or none.
    fn sites_of(&self, function: FunctionId, method: Option<&str>) -> impl Iterator<Item = &CallSite> {
        let known = self.calls.get(&function).into_iter().flatten();
        let unknown = method.and_then(|name| self.unknown.get(name));
        known
            .chain(unknown.into_iter().flatten())
            .filter_map(|id| self.site_at(*id))
    }
}

/// Whether a part of `library` is replaced by something in `around`.
pub(in crate::python) fn is_replaced(around: &[Around], library: &str) -> bool {
    around
        .iter()
        .any(|around| matches!(around, Around::Replaced(replaced) if replaced == library))
}

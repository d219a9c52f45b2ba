//! What a module does with the functions of other modules, and what other modules do with its own: which deadlines their
//! callers put around them.

use std::path::PathBuf;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::{Collector, Found};
use crate::python::callers::{Around, CallSiteId};
use crate::python::connects::span;
use crate::python::names::FunctionId;
use crate::python::usage::is_callee;
use crate::python::wrappings::Wrapping;
use crate::sites::{Bound, Deadline, OtherPlace, Related, RelatedPlace};
use crate::source::Span;

/// Who calls the functions of a module that more modules import is not asked.
const MOST_IMPORTERS: usize = 256;

/// What a module does with functions that are not its own. Plain data.
#[derive(Debug, Default)]
pub(in crate::python) struct Uses {
    /// The functions of other modules that it calls.
    pub(in crate::python) calls: Vec<UsedFunction>,
    /// The methods that it calls of objects of which nothing is known, by their names.
    pub(in crate::python) unknown: Vec<(String, Option<Deadline>)>,
    /// The functions of other modules that it hands on, by their file and name.
    pub(in crate::python) handed_on: Vec<(PathBuf, String)>,
}

/// A call of a function of another module.
#[derive(Debug)]
pub(in crate::python) struct UsedFunction {
    /// The module's file.
    pub(in crate::python) file: PathBuf,
    /// The function's name, behind those of the classes around it.
    pub(in crate::python) name: String,
    /// The call.
    pub(in crate::python) call: Span,
    /// The deadline that holds there.
    pub(in crate::python) deadline: Option<Deadline>,
    /// The functions of other modules that run it, where nothing in its own bounds it.
    pub(in crate::python) run_by: Vec<Wrapping>,
    /// What it raises is looked at there, or its text goes on.
    pub(in crate::python) is_told_of: bool,
}

/// The same before it is known which functions of the module are covered themselves.
#[derive(Default)]
pub(super) struct Calls {
    known: Vec<(PathBuf, String, Span, CallSiteId)>,
    unknown: Vec<(String, CallSiteId)>,
    handed_on: Vec<(PathBuf, String)>,
}

impl<'a> Collector<'a> {
    /// Whether others want to know of a call, which may be one of a function of another module.
    pub(super) fn is_elsewhere(&self, call: &ExprCall) -> bool {
        self.asks_for_uses()
            && (self.names.foreign_function(&call.func).is_some()
                || (call.func.is_attribute_expr() && self.names.values(&call.func).is_empty()))
    }

    /// The call at `site` may be one of a function of another module.
    pub(super) fn call_elsewhere(&mut self, call: &'a ExprCall, site: CallSiteId) {
        if !self.asks_for_uses() {
            return;
        }
        if let Some((module, function)) = self.names.foreign_function(&call.func) {
            let (file, name) = (module.0.file().to_owned(), module.0.qualified(function).to_owned());
            self.uses.known.push((file, name, span(call.range()), site));
        } else if let Expr::Attribute(method) = &*call.func
            && self.names.values(&call.func).is_empty()
        {
            self.uses.unknown.push((method.attr.to_string(), site));
        }
    }

    /// A name or attribute that may be a function of another module, but is not called here.
    pub(super) fn function_elsewhere(&mut self, expr: &'a Expr) {
        let is_called = matches!(self.parents.last(), Some(Expr::Call(call)) if is_callee(call, expr));
        if is_called || !self.asks_for_uses() {
            return;
        }
        if let Some((module, function)) = self.names.foreign_function(expr) {
            let (file, name) = (module.0.file().to_owned(), module.0.qualified(function).to_owned());
            self.uses.handed_on.push((file, name));
        }
    }

    /// Only a summary for other modules holds what is done with their functions.
    fn asks_for_uses(&self) -> bool {
        self.others.is_none()
    }

    /// What the module does with functions that are not its own.
    pub(super) fn uses(&self, covered: &HashMap<FunctionId, Deadline>) -> Uses {
        let deadline = |site: &CallSiteId| {
            let site = self.callers.site_at(*site)?;
            let all = self.callers.all_deadlines(&site.around, site.caller, covered);
            all.into_iter()
                .find(|deadline| deadline.bound != Bound::Unlimited)
                .filter(|_| site.is_waited_for)
        };
        let run_by = |site: &CallSiteId| {
            let around = self.callers.site_at(*site).map(|site| &*site.around);
            around.unwrap_or_default().iter().filter_map(Around::run_elsewhere)
        };
        let told_of = self.told_of();
        let is_told_of = |site: &CallSiteId| {
            let site = self.callers.site_at(*site);
            site.is_some_and(|site| site.tells(&told_of).is_some())
        };
        let known = self.uses.known.iter();
        let unknown = self.uses.unknown.iter();
        Uses {
            calls: known
                .map(|(file, name, call, site)| UsedFunction {
                    file: file.clone(),
                    name: name.clone(),
                    call: *call,
                    deadline: deadline(site),
                    run_by: run_by(site).cloned().collect(),
                    is_told_of: is_told_of(site),
                })
                .collect(),
            unknown: unknown.map(|(name, site)| (name.clone(), deadline(site))).collect(),
            handed_on: self.uses.handed_on.clone(),
        }
    }

    /// Takes note of the deadlines that functions of other modules put around what they run here, where a connect or a wait
    /// for a message stands.
    pub(super) fn ask_for_wrappings(&mut self, found: &[Found]) {
        let Some(others) = self
            .others
            .filter(|_| !found.is_empty() || self.may_wait_for_messages())
        else {
            return;
        };
        let around = found.iter().map(|found| &found.around).chain(self.messages_around());
        let all = around.chain(self.callers.sites().map(|site| &site.around)).flatten();
        let asked: HashSet<Wrapping> = all.filter_map(Around::run_elsewhere).cloned().collect();
        for wrapping in asked {
            if let Some(deadline) = others.put_around(&wrapping) {
                self.callers.wrappings().found_elsewhere(wrapping, deadline);
            }
        }
    }

    /// Takes note of who calls the functions of this module elsewhere in the project, where that can matter: a connect in one
    /// of them has no deadline here. The first call of each that nothing bounds; nothing where nobody was asked.
    pub(super) fn ask_other_modules(&mut self, found: &[Found]) -> Option<HashMap<FunctionId, Related>> {
        let (others, file) = (self.others?, self.names.file()?);
        // Nobody but a runner of tests calls a test. A limit of its own is looked at by who reads what it raises.
        let is_open = |found: &Found| {
            let has_no_limit = found.given.has_no_limit(self.lookup.entry(found.callee.api));
            found.inside.0.is_some()
                && !self.tests.covers(found.call.start)
                && others.protocols.contains(&self.lookup.entry(found.callee.api).protocol)
                && (!has_no_limit || self.callers.deadlines(&found.around).is_empty())
        };
        if !found.iter().any(is_open) {
            return None;
        }
        let importers = others.users(file, MOST_IMPORTERS)?;
        let mut open = HashMap::default();
        // By name: the text that is looked at may not be the one on the disk, whose fixes are being tried.
        let mut by_name: HashMap<&str, Vec<FunctionId>> = HashMap::default();
        for (index, function) in self.names.functions().enumerate() {
            by_name
                .entry(&function.qualified)
                .or_default()
                .push(FunctionId::at(index));
        }
        let named = |name: &String| by_name.get(name.as_str()).into_iter().flatten().copied();
        for importer in &importers {
            let Some(facts) = others.facts_at(importer) else {
                continue;
            };
            for used in facts.uses.calls.iter().filter(|used| used.file == file) {
                let run_by = || used.run_by.iter().find_map(|wrapping| others.put_around(wrapping));
                let deadline = used.deadline.clone().or_else(run_by);
                for function in named(&used.name) {
                    self.callers.called_elsewhere(function, deadline.clone());
                    if used.is_told_of {
                        self.callers.told_elsewhere(function);
                    }
                    if deadline.is_none()
                        && !open.contains_key(&function)
                        && let Some(module) = others.module(importer)
                    {
                        let place = OtherPlace::of(used.call, module.0.source());
                        let what = format!("calls `{}`, and nothing there bounds it", used.name);
                        let place = RelatedPlace::There(place);
                        open.insert(function, Related { what, place });
                    }
                }
            }
            for (method, deadline) in &facts.uses.unknown {
                if self.function_names.contains(method.as_str()) {
                    self.callers.unknown_call_elsewhere(method, deadline.clone());
                }
            }
            for (_, name) in facts.uses.handed_on.iter().filter(|(of, _)| of == file) {
                for function in named(name) {
                    self.callers.escape(function);
                }
            }
        }
        (!importers.is_empty()).then_some(open)
    }
}

//! What a module does with the functions of other modules, and what other modules do with its own: which deadlines their
//! callers put around them.

use std::collections::hash_map::Entry;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{Expr, ExprCall};

use super::outside::{Called, Outside};
use super::{Collector, Found};
use crate::python::deadlines::around::{Around, Wrapping};
use crate::python::deadlines::callers::{CallSiteId, Callers};
use crate::python::names::{FunctionId, Method};
use crate::python::program::{Covered, Others, Override, UsedFunction, Uses};
use crate::python::sites::usage::is_callee;
use crate::python::syntax::spans::span;
use crate::sites::{CallersElsewhere, OtherPlace, Related, RelatedPlace};
use crate::source::Span;

/// The same before it is known which functions of the module are covered themselves.
#[derive(Default)]
pub(super) struct Calls {
    known: Vec<(PathBuf, String, Span, CallSiteId)>,
    unknown: Vec<(String, CallSiteId)>,
    handed_on: Vec<(PathBuf, String)>,
    pub(super) handed_on_whole: Vec<(PathBuf, String)>,
    overrides: Vec<Override>,
}

impl<'a> Collector<'a> {
    /// Whether others want to know of a call, which may be one of a function of another module.
    pub(super) fn is_elsewhere(&self, call: &ExprCall) -> bool {
        self.asks_for_uses()
            && (self.names.foreign_functions(&call.func).next().is_some()
                || (call.func.is_attribute_expr() && self.names.values(&call.func).is_empty()))
    }

    /// The call at `site` may be one of a function of another module.
    pub(super) fn call_elsewhere(&mut self, call: &'a ExprCall, site: CallSiteId) {
        if !self.asks_for_uses() {
            return;
        }
        for (module, function) in self.names.foreign_functions(&call.func) {
            let (file, name) = (module.0.file().to_owned(), module.0.qualified(function).to_owned());
            self.uses.known.push((file, name, span(call), site));
        }
        if let Expr::Attribute(method) = &*call.func
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
            match self.called_where_it_stands(expr) {
                Some(site) => self.uses.known.push((file, name, span(expr), site)),
                None => self.uses.handed_on.push((file, name)),
            }
        }
    }

    /// Only a summary for other modules holds what is done with their functions.
    pub(super) fn asks_for_uses(&self) -> bool {
        self.others.is_none()
    }

    /// What the module does with functions that are not its own.
    pub(super) fn uses(&mut self, covered: Covered) -> Uses {
        if !self.asks_for_uses() {
            return Uses::default();
        }
        let told_of = self.told_of();
        let is_told_of = |site: &CallSiteId| {
            let site = self.callers.site_at(*site);
            site.is_some_and(|site| self.callers.tells(site, &told_of).is_some())
        };
        let calls = self.uses.known.iter().map(|(file, name, call, site)| UsedFunction {
            file: file.clone(),
            name: name.clone(),
            call: *call,
            site: *site,
            is_told_of: is_told_of(site),
        });
        Uses {
            calls: calls.collect(),
            unknown: mem::take(&mut self.uses.unknown),
            handed_on: mem::take(&mut self.uses.handed_on),
            handed_on_whole: mem::take(&mut self.uses.handed_on_whole),
            callers: mem::take(&mut self.callers),
            covered: Arc::new(covered),
            overrides: mem::take(&mut self.uses.overrides),
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
        let asked: HashSet<Wrapping> = run_elsewhere(around.chain(self.callers.around()));
        tell_of_wrappings(&mut self.callers, asked, others);
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
        let mut open: HashMap<FunctionId, Related> = HashMap::default();
        let mut calls_open = |function, used: &UsedFunction, user: &Path| {
            if let Entry::Vacant(vacant) = open.entry(function)
                && let Some(module) = others.module(user)
            {
                let place = RelatedPlace::There(OtherPlace::of(used.call, module.0.source()));
                let what = format!("calls `{}`, and nothing there bounds it", used.name);
                vacant.insert(Related { what, place });
            }
        };
        // By name: the text that is looked at may not be the one on the disk, whose fixes are being tried.
        let module = Called::of(file, self.names.functions());
        let mut outside = Outside::new(others);
        let is_used = outside.tell(&mut self.callers, &module, &mut calls_open)?;
        outside.tell_of_bases(&mut self.callers, &self.uses.overrides)?;
        (is_used || !self.uses.overrides.is_empty()).then_some(open)
    }

    /// What is known of the calls of `function`, of which other modules were `asked`. `covered` are those that their callers bound.
    pub(super) fn callers_elsewhere(
        &self,
        function: Option<FunctionId>,
        asked: Option<&HashMap<FunctionId, Related>>,
        covered: &Covered,
    ) -> CallersElsewhere {
        let Some(function) = function else {
            return CallersElsewhere::NotAsked;
        };
        let method = self.names.method_name(function);
        let open = asked.and_then(|open| open.get(&function)).cloned();
        match asked {
            _ if open.is_none() && method.is_some_and(|name| self.callers.may_bound(name, covered)) => {
                CallersElsewhere::BoundByName
            }
            Some(_) => CallersElsewhere::Asked {
                open,
                all_seen: !self.callers.may_be_called_unseen(function, method),
            },
            None => CallersElsewhere::NotAsked,
        }
    }

    /// Takes note of the methods of base classes that those of subclasses stand in the place of, where a connect or a call of
    /// another module's function may stand in one.
    pub(super) fn ask_for_bases(&mut self, found: &[Found]) {
        if found.is_empty() && self.uses.known.is_empty() {
            return;
        }
        for index in 0..self.names.functions().len() {
            let function = FunctionId::at(index);
            match self.names.overridden_method(function) {
                Some(Method::Here(method)) => self.callers.overrides(function, method),
                Some(Method::There(module, method)) => self.uses.overrides.push(Override {
                    function,
                    file: Arc::from(module.0.file()),
                    method,
                }),
                None => {}
            }
        }
    }
}

/// What functions of other modules run of what stands in all of these.
fn run_elsewhere<'c>(around: impl Iterator<Item = &'c Vec<Around>>) -> HashSet<Wrapping> {
    let all = around.flatten();
    all.filter_map(Around::run_elsewhere).cloned().collect()
}

/// Tells `callers` which deadlines functions of other modules put around what they run.
fn tell_of_wrappings(callers: &mut Callers, asked: HashSet<Wrapping>, others: Others<'_>) {
    for wrapping in asked {
        if let Some(deadline) = others.put_around(&wrapping) {
            callers.wrappings().found_elsewhere(wrapping, deadline);
        }
    }
}

/// The same for the calls of a module that others ask.
pub(super) fn ask_for_wrappings(callers: &mut Callers, others: Others<'_>) {
    let asked = run_elsewhere(callers.around());
    tell_of_wrappings(callers, asked, others);
}

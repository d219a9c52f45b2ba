//! Functions that hand on what they take by `**keywords`: to a connect, or to a function that does.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{CmpOp, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::{Collector, Found};
use crate::python::names::{FunctionId, Value};
use crate::python::program::{Facts, HandsOn, To};
use crate::python::sites::connects::given;
use crate::python::sites::handed_connect::handed_to;
use crate::python::sites::options::reads_only;
use crate::python::sites::usage::is_callee;
use crate::python::syntax::spans::span;
use crate::sites::{Connect, Expected, HANDED, OtherPlace, Related, RelatedPlace};
use crate::source::{Language, Span};

/// So many functions may hand on keywords one to the other.
const LONGEST_CHAIN: usize = 8;

/// What a module does with `**keywords`, while it is visited.
#[derive(Default)]
pub(super) struct Keywords<'a> {
    /// The calls that get all keywords of a function.
    passes: HashMap<FunctionId, Vec<&'a ExprCall>>,
    /// The keywords that a function looks at, sets or takes out.
    touched: HashMap<FunctionId, HashSet<String>>,
    /// Functions of whose keywords it cannot be told what becomes of them.
    lost: HashSet<FunctionId>,
    /// Where an object's constructor keeps them: the values of these assignments.
    stored: HashSet<usize>,
    /// The names of the attributes that keep them, with the functions that they come from.
    attributes: HashMap<&'a str, FunctionId>,
    /// Attributes of objects of which it is not known whether they keep them.
    strangers: HashSet<&'a str>,
    calls: Vec<Given<'a>>,
}

/// A call that gives keywords to something that may be a function of the project.
struct Given<'a> {
    /// What is called in the end.
    callee: &'a Expr,
    call: &'a ExprCall,
    /// The positional arguments that are not the callee's.
    skipped: usize,
    expected: Expected,
}

impl<'a> Collector<'a> {
    /// Takes note of `self.keywords = keywords`: that is no other use of them.
    pub(super) fn keywords_assigned(&mut self, targets: &'a [Expr], value: &Expr) {
        if let ([Expr::Attribute(kept)], Expr::Name(_)) = (targets, value)
            && self.names.has_keywords()
            && let Some(function) = self.names.keywords_of(value)
        {
            self.keywords.stored.insert(value.start().to_usize());
            self.keywords.attributes.insert(&kept.attr, function);
        }
    }

    /// An attribute, read or set, of whatever object.
    pub(super) fn keywords_attribute(&mut self, expr: &'a Expr, name: &'a str) {
        if self.names.has_keywords() && self.names.keywords_of(expr).is_none() {
            self.keywords.strangers.insert(name);
        }
    }

    /// A name or an attribute that may stand for what a function takes by `**keywords`.
    pub(super) fn keywords_read(&mut self, expr: &'a Expr) {
        if !self.names.has_keywords() {
            return;
        }
        let Some(function) = self.names.keywords_of(expr) else {
            return;
        };
        match self.keywords_use(expr) {
            Use::Pass(call) => self.keywords.passes.entry(function).or_default().push(call),
            Use::Touch(keys) => self.keywords.touched.entry(function).or_default().extend(keys),
            Use::Nothing => {}
            Use::Unknown => {
                self.keywords.lost.insert(function);
            }
        }
    }

    fn keywords_use(&self, expr: &'a Expr) -> Use<'a> {
        if self.keywords.stored.contains(&expr.start().to_usize()) {
            return Use::Nothing;
        }
        let mut parents = self.parents.iter().rev().copied();
        let is_unpacked_by = |call: &ExprCall, value: &Expr| {
            let mut unpacked = call.arguments.keywords.iter().filter(|keyword| keyword.arg.is_none());
            unpacked.any(|keyword| keyword.value.range() == value.range())
        };
        match parents.next() {
            Some(Expr::Call(call)) if is_unpacked_by(call, expr) => Use::Pass(call),
            Some(Expr::Call(call)) if !is_callee(call, expr) && reads_only(&call.func) => Use::Nothing,
            // `**{"x": 1, **keywords}`
            Some(display @ Expr::Dict(dict)) => {
                let is_whole = dict
                    .items
                    .iter()
                    .any(|item| item.key.is_none() && item.value.range() == expr.range());
                match parents.next() {
                    Some(Expr::Call(call)) if is_whole && is_unpacked_by(call, display) => Use::Pass(call),
                    _ => Use::Unknown,
                }
            }
            Some(Expr::Subscript(item)) if item.value.range() == expr.range() => key(&item.slice),
            Some(Expr::Compare(comparison)) => match (&*comparison.ops, &*comparison.left) {
                ([CmpOp::In | CmpOp::NotIn], left) => key(left),
                _ => Use::Unknown,
            },
            Some(Expr::Attribute(method)) => match parents.next() {
                Some(Expr::Call(call)) => method_use(method.attr.as_str(), call),
                _ => Use::Unknown,
            },
            Some(Expr::FString(_)) => Use::Nothing,
            _ => Use::Unknown,
        }
    }

    /// A decorator that is not known may give the function other keywords than who calls it.
    pub(super) fn keywords_lost(&mut self, function: FunctionId) {
        self.keywords.lost.insert(function);
    }

    /// A call that gives keywords, to what may be a function of the project.
    pub(super) fn keywords_given(&mut self, call: &'a ExprCall) {
        if call.arguments.keywords.is_empty() {
            return;
        }
        let is_partial = self.names.resolve(&call.func) == Some("functools.partial");
        let (callee, skipped) = match (is_partial, call.arguments.args.first()) {
            (true, Some(wrapped)) => (wrapped, 1),
            _ => (&*call.func, 0),
        };
        if self.names.may_be_of_project(callee) {
            let expected = self.inside.expected;
            self.keywords.calls.push(Given {
                callee,
                call,
                skipped,
                expected,
            });
        }
    }

    /// What the functions of this module do with the keywords that they take.
    pub(super) fn hands_on(&self, found: &[Found]) -> HashMap<FunctionId, HandsOn> {
        let connects: HashMap<Span, &str> = found
            .iter()
            .map(|found| (found.call, found.callee.path.as_str()))
            .collect();
        let of_function = |(function, calls): (&FunctionId, &Vec<&'a ExprCall>)| {
            let [call] = calls.as_slice() else {
                return None;
            };
            let is_shared = |(name, of): (&&str, &FunctionId)| of == function && self.keywords.strangers.contains(name);
            if self.keywords.lost.contains(function) || self.keywords.attributes.iter().any(is_shared) {
                return None;
            }
            let at = span(call);
            let (to, name) = match connects.get(&at) {
                Some(path) => (To::Connect, (*path).to_owned()),
                None => self.constructor_of_base(call).or_else(|| self.run_by(&call.func))?,
            };
            let own = self.names.parameters(*function).iter().map(ToString::to_string);
            let beside = call
                .arguments
                .keywords
                .iter()
                .filter_map(|keyword| keyword.arg.as_ref());
            let touched = self.keywords.touched.get(function).into_iter().flatten().cloned();
            let qualified = &self.names.function(*function).qualified;
            let hands_on = HandsOn {
                kept: own.chain(beside.map(ToString::to_string)).chain(touched).collect(),
                to,
                call: at,
                what: format!("`{qualified}` hands its keywords on to `{name}`"),
            };
            Some((*function, hands_on))
        };
        self.keywords.passes.iter().filter_map(of_function).collect()
    }

    /// The connects that calls of the project's functions make by the keywords that these hand on.
    pub(super) fn handed(&self, connects: &[Connect], own: &HashMap<FunctionId, HandsOn>) -> Vec<Connect> {
        let mut handed: Vec<Connect> = Vec::new();
        for given in &self.keywords.calls {
            handed.extend(self.handed_by(given, connects, own));
        }
        handed.sort_by_key(|connect| connect.call);
        handed
    }

    fn handed_by(&self, call: &Given<'a>, connects: &[Connect], own: &HashMap<FunctionId, HandsOn>) -> Option<Connect> {
        let route = self.route(call.callee, connects, own)?;
        let entry = self.lookup.entry(route.connect.api);
        let mut found = given(&call.call.arguments, call.skipped, entry, &self.options);
        found.keywords.retain(|keyword| !route.kept.contains(&keyword.name));
        let arrives = |name: &str| found.keywords.iter().any(|keyword| keyword.name == name);
        found.arguments.retain(|argument| arrives(&argument.name));
        if found.keywords.is_empty() {
            return None;
        }
        Some(Connect {
            // It has no notes of its own.
            id: HANDED,
            call: span(call.call),
            callee: span(call.callee),
            arguments: found.arguments,
            keywords: found.keywords,
            positional: Vec::new(),
            unpacks: found.unpacks,
            in_test: self.tests.covers(call.call.start().to_usize()),
            chosen_by_version: self.choice.is_chosen(call.call.start().to_usize()),
            expected: call.expected,
            through: route.through,
            ..route.connect
        })
    }

    /// The function of the project that a call of `callee` runs, and its name there.
    fn run_by(&self, callee: &Expr) -> Option<(To, String)> {
        match self.names.run_by_call(callee)? {
            Value::Function(own) => Some((To::Own(own), self.names.function(own).qualified.clone())),
            Value::Foreign { module, value, .. } => match *value {
                Value::Function(other) => {
                    let name = module.0.qualified(other).to_owned();
                    Some((To::Elsewhere(module.0.file().to_owned(), other), name))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The connect whose constructor `super().__init__(…)` in that of a class calls.
    fn constructor_of_base(&self, call: &ExprCall) -> Option<(To, String)> {
        let (_, path) = self.names.constructed_base(call)?;
        let api = self.catalog.connect(Language::Python, &path)?;
        let is_chosen = self.choice.is_chosen(call.start().to_usize());
        (!is_chosen).then(|| (To::Constructor(api, path.clone()), path))
    }

    /// The connect that a class inherits its arguments from, and is entered otherwise than it.
    fn entered_otherwise(&self, callee: &Expr) -> Option<Route> {
        let [class] = self.names.values(callee) else {
            return None;
        };
        let path = self.names.inherited_arguments(class)?;
        if self.names.inherited_constructor(class).is_some() {
            return None;
        }
        let api = self.catalog.connect(Language::Python, &path)?;
        Some(Route {
            connect: handed_to(api, path),
            kept: HashSet::default(),
            through: Vec::new(),
        })
    }

    /// The way of keywords from a call of `callee` to a connect.
    fn route(&self, callee: &Expr, connects: &[Connect], own: &HashMap<FunctionId, HandsOn>) -> Option<Route> {
        let (mut file, mut function) = match self.run_by(callee) {
            Some((To::Own(function), _)) => (None, function),
            Some((To::Elsewhere(file, function), _)) => (Some(file), function),
            Some((To::Connect | To::Constructor(..), _)) => return None,
            None => return self.entered_otherwise(callee),
        };
        let (mut kept, mut through) = (HashSet::default(), Vec::new());
        for _ in 0..LONGEST_CHAIN {
            let facts: Option<Arc<Facts>> = match &file {
                Some(file) => Some(self.others?.facts_at(file)?),
                None => None,
            };
            let (all, connects) = match &facts {
                Some(facts) => (&facts.hands_on, facts.connects()),
                None => (own, connects),
            };
            let step = all.get(&function)?;
            kept.extend(step.kept.iter().cloned());
            through.push(match &file {
                Some(file) => {
                    let module = self.others?.module(file)?;
                    Related {
                        what: step.what.clone(),
                        place: RelatedPlace::There(OtherPlace::of(step.call, module.0.source())),
                    }
                }
                None => Related {
                    what: step.what.clone(),
                    place: RelatedPlace::Here(step.call),
                },
            });
            match &step.to {
                To::Own(other) => function = *other,
                To::Elsewhere(other, in_other) => {
                    function = *in_other;
                    file = Some(other.clone()).filter(|other| self.names.file() != Some(other));
                }
                To::Constructor(api, path) => {
                    let connect = handed_to(*api, path.clone());
                    return Some(Route { connect, kept, through });
                }
                To::Connect => {
                    let connect = connects.iter().find(|connect| connect.call == step.call)?.clone();
                    // The helper chooses what it gives by what the library takes.
                    let is_plain = !connect.chosen_by_version && connect.expected == Expected::Anything;
                    return is_plain.then_some(Route { connect, kept, through });
                }
            }
        }
        None
    }
}

/// The way of keywords through functions.
struct Route {
    /// Where it ends.
    connect: Connect,
    /// The keywords that do not get there.
    kept: HashSet<String>,
    through: Vec<Related>,
}

/// What is done with keywords where they are read.
enum Use<'a> {
    /// The call gets all of them.
    Pass(&'a ExprCall),
    /// Something is done with these alone.
    Touch(Vec<String>),
    /// They stay as they are.
    Nothing,
    /// Nobody knows.
    Unknown,
}

fn key<'a>(key: &Expr) -> Use<'a> {
    match key {
        Expr::StringLiteral(key) => Use::Touch(vec![key.value.to_str().to_owned()]),
        _ => Use::Unknown,
    }
}

/// What a method of a dict does with it.
fn method_use<'a>(method: &str, call: &ExprCall) -> Use<'a> {
    match (method, &*call.arguments.args) {
        ("get" | "pop" | "setdefault", [first, ..]) => key(first),
        ("update", []) => {
            let keys = call.arguments.keywords.iter().map(|keyword| keyword.arg.as_ref());
            let keys: Option<Vec<String>> = keys.map(|key| key.map(ToString::to_string)).collect();
            keys.map_or(Use::Unknown, Use::Touch)
        }
        ("items" | "keys" | "values" | "copy", []) => Use::Nothing,
        _ => Use::Unknown,
    }
}

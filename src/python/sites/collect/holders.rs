//! What the objects say that connects get their limits from: sessions, clients, requests, and settings of the process.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{Arguments, Expr, ExprAttribute, ExprCall};
use ruff_text_size::Ranged;

use self::made::{Given, Made};
use self::process::OfProcess;
use super::held::{GivenObject, Held};
use crate::catalog::{Api, Catalog, Holder, HolderArgument};
use crate::python::deadlines::callers::Callers;
use crate::python::names::{Elsewhere, FunctionId, Names, ScopeId, Value};
use crate::python::program::{CarriedObjects, Others};
use crate::python::sites::options::{Item, Known, Options};
use crate::python::syntax::literal_number::literal_number;
use crate::python::values::bounds::number;
use crate::python::values::variables::Variables;
use crate::sites::{Argument, Bound, Carried, ValueKind};
use crate::source::Language;

mod given;
mod made;
mod process;

/// A holder may be made with another one, which is made with another one: no library needs more.
const DEEPEST: usize = 4;

/// Every holder that the module makes, and every limit that it sets for the process.
pub(super) struct Holders<'a> {
    names: &'a Names,
    variables: &'a dyn Variables,
    catalog: &'a Catalog,
    others: Option<Others<'a>>,
    /// What can be called for the whole process.
    limits: HashSet<&'a str>,
    /// By where the call of the constructor begins.
    made: HashMap<usize, Made<'a>>,
    /// What the constructors of classes of the module hand on to that of a holder which they inherit from.
    by_class: HashMap<ScopeId, Made<'a>>,
    /// The classes of the project that calls make objects of, by where these begin.
    instances: HashMap<usize, Value>,
    /// The calls of the module's own functions, and of its classes, by those whose constructor runs.
    calls: HashMap<FunctionId, Vec<&'a ExprCall>>,
    constructions: HashMap<ScopeId, Vec<&'a ExprCall>>,
    /// What setters of a holder's object set, by where the call of its constructor begins: where, and to what.
    set: HashMap<usize, Vec<(usize, Given)>>,
    /// What is called for the whole process, and whether it sets a limit or takes it away.
    process: Vec<OfProcess<'a>>,
}

impl<'a> Holders<'a> {
    pub(super) fn new(variables: &'a dyn Variables, catalog: &'a Catalog, others: Option<Others<'a>>) -> Self {
        Self {
            names: variables.names(),
            variables,
            catalog,
            others,
            limits: catalog.process_limits(Language::Python).collect(),
            made: HashMap::default(),
            by_class: HashMap::default(),
            instances: HashMap::default(),
            calls: HashMap::default(),
            constructions: HashMap::default(),
            set: HashMap::default(),
            process: Vec::new(),
        }
    }

    /// Takes note of a call that makes a holder or sets a limit.
    pub(super) fn call(&mut self, call: &'a ExprCall, options: &Options<'a>) {
        let start = call.start().to_usize();
        self.call_of_own_class(call, options);
        let Some(path) = self.names.resolve(&call.func) else {
            return;
        };
        if let Some(holder) = self.catalog.holder(Language::Python, path) {
            let made = self.make(holder, path, &call.arguments, options);
            self.made.insert(start, made);
        } else if let Some(value) = call.arguments.args.first().or_else(|| only_keyword(&call.arguments)) {
            if self.limits.contains(path) {
                self.process.push(OfProcess {
                    path,
                    sets: matches!(self.given(value, Some("None"), false), Given::Value { .. }),
                    at: start,
                    function: self.names.function_at(start),
                });
            } else if let Expr::Attribute(method) = &*call.func
                && self.is_setter(path, &method.attr)
            {
                self.set(&method.value, value, start);
            }
        }
    }

    /// Takes note of a call that makes an object of a class of the module, or with `super().__init__(…)` the holder in it.
    fn call_of_own_class(&mut self, call: &'a ExprCall, options: &Options<'a>) {
        if let Some(class) = self.names.made_class(&call.func) {
            if let Some((None, constructing)) = self.names.constructing_class(&class) {
                self.constructions.entry(constructing).or_default().push(call);
            }
            self.instances.insert(call.start().to_usize(), class);
            return;
        }
        let Some((class, base)) = self.names.constructed_base(call) else {
            return;
        };
        if let Some(holder) = self.catalog.holder(Language::Python, &base)
            && let Some(path) = holder.paths.iter().find(|path| **path == base)
        {
            let made = self.make(holder, path, &call.arguments, options);
            self.by_class.insert(class, made);
        }
    }

    /// Takes note of a call of a function of the module.
    pub(super) fn own_call(&mut self, function: FunctionId, call: &'a ExprCall) {
        self.calls.entry(function).or_default().push(call);
    }

    /// Takes note of an attribute that is assigned a limit: `ws.timeout = 5`.
    pub(super) fn assigned(&mut self, attribute: &ExprAttribute, value: &Expr) {
        let mut classes = self.names.values(&attribute.value).iter();
        let is_setter = classes.any(|class| match class {
            Value::Outcome(path) => self.is_setter(&format!("{path}.{}", attribute.attr), &attribute.attr),
            _ => false,
        });
        if is_setter {
            self.set(&attribute.value, value, attribute.start().to_usize());
        }
    }

    /// Whether `path` is that of what sets the limit of a holder later.
    fn is_setter(&self, path: &str, name: &str) -> bool {
        let class = path.strip_suffix(name).map(|class| class.trim_end_matches('.'));
        let holder = class.and_then(|class| self.catalog.holder(Language::Python, class));
        holder.is_some_and(|holder| holder.setters.iter().any(|setter| setter == name))
    }

    fn set(&mut self, object: &Expr, value: &Expr, at: usize) {
        let given = self.given(value, Some("None"), false);
        for origin in self.names.origins(object).into_iter().flatten() {
            self.set.entry(origin).or_default().push((at, given.clone()));
        }
    }

    fn make(&self, holder: &'a Holder, class: &'a str, arguments: &'a Arguments, options: &Options<'a>) -> Made<'a> {
        let unpacked = arguments.keywords.iter().filter(|keyword| keyword.arg.is_none());
        let unpacked = unpacked.map(|keyword| options.known(&keyword.value).unwrap_or_else(Known::anything));
        let unpacked: Vec<Known<'_>> = unpacked.collect();
        let items = || unpacked.iter().flat_map(|known| &known.items);
        let given = |argument: &HolderArgument| {
            let named = arguments.find_keyword(&argument.name).map(|keyword| &keyword.value);
            let written = named.or_else(|| arguments.args.get(argument.position?));
            match written {
                Some(value) => Some(self.given(value, argument.off.as_deref(), argument.off_at_zero)),
                None => {
                    let item = items().find(|item| item.key == argument.name)?;
                    self.given_by_item(item, argument)
                }
            }
        };
        let is_open =
            |argument: &HolderArgument| given(argument).is_none() && items().any(|item| item.key == argument.name);
        Made {
            holder,
            class,
            given: holder
                .arguments
                .iter()
                .filter_map(|argument| Some((argument, given(argument)?)))
                .collect(),
            unpacks: unpacked.iter().any(|known| known.has_more)
                || holder.arguments.iter().any(is_open)
                || arguments.args.iter().any(Expr::is_starred_expr),
        }
    }

    /// What an unpacked dictionary certainly gives for an argument; nothing where it may give something else.
    fn given_by_item(&self, item: &Item<'_>, argument: &HolderArgument) -> Option<Given> {
        let given = |value| self.given(value, argument.off.as_deref(), argument.off_at_zero);
        match (item.value, item.fallback) {
            _ if !item.is_certain => None,
            (Some(value), _) => Some(given(value)),
            // Whatever a caller gives in its stead is given as a limit.
            (None, Some(value)) => Some(given(value)).filter(|given| matches!(given, Given::Value { .. })),
            (None, None) => item.is_object_elsewhere.then(|| Given::Value {
                origins: Vec::new(),
                seconds: item.number.map_or(Bound::Unknown, Bound::Seconds),
            }),
        }
    }

    fn given(&self, value: &Expr, off: Option<&str>, off_at_zero: bool) -> Given {
        let is_none = value.is_none_literal_expr();
        let is_off = match off {
            Some("None") => is_none,
            Some(off) => literal_number(value).is_some_and(|number| off.parse() == Ok(number)),
            None => false,
        };
        let is_off = is_off || off_at_zero && number(value, self.variables) == Some(0.0);
        match is_none || is_off {
            true => Given::Nothing { is_off },
            false => Given::Value {
                origins: self.names.origins(value).into_iter().flatten().collect(),
                seconds: number(value, self.variables).map_or(Bound::Unknown, Bound::Seconds),
            },
        }
    }

    /// What the connect `call` of `api` gets from its holder, as far as the visit has seen it: asked at its end.
    pub(super) fn carried(&self, api: &Api, call: usize, found: &Held, callers: &Callers) -> Carried {
        match process::limits(&self.process, api, call, self.names) {
            true => Carried::Limit,
            false => self.carried_by(found, callers, DEEPEST),
        }
    }

    fn carried_by(&self, found: &Held, callers: &Callers, depth: usize) -> Carried {
        match found {
            Held::Nothing => Carried::Nothing,
            Held::Unseen => Carried::Unseen,
            Held::MadeAt { origins, connect } => self.agreed(origins, Some(*connect), DEEPEST),
            Held::OfClass(class) => self.of_class(class, DEEPEST),
            Held::MadeElsewhere { module, calls } => self.made_elsewhere(module, calls).unwrap_or(Carried::Unseen),
            Held::Given(given) => self.given_by_callers(given, callers, depth),
            Held::MadeUnlessGiven {
                origins,
                connect,
                given,
            } => match self.agreed(origins, Some(*connect), DEEPEST) {
                Carried::Limit if given.iter().all(|given| self.is_given_none_else(given, callers, depth)) => {
                    Carried::Limit
                }
                _ => Carried::Unseen,
            },
        }
    }

    /// What objects of another module carry, if that is the same for all.
    fn made_elsewhere(&self, module: &Elsewhere, calls: &[usize]) -> Option<Carried> {
        let facts = self.others?.facts(module)?;
        let mut carried = calls.iter().map(|call| facts.carried.by_call.get(call));
        let first = carried.next()??;
        carried.all(|other| other == Some(first)).then(|| first.clone())
    }

    /// What every object carries that the module makes, where no setter changes it.
    pub(super) fn all(&self) -> CarriedObjects {
        let calls = self.made.keys().chain(self.instances.keys());
        let classes = self.by_class.iter();
        CarriedObjects {
            by_call: calls
                .map(|call| (*call, self.of_object(*call, None, DEEPEST)))
                .collect(),
            by_class: classes
                .map(|(class, made)| (*class, self.of_made(made, DEEPEST)))
                .collect(),
        }
    }

    /// Tells of those arguments that get a holder's object what it carries.
    pub(super) fn tell_kinds(&self, arguments: &mut [Argument], objects: &[GivenObject]) {
        for object in objects {
            let is_it = |argument: &&mut Argument| argument.value_span == object.value;
            if self.catalog.holder(Language::Python, &object.class).is_some()
                && let Some(argument) = arguments.iter_mut().find(is_it)
            {
                argument.kind = ValueKind::Holder {
                    class: object.class.clone(),
                    carries: self.limit(&object.made).unwrap_or(Bound::Unknown),
                };
            }
        }
    }

    /// The limit that an object certainly carries.
    fn limit(&self, made: &Held) -> Option<Bound> {
        match made {
            Held::MadeAt { origins, .. } => same(origins.iter().map(|origin| self.made.get(origin)?.limit())),
            Held::MadeElsewhere { module, calls } => {
                let facts = self.others?.facts(module)?;
                same(calls.iter().map(|call| facts.limits.get(call).copied()))
            }
            Held::Nothing | Held::Unseen | Held::OfClass(_) | Held::Given(_) | Held::MadeUnlessGiven { .. } => None,
        }
    }

    /// How long the limit is that a connect gets from its holder, where that is written and nothing sets it later.
    pub(super) fn carried_bound(&self, found: &Held) -> Bound {
        let bound = match found {
            Held::MadeAt { origins, .. } if self.process.is_empty() => {
                same(origins.iter().map(|origin| self.bound_of(*origin, DEEPEST)))
            }
            _ => None,
        };
        bound.unwrap_or(Bound::Unknown)
    }

    fn bound_of(&self, origin: usize, depth: usize) -> Option<Bound> {
        let made = self
            .made
            .get(&origin)
            .filter(|_| depth > 0 && !self.set.contains_key(&origin))?;
        let [(_, Given::Value { origins, seconds })] = made.given.as_slice() else {
            return None;
        };
        match origins.as_slice() {
            _ if made.unpacks => None,
            [] => Some(*seconds),
            origins => same(origins.iter().map(|origin| self.bound_of(*origin, depth - 1))),
        }
    }

    /// The limits that the objects carry that the module makes, by where the calls of their constructors begin.
    pub(super) fn limits(&self) -> HashMap<usize, Bound> {
        let limits = self.made.iter().filter_map(|(call, made)| Some((*call, made.limit()?)));
        limits.collect()
    }

    /// What is known of several objects, one of which is used: what they agree on.
    fn agreed(&self, origins: &[usize], connect: Option<usize>, depth: usize) -> Carried {
        let mut agreed = None;
        for origin in origins {
            let carried = self.of_object(*origin, connect, depth);
            if agreed.as_ref().is_some_and(|agreed| *agreed != carried) {
                return Carried::Unseen;
            }
            agreed = Some(carried);
        }
        agreed.unwrap_or(Carried::Unseen)
    }

    fn of_object(&self, origin: usize, connect: Option<usize>, depth: usize) -> Carried {
        let (Some(made), true) = (self.made.get(&origin), depth > 0) else {
            let class = self.instances.get(&origin);
            return class.map_or(Carried::Unseen, |class| self.of_class(class, depth));
        };
        let is_before = |(at, _): &&(usize, Given)| connect.is_none_or(|connect| *at < connect);
        if let Some((_, Given::Value { .. })) = self.set.get(&origin).into_iter().flatten().rfind(is_before) {
            return Carried::Limit;
        }
        self.of_made(made, depth)
    }

    /// What an object carries of a class of the project: a limit that its constructor certainly gives the holder in it.
    fn of_class(&self, class: &Value, depth: usize) -> Carried {
        let carried = match self.names.constructing_class(class).filter(|_| depth > 0) {
            Some((None, class)) => self.by_class.get(&class).map(|made| self.of_made(made, depth)),
            Some((Some(module), class)) => {
                let facts = self.others.and_then(|others| others.facts(&module));
                facts.and_then(|facts| facts.carried.by_class.get(&class).cloned())
            }
            None => None,
        };
        carried
            .filter(|carried| *carried == Carried::Limit)
            .unwrap_or(Carried::Unseen)
    }

    fn of_made(&self, made: &Made<'a>, depth: usize) -> Carried {
        let mut carried = Vec::new();
        for (argument, given) in &made.given {
            carried.push(match given {
                Given::Nothing { is_off: true } => Carried::SwitchedOff(argument.name.clone()),
                Given::Nothing { is_off: false } => Carried::Nothing,
                Given::Value { origins, .. } => self.of_value(argument, origins, depth),
            });
        }
        let first = |wanted: fn(&Carried) -> bool| carried.iter().find(|carried| wanted(carried)).cloned();
        first(|carried| matches!(carried, Carried::InProcess(_)))
            .or_else(|| first(|carried| *carried == Carried::Limit))
            .or_else(|| first(|carried| *carried == Carried::Unseen))
            .or_else(|| first(|carried| matches!(carried, Carried::Unpacked(_))))
            .or_else(|| made.unpacks.then(|| Carried::Unpacked(made.class())))
            .or_else(|| first(|carried| matches!(carried, Carried::SwitchedOff(_))))
            .unwrap_or_else(|| made.bare())
    }

    /// A value that is no holder's object limits the wait: a number, a name that stands for one.
    fn of_value(&self, argument: &HolderArgument, origins: &[usize], depth: usize) -> Carried {
        let is_holder = origins.iter().any(|origin| self.made.contains_key(origin));
        match (is_holder, argument.only_holders) {
            (true, _) => self.agreed(origins, None, depth - 1),
            (false, true) if origins.is_empty() => Carried::Unseen,
            (false, true) => Carried::Nothing,
            (false, false) => Carried::Limit,
        }
    }
}

/// What all of them are.
fn same(bounds: impl Iterator<Item = Option<Bound>>) -> Option<Bound> {
    let mut bounds = bounds;
    let first = bounds.next()??;
    bounds.all(|other| other == Some(first)).then_some(first)
}

fn only_keyword(arguments: &Arguments) -> Option<&Expr> {
    match &*arguments.keywords {
        [keyword] => Some(&keyword.value),
        _ => None,
    }
}

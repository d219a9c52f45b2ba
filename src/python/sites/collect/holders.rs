//! What the objects say that connects get their limits from: sessions, clients, requests, and settings of the process.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{Arguments, Expr, ExprAttribute, ExprCall};
use ruff_text_size::Ranged;

use self::made::{Given, Made};
use self::process::OfProcess;
use crate::catalog::{Catalog, Holder, HolderArgument};
use crate::python::names::{FunctionId, Names, ScopeId, Value};
use crate::python::program::Others;
use crate::python::sites::options::{Item, Known, Options};
use crate::python::syntax::literal_number::literal_number;
use crate::python::values::bounds::number;
use crate::python::values::variables::Variables;
use crate::sites::Bound;
use crate::source::Language;

mod carried;
mod given;
mod lengths;
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

    /// The calls of a function of the module.
    pub(super) fn calls_of(&self, function: FunctionId) -> impl Iterator<Item = &'a ExprCall> {
        self.calls.get(&function).into_iter().flatten().copied()
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
}

fn only_keyword(arguments: &Arguments) -> Option<&Expr> {
    match &*arguments.keywords {
        [keyword] => Some(&keyword.value),
        _ => None,
    }
}

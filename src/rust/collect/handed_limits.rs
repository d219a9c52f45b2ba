//! Limits of what functions of the file are given: a client that every caller has made with a limit brings that along. Told
//! before anything is visited, as all that items declare; only of functions that nobody calls from elsewhere.

use std::cell::RefCell;

use foldhash::{HashMap, HashSet};
use syn::visit::{self, Visit};
use syn::{Block, Expr, FnArg, ImplItem, Item, Pat, Signature, Visibility};

use crate::rust::collect::Collector;
use crate::rust::collect::carried::{Limits, locals};
use crate::rust::names::macros;
use crate::rust::names::{Name, Written, plain};

/// Callers of callers are looked at so far.
const FARTHEST: usize = 3;

/// The limits that a parameter brings along: its name, its index among the inputs, what all callers have set.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::rust) struct HandedLimits {
    pub(in crate::rust) name: String,
    pub(in crate::rust) index: usize,
    pub(in crate::rust) limits: Limits,
}

/// What parameters bring along, by the function.
pub(in crate::rust) type Handed = HashMap<String, Vec<HandedLimits>>;

impl Collector<'_> {
    /// Notes which limits the parameters of the functions of a file bring along.
    pub(in crate::rust) fn declare_handed(&mut self, items: &[Item]) {
        if !self.sought.waits || self.names.has_files() {
            return;
        }
        let mut taking = HashMap::default();
        self.each_function(items, &mut |this, path, signature, _, is_own| {
            let parameters = this.taken_builders(signature);
            if is_own && !parameters.is_empty() {
                taking.insert(path, parameters);
            }
        });
        for _ in 0..FARTHEST {
            let Some(handed) = self
                .handed_by_callers(items, &taking)
                .filter(|handed| *handed != self.declared.handed)
            else {
                return;
            };
            self.declared.handed = handed;
            // What is filled with a parameter brings its limits along.
            self.declare_modules(items);
        }
    }

    fn handed_by_callers(&mut self, items: &[Item], taking: &HashMap<String, Vec<(String, usize)>>) -> Option<Handed> {
        if taking.is_empty() {
            return None;
        }
        let mut names: HashMap<&str, Vec<&str>> = HashMap::default();
        for path in taking.keys() {
            names.entry(last_of(path)).or_default().push(path);
        }
        let mut given: HashMap<(String, usize), Limits> = HashMap::default();
        self.each_function(items, &mut |this, path, _, block, _| {
            let mut callers = Callers {
                function: &path,
                collector: this,
                taking,
                names: &names,
                given: &mut given,
                locals: Vec::new(),
            };
            callers.visit_block(block);
        });
        let mut handed = Handed::default();
        for ((path, index), limits) in given.into_iter().filter(|(_, limits)| !limits.is_empty()) {
            let parameters = taking.get(&path).into_iter().flatten();
            let name = parameters
                .into_iter()
                .find(|(_, at)| *at == index)
                .map(|(name, _)| name.clone());
            let all = handed.entry(path).or_default();
            all.extend(name.map(|name| HandedLimits { name, index, limits }));
            all.sort_by_key(|parameter| parameter.index);
        }
        Some(handed)
    }

    /// Calls `then` with each function of the file: its path, whether only the file calls it.
    fn each_function(&mut self, items: &[Item], then: &mut dyn FnMut(&Self, String, &Signature, &Block, bool)) {
        for item in items {
            match item {
                Item::Fn(item) => {
                    let path = format!("{}::{}", self.names.place(), plain(&item.sig.ident));
                    let is_own = matches!(item.vis, Visibility::Inherited);
                    then(self, path, &item.sig, &item.block, is_own);
                }
                Item::Impl(item) => {
                    let of = self.written_type(&item.self_ty);
                    self.self_types.push(of.clone());
                    for method in &item.items {
                        let (ImplItem::Fn(method), Some(of)) = (method, &of) else {
                            continue;
                        };
                        let is_own = matches!(method.vis, Visibility::Inherited) && item.trait_.is_none();
                        let path = format!("{of}::{}", plain(&method.sig.ident));
                        let is_function = method.sig.receiver().is_none();
                        then(self, path, &method.sig, &method.block, is_own && is_function);
                    }
                    self.self_types.pop();
                }
                Item::Mod(module) => {
                    if let Some((_, items)) = &module.content {
                        let entered = self.names.enter_module(&module.ident, items);
                        self.each_function(items, then);
                        self.names.leave(entered);
                    }
                }
                _ => {}
            }
        }
    }

    /// The parameters of a function that a connect may be called on, by name and index.
    fn taken_builders(&self, signature: &Signature) -> Vec<(String, usize)> {
        let inputs = signature.inputs.iter().enumerate();
        let builder = |(index, input): (usize, &FnArg)| match input {
            FnArg::Typed(typed) if self.may_carry(self.written_kind(&typed.ty).as_ref()) => {
                Some((parameter_name(&typed.pat)?, index))
            }
            _ => None,
        };
        inputs.filter_map(builder).collect()
    }

    /// Notes the limits that the parameter of a function brings along.
    pub(in crate::rust) fn bind_handed(&mut self, function: &str, index: usize, pat: &Pat) {
        let known = self.declared.handed.get(function).into_iter().flatten();
        let mut known = known.filter(|handed| handed.index == index);
        if let (Some(handed), Some(name)) = (known.next(), parameter_name(pat))
            && let Name::Variable(id) = self.names.resolve(&Written::name(&name))
            && let Some(variable) = self.found.variables.get_mut(id.0)
        {
            variable.limits.clone_from(&handed.limits);
        }
    }
}

/// Looks for what the functions of the file are given by one of them.
struct Callers<'v, 'c, 'e> {
    function: &'v str,
    collector: &'v Collector<'c>,
    /// The parameters that are asked for, by function.
    taking: &'v HashMap<String, Vec<(String, usize)>>,
    /// These functions, by their last names.
    names: &'v HashMap<&'v str, Vec<&'v str>>,
    /// What each brings along so far: nothing where one is given something without a limit.
    given: &'v mut HashMap<(String, usize), Limits>,
    locals: Vec<(String, &'e Expr)>,
}

impl<'e> Callers<'_, '_, 'e> {
    fn taken_by(&self, func: &syn::Path) -> Option<(String, Vec<(String, usize)>)> {
        match self.collector.resolve(func) {
            Name::File(path) => Some((path.clone(), self.taking.get(&path)?.clone())),
            _ => None,
        }
    }

    fn give(&mut self, path: &str, index: usize, limits: Limits) {
        let known = self.given.get(&(path.to_owned(), index));
        let all = match known {
            Some(known) => known.intersection(&limits).cloned().collect(),
            None => limits,
        };
        self.given.insert((path.to_owned(), index), all);
    }
}

impl<'e> Visit<'e> for Callers<'_, '_, 'e> {
    fn visit_block(&mut self, block: &'e Block) {
        let before = self.locals.len();
        self.locals.extend(locals(block));
        visit::visit_block(self, block);
        self.locals.truncate(before);
    }

    fn visit_expr_call(&mut self, call: &'e syn::ExprCall) {
        let Expr::Path(func) = &*call.func else {
            return visit::visit_expr_call(self, call);
        };
        if let Some((path, parameters)) = self.taken_by(&func.path) {
            for (_, index) in parameters {
                let given = call.args.iter().nth(index);
                let limits = given.map(|given| self.collector.handed_in(given, self.function, &self.locals));
                self.give(&path, index, limits.unwrap_or_default());
            }
        }
        call.args.iter().for_each(|given| self.visit_expr(given));
    }

    /// Who calls a function that is a value is not seen.
    fn visit_expr_path(&mut self, path: &'e syn::ExprPath) {
        if let Some((path, parameters)) = self.taken_by(&path.path) {
            for (_, index) in parameters {
                self.give(&path, index, Limits::new());
            }
        }
    }

    /// What stands in a macro has no variables that are seen here.
    fn visit_macro(&mut self, mac: &'e syn::Macro) {
        let named: RefCell<HashSet<&str>> = RefCell::default();
        macros::mentions(mac.tokens.clone(), &|word| {
            let known = self.names.get_key_value(word);
            named.borrow_mut().extend(known.map(|(name, _)| *name));
            false
        });
        let (taking, names) = (self.taking, self.names);
        let paths = named
            .into_inner()
            .into_iter()
            .filter_map(|name| names.get(name))
            .flatten();
        for path in paths.filter(|path| may_call(mac, path)) {
            for (_, index) in taking.get(*path).into_iter().flatten() {
                self.give(path, *index, Limits::new());
            }
        }
    }

    fn visit_item(&mut self, _: &'e Item) {}
}

/// Whether a macro may call the function at this path: its tokens have the name, and that of its type.
fn may_call(mac: &syn::Macro, path: &str) -> bool {
    let mentions = |name: &str| macros::mentions(mac.tokens.clone(), &|word| word == name);
    let mut names = path.rsplit("::");
    let (name, class) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    mentions(name) && (!class.starts_with(char::is_uppercase) || mentions(class) || mentions("Self"))
}

fn last_of(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

fn parameter_name(pat: &Pat) -> Option<String> {
    match pat {
        Pat::Ident(name) => Some(plain(&name.ident)),
        _ => None,
    }
}

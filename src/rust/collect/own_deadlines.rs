//! What the project's own functions do with time: they put a deadline around a future that they are given, are over when a
//! timer is, or end the program after a while. Told from their bodies, before anything else is visited; what the finding on a
//! connect and the time that a test takes both ask.

use foldhash::HashMap;
use syn::{Block, Expr, Item, ReturnType, Signature, Stmt};

use crate::rust::collect::bounded::{self, Awaiting, Treated};
use crate::rust::collect::other_files::OtherFiles;
use crate::rust::collect::parameters::{Parameter, parameter_of, parameters_of};
use crate::rust::collect::timers::Ends;
use crate::rust::collect::values::bounds_of;
use crate::rust::collect::watchdogs::{self, Ending};
use crate::rust::collect::{Collector, typed};
use crate::rust::names::durations;
use crate::rust::names::{Name, plain};
use crate::sites::Bound;

/// So often are the functions of a file asked: what one does may stand on what a later one does.
const MOST_ROUNDS: usize = 4;

/// The functions of a file that do something with time.
#[derive(Debug, Default)]
pub(in crate::rust) struct OwnDeadlines {
    /// By path; the methods of a trait by the trait's, too.
    functions: HashMap<String, Own>,
    /// Methods by their name alone: what is asked where the receiver's type cannot be seen.
    methods: HashMap<String, Own>,
    /// Something of the file cancels a token after a while: which one is not followed.
    cancels: bool,
}

/// What one function does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::rust) enum Own {
    /// It bounds a future that it is given.
    Bounds(Bounding),
    /// It awaits a future that it is given at this index; a method's `self` is one of them.
    Awaits {
        future: usize,
        is_method: bool,
        how: Awaiting,
        /// Nothing else is waited for in it.
        is_all: bool,
    },
    /// It is over when a timer is.
    Waits,
    /// It is over when something else is, or never.
    WaitsForOther,
    /// It starts something that ends the program.
    EndsProgram(Ending),
}

/// A deadline that a function puts around a future that it is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::rust) struct Bounding {
    /// The index of the future among all that the function is given; a method's `self` is one of them.
    pub(in crate::rust) future: usize,
    /// The function is a method: it is called on the first of what it is given.
    pub(in crate::rust) is_method: bool,
    pub(in crate::rust) lasting: Lasting,
    /// The deadline is around the future itself, and not around something that may be made of it.
    pub(in crate::rust) is_direct: bool,
    /// The future may be awaited without the deadline, too.
    pub(in crate::rust) is_loose: bool,
    /// Nothing else is waited for in it.
    pub(in crate::rust) is_all: bool,
}

/// How long something lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::rust) enum Lasting {
    Is(Bound),
    /// So many times what the function is given at this index.
    Times {
        argument: usize,
        factor: f64,
    },
}

impl Lasting {
    pub(in crate::rust) const UNKNOWN: Self = Self::Is(Bound::Unknown);

    /// The same where `given` says how long what the function is given is.
    pub(in crate::rust) fn bound(self, given: impl FnOnce(usize) -> Bound) -> Bound {
        match self {
            Self::Is(bound) => bound,
            Self::Times { argument, factor } => match given(argument) {
                Bound::Seconds(seconds) => Bound::Seconds(seconds * factor),
                other => other,
            },
        }
    }
}

impl OwnDeadlines {
    /// What the function at this path does.
    pub(in crate::rust) fn function(&self, path: &str) -> Option<Own> {
        self.functions.get(path).copied()
    }

    /// Whether who waits until a token is cancelled may wait for a timer.
    pub(in crate::rust) fn cancels(&self) -> bool {
        self.cancels
    }

    /// The same with other paths.
    pub(in crate::rust) fn with_paths(&self, path: &dyn Fn(&String) -> String) -> Self {
        let functions = self.functions.iter();
        Self {
            functions: functions.map(|(of, own)| (path(of), *own)).collect(),
            methods: self.methods.clone(),
            cancels: self.cancels,
        }
    }

    /// The trait of those in a module whose method of this name does something: what a glob may bring in.
    pub(in crate::rust) fn in_module(&self, module: &str, method: &str) -> Option<Own> {
        self.methods.get(method)?;
        let mut functions = self.functions.iter();
        functions.find_map(|(path, own)| {
            let rest = path.strip_prefix(module)?.strip_prefix("::")?;
            let (of, name) = rest.split_once("::")?;
            (name == method && of.starts_with(char::is_uppercase)).then_some(*own)
        })
    }

    fn count(&self) -> usize {
        self.functions.len()
    }
}

impl Collector<'_> {
    /// Notes what all functions of a file do with time.
    pub(in crate::rust) fn declare_own_file(&mut self, items: &[Item]) {
        for _ in 0..MOST_ROUNDS {
            let before = self.declared.own.count();
            self.declare_own_modules(items);
            // What does something may be called by what then does the same.
            if self.declared.own.count() == before {
                break;
            }
        }
    }

    fn declare_own_modules(&mut self, items: &[Item]) {
        self.declare_own(items);
        for item in items {
            if let Item::Mod(module) = item
                && let Some((_, items)) = &module.content
            {
                let entered = self.names.enter_module(&module.ident, items);
                self.declare_own_modules(items);
                self.names.leave(entered);
            }
        }
    }

    /// Notes what the functions of a module or a block do, where waits are looked for.
    pub(in crate::rust) fn declare_own<'i>(&mut self, items: impl IntoIterator<Item = &'i Item>) {
        if !self.sought.waits {
            return;
        }
        let place = self.names.place().to_owned();
        for item in items {
            match item {
                Item::Fn(item) => {
                    if let Some(own) = self.own_of_body(&item.sig, &item.block) {
                        let path = format!("{place}::{}", plain(&item.sig.ident));
                        self.declared.own.functions.insert(path, own);
                    }
                }
                Item::Trait(item) => {
                    let of = format!("{place}::{}", plain(&item.ident));
                    for item in &item.items {
                        if let syn::TraitItem::Fn(method) = item
                            && let Some(block) = &method.default
                        {
                            self.declare_own_method(&[Some(&of)], &method.sig, block);
                        }
                    }
                }
                Item::Impl(item) => self.declare_own_methods(item),
                _ => {}
            }
        }
    }

    fn declare_own_methods(&mut self, item: &syn::ItemImpl) {
        self.type_parameters.push(bounds_of(&item.generics));
        let of = self.written_type(&item.self_ty);
        self.type_parameters.pop();
        let of_trait = item.trait_.as_ref().and_then(|(path, _)| match self.resolve(path) {
            Name::File(path) | Name::Extern(path) => Some(path),
            Name::Variable(_) | Name::Unknown => None,
        });
        self.self_types.push(of.clone());
        for item in &item.items {
            if let syn::ImplItem::Fn(method) = item {
                self.declare_own_method(&[of.as_ref(), of_trait.as_ref()], &method.sig, &method.block);
            }
        }
        self.self_types.pop();
    }

    fn declare_own_method(&mut self, of: &[Option<&String>], signature: &Signature, block: &Block) {
        let Some(own) = self.own_of_body(signature, block) else {
            return;
        };
        let name = plain(&signature.ident);
        for of in of.iter().copied().flatten() {
            self.declared.own.functions.insert(format!("{of}::{name}"), own);
        }
        self.declared.own.methods.insert(name, own);
    }

    /// What a function with this body does with time, if anything; what is imported in it is in sight.
    fn own_of_body(&mut self, signature: &Signature, block: &Block) -> Option<Own> {
        self.declared.own.cancels |= block.stmts.iter().any(watchdogs::cancels);
        let items = || {
            block.stmts.iter().filter_map(|stmt| match stmt {
                Stmt::Item(item) => Some(item),
                _ => None,
            })
        };
        if !items().any(|item| matches!(item, Item::Use(_))) {
            return self.own_of_visible(signature, block);
        }
        let entered = self.names.enter_block(items());
        let own = self.own_of_visible(signature, block);
        self.names.leave(entered);
        own
    }

    fn own_of_visible(&self, signature: &Signature, block: &Block) -> Option<Own> {
        let parameters = parameters_of(signature);
        let length = |expr: &Expr| self.lasting(expr, &parameters);
        if let Some(ending) = block
            .stmts
            .iter()
            .find_map(|stmt| watchdogs::ends_program(stmt, &length))
        {
            return Some(Own::EndsProgram(ending));
        }
        let is_method = signature.receiver().is_some();
        let looked_at = |future: &Parameter| bounded::block(self, block, future, &parameters);
        of_parameters(&parameters, is_method, looked_at).or_else(|| self.own_end(signature, block))
    }

    /// Whether a function is over when a timer is, or when something else is.
    fn own_end(&self, signature: &Signature, block: &Block) -> Option<Own> {
        let ends = match (&signature.asyncness, &signature.output, block.stmts.as_slice()) {
            (Some(_), ..) => self.ends_of(block),
            // What gives a future on.
            (None, ReturnType::Type(..), [Stmt::Expr(given, None)]) => match self.is_timer(given)? {
                true => Ends::ByTimers,
                false => Ends::ByOthers,
            },
            _ => return None,
        };
        match ends {
            Ends::ByTimers => Some(Own::Waits),
            Ends::ByOthers => Some(Own::WaitsForOther),
            Ends::Unknown => None,
        }
    }

    /// What a closure does with time.
    pub(in crate::rust) fn own_of_closure(&self, closure: &syn::ExprClosure) -> Option<Own> {
        let parameters: Vec<Parameter> = closure.inputs.iter().enumerate().filter_map(parameter_of).collect();
        let looked_at = |future: &Parameter| bounded::expression(self, &closure.body, future, &parameters);
        of_parameters(&parameters, false, looked_at)
    }

    /// How long something lasts in a function with these parameters.
    pub(in crate::rust) fn lasting(&self, limit: &Expr, parameters: &[Parameter]) -> Lasting {
        let with = |of: &Parameter, seconds: f64| {
            durations::bound(limit, 1.0, &|path| match path.is_ident(&of.name) {
                true => Some(Bound::Seconds(seconds)),
                false => self.named_duration(path),
            })
        };
        for parameter in parameters {
            // What grows with it is a multiple of it.
            if let (Bound::Seconds(once), Bound::Seconds(twice)) = (with(parameter, 1.0), with(parameter, 2.0))
                && once > 0.0
                && (twice - 2.0 * once).abs() < 1e-9
            {
                return Lasting::Times {
                    argument: parameter.index,
                    factor: once,
                };
            }
        }
        let is_given = |path: &syn::Path| parameters.iter().any(|parameter| path.is_ident(&parameter.name));
        Lasting::Is(durations::bound(limit, 1.0, &|path| match is_given(path) {
            true => None,
            false => self.named_duration(path),
        }))
    }

    /// What the function that a path means does, in whatever file it is.
    pub(in crate::rust) fn own_of(&self, function: &Name) -> Option<Own> {
        match function {
            Name::File(path) => self.declared.own.function(path),
            Name::Extern(path) => {
                let own = self.declared.own.function(path);
                own.or_else(|| self.crates?.own(path))
            }
            Name::Variable(id) => self.found.variables.get(id.0)?.own,
            Name::Unknown => None,
        }
    }

    /// What a method of this name does, called on something.
    pub(in crate::rust) fn own_of_method(&self, receiver: &Expr, method: &str) -> Option<Own> {
        // Where other files are not looked into, this says all.
        if self.crates.is_none() && !self.declared.own.methods.contains_key(method) {
            return None;
        }
        let of = self.type_of(receiver);
        if let Some(own) = of
            .as_ref()
            .and_then(|of| self.own_of(&typed(format!("{of}::{method}"))))
        {
            return Some(own);
        }
        match of.map(typed) {
            Some(Name::Extern(of)) if !self.is_elsewhere(&of) => None,
            _ => {
                let own = self.declared.own.methods.get(method).copied();
                own.or_else(|| self.own_of_imported_trait(method))
            }
        }
    }

    /// What a method does of a trait of another file that is imported here. Asked of most method calls.
    fn own_of_imported_trait(&self, method: &str) -> Option<Own> {
        let crates = self.crates?;
        let asked = (self.names.place().to_owned(), method.to_owned());
        if let Some(known) = self.own_of_traits.borrow().get(&asked) {
            return *known;
        }
        let own = self.find_own_of_imported_trait(crates, method);
        self.own_of_traits.borrow_mut().insert(asked, own);
        own
    }

    fn find_own_of_imported_trait(&self, crates: &dyn OtherFiles, method: &str) -> Option<Own> {
        let imports = self.names.imports();
        let (globs, named): (Vec<_>, Vec<_>) = imports.iter().partition(|import| import.is_glob);
        let of_named = named
            .iter()
            .find_map(|import| crates.own(&format!("{}::{method}", import.path)));
        of_named.or_else(|| {
            globs
                .iter()
                .find_map(|import| crates.own_in_module(&import.path, method))
        })
    }
}

/// What is done to the first of these parameters that is bounded, or else awaited.
fn of_parameters(
    parameters: &[Parameter],
    is_method: bool,
    looked_at: impl Fn(&Parameter) -> Option<Treated>,
) -> Option<Own> {
    let mut awaited = None;
    for parameter in parameters.iter().filter(|parameter| parameter.may_be_future) {
        let future = parameter.index;
        match looked_at(parameter) {
            Some(Treated::Bounded {
                lasting,
                is_direct,
                is_loose,
                is_all,
            }) => {
                return Some(Own::Bounds(Bounding {
                    future,
                    is_method,
                    lasting,
                    is_direct,
                    is_loose,
                    is_all,
                }));
            }
            Some(Treated::Awaited { how, is_all }) => {
                awaited.get_or_insert(Own::Awaits {
                    future,
                    is_method,
                    how,
                    is_all,
                });
            }
            None => {}
        }
    }
    awaited
}

/// Whether a method of this name, called on a future with an argument, is taken at its word: it bounds the future. (A
/// builder's `connection_timeout` is another name.)
pub(in crate::rust) fn is_deadline_method(name: &str) -> bool {
    matches!(
        name,
        "timeout"
            | "with_timeout"
            | "timeout_at"
            | "with_timeout_at"
            | "with_deadline"
            | "timeout_after"
            | "or_timeout"
    )
}

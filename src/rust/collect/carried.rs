//! Limits that a connect's builder brings along from where it is made: a function that gives it, a field that a constructor
//! fills. Told before anything is visited, as all that items declare.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Block, Expr, Member, Pat, Stmt};

use crate::catalog::Entry;
use crate::rust::collect::course::FARTHEST;
use crate::rust::collect::sockets::READ_TIMEOUT;
use crate::rust::collect::values::{Kind, is_pointer_new};
use crate::rust::collect::{Collector, typed};
use crate::rust::names::{Name, plain};
use crate::source::Language;

/// The names of the builder's methods that limit something.
pub(in crate::rust) type Limits = BTreeSet<String>;

impl Collector<'_> {
    /// Notes which limits what a function gives brings along, and what it fills fields with.
    pub(in crate::rust) fn declare_limits(&mut self, function: &str, block: &Block) {
        if !self.sought.waits {
            return;
        }
        let locals = locals(block);
        if self.limits_reads(block) {
            self.carry(function.to_owned(), Limits::from([READ_TIMEOUT.to_owned()]));
        }
        let given = self.declared.returns.get(function).and_then(Option::as_ref);
        if self.may_carry(given) {
            let mut limits = Limits::new();
            if let Some(end) = end(block) {
                self.gather(end, Some(&locals), &mut limits);
            }
            self.carry(function.to_owned(), limits);
        }
        let fed = self.fed_in(block);
        let mut literals = Literals::default();
        literals.visit_block(block);
        for call in literals.calls {
            let Expr::Path(func) = &*call.func else { continue };
            let Some(of) = self.filled_type(&func.path) else {
                continue;
            };
            for (index, value) in call.args.iter().enumerate() {
                self.fill(function, &of, &index.to_string(), value, &locals);
                self.fill_fed(&of, &index.to_string(), value, &fed);
            }
        }
        for literal in literals.structs {
            let Some(of) = self.filled_type(&literal.path) else {
                continue;
            };
            for field in &literal.fields {
                let Member::Named(name) = &field.member else { continue };
                self.fill(function, &of, &plain(name), &field.expr, &locals);
                self.fill_fed(&of, &plain(name), &field.expr, &fed);
            }
        }
    }

    /// The struct that is filled under a path.
    fn filled_type(&self, path: &syn::Path) -> Option<String> {
        if path.is_ident("Self") {
            return self.self_types.last().cloned().flatten();
        }
        match self.resolve(path) {
            Name::File(of) | Name::Extern(of) => Some(of),
            Name::Variable(_) | Name::Unknown => None,
        }
    }

    /// Notes which limits a field is filled with.
    fn fill(&mut self, function: &str, of: &str, name: &str, value: &Expr, locals: &[(String, &Expr)]) {
        if self.may_carry(self.field(of, name).as_ref()) {
            let limits = self.handed_in(value, function, locals);
            self.carry(of_field(of, name), limits);
        }
    }

    /// What a value brings along in a function: of the variables that it has, or of what it is given.
    pub(super) fn handed_in(&self, value: &Expr, function: &str, locals: &[(String, &Expr)]) -> Limits {
        let mut limits = Limits::new();
        if let Some(Expr::Path(root)) = self.gather(value, Some(locals), &mut limits) {
            let handed = self.declared.handed.get(function).into_iter().flatten();
            let handed = handed.filter(|handed| root.path.is_ident(&handed.name));
            limits.extend(handed.flat_map(|handed| handed.limits.iter().cloned()));
        }
        limits
    }

    /// Notes which limits a constant brings along, or what is made when it is asked for.
    pub(in crate::rust) fn declare_limits_of(&mut self, constant: &str, value: &Expr) {
        if self.sought.waits && self.may_carry(self.declared.values.get(constant)) {
            let mut limits = Limits::new();
            self.gather(value, Some(&[]), &mut limits);
            self.carry(constant.to_owned(), limits);
        }
    }

    pub(in crate::rust) fn carry(&mut self, key: String, limits: Limits) {
        if !limits.is_empty() {
            self.declared.limits.entry(key).or_default().extend(limits);
        }
    }

    pub(super) fn may_carry(&self, kind: Option<&Kind>) -> bool {
        let path = kind.and_then(Kind::path);
        path.is_some_and(|path| self.catalog.leads_to_connect(Language::Rust, path))
    }

    /// Whether what a connect is called on brings one of its limits along from elsewhere.
    pub(in crate::rust) fn carries_limit(&self, entry: &Entry, on: &Expr) -> bool {
        let limits = self.limits_of(on);
        limits.iter().any(|name| entry.bounds_connect(name))
    }

    /// The limits that a value of this kind brings along from elsewhere.
    pub(in crate::rust) fn limits_in(&self, value: &Expr, kind: Option<&Kind>) -> Limits {
        match self.may_carry(kind) {
            true => self.limits_of(value),
            false => Limits::new(),
        }
    }

    fn limits_of(&self, expr: &Expr) -> Limits {
        let mut limits = Limits::new();
        let root = self.gather(expr, None, &mut limits);
        if let Some(Expr::Path(path)) = root
            && let Name::Variable(id) = self.resolve(&path.path)
            && let Some(variable) = self.found.variables.get(id.0)
        {
            limits.extend(variable.limits.iter().cloned());
        }
        limits
    }

    /// Puts the limits into `limits` that are brought along on a chain of methods; where the variables are known that
    /// declarations see, `locals`, those that it sets itself, too. Gives the root.
    fn gather<'e>(
        &self,
        expr: &'e Expr,
        locals: Option<&[(String, &'e Expr)]>,
        limits: &mut Limits,
    ) -> Option<&'e Expr> {
        let mut at = expr;
        for _ in 0..FARTHEST {
            if locals.is_some() {
                self.gather_own(at, limits);
            }
            let is_local = |path: &syn::Path| {
                let locals = locals.unwrap_or_default().iter();
                path.get_ident()
                    .is_some_and(|name| locals.into_iter().any(|(local, _)| *name == local))
            };
            // A variable may be called as a function is.
            if !matches!(at, Expr::Path(path) if is_local(&path.path)) {
                self.brought(at, limits);
            }
            at = match (link(at), at, locals) {
                (Some(next), ..) => next,
                (None, Expr::Path(path), Some(locals)) => {
                    let name = path.path.get_ident().map(plain)?;
                    match locals.iter().rev().find(|(local, _)| *local == name) {
                        Some((_, value)) => value,
                        None => return Some(at),
                    }
                }
                (None, ..) => return Some(at),
            };
        }
        None
    }

    /// What a link of a chain sets itself.
    fn gather_own(&self, at: &Expr, limits: &mut Limits) {
        let Expr::MethodCall(call) = at else { return };
        let name = plain(&call.method);
        let is_off = matches!(call.args.first(), Some(Expr::Path(none)) if none.path.is_ident("None"));
        let mut entries = self.catalog.entries(Language::Rust);
        if !is_off && !call.args.is_empty() && entries.any(|entry| entry.parameter(&name).is_some()) {
            limits.insert(name);
        }
    }

    /// The limits that are known of what a name means, in whatever file it is.
    pub(in crate::rust) fn limits_at(&self, name: &Name) -> Option<Limits> {
        match name {
            Name::Extern(path) => {
                let elsewhere = || self.crates.and_then(|crates| crates.limits(path));
                self.declared.limits.get(path).cloned().or_else(elsewhere)
            }
            Name::File(path) => self.declared.limits.get(path).cloned(),
            Name::Variable(_) | Name::Unknown => None,
        }
    }

    /// What a function gives brings along, or a field.
    fn brought(&self, at: &Expr, limits: &mut Limits) {
        let key = match at {
            Expr::Call(call) => match &*call.func {
                Expr::Path(func) => match self.resolve(&func.path) {
                    Name::File(path) | Name::Extern(path) => Some(path),
                    Name::Variable(_) | Name::Unknown => None,
                },
                _ => None,
            },
            Expr::MethodCall(call) => {
                let of = self.type_of(&call.receiver);
                of.map(|of| format!("{of}::{}", plain(&call.method)))
            }
            Expr::Field(field) => {
                let name = match &field.member {
                    Member::Named(name) => plain(name),
                    Member::Unnamed(index) => index.index.to_string(),
                };
                self.type_of(&field.base).map(|of| of_field(&of, &name))
            }
            // A constant, or a function that is called when it is asked for.
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::File(path) | Name::Extern(path) => Some(path),
                Name::Variable(_) | Name::Unknown => None,
            },
            _ => None,
        };
        let Some(key) = key else { return };
        let known = self.limits_at(&typed(key));
        limits.extend(known.unwrap_or_default());
    }
}

/// A field among the paths of what brings limits along: no function is called so.
pub(super) fn of_field(of: &str, name: &str) -> String {
    format!("{of}::.{name}")
}

/// What an expression gives on: the receiver of a method, what is in a result or behind a pointer.
pub(in crate::rust) fn link(expr: &Expr) -> Option<&Expr> {
    Some(match expr {
        Expr::MethodCall(call) => match call.args.first() {
            Some(Expr::Closure(made)) if makes_once(&plain(&call.method)) => &made.body,
            _ => &call.receiver,
        },
        Expr::Closure(made) => &made.body,
        Expr::Block(block) => return end(&block.block),
        Expr::Try(attempt) => &attempt.expr,
        Expr::Await(awaited) => &awaited.base,
        Expr::Paren(paren) => &paren.expr,
        Expr::Group(group) => &group.expr,
        Expr::Reference(reference) => &reference.expr,
        Expr::Call(call) => {
            let Expr::Path(func) = &*call.func else { return None };
            let is_around = is_pointer_new(&func.path)
                || is_lazy_new(&func.path)
                || func.path.is_ident("Ok")
                || func.path.is_ident("Some");
            return call.args.first().filter(|_| is_around);
        }
        _ => return None,
    })
}

/// Whether a method gives what the closure makes that it is given, the first time: `CELL.get_or_init(|| …)`.
fn makes_once(method: &str) -> bool {
    matches!(method, "get_or_init" | "get_or_try_init" | "get_or_insert_with")
}

/// `LazyLock::new(|| …)`, `Lazy::new(make)`.
fn is_lazy_new(path: &syn::Path) -> bool {
    let mut names = path.segments.iter().rev().map(|segment| plain(&segment.ident));
    let (last, of) = (names.next(), names.next());
    last.is_some_and(|last| last == "new")
        && of.is_some_and(|of| matches!(of.as_str(), "LazyLock" | "LazyCell" | "Lazy"))
}

/// The variables that the statements of a block make, and what of.
pub(super) fn locals(block: &Block) -> Vec<(String, &Expr)> {
    let mut found = Vec::new();
    for stmt in &block.stmts {
        let Stmt::Local(local) = stmt else { continue };
        let pat = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            pat => pat,
        };
        if let (Pat::Ident(name), Some(init)) = (pat, &local.init) {
            found.push((plain(&name.ident), &*init.expr));
        }
    }
    found
}

/// What the function with this body gives at its end.
fn end(block: &Block) -> Option<&Expr> {
    match block.stmts.last()? {
        Stmt::Expr(Expr::Return(exit), _) => exit.expr.as_deref(),
        Stmt::Expr(end, None) => Some(end),
        _ => None,
    }
}

/// The structs that a body fills, and what it calls: a struct whose fields have no names is filled so.
#[derive(Default)]
struct Literals<'e> {
    structs: Vec<&'e syn::ExprStruct>,
    calls: Vec<&'e syn::ExprCall>,
}

impl<'ast> Visit<'ast> for Literals<'ast> {
    fn visit_expr_struct(&mut self, literal: &'ast syn::ExprStruct) {
        self.structs.push(literal);
        visit::visit_expr_struct(self, literal);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        self.calls.push(call);
        visit::visit_expr_call(self, call);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

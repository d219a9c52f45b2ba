//! What values are, as far as the code says it: constructors, annotations, fields, what functions give, builder chains.

mod declared;
mod kind;

pub(in crate::rust) use declared::{Declarations, bounds_of};
pub(in crate::rust) use kind::Kind;

use syn::Expr;

use crate::rust::collect::blocking::makes_channel;
use crate::rust::collect::elements::{ITERATING, PICKING};
use crate::rust::collect::{Collector, typed};
use crate::rust::names::durations;
use crate::rust::names::macros;
use crate::rust::names::{Name, plain};
use crate::sites::Bound;
use crate::source::Language;

/// How long a builder's chain is followed.
const MAX_LINKS: usize = 64;

/// The type of a stream of what is there already: nothing waits for the next.
pub(in crate::rust) const ITERATED: &str = "futures_util::stream::Iter";

/// tokio's runtime.
pub(in crate::rust) const RUNTIME: &str = "tokio::runtime::Runtime";

/// Methods that give the same object, or what is in a result, an option or a lock.
const KEEPING: &[&str] = &[
    "as_deref_mut",
    "as_mut",
    "as_ref",
    "borrow",
    "borrow_mut",
    "clone",
    "context",
    "expect",
    "get_mut",
    "into_inner",
    "lock",
    "map_err",
    "ok",
    "ok_or",
    "ok_or_else",
    "to_owned",
    "unwrap",
    "unwrap_or_else",
    "with_context",
    "wrap_err",
];

impl Collector<'_> {
    /// How long a duration is.
    pub(in crate::rust) fn duration(&self, expr: &Expr) -> Bound {
        durations::bound(expr, 1.0, &|path| self.named_duration(path))
    }

    fn path_of(&self, name: Name) -> Option<String> {
        match name {
            Name::Extern(path) | Name::File(path) => Some(path),
            Name::Variable(_) | Name::Unknown => None,
        }
    }

    /// The path of the type of an expression: of the builder at the root of its chain, too.
    pub(in crate::rust) fn type_of(&self, expr: &Expr) -> Option<String> {
        match self.kind_of(expr)? {
            Kind::Of(path) => Some(path),
            Kind::Tuple(_) | Kind::Many(_) => None,
        }
    }

    /// What an expression is, once it was awaited and is taken out of a result.
    pub(in crate::rust) fn kind_of(&self, expr: &Expr) -> Option<Kind> {
        self.kind_within(expr, MAX_LINKS)
    }

    fn kind_within(&self, expr: &Expr, links: usize) -> Option<Kind> {
        let links = links.checked_sub(1)?;
        match expr {
            Expr::Paren(paren) => self.kind_within(&paren.expr, links),
            Expr::Group(group) => self.kind_within(&group.expr, links),
            Expr::Reference(reference) => self.kind_within(&reference.expr, links),
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => self.kind_within(&unary.expr, links),
            Expr::Try(attempt) => self.kind_within(&attempt.expr, links),
            Expr::Await(awaited) => self.kind_within(&awaited.base, links),
            Expr::Struct(literal) => self.path_of(self.resolve(&literal.path)).map(Kind::Of),
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => self
                    .found
                    .variables
                    .get(id.0)
                    .and_then(|variable| variable.kind.clone()),
                _ if path.path.is_ident("self") => self.self_types.last().cloned().flatten().map(Kind::Of),
                Name::File(path) => self.declared.value(&path),
                Name::Extern(path) => self.crates?.value(&path),
                Name::Unknown => None,
            },
            Expr::Field(field) => {
                let of = self.kind_within(&field.base, links)?;
                match (&of, &field.member) {
                    (Kind::Of(path), syn::Member::Named(name)) => self.field(path, &plain(name)),
                    (Kind::Of(path), syn::Member::Unnamed(index)) => self.field(path, &index.index.to_string()),
                    (_, syn::Member::Unnamed(index)) => of.element(usize::try_from(index.index).ok()?).cloned(),
                    _ => None,
                }
            }
            Expr::Index(index) => match self.kind_within(&index.expr, links)? {
                Kind::Many(element) => Some(*element),
                Kind::Of(_) | Kind::Tuple(_) => None,
            },
            Expr::Tuple(tuple) => {
                let elements: Vec<_> = tuple.elems.iter().map(|each| self.kind_within(each, links)).collect();
                elements.iter().any(Option::is_some).then_some(Kind::Tuple(elements))
            }
            Expr::Call(call) => self.kind_of_call(call, links),
            Expr::MethodCall(call) => self.kind_of_method(call, links),
            Expr::Macro(call) => self.kind_within(&macros::taken_out(&call.mac)?, links),
            Expr::Block(_) | Expr::If(_) | Expr::Match(_) => {
                // They have one type, whichever is taken.
                let mut ends = ends_of(expr).into_iter();
                ends.find_map(|end| self.kind_within(end, links / 4))
            }
            _ => None,
        }
    }

    pub(in crate::rust) fn field(&self, of: &str, name: &str) -> Option<Kind> {
        match self.declared.fields.get(of) {
            Some(fields) => fields.get(name).cloned(),
            None => self.crates?.field(of, name),
        }
    }

    fn kind_of_call(&self, call: &syn::ExprCall, links: usize) -> Option<Kind> {
        let Expr::Path(func) = &*call.func else { return None };
        if is_pointer_new(&func.path) || func.path.is_ident("Ok") || func.path.is_ident("Some") {
            return self.kind_within(call.args.first()?, links);
        }
        if let Some(wrapper) = self.wrapper(call, &func.path) {
            return self.kind_within(call.args.iter().nth(wrapper.future)?, links);
        }
        let function = self.resolve(&func.path);
        match self.given_by(&function) {
            Some(given) => given,
            None => self.constructed(function),
        }
    }

    /// What a function that is declared somewhere gives; none where its declaration is out of sight.
    pub(in crate::rust) fn given_by(&self, function: &Name) -> Option<Option<Kind>> {
        match function {
            Name::File(path) => self.declared.returns.get(path).cloned(),
            // An `impl` for a type of another file may stand here.
            Name::Extern(path) => {
                let own = self.declared.returns.get(path).cloned();
                own.or_else(|| self.crates?.given_by(path))
            }
            Name::Variable(_) | Name::Unknown => None,
        }
    }

    fn kind_of_method(&self, call: &syn::ExprMethodCall, links: usize) -> Option<Kind> {
        let method = plain(&call.method);
        if method == "build" && self.runtime_built(call).is_some() {
            return Some(Kind::Of(RUNTIME.to_owned()));
        }
        let on = self.kind_within(&call.receiver, links)?;
        let of = match on {
            Kind::Of(of) => of,
            Kind::Many(element) if PICKING.contains(&method.as_str()) => return Some(*element),
            Kind::Many(element) if method == "enumerate" => {
                return Some(Kind::Many(Box::new(Kind::Tuple(vec![None, Some(*element)]))));
            }
            many @ Kind::Many(_) => return ITERATING.contains(&method.as_str()).then_some(many),
            tuple @ Kind::Tuple(_) => return KEEPING.contains(&method.as_str()).then_some(tuple),
        };
        let path = format!("{of}::{method}");
        if let Some(given) = self.given_by(&typed(path.clone())) {
            return given;
        }
        if self.catalog.connect(Language::Rust, &path).is_some() {
            return None;
        }
        if let Some((modules, turn)) = self.catalog.turn(Language::Rust, &method, &of)
            && modules
                .iter()
                .any(|module| self.source.text().contains(module.as_str()))
        {
            return Some(Kind::Of(turn.gives.clone()));
        }
        let keeps = KEEPING.contains(&method.as_str()) || method == "take" && call.args.is_empty();
        let goes_on = || {
            self.catalog.leads_to_connect(Language::Rust, &of)
                || self.catalog.blocking_methods(Language::Rust, &of).next().is_some()
        };
        (keeps || goes_on()).then_some(Kind::Of(of))
    }

    /// The type whose associated function was called: constructors give the type itself.
    fn constructed(&self, function: Name) -> Option<Kind> {
        let path = self.path_of(function)?;
        if makes_channel(&path) {
            let end = |name: &str| Some(Kind::Of(format!("std::sync::mpsc::{name}")));
            return Some(Kind::Tuple(vec![end("Sender"), end("Receiver")]));
        }
        if self.catalog.connect(Language::Rust, &path).is_some() {
            return None;
        }
        if path.ends_with("::stream::iter") || path == "tokio_stream::iter" {
            return Some(Kind::Of(ITERATED.to_owned()));
        }
        let (of, _) = path.rsplit_once("::")?;
        // What the code makes of a connection's class itself stands on whatever it is given there.
        let receiver = self.catalog.receiving_class(Language::Rust, of);
        if receiver.is_some_and(|id| !self.catalog.receiver(id).receiver.signal) {
            return None;
        }
        let name = of.rsplit("::").next()?;
        name.starts_with(char::is_uppercase).then(|| Kind::Of(of.to_owned()))
    }
}

/// The expressions that a block, an `if` or a `match` comes to, but for those that need what is declared on the way to them.
pub(in crate::rust) fn ends_of(expr: &Expr) -> Vec<&Expr> {
    let (mut found, mut pending) = (Vec::new(), vec![expr]);
    while let Some(expr) = pending.pop() {
        if found.len() > MOST_ENDS {
            break;
        }
        match expr {
            Expr::Block(block) => pending.extend(end_of(&block.block)),
            Expr::If(branch) => {
                let has_names = matches!(&*branch.cond, Expr::Let(_))
                    || matches!(&*branch.cond, Expr::Binary(both) if matches!(both.op, syn::BinOp::And(_)));
                pending.extend(branch.else_branch.as_ref().map(|(_, otherwise)| &**otherwise));
                pending.extend(end_of(&branch.then_branch).filter(|_| !has_names));
            }
            Expr::Match(choice) => {
                let is_plain =
                    |arm: &&syn::Arm| matches!(arm.pat, syn::Pat::Wild(_) | syn::Pat::Lit(_) | syn::Pat::Path(_));
                pending.extend(choice.arms.iter().rev().filter(is_plain).map(|arm| &*arm.body));
            }
            other => found.push(other),
        }
    }
    found
}

/// The expression at the end of a block that declares no variable.
pub(in crate::rust) fn end_of(block: &syn::Block) -> Option<&Expr> {
    let declares = |stmt: &syn::Stmt| matches!(stmt, syn::Stmt::Local(_) | syn::Stmt::Item(_) | syn::Stmt::Macro(_));
    match block.stmts.split_last()? {
        (syn::Stmt::Expr(end, None), before) if !before.iter().any(declares) => Some(end),
        _ => None,
    }
}

/// Of so many branches the ends are looked at.
const MOST_ENDS: usize = 4;

/// `Arc::new`, `Box::new`, `Mutex::new`, …
pub(in crate::rust) fn is_pointer_new(path: &syn::Path) -> bool {
    let names: Vec<_> = path
        .segments
        .iter()
        .rev()
        .take(2)
        .map(|segment| plain(&segment.ident))
        .collect();
    matches!(names.as_slice(), [new, of] if new == "new" && matches!(of.as_str(), "Arc" | "Box" | "Mutex" | "Rc" | "RefCell"))
}

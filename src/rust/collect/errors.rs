//! Which functions return an error that the expiry of a timeout converts into by `?`.

use foldhash::{HashMap, HashSet};

use syn::{Expr, GenericArgument, Item, PathArguments, ReturnType, Type, TypeParamBound};

use crate::rust::collect::Collector;
use crate::rust::names::attributes;
use crate::rust::names::{Name, Written, plain};

/// What the file itself says of errors.
#[derive(Debug, Default)]
pub(in crate::rust) struct OwnErrors {
    /// Its types that tokio's `Elapsed` converts into, by path.
    of_elapsed: HashSet<String>,
    /// What converts into the error of its aliases of `Result`, and into its aliases of errors, by path.
    aliases: HashMap<String, Takes>,
}

/// What converts into an error by `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rust) enum Takes {
    /// Every error: `anyhow::Error`, `Box<dyn Error>`.
    Everything,
    /// Tokio's `Elapsed`, among others.
    Elapsed,
}

/// Types of other crates that every error converts into.
const OF_EVERYTHING: [&str; 6] = [
    "anyhow::Error",
    "eyre::Report",
    "eyre::Error",
    "color_eyre::Report",
    "color_eyre::eyre::Report",
    "color_eyre::eyre::Error",
];

/// Aliases of `Result` with such an error, where no other one is given.
const RESULTS: [&str; 4] = [
    "anyhow::Result",
    "eyre::Result",
    "color_eyre::Result",
    "color_eyre::eyre::Result",
];

impl Collector<'_> {
    /// Notes what the items of a module, the current one, and of the modules in it say of errors.
    pub(in crate::rust) fn declare_errors(&mut self, items: &[Item]) {
        self.declare_conversions(items);
        self.declare_aliases(items);
    }

    fn declare_aliases(&mut self, items: &[Item]) {
        let place = self.names.place().to_owned();
        for item in items {
            match item {
                Item::Type(item) => {
                    let default = item.generics.type_params().nth(1).map(|parameter| &parameter.default);
                    let takes = match default {
                        Some(default) => default.as_ref().and_then(|(_, error)| self.taken_by_error(error)),
                        None => self.taken_by_result(&item.ty).or_else(|| self.taken_by_error(&item.ty)),
                    };
                    if let Some(takes) = takes {
                        self.errors
                            .aliases
                            .insert(format!("{place}::{}", plain(&item.ident)), takes);
                    }
                }
                Item::Mod(module) => {
                    if let Some((_, items)) = &module.content {
                        let entered = self.names.enter_module(&module.ident, items);
                        self.declare_aliases(items);
                        self.names.leave(entered);
                    }
                }
                _ => {}
            }
        }
    }

    fn declare_conversions(&mut self, items: &[Item]) {
        let place = self.names.place().to_owned();
        for item in items {
            match item {
                Item::Enum(item)
                    if item
                        .variants
                        .iter()
                        .any(|variant| self.is_from_elapsed(&item.attrs, variant)) =>
                {
                    self.errors
                        .of_elapsed
                        .insert(format!("{place}::{}", plain(&item.ident)));
                }
                Item::Impl(item) => {
                    if let Some(path) = self.converted_by(item) {
                        self.errors.of_elapsed.insert(path);
                    }
                }
                Item::Mod(module) => {
                    if let Some((_, items)) = &module.content {
                        let entered = self.names.enter_module(&module.ident, items);
                        self.declare_conversions(items);
                        self.names.leave(entered);
                    }
                }
                _ => {}
            }
        }
    }

    /// `Late(#[from] Elapsed)` of thiserror, `Late(Elapsed)` of derive_more's `From`.
    fn is_from_elapsed(&self, attrs: &[syn::Attribute], variant: &syn::Variant) -> bool {
        let derives_from = || attributes::derives(attrs, "From") && variant.fields.len() == 1;
        let mut fields = variant.fields.iter();
        fields.any(|field| {
            let is_marked = field.attrs.iter().any(|attr| attr.path().is_ident("from"));
            (is_marked || derives_from()) && self.is_elapsed(&field.ty)
        })
    }

    /// The type of `impl From<Elapsed> for …`.
    fn converted_by(&self, item: &syn::ItemImpl) -> Option<String> {
        let (of, _) = item.trait_.as_ref()?;
        let last = of.segments.last()?;
        if last.ident != "From" || !types_in(&last.arguments).any(|from| self.is_elapsed(from)) {
            return None;
        }
        self.written_type(&item.self_ty)
    }

    fn is_elapsed(&self, ty: &Type) -> bool {
        matches!(ty, Type::Path(path)
            if matches!(self.resolve(&path.path), Name::Extern(path) if path == "tokio::time::error::Elapsed"))
    }

    /// What converts into the error that a function returns; `None` where that cannot be seen.
    pub(in crate::rust) fn taken_by(&self, output: &ReturnType) -> Option<Takes> {
        match output {
            ReturnType::Type(_, ty) => self.taken_by_result(ty),
            ReturnType::Default => None,
        }
    }

    fn taken_by_result(&self, ty: &Type) -> Option<Takes> {
        let Type::Path(path) = ty else { return None };
        let last = path.path.segments.last()?;
        let error = types_in(&last.arguments).nth(1);
        match self.names.resolve_to_alias(&Written::from(&path.path)) {
            Name::File(of) => {
                let by_alias = self.errors.aliases.get(&of).copied();
                error.map_or(by_alias, |error| self.taken_by_error(error))
            }
            Name::Extern(of) if RESULTS.contains(&of.as_str()) => {
                error.map_or(Some(Takes::Everything), |error| self.taken_by_error(error))
            }
            Name::Extern(of) if of == "std::result::Result" || of == "core::result::Result" => {
                self.taken_by_error(error?)
            }
            Name::Unknown if last.ident == "Result" && path.path.segments.len() == 1 => self.taken_by_error(error?),
            _ => None,
        }
    }

    fn taken_by_error(&self, error: &Type) -> Option<Takes> {
        let Type::Path(path) = error else { return None };
        let last = path.path.segments.last()?;
        if last.ident == "Box" {
            let inner = types_in(&last.arguments).next()?;
            return is_any_error(inner).then_some(Takes::Everything);
        }
        match self.names.resolve_to_alias(&Written::from(&path.path)) {
            Name::Extern(of) => OF_EVERYTHING.contains(&of.as_str()).then_some(Takes::Everything),
            Name::File(of) if self.errors.of_elapsed.contains(&of) => Some(Takes::Elapsed),
            Name::File(of) => self.errors.aliases.get(&of).copied(),
            Name::Variable(_) | Name::Unknown => None,
        }
    }
}

/// Where the `await` ends whose outcome `expr` is, as it is or with another error: what a `?` behind it takes.
pub(in crate::rust) fn awaited_end(expr: &Expr) -> Option<proc_macro2::Span> {
    let mut at = expr;
    loop {
        at = match at {
            Expr::Paren(paren) => &paren.expr,
            Expr::Await(awaited) => return Some(awaited.await_token.span),
            Expr::MethodCall(call) => match plain(&call.method).as_str() {
                "map_err" | "context" | "with_context" | "wrap_err" | "wrap_err_with" => &call.receiver,
                _ => return None,
            },
            _ => return None,
        };
    }
}

/// `dyn Error`, with `Send` and `Sync` or without.
fn is_any_error(ty: &Type) -> bool {
    let Type::TraitObject(object) = ty else { return false };
    object.bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| last.ident == "Error"),
        _ => false,
    })
}

fn types_in(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let arguments = match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

//! The types of receivers, as far as the file shows them: constructors, annotations, fields, builder chains.

use foldhash::HashMap;
use syn::{Expr, Type};

use super::collect::Collector;
use super::durations;
use super::names::{Name, plain};
use crate::sites::Bound;
use crate::source::Language;

/// How long a builder's chain is followed.
const MAX_LINKS: usize = 64;

impl Collector<'_> {
    /// Notes the fields' types and the durations that items declare, where calls are looked for.
    pub(super) fn declare<'i>(&mut self, items: impl IntoIterator<Item = &'i syn::Item>) {
        if !self.sought.calls {
            return;
        }
        let place = self.names.place().to_owned();
        for item in items {
            match item {
                syn::Item::Struct(item) => {
                    let fields: HashMap<_, _> = item
                        .fields
                        .iter()
                        .filter_map(|field| Some((plain(field.ident.as_ref()?), self.written_type(&field.ty)?)))
                        .collect();
                    self.fields.insert(format!("{place}::{}", plain(&item.ident)), fields);
                }
                syn::Item::Const(item) => {
                    let value = durations::bound(&item.expr, 1.0, &|path| self.named_duration(path));
                    self.constants.insert(format!("{place}::{}", plain(&item.ident)), value);
                }
                _ => {}
            }
        }
    }

    /// How long a duration is.
    pub(super) fn duration(&self, expr: &Expr) -> Bound {
        durations::bound(expr, 1.0, &|path| self.named_duration(path))
    }

    /// The path of a type as written; what is in a reference, a `Box` or an `Arc` counts.
    pub(super) fn written_type(&self, ty: &Type) -> Option<String> {
        match ty {
            Type::Reference(reference) => self.written_type(&reference.elem),
            Type::Paren(paren) => self.written_type(&paren.elem),
            Type::Group(group) => self.written_type(&group.elem),
            Type::Path(path) if path.qself.is_none() => {
                if let Some(inner) = pointee(&path.path) {
                    return self.written_type(inner);
                }
                self.path_of(self.resolve(&path.path))
            }
            _ => None,
        }
    }

    fn path_of(&self, name: Name) -> Option<String> {
        match name {
            Name::Extern(path) | Name::File(path) => Some(path),
            Name::Variable(_) | Name::Unknown => None,
        }
    }

    /// The path of the type of an expression: of the builder at the root of its chain, too.
    pub(super) fn type_of(&self, expr: &Expr) -> Option<String> {
        self.type_within(expr, MAX_LINKS)
    }

    fn type_within(&self, expr: &Expr, links: usize) -> Option<String> {
        let links = links.checked_sub(1)?;
        match expr {
            Expr::Paren(paren) => self.type_within(&paren.expr, links),
            Expr::Group(group) => self.type_within(&group.expr, links),
            Expr::Reference(reference) => self.type_within(&reference.expr, links),
            Expr::Try(attempt) => self.type_within(&attempt.expr, links),
            Expr::Struct(literal) => self.path_of(self.resolve(&literal.path)),
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => self
                    .found
                    .variables
                    .get(id.0)
                    .and_then(|variable| variable.kind.clone()),
                _ if path.path.is_ident("self") => self.self_types.last().cloned().flatten(),
                _ => None,
            },
            Expr::Field(field) => {
                let syn::Member::Named(name) = &field.member else {
                    return None;
                };
                let of = self.type_within(&field.base, links)?;
                self.fields.get(&of)?.get(&plain(name)).cloned()
            }
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return None };
                if is_pointer_new(&func.path) {
                    return self.type_within(call.args.first()?, links);
                }
                self.constructed(self.resolve(&func.path))
            }
            Expr::MethodCall(call) => {
                let of = self.type_within(&call.receiver, links)?;
                let method = plain(&call.method);
                if self
                    .catalog
                    .connect(Language::Rust, &format!("{of}::{method}"))
                    .is_some()
                {
                    return None;
                }
                if let Some((modules, turn)) = self.catalog.turn(Language::Rust, &method, &of)
                    && modules
                        .iter()
                        .any(|module| self.source.text().contains(module.as_str()))
                {
                    return Some(turn.gives.clone());
                }
                let keeps = matches!(
                    method.as_str(),
                    "clone" | "unwrap" | "expect" | "as_ref" | "as_mut" | "to_owned"
                );
                let goes_on = || {
                    self.catalog.leads_to_connect(Language::Rust, &of)
                        || self.catalog.blocking_methods(Language::Rust, &of).next().is_some()
                };
                (keeps || goes_on()).then_some(of)
            }
            _ => None,
        }
    }

    /// The type whose associated function was called: constructors give the type itself.
    fn constructed(&self, function: Name) -> Option<String> {
        let path = self.path_of(function)?;
        if self.catalog.connect(Language::Rust, &path).is_some() {
            return None;
        }
        let (of, _) = path.rsplit_once("::")?;
        let name = of.rsplit("::").next()?;
        name.starts_with(char::is_uppercase).then(|| of.to_owned())
    }
}

/// `Arc::new`, `Box::new`, `Rc::new`.
fn is_pointer_new(path: &syn::Path) -> bool {
    let names: Vec<_> = path
        .segments
        .iter()
        .rev()
        .take(2)
        .map(|segment| plain(&segment.ident))
        .collect();
    matches!(names.as_slice(), [new, of] if new == "new" && matches!(of.as_str(), "Arc" | "Box" | "Rc"))
}

/// What `&`-like types point to.
fn pointee(path: &syn::Path) -> Option<&Type> {
    let last = path.segments.last()?;
    if !matches!(plain(&last.ident).as_str(), "Arc" | "Box" | "Pin" | "Rc") {
        return None;
    }
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

//! What the items of a file declare of values: the types of fields, what functions give, what aliases mean, how long
//! constants are. Told before anything is visited.

use foldhash::{HashMap, HashSet};
use syn::{Item, Type};

use super::kind::{Kind, WrittenType, only_trait};
use crate::rust::collect::Collector;
use crate::rust::collect::carried::Limits;
use crate::rust::collect::handed_limits::Handed;
use crate::rust::collect::own_deadlines::OwnDeadlines;
use crate::rust::collect::told::OBJECT;
use crate::rust::names::durations;
use crate::rust::names::{Name, Written, plain};
use crate::sites::Bound;

/// So often are the items of a file asked: what one declares may stand on what a later one does.
const MOST_ROUNDS: usize = 4;

/// What items declare, each by its path.
#[derive(Debug, Default)]
pub(in crate::rust) struct Declarations {
    /// Of structs: what their fields are, by name or number.
    pub(in crate::rust) fields: HashMap<String, HashMap<String, Kind>>,
    /// Of functions and methods: what they give, as far as that is known; an async one once it was awaited.
    pub(in crate::rust) returns: HashMap<String, Option<Kind>>,
    /// What aliases of types mean, as far as that is known.
    pub(in crate::rust) aliases: HashMap<String, Option<Kind>>,
    /// Structs without fields: their names are their values.
    pub(in crate::rust) units: HashSet<String>,
    /// What constants are, as far as that is known.
    pub(in crate::rust) values: HashMap<String, Kind>,
    /// Aliases that stand for one of the types that they are given: which of them.
    pub(in crate::rust) through: HashMap<String, usize>,
    /// The values of constants that are durations or numbers.
    pub(in crate::rust) constants: HashMap<String, Bound>,
    /// Which limits functions give along with builders, and fields with those that they are filled with; what functions and
    /// types put an end to.
    pub(in crate::rust) limits: HashMap<String, Limits>,
    /// The limits that parameters of the file's functions bring along.
    pub(in crate::rust) handed: Handed,
    /// The parameters that functions give a signal by, by their index; those of methods without `self`.
    pub(in crate::rust) signals: HashMap<String, Vec<usize>>,
    /// What functions do with time.
    pub(in crate::rust) own: OwnDeadlines,
}

impl Declarations {
    /// The same with the paths that `in_crate` gives for those of the file.
    pub(in crate::rust) fn with_paths(&self, in_crate: &dyn Fn(&str) -> Option<String>) -> Self {
        let path = |path: &String| in_crate(path).unwrap_or_else(|| path.clone());
        let kind = |kind: &Option<Kind>| kind.as_ref().map(|kind| kind.with_paths(&path));
        let fields = |fields: &HashMap<String, Kind>| {
            let fields = fields.iter().map(|(name, of)| (name.clone(), of.with_paths(&path)));
            fields.collect()
        };
        Self {
            fields: self.fields.iter().map(|(of, all)| (path(of), fields(all))).collect(),
            returns: self.returns.iter().map(|(of, given)| (path(of), kind(given))).collect(),
            aliases: self
                .aliases
                .iter()
                .map(|(of, meaning)| (path(of), kind(meaning)))
                .collect(),
            units: self.units.iter().map(path).collect(),
            values: self
                .values
                .iter()
                .map(|(of, kind)| (path(of), kind.with_paths(&path)))
                .collect(),
            through: self.through.iter().map(|(of, index)| (path(of), *index)).collect(),
            constants: self.constants.iter().map(|(of, bound)| (path(of), *bound)).collect(),
            limits: self.limits.iter().map(|(of, all)| (path(of), all.clone())).collect(),
            // Only the file calls these.
            handed: Handed::default(),
            signals: self.signals.iter().map(|(of, all)| (path(of), all.clone())).collect(),
            own: self.own.with_paths(&path),
        }
    }

    /// What the item at this path is as a value: a constant, or a struct without fields.
    pub(in crate::rust) fn value(&self, path: &str) -> Option<Kind> {
        let is_unit = || self.units.contains(path).then(|| Kind::Of(path.to_owned()));
        self.values.get(path).cloned().or_else(is_unit)
    }

    /// How much is known. It only grows.
    fn known(&self) -> usize {
        let fields: usize = self.fields.values().map(HashMap::len).sum();
        let returns = self.returns.values().flatten().count();
        let constants = self
            .constants
            .values()
            .filter(|bound| **bound != Bound::Unknown)
            .count();
        let aliases = self.aliases.values().flatten().count();
        let limits: usize = self.limits.values().map(Limits::len).sum();
        fields + returns + constants + aliases + self.values.len() + limits
    }
}

impl Collector<'_> {
    /// Notes what all items of a file declare.
    pub(in crate::rust) fn declare_file(&mut self, items: &[Item]) {
        if !self.sought.calls {
            return;
        }
        for _ in 0..MOST_ROUNDS {
            let before = self.declared.known();
            self.declare_modules(items);
            if self.declared.known() == before {
                break;
            }
        }
        self.declare_handed(items);
        if self.sought.waits {
            self.declare_own_file(items);
        }
    }

    pub(in crate::rust) fn declare_modules(&mut self, items: &[Item]) {
        self.declare(items);
        for item in items {
            if let Item::Mod(module) = item
                && let Some((_, items)) = &module.content
            {
                let entered = self.names.enter_module(&module.ident, items);
                self.declare_modules(items);
                self.names.leave(entered);
            }
        }
    }

    /// Notes what the items of a module or a block declare, where calls are looked for.
    pub(in crate::rust) fn declare<'i>(&mut self, items: impl IntoIterator<Item = &'i Item>) {
        if !self.sought.calls {
            return;
        }
        let place = self.names.place().to_owned();
        for item in items {
            match item {
                Item::Struct(item) => {
                    self.type_parameters.push(bounds_of(&item.generics));
                    let fields = item.fields.iter().enumerate().filter_map(|(index, field)| {
                        let name = field.ident.as_ref().map_or_else(|| index.to_string(), plain);
                        Some((name, self.written_kind(&field.ty)?))
                    });
                    let fields: HashMap<_, _> = fields.collect();
                    let path = format!("{place}::{}", plain(&item.ident));
                    if matches!(item.fields, syn::Fields::Unit) {
                        self.declared.units.insert(path.clone());
                    }
                    self.declared.fields.insert(path, fields);
                    self.type_parameters.pop();
                }
                Item::Const(item) => self.declare_constant(&place, &item.ident, &item.ty, &item.expr),
                Item::Static(item) => self.declare_constant(&place, &item.ident, &item.ty, &item.expr),
                Item::Type(item) => {
                    let kind = self.written_kind(&item.ty);
                    let path = format!("{place}::{}", plain(&item.ident));
                    if let Some(index) = stands_for(item) {
                        self.declared.through.insert(path.clone(), index);
                    }
                    self.declared.aliases.insert(path, kind);
                }
                Item::Fn(item) => self.declare_function(&place, &item.sig, &item.block),
                Item::Impl(item) => self.declare_methods(item),
                _ => {}
            }
        }
    }

    fn declare_constant(&mut self, place: &str, name: &syn::Ident, ty: &Type, value: &syn::Expr) {
        let path = format!("{place}::{}", plain(name));
        if let Some(kind) = self.written_kind(ty) {
            self.declared.values.insert(path.clone(), kind);
        }
        self.declare_limits_of(&path, value);
        self.declare_duration(path, value);
    }

    fn declare_duration(&mut self, path: String, value: &syn::Expr) {
        let value = durations::bound(value, 1.0, &|path| self.named_duration(path));
        self.declared.constants.insert(path, value);
    }

    fn declare_methods(&mut self, item: &syn::ItemImpl) {
        let Some(of) = self.written_type(&item.self_ty) else {
            return;
        };
        self.declare_guard(&of, item);
        self.self_types.push(Some(of.clone()));
        for item in &item.items {
            match item {
                // Its `Target` says that, too.
                syn::ImplItem::Fn(method) if method.sig.ident == "deref" => {}
                syn::ImplItem::Fn(method) => self.declare_function(&of, &method.sig, &method.block),
                syn::ImplItem::Type(target) if target.ident == "Target" => {
                    let kind = self.written_kind(&target.ty);
                    self.declared.returns.insert(format!("{of}::deref"), kind);
                }
                syn::ImplItem::Const(constant) => {
                    self.declare_duration(format!("{of}::{}", plain(&constant.ident)), &constant.expr);
                }
                _ => {}
            }
        }
        self.self_types.pop();
    }

    fn declare_function(&mut self, place: &str, signature: &syn::Signature, block: &syn::Block) {
        let mut signals = self.signals_given_in(signature, block);
        if self.sought.waits && self.gives_by_object(signature, block) {
            signals.push(OBJECT);
        }
        if !signals.is_empty() {
            let path = format!("{place}::{}", plain(&signature.ident));
            self.declared.signals.insert(path, signals);
        }
        let given = self.kind_of_written(&WrittenType::given_by(&signature.output));
        let path = format!("{place}::{}", plain(&signature.ident));
        self.declared.returns.insert(path.clone(), given);
        self.declare_limits(&path, block);
        self.declare_giving_up(&path, signature, block);
        self.declare_pausing(&path, block);
    }

    /// What a type that is written here says of its values.
    pub(in crate::rust) fn written_kind(&self, ty: &Type) -> Option<Kind> {
        self.kind_of_written(&WrittenType::of(ty))
    }

    /// The path of a type as written; what is in a reference, a pointer, a result or an option counts.
    pub(in crate::rust) fn written_type(&self, ty: &Type) -> Option<String> {
        match self.written_kind(ty)? {
            Kind::Of(path) => Some(path),
            Kind::Tuple(_) | Kind::Many(_) => None,
        }
    }

    /// The trait that bounds a type parameter of the items around; any other type is itself.
    fn bound_of<'w>(&'w self, written: &'w Written) -> &'w Written {
        match written.names.as_slice() {
            [name] if !written.leading => {
                let mut around = self.type_parameters.iter().rev();
                around.find_map(|bounds| bounds.get(name)).unwrap_or(written)
            }
            _ => written,
        }
    }

    fn kind_of_written(&self, written: &WrittenType) -> Option<Kind> {
        written.kind(&|written, given| match self.resolve_type(self.bound_of(written)) {
            Name::Extern(path) => {
                if let Some(index) = self.crates.and_then(|crates| crates.stands_for(&path)) {
                    return given(index);
                }
                match self.crates.and_then(|crates| crates.alias(&path)) {
                    Some(meaning) => meaning,
                    None => Some(Kind::Of(path)),
                }
            }
            Name::File(path) => match (self.declared.through.get(&path), self.declared.aliases.get(&path)) {
                (Some(index), _) => given(*index),
                (None, Some(meaning)) => meaning.clone(),
                (None, None) => Some(Kind::Of(path)),
            },
            Name::Variable(_) | Name::Unknown => None,
        })
    }
}

/// Which of the types that it is given an alias stands for: `type Res<T, E = Error> = Result<T, E>;`.
fn stands_for(alias: &syn::ItemType) -> Option<usize> {
    let parameters: Vec<String> = alias.generics.type_params().map(|of| plain(&of.ident)).collect();
    let index = |written: &Written, _: &dyn Fn(usize) -> Option<Kind>| match written.names.as_slice() {
        [name] if !written.leading && parameters.contains(name) => Some(Kind::Of(name.clone())),
        _ => None,
    };
    match WrittenType::of(&alias.ty).kind(&index)? {
        Kind::Of(name) => parameters.iter().position(|parameter| *parameter == name),
        Kind::Tuple(_) | Kind::Many(_) => None,
    }
}

/// The traits that bound type parameters, by their names, where it is one each.
pub(in crate::rust) fn bounds_of(generics: &syn::Generics) -> HashMap<String, Written> {
    let of_parameters = generics
        .type_params()
        .map(|parameter| (plain(&parameter.ident), &parameter.bounds));
    let clauses = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let of_clauses = clauses.filter_map(|predicate| match predicate {
        syn::WherePredicate::Type(of) => match &of.bounded_ty {
            Type::Path(path) => Some((plain(path.path.get_ident()?), &of.bounds)),
            _ => None,
        },
        _ => None,
    });
    let bounds = of_parameters.chain(of_clauses);
    bounds
        .filter_map(|(name, bounds)| Some((name, Written::from(only_trait(bounds)?))))
        .collect()
}

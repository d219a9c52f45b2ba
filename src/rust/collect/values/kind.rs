//! What a type says of its values, as far as it is written out: plain data, and what it means once its names are known.

use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

use crate::rust::names::{Written, last_name, plain};

/// What a value is. A result, an option, a pointer, a lock or a future counts for what is in it: what is not taken out of
/// it has other methods.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::rust) enum Kind {
    /// Of the type at this path.
    Of(String),
    /// A tuple, as far as its elements are known.
    Tuple(Vec<Option<Kind>>),
    /// Many of these: a vector, a slice, an iterator.
    Many(Box<Kind>),
}

impl Kind {
    /// The same with other paths.
    pub(in crate::rust) fn with_paths(&self, path: &dyn Fn(&String) -> String) -> Self {
        match self {
            Self::Of(of) => Self::Of(path(of)),
            Self::Tuple(elements) => Self::Tuple(
                elements
                    .iter()
                    .map(|element| element.as_ref().map(|element| element.with_paths(path)))
                    .collect(),
            ),
            Self::Many(element) => Self::Many(Box::new(element.with_paths(path))),
        }
    }

    /// The path of the type.
    pub(in crate::rust) fn path(&self) -> Option<&str> {
        match self {
            Self::Of(path) => Some(path),
            Self::Tuple(_) | Self::Many(_) => None,
        }
    }

    /// What the element of a tuple at this place is.
    pub(in crate::rust) fn element(&self, index: usize) -> Option<&Kind> {
        match self {
            Self::Tuple(elements) => elements.get(index)?.as_ref(),
            Self::Of(_) | Self::Many(_) => None,
        }
    }
}

/// A type as it is written, before anybody knows what its names mean.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::rust) enum WrittenType {
    /// A path, and the types in its last angle brackets.
    Path(Written, Vec<WrittenType>),
    Tuple(Vec<WrittenType>),
    Many(Box<WrittenType>),
    /// A pointer or a future to what counts.
    Around(Box<WrittenType>),
    /// Anything else.
    Other,
}

/// What stands for what it has in it: its last name.
const AROUND: &[&str] = &[
    "Arc",
    "Box",
    "BoxFuture",
    "Fuse",
    "JoinHandle",
    "Lazy",
    "LazyCell",
    "LazyLock",
    "LocalBoxFuture",
    "Mutex",
    "MutexGuard",
    "OnceCell",
    "OnceLock",
    "Option",
    "OwnedMutexGuard",
    "Pin",
    "Rc",
    "RefCell",
    "RefMut",
    // The halves of a connection.
    "SplitSink",
    "SplitStream",
];

/// What has many of what it has in it.
const MANY: &[&str] = &[
    "FuturesOrdered",
    "FuturesUnordered",
    "HashSet",
    "LinkedList",
    "Vec",
    "VecDeque",
];

/// What has many values, by a key.
const BY_KEY: &[&str] = &["BTreeMap", "HashMap", "IndexMap"];

/// What the types are that a written type is given, by their place.
pub(in crate::rust) type Given<'a> = &'a dyn Fn(usize) -> Option<Kind>;

impl WrittenType {
    pub(in crate::rust) fn of(ty: &Type) -> Self {
        match ty {
            Type::Reference(reference) => Self::of(&reference.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Group(group) => Self::of(&group.elem),
            Type::Tuple(tuple) if !tuple.elems.is_empty() => Self::Tuple(tuple.elems.iter().map(Self::of).collect()),
            Type::Array(array) => Self::Many(Box::new(Self::of(&array.elem))),
            Type::Slice(slice) => Self::Many(Box::new(Self::of(&slice.elem))),
            Type::Path(path) if path.qself.is_none() => Self::of_path(&path.path),
            Type::ImplTrait(of) => Self::of_bounds(&of.bounds),
            Type::TraitObject(of) => Self::of_bounds(&of.bounds),
            _ => Self::Other,
        }
    }

    /// What a function gives.
    pub(in crate::rust) fn given_by(output: &ReturnType) -> Self {
        match output {
            ReturnType::Type(_, ty) => Self::of(ty),
            ReturnType::Default => Self::Other,
        }
    }

    fn of_path(path: &syn::Path) -> Self {
        Self::Path(Written::from(path), arguments(path).map(Self::of).collect())
    }

    /// What a future has for its output, an iterator for its items, and the trait of which nothing else is known.
    fn of_bounds<'b>(bounds: impl IntoIterator<Item = &'b TypeParamBound>) -> Self {
        let of_trait = |bound: &'b TypeParamBound| {
            let TypeParamBound::Trait(bound) = bound else {
                return None;
            };
            let path = &bound.path;
            let name = last_name(path)?;
            Some(match name.as_str() {
                "Future" | "IntoFuture" => Self::Around(Box::new(Self::of(associated(path, "Output")?))),
                "Iterator" | "IntoIterator" => Self::Many(Box::new(Self::of(associated(path, "Item")?))),
                _ => return None,
            })
        };
        let bounds: Vec<&TypeParamBound> = bounds.into_iter().collect();
        let known = bounds.iter().copied().find_map(of_trait);
        known
            .or_else(|| only_trait(bounds).map(|path| Self::Path(Written::from(path), Vec::new())))
            .unwrap_or(Self::Other)
    }

    /// What its values are; `meaning` says what a name means: the kind of an alias, else the path of a type. An alias may stand
    /// for one of the types that it is given; it is told what these are, by their place.
    pub(in crate::rust) fn kind(&self, meaning: &dyn Fn(&Written, Given<'_>) -> Option<Kind>) -> Option<Kind> {
        match self {
            Self::Path(written, arguments) => {
                let name = written.names.last().map(String::as_str).unwrap_or_default();
                let inner = |index: usize| arguments.get(index).and_then(|of| of.kind(meaning));
                match arguments.is_empty() {
                    false if AROUND.contains(&name) || name.ends_with("Result") => inner(0),
                    false if MANY.contains(&name) => Some(Kind::Many(Box::new(inner(0)?))),
                    false if BY_KEY.contains(&name) => Some(Kind::Many(Box::new(inner(1)?))),
                    _ => meaning(written, &inner),
                }
            }
            Self::Tuple(elements) => {
                let elements: Vec<Option<Kind>> = elements.iter().map(|element| element.kind(meaning)).collect();
                elements.iter().any(Option::is_some).then_some(Kind::Tuple(elements))
            }
            Self::Many(element) => Some(Kind::Many(Box::new(element.kind(meaning)?))),
            Self::Around(inner) => inner.kind(meaning),
            Self::Other => None,
        }
    }
}

/// Traits that have no methods of their own to call, by their last name.
const MARKERS: &[&str] = &["Clone", "Copy", "Debug", "Default", "Send", "Sized", "Sync", "Unpin"];

/// The trait whose methods a value of these bounds has: the only one besides markers, without arguments of its own.
pub(in crate::rust) fn only_trait<'b>(bounds: impl IntoIterator<Item = &'b TypeParamBound>) -> Option<&'b syn::Path> {
    let mut traits = bounds.into_iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last()?;
            (!MARKERS.contains(&plain(&last.ident).as_str())).then_some((&bound.path, last))
        }
        _ => None,
    });
    let (path, last) = traits.next()?;
    (traits.next().is_none() && last.arguments.is_none()).then_some(path)
}

/// The types in the last angle brackets of a path.
fn arguments(path: &syn::Path) -> impl Iterator<Item = &Type> {
    let last = path.segments.last().map(|segment| &segment.arguments);
    let arguments = match last {
        Some(PathArguments::AngleBracketed(arguments)) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The type that a trait's path gives one of its own.
fn associated<'p>(path: &'p syn::Path, name: &str) -> Option<&'p Type> {
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == name => Some(&assoc.ty),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<Kind> {
        let ty: Type = syn::parse_str(text).unwrap();
        let meaning = |written: &Written, _: &dyn Fn(usize) -> Option<Kind>| match written.names.as_slice() {
            [name] if name.len() == 1 => Some(Kind::Of(name.clone())),
            _ => None,
        };
        WrittenType::of(&ty).kind(&meaning)
    }

    #[test]
    fn what_is_around_a_type_counts_for_it() {
        for text in [
            "A",
            "&mut A",
            "Result<A, B>",
            "anyhow::Result<A>",
            "io::Result<Option<A>>",
            "Pin<Box<dyn Future<Output = Result<A, B>> + Send>>",
            "impl Future<Output = A>",
            "Arc<Mutex<A>>",
            "BoxFuture<'static, A>",
            "SplitStream<A>",
            "futures_util::stream::SplitSink<A, x::Message>",
            "MutexGuard<'_, A>",
        ] {
            assert_eq!(kind(text), Some(Kind::Of("A".to_owned())), "{text}");
        }
    }

    #[test]
    fn tuples_and_vectors_have_elements() {
        let a = || Kind::Of("A".to_owned());
        assert_eq!(kind("Result<(A, x::B), C>"), Some(Kind::Tuple(vec![Some(a()), None])));
        for text in [
            "Vec<A>",
            "&[A]",
            "[A; 3]",
            "HashMap<String, A>",
            "impl Iterator<Item = A> + '_",
        ] {
            assert_eq!(kind(text), Some(Kind::Many(Box::new(a()))), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_nothing() {
        for text in [
            "x::A",
            "impl Stream<Item = A>",
            "fn() -> A",
            "()",
            "Result",
            "(x::A, x::B)",
            "RwLock<A>",
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
    }
}

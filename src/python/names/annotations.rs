//! What annotations say of what names are bound to.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall, ExprStringLiteral, ExprSubscript, Operator};
use ruff_text_size::Ranged;

use super::binding::{Meaning, Reference, ScopeId, Step};
use super::meaning::{MOST_ELEMENTS, MOST_STEPS, last_name, reference};

/// What an annotation says of the object: of which class it is, or what is in it: `list[X]`, `Sequence["X"]`, `tuple[X, ...]`,
/// `tuple[X, str]`, `dict[str, X]`, `list[X] | None`.
pub(super) fn annotated(annotation: &Expr, scope: ScopeId) -> Option<Meaning> {
    if let Some(class) = annotated_class(annotation, scope) {
        return Some(Meaning::Instance(class));
    }
    let subscript = match annotation {
        Expr::Subscript(subscript) => subscript,
        Expr::BinOp(union) if union.op == Operator::BitOr => match (&*union.left, &*union.right) {
            (of, Expr::NoneLiteral(_)) | (Expr::NoneLiteral(_), of) if of.is_subscript_expr() => {
                return annotated(of, scope);
            }
            _ => return None,
        },
        _ => return None,
    };
    let generic = reference(&subscript.value, scope)?;
    let instance = |class| Some(Meaning::Instance(annotated_class(class, scope)?));
    match (last_name(&generic), &*subscript.slice) {
        (name, Expr::Tuple(parts)) if COLLECTIONS.contains(&name) => match parts.elts.as_slice() {
            [element, Expr::EllipsisLiteral(_)] => Some(Meaning::Each(Box::new(instance(element)?))),
            all if matches!(name, "tuple" | "Tuple") && all.len() <= MOST_ELEMENTS => {
                let each: Vec<Option<Meaning>> = all.iter().map(instance).collect();
                let says_something = each.iter().any(Option::is_some);
                let each = each.into_iter().map(|class| class.unwrap_or(Meaning::Opaque));
                says_something.then(|| Meaning::Tuple(each.collect()))
            }
            _ => None,
        },
        (name, element) if COLLECTIONS.contains(&name) => Some(Meaning::Each(Box::new(instance(element)?))),
        (name, Expr::Tuple(parts)) if DICTIONARIES.contains(&name) => match parts.elts.as_slice() {
            [_, value] => Some(Meaning::EachValue(Box::new(instance(value)?))),
            _ => None,
        },
        _ => None,
    }
}

/// Generic annotations of dictionaries.
static DICTIONARIES: &[&str] = &[
    "dict",
    "Dict",
    "defaultdict",
    "DefaultDict",
    "Mapping",
    "MutableMapping",
];

impl Meaning {
    /// The classes that an annotation names, of which this is what it says.
    pub(super) fn declared_classes(&self) -> Vec<&Reference> {
        match self {
            Self::Instance(class) => vec![class],
            Self::Each(element) | Self::EachValue(element) => element.declared_classes(),
            Self::Tuple(elements) => elements.iter().flat_map(Self::declared_classes).collect(),
            _ => Vec::new(),
        }
    }
}

/// Generic annotations of collections with one kind of elements.
static COLLECTIONS: &[&str] = &[
    "list",
    "List",
    "set",
    "Set",
    "frozenset",
    "FrozenSet",
    "tuple",
    "Tuple",
    "deque",
    "Sequence",
    "MutableSequence",
    "Collection",
    "Iterable",
    "Iterator",
];

/// The class that an annotation names: `X`, `"X"`, `X | None`, `Optional[X]`, `Annotated[X, …]`.
pub(super) fn annotated_class(annotation: &Expr, scope: ScopeId) -> Option<Reference> {
    match annotation {
        Expr::Name(_) | Expr::Attribute(_) => {
            reference(annotation, scope).filter(|class| !SAYS_NOTHING.contains(&last_name(class)))
        }
        Expr::StringLiteral(text) => quoted_class(text, scope),
        Expr::BinOp(union) if union.op == Operator::BitOr => match (&*union.left, &*union.right) {
            (class, Expr::NoneLiteral(_)) | (Expr::NoneLiteral(_), class) => annotated_class(class, scope),
            _ => None,
        },
        Expr::Subscript(subscript) => {
            let wrapper = reference(&subscript.value, scope)?;
            let inner = match &*subscript.slice {
                Expr::Tuple(tuple) => tuple.elts.first()?,
                single => single,
            };
            match last_name(&wrapper) {
                "Union" => union_of_one(&subscript.slice).and_then(|class| annotated_class(class, scope)),
                name if WRAPPERS.contains(&name) => annotated_class(inner, scope),
                // `TestClient[Request, Application]` is one: a class of its own name, which takes the types of its parts.
                name if !SAYS_NOTHING.contains(&name) && !YIELDING.contains(&name) && !of_types(&wrapper) => {
                    Some(wrapper)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// `X` of `Union[X, None]`.
fn union_of_one(parts: &Expr) -> Option<&Expr> {
    let parts = parts.as_tuple_expr()?;
    let mut classes = parts.elts.iter().filter(|part| !part.is_none_literal_expr());
    classes.next().filter(|_| classes.next().is_none())
}

/// What the annotation of a function's outcome says: of what it yields, where it is a generator's.
pub(super) fn returned(annotation: &Expr, scope: ScopeId) -> Option<Meaning> {
    if let Expr::Subscript(subscript) = annotation
        && let Some(generic) = reference(&subscript.value, scope)
        && YIELDING.contains(&last_name(&generic))
    {
        let yielded = match &*subscript.slice {
            Expr::Tuple(tuple) => tuple.elts.first()?,
            single => single,
        };
        return annotated(yielded, scope);
    }
    annotated(annotation, scope)
}

/// Generic annotations of what is iterated over.
static YIELDING: &[&str] = &[
    "AsyncIterator",
    "AsyncGenerator",
    "AsyncIterable",
    "Iterator",
    "Generator",
    "Iterable",
];

/// Annotations that say nothing about the class.
static SAYS_NOTHING: &[&str] = &[
    "Any",
    // What the function gives says which class that is.
    "Self",
    "object",
    "Final",
    "ClassVar",
    "Callable",
    "TypeAlias",
    "type",
    "Type",
];

/// Whether a generic is one of those by which Python itself speaks of types: `Union`, `Awaitable`, `list`.
fn of_types(generic: &Reference) -> bool {
    matches!(
        last_name(generic),
        "Union"
            | "Literal"
            | "Awaitable"
            | "Coroutine"
            | "Tuple"
            | "List"
            | "Dict"
            | "Set"
            | "Mapping"
            | "Sequence"
            | "Self"
            | "Required"
            | "NotRequired"
            | "Unpack"
            | "ContextManager"
            | "AsyncContextManager"
            | "AbstractContextManager"
            | "AbstractAsyncContextManager"
            | "tuple"
            | "list"
            | "dict"
            | "set"
            | "frozenset"
    )
}

/// Generic annotations whose first argument is the class itself.
static WRAPPERS: &[&str] = &["Optional", "Annotated", "Final", "ClassVar"];

/// The class that another name is given for: `Optional[X]`, `Union[X, None]`, `Annotated[X, …]`.
pub(super) fn aliased_class(wrapped: &ExprSubscript, whole: &Expr, scope: ScopeId) -> Option<Reference> {
    let wrapper = reference(&wrapped.value, scope)?;
    let wraps = matches!(last_name(&wrapper), "Optional" | "Union" | "Annotated");
    wraps.then(|| annotated_class(whole, scope))?
}

/// The class that a type of another name is made of: `NewType("Peer", X)`, `TypeVar("T", bound=X)`.
pub(super) fn renamed_class(call: &ExprCall, scope: ScopeId) -> Option<Reference> {
    let callee = reference(&call.func, scope)?;
    match &*call.arguments.args {
        [_, class] if last_name(&callee) == "NewType" => annotated_class(class, scope),
        [_] if last_name(&callee) == "TypeVar" => annotated_class(&call.arguments.find_keyword("bound")?.value, scope),
        _ => None,
    }
}

/// The class that `Name: TypeAlias = …` gives another name, given the annotation and what stands there.
pub(super) fn declared_alias(annotation: &Expr, value: &Expr, scope: ScopeId) -> Option<Reference> {
    let declared = reference(annotation, scope)?;
    (last_name(&declared) == "TypeAlias").then(|| annotated_class(value, scope))?
}

/// A class named in a string: `"aiohttp.ClientSession"`, `"aiohttp.ClientSession | None"`.
fn quoted_class(quoted: &ExprStringLiteral, scope: ScopeId) -> Option<Reference> {
    let text = quoted.value.to_str().trim();
    let text = text.strip_suffix("| None").map_or(text, str::trim_end);
    let is_dotted = text.split('.').all(|part| {
        !part.is_empty()
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    });
    let mut parts = text.split('.').map(Name::new);
    let root = parts.next()?;
    let says_something = !text.rsplit('.').next().is_some_and(|name| SAYS_NOTHING.contains(&name));
    (is_dotted && says_something).then(|| Reference {
        scope,
        at: quoted.start().to_usize(),
        root,
        steps: parts.take(MOST_STEPS).map(Step::Attribute).collect(),
    })
}

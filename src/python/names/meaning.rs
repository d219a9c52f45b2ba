//! What the expressions say that names are bound to.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall, Operator};
use ruff_text_size::Ranged;

use super::binding::{Meaning, Reference, ScopeId};

/// Longer dotted names mean nothing to any catalogue.
const MOST_ATTRIBUTES: usize = 16;

/// The dotted name that `expr` is, read in `scope`.
pub(super) fn reference(expr: &Expr, scope: ScopeId) -> Option<Reference> {
    let attributes = || std::iter::successors(expr.as_attribute_expr(), |outer| outer.value.as_attribute_expr());
    let innermost = attributes().take(MOST_ATTRIBUTES).last();
    let root = innermost.map_or(expr, |innermost| &innermost.value).as_name_expr()?;
    let mut attributes: Vec<Name> = attributes().map(|attribute| attribute.attr.id.clone()).collect();
    attributes.reverse();
    Some(Reference {
        scope,
        root: root.id.clone(),
        attributes,
    })
}

/// What a name may be bound to when `value`, evaluated in `scope`, is assigned to it. Several for `a or b` and
/// `a if c else b`; never none.
pub(super) fn meanings(value: &Expr, scope: ScopeId) -> Vec<Meaning> {
    let mut found = Vec::with_capacity(1);
    let mut pending = Vec::new();
    let mut next = Some(value);
    while let Some(expr) = next.take().or_else(|| pending.pop()) {
        match expr {
            Expr::BoolOp(either) if either.op == ruff_python_ast::BoolOp::Or => {
                pending.extend(either.values.iter().rev())
            }
            Expr::If(choice) => pending.extend([&*choice.orelse, &*choice.body]),
            Expr::Named(named) => next = Some(&named.value),
            Expr::Await(awaited) => match entered(&awaited.value) {
                Some(inner) => next = Some(inner),
                None => found.push(awaited_meaning(&awaited.value, scope)),
            },
            Expr::NoneLiteral(_) => found.push(Meaning::Nothing),
            Expr::Call(call) if let Some(inner) = given_back(call) => next = Some(inner),
            Expr::Call(call) => match (entered(expr), reference(&call.func, scope)) {
                (Some(inner), _) => next = Some(inner),
                (None, Some(callee)) => found.push(Meaning::Outcome {
                    callee,
                    first: call.arguments.args.first().and_then(|first| reference(first, scope)),
                    call: call.start().to_usize(),
                }),
                (None, None) => found.push(Meaning::Opaque),
            },
            _ => found.push(reference(expr, scope).map_or(Meaning::Opaque, Meaning::Alias)),
        }
    }
    found
}

/// What a call gives back as it got it, by the names of `typing`: `cast(X, <this>)`, `assert_type(<this>, X)`,
/// `reveal_type(<this>)`.
pub(super) fn given_back(call: &ExprCall) -> Option<&Expr> {
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    let inner = match (name, &*call.arguments.args) {
        ("cast", [_, inner]) | ("assert_type", [inner, _]) | ("reveal_type", [inner]) => inner,
        _ => return None,
    };
    call.arguments.keywords.is_empty().then_some(inner)
}

/// What awaiting an expression gives.
pub(super) fn awaited_meaning(awaited: &Expr, scope: ScopeId) -> Meaning {
    awaited_call(awaited, scope).map_or(Meaning::Opaque, Meaning::Awaited)
}

/// Where the call begins that `await` waits for: that in `wait_for(<this>, …)` and `shield(<this>)`.
fn awaited_call(awaited: &Expr, scope: ScopeId) -> Option<usize> {
    let call = awaited.as_call_expr()?;
    if let Some(inner) = given_back(call) {
        return match inner {
            Expr::Call(inner) => Some(inner.start().to_usize()),
            _ => None,
        };
    }
    let callee = reference(&call.func, scope)?;
    match (last_name(&callee), &*call.arguments.args) {
        ("wait_for" | "shield", [Expr::Call(inner), ..]) => {
            reference(&inner.func, scope).map(|_| inner.start().to_usize())
        }
        _ => Some(call.start().to_usize()),
    }
}

/// What `stack.enter_async_context(<this>)` enters.
fn entered(expr: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = expr else {
        return None;
    };
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    let enters = matches!(method.attr.as_str(), "enter_async_context" | "enter_context");
    match &*call.arguments.args {
        [inner] if enters => Some(inner),
        _ => None,
    }
}

/// The class that an annotation names: `X`, `"X"`, `X | None`, `Optional[X]`, `Annotated[X, …]`.
pub(super) fn annotated_class(annotation: &Expr, scope: ScopeId) -> Option<Reference> {
    match annotation {
        Expr::Name(_) | Expr::Attribute(_) => {
            reference(annotation, scope).filter(|class| !SAYS_NOTHING.contains(&last_name(class)))
        }
        Expr::StringLiteral(text) => quoted_class(text.value.to_str(), scope),
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
            WRAPPERS
                .contains(&last_name(&wrapper))
                .then(|| annotated_class(inner, scope))
                .flatten()
        }
        _ => None,
    }
}

/// Annotations that say nothing about the class.
static SAYS_NOTHING: &[&str] = &[
    "Any",
    "object",
    "Final",
    "ClassVar",
    "Callable",
    "TypeAlias",
    "type",
    "Type",
];

/// Generic annotations whose first argument is the class itself.
static WRAPPERS: &[&str] = &["Optional", "Annotated", "Final", "ClassVar"];

fn last_name(reference: &Reference) -> &str {
    reference.attributes.last().unwrap_or(&reference.root)
}

/// A class named in a string: `"aiohttp.ClientSession"`, `"aiohttp.ClientSession | None"`.
fn quoted_class(text: &str, scope: ScopeId) -> Option<Reference> {
    let text = text.trim();
    let text = text.strip_suffix("| None").map_or(text, str::trim_end);
    let is_dotted = text.split('.').all(|part| {
        !part.is_empty()
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    });
    let mut parts = text.split('.').map(Name::new);
    let root = parts.next()?;
    is_dotted.then(|| Reference {
        scope,
        root,
        attributes: parts.take(MOST_ATTRIBUTES).collect(),
    })
}

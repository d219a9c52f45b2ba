//! What the expressions say that names are bound to.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, ExprCall, Operator};
use ruff_text_size::Ranged;

use super::binding::{Meaning, Reference, ScopeId, Step};
use crate::python::bounds::literal;

/// Longer dotted names mean nothing to any catalogue.
const MOST_STEPS: usize = 16;

/// The dotted name that `expr` is, read in `scope`: calls in it, awaited or not, are steps of it.
pub(super) fn reference(expr: &Expr, scope: ScopeId) -> Option<Reference> {
    let (mut at, mut steps) = (expr, Vec::new());
    let root = loop {
        if steps.len() > MOST_STEPS {
            return None;
        }
        at = match at {
            Expr::Name(name) => break name.id.clone(),
            Expr::Attribute(attribute) => {
                steps.push(Step::Attribute(attribute.attr.id.clone()));
                &attribute.value
            }
            Expr::Call(call) => {
                steps.push(Step::Call(call.start().to_usize()));
                &call.func
            }
            Expr::Await(awaited) => {
                steps.push(Step::Await);
                &awaited.value
            }
            _ => return None,
        };
    };
    steps.reverse();
    Some(Reference { scope, root, steps })
}

/// What a name may be bound to when `value`, evaluated in `scope`, is assigned to it. Several for `a or b` and
/// `a if c else b`; never none.
pub(super) fn meanings(value: &Expr, scope: ScopeId) -> Vec<Meaning> {
    followed(value, Await::Not, scope)
}

fn followed(value: &Expr, awaited: Await, scope: ScopeId) -> Vec<Meaning> {
    let mut found = Vec::with_capacity(1);
    let mut pending = Vec::new();
    let mut next = Some((value, awaited));
    while let Some((expr, awaited)) = next.take().or_else(|| pending.pop()) {
        match expr {
            Expr::BoolOp(either) if either.op == ruff_python_ast::BoolOp::Or => {
                pending.extend(either.values.iter().rev().map(|value| (value, awaited)));
            }
            Expr::If(choice) => pending.extend([(&*choice.orelse, awaited), (&*choice.body, awaited)]),
            Expr::Named(named) => next = Some((&named.value, awaited)),
            Expr::Await(inner) if awaited != Await::Outcome => {
                next = Some(match entered(&inner.value) {
                    // An exit stack is awaited, and gives what entering gives.
                    Some(inner) => (inner, Await::Entered),
                    None => (&inner.value, Await::Outcome),
                });
            }
            Expr::NoneLiteral(_) => found.push(Meaning::Nothing),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })
                if awaited != Await::Outcome && elts.len() <= MOST_ELEMENTS =>
            {
                let elements = elts.iter().map(|element| element_meaning(element, scope));
                found.push(Meaning::Tuple(elements.collect()));
            }
            Expr::NumberLiteral(_) | Expr::UnaryOp(_) | Expr::BinOp(_) | Expr::StringLiteral(_)
                if let Some(literal) = literal_meaning(expr) =>
            {
                found.push(literal);
            }
            Expr::Dict(_) if awaited != Await::Outcome => found.push(Meaning::Display(expr.start().to_usize())),
            Expr::BinOp(union) if awaited != Await::Outcome && may_unite_dictionaries(union) => {
                found.push(Meaning::Display(expr.start().to_usize()));
            }
            Expr::ListComp(list) if awaited != Await::Outcome => found.push(each_of(list, scope)),
            Expr::Call(call) if let Some(inner) = given_back(call) => next = Some((inner, awaited)),
            Expr::Call(call)
                if awaited == Await::Not
                    && let Some(inner) = run(call, scope) =>
            {
                next = Some((inner, Await::Outcome));
            }
            Expr::Call(call)
                if awaited == Await::Entered
                    && let Some(inner) = closed_behind(call, scope) =>
            {
                next = Some((inner, Await::Not));
            }
            Expr::Call(call)
                if awaited == Await::Outcome
                    && let Some(all) = gathered(call, scope) =>
            {
                found.push(Meaning::Tuple(all));
            }
            Expr::Call(call) => match (entered(expr), passed_on(call, scope), reference(&call.func, scope)) {
                (Some(inner), _, _) if awaited == Await::Not => next = Some((inner, Await::Entered)),
                (Some(inner), _, _) => next = Some((inner, awaited)),
                (None, Some(inner), _) if awaited == Await::Outcome => next = Some((inner, awaited)),
                (None, _, Some(_)) if awaited == Await::Outcome => {
                    found.extend(reference(&call.func, scope).map(|callee| Meaning::Awaited {
                        callee,
                        call: call.start().to_usize(),
                    }));
                }
                (None, _, Some(callee)) if awaited == Await::Entered => found.push(Meaning::EnteredOutcome {
                    callee,
                    call: call.start().to_usize(),
                }),
                (None, _, Some(callee)) => found.push(Meaning::Outcome {
                    callee,
                    first: call.arguments.args.first().and_then(|first| reference(first, scope)),
                    call: call.start().to_usize(),
                }),
                (None, _, None) => found.push(Meaning::Opaque),
            },
            _ => found.push(match (reference(expr, scope), awaited) {
                (Some(kept), Await::Not) => Meaning::Alias(kept),
                (Some(kept), Await::Outcome) => Meaning::AwaitedAlias(kept),
                (Some(kept), Await::Entered) => Meaning::EnteredAlias(kept),
                (None, _) => Meaning::Opaque,
            }),
        }
    }
    found
}

/// What a comprehension makes, whose elements are what its expression means around it.
fn each_of(list: &ast::ExprListComp, scope: ScopeId) -> Meaning {
    let binds = |name: &Name| {
        let mut targets = list.generators.iter().map(|generator| &generator.target);
        targets.any(|target| !matches!(target, Expr::Name(target) if target.id != *name))
    };
    let is_of_scope = |meaning: &Meaning| match meaning {
        Meaning::Outcome { callee: root, .. }
        | Meaning::Awaited { callee: root, .. }
        | Meaning::Alias(root)
        | Meaning::AwaitedAlias(root) => !binds(&root.root),
        _ => false,
    };
    match meanings_of_one(&list.elt, scope).filter(is_of_scope) {
        Some(element) => Meaning::Each(Box::new(element)),
        None => Meaning::Opaque,
    }
}

/// What a name means that a loop gives the elements of `iterable` to, evaluated in `scope`.
pub(super) fn element_of(iterable: &Expr, scope: ScopeId) -> Meaning {
    let mut meanings = meanings(iterable, scope);
    match (meanings.pop(), meanings.is_empty()) {
        (Some(Meaning::Opaque) | None, _) | (_, false) => Meaning::Opaque,
        (Some(only), true) => Meaning::Iterated(Box::new(only)),
    }
}

/// The class of the elements that an annotation names: `list[X]`, `Sequence["X"]`, `tuple[X, ...]`.
pub(super) fn annotated_element(annotation: &Expr, scope: ScopeId) -> Option<Meaning> {
    let subscript = annotation.as_subscript_expr()?;
    let generic = reference(&subscript.value, scope)?;
    if !COLLECTIONS.contains(&last_name(&generic)) {
        return None;
    }
    let element = match &*subscript.slice {
        Expr::Tuple(tuple) => match tuple.elts.as_slice() {
            [element, Expr::EllipsisLiteral(_)] => element,
            _ => return None,
        },
        single => single,
    };
    let class = annotated_class(element, scope)?;
    Some(Meaning::Each(Box::new(Meaning::Instance(class))))
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

/// `{…} | other`, `other | {…}`, `one | other`: nothing else than dictionaries is asked what it is made of.
fn may_unite_dictionaries(union: &ast::ExprBinOp) -> bool {
    let may_be_one = |side: &Expr| {
        matches!(
            side,
            Expr::Dict(_) | Expr::Name(_) | Expr::Attribute(_) | Expr::Call(_) | Expr::BinOp(_)
        )
    };
    union.op == Operator::BitOr && may_be_one(&union.left) && may_be_one(&union.right)
}

/// A number or a text that is written out, as far as another module may ask for it.
fn literal_meaning(expr: &Expr) -> Option<Meaning> {
    match expr {
        Expr::StringLiteral(text) => {
            let text = text.value.to_str();
            (!text.is_ascii() && text.len() <= LONGEST_TEXT).then(|| Meaning::Text(text.into()))
        }
        _ => literal(expr).map(|number| Meaning::Number(number.to_bits())),
    }
}

/// Longer texts are not kept, in bytes.
const LONGEST_TEXT: usize = 1 << 12;

/// What one element of a tuple may mean: one thing, or nobody knows.
fn element_meaning(element: &Expr, scope: ScopeId) -> Meaning {
    // Tuples in tuples are not followed.
    let is_nested = matches!(element, Expr::Tuple(_) | Expr::List(_) | Expr::Starred(_));
    match (is_nested, meanings_of_one(element, scope)) {
        (false, Some(meaning)) => meaning,
        _ => Meaning::Opaque,
    }
}

fn meanings_of_one(element: &Expr, scope: ScopeId) -> Option<Meaning> {
    let mut meanings = match element {
        Expr::Name(_)
        | Expr::Attribute(_)
        | Expr::Call(_)
        | Expr::Await(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::Dict(_) => meanings(element, scope),
        _ => return None,
    };
    let only = meanings.pop()?;
    meanings.is_empty().then_some(only)
}

/// Longer tuples are data.
const MOST_ELEMENTS: usize = 32;

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

/// What a name may be bound to that is assigned what awaiting `value` gives.
pub(super) fn awaited_meanings(value: &Expr, scope: ScopeId) -> Vec<Meaning> {
    followed(value, Await::Outcome, scope)
}

/// What a name may be bound to that is assigned what entering `value` gives, by `async with` or `with`.
pub(super) fn entered_meanings(value: &Expr, scope: ScopeId) -> Vec<Meaning> {
    followed(value, Await::Entered, scope)
}

/// What counts of what is looked at.
#[derive(Clone, Copy, PartialEq)]
enum Await {
    /// It itself.
    Not,
    /// What awaiting it gives.
    Outcome,
    /// What entering it gives.
    Entered,
}

/// What `wait_for(<this>, …)` and `shield(<this>)` wait for, and give the outcome of.
fn passed_on(call: &ExprCall, scope: ScopeId) -> Option<&Expr> {
    let callee = reference(&call.func, scope)?;
    let passes_on = matches!(
        last_name(&callee),
        "wait_for" | "shield" | "create_task" | "ensure_future"
    );
    let waited = call.arguments.args.first().filter(|_| passes_on)?;
    matches!(waited, Expr::Call(_) | Expr::If(_) | Expr::Name(_) | Expr::Attribute(_)).then_some(waited)
}

/// What `loop.run_until_complete(<this>)` and `asyncio.run(<this>)` await.
fn run(call: &ExprCall, scope: ScopeId) -> Option<&Expr> {
    let callee = reference(&call.func, scope)?;
    let runs = match last_name(&callee) {
        "run_until_complete" => true,
        "run" => callee.root == "asyncio" && callee.steps.len() == 1,
        _ => false,
    };
    let awaited = call.arguments.args.first().filter(|_| runs)?;
    awaited.is_call_expr().then_some(awaited)
}

/// What `closing(<this>)` gives when it is entered.
fn closed_behind(call: &ExprCall, scope: ScopeId) -> Option<&Expr> {
    let callee = reference(&call.func, scope)?;
    match (last_name(&callee), &*call.arguments.args) {
        ("closing" | "aclosing", [closed]) => Some(closed),
        _ => None,
    }
}

/// What each of those gives that `gather(…)` awaits.
fn gathered(call: &ExprCall, scope: ScopeId) -> Option<Vec<Meaning>> {
    let callee = reference(&call.func, scope)?;
    let all = &*call.arguments.args;
    let is_one = last_name(&callee) == "gather" && call.arguments.keywords.is_empty() && all.len() <= MOST_ELEMENTS;
    if !is_one || !all.iter().all(Expr::is_call_expr) {
        return None;
    }
    let awaited = |one: &Expr| {
        let mut meanings = awaited_meanings(one, scope);
        let only = meanings.pop().filter(|_| meanings.is_empty());
        only.unwrap_or(Meaning::Opaque)
    };
    Some(all.iter().map(awaited).collect())
}

/// What `stack.enter_async_context(<this>)` enters, and `<this>.__aenter__()`.
fn entered(expr: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = expr else {
        return None;
    };
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    match (method.attr.as_str(), &*call.arguments.args) {
        ("enter_async_context" | "enter_context", [inner]) => Some(inner),
        ("enterAsyncContext" | "enterContext" | "enterClassContext" | "enterModuleContext", [inner]) => Some(inner),
        ("__aenter__", []) => Some(&method.value),
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

/// The class that the annotation of a function's outcome names: of what it yields, where it is a generator's.
pub(super) fn returned_class(annotation: &Expr, scope: ScopeId) -> Option<Reference> {
    if let Expr::Subscript(subscript) = annotation
        && let Some(generic) = reference(&subscript.value, scope)
        && YIELDING.contains(&last_name(&generic))
    {
        let yielded = match &*subscript.slice {
            Expr::Tuple(tuple) => tuple.elts.first()?,
            single => single,
        };
        return annotated_class(yielded, scope);
    }
    annotated_class(annotation, scope)
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

fn last_name(reference: &Reference) -> &str {
    match reference.steps.last() {
        Some(Step::Attribute(name)) => name,
        Some(Step::Call(_) | Step::Await) => "",
        None => &reference.root,
    }
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
        steps: parts.take(MOST_STEPS).map(Step::Attribute).collect(),
    })
}

//! What the expressions say that names are bound to.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, ExprCall, Operator};
use ruff_text_size::Ranged;

use super::annotations::{aliased_class, renamed_class};
use super::awaitables::{gathered, passed_by, passed_on, run};
use super::binding::{Meaning, Reference, ScopeId, Step};
use super::handed_back::given_awaitables;
use super::imported::imported_by;
use super::transparent::{closed_behind, entered, factory_of_field, given_back};
use crate::python::syntax::literal_number::literal_number;

/// Longer dotted names mean nothing to any catalogue.
pub(super) const MOST_STEPS: usize = 16;

/// The dotted name that `expr` is, read in `scope`: calls in it, awaited or not, are steps of it.
pub(super) fn reference(expr: &Expr, scope: ScopeId) -> Option<Reference> {
    let (mut at, mut steps) = (expr, Vec::new());
    let name = loop {
        if steps.len() > MOST_STEPS {
            return None;
        }
        at = match at {
            Expr::Name(name) => break name,
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
    Some(Reference {
        scope,
        at: name.start().to_usize(),
        root: name.id.clone(),
        steps,
    })
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
            Expr::Lambda(lambda) if awaited == Await::Not && gives_outcome(lambda) => {
                found.push(Meaning::Lambda(lambda.start().to_usize()));
            }
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
            Expr::ListComp(list) if awaited != Await::Outcome => {
                let each = each_of(&list.elt, &list.generators, |element| meanings_of_one(element, scope));
                found.push(each.map_or(Meaning::Opaque, |each| Meaning::Each(Box::new(each))));
            }
            Expr::DictComp(dict) if awaited != Await::Outcome => {
                let each = each_of(&dict.value, &dict.generators, |element| meanings_of_one(element, scope));
                found.push(each.map_or(Meaning::Opaque, |each| Meaning::EachValue(Box::new(each))));
            }
            Expr::Call(call) if awaited == Await::Not && makes_empty(call) => found.push(Meaning::Tuple(Vec::new())),
            Expr::Subscript(wrapped)
                if awaited == Await::Not
                    && let Some(class) = aliased_class(wrapped, expr, scope) =>
            {
                found.push(Meaning::Alias(class));
            }
            Expr::Call(call)
                if awaited == Await::Not
                    && let Some(module) = imported_by(call) =>
            {
                found.push(Meaning::Import(module.to_owned()));
            }
            Expr::Call(call) if let Some(class) = renamed_class(call, scope) => found.push(Meaning::Alias(class)),
            Expr::Call(call) if let Some(inner) = given_back(call) => next = Some((inner, awaited)),
            Expr::Call(call)
                if awaited == Await::Not
                    && let Some(factory) = factory_of_field(call) =>
            {
                match (factory, reference(factory, scope)) {
                    (Expr::Lambda(lambda), _) => next = Some((&lambda.body, awaited)),
                    (_, Some(callee)) => found.push(Meaning::Outcome {
                        callee,
                        first: None,
                        call: call.start().to_usize(),
                        passes_on: None,
                    }),
                    (_, None) => found.push(Meaning::Opaque),
                }
            }
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
                found.push(all);
            }
            Expr::Call(call) => match (entered(expr), passed_on(call, scope), reference(&call.func, scope)) {
                (Some(inner), _, _) if awaited == Await::Not => next = Some((inner, Await::Entered)),
                (Some(inner), _, _) => next = Some((inner, awaited)),
                (None, Some(inner), _) if awaited == Await::Outcome => next = Some((inner, awaited)),
                (None, _, Some(_)) if awaited == Await::Outcome => {
                    found.extend(reference(&call.func, scope).map(|callee| Meaning::Awaited {
                        callee,
                        call: call.start().to_usize(),
                        given: given_awaitables(call, scope),
                    }));
                }
                (None, _, Some(callee)) if awaited == Await::Entered => found.push(Meaning::EnteredOutcome {
                    callee,
                    call: call.start().to_usize(),
                }),
                (None, inner, Some(callee)) => found.push(Meaning::Outcome {
                    callee,
                    first: call.arguments.args.first().and_then(|first| reference(first, scope)),
                    call: call.start().to_usize(),
                    passes_on: inner.and_then(|inner| passed_by(inner, scope)),
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

/// Whether a `lambda` gives what a call gives.
pub(super) fn gives_outcome(lambda: &ast::ExprLambda) -> bool {
    lambda.body.is_call_expr()
}

/// What each element of a comprehension is, where that means the same around it.
pub(super) fn each_of(
    element: &Expr,
    generators: &[ast::Comprehension],
    meaning_of: impl Fn(&Expr) -> Option<Meaning>,
) -> Option<Meaning> {
    let binds = |name: &Name| {
        let mut targets = generators.iter().map(|generator| &generator.target);
        targets.any(|target| !matches!(target, Expr::Name(target) if target.id != *name))
    };
    let is_of_scope = |meaning: &Meaning| match meaning {
        Meaning::Outcome { callee: root, .. }
        | Meaning::Awaited { callee: root, .. }
        | Meaning::EnteredOutcome { callee: root, .. }
        | Meaning::Alias(root)
        | Meaning::AwaitedAlias(root)
        | Meaning::EnteredAlias(root) => !binds(&root.root),
        _ => false,
    };
    meaning_of(element).filter(is_of_scope)
}

/// `list()`, `set()`, `deque(maxlen=3)`: what is in it is put there later.
fn makes_empty(call: &ExprCall) -> bool {
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(name, "list" | "set" | "deque" | "WeakSet") && call.arguments.args.is_empty()
}

/// What a name means that a loop gives the elements of `iterable` to, evaluated in `scope`.
pub(super) fn element_of(iterable: &Expr, scope: ScopeId) -> Meaning {
    let mut iterable = iterable;
    while let Some(same) = same_elements(iterable) {
        iterable = same;
    }
    let mut meanings = meanings(iterable, scope);
    match (meanings.pop(), meanings.is_empty()) {
        (Some(Meaning::Opaque) | None, _) | (_, false) => Meaning::Opaque,
        (Some(only), true) => Meaning::Iterated(Box::new(only)),
    }
}

/// What has the elements that a call gives: `list(<this>)`, `reversed(<this>)`.
fn same_elements(iterable: &Expr) -> Option<&Expr> {
    let call = iterable.as_call_expr()?;
    let name = call.func.as_name_expr()?;
    let [same] = &*call.arguments.args else {
        return None;
    };
    matches!(name.id.as_str(), "list" | "tuple" | "set" | "reversed" | "sorted").then_some(same)
}

/// What the second of two names means that a loop gives the elements of `iterable` to: `enumerate(<list>)`, `<dictionary>.items()`.
pub(super) fn second_of(iterable: &Expr, scope: ScopeId) -> Option<Meaning> {
    let iterable = same_elements(iterable).unwrap_or(iterable);
    let call = iterable.as_call_expr()?;
    match (&*call.func, &*call.arguments.args) {
        (Expr::Name(name), [list]) if name.id == "enumerate" => Some(element_of(list, scope)),
        (Expr::Attribute(method), []) if method.attr.id == "items" => {
            let mut callee = reference(&method.value, scope)?;
            callee.steps.push(Step::Attribute(Name::new_static(VALUES)));
            Some(Meaning::Iterated(Box::new(Meaning::Outcome {
                callee,
                first: None,
                call: call.start().to_usize(),
                passes_on: None,
            })))
        }
        _ => None,
    }
}

/// The method of a dictionary that gives what it holds.
pub(super) const VALUES: &str = "values";

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
        _ => literal_number(expr).map(|number| Meaning::Number(number.to_bits())),
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
pub(super) const MOST_ELEMENTS: usize = 32;

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

pub(super) fn last_name(reference: &Reference) -> &str {
    match reference.steps.last() {
        Some(Step::Attribute(name)) => name,
        Some(Step::Call(_) | Step::Await) => "",
        None => &reference.root,
    }
}

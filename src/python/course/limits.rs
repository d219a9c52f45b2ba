//! The deadlines around what a function waits for.

use ruff_python_ast::{Expr, Stmt, StmtFunctionDef, WithItem};
use ruff_text_size::{Ranged, TextRange};

use super::builder::{Builder, DEEPEST, is_name};
use crate::python::deadlines::{entered_deadline, setter};
use crate::python::names::Method;
use crate::python::syntax::dotted::dotted;
use crate::python::syntax::nodes::{Node, Scope, nodes_in};
use crate::python::values::bounds::bound_of_new;
use crate::python::values::variables::Variables;
use crate::sites::{Bound, Course, Deadline, Length, Shown};

/// A deadline around something.
pub(super) struct Limit {
    pub(super) by: Shown,
    pub(super) bound: Length,
    /// It ends what is done on the way out as well.
    pub(super) is_level: bool,
    /// The process is over then.
    pub(super) ends_all: bool,
}

impl Limit {
    pub(super) fn over(self, inner: Course) -> Course {
        let inner = Box::new(inner);
        match (self.bound, self.ends_all) {
            (Length::Is(bound), true) => Course::Ended {
                by: self.by,
                bound,
                inner,
            },
            (bound, _) => Course::Capped {
                by: self.by,
                bound,
                inner,
                is_level: self.is_level,
            },
        }
    }
}

impl<'a> Builder<'a, '_> {
    /// The deadline that a manager sets, as long as nothing in the block sets it anew.
    pub(super) fn deadline(&self, manager: &'a Expr, target: Option<&Expr>, suite: &[Stmt]) -> Option<Limit> {
        let names = self.all.lengths.names;
        let by = self.all.shown(manager.range());
        if let Some(deadline) = self.all.enclosed.get(&manager.start().to_usize())
            && !self.is_of_module(manager)
        {
            return Some(self.limit(by, deadline));
        }
        // `deadline = asyncio.timeout(5)`, entered by its name.
        let made = self.all.lengths.variables.only_value(manager).unwrap_or(manager);
        let known = entered_deadline(made, self.all.lengths.variables)?;
        let handle = target.unwrap_or(manager).as_name_expr();
        let moved = handle.and_then(|handle| moved(suite, &handle.id, self.all.lengths.variables));
        let length = match made {
            Expr::Call(call) if let Some(setter) = setter(call, names) => match setter.limit {
                Some(limit) => self.all.lengths.limit(setter.unit, limit, self.locals),
                None => Length::Is(known.bound),
            },
            _ => Length::Is(known.bound),
        };
        // What the block says of it later counts for what stands behind, see `set_by`: the wait for a connection knows by itself which
        // deadline is around it.
        let bound = match (moved, length) {
            (None, length) => length,
            (Some(Bound::Unlimited), _) | (_, Length::Is(Bound::Unlimited)) => Length::Is(Bound::Unlimited),
            (Some(_), _) => Length::Is(Bound::Unknown),
        };
        Some(Limit {
            bound,
            ..self.limit(by, &known)
        })
    }

    /// Whether a manager is a function or a class of the module, whose course says what entering and leaving it takes.
    fn is_of_module(&self, manager: &'a Expr) -> bool {
        let names = self.all.lengths.names;
        let call = manager.as_call_expr();
        call.is_some_and(|call| {
            names.local_function(&call.func).is_some()
                || matches!(names.entering_method(&call.func), Some(Method::Here(_)))
        })
    }

    /// The deadline that a function or a class of the module puts around the block that it is entered for.
    pub(super) fn deadline_of_own(&self, manager: &'a Expr) -> Option<Limit> {
        let deadline = self.all.enclosed.get(&manager.start().to_usize())?;
        self.is_of_module(manager)
            .then(|| self.limit(self.all.shown(manager.range()), deadline))
    }

    /// Looks at the block of a deadline, which knows its name.
    pub(super) fn within(&self, item: &'a WithItem, look: impl FnOnce() -> Course) -> Course {
        let target = item.optional_vars.as_ref().map_or(&item.context_expr, |target| target);
        let handle = target.as_name_expr().map(|handle| handle.id.as_str());
        self.handles.borrow_mut().extend(handle);
        let course = look();
        if handle.is_some() {
            self.handles.borrow_mut().pop();
        }
        course
    }

    /// What ends something some day.
    pub(super) fn unknown_limit(&self, by: &'a Expr) -> Limit {
        Limit {
            by: self.all.shown(by.range()),
            bound: Length::Is(Bound::Unknown),
            is_level: false,
            ends_all: false,
        }
    }

    /// The deadline that a statement sets for the rest of its suite, by the name of one around it or of the scope of a group around
    /// it, and the object whose it is: `deadline.reschedule(loop.time() + 3)`, `group.cancel_scope.deadline = …`.
    pub(super) fn set_by(&self, statement: &'a Stmt) -> Option<(Limit, &'a Expr)> {
        let node = match statement {
            Stmt::Expr(bare) => Node::Expr(&bare.value),
            other => Node::Statement(other),
        };
        let (object, bound) = moves(node, self.all.lengths.variables)?;
        let is_around = match object {
            Expr::Name(name) => self.handles.borrow().iter().any(|handle| *handle == name.id.as_str()),
            Expr::Attribute(scope) if scope.attr.as_str() == "cancel_scope" => {
                let groups = self.groups.borrow();
                groups.iter().any(|(group, _)| is_name(&scope.value, group))
            }
            _ => false,
        };
        (is_around && bound != Bound::Unlimited).then(|| (self.unknown_limit(object), object))
    }

    /// Whether a statement lifts the deadline of an object.
    pub(super) fn lifts(&self, statement: &'a Stmt, object: &Expr) -> bool {
        let of = dotted(object);
        let mut all = nodes_in(std::slice::from_ref(statement), Scope::All)
            .filter_map(|node| moves(node, self.all.lengths.variables));
        all.any(|(other, bound)| bound == Bound::Unlimited && dotted(other) == of)
    }

    /// `deadline`, which `by` sets.
    pub(super) fn limit(&self, by: Shown, deadline: &Deadline) -> Limit {
        let is_of = |library| deadline.path.starts_with(library);
        Limit {
            by,
            bound: Length::Is(deadline.bound),
            // Executed with anyio 4.16.0 on asyncio, and with trio.
            is_level: (is_of("anyio.") || is_of("trio.")) && !self.all.shields(),
            ends_all: false,
        }
    }

    /// The deadlines that hold at the `yield` at `at`, the innermost first.
    pub(super) fn deadlines_around(&self, body: &'a [Stmt], at: TextRange) -> Vec<Limit> {
        let (mut found, mut body) = (Vec::new(), body);
        for _ in 0..DEEPEST {
            let next = body.iter().find_map(|statement| {
                let inner: &[Stmt] = match statement {
                    Stmt::With(with) => &with.body,
                    Stmt::Try(attempt) => &attempt.body,
                    _ => return None,
                };
                statement.range().contains_range(at).then_some((statement, inner))
            });
            let Some((statement, inner)) = next else { break };
            if let Stmt::With(with) = statement {
                let items = with.items.iter();
                found.extend(
                    items.filter_map(|item| self.deadline(&item.context_expr, item.optional_vars.as_deref(), inner)),
                );
            }
            body = inner;
        }
        found.reverse();
        found
    }
}

/// What an expression or a statement sets the deadline of an object to, and the object.
fn moves<'a>(node: Node<'a>, variables: &dyn Variables) -> Option<(&'a Expr, Bound)> {
    match node {
        Node::Expr(Expr::Call(call)) => {
            let method = call.func.as_attribute_expr()?;
            let bound = match (method.attr.as_str(), &*call.arguments.args) {
                ("reject", _) => Bound::Unlimited,
                ("reschedule" | "update" | "shift", [when, ..]) => bound_of_new(when, variables),
                ("reschedule" | "update" | "shift", []) => Bound::Unlimited,
                _ => return None,
            };
            Some((&*method.value, bound))
        }
        Node::Statement(Stmt::Assign(assign)) => {
            let mut targets = assign.targets.iter().filter_map(Expr::as_attribute_expr);
            let target = targets.find(|target| target.attr.as_str() == "deadline")?;
            Some((&*target.value, bound_of_new(&assign.value, variables)))
        }
        Node::Statement(Stmt::AugAssign(assign)) => {
            let target = assign.target.as_attribute_expr();
            Some((
                &*target.filter(|target| target.attr.as_str() == "deadline")?.value,
                Bound::Unknown,
            ))
        }
        _ => None,
    }
}

/// What a block sets the deadline of this name to: none, if it ever does so.
fn moved(suite: &[Stmt], handle: &str, variables: &dyn Variables) -> Option<Bound> {
    let all = nodes_in(suite, Scope::All).filter_map(|node| moves(node, variables));
    let own = all.filter(|(object, _)| is_name(object, handle));
    own.map(|(_, bound)| bound).reduce(|one, other| match other {
        Bound::Unlimited => other,
        _ => one,
    })
}

/// What stands above a function, from its first decorator to the last.
pub(super) fn decorators(function: &StmtFunctionDef) -> TextRange {
    match function.decorator_list.as_slice() {
        [] => function.name.range(),
        [only] => only.range(),
        [first, .., last] => TextRange::new(first.start(), last.end()),
    }
}

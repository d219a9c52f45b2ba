//! How long something is in a function: what the module says of it, or the function's callers by its parameters.

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{Expr, ExprName, Stmt, StmtFunctionDef};

use super::cancelled::{Cancellations, Cancelled};
use super::deeds::Deeds;
use crate::python::deadlines::LimitUnit;
use crate::python::names::Names;
use crate::python::sites::usage::Awaits;
use crate::python::syntax::nodes::{Node, Scope, nodes_in};
use crate::python::values::bounds::{deadline_bound, number};
use crate::python::values::variables::Variables;
use crate::sites::{Bound, Length};

/// What the names of one function stand for.
#[derive(Default)]
pub(super) struct Locals<'a> {
    /// By name.
    parameters: HashMap<&'a str, usize>,
    /// What awaits in the function.
    pub(super) awaits: Awaits,
    /// The function runs in an event loop.
    pub(super) is_async: bool,
    /// What cancels the tasks that its variables keep.
    cancellations: OnceCell<Cancellations<'a>>,
    /// Its parameters, those that it is given by `*` and `**` included, as long as nothing else is assigned to them.
    unchanged: HashSet<&'a str>,
    /// What a method calls its object.
    receiver: Option<&'a str>,
    /// The names that it assigns to more than once.
    bound_again: HashSet<&'a str>,
    /// None where there is no function.
    function: Option<&'a StmtFunctionDef>,
    deeds: OnceCell<Deeds>,
}

impl<'a> Locals<'a> {
    /// A method's first parameter is not counted: no call gives it.
    pub(super) fn of(function: &'a StmtFunctionDef, is_method: bool, names: &Names) -> Self {
        let (mut bound, mut bound_again) = (HashSet::default(), HashSet::default());
        // What a function in it binds is its own, unless it says otherwise.
        nodes_in(&function.body, Scope::OwnAndLambdas).for_each(|node| {
            if let Node::Expr(Expr::Name(name)) = node
                && !name.ctx.is_load()
                && !bound.insert(name.id.as_str())
            {
                bound_again.insert(name.id.as_str());
            }
            // Each round binds it.
            if let Node::Statement(Stmt::For(each)) = node {
                bound_again.extend(each.target.as_name_expr().map(|name| name.id.as_str()));
            }
        });
        let all = function.parameters.iter().map(|parameter| parameter.name().as_str());
        let unchanged: HashSet<&str> = all.filter(|name| !bound.contains(name)).collect();
        let parameters = function.parameters.iter_non_variadic_params();
        let first = function
            .parameters
            .iter()
            .next()
            .map(|parameter| parameter.name().as_str());
        let parameters: HashMap<&str, usize> = parameters
            .skip(usize::from(is_method))
            .enumerate()
            .map(|(index, parameter)| (parameter.parameter.name.as_str(), index))
            .filter(|(name, _)| !bound.contains(name))
            .collect();
        Self {
            parameters,
            is_async: function.is_async,
            awaits: Awaits::of(&function.decorator_list, names),
            cancellations: OnceCell::new(),
            receiver: first.filter(|name| is_method && unchanged.contains(name)),
            unchanged,
            bound_again,
            function: Some(function),
            deeds: OnceCell::new(),
        }
    }

    /// What the function does to objects that it waits on.
    pub(super) fn deeds(&self) -> &Deeds {
        self.deeds
            .get_or_init(|| self.function.map(Deeds::of).unwrap_or_default())
    }

    /// Whether something is assigned to a name more than once.
    pub(super) fn is_bound_again(&self, name: &str) -> bool {
        self.bound_again.contains(name)
    }

    /// Whether `expr` is the object whose method the function is.
    pub(super) fn is_receiver(&self, expr: &Expr) -> bool {
        let name = expr.as_name_expr();
        name.is_some_and(|name| self.receiver == Some(name.id.as_str()))
    }

    /// Whether `expr` is what the function was given, and nothing else.
    pub(super) fn is_parameter(&self, expr: &Expr) -> bool {
        let name = expr.as_name_expr();
        name.is_some_and(|name| self.unchanged.contains(name.id.as_str()))
    }

    /// The index of a parameter that nothing else is assigned to.
    pub(super) fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.get(name).copied()
    }

    /// What cancels the task that a variable keeps, where it is waited for.
    pub(super) fn cancelled(&self, name: &ExprName) -> Option<Cancelled<'a>> {
        let of_function = || self.function.map(|function| Cancellations::of(&function.body));
        let all = self.cancellations.get_or_init(|| of_function().unwrap_or_default());
        all.of_task(name)
    }
}

/// What a module says about lengths.
pub(super) struct Lengths<'a> {
    pub(super) names: &'a Names,
    pub(super) variables: &'a dyn Variables,
}

impl<'a> Lengths<'a> {
    /// The length of a relative limit; `None` is no limit.
    pub(super) fn length(&self, value: &'a Expr, locals: &Locals<'a>) -> Length {
        let value = self.followed(value);
        if let Expr::Name(name) = value
            && let Some(index) = locals.parameters.get(name.id.as_str())
        {
            return Length::Parameter(*index);
        }
        // To Python a flag is a number.
        if let Expr::BooleanLiteral(flag) = value {
            return Length::Is(Bound::Seconds(f64::from(u8::from(flag.value))));
        }
        Length::Is(deadline_bound(value, self.variables))
    }

    /// The length of a deadline by its limit, of what that means to the function that sets it.
    pub(super) fn limit(&self, unit: LimitUnit, value: &'a Expr, locals: &Locals<'a>) -> Length {
        match unit {
            LimitUnit::Seconds => self.length(value, locals),
            LimitUnit::Moment | LimitUnit::MomentOrTimedelta => Length::Is(unit.bound(value, self.variables)),
        }
    }

    /// The value of a number, or of what stands for one.
    pub(super) fn number(&self, value: &'a Expr) -> Option<f64> {
        number(value, self.variables)
    }

    /// What a name certainly stands for, one step further.
    pub(super) fn once(&self, value: &'a Expr) -> Option<&'a Expr> {
        self.variables.once(value)
    }

    /// What a name stands for, where that is certain.
    pub(super) fn followed(&self, value: &'a Expr) -> &'a Expr {
        self.variables.only_value(value).unwrap_or(value)
    }
}

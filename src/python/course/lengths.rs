//! How long something is, by the names that stand for numbers: constants of the module, variables that are assigned once,
//! parameters.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Operator, Stmt, StmtFunctionDef};

use crate::python::bounds::{absolute_bound, deadline_bound, literal};
use crate::python::constants::Constants;
use crate::python::names::Names;
use crate::python::timers::timer;
use crate::python::usage::Awaits;
use crate::sites::{Bound, Length};

/// A name is followed so far.
const FARTHEST: usize = 8;

/// What the names of one function stand for.
#[derive(Default)]
pub(super) struct Locals<'a> {
    /// By name: the only value that is assigned to it.
    values: HashMap<&'a str, &'a Expr>,
    /// By name.
    parameters: HashMap<&'a str, usize>,
    /// What awaits in the function.
    pub(super) awaits: Awaits,
    /// The function runs in an event loop.
    pub(super) is_async: bool,
    /// By the name of a task: when a timer cancels it.
    timers: HashMap<&'a str, &'a Expr>,
}

impl<'a> Locals<'a> {
    /// A method's first parameter is not counted: no call gives it.
    pub(super) fn of(function: &'a StmtFunctionDef, is_method: bool, names: &Names) -> Self {
        let mut assigned = Assigned::default();
        assigned.visit_body(&function.body);
        let parameters = function.parameters.iter_non_variadic_params();
        let parameters: HashMap<&str, usize> = parameters
            .skip(usize::from(is_method))
            .enumerate()
            .map(|(index, parameter)| (parameter.parameter.name.as_str(), index))
            .filter(|(name, _)| !assigned.bound.contains(name))
            .collect();
        let again = assigned.again;
        let values = assigned.values.into_iter().filter(|(name, _)| !again.contains(name));
        Self {
            values: values.collect(),
            parameters,
            is_async: function.is_async,
            awaits: Awaits::of(&function.decorator_list, names),
            timers: assigned.timers,
        }
    }

    /// The index of a parameter that nothing else is assigned to.
    pub(super) fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.get(name).copied()
    }

    /// After how long a timer of the event loop cancels the task that a variable keeps.
    pub(super) fn cancelled_after(&self, name: &str) -> Option<&'a Expr> {
        self.timers.get(name).copied()
    }

    /// The only value that the function assigns to a name.
    pub(super) fn value(&self, name: &str) -> Option<&'a Expr> {
        self.values.get(name).copied()
    }
}

/// The names that a function binds.
#[derive(Default)]
struct Assigned<'a> {
    values: HashMap<&'a str, &'a Expr>,
    bound: HashSet<&'a str>,
    again: HashSet<&'a str>,
    timers: HashMap<&'a str, &'a Expr>,
}

impl<'a> Visitor<'a> for Assigned<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // What a function in it binds is its own, unless it says otherwise.
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Nonlocal(names) => self.again.extend(names.names.iter().map(|name| name.as_str())),
            Stmt::Assign(assign) => {
                if let [Expr::Name(name)] = &*assign.targets {
                    self.values.insert(&name.id, &assign.value);
                }
                walk_stmt(self, statement);
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                    self.values.insert(&name.id, value);
                }
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && !name.ctx.is_load()
            && !self.bound.insert(&name.id)
        {
            self.again.insert(&name.id);
        }
        if let Expr::Call(call) = expr
            && let Some(timer) = timer(call)
            && let Some(task) = timer.cancelled()
        {
            self.timers.insert(&task.id, timer.delay);
        }
        walk_expr(self, expr);
    }
}

/// What a module says about lengths.
pub(super) struct Lengths<'a> {
    pub(super) names: &'a Names,
    pub(super) constants: Constants<'a>,
}

impl<'a> Lengths<'a> {
    /// The length of a relative limit; `None` is no limit.
    pub(super) fn length(&self, value: &'a Expr, locals: &Locals<'a>) -> Length {
        let value = self.followed(value, locals);
        if let Expr::Name(name) = value
            && let Some(index) = locals.parameters.get(name.id.as_str())
        {
            return Length::Parameter(*index);
        }
        Length::Is(match deadline_bound(value, self.names) {
            Bound::Unknown => self.number(value, locals, 0).map_or(Bound::Unknown, Bound::Seconds),
            bound => bound,
        })
    }

    /// The length of a limit that is a point in time.
    pub(super) fn until(&self, value: &'a Expr, locals: &Locals<'a>) -> Length {
        let bound = match absolute_bound(value, self.names) {
            Bound::Unknown => match value {
                Expr::BinOp(sum) if sum.op == Operator::Add && sum.left.is_call_expr() => self
                    .number(&sum.right, locals, 0)
                    .map_or(Bound::Unknown, Bound::Seconds),
                _ => Bound::Unknown,
            },
            bound => bound,
        };
        Length::Is(bound)
    }

    /// The value of a number, of a name that stands for one, or of an operation on such.
    pub(super) fn number(&self, value: &'a Expr, locals: &Locals<'a>, depth: usize) -> Option<f64> {
        if depth > FARTHEST {
            return None;
        }
        if let Expr::BinOp(operation) = value {
            let left = self.number(&operation.left, locals, depth + 1)?;
            let right = self.number(&operation.right, locals, depth + 1)?;
            let value = match operation.op {
                Operator::Add => left + right,
                Operator::Sub => left - right,
                Operator::Mult => left * right,
                Operator::Div => left / right,
                _ => return None,
            };
            return value.is_finite().then_some(value);
        }
        literal(value).or_else(|| match self.followed(value, locals) {
            next if std::ptr::eq(next, value) => self.names.foreign_number(value),
            next => self.number(next, locals, depth + 1),
        })
    }

    /// What a name stands for, where that is certain.
    pub(super) fn followed(&self, value: &'a Expr, locals: &Locals<'a>) -> &'a Expr {
        let mut value = value;
        for _ in 0..FARTHEST {
            let Expr::Name(name) = value else { break };
            let own = locals.value(&name.id);
            let Some(next) = own.or_else(|| self.constants.value(name, self.names)) else {
                break;
            };
            value = next;
        }
        value
    }
}

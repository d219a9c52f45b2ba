//! What stands above a test and marks it: decorators and `pytestmark`, of the function, of its classes and what these inherit
//! from, of the module; through names and lists.
//!
//! The nearest comes first, in the order that pytest 9.2.0 takes marks in: of a function the lowest decorator, of a class
//! what its bases have.

use std::cell::OnceCell;

use foldhash::HashMap;
use ruff_python_ast::{Decorator, Expr, ExprCall, ExprStringLiteral, Operator, Stmt, StmtClassDef};
use ruff_text_size::Ranged;

use crate::python::names::{Names, ScopeId, Value};
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::python::values::variables::Variables;

/// Above one test nobody writes as many.
const MOST_MARKS: usize = 64;

/// A class inherits marks from so far up.
const DEEPEST: usize = 8;

/// What marks the tests of a module.
pub(in crate::python) struct Marks<'a> {
    module: &'a [Stmt],
    variables: &'a dyn Variables,
    /// The classes of the module, by their scopes.
    classes: OnceCell<HashMap<ScopeId, &'a StmtClassDef>>,
}

impl<'a> Marks<'a> {
    pub(in crate::python) fn of(module: &'a [Stmt], variables: &'a dyn Variables) -> Self {
        Self {
            module,
            variables,
            classes: OnceCell::new(),
        }
    }

    /// What decorates a function.
    pub(in crate::python) fn of_decorators(&self, decorators: &'a [Decorator]) -> Vec<&'a Expr> {
        let mut found = Vec::new();
        for decorator in decorators.iter().rev() {
            self.add(&decorator.expression, &mut found);
        }
        found
    }

    /// `pytestmark` of the module.
    pub(in crate::python) fn of_module(&self) -> Vec<&'a Expr> {
        let mut found = Vec::new();
        self.add_body(self.module, &mut found);
        found
    }

    /// What marks a class, by itself or by what it inherits from in this module.
    pub(in crate::python) fn of_class(&self, class: &'a StmtClassDef) -> Vec<&'a Expr> {
        let mut lineage = vec![class];
        let mut at = 0;
        while let Some(class) = lineage.get(at).copied().filter(|_| lineage.len() < DEEPEST) {
            at += 1;
            for base in class.bases() {
                if let [Value::Class(base)] = self.variables.names().values(base)
                    && let Some(base) = self.class(*base)
                    && !lineage.iter().any(|known| std::ptr::eq(*known, base))
                {
                    lineage.push(base);
                }
            }
        }
        let mut found = Vec::new();
        for class in lineage.into_iter().rev() {
            self.add_body(&class.body, &mut found);
            for decorator in class.decorator_list.iter().rev() {
                self.add(&decorator.expression, &mut found);
            }
        }
        found
    }

    fn class(&self, scope: ScopeId) -> Option<&'a StmtClassDef> {
        let classes = self.classes.get_or_init(|| {
            let names = self.variables.names();
            let classes = statements_in(self.module, Scope::All).filter_map(Stmt::as_class_def_stmt);
            let scoped =
                classes.filter_map(|class| Some((names.scope_at(class.body.first()?.start().to_usize()), class)));
            scoped.collect()
        });
        classes.get(&scope).copied()
    }

    fn add_body(&self, body: &'a [Stmt], found: &mut Vec<&'a Expr>) {
        for value in pytestmarks(body) {
            self.add(value, found);
        }
    }

    /// One mark, or several in a list.
    fn add(&self, expr: &'a Expr, found: &mut Vec<&'a Expr>) {
        let mut pending = vec![expr];
        while let Some(expr) = pending.pop().filter(|_| found.len() + pending.len() < MOST_MARKS) {
            let value = self.value(expr);
            match value {
                Expr::List(list) => pending.extend(list.elts.iter().rev()),
                Expr::Tuple(tuple) => pending.extend(tuple.elts.iter().rev()),
                Expr::Starred(starred) => pending.push(&starred.value),
                Expr::BinOp(sum) if sum.op == Operator::Add => pending.extend([&*sum.right, &*sum.left]),
                mark => found.push(mark),
            }
        }
    }

    fn value(&self, expr: &'a Expr) -> &'a Expr {
        self.variables.only_value(expr).unwrap_or(expr)
    }

    /// The calls of `pytest.mark.<name>` among these.
    pub(in crate::python) fn calls<'m>(
        &self,
        marks: &'m [&'a Expr],
        name: &'static str,
    ) -> impl Iterator<Item = &'a ExprCall> + use<'a, 'm> {
        let names = self.variables.names();
        let calls = marks.iter().filter_map(|mark| mark.as_call_expr());
        calls.filter(move |call| is_mark(names, &call.func, name))
    }

    /// The fixtures that `pytest.mark.usefixtures("a", "b")` names among these.
    pub(in crate::python) fn fixtures<'m>(
        &self,
        marks: &'m [&'a Expr],
    ) -> impl Iterator<Item = &'a ExprStringLiteral> + use<'a, 'm> {
        let named = self.calls(marks, "usefixtures").flat_map(|call| &call.arguments.args);
        named.filter_map(Expr::as_string_literal_expr)
    }

    /// The marks that `pytest.param(…, marks=…)` gives each set of values of a parametrized test, one by one.
    pub(in crate::python) fn of_sets(&self, parametrize: &'a ExprCall) -> Vec<Vec<&'a Expr>> {
        let values = parametrize.arguments.find_argument_value("argvalues", 1);
        let sets = match values.map(|values| self.value(values)) {
            Some(Expr::List(list)) => &*list.elts,
            Some(Expr::Tuple(tuple)) => &*tuple.elts,
            _ => return Vec::new(),
        };
        let of_set = |set: &'a Expr| {
            let mut found = Vec::new();
            let given = self.value(set).as_call_expr();
            if let Some(marks) = given.and_then(|call| call.arguments.find_keyword("marks")) {
                self.add(&marks.value, &mut found);
            }
            found
        };
        sets.iter().map(of_set).collect()
    }
}

/// Whether `expr` is `pytest.mark.<name>`.
pub(in crate::python) fn is_mark(names: &Names, expr: &Expr, name: &str) -> bool {
    let path = names.resolve(expr).and_then(|path| path.strip_prefix("pytest.mark."));
    path == Some(name)
}

/// What a module or a class assigns to `pytestmark`.
pub(in crate::python) fn pytestmarks(body: &[Stmt]) -> impl Iterator<Item = &Expr> {
    body.iter().filter_map(|statement| match statement {
        Stmt::Assign(assign) => match &*assign.targets {
            [Expr::Name(name)] if name.id == "pytestmark" => Some(&*assign.value),
            _ => None,
        },
        Stmt::AnnAssign(assign) => match &*assign.target {
            Expr::Name(name) if name.id == "pytestmark" => assign.value.as_deref(),
            _ => None,
        },
        _ => None,
    })
}

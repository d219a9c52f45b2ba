//! What the fixtures and the set-up of a test replace for as long as it runs.

use foldhash::HashMap;
use ruff_python_ast::helpers::any_over_body;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ModModule, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::replacement::{libraries_replaced_at, libraries_replaced_by};
use crate::python::names::{FunctionId, Names};
use crate::python::testing::marks::Marks;
use crate::python::values::variables::Variables;

/// What the functions of a module replace until somebody else puts it back: behind their end, or at their `yield`. Plain data.
#[derive(Debug, Default)]
pub(in crate::python) struct LastingReplacements {
    /// The libraries, by the first names of their paths.
    by: HashMap<FunctionId, Vec<String>>,
    /// The fixtures that marks above functions and their classes name.
    marked: HashMap<FunctionId, Vec<String>>,
}

impl LastingReplacements {
    pub(in crate::python) fn of(module: &ModModule, variables: &dyn Variables) -> Self {
        let marks = Marks::of(&module.body, variables);
        let mut search = Search {
            names: variables.names(),
            function: None,
            yields: false,
            around: marks.of_module(),
            marks: &marks,
            found: Self::default(),
        };
        search.visit_body(&module.body);
        search.found
    }

    /// The functions that replace a part of some library.
    pub(in crate::python) fn replacing(&self) -> impl Iterator<Item = &FunctionId> {
        self.by.keys()
    }

    /// Whether a function replaces anything.
    pub(in crate::python) fn replaces(&self, function: FunctionId) -> bool {
        self.by.contains_key(&function)
    }

    /// The fixtures that marks above a function and its classes name.
    pub(in crate::python) fn marked(&self, function: FunctionId) -> &[String] {
        self.marked.get(&function).map_or(&[], Vec::as_slice)
    }

    /// Whether a function replaces a part of `library`.
    pub(in crate::python) fn replaces_part_of(&self, function: FunctionId, library: &str) -> bool {
        let of = self.by.get(&function);
        of.is_some_and(|libraries| libraries.iter().any(|replaced| replaced == library))
    }
}

struct Search<'a, 'm> {
    names: &'a Names,
    marks: &'m Marks<'a>,
    /// The function around.
    function: Option<FunctionId>,
    /// It yields.
    yields: bool,
    /// What marks the module, and the classes around.
    around: Vec<&'a Expr>,
    found: LastingReplacements,
}

impl<'a> Search<'a, '_> {
    fn replaced(&mut self, library: String) {
        if let Some(function) = self.function {
            self.found.by.entry(function).or_default().push(library);
        }
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        let before = self.around.len();
        self.around.extend(self.marks.of_class(class));
        self.visit_body(&class.body);
        self.around.truncate(before);
    }

    fn define(&mut self, function: &'a StmtFunctionDef) {
        let first = function.body.first();
        let id = first.and_then(|first| self.names.function_at(first.start().to_usize()));
        let mut marks = self.marks.of_decorators(&function.decorator_list);
        marks.extend(&self.around);
        let named: Vec<String> = self.marks.fixtures(&marks).map(|name| name.value.to_string()).collect();
        if let (Some(id), false) = (id, named.is_empty()) {
            self.found.marked.insert(id, named);
        }
        // What a set-up makes under a decorator is made of what that replaces.
        let calls = function
            .decorator_list
            .iter()
            .filter_map(|decorator| decorator.expression.as_call_expr());
        let libraries: Vec<String> = calls.flat_map(|call| libraries_replaced_by(call, self.names)).collect();
        if let (Some(id), false) = (id, libraries.is_empty()) {
            self.found.by.entry(id).or_default().extend(libraries);
        }
        let yields = any_over_body(&function.body, &|expr: &Expr| expr.is_yield_expr());
        let outer = (self.function, self.yields);
        (self.function, self.yields) = (id, yields);
        self.visit_body(&function.body);
        (self.function, self.yields) = outer;
    }
}

impl<'a> Visitor<'a> for Search<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.define(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Assign(assign) => {
                let targets = assign.targets.iter().filter_map(Expr::as_attribute_expr);
                for library in targets.flat_map(|target| libraries_replaced_at(target, &assign.value, self.names)) {
                    self.replaced(library);
                }
                walk_stmt(self, statement);
            }
            // Its end is that of the block.
            Stmt::With(with) if !self.yields => self.visit_body(&with.body),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            for library in libraries_replaced_by(call, self.names) {
                self.replaced(library);
            }
        }
        walk_expr(self, expr);
    }
}

//! Whether a module's name would mean something else, were the module imported at the top of the file.

use ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{Alias, ExceptHandler, Expr, Parameter, Pattern, Stmt};

use super::super::code::span_of;
use super::Head;

/// Whether `name` may mean something else at `at` than the module of that name, were it imported at the top of the file.
/// It does not where all that binds it outside functions are imports of the module itself (perhaps under
/// `if TYPE_CHECKING:`, or further down), and no function of the top-level statement around `at` binds it.
pub(in super::super) fn clashes(head: Head<'_>, name: &str, at: usize) -> bool {
    let body = &head.tree.body;
    let index = body.partition_point(|statement| span_of(statement).start <= at);
    let around = index.checked_sub(1).and_then(|index| body.get(index));
    let remembered = |at: Option<usize>, statements: &[Stmt]| {
        let key = (name.to_owned(), at);
        let mut clashes = head.facts.clashes.borrow_mut();
        *clashes
            .entry(key)
            .or_insert_with(|| Clash::in_any_of(statements, name, at))
    };
    remembered(None, body)
        || around.is_some_and(|around| remembered(Some(span_of(around).start), std::slice::from_ref(around)))
}

/// Looks for what binds a name otherwise, in the module's scope and in the functions of one top-level statement.
struct Clash<'n> {
    name: &'n str,
    /// Where that statement begins; nothing where only what is outside of functions is looked at.
    at: Option<usize>,
    is_around: bool,
    in_function: bool,
    found: bool,
}

impl<'n> Clash<'n> {
    fn in_any_of(statements: &[Stmt], name: &'n str, at: Option<usize>) -> bool {
        let mut search = Self {
            name,
            at,
            is_around: false,
            in_function: false,
            found: false,
        };
        search.visit_body(statements);
        search.found
    }

    fn begins_at(&self, statement: usize) -> bool {
        self.at == Some(statement)
    }

    fn bind(&mut self, name: Option<&str>) {
        self.found |= name == Some(self.name);
    }

    fn is_import_of_itself(&self, alias: &Alias) -> bool {
        !self.in_function && alias.asname.is_none() && alias.name.as_str().split('.').next() == Some(self.name)
    }
}

impl<'a> Visitor<'a> for Clash<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.bind(Some(function.name.as_str()));
                if self.is_around || self.begins_at(span_of(function).start) {
                    let outer_around = std::mem::replace(&mut self.is_around, true);
                    let outer = std::mem::replace(&mut self.in_function, true);
                    walk_stmt(self, statement);
                    self.in_function = outer;
                    self.is_around = outer_around;
                }
            }
            Stmt::ClassDef(class) => {
                self.bind(Some(class.name.as_str()));
                let is_around = self.is_around || self.begins_at(span_of(class).start);
                let outer = std::mem::replace(&mut self.is_around, is_around);
                walk_stmt(self, statement);
                self.is_around = outer;
            }
            Stmt::Import(import) if import.names.iter().all(|alias| self.is_import_of_itself(alias)) => {}
            Stmt::Global(global) => global.names.iter().for_each(|name| self.bind(Some(name.as_str()))),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && !name.ctx.is_load()
        {
            self.bind(Some(name.id.as_str()));
        }
        if !expr.is_lambda_expr() {
            walk_expr(self, expr);
        }
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.bind(Some(parameter.name.as_str()));
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        self.bind(bound.split('.').next());
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(node) = handler;
        self.bind(node.name.as_deref());
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchAs(pattern) => self.bind(pattern.name.as_deref()),
            Pattern::MatchStar(pattern) => self.bind(pattern.name.as_deref()),
            Pattern::MatchMapping(pattern) => self.bind(pattern.rest.as_deref()),
            _ => {}
        }
        walk_pattern(self, pattern);
    }
}

//! Imports a module at the top of the file, as the file imports: among its first imports, in alphabetical order.
//!
//! Only whole modules are imported (`import asyncio`): a parameter named `timeout` is common, one named `asyncio` is not.

use ruff_python_ast::{Alias, Expr, ModModule, Stmt};

use super::code::{Code, span_of};
use super::edits::Draft;
use crate::fix::{Change, Refusal};
use crate::source::Span;

/// Adds `import module` for each of `modules` at the module's level, before `used_at`: with the file's first imports
/// (`from __future__` stays the first), else behind the module's docstring, else before its first statement.
///
/// # Errors
/// The module's first statements leave no line to put it on.
pub(super) fn add(
    code: Code<'_>,
    tree: &ModModule,
    modules: &[&str],
    used_at: usize,
    draft: &mut Draft,
) -> Result<(), Refusal> {
    let mut sorted = modules.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    for module in sorted {
        let place = place(code, tree, module, used_at)
            .ok_or_else(|| Refusal::because(format!("`{module}` is not imported, and there is no line for its import")))?;
        let ending = code.line_ending(0);
        let text = match place {
            Place::Line(offset) => (offset, format!("import {module}{ending}")),
            Place::Paragraph(offset) => (offset, format!("import {module}{ending}{ending}")),
            Place::NewParagraph(offset) => (offset, format!("{ending}import {module}{ending}")),
            Place::End => (code.len(), format!("{ending}import {module}")),
        };
        draft.insert(text.0, text.1);
        draft.change(Change::Import {
            module: module.to_owned(),
        });
    }
    Ok(())
}

/// Whether the file imports `module`, or something of it, anywhere.
pub(super) fn mentions(tree: &ModModule, module: &str) -> bool {
    let mut search = Search { module, found: false };
    ruff_python_ast::statement_visitor::StatementVisitor::visit_body(&mut search, &tree.body);
    search.found
}

struct Search<'n> {
    module: &'n str,
    found: bool,
}

impl<'a> ruff_python_ast::statement_visitor::StatementVisitor<'a> for Search<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.found = self.found || imported_roots(statement).any(|root| root == self.module);
        if !self.found {
            ruff_python_ast::statement_visitor::walk_stmt(self, statement);
        }
    }
}

/// Whether everything that binds `name` at the module's level is an import for type checkers, which a real import may
/// stand beside.
pub(super) fn only_for_type_checkers(tree: &ModModule, name: &str) -> bool {
    let guarded = |statement: &&Stmt| match statement {
        Stmt::If(node) => is_type_checking(&node.test) && node.elif_else_clauses.is_empty(),
        _ => false,
    };
    let (guarded, others): (Vec<&Stmt>, Vec<&Stmt>) = tree.body.iter().partition(guarded);
    let binds = |statement: &&Stmt| {
        let mut search = Binding { name, found: false };
        ruff_python_ast::visitor::Visitor::visit_stmt(&mut search, statement);
        search.found
    };
    guarded.iter().any(binds) && !others.iter().any(binds)
}

fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}

/// Looks for anything that binds a name, in any scope.
struct Binding<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> ruff_python_ast::visitor::Visitor<'a> for Binding<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.found |= function.name.as_str() == self.name,
            Stmt::ClassDef(class) => self.found |= class.name.as_str() == self.name,
            _ => {}
        }
        ruff_python_ast::visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            self.found |= !name.ctx.is_load() && name.id.as_str() == self.name;
        }
        ruff_python_ast::visitor::walk_expr(self, expr);
    }

    fn visit_parameter(&mut self, parameter: &'a ruff_python_ast::Parameter) {
        self.found |= parameter.name.as_str() == self.name;
        ruff_python_ast::visitor::walk_parameter(self, parameter);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        self.found |= bound.split('.').next() == Some(self.name);
    }

    fn visit_except_handler(&mut self, handler: &'a ruff_python_ast::ExceptHandler) {
        let ruff_python_ast::ExceptHandler::ExceptHandler(node) = handler;
        self.found |= node.name.as_ref().is_some_and(|name| name.as_str() == self.name);
        ruff_python_ast::visitor::walk_except_handler(self, handler);
    }
}

/// Where an import line goes.
#[derive(Clone, Copy)]
enum Place {
    /// A line begins here.
    Line(usize),
    /// A line begins here, and something else than imports follows.
    Paragraph(usize),
    /// A line begins here, and something else than imports precedes.
    NewParagraph(usize),
    /// Behind the last line, which has no end.
    End,
}

fn place(code: Code<'_>, tree: &ModModule, module: &str, used_at: usize) -> Option<Place> {
    let body = tree.body.as_slice();
    let block = first_imports(body, used_at);
    let Some(first) = block.first() else {
        return at_the_top(code, body);
    };
    let group = paragraph(code, block);
    let plain = |statement: &&Stmt| matches!(statement, Stmt::Import(_)) && code.margin(span_of(*statement).start).is_some();
    let follower = group
        .iter()
        .find(|statement| plain(statement) && imported_roots(statement).next().is_some_and(|root| root > module));
    let predecessor = match (follower, group.iter().rfind(plain)) {
        (Some(follower), _) if !has_comment_above(code, follower) => {
            return Some(Place::Line(code.line_start(span_of(follower).start)));
        }
        (Some(follower), _) => follower,
        (None, Some(last)) => last,
        (None, None) if has_comment_above(code, first) || is_future(first) => first,
        (None, None) => {
            let start = span_of(group.first().unwrap_or(first)).start;
            return code.margin(start).map(|_| Place::Line(code.line_start(start)));
        }
    };
    behind(code, predecessor).map_or(Some(Place::End), |offset| Some(Place::Line(offset)))
}

/// The first imports at the module's level that stand next to each other, `from __future__` left out where others
/// follow it.
fn first_imports(body: &[Stmt], used_at: usize) -> &[Stmt] {
    let is_import = |statement: &Stmt| matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_));
    let Some(first) = body.iter().position(is_import) else {
        return &[];
    };
    let block = body.get(first..).unwrap_or_default();
    let length = block.iter().take_while(|statement| is_import(statement)).count();
    let block = block.get(..length).unwrap_or_default();
    let futures = block.iter().take_while(|statement| is_future(statement)).count();
    let block = match block.get(futures..) {
        Some(others) if !others.is_empty() => others,
        _ => block.get(futures.saturating_sub(1)..).unwrap_or_default(),
    };
    match block.last() {
        Some(last) if span_of(last).end <= used_at => block,
        _ => &[],
    }
}

/// The imports up to the first blank line between them.
fn paragraph<'t>(code: Code<'_>, block: &'t [Stmt]) -> &'t [Stmt] {
    let breaks = |pair: &[Stmt]| match pair {
        [one, next] => has_blank_line(code, span_of(one).end, span_of(next).start),
        _ => false,
    };
    let length = block.windows(2).position(breaks).map_or(block.len(), |index| index + 1);
    block.get(..length).unwrap_or_default()
}

fn has_blank_line(code: Code<'_>, from: usize, to: usize) -> bool {
    let mut line = code.next_line_start(from);
    while line < to {
        let next = code.next_line_start(line);
        if code.text(Span::new(line, next)).trim().is_empty() {
            return true;
        }
        line = next;
    }
    false
}

/// Where a module without imports at its head takes the first one.
fn at_the_top(code: Code<'_>, body: &[Stmt]) -> Option<Place> {
    let first = body.first()?;
    if is_docstring(first) {
        return Some(behind(code, first).map_or(Place::End, Place::NewParagraph));
    }
    let start = span_of(first).start;
    code.margin(start)?;
    let mut line = code.line_start(start);
    let marks_the_file = code.comments(Span::new(0, line)).next().is_some_and(|comment| {
        let text = code.text(comment);
        text.starts_with("#!") || text.contains("coding")
    });
    while line > 0 && !marks_the_file {
        let above = code.line_start(line - 1);
        if !code.text(Span::new(above, line)).starts_with('#') {
            break;
        }
        line = above;
    }
    // A byte order mark stays the first thing of the file.
    let bom = if line == 0 && code.text(Span::new(0, code.len())).starts_with('\u{feff}') { 3 } else { 0 };
    Some(Place::Paragraph(line + bom))
}

/// The start of the line behind a statement's logical line.
fn behind(code: Code<'_>, statement: &Stmt) -> Option<usize> {
    code.after_logical_line(span_of(statement).end)
}

fn has_comment_above(code: Code<'_>, statement: &Stmt) -> bool {
    let line = code.line_start(span_of(statement).start);
    line > 0 && code.text(Span::new(code.line_start(line - 1), line)).trim_start().starts_with('#')
}

fn is_future(statement: &Stmt) -> bool {
    matches!(statement, Stmt::ImportFrom(import) if import.module.as_ref().is_some_and(|name| name.as_str() == "__future__"))
}

fn is_docstring(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(expression) if expression.value.is_string_literal_expr())
}

/// The first part of each module that a statement imports; nothing for relative imports and other statements.
fn imported_roots(statement: &Stmt) -> impl Iterator<Item = &str> {
    let (plain, from) = match statement {
        Stmt::Import(import) => (import.names.as_slice(), None),
        Stmt::ImportFrom(import) if import.level == 0 => (&[][..], import.module.as_ref()),
        _ => (&[][..], None),
    };
    plain
        .iter()
        .map(|alias| alias.name.as_str())
        .chain(from.map(|name| name.as_str()))
        .map(|path| path.split('.').next().unwrap_or(path))
}

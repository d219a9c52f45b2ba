//! Imports a module at the top of the file, as the file imports: among its first imports, in alphabetical order.
//!
//! Only whole modules are imported (`import asyncio`): a parameter named `timeout` is common, one named `asyncio` is not.

use foldhash::HashSet;
use ruff_python_ast::statement_visitor::{self, StatementVisitor};
use ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{Alias, ExceptHandler, Expr, ModModule, Parameter, Pattern, Stmt};

use super::super::names::Names;
use super::code::{Code, span_of};
use super::edits::Draft;
use super::facts::Facts;
use crate::fix::{Change, Refusal};
use crate::source::Span;

/// What is looked at to import something.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) code: Code<'a>,
    pub(super) tree: &'a ModModule,
    pub(super) facts: &'a Facts,
}

/// Adds `import module` for each of `modules` at the module's level, before `used_at`: with the file's first imports
/// (`from __future__` stays the first), else behind the module's docstring, else before its first statement.
///
/// # Errors
/// The module's first statements leave no line to put it on.
pub(super) fn add(head: Head<'_>, modules: &[&str], used_at: usize, draft: &mut Draft) -> Result<(), Refusal> {
    let mut sorted = modules.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    for module in sorted {
        let place = remembered_place(head, module)
            .filter(|(_, usable_from)| *usable_from <= used_at)
            .map(|(place, _)| place)
            .or_else(|| at_the_top(head.code, &head.tree.body))
            .ok_or_else(|| {
                Refusal::because(format!(
                    "`{module}` is not imported, and there is no line for its import"
                ))
            })?;
        insert(head.code, place, &format!("import {module}"), draft);
        draft.change(Change::Import {
            module: module.to_owned(),
        });
    }
    Ok(())
}

/// How the functions of these dotted paths can be written at `at`. Modules that are not imported yet are.
///
/// # Errors
/// A module is not imported and its name means something else here.
pub(super) fn spell<const N: usize>(
    head: Head<'_>,
    names: &Names,
    paths: [&str; N],
    at: usize,
    draft: &mut Draft,
) -> Result<[String; N], Refusal> {
    let mut missing = Vec::new();
    let mut spelled = paths.map(str::to_owned);
    for (path, text) in paths.iter().zip(&mut spelled) {
        if let Some(known) = names.spelling(path, at) {
            *text = known;
            continue;
        }
        let module = path.split('.').next().unwrap_or(path);
        if names.is_taken(module, at) && clashes(head, module, at) {
            return Err(Refusal::because(format!(
                "the name `{module}` means something else here"
            )));
        }
        missing.push(module);
    }
    add(head, &missing, at, draft)?;
    Ok(spelled)
}

/// Adds `from module import name` at the module's level, before `used_at`: behind the file's first imports, else as
/// [`add`] does it.
///
/// # Errors
/// The module's first statements leave no line to put it on.
pub(super) fn add_name(
    head: Head<'_>,
    (module, name): (&str, &str),
    used_at: usize,
    draft: &mut Draft,
) -> Result<(), Refusal> {
    let group = paragraph(head.code, first_imports(&head.tree.body));
    let place = match group.last().filter(|last| span_of(*last).end <= used_at) {
        Some(last) => Some(behind(head.code, last).map_or(Place::End, Place::Line)),
        None => at_the_top(head.code, &head.tree.body),
    };
    let place = place.ok_or_else(|| Refusal::because(format!("there is no line for the import of `{name}`")))?;
    insert(head.code, place, &format!("from {module} import {name}"), draft);
    draft.change(Change::Import {
        module: module.to_owned(),
    });
    Ok(())
}

fn insert(code: Code<'_>, place: Place, line: &str, draft: &mut Draft) {
    let ending = code.line_ending(0);
    match place {
        Place::Line(offset) => draft.insert(offset, format!("{line}{ending}")),
        Place::Paragraph(offset) => draft.insert(offset, format!("{line}{ending}{ending}")),
        Place::NewParagraph(offset) => draft.insert(offset, format!("{ending}{line}{ending}")),
        Place::End => draft.insert(code.len(), format!("{ending}{line}")),
    }
}

/// The first parts of all modules that a file imports anywhere.
pub(super) fn all(tree: &ModModule) -> HashSet<String> {
    let mut all = All(HashSet::default());
    all.visit_body(&tree.body);
    all.0
}

struct All(HashSet<String>);

impl<'a> StatementVisitor<'a> for All {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0.extend(imported_roots(statement).map(str::to_owned));
        statement_visitor::walk_stmt(self, statement);
    }
}

/// Whether `name` may mean something else at `at` than the module of that name, were it imported at the top of the file.
/// It does not where all that binds it outside functions are imports of the module itself (perhaps under
/// `if TYPE_CHECKING:`, or further down), and no function of the top-level statement around `at` binds it.
pub(super) fn clashes(head: Head<'_>, name: &str, at: usize) -> bool {
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

/// Where an import line goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// A line begins here.
    Line(usize),
    /// A line begins here, and something else than imports follows.
    Paragraph(usize),
    /// A line begins here, and something else than imports precedes.
    NewParagraph(usize),
    /// Behind the last line, which has no end.
    End,
}

/// The place among the first imports, and where these end.
fn remembered_place(head: Head<'_>, module: &str) -> Option<(Place, usize)> {
    let mut places = head.facts.places.borrow_mut();
    if let Some(place) = places.get(module) {
        return *place;
    }
    let block = first_imports(&head.tree.body);
    let end = block.last().map(|last| span_of(last).end);
    let place = end.and_then(|end| Some((among(head.code, block, module)?, end)));
    places.insert(module.to_owned(), place);
    place
}

/// The place among `block`, imports next to each other.
fn among(code: Code<'_>, block: &[Stmt], module: &str) -> Option<Place> {
    let first = block.first()?;
    let group = paragraph(code, block);
    let plain =
        |statement: &&Stmt| matches!(statement, Stmt::Import(_)) && code.margin(span_of(*statement).start).is_some();
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
fn first_imports(body: &[Stmt]) -> &[Stmt] {
    let is_import = |statement: &Stmt| matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_));
    let Some(first) = body.iter().position(is_import) else {
        return &[];
    };
    let block = body.get(first..).unwrap_or_default();
    let length = block.iter().take_while(|statement| is_import(statement)).count();
    let block = block.get(..length).unwrap_or_default();
    let futures = block.iter().take_while(|statement| is_future(statement)).count();
    match block.get(futures..) {
        Some(others) if !others.is_empty() => others,
        _ => block.get(futures.saturating_sub(1)..).unwrap_or_default(),
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

/// The start of the line before which a module without imports and docstring takes what comes first: behind a shebang
/// and the declaration of an encoding.
pub(super) fn top(head: Head<'_>) -> Option<usize> {
    match at_the_top(head.code, &head.tree.body)? {
        Place::Line(offset) | Place::Paragraph(offset) | Place::NewParagraph(offset) => Some(offset),
        Place::End => None,
    }
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
    while line > 0 {
        let above = code.line_start(line - 1);
        let text = code.text(Span::new(above, line));
        // A shebang and the encoding stay the first lines.
        if !text.starts_with('#') || text.starts_with("#!") || text.contains("coding") {
            break;
        }
        line = above;
    }
    Some(Place::Paragraph(line))
}

/// The start of the line behind a statement's logical line.
fn behind(code: Code<'_>, statement: &Stmt) -> Option<usize> {
    code.after_logical_line(span_of(statement).end)
}

fn has_comment_above(code: Code<'_>, statement: &Stmt) -> bool {
    let line = code.line_start(span_of(statement).start);
    line > 0
        && code
            .text(Span::new(code.line_start(line - 1), line))
            .trim_start()
            .starts_with('#')
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

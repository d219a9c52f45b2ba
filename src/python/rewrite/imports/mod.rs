//! Imports a module at the top of the file, as the file imports: among its first imports, where isort's default would put
//! it, or where the file's own way does.
//!
//! Only whole modules are imported (`import asyncio`): a parameter named `timeout` is common, one named `asyncio` is not.

mod clash;
mod leftover;
mod place;
mod section;

use foldhash::HashSet;
use ruff_python_ast::{ModModule, Stmt};

use super::code::{Code, span_of};
use super::edits::Draft;
use super::facts::Facts;
use crate::finding::{Change, Refusal};
use crate::python::names::Names;
use crate::python::syntax::nodes::{Scope, statements_in};

pub(super) use clash::clashes;
pub(super) use leftover::Uses;
pub(in crate::python) use leftover::without_left_behind;
pub(super) use place::{Place, top};
use section::Line;

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
    is_seen_from(head, used_at)?;
    let mut sorted = modules.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut places: Vec<(Place, Vec<String>)> = Vec::new();
    for module in sorted {
        let line = Line::plain(module);
        let place = place::of(head, &line, used_at).ok_or_else(|| {
            Refusal::because(format!(
                "`{module}` is not imported, and there is no line for its import"
            ))
        })?;
        match places.last_mut() {
            Some((last, lines)) if *last == place => lines.push(line.to_string()),
            _ => places.push((place, vec![line.to_string()])),
        }
        draft.change(Change::Import {
            module: module.to_owned(),
        });
    }
    for (place, lines) in places {
        place.insert(head.code, &lines, draft);
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

/// Adds `from module import name` at the module's level, before `used_at`, where [`add`] would put it.
///
/// # Errors
/// The module's first statements leave no line to put it on.
pub(super) fn add_name(
    head: Head<'_>,
    (module, name): (&str, &str),
    used_at: usize,
    draft: &mut Draft,
) -> Result<(), Refusal> {
    is_seen_from(head, used_at)?;
    let line = Line::from(module, name);
    let place = place::of(head, &line, used_at)
        .ok_or_else(|| Refusal::because(format!("there is no line for the import of `{name}`")))?;
    place.insert(head.code, &[line.to_string()], draft);
    draft.change(Change::Import {
        module: module.to_owned(),
    });
    Ok(())
}

/// That what the module imports and defines at its top can be used at `used_at`.
///
/// # Errors
/// It is a cell of marimo, which sees what other cells give it and nothing else (executed with marimo 0.25.2).
pub(super) fn is_seen_from(head: Head<'_>, used_at: usize) -> Result<(), Refusal> {
    let body = &head.tree.body;
    let around = body.partition_point(|statement| span_of(statement).end <= used_at);
    let is_cell = match body.get(around) {
        Some(Stmt::FunctionDef(function)) => function.decorator_list.iter().any(|decorator| {
            let called = decorator
                .expression
                .as_call_expr()
                .map_or(&decorator.expression, |call| &*call.func);
            called
                .as_attribute_expr()
                .is_some_and(|attribute| attribute.attr == *"cell")
        }),
        _ => false,
    };
    match is_cell && all(head.tree).contains("marimo") {
        true => Err(Refusal::because(
            "a cell of marimo does not see what stands at the top of the file",
        )),
        false => Ok(()),
    }
}

/// The first parts of all modules that a file imports anywhere.
pub(super) fn all(tree: &ModModule) -> HashSet<String> {
    let statements = statements_in(&tree.body, Scope::All);
    statements.flat_map(imported_roots).map(str::to_owned).collect()
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

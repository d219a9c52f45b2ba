//! What other modules of the project do to the console: the functions that a module calls, and what runs where it is imported.

use std::path::Path;

use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use super::Console;
use crate::python::names::{FunctionId, Names, is_conftest};
use crate::python::program::{Others, Preparation, Script};
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::python::syntax::spans::span;
use crate::source::Span;

/// What a module does to the console, as those ask that come after it.
pub(in crate::python) fn preparation(module: &ModModule, names: &Names) -> Preparation {
    let console = Console::of(module, names);
    let mut preparation = Preparation::default();
    let scripts: Vec<Span> = module
        .body
        .iter()
        .filter(|statement| is_of_script(statement))
        .map(span)
        .collect();
    let is_of_script = |at: usize| scripts.iter().any(|script| script.start <= at && at < script.end);
    for place in console.reconfigured.iter().filter(|place| !is_of_script(place.start)) {
        match names.function_at(place.start) {
            Some(function) => _ = preparation.functions.insert(function),
            None => preparation.at_import = true,
        }
    }
    let all_calls = || expressions_in(&module.body, Scope::All).filter_map(Expr::as_call_expr);
    let calls = || all_calls().filter(|call| !is_of_script(call.start().to_usize()));
    let own: Vec<(Option<FunctionId>, FunctionId)> = calls()
        .filter_map(|call| {
            let callee = names.local_function(&call.func)?;
            Some((names.function_at(call.start().to_usize()), callee))
        })
        .collect();
    // Each round finds the callers of those that the last one found.
    let mut known = usize::MAX;
    while preparation.functions.len() != known {
        known = preparation.functions.len();
        for (caller, callee) in &own {
            match (caller, preparation.functions.contains(callee)) {
                (Some(caller), true) => _ = preparation.functions.insert(*caller),
                (None, true) => preparation.at_import = true,
                (_, false) => {}
            }
        }
    }
    let at_import = calls().filter(|call| names.function_at(call.start().to_usize()).is_none());
    let foreign = at_import.filter_map(|call| names.foreign_function(&call.func));
    preparation.calls = foreign
        .map(|(module, function)| (module.0.file().to_owned(), function))
        .collect();
    if !scripts.is_empty() {
        let calls = || all_calls().filter(|call| is_of_script(call.start().to_usize()));
        let mut own = calls().filter_map(|call| names.local_function(&call.func));
        let foreign = calls().filter_map(|call| names.foreign_function(&call.func));
        preparation.script = Some(Script {
            prepares: console.reconfigured.iter().any(|place| is_of_script(place.start))
                || own.any(|function| preparation.functions.contains(&function)),
            calls: foreign
                .map(|(module, function)| (module.0.file().to_owned(), function))
                .collect(),
        });
    }
    preparation
}

/// `if __name__ == "__main__":`, which no import runs.
fn is_of_script(statement: &Stmt) -> bool {
    let names_it = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id == "__name__");
    statement
        .as_if_stmt()
        .is_some_and(|choice| expressions_in(&*choice.test, Scope::All).any(names_it))
}

/// Whether another module makes the console take every character: wherever this one calls it, imports it or lies in its package, and
/// where all that is printed is printed later, in functions (`are_later`), wherever that one imports this.
pub(in crate::python) fn is_prepared_elsewhere(
    module: &ModModule,
    names: &Names,
    others: Others<'_>,
    are_later: bool,
) -> bool {
    let Some(file) = names.file() else {
        return false;
    };
    is_prepared_by_what_it_names(module, names, file, others)
        || are_later && is_prepared_by_importers(module, file, others)
}

fn is_prepared_by_what_it_names(module: &ModModule, names: &Names, file: &Path, others: Others<'_>) -> bool {
    let touching = others.touching_streams(file);
    let is_one = |file: &Path, function: FunctionId| prepares_by(others, file, function);
    let prepares_at_import = |file: &Path| {
        let preparation = others.preparation(file);
        preparation.is_some_and(|preparation| prepares_where_imported(&preparation, others))
    };
    if touching.is_empty() {
        return false;
    }
    if touching.iter().any(|file| prepares_at_import(file)) {
        return true;
    }
    let mut calls = expressions_in(&module.body, Scope::All).filter_map(Expr::as_call_expr);
    calls.any(|call| {
        let called = names.foreign_function(&call.func);
        called.is_some_and(|(module, function)| is_one(module.0.file(), function))
    })
}

/// Importers of importers are looked at so far.
const FARTHEST: usize = 4;

/// A module that more others import belongs to no one program.
const MOST_IMPORTERS: usize = 16;

/// Whether every program that imports the module makes the console take every character before it calls anything: what the module
/// prints in its functions. It is no program itself.
fn is_prepared_by_importers(module: &ModModule, file: &Path, others: Others<'_>) -> bool {
    let is_program = module.body.iter().any(is_of_script);
    !is_program && are_importers_prepared(file, others, FARTHEST)
}

fn are_importers_prepared(file: &Path, others: Others<'_>, farthest: usize) -> bool {
    let importers = others.program.importers(file);
    // What tests print, pytest takes in UTF-8.
    let mut programs = importers.iter().filter(|importer| !is_test(importer)).peekable();
    let (Some(farther), true) = (farthest.checked_sub(1), importers.len() <= MOST_IMPORTERS) else {
        return false;
    };
    programs.peek().is_some()
        && programs.all(|importer| match others.preparation(importer) {
            Some(preparation) if prepares_where_imported(&preparation, others) => true,
            Some(preparation) => match &preparation.script {
                Some(script) => {
                    let mut calls = script.calls.iter();
                    script.prepares || calls.any(|(file, function)| prepares_by(others, file, *function))
                }
                None => are_importers_prepared(importer, others, farther),
            },
            None => false,
        })
}

fn prepares_where_imported(preparation: &Preparation, others: Others<'_>) -> bool {
    let mut calls = preparation.calls.iter();
    preparation.at_import || calls.any(|(file, function)| prepares_by(others, file, *function))
}

fn prepares_by(others: Others<'_>, file: &Path, function: FunctionId) -> bool {
    let preparation = others.preparation(file);
    preparation.is_some_and(|preparation| preparation.functions.contains(&function))
}

/// Whether a runner of tests imports the module, by its name.
fn is_test(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("test_") || name.ends_with("_test.py") || is_conftest(file)
}

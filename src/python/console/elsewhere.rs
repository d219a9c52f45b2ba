//! What other modules of the project do to the console: the functions that a module calls, and what runs where it is imported.

use std::path::Path;

use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use super::Console;
use crate::python::names::{FunctionId, Names};
use crate::python::program::{Others, Preparation};
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
    let calls = || {
        let calls = expressions_in(&module.body, Scope::All).filter_map(Expr::as_call_expr);
        calls.filter(|call| !is_of_script(call.start().to_usize()))
    };
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
    preparation
}

/// `if __name__ == "__main__":`, which no import runs.
fn is_of_script(statement: &Stmt) -> bool {
    let names_it = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id == "__name__");
    statement
        .as_if_stmt()
        .is_some_and(|choice| expressions_in(&*choice.test, Scope::All).any(names_it))
}

/// Whether another module makes the console take every character, wherever this one calls it, imports it or lies in its package.
pub(in crate::python) fn is_prepared_elsewhere(module: &ModModule, names: &Names, others: Others<'_>) -> bool {
    let Some(file) = names.file() else {
        return false;
    };
    let touching = others.touching_streams(file);
    let is_one = |file: &Path, function: FunctionId| {
        let preparation = others.preparation(file);
        preparation.is_some_and(|preparation| preparation.functions.contains(&function))
    };
    let prepares_at_import = |file: &Path| {
        let Some(preparation) = others.preparation(file) else {
            return false;
        };
        preparation.at_import || preparation.calls.iter().any(|(file, function)| is_one(file, *function))
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

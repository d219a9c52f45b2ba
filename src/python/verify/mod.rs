//! The guarantee: a fixed text differs from the old one in nothing but what its fixes declare.
//!
//! One mechanism for all rules: the edits say which nodes are new and which are gone ([`map`]); what is new or gone and
//! declared is taken back ([`undo`], [`declared`], [`deadline`]); then the trees must be equal. Comments are no part of
//! the tree and are compared by the code that they stand at ([`comments`]).

mod arguments;
mod comments;
mod deadline;
mod declared;
mod level;
mod map;
mod new_deadlines;
mod stand_in;
mod undo;

use std::collections::BTreeSet;

use ruff_python_ast::comparable::ComparableStmt;
use ruff_python_ast::{ModModule, Stmt, StmtFunctionDef, Suite};
use ruff_python_parser::Parsed;

use self::declared::Declared;
use self::map::{EditMap, Side};
use self::undo::{Undo, for_each_suite};
use crate::finding::{Change, Edit};
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::python::syntax::parse;
use crate::python::syntax::spans::span;
use crate::source::SourceFile;

/// Whether `after` is `before` with `edits` applied and differs from it in nothing but `changes`: it parses, the trees
/// are equal modulo the changes, string values are equal, no comment is lost or stands at other code.
///
/// Each change allows for one difference, and only at the place that it names.
///
/// # Errors
/// What differs, for the internal-error line.
pub fn verify(before: &SourceFile, after: &SourceFile, edits: &[Edit], changes: &[Change]) -> Result<(), String> {
    only_edited(before.text(), after.text(), edits)?;
    let old = parse(before, "the old text")?;
    let new = parse(after, "the new text")?;
    let map = EditMap::new(edits);
    let declared = Declared::new(changes, Side::Old, &map);
    let declared_new = Declared::new(changes, Side::New, &map);
    let replaced = replaced_helpers(old.suite(), &map, &declared);
    let undo_old = Undo::new(Side::Old, &map, &declared, &replaced, old.suite());
    let undo_new = Undo::new(Side::New, &map, &declared_new, &replaced, new.suite());
    let texts = comments::Texts {
        old: (before.text(), &old),
        new: (after.text(), &new),
    };
    let (mut old_tree, mut new_tree) = (old.suite().clone(), new.suite().clone());
    undo_old.run(&mut old_tree)?;
    undo_new.run(&mut new_tree)?;
    undo_new.arguments_come_where_they_go(&undo_old)?;
    undo_new.items_come_as_they_went(&undo_old)?;
    stand_in::check(&undo_old.literals.take(), &undo_new.literals.take())?;
    if let Some(offset) = first_difference(&mut old_tree, &mut new_tree, after.text().len()) {
        let position = after.position(offset.min(after.text().len()));
        return Err(format!(
            "the code at line {} of the result is not what was declared",
            position.line
        ));
    }
    comments::check(&texts, &map, &declared, &undo_old)
}

/// # Errors
/// The first place at which more or less than `edits` differs.
fn only_edited(before: &str, after: &str, edits: &[Edit]) -> Result<(), String> {
    let (mut old, mut new) = (0, after);
    let outside = || "something outside the edits is changed".to_owned();
    for edit in edits {
        let kept = before.get(old..edit.span.start).ok_or_else(outside)?;
        new = new
            .strip_prefix(kept)
            .and_then(|rest| rest.strip_prefix(edit.text.as_str()))
            .ok_or_else(outside)?;
        old = edit.span.end;
    }
    (before.get(old..) == Some(new)).then_some(()).ok_or_else(outside)
}

fn parse(source: &SourceFile, which: &str) -> Result<Parsed<ModModule>, String> {
    parse::parse(source).map_err(|error| {
        let position = source.position(error.span.start);
        format!("{which} does not parse at line {}: {}", position.line, error.message)
    })
}

/// The declared helpers that the old text has already and that the edits touch.
fn replaced_helpers(module: &Suite, map: &EditMap, declared: &Declared<'_>) -> BTreeSet<String> {
    let helpers = helpers(module, declared).into_iter();
    let touched = helpers.filter(|function| map.touches(Side::Old, span(*function)));
    touched.map(|function| function.name.to_string()).collect()
}

/// The definitions of the declared helpers, however deep they stand.
fn helpers<'a>(module: &'a Suite, declared: &Declared<'_>) -> Vec<&'a StmtFunctionDef> {
    let functions = statements_in(module, Scope::All).filter_map(Stmt::as_function_def_stmt);
    functions.filter(|function| declared.helper(&function.name)).collect()
}

/// Where in the new text the trees begin to differ; `end` where statements are missing there.
fn first_difference(old: &mut Suite, new: &mut Suite, end: usize) -> Option<usize> {
    for (old, new) in old.iter_mut().zip(new.iter_mut()) {
        if ComparableStmt::from(&*old) != ComparableStmt::from(&*new) {
            return Some(difference_inside(old, new).unwrap_or(span(&*new).start));
        }
    }
    (old.len() != new.len()).then(|| new.get(old.len()).map_or(end, |extra| span(extra).start))
}

/// Where the blocks of two statements begin to differ, if they are of the same number.
fn difference_inside(old: &mut Stmt, new: &mut Stmt) -> Option<usize> {
    let mut blocks = Vec::new();
    for_each_suite(old, &mut |block| blocks.push(std::mem::take(block)));
    let mut blocks = blocks.into_iter();
    let end = span(&*new).end;
    let mut found = None;
    for_each_suite(new, &mut |block| {
        if let (None, Some(mut old)) = (found, blocks.next()) {
            found = first_difference(&mut old, block, end);
        }
    });
    found
}

#[cfg(test)]
mod replaced_tests;
#[cfg(test)]
mod tests;

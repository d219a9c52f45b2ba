//! Whether a module's name would mean something else, were the module imported at the top of the file.

use ruff_python_ast::{Alias, ExceptHandler, Expr, Identifier, Stmt};

use super::super::code::span_of;
use super::Head;
use crate::python::syntax::nodes::{Enclosing, Node, Scope, captured, nodes_in};

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
        *clashes.entry(key).or_insert_with(|| is_bound(statements, name, at))
    };
    remembered(None, body)
        || around.is_some_and(|around| remembered(Some(span_of(around).start), std::slice::from_ref(around)))
}

/// Whether something binds `name` otherwise, in the module's scope and in the functions of one top-level statement.
/// That begins at `at`; nothing where only what is outside of functions is looked at.
fn is_bound(statements: &[Stmt], name: &str, at: Option<usize>) -> bool {
    let is_it = |bound: &Identifier| bound.as_str() == name;
    let begins_there = |statement: &Stmt| at == Some(span_of(statement).start);
    let mut inside = Enclosing::nothing();
    let mut nodes = nodes_in(statements, Scope::All);
    while let Some(node) = nodes.next() {
        let is_bound = match node {
            Node::Statement(statement) => {
                let outer: Inside = inside.at(statement).copied().unwrap_or_default();
                let is_around = outer.is_around || begins_there(statement);
                match statement {
                    Stmt::FunctionDef(function) => {
                        match is_around {
                            true => inside.enter(
                                statement,
                                Inside {
                                    is_around,
                                    in_function: true,
                                },
                            ),
                            false => nodes.pass_over(),
                        }
                        is_it(&function.name)
                    }
                    Stmt::ClassDef(class) => {
                        inside.enter(statement, Inside { is_around, ..outer });
                        is_it(&class.name)
                    }
                    Stmt::Import(import) if !outer.in_function && import.names.iter().all(|one| imports(one, name)) => {
                        nodes.pass_over();
                        false
                    }
                    Stmt::Global(global) => global.names.iter().any(is_it),
                    _ => false,
                }
            }
            Node::Expr(Expr::Lambda(_)) => {
                nodes.pass_over();
                false
            }
            Node::Expr(Expr::Name(bound)) => !bound.ctx.is_load() && bound.id == name,
            Node::Expr(_) => false,
            Node::Parameter(parameter) => {
                nodes.pass_over();
                is_it(&parameter.name)
            }
            Node::Alias(alias) => {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                bound.split('.').next() == Some(name)
            }
            Node::Handler(ExceptHandler::ExceptHandler(handler)) => handler.name.as_ref().is_some_and(is_it),
            Node::Pattern(pattern) => captured(pattern).is_some_and(is_it),
        };
        if is_bound {
            return true;
        }
    }
    false
}

/// What a node stands in.
#[derive(Clone, Copy, Default)]
struct Inside {
    /// The top-level statement whose functions are looked at.
    is_around: bool,
    in_function: bool,
}

/// Whether it imports the module of that name itself.
fn imports(alias: &Alias, name: &str) -> bool {
    alias.asname.is_none() && alias.name.as_str().split('.').next() == Some(name)
}

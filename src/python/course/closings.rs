//! What closes once: a connection that is closed already is closed at once, in its own block, in a `finally`, in a tear-down.
//!
//! Executed with websockets 15.0.1, its blocking client and aiohttp 3.14.5, against a peer that does not close: the first close takes its
//! whole limit, the next one nothing.

use ruff_python_ast::{Expr, Stmt};

use super::builder::Builder;
use crate::python::syntax::dotted::last_name;
use crate::sites::Course;

impl<'a> Builder<'a, '_> {
    /// How the budget names the state that what has this name is closed in. None where nothing in the module closes it by name.
    fn closed(&self, connection: &Expr) -> Option<String> {
        let name = last_name(connection).filter(|name| self.all.functions.closes(name))?;
        let object = self.object(connection)?;
        // No attribute is called so.
        (!name.is_empty()).then(|| format!("{object}.<closed>"))
    }

    /// `close`, which closes what has this name: it takes nothing where that is closed already.
    pub(super) fn closed_once(&self, connection: &Expr, close: Course) -> Course {
        match self.closed(connection).filter(|_| !close.is_nothing()) {
            Some(object) => Course::Once {
                object,
                inner: Box::new(close),
            },
            None => close,
        }
    }

    /// What has this name gets another connection, which is not closed yet.
    pub(super) fn opened_anew(&self, target: &Expr) -> Course {
        match target {
            Expr::Tuple(all) => Course::sequence(all.elts.iter().map(|target| self.opened_anew(target))),
            Expr::List(all) => Course::sequence(all.elts.iter().map(|target| self.opened_anew(target))),
            _ => self.closed(target).map_or_else(Course::default, Course::LetGo),
        }
    }

    /// The same of all names that a statement assigns to.
    pub(super) fn opens_anew(&self, statement: &'a Stmt) -> Course {
        match statement {
            // Nobody closes nothing: what closes it again asks for it first.
            Stmt::Assign(assign) if assign.value.is_none_literal_expr() => Course::default(),
            Stmt::Assign(assign) => Course::sequence(assign.targets.iter().map(|target| self.opened_anew(target))),
            Stmt::AnnAssign(assign) => self.opened_anew(&assign.target),
            _ => Course::default(),
        }
    }
}

//! Clauses for a timeout that come too late: one before them takes it.

use std::cell::Cell;

use ruff_python_ast::comparable::ComparableStmt;
use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::transformer::{Transformer, walk_expr};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};

use crate::catalog::Catalog;
use crate::facts::PythonVersion;
use crate::python::syntax::spans::span;
use crate::python::values::caught_classes::caught_classes;
use crate::python::values::variables::Variables;
use crate::sites::LateClause;
use crate::source::Language;

/// The Pythons at which the classes of its own changed: `socket.timeout` became `TimeoutError` in 3.10,
/// `asyncio.TimeoutError` and that of `concurrent.futures` in 3.11 (executed with 3.8 to 3.13).
const TURNS: [PythonVersion; 3] = [
    PythonVersion::new(3, 0),
    PythonVersion::new(3, 10),
    PythonVersion::new(3, 11),
];

/// What the classes of a module's clauses mean.
pub(super) struct Classes<'a> {
    pub(super) variables: &'a dyn Variables,
    pub(super) catalog: &'a Catalog,
}

impl<'a> Classes<'a> {
    /// The clauses of a `try` for timeouts that one before them takes. A clause that does the same as that one is none.
    pub(super) fn late(&self, statement: &'a ast::StmtTry) -> Vec<LateClause> {
        let handlers: Vec<_> = statement
            .handlers
            .iter()
            .map(|ExceptHandler::ExceptHandler(handler)| handler)
            .take(super::FARTHEST)
            .collect();
        let mut found = Vec::new();
        let mut earlier: Vec<(&ast::ExceptHandlerExceptHandler, String)> = Vec::new();
        for handler in handlers {
            let caught = self.classes(handler);
            let late = caught.iter().find_map(|(class, path)| {
                let (first, by, since) = self.taken(path, &earlier)?;
                (!do_the_same(first, handler)).then(|| LateClause {
                    span: span(class),
                    class: path.clone(),
                    by: by.to_owned(),
                    is_same_class: own_class(path, since) == own_class(by, since),
                    since,
                })
            });
            found.extend(late);
            earlier.extend(caught.into_iter().map(|(_, path)| (handler, path)));
        }
        found
    }

    /// The earlier clause that takes an exception of this path, its class, and from which Python on.
    fn taken<'h>(
        &self,
        path: &str,
        earlier: &'h [(&'h ast::ExceptHandlerExceptHandler, String)],
    ) -> Option<(&'h ast::ExceptHandlerExceptHandler, &'h str, PythonVersion)> {
        TURNS.into_iter().find_map(|python| {
            let above = self.lineage(path, python)?;
            let takes = |class: &str| above.contains(&own_class(class, python));
            earlier
                .iter()
                .find(|(_, class)| takes(class))
                .map(|(handler, class)| (*handler, class.as_str(), python))
        })
    }

    /// A class that says that something took too long, and those that it is made of.
    fn lineage<'p>(&'p self, path: &'p str, python: PythonVersion) -> Option<Vec<&'p str>> {
        let own = own_class(path, python);
        let mut above = vec![own];
        match own {
            "TimeoutError" | "socket.timeout" => above.push("OSError"),
            "asyncio.TimeoutError" | "concurrent.futures.TimeoutError" => {}
            _ => {
                let known = self.catalog.timeout(Language::Python, path)?;
                above.extend(known.paths.iter().map(String::as_str));
                for base in &known.bases {
                    let base = own_class(base, python);
                    above.push(base);
                    if base == "TimeoutError" {
                        above.push("OSError");
                    }
                }
            }
        }
        above.extend(["Exception", "BaseException"]);
        Some(above)
    }

    /// The classes that a clause certainly names, with their paths.
    fn classes(&self, handler: &'a ast::ExceptHandlerExceptHandler) -> Vec<(&'a Expr, String)> {
        let Some(clause) = handler.type_.as_deref() else {
            return Vec::new();
        };
        let classes = caught_classes(clause, self.variables).into_iter();
        let certain = classes.filter(|caught| caught.is_certain);
        let paths = certain.filter_map(|caught| Some((caught.shown, caught.class.path()?.to_owned())));
        paths.take(super::FARTHEST).collect()
    }
}

/// Whether two clauses do the same, whatever they call what they caught.
fn do_the_same(one: &ast::ExceptHandlerExceptHandler, other: &ast::ExceptHandlerExceptHandler) -> bool {
    if one.body.len() != other.body.len() {
        return false;
    }
    let renaming = match (&one.name, &other.name) {
        (Some(to), Some(from)) if to.id != from.id => Some(Renaming {
            from: &from.id,
            to: &to.id,
            clashes: Cell::new(false),
        }),
        _ => None,
    };
    let is_same = |(one, other): (&Stmt, &Stmt)| {
        let mut other = other.clone();
        if let Some(renaming) = &renaming {
            renaming.visit_stmt(&mut other);
        }
        ComparableStmt::from(one) == ComparableStmt::from(&other)
    };
    let are_same = one.body.iter().zip(&other.body).all(is_same);
    are_same && renaming.is_none_or(|renaming| !renaming.clashes.get())
}

/// Gives a variable another name.
struct Renaming<'n> {
    from: &'n Name,
    to: &'n Name,
    /// The other name means something else already.
    clashes: Cell<bool>,
}

impl Transformer for Renaming<'_> {
    fn visit_expr(&self, expr: &mut Expr) {
        if let Expr::Name(name) = expr {
            self.clashes.set(self.clashes.get() || name.id == *self.to);
            if name.id == *self.from {
                name.id = self.to.clone();
            }
        }
        walk_expr(self, expr);
    }
}

/// The class that a path means on this Python, by one of its names.
fn own_class(path: &str, python: PythonVersion) -> &str {
    match path {
        "IOError" | "EnvironmentError" | "socket.error" | "select.error" => "OSError",
        "socket.timeout" if python >= PythonVersion::new(3, 10) => "TimeoutError",
        "asyncio.TimeoutError" | "asyncio.exceptions.TimeoutError" | "asyncio.tasks.TimeoutError" => {
            match python >= PythonVersion::new(3, 11) {
                true => "TimeoutError",
                false => "asyncio.TimeoutError",
            }
        }
        "concurrent.futures.TimeoutError" | "concurrent.futures._base.TimeoutError" => {
            match python >= PythonVersion::new(3, 11) {
                true => "TimeoutError",
                false => "concurrent.futures.TimeoutError",
            }
        }
        path => path,
    }
}

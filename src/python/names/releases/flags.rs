//! The flags of a module: its names that say which release is there, and those of the modules that it imports.

use foldhash::HashMap;
use ruff_python_ast::statement_visitor::{self, StatementVisitor};
use ruff_python_ast::{Expr, ModModule, Stmt};

use super::asks::{Asks, Tells, Told};
use crate::python::names::Names;
use crate::python::syntax::clauses::caught;
use crate::python::syntax::dotted::last_name;

/// What a name is that says which release is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) enum Flag {
    /// Its value does.
    Value,
    /// That it is there at all does, and nothing that comes of it: `None` in place of what another release has.
    Presence,
    /// What a call of it gives does.
    Function,
}

/// The flags of a module, by their names.
pub(in crate::python) type Flags = HashMap<String, Flag>;

/// The flags of the modules of the project that this one imports, directly or not.
pub(in crate::python) fn flags_elsewhere(names: &Names) -> Flags {
    let choosing = names.modules_that_choose();
    let flags = choosing.iter().flat_map(|module| module.0.flags());
    flags.map(|(name, flag)| (name.clone(), *flag)).collect()
}

/// What is known of the other modules of the project.
#[derive(Clone, Copy)]
pub(in crate::python) enum Others<'s> {
    /// What something that is imported is among their flags.
    Flags(&'s dyn Fn(&str) -> Option<Flag>),
    /// Only whether a path leads to one of them.
    Paths(&'s dyn Fn(&str) -> bool),
}

/// The names and attributes that the module assigns what tells releases apart, or assigns where an import fails, and its
/// functions that return it.
pub(in crate::python) fn flags(module: &ModModule, names: &Names, others: Others<'_>) -> Flags {
    let mut search = Search {
        names,
        others,
        functions: Vec::new(),
        at_imports: 0,
        found: Flags::default(),
    };
    search.visit_body(&module.body);
    search.found
}

struct Search<'a, 'n> {
    names: &'n Names,
    others: Others<'n>,
    /// The functions around, the innermost last.
    functions: Vec<&'a str>,
    /// How many `try` around catch that something is not there.
    at_imports: usize,
    found: Flags,
}

impl<'a> Search<'a, '_> {
    fn tells(&self, value: &Expr) -> bool {
        let told = Told {
            here: &self.found,
            others: self.others,
        };
        Asks::new(self.names, told).tells(value) == Some(Tells::Releases)
    }

    fn assigned(&mut self, targets: &'a [Expr], value: &Expr) {
        let is_constant = value.is_literal_expr();
        // What is waited for is a connection, whichever connect gave it.
        let tells = || !value.is_await_expr() && self.tells(value);
        if (self.at_imports > 0 && is_constant) || tells() {
            let names = targets.iter().filter_map(last_name);
            let flag = match value.is_none_literal_expr() {
                true => Flag::Presence,
                false => Flag::Value,
            };
            self.found.extend(names.map(|name| (name.to_owned(), flag)));
        }
    }
}

impl<'a> StatementVisitor<'a> for Search<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.functions.push(function.name.as_str());
                statement_visitor::walk_stmt(self, statement);
                self.functions.pop();
                return;
            }
            Stmt::Assign(assign) => self.assigned(&assign.targets, &assign.value),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assigned(std::slice::from_ref(&*assign.target), value);
                }
            }
            Stmt::Return(returned) => {
                if let (Some(value), Some(function)) = (&returned.value, self.functions.last())
                    && self.tells(value)
                {
                    self.found.insert((*function).to_owned(), Flag::Function);
                }
            }
            Stmt::Try(attempt) => {
                let missing = ["ImportError", "ModuleNotFoundError", "AttributeError"];
                let is_missing = |class: &Expr| self.names.resolve(class).is_some_and(|path| missing.contains(&path));
                let imports = attempt
                    .handlers
                    .iter()
                    .any(|handler| caught(handler).iter().any(is_missing))
                    && !asks_for_packages(&attempt.body);
                self.at_imports += usize::from(imports);
                statement_visitor::walk_stmt(self, statement);
                self.at_imports -= usize::from(imports);
                return;
            }
            _ => {}
        }
        statement_visitor::walk_stmt(self, statement);
    }
}

/// Whether a block imports what a release of something may lack: more than whole packages.
pub(in crate::python) fn asks_for_names(body: &[Stmt]) -> bool {
    let mut imports = body
        .iter()
        .filter(|one| one.is_import_from_stmt() || one.is_import_stmt());
    imports.next().is_some() && !asks_for_packages(body)
}

/// Whether all that can be missing is whole packages: `import websockets`. That tells whether one is installed, not which release.
fn asks_for_packages(body: &[Stmt]) -> bool {
    let mut imports = body
        .iter()
        .filter(|statement| statement.is_import_from_stmt() || statement.is_import_stmt());
    let is_package = |statement: &Stmt| match statement {
        Stmt::Import(import) => import.names.iter().all(|module| !module.name.contains('.')),
        _ => false,
    };
    imports.clone().next().is_some() && imports.all(is_package)
}

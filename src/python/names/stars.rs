//! What `from module import *` binds names to: what the module has, where that is one of the project.

use std::cell::Cell;

use ruff_python_ast::ExprName;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::Names;
use super::binding::{Bindings, Meaning, NameUse, ScopeId};
use super::evaluate::Evaluation;
use super::project::is_installed;
use super::table::Star;
use super::value::{Elsewhere, Value};
use crate::catalog::is_known;

impl Names {
    /// Whether a star import behind all that the module says of a variable of its own may bind that anew.
    pub(in crate::python) fn may_be_rebound(&self, name: &ExprName) -> bool {
        // Every reading of a variable asks this.
        if self.stars.is_empty() {
            return false;
        }
        let found = self.lookup(self.scope_at(name.start().to_usize()), &name.id);
        let steps = Cell::new(0);
        let evaluation = Evaluation::new(self, &steps);
        found.is_some_and(|found| evaluation.rebound(&name.id, found).is_some())
    }

    /// Whether a star import of a module of the project binds `name`.
    pub(in crate::python) fn is_brought(&self, name: &str) -> bool {
        let steps = Cell::new(0);
        let evaluation = Evaluation::new(self, &steps);
        !self.stars.is_empty() && evaluation.brought_by_project(&Name::new(name)).is_some()
    }
}

impl Evaluation<'_, '_> {
    /// What a name means that only a `from … import *` can bind.
    pub(super) fn starred(&self, name: &Name) -> Vec<Value> {
        let stars = self.table.stars.as_slice();
        // What a module of the project does not have, the star does not bring.
        let is_of_project = |path: &String| {
            let project = self.project;
            project.is_some_and(|(modules, home)| modules.named(home, path).is_some())
        };
        if let [star] = stars
            && let path = star.path_of(name)
            && !is_of_project(&path)
        {
            return self.path(path);
        }
        stars
            .iter()
            .find_map(|star| self.of_project(&star.path_of(name)))
            .unwrap_or_default()
    }

    /// What the last star import behind all bindings of a variable of the module binds it to: nothing where nobody knows; `None`
    /// where none does.
    pub(super) fn rebound(&self, name: &Name, (owner, entry): (ScopeId, &NameUse)) -> Option<Vec<Value>> {
        if owner != ScopeId(0) || self.table.stars.is_empty() {
            return None;
        }
        let Bindings::Known(known) = &entry.bindings else {
            return None;
        };
        let last = known.iter().map(|binding| binding.end).max()?;
        // Nothing but a module of that name itself is called like it.
        let is_module = |meaning: &Meaning| matches!(meaning, Meaning::Import(path) if !path.contains('.'));
        let may_be_any = !known.iter().all(|binding| is_module(&binding.meaning));
        let mut behind = self.table.stars.iter().rev().filter(|star| star.end > last);
        behind.find_map(|star| match self.module_of(star, name) {
            Some(module) => self.brought(star, name, &module),
            None => (may_be_any && !is_told(&star.module)).then(Vec::new),
        })
    }

    /// The same of a name that nothing else binds, as far as modules of the project say it.
    pub(super) fn brought_by_project(&self, name: &Name) -> Option<Vec<Value>> {
        let mut stars = self.table.stars.iter().rev();
        stars.find_map(|star| self.brought(star, name, &self.module_of(star, name)?))
    }

    fn module_of(&self, star: &Star, name: &Name) -> Option<Elsewhere> {
        let (modules, home) = self.project?;
        let path = star.path_of(name);
        let (module, names) = modules.named(home, &path)?;
        (names.len() == 1).then_some(module)
    }

    fn brought(&self, star: &Star, name: &Name, module: &Elsewhere) -> Option<Vec<Value>> {
        let there = &module.0.table;
        let is_bound = there.bound_in(ScopeId(0), name).is_some() && !name.starts_with('_');
        // Which names `__all__` has is not known.
        let is_certain = there.bound_in(ScopeId(0), "__all__").is_none();
        let values = || self.of_project(&star.path_of(name)).unwrap_or_default();
        is_bound.then(|| if is_certain { values() } else { Vec::new() })
    }
}

/// Whether what a module has that is none of the project is no secret: it comes with Python, or the catalogue knows it.
fn is_told(module: &str) -> bool {
    let first = module.split('.').next().unwrap_or_default();
    is_installed(first) || is_known(first)
}

//! Who reads a name, and which names are free.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::ExprName;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::Names;
use super::binding::{Binding, Bindings, Meaning, ScopeId, ScopeKind};
use super::builtins::is_builtin;

/// A scope with more nested scopes is not searched for the reads of one of its variables.
const MOST_NESTED: usize = 1_000;

impl Names {
    /// Whether `name` means something in a scope that is visible at the byte offset `at`, or in a scope nested in the
    /// one at `at`: bound, or read without being bound, or a builtin.
    pub(in crate::python) fn is_taken(&self, name: &str, at: usize) -> bool {
        let scope = self.scope_at(at);
        let around = self
            .chain(scope)
            .any(|scope| self.scope(scope).names.contains_key(name));
        is_builtin(name) || around || self.is_brought(name) || self.is_known_below(name, scope)
    }

    /// Whether anything reads the variable `name` of the scope at the byte offset `at`.
    pub(in crate::python) fn is_read(&self, name: &str, at: usize) -> bool {
        let scope = self.scope_at(at);
        let entry = self.scope(scope).names.get(name);
        entry.is_none_or(|entry| entry.reads > 0) || self.is_known_below(name, scope)
    }

    /// Whether `name`, a variable of a function, is read once and by that function alone.
    pub(in crate::python) fn is_read_once(&self, name: &ExprName) -> bool {
        let scope = self.scope_at(name.start().to_usize());
        let entry = self.scope(scope).names.get(&name.id);
        let is_local = matches!(self.scope(scope).kind, ScopeKind::Function(_));
        let is_bound_here = entry.is_some_and(|entry| entry.reads == 1 && matches!(entry.bindings, Bindings::Known(_)));
        is_local && is_bound_here && !self.is_known_below(&name.id, scope)
    }

    /// Whether a scope nested in `scope` reads or binds `name`.
    fn is_known_below(&self, name: &str, scope: ScopeId) -> bool {
        let scopes_of = self.scopes_of.get_or_init(|| {
            let mut all: HashMap<Name, Vec<ScopeId>> = HashMap::default();
            for (index, scope) in self.scopes.iter().enumerate() {
                let id = ScopeId(u32::try_from(index).unwrap_or(u32::MAX));
                for name in scope.names.keys() {
                    all.entry(name.clone()).or_default().push(id);
                }
            }
            all
        });
        let known = scopes_of.get(name).map_or(&[][..], Vec::as_slice);
        let next = known.get(known.partition_point(|known| *known <= scope));
        next.is_some_and(|next| next.0 < self.scope(scope).nested_end)
    }

    /// The first of `base`, `base_1`, `base_2`, … that is not taken at the byte offset `at`.
    pub(in crate::python) fn fresh(&self, base: &str, at: usize) -> String {
        let mut name = base.to_owned();
        let mut number = 0_usize;
        while self.is_taken(&name, at) {
            number += 1;
            name = format!("{base}_{number}");
        }
        name
    }

    /// Where the only read of `name` stands, a local variable of `scope`, and whether it is bound once; else it is bound
    /// in several branches that exclude each other. `None` when it is read or bound more often, by a function in it, or
    /// beyond the scope (`global`, class and module variables), or when more functions are nested in the scope than is
    /// worth looking through.
    pub(in crate::python) fn single_read(&self, scope: ScopeId, name: &str) -> Option<(usize, bool)> {
        let is_once = self.is_bound_once(scope, name)?;
        let entry = self.scope(scope).names.get(name)?;
        (entry.reads == 1).then_some((entry.last_read, is_once))
    }

    /// Whether a local variable is bound once; else it is in several branches that exclude each other. `None` as for
    /// [`Self::single_read`], however often it is read.
    pub(in crate::python) fn is_bound_once(&self, scope: ScopeId, name: &str) -> Option<bool> {
        let entry = self.scope(scope).names.get(name)?;
        let is_local = matches!(self.scope(scope).kind, ScopeKind::Function(_));
        let Bindings::Known(known) = &entry.bindings else {
            return None;
        };
        let is_once = known.len() == 1;
        let is_another = |binding: &Binding| match &binding.meaning {
            // What an `await` gives is another thing than what the other assignments keep.
            Meaning::Awaited { .. } | Meaning::AwaitedAlias(_) => !is_once,
            Meaning::Item(..) | Meaning::Display(_) | Meaning::InPlace | Meaning::Each(_) | Meaning::Iterated(_) => {
                true
            }
            _ => false,
        };
        if known.iter().any(is_another) {
            return None;
        }
        let blocks: HashSet<_> = known.iter().map(|binding| binding.branch.block).collect();
        let exclude_each_other = known.windows(2).all(|pair| match pair {
            [a, b] => a.branch.excludes(b.branch),
            _ => true,
        });
        let once = exclude_each_other && blocks.len() == known.len();
        let elsewhere = || {
            self.nested(scope).any(|scope| {
                let entry = self.scope(scope).names.get(name);
                entry.is_some_and(|entry| matches!(entry.bindings, Bindings::Nonlocal) || !entry.bindings.is_bound())
            })
        };
        let is_small = self.nested(scope).len() <= MOST_NESTED;
        (is_local && once && is_small && !elsewhere()).then_some(is_once)
    }
}

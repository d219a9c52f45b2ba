//! The scopes and bindings of one module as plain data, and Python's rules of which binding a name means.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::ExprName;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::binding::{Binding, Bindings, Function, FunctionId, Meaning, NameUse, Scope, ScopeId, ScopeKind};
use super::constructions::Construction;
use super::displays::Item;
use super::elements::Put;
use super::fixtures::Fixtures;
use crate::steps;

/// Scopes and bindings of one module. Holds nothing of the tree, and can be shared between threads.
#[derive(Default)]
pub(in crate::python) struct Table {
    pub(super) scopes: Vec<Scope>,
    pub(super) functions: Vec<Function>,
    /// From which byte offset on which scope holds, by offset.
    pub(super) regions: Vec<(usize, ScopeId)>,
    /// Every name that an import binds, with its scope, in source order.
    pub(super) imports: Vec<(ScopeId, Name)>,
    /// The modules of `from module import *`.
    pub(super) stars: Vec<Star>,
    /// The functions that may be fixtures.
    pub(super) fixtures: Fixtures,
    /// What is put into lists and dictionaries in place, by the names of these, of variables and attributes.
    pub(super) put: HashMap<Name, Put>,
    /// The names, of variables and attributes, whose lists or dictionaries something changes in place, in whatever way.
    pub(super) altered: HashSet<Name>,
    /// Dictionaries all of whose keys are written out, by where they begin.
    pub(super) displays: HashMap<usize, Vec<Item>>,
    /// The values of the other ones, and of those that are empty, by where they begin.
    pub(super) other_displays: HashMap<usize, Vec<Meaning>>,
    /// What the `lambda`s give that call something, by where they begin.
    pub(super) lambdas: HashMap<usize, Vec<Meaning>>,
    /// The calls that may make objects of the project's own classes, by where they begin.
    pub(super) constructions: BTreeMap<usize, Construction>,
    /// A function takes keywords by `**name`.
    pub(super) takes_keywords: bool,
}

/// `from module import *`.
#[derive(Debug)]
pub(super) struct Star {
    pub(super) module: String,
    /// Where the statement ends.
    pub(super) end: usize,
}

impl Star {
    /// The path of what it may bind to `name`.
    pub(super) fn path_of(&self, name: &str) -> String {
        let separator = if self.module.ends_with('.') { "" } else { "." };
        format!("{}{separator}{name}", self.module)
    }
}

impl Table {
    /// The innermost scope at a byte offset.
    pub(in crate::python) fn scope_at(&self, offset: usize) -> ScopeId {
        let after = self.regions.partition_point(|(start, _)| *start <= offset);
        after
            .checked_sub(1)
            .and_then(|index| self.regions.get(index))
            .map_or(ScopeId(0), |(_, scope)| *scope)
    }

    /// What is known of a function of this module.
    pub(in crate::python) fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// Whether a function of this module yields.
    pub(in crate::python) fn yields(&self, id: FunctionId) -> bool {
        !self.function(id).gives.yielded.is_empty()
    }

    /// Whether a function of this module yields, or returns what another one gives that does, so that entering it stands for a block.
    pub(in crate::python) fn stands_for_a_block(&self, id: FunctionId) -> bool {
        const FARTHEST: usize = 4;
        let handed_on = |id: &FunctionId| match &*self.function(*id).gives.returned {
            [Meaning::Outcome { callee, .. }] if callee.steps.is_empty() && !self.is_async(*id) => {
                match &self.lookup(callee.scope, &callee.root)?.1.bindings {
                    Bindings::Known(known) => match &**known {
                        [
                            Binding {
                                meaning: Meaning::Function(function),
                                ..
                            },
                        ] => Some(*function),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        };
        std::iter::successors(Some(id), handed_on)
            .take(FARTHEST)
            .any(|id| self.yields(id))
    }

    /// Whether a fixture of this module is made once for several tests: for a module, a package, or all of them.
    pub(in crate::python) fn is_shared(&self, fixture: FunctionId) -> bool {
        self.fixtures.shared.contains(&fixture)
    }

    /// The names of the parameters of a function, but for a method's first one and what takes any number.
    pub(in crate::python) fn parameters(&self, id: FunctionId) -> &[Name] {
        &self.function(id).gives.parameters
    }

    /// Whether a function of this module is a coroutine.
    pub(in crate::python) fn is_async(&self, id: FunctionId) -> bool {
        self.function(id).gives.is_async
    }

    /// Every function of this module, nested ones and methods included.
    pub(in crate::python) fn functions(&self) -> impl ExactSizeIterator<Item = &Function> {
        self.functions.iter()
    }

    /// The innermost function whose body holds the byte offset `at`.
    pub(in crate::python) fn function_at(&self, at: usize) -> Option<FunctionId> {
        self.chain(self.scope_at(at))
            .find_map(|scope| match self.scope(scope).kind {
                ScopeKind::Function(function) => Some(function),
                _ => None,
            })
    }

    /// The function whose variable a name means at the byte offset `at`.
    pub(in crate::python) fn variable_of(&self, name: &str, at: usize) -> Option<FunctionId> {
        let (owner, _) = self.lookup(self.scope_at(at), name)?;
        match self.scope(owner).kind {
            ScopeKind::Function(function) => Some(function),
            _ => None,
        }
    }

    /// The name of a function that is a method.
    pub(in crate::python) fn method_name(&self, id: FunctionId) -> Option<&str> {
        let function = self.function(id);
        function.class.map(|_| function.name())
    }

    /// The methods that the body of a class defines.
    pub(in crate::python) fn methods(&self, class: ScopeId) -> impl Iterator<Item = FunctionId> {
        let all = self.functions.iter().enumerate();
        let of_class = all.filter(move |(_, function)| function.class == Some(class));
        of_class.map(|(index, _)| FunctionId::at(index))
    }

    /// The names of the classes that the module defines, nested ones included.
    pub(in crate::python) fn class_names(&self) -> impl Iterator<Item = &Name> {
        self.scopes.iter().filter_map(|scope| scope.name.as_ref())
    }

    /// Whether the body of a class defines what makes its objects.
    pub(super) fn has_constructor(&self, class: ScopeId) -> bool {
        self.scope(class).names.contains_key(super::keywords::CONSTRUCTOR)
    }

    pub(super) fn scope(&self, id: ScopeId) -> &Scope {
        steps::take();
        &self.scopes[id.0 as usize]
    }

    pub(super) fn chain(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> {
        std::iter::successors(Some(scope), |scope| self.scope(*scope).parent)
    }

    pub(super) fn nested(&self, scope: ScopeId) -> impl ExactSizeIterator<Item = ScopeId> {
        (scope.0 + 1..self.scope(scope).nested_end).map(ScopeId)
    }

    /// The scope whose binding `name` means in `scope`, by Python's rules, with what happens to it there.
    pub(super) fn lookup(&self, scope: ScopeId, name: &str) -> Option<(ScopeId, &NameUse)> {
        let mut class_is_visible = true;
        for id in self.chain(scope) {
            let current = self.scope(id);
            let is_visible = current.kind != ScopeKind::Class || class_is_visible;
            class_is_visible &= current.kind == ScopeKind::TypeParameters;
            let Some(entry) = current.names.get(name).filter(|_| is_visible) else {
                continue;
            };
            match &entry.bindings {
                Bindings::Global => return self.bound_in(ScopeId(0), name),
                Bindings::Known(known) if known.is_empty() => {}
                Bindings::Known(_) | Bindings::Opaque => return Some((id, entry)),
                Bindings::Nonlocal => {}
            }
        }
        None
    }

    pub(super) fn bound_in(&self, scope: ScopeId, name: &str) -> Option<(ScopeId, &NameUse)> {
        let entry = self.scope(scope).names.get(name)?;
        entry.bindings.is_bound().then_some((scope, entry))
    }

    /// The scope around `scope` that a `nonlocal name` in it means.
    pub(super) fn owner_of_nonlocal(&self, scope: ScopeId, name: &str) -> Option<ScopeId> {
        let parent = self.scope(scope).parent?;
        let (owner, _) = self.lookup(parent, name)?;
        Some(owner)
    }

    /// The class of the method that `scope` is, or stands in.
    pub(super) fn class_around(&self, scope: ScopeId) -> Option<ScopeId> {
        let mut around = self.chain(scope);
        around.find(|scope| self.scope(*scope).kind == ScopeKind::Class)
    }

    /// Whether `name` is what a method calls its object, in the method or in a function in it.
    pub(in crate::python) fn is_receiver(&self, name: &ExprName) -> bool {
        self.receiver_class(self.scope_at(name.start().to_usize()), &name.id)
            .is_some()
    }

    /// The class whose instance `name` is in `scope`: the first parameter of a method, in the method or in a function
    /// in it.
    pub(super) fn receiver_class(&self, scope: ScopeId, name: &str) -> Option<ScopeId> {
        match &self.lookup(scope, name)?.1.bindings {
            Bindings::Known(known) => match known.as_slice() {
                [
                    Binding {
                        meaning: Meaning::Receiver(class),
                        ..
                    },
                ] => Some(*class),
                _ => None,
            },
            _ => None,
        }
    }
}

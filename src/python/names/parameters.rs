//! Which parameter of which function a name means.

use std::cell::{Cell, RefCell};

use ruff_python_ast::name::Name;
use ruff_python_ast::{Arguments, Expr, ExprName};
use ruff_text_size::Ranged;

use super::Names;
use super::binding::{Bindings, FunctionId, Meaning, ScopeId, ScopeKind};
use super::evaluate::Evaluation;
use super::keywords::CONSTRUCTOR;
use super::makings::Making;
use super::table::Table;
use super::value::Value;

/// A parameter of a function of the module.
pub(in crate::python) struct Parameter {
    pub(in crate::python) function: FunctionId,
    pub(in crate::python) name: Name,
    /// It is the first one, behind a method's object.
    pub(in crate::python) is_first: bool,
    /// The function that its function is defined in.
    pub(in crate::python) outside: Option<FunctionId>,
}

/// A parameter whose object is never another one than the caller's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::python) struct Given {
    /// The function that has it.
    pub(in crate::python) function: FunctionId,
    /// The class whose constructor the function is.
    pub(in crate::python) class: Option<ScopeId>,
    /// The constructor of a class that inherits from that one: of the object in question its calls alone count.
    pub(in crate::python) by: Option<FunctionId>,
    pub(super) name: Name,
    pub(super) position: usize,
}

impl Given {
    /// What a call with these arguments gives for it; nothing where that is not to be seen.
    pub(in crate::python) fn of<'e>(&self, arguments: &'e Arguments) -> Option<&'e Expr> {
        arguments
            .find_argument_value(&self.name, self.position)
            .filter(|value| !value.is_starred_expr())
    }
}

impl Table {
    /// The parameter of this name, where that is one in the scope of its function.
    pub(super) fn given(&self, owner: ScopeId, name: &Name) -> Option<Given> {
        let ScopeKind::Function(id) = self.scope(owner).kind else {
            return None;
        };
        self.given_to(id, name)
    }

    /// The parameter of this name of a function.
    pub(super) fn given_to(&self, id: FunctionId, name: &Name) -> Option<Given> {
        let position = self.parameters(id).iter().position(|parameter| parameter == name)?;
        let function = self.function(id);
        Some(Given {
            function: id,
            class: function.class.filter(|_| function.name() == CONSTRUCTOR),
            by: None,
            name: name.clone(),
            position,
        })
    }
}

impl Names {
    /// The parameter that `expr` is the object of, where it stands: by its name, or as the attribute that a constructor keeps it in.
    pub(in crate::python) fn given(&self, expr: &Expr) -> Option<Given> {
        match expr {
            Expr::Name(name) => self.given_in(self.scope_at(name.start().to_usize()), &name.id),
            Expr::Attribute(attribute) => {
                let [Value::Instance(class)] = self.values(&attribute.value) else {
                    return None;
                };
                let (keeper, by) = self.keeper(*class, &attribute.attr.id)?;
                let scope = self.scope(keeper);
                let kept = scope.attributes.get(&attribute.attr.id)?;
                let (Bindings::Known(known), None) = (kept, scope.names.get(&attribute.attr.id)) else {
                    return None;
                };
                let [only] = known.as_slice() else {
                    return None;
                };
                let Meaning::Alias(kept) = &only.meaning else {
                    return None;
                };
                let given = kept.steps.is_empty().then(|| self.given_in(kept.scope, &kept.root))?;
                let given = given.filter(|given| given.class == Some(keeper))?;
                Some(Given { by, ..given })
            }
            _ => None,
        }
    }

    /// The class of the module that an object of `class` has an attribute from, and the constructor of a class on the way there that
    /// calls that one's, if there is one.
    fn keeper(&self, class: ScopeId, name: &Name) -> Option<(ScopeId, Option<FunctionId>)> {
        let steps = Cell::new(0);
        let evaluation = Evaluation::new(self, &steps);
        let (mut class, mut by) = (class, None);
        loop {
            let scope = self.scope(class);
            if scope.attributes.contains_key(name) || scope.names.contains_key(name) {
                return Some((class, by));
            }
            let bases = evaluation.bases(class);
            let [Some(Value::Class(base))] = bases.as_slice() else {
                return None;
            };
            by = self.own_constructor(class).or(by);
            class = *base;
        }
    }

    fn own_constructor(&self, class: ScopeId) -> Option<FunctionId> {
        match &self.scope(class).names.get(CONSTRUCTOR)?.bindings {
            Bindings::Known(known) => known.iter().find_map(|binding| match binding.meaning {
                Meaning::Function(function) => Some(function),
                _ => None,
            }),
            _ => None,
        }
    }

    fn given_in(&self, scope: ScopeId, name: &Name) -> Option<Given> {
        let (owner, entry) = self.lookup(scope, name)?;
        let given = self.table.given(owner, name)?;
        matches!(&entry.bindings, Bindings::Known(known) if known.len() == 1).then_some(given)
    }

    /// Where the calls begin of which one makes what `expr` is at its place, unless a caller gives an object for one of the
    /// parameters that come with them: `session or ClientSession()`. None where there is no such parameter.
    pub(in crate::python) fn made_unless_given(&self, expr: &Expr) -> Option<(Vec<usize>, Vec<Given>)> {
        let (steps, aside) = (Cell::new(0), RefCell::default());
        let evaluation = Evaluation::unless_given(self, &steps, &aside);
        let makings = evaluation.makings(expr, self.scope_at(expr.start().to_usize()))?;
        let sources: Vec<&Making> = makings.iter().flat_map(Making::sources).collect();
        let are_made_here = sources.iter().all(|making| !making.awaited && making.module.is_none());
        let given = aside.into_inner();
        let is_either = !sources.is_empty() && !given.is_empty();
        (are_made_here && is_either).then(|| (sources.iter().map(|making| making.call).collect(), given))
    }

    /// The parameter that `name` means where it stands, also in a function within that of the parameter.
    pub(in crate::python) fn parameter(&self, name: &ExprName) -> Option<Parameter> {
        let (owner, _) = self.lookup(self.scope_at(name.start().to_usize()), &name.id)?;
        let function_of = |scope| match self.scope(scope).kind {
            ScopeKind::Function(function) => Some(function),
            _ => None,
        };
        let function = function_of(owner)?;
        let position = self
            .parameters(function)
            .iter()
            .position(|parameter| *parameter == name.id)?;
        Some(Parameter {
            function,
            name: name.id.clone(),
            is_first: position == 0,
            outside: self.chain(owner).skip(1).find_map(function_of),
        })
    }
}

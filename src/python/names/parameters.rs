//! Which parameter of which function a name means.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Arguments, Expr, ExprName};
use ruff_text_size::Ranged;

use super::Names;
use super::binding::{Bindings, FunctionId, Meaning, ScopeId, ScopeKind, Value};
use super::keywords::CONSTRUCTOR;

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
    name: Name,
    position: usize,
}

impl Given {
    /// What a call with these arguments gives for it; nothing where that is not to be seen.
    pub(in crate::python) fn of<'e>(&self, arguments: &'e Arguments) -> Option<&'e Expr> {
        arguments
            .find_argument_value(&self.name, self.position)
            .filter(|value| !value.is_starred_expr())
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
                let scope = self.scope(*class);
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
                given.filter(|given| given.class == Some(*class))
            }
            _ => None,
        }
    }

    fn given_in(&self, scope: ScopeId, name: &Name) -> Option<Given> {
        let (owner, entry) = self.lookup(scope, name)?;
        let (ScopeKind::Function(id), Bindings::Known(known)) = (self.scope(owner).kind, &entry.bindings) else {
            return None;
        };
        let position = self.parameters(id).iter().position(|parameter| parameter == name)?;
        let function = self.function(id);
        (known.len() == 1).then(|| Given {
            function: id,
            class: function.class.filter(|_| function.name() == CONSTRUCTOR),
            name: name.clone(),
            position,
        })
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

//! Which parameter of which function a name means.

use ruff_python_ast::ExprName;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::Names;
use super::binding::{FunctionId, ScopeKind};

/// A parameter of a function of the module.
pub(in crate::python) struct Parameter {
    pub(in crate::python) function: FunctionId,
    pub(in crate::python) name: Name,
    /// It is the first one, behind a method's object.
    pub(in crate::python) is_first: bool,
    /// The function that its function is defined in.
    pub(in crate::python) outside: Option<FunctionId>,
}

impl Names {
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

//! What an expression can stand for, once names and imports are followed.

use std::fmt;
use std::sync::Arc;

use super::binding::{FunctionId, ScopeId};
use super::project::Summary;

/// What an expression can mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::python) enum Value {
    /// What a dotted path leads to: `websockets.connect`.
    Path(String),
    /// What calling a path gives: an instance, when it is a class.
    Outcome(String),
    /// `functools.partial` of a path, by where the call of `partial` begins.
    Partial {
        /// What is called in the end.
        path: String,
        /// The byte offset of the call of `partial`.
        call: usize,
    },
    /// A function of this module.
    Function(FunctionId),
    /// A `lambda` of this module, by where it begins.
    Lambda(usize),
    /// A class of this module.
    Class(ScopeId),
    /// An instance of a class of this module.
    Instance(ScopeId),
    /// A number, by its bits.
    Number(u64),
    /// A text with characters beyond ASCII.
    Text(Arc<str>),
    /// A tuple or list, by what each element can mean.
    Tuple(Vec<Vec<Value>>),
    /// A dictionary, by its keys and what the value of each can mean.
    Dict(Arc<[(Arc<str>, Vec<Value>)]>),
    /// A number, or an object of a library, unless who calls the function of a parameter gives something else.
    Usual(Box<Value>),
    /// Something that another module of the project defines.
    Foreign {
        /// The module.
        module: Elsewhere,
        /// What it means there.
        value: Box<Value>,
        /// The path that the imports lead to it by.
        path: String,
    },
}

impl Value {
    /// What it is in the module that defines it.
    pub(in crate::python) fn at_home(&self) -> &Self {
        match self {
            Self::Foreign { value, .. } => value,
            own => own,
        }
    }

    /// Whether it is an object of `unittest.mock`.
    pub(in crate::python) fn is_mock(&self) -> bool {
        matches!(self, Self::Outcome(path) if path.starts_with("unittest.mock."))
    }
}

/// Those that are not the same as one before.
pub(super) fn each_once(values: &[Value]) -> impl Iterator<Item = &Value> {
    let is_new = |(at, value): &(usize, &Value)| !values.iter().take(*at).any(|before| before == *value);
    values.iter().enumerate().filter(is_new).map(|(_, value)| value)
}

/// Another module of the project.
#[derive(Clone)]
pub(in crate::python) struct Elsewhere(pub(in crate::python) Arc<Summary>);

impl PartialEq for Elsewhere {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Elsewhere {}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.file().fmt(formatter)
    }
}

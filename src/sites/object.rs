//! Whose method a call calls, and what the objects of a class have that is otherwise in what the class inherits from.

use std::path::Path;
use std::sync::Arc;

use super::Callee;

/// The object that the function of a call is a method of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Object {
    /// Any, or none.
    #[default]
    Any,
    /// The one of the function around: it has the method that its class has, which may be another one than what the call names.
    Own,
    /// The same, and the very method that the call names: `super().open()`.
    OwnBase,
    /// One of this class, whose method the call names.
    Of(Class),
}

/// A class of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// One of the same file, by a number of its own there.
    Here(usize),
    /// One of the file at this absolute path.
    Elsewhere(Arc<Path>, usize),
}

/// What the objects of a class have in the place of what the methods expect that it inherits.
#[derive(Clone, Debug, Default)]
pub struct Overriding {
    /// By the methods of what it inherits from: those in their place; none where nothing is known of what is there.
    pub methods: Vec<(Callee, Option<Callee>)>,
    /// The attributes that hold something else than the connections of what it inherits from.
    pub attributes: Vec<String>,
}

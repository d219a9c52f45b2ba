//! What a visit asks of the other files of the crate and of the packages beside it. Who has read them answers: a visit finds out
//! what is asked of its own file, and stands below those that hold many.

use crate::rust::collect::carried::Limits;
use crate::rust::collect::own_deadlines::{InSilence, Own};
use crate::rust::collect::values::Kind;
use crate::rust::names::macros::Definition;
use crate::rust::names::{Beyond, Name};
use crate::sites::Bound;

/// The other files as one sees them: what it may import, by the paths that it has for it.
pub(in crate::rust) trait OtherFiles: Beyond {
    /// Whether some file that is looked into has what this path means.
    fn has(&self, path: &str) -> bool;
    /// Whether a path is that of a function of another file.
    fn is_function(&self, path: &str) -> bool;
    /// What a function or a method gives; none where nothing shows its declaration.
    fn given_by(&self, path: &str) -> Option<Option<Kind>>;
    /// What a field of a type is.
    fn field(&self, of: &str, name: &str) -> Option<Kind>;
    /// What an alias means; none for what is none.
    fn alias(&self, path: &str) -> Option<Option<Kind>>;
    /// Which of the types that it is given an alias stands for.
    fn stands_for(&self, path: &str) -> Option<usize>;
    /// What a constant is, or what its own name makes: a struct without fields.
    fn value(&self, path: &str) -> Option<Kind>;
    /// How long a constant is.
    fn constant(&self, path: &str) -> Option<Bound>;
    /// Which limits what a function gives, or a field, brings along.
    fn limits(&self, path: &str) -> Option<Limits>;
    /// What a function does with time.
    fn own(&self, path: &str) -> Option<Own>;
    /// What a function or a method makes of it that nothing came in time.
    fn in_silence(&self, path: &str) -> Option<InSilence>;
    /// What a method of the type or trait at this path does with time.
    fn own_method(&self, of: &str, method: &str) -> Option<Own>;
    /// What the method of this name does with time that a trait has which the module at this path declares or hands on.
    fn own_in_module(&self, module: &str, method: &str) -> Option<Own>;
    /// Whether a function of another file gives the signal that it is given at this index.
    fn gives_signal(&self, path: &str, index: usize) -> bool;
    /// What a macro of this name does with what it is given, whose path means this: of the crate that the path begins with, or
    /// of the file's own package.
    fn macro_called(&self, name: &str, meaning: &Name) -> Option<Definition>;
}

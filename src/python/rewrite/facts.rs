//! What the rewrites find out about a module once, however many connects and prints it has.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use super::imports::Place;

/// What the rewrites find out about a module once, when they first need it.
#[derive(Debug, Default)]
pub(in crate::python) struct Facts {
    /// One unit of indentation.
    pub(super) unit: OnceCell<String>,
    /// The first parts of all modules that are imported anywhere.
    pub(super) imported: OnceCell<HashSet<String>>,
    /// Where an import of a module goes, by the module, and behind which offset it may be used.
    pub(super) places: RefCell<HashMap<String, Option<(Place, usize)>>>,
    /// Whether a name means something else than the module of this name, by the name and the start of the top-level
    /// statement that it is wanted in.
    pub(super) clashes: RefCell<HashMap<(String, usize), bool>>,
    /// The name that an added `safe_print` gets.
    pub(super) helper_name: OnceCell<String>,
    /// The last names of all callees that are called with a keyword, with that.
    pub(super) keyword_calls: OnceCell<HashSet<(String, String)>>,
}

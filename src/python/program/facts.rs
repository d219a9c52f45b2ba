//! What one module says to those that use it. Plain data, which the collectors find out.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use foldhash::{HashMap, HashSet};

use crate::catalog::ApiId;
use crate::python::deadlines::around::Wrapped;
use crate::python::deadlines::callers::{CallSiteId, Callers};
use crate::python::names::{FunctionId, ScopeId};
use crate::python::testing::stand_ins::LastingReplacements;
use crate::sites::{Bound, Carried, Connect, Deadline, FileCourses, OtherPlace, Raising};
use crate::source::Span;

/// What one module says of its functions and objects to those that use them. Plain data.
#[derive(Debug)]
pub(in crate::python) struct Facts {
    /// What the objects carry that limits come from.
    pub(in crate::python) carried: CarriedObjects,
    /// The limits that these objects are made with, where they are written.
    pub(in crate::python) limits: HashMap<usize, Bound>,
    /// What the functions block the thread with that run where they are called, by their place.
    pub(in crate::python) blocking: HashMap<usize, BlockedBy>,
    pub(in crate::python) courses: Arc<FileCourses>,
    pub(in crate::python) uses: Uses,
    /// The deadlines that the functions put around what they are given to run.
    pub(in crate::python) wrappings: HashMap<(FunctionId, Wrapped), Deadline>,
    /// What the functions raise to those that call them: found out where a clause around such a call asks, which few do.
    pub(in crate::python) raised: OnceLock<HashMap<FunctionId, Raised>>,
    /// What the functions replace by stand-ins.
    pub(in crate::python) replaced: LastingReplacements,
    /// What the functions do with the keywords that they take.
    pub(in crate::python) hands_on: HashMap<FunctionId, HandsOn>,
}

impl Facts {
    /// The connects of the module, by position.
    pub(in crate::python) fn connects(&self) -> &[Connect] {
        &self.courses.connects
    }
}

/// What the objects of a module carry.
#[derive(Debug, Default)]
pub(in crate::python) struct CarriedObjects {
    /// By where the calls begin that make them.
    pub(in crate::python) by_call: HashMap<usize, Carried>,
    /// Those of its own classes, by whose constructor makes them.
    pub(in crate::python) by_class: HashMap<ScopeId, Carried>,
    /// By where the calls begin that make objects of classes of other modules: where the class stands whose constructor runs.
    pub(in crate::python) of_others: HashMap<usize, (PathBuf, ScopeId)>,
}

/// What blocks in a function.
#[derive(Clone, Debug)]
pub(in crate::python) struct BlockedBy {
    /// The function of the catalogue, by its path.
    pub(in crate::python) path: String,
    /// Where it is called.
    pub(in crate::python) place: OtherPlace,
}

/// What a module does with functions that are not its own, and who calls what in it. Plain data.
#[derive(Debug, Default)]
pub(in crate::python) struct Uses {
    /// The functions of other modules that it calls.
    pub(in crate::python) calls: Vec<UsedFunction>,
    /// The methods that it calls of objects of which nothing is known, by their names.
    pub(in crate::python) unknown: Vec<(String, CallSiteId)>,
    /// The functions of other modules that it hands on, by their file and name.
    pub(in crate::python) handed_on: Vec<(PathBuf, String)>,
    /// The functions of other modules whose class or module it hands on, by their file and name.
    pub(in crate::python) handed_on_whole: Vec<(PathBuf, String)>,
    /// The calls in it.
    pub(in crate::python) callers: Callers,
    /// The functions of its own that callers of its own bound.
    pub(in crate::python) covered: Arc<Covered>,
    /// Its methods that stand in the place of those of other modules.
    pub(in crate::python) overrides: Vec<Override>,
}

impl Uses {
    /// The names of the functions of the module at this absolute path that it calls or hands on.
    pub(in crate::python) fn of_file<'u>(&'u self, file: &'u Path) -> impl Iterator<Item = &'u str> {
        let calls = self.calls.iter().map(|used| (&used.file, &used.name));
        let handed_on = self.handed_on.iter().map(|(file, name)| (file, name));
        let of_file = calls.chain(handed_on).filter(move |(of, _)| *of == file);
        of_file.map(|(_, name)| name.as_str())
    }
}

/// The functions of a module whose calls all stand under a deadline: the loosest of those.
pub(in crate::python) type Covered = HashMap<FunctionId, Deadline>;

/// A method that stands in the place of one of a base class in another module.
#[derive(Debug)]
pub(in crate::python) struct Override {
    pub(in crate::python) function: FunctionId,
    /// The other module's file.
    pub(in crate::python) file: Arc<Path>,
    /// The method there.
    pub(in crate::python) method: FunctionId,
}

/// A call of a function of another module.
#[derive(Debug)]
pub(in crate::python) struct UsedFunction {
    /// The module's file.
    pub(in crate::python) file: PathBuf,
    /// The function's name, behind those of the classes around it.
    pub(in crate::python) name: String,
    /// The call.
    pub(in crate::python) call: Span,
    /// The same among the calls of the module.
    pub(in crate::python) site: CallSiteId,
    /// What it raises is looked at there, or its text goes on.
    pub(in crate::python) is_told_of: bool,
}

/// What a function does with the keywords that it takes by `**name`. Plain data.
#[derive(Clone, Debug)]
pub(in crate::python) struct HandsOn {
    /// The keywords that get no further: the function's own parameters, what it gives itself, and what it looks at, sets or
    /// takes out.
    pub(in crate::python) kept: HashSet<String>,
    pub(in crate::python) to: To,
    /// The call that gets the others.
    pub(in crate::python) call: Span,
    /// What is there, a clause.
    pub(in crate::python) what: String,
}

/// Who gets the keywords of a function.
#[derive(Clone, Debug)]
pub(in crate::python) enum To {
    /// The connect that the call is.
    Connect,
    /// The constructor of this connect, which a class inherits from: where it is called, that is the connect.
    Constructor(ApiId, String),
    /// A function of the same module.
    Own(FunctionId),
    /// A function of the module at this absolute path.
    Elsewhere(PathBuf, FunctionId),
}

/// What a function raises to those that call it. Plain data.
#[derive(Debug, Default)]
pub(in crate::python) struct Raised {
    /// The connects in it, and in the functions of its module that it calls.
    pub(in crate::python) connects: Vec<Raising>,
    /// The functions of other modules that it calls.
    pub(in crate::python) calls: Vec<(PathBuf, FunctionId)>,
}

/// What stands under `if __name__ == "__main__":`. Plain data.
#[derive(Debug, Default)]
pub(in crate::python) struct Script {
    /// It makes the console take every character.
    pub(in crate::python) prepares: bool,
    /// The functions of other modules that it calls, by the paths of these.
    pub(in crate::python) calls: Vec<(PathBuf, FunctionId)>,
}

/// What one module does to the console. Plain data.
#[derive(Debug, Default)]
pub(in crate::python) struct Preparation {
    /// Its functions that make the console take every character.
    pub(in crate::python) functions: HashSet<FunctionId>,
    /// It does so where it is imported.
    pub(in crate::python) at_import: bool,
    /// It is run as a script, and what that does.
    pub(in crate::python) script: Option<Script>,
    /// The functions of other modules that it calls where it is imported, by the paths of these.
    pub(in crate::python) calls: Vec<(PathBuf, FunctionId)>,
}

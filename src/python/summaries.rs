//! What a module of the project says to the others ([`Facts`]): put together by all collectors, at most once a run.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use foldhash::HashMap;
use ruff_python_ast::ModModule;

use crate::facts::ProjectFacts;
use crate::python::console;
use crate::python::course;
use crate::python::names::FunctionId;
use crate::python::program::{Facts, Program, Raised, Read, Readers, looked_at_alone};
use crate::python::sites::blocking;
use crate::python::sites::collect::{self, Collected};
use crate::python::sites::handlers;
use crate::python::testing::stand_ins::{self, LastingReplacements};
use crate::python::testing::test_code::TestCode;
use crate::python::values::variables::{ModuleVariables, Variables};
use crate::python::version_choice::VersionChoice;

static READERS: Readers = Readers {
    facts,
    raised,
    preparation: console::preparation,
};

impl Program {
    /// For files that are named from this absolute folder.
    #[must_use]
    pub fn new(working_directory: &Path) -> Self {
        Self::of(working_directory, &READERS)
    }
}

/// What the module says that stands at the absolute path `file`. Of other modules it knows what their names mean, and asks none
/// of them for more: what they do is put together by whoever asks.
fn facts(read: Read<'_>) -> Option<Facts> {
    looked_at(read, |module| {
        let Looked {
            tree,
            variables,
            tests,
            collected,
            ..
        } = module;
        let blocking = blocking::of_functions(
            tree,
            variables.names(),
            tests,
            read.source,
            read.catalog,
            &collected.connects,
        );
        let mut courses = course::of_functions(tree, variables, read.catalog, read.source, &collected);
        let Collected {
            connects,
            carried,
            limits,
            uses,
            hands_on,
            wrappings,
            ..
        } = collected;
        courses.connects = connects;
        let replaced = match stand_ins::are_written_in(read.source.text().as_bytes()) {
            true => LastingReplacements::of(tree, variables),
            false => LastingReplacements::default(),
        };
        Facts {
            replaced,
            raised: OnceLock::new(),
            carried,
            limits,
            blocking,
            courses: Arc::new(courses),
            uses,
            wrappings,
            hands_on,
        }
    })
}

/// What the functions raise of the module that stands at the absolute path `file`.
fn raised(read: Read<'_>) -> Option<HashMap<FunctionId, Raised>> {
    looked_at(read, |module| {
        let found = (&*module.collected.connects, &*module.collected.anchors);
        handlers::collect(
            module.tree,
            module.variables,
            module.tests,
            module.choice,
            read.catalog,
            found,
            None,
        )
        .raised
    })
}

/// A module that others ask.
struct Looked<'a> {
    tree: &'a ModModule,
    variables: &'a ModuleVariables<'a>,
    tests: &'a TestCode<'a>,
    choice: &'a VersionChoice<'a>,
    collected: Collected,
}

fn looked_at<T>(read: Read<'_>, told: impl FnOnce(Looked<'_>) -> T) -> Option<T> {
    let Read {
        source,
        file,
        catalog,
        modules,
    } = read;
    looked_at_alone(source, file, modules, |tree, names| {
        let project = ProjectFacts::default();
        let tests = TestCode::of(tree, names, source, &project);
        let choice = VersionChoice::of(tree, names, None);
        let variables = ModuleVariables::of(tree, names);
        let collected = collect::collect(tree, &variables, &tests, &choice, catalog, None);
        told(Looked {
            tree,
            variables: &variables,
            tests: &tests,
            choice: &choice,
            collected,
        })
    })
}

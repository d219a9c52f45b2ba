//! What the rewrites find out about a module once, however many connects and prints it has.

use std::cell::{OnceCell, RefCell};

use foldhash::{HashMap, HashSet};
use ruff_python_ast::ModModule;

use super::code::Code;
use super::imports::{self, Place, Uses};
use super::print_helper;
use crate::python::names::Names;
use crate::python::testing::stand_ins::{self, Replacement};

/// What the rewrites find out about a module once, when they first need it.
#[derive(Debug, Default)]
pub(in crate::python) struct Facts {
    /// One unit of indentation.
    pub(super) unit: OnceCell<String>,
    /// The first parts of all modules that are imported anywhere.
    pub(super) imported: OnceCell<HashSet<String>>,
    /// When the blocks of connects have ended, by connect, in seconds.
    pub(super) block_ends: OnceCell<std::collections::HashMap<usize, f64>>,
    /// Whether a library of asyncio's alone opens one of the connects.
    pub(super) connects_by_asyncio: OnceCell<bool>,
    /// Where an import goes, by its line, and behind which offset it may be used.
    pub(super) places: RefCell<HashMap<String, Option<(Place, usize)>>>,
    /// Whether a name means something else than the module of this name, outside of functions, and in the functions of
    /// the top-level statement that begins somewhere.
    pub(super) clashes: RefCell<HashMap<(String, Option<usize>), bool>>,
    /// The name that an added `safe_print` gets.
    pub(super) helper_name: OnceCell<String>,
    /// Its text, by how `sys` is called there.
    pub(super) helper_texts: RefCell<HashMap<String, String>>,
    /// Which statements of the module may be a helper for prints that it has.
    pub(super) helpers: OnceCell<Vec<usize>>,
    /// Which statements of the module run code that they hold.
    pub(super) running: OnceCell<Vec<usize>>,
    /// Where the first print begins whose text is known.
    pub(super) first_print: OnceCell<Option<usize>>,
    /// Where an added helper goes, by where the first call of it begins.
    pub(super) helper_places: RefCell<HashMap<usize, Option<print_helper::Place>>>,
    /// The margin of the file's first block.
    pub(super) margin: OnceCell<String>,
    /// The last names of all callees that are called with a keyword, with that.
    pub(super) keyword_calls: OnceCell<HashSet<(String, String)>>,
    /// What the module does with an exception's name, by the name and the path that it means.
    pub(super) exception_names: RefCell<HashMap<(String, String), ExceptionName>>,
    /// What the file's imports are used for.
    pub(super) uses: OnceCell<Uses>,
    /// Whether a name means something already, by the name and the place where it would be imported.
    pub(super) taken: RefCell<HashMap<(String, usize), bool>>,
    /// Most of its strings stand in single quotes.
    single_quotes: OnceCell<bool>,
    /// What the module replaces.
    replacements: OnceCell<Vec<Replacement>>,
}

impl Facts {
    /// What the module puts something else in the place of.
    pub(in crate::python) fn replacements(&self, tree: &ModModule, names: &Names) -> &[Replacement] {
        self.replacements.get_or_init(|| stand_ins::of_module(tree, names))
    }

    /// Written code as the file writes it: with its quotes. Docstrings keep theirs, as formatters have it.
    pub(super) fn quoted(&self, code: Code<'_>, text: &str) -> String {
        if !*self.single_quotes.get_or_init(|| code.prefers_single_quotes()) {
            return text.to_owned();
        }
        let lines = text.split_inclusive('\n').map(|line| match line.contains("\"\"\"") {
            true => line.to_owned(),
            false => line.replace('"', "'"),
        });
        lines.collect()
    }

    /// One unit of indentation where a margin looks like `margin`.
    pub(super) fn indent_unit(&self, code: Code<'_>, margin: &str) -> &str {
        if margin.ends_with('\t') {
            return "\t";
        }
        self.unit.get_or_init(|| code.indent_unit().to_owned())
    }

    /// Whether the file imports `module`, or something of it, anywhere.
    pub(super) fn mentions(&self, tree: &ModModule, module: &str) -> bool {
        self.imported.get_or_init(|| imports::all(tree)).contains(module)
    }
}

/// What a module does with the name of an exception.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ExceptionName {
    /// How often it is read.
    pub(super) reads: usize,
    /// Such exceptions are made by the module itself.
    pub(super) is_called: bool,
    /// An object is asked whether it is one, or has what such ones have.
    pub(super) is_asked: bool,
    /// A string says the name: `__all__` may export it.
    pub(super) is_exported: bool,
    /// The only import at the module's level that binds it: which statement, which name of it.
    pub(super) import: Option<(usize, usize)>,
}

//! What one module says to those that import it, read at most once a run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use foldhash::{HashMap, HashSet};
use ruff_python_ast::name::Name;

use super::super::Names;
use super::super::binding::{Function, FunctionId, ScopeId};
use super::super::outlook::may_choose;
use super::super::releases::{self, Flags};
use super::super::table::Table;
use super::super::value::Elsewhere;
use super::{Home, Modules, locked, on_its_own_stack};
use crate::decode::{Decoded, decode};
use crate::python::syntax::parse;
use crate::reading::{self, Kind};
use crate::source::{Language, SourceFile};

/// What one module says to those that import it. Plain data.
pub(in crate::python) struct Summary {
    file: PathBuf,
    source: SourceFile,
    pub(in crate::python::names) table: Table,
    pub(in crate::python::names) home: Home,
    /// Its names that lead to a library of the catalogue, once that was asked.
    pub(in crate::python::names) leading: OnceLock<foldhash::HashSet<Name>>,
    /// Its names that stand for texts beyond ASCII, once that was asked.
    pub(in crate::python::names) texts: OnceLock<foldhash::HashSet<Name>>,
    /// Its functions that ask a stream for its encoding, once that was asked.
    asking: OnceLock<HashSet<FunctionId>>,
    /// Its functions that tell the time, once that was asked.
    clocks: OnceLock<HashMap<FunctionId, bool>>,
    /// Its names that say which release of something is there, as far as itself tells.
    flags: Flags,
}

impl Summary {
    /// The module's file, as an absolute path.
    pub(in crate::python) fn file(&self) -> &Path {
        &self.file
    }

    /// Its text, which is shown by its path from where ws-lint runs.
    pub(in crate::python) fn source(&self) -> &SourceFile {
        &self.source
    }

    /// Its names that say which release of something is there, as far as itself tells.
    pub(in crate::python) fn flags(&self) -> &Flags {
        &self.flags
    }

    /// The name of a function of the module, behind those of the classes around it.
    pub(in crate::python) fn qualified(&self, function: FunctionId) -> &str {
        &self.table.function(function).qualified
    }

    /// Its functions that ask a stream for its encoding, which are searched for once.
    pub(in crate::python) fn asking_for_encoding(
        &self,
        search: impl FnOnce(&Table) -> HashSet<FunctionId> + Send,
    ) -> &HashSet<FunctionId> {
        self.asking
            .get_or_init(|| on_its_own_stack(|| Some(search(&self.table))).unwrap_or_default())
    }

    /// Its functions that tell the time, and whether they raise then, which are searched for once.
    pub(in crate::python) fn clocks(
        &self,
        search: impl FnOnce(&Table) -> HashMap<FunctionId, bool> + Send,
    ) -> &HashMap<FunctionId, bool> {
        self.clocks
            .get_or_init(|| on_its_own_stack(|| Some(search(&self.table))).unwrap_or_default())
    }

    /// As [`Table::functions`].
    pub(in crate::python) fn functions(&self) -> impl ExactSizeIterator<Item = &Function> {
        self.table.functions()
    }

    /// As [`Table::methods`].
    pub(in crate::python) fn methods(&self, class: ScopeId) -> impl Iterator<Item = FunctionId> {
        self.table.methods(class)
    }

    /// As [`Table::method_name`].
    pub(in crate::python) fn method_name(&self, function: FunctionId) -> Option<&str> {
        self.table.method_name(function)
    }

    /// Whether a function of the module is a coroutine.
    pub(in crate::python) fn is_async(&self, function: FunctionId) -> bool {
        self.table.is_async(function)
    }

    /// Whether a function of the module yields.
    pub(in crate::python) fn yields(&self, function: FunctionId) -> bool {
        self.table.yields(function)
    }

    /// As [`Table::stands_for_a_block`].
    pub(in crate::python) fn stands_for_a_block(&self, function: FunctionId) -> bool {
        self.table.stands_for_a_block(function)
    }

    /// As [`Table::is_shared`].
    pub(in crate::python) fn is_shared(&self, fixture: FunctionId) -> bool {
        self.table.is_shared(fixture)
    }

    /// As [`Table::parameters`].
    pub(in crate::python) fn parameters(&self, function: FunctionId) -> &[Name] {
        self.table.parameters(function)
    }
}

impl Modules {
    /// What the module at this path says; nothing where it cannot be read or does not parse.
    pub(in crate::python) fn summary(&self, file: &Path) -> Option<Elsewhere> {
        if let Some(known) = locked(&self.files).get(file) {
            return known.clone();
        }
        let home = self.home(file);
        let summary = self.read(&home).map(|(source, table, flags)| {
            let file = file.to_owned();
            Elsewhere(Arc::new(Summary {
                file,
                source,
                table,
                home,
                leading: OnceLock::new(),
                texts: OnceLock::new(),
                asking: OnceLock::new(),
                clocks: OnceLock::new(),
                flags,
            }))
        });
        locked(&self.files).entry(file.to_owned()).or_insert(summary).clone()
    }

    fn read(&self, home: &Home) -> Option<(SourceFile, Table, Flags)> {
        let file = home.file();
        let bytes = reading::read(file, Kind::Source).ok()?;
        let shown = file.strip_prefix(self.working_directory()).unwrap_or(file);
        let Decoded::Source(source) = decode(shown.to_owned(), Language::Python, bytes) else {
            return None;
        };
        let (table, flags) = on_its_own_stack(|| {
            let parsed = parse::parse(&source).ok()?;
            let names = Names::build(parsed.syntax());
            // No other module is asked: they may ask this one.
            let is_own = |path: &str| self.located(home, path).is_some();
            let choices = may_choose(source.text().as_bytes());
            let flags = choices.then(|| releases::flags(parsed.syntax(), &names, releases::Others::Paths(&is_own)));
            Some((names.table, flags.unwrap_or_default()))
        })?;
        Some((source, table, flags))
    }
}

//! What the fixes of a pass declare, and how much of it was made use of.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::fix::Change;

/// The declared changes, counted: each allows for one.
#[derive(Default)]
pub(super) struct Declared<'a> {
    deadlines: usize,
    arguments: BTreeMap<&'a str, usize>,
    callees: BTreeMap<&'a str, usize>,
    imports: BTreeSet<&'a str>,
    helpers: BTreeSet<&'a str>,
    pub(super) literals: bool,
    pub(super) suppressions: bool,
    pub(super) comments: bool,
}

impl<'a> Declared<'a> {
    pub(super) fn new(changes: &'a [Change]) -> Self {
        let mut declared = Self::default();
        for change in changes {
            match change {
                Change::Deadline => declared.deadlines += 1,
                Change::Argument { name } => *declared.arguments.entry(name).or_default() += 1,
                Change::Callee { name } => *declared.callees.entry(name).or_default() += 1,
                Change::Import { module } => _ = declared.imports.insert(module),
                Change::Helper { name } => _ = declared.helpers.insert(name),
                Change::Literal => declared.literals = true,
                Change::Suppression => declared.suppressions = true,
                Change::Comment => declared.comments = true,
            }
        }
        declared
    }

    pub(super) fn deadline(&self) -> bool {
        self.deadlines > 0
    }

    pub(super) fn argument(&self, name: &str) -> bool {
        self.arguments.contains_key(name)
    }

    /// Whether some call may lose an argument.
    pub(super) fn any_argument(&self) -> bool {
        !self.arguments.is_empty()
    }

    /// Whether some call may get another callee.
    pub(super) fn any_callee(&self) -> bool {
        !self.callees.is_empty()
    }

    pub(super) fn callee(&self, name: &str) -> bool {
        self.callees.contains_key(name)
    }

    /// Whether `path` may be imported: as it is declared, or as a name of a declared module.
    pub(super) fn import(&self, path: &str) -> bool {
        self.imports.contains(path)
            || path
                .rsplit_once('.')
                .is_some_and(|(module, _)| self.imports.contains(module))
    }

    pub(super) fn helper(&self, name: &str) -> bool {
        self.helpers.contains(name)
    }
}

/// How often the differences of one text were explained by a declared change.
#[derive(Default)]
pub(super) struct Used {
    deadlines: RefCell<usize>,
    arguments: RefCell<BTreeMap<String, usize>>,
    positional: RefCell<usize>,
    callees: RefCell<BTreeMap<String, usize>>,
}

impl Used {
    pub(super) fn deadline(&self) {
        *self.deadlines.borrow_mut() += 1;
    }

    pub(super) fn argument(&self, name: &str) {
        *self.arguments.borrow_mut().entry(name.to_owned()).or_default() += 1;
    }

    pub(super) fn positional(&self) {
        *self.positional.borrow_mut() += 1;
    }

    pub(super) fn callee(&self, name: &str) {
        *self.callees.borrow_mut().entry(name.to_owned()).or_default() += 1;
    }

    /// # Errors
    /// What there is more of than is declared.
    pub(super) fn is_covered_by(&self, declared: &Declared<'_>) -> Result<(), String> {
        let exceeded = |kind: &str, name: &str| Err(format!("more {kind} `{name}` change than are declared"));
        if *self.deadlines.borrow() > declared.deadlines {
            return Err("more deadlines are put in than are declared".to_owned());
        }
        for (name, count) in &*self.arguments.borrow() {
            if declared
                .arguments
                .get(name.as_str())
                .is_none_or(|allowed| count > allowed)
            {
                return exceeded("arguments", name);
            }
        }
        let arguments: usize = self.arguments.borrow().values().sum();
        if *self.positional.borrow() > 0 && arguments + *self.positional.borrow() > declared.arguments.values().sum() {
            return Err("more arguments change than are declared".to_owned());
        }
        for (name, count) in &*self.callees.borrow() {
            if declared
                .callees
                .get(name.as_str())
                .is_none_or(|allowed| count > allowed)
            {
                return exceeded("callees", name);
            }
        }
        Ok(())
    }
}

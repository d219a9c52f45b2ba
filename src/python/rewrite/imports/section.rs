//! How a file sorts its imports: which section of them a statement belongs to, and what comes first in it.

use std::fmt;

use ruff_python_ast::Stmt;
use ruff_python_stdlib::sys::is_known_standard_library;

/// The minor version of the Python whose standard library is asked for; what older ones had is in it.
const NEWEST_MINOR: u8 = 15;

/// A section of imports, as isort tells them apart without knowing the project: its own packages count as third party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// Modules that come with Python.
    Standard,
    /// What is installed.
    Installed,
    /// Relative imports.
    Local,
}

impl Section {
    fn of(module: &str) -> Self {
        let root = module.split('.').next().unwrap_or(module);
        match is_known_standard_library(NEWEST_MINOR, root) {
            true => Self::Standard,
            false => Self::Installed,
        }
    }
}

/// An import statement, as far as its place depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) section: Section,
    /// The dotted path of its first module.
    pub(super) module: &'a str,
    /// The name that it takes from the module; `None` for `import module`.
    name: Option<&'a str>,
    /// `lazy import …` (PEP 810).
    is_lazy: bool,
}

impl<'a> Line<'a> {
    /// `import module`.
    pub(super) fn plain(module: &'a str) -> Self {
        Self {
            section: Section::of(module),
            module,
            name: None,
            is_lazy: false,
        }
    }

    /// `from module import name`.
    pub(super) fn from(module: &'a str, name: &'a str) -> Self {
        Self {
            name: Some(name),
            ..Self::plain(module)
        }
    }

    /// What a statement imports; `None` where it imports nothing.
    pub(super) fn of(statement: &'a Stmt) -> Option<Self> {
        match statement {
            Stmt::Import(import) => Some(Self {
                is_lazy: import.is_lazy,
                ..Self::plain(import.names.first()?.name.as_str())
            }),
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                let line = Self::from(module, import.names.first()?.name.as_str());
                Some(Self {
                    section: if import.level > 0 { Section::Local } else { line.section },
                    is_lazy: import.is_lazy,
                    ..line
                })
            }
            _ => None,
        }
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "from {} import {name}", self.module),
            None => write!(f, "import {}", self.module),
        }
    }
}

/// What comes first within a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// `import a` before `from a import b`: isort's default.
    PlainFirst,
    /// `from a import b` before `import a`.
    FromFirst,
    /// The names of the modules alone decide.
    ByModule,
}

impl Order {
    /// The order that the statements of `sections` are in, each a run of the same section.
    pub(super) fn of<'l, 'a: 'l>(sections: impl Iterator<Item = &'l [Line<'a>]>) -> Self {
        let mut order = Self::PlainFirst;
        for section in sections {
            let has_both =
                section.iter().any(|line| line.name.is_some()) && section.iter().any(|line| line.name.is_none());
            if !has_both || Self::PlainFirst.sorts(section) {
                continue;
            }
            if Self::ByModule.sorts(section) {
                return Self::ByModule;
            }
            if Self::FromFirst.sorts(section) {
                order = Self::FromFirst;
            }
        }
        order
    }

    /// Whether `lines` are in this order.
    pub(super) fn sorts(self, lines: &[Line<'_>]) -> bool {
        lines.windows(2).all(|pair| match pair {
            [one, next] => !self.is_after(one, next),
            _ => true,
        })
    }

    /// Whether `one` comes behind `other`. What is lazy comes last (ruff 0.17.6).
    pub(super) fn is_after(self, one: &Line<'_>, other: &Line<'_>) -> bool {
        let key = |line: &Line<'_>| {
            let kind = match self {
                Self::PlainFirst => line.name.is_some(),
                Self::FromFirst => line.name.is_none(),
                Self::ByModule => false,
            };
            (line.is_lazy, kind, line.module.to_lowercase())
        };
        key(one) > key(other)
    }
}

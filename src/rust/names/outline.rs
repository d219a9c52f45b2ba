//! What the modules of a file call how, for the other files of its crate: plain data.

use foldhash::HashMap;

use super::declared::{Binding, ModulePath};
use super::{FILE, Name, Names};

/// The names of one module.
#[derive(Clone, Debug, Default)]
pub(in crate::rust) struct ModuleNames {
    pub(in crate::rust) names: HashMap<String, Entry>,
    /// What its globs bring names in from, by paths as in [`Entry::Path`].
    pub(in crate::rust) globs: Vec<String>,
}

/// What a name of a module stands for.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::rust) enum Entry {
    /// Something that the module defines.
    Item,
    /// A module in the same file.
    Module,
    /// A module in a file of its own; unknown where that is.
    File(Option<ModulePath>),
    /// What this path means: of another crate, or from the root of this one on (`crate::net::open`).
    Path(String),
    /// It cannot be told.
    Unknown,
}

impl Names<'_> {
    /// The modules of the file, each by its path from the crate's root on. Only for names that are [`Self::within`] it.
    pub(in crate::rust) fn outline(&self) -> HashMap<String, ModuleNames> {
        let modules = self.declared.iter().filter_map(|(key, declared)| {
            let place = self.path_in_crate(key)?;
            let names = declared.names.iter().map(|(name, binding)| {
                let entry = match binding {
                    Binding::Item => self.item(key, name, declared.files.get(name)),
                    Binding::Import(_) => self.entry(self.imported_by(key, name)),
                    Binding::Either => Entry::Unknown,
                };
                (name.clone(), entry)
            });
            let globs = declared
                .globs
                .iter()
                .filter_map(|glob| match self.entry(self.glob_of(key, &glob.target)) {
                    Entry::Path(path) => Some(path),
                    _ => None,
                });
            Some((
                place,
                ModuleNames {
                    names: names.collect(),
                    globs: globs.collect(),
                },
            ))
        });
        modules.collect()
    }

    /// The path of something of this file from the crate's root on.
    pub(in crate::rust) fn path_in_crate(&self, path: &str) -> Option<String> {
        let own = path.strip_prefix(FILE)?;
        let place = self.place.as_ref()?;
        let above: String = place.iter().map(|name| format!("::{name}")).collect();
        Some(format!("crate{above}{own}"))
    }

    fn item(&self, module: &str, name: &str, file: Option<&Option<ModulePath>>) -> Entry {
        match file {
            Some(path) => Entry::File(path.clone()),
            None if self.declared.contains_key(&format!("{module}::{name}")) => Entry::Module,
            None => Entry::Item,
        }
    }

    fn entry(&self, name: Name) -> Entry {
        match name {
            Name::Extern(path) => Entry::Path(path),
            Name::File(path) => self.path_in_crate(&path).map_or(Entry::Unknown, Entry::Path),
            Name::Variable(_) | Name::Unknown => Entry::Unknown,
        }
    }
}

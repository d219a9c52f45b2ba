//! Which modules of a project may use what a module defines: those that import it, and those that import it from one that
//! imports it (`__init__.py`, a module of names that a library offers).

use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use memchr::memmem;

use crate::python::program::Program;
use crate::reading::{self, Kind};

/// A module, the one that it imports, and the names there that matter.
type Door = (Arc<Path>, Arc<Path>, Rc<[String]>);

/// A name is followed through so many modules.
const FARTHEST: usize = 4;

impl Program {
    /// The modules that may use what the module at this absolute path defines, in the order of their paths; nothing where they are
    /// more than `most`.
    pub(in crate::python) fn users(&self, file: &Path, most: usize) -> Option<Vec<Arc<Path>>> {
        let direct = self.importers(file);
        if direct.len() > most {
            return None;
        }
        // The names of the module are not asked for in vain: that reads it once more.
        if direct.is_empty() {
            return Some(Vec::new());
        }
        let mut found: HashSet<Arc<Path>> = direct.iter().cloned().collect();
        // Each with the module that it imports, and with the names there that matter.
        let names: Rc<[String]> = self.modules().names_at(file).into();
        let of: Arc<Path> = Arc::from(file);
        let mut doors: Vec<Door> = direct
            .into_iter()
            .map(|door| (door, of.clone(), names.clone()))
            .collect();
        for _ in 0..FARTHEST {
            let mut next = Vec::new();
            for (door, of, known) in doors {
                // Who imports nobody's names on is no door.
                let behind = self.importers(&door);
                if behind.is_empty() {
                    continue;
                }
                let names: Rc<[String]> = self.modules().imported_from(&door, &of, &known).into();
                for user in behind {
                    if *user == *file || found.contains(&user) || !names_one_of(&user, &names) {
                        continue;
                    }
                    found.insert(user.clone());
                    next.push((user, door.clone(), names.clone()));
                }
            }
            if found.len() > most {
                return None;
            }
            doors = next;
        }
        let mut users: Vec<Arc<Path>> = found.into_iter().collect();
        users.sort_unstable();
        Some(users)
    }
}

/// Whether the text of a module has one of these names, or takes all that another one has.
fn names_one_of(file: &Path, names: &[String]) -> bool {
    let text = reading::read(file, Kind::Source).unwrap_or_default();
    let mut names = names.iter();
    names.any(|name| memmem::find(&text, name.as_bytes()).is_some()) || memmem::find(&text, b"import *").is_some()
}

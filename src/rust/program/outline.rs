//! What one file declares for the others of its crate: told from its own text alone.

use std::path::Path;
use std::thread;

use foldhash::HashMap;

use crate::catalog::Catalog;
use crate::decode::{Decoded, decode};
use crate::facts::ProjectFacts;
use crate::reading::{self, Kind};
use crate::rust::KnownPaths;
use crate::rust::collect::sought::Sought;
use crate::rust::collect::values::Declarations;
use crate::rust::collect::{Collector, Surroundings};
use crate::rust::names::{ModuleNames, Names};
use crate::rust::syntax::parse;
use crate::source::{Language, SourceFile};
use crate::stack::STACK_BYTES;

/// What a file declares. Every path begins with `crate`.
#[derive(Debug)]
pub(super) struct Outline {
    /// The names of its modules, by path.
    pub(super) modules: HashMap<String, ModuleNames>,
    /// What its items declare of values.
    pub(super) declared: Declarations,
}

impl Outline {
    /// That of the file at `path`, which is the module of these names; `None` where it cannot be read or parsed.
    pub(super) fn read(path: &Path, place: &[String], catalog: &Catalog) -> Option<Self> {
        let bytes = reading::read(path, Kind::Configuration).ok()?;
        let Decoded::Source(source) = decode(path.to_owned(), Language::Rust, bytes) else {
            return None;
        };
        // Whoever asks may stand deep in a tree of its own.
        thread::scope(|scope| {
            let builder = thread::Builder::new().stack_size(STACK_BYTES);
            let told = builder.spawn_scoped(scope, || Self::of(&source, place, catalog)).ok()?;
            told.join().ok()?
        })
    }

    fn of(source: &SourceFile, place: &[String], catalog: &Catalog) -> Option<Self> {
        let known = KnownPaths(catalog);
        // Nothing of what is told depends on a manifest.
        let nothing = ProjectFacts::default();
        let surroundings = Surroundings {
            catalog,
            project: &nothing,
            crates: None,
        };
        let told = parse::with_tree(source, |file, offsets| {
            let names = Names::of(file, source.path(), &known).within(place.to_vec(), None);
            let mut collector = Collector::new(source, offsets, surroundings, names, Sought::DECLARATIONS);
            collector.declare_file(&file.items);
            Self {
                modules: collector.names.outline(),
                declared: collector
                    .declared
                    .with_paths(&|path| collector.names.path_in_crate(path)),
            }
        });
        told.ok()
    }
}

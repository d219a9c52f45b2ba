//! What a path means: `use` declarations, renames, globs, modules of the same file, shadowing.

pub(in crate::rust) mod attributes;
pub(in crate::rust) mod durations;
pub(in crate::rust) mod given_items;
pub(in crate::rust) mod macros;
pub(in crate::rust) mod spelling;

use std::cell::{Cell, RefCell};
use std::path::Path as FilePath;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::HashMap;

use syn::visit::Visit;

mod declared;
mod dependency;
mod imported;
mod in_scope;
mod outline;
mod resolve;
mod scopes;
#[cfg(test)]
mod tests;
mod written;

use declared::{Declared, Defined};
pub(super) use dependency::names_crate;
use imported::Brought;
pub(super) use outline::{Entry, ModuleNames};
use scopes::Scope;
use spelling::Spelling;
pub(super) use written::{Written, last_name, plain};

use crate::rust::names::macros::Definition;

/// The path of the file's own root module; no crate is called so.
const FILE: &str = "$file";

/// Where a variable stands in the collector's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct LocalId(pub(super) usize);

/// What a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// Something of another crate, `tokio_tungstenite::connect_async`, or of another file, `crate::net::open`.
    Extern(String),
    /// Something that this file defines, by a path of its own.
    File(String),
    /// A variable of the function.
    Variable(LocalId),
    /// Something that cannot be told: a prelude name, another file of the crate.
    Unknown,
}

/// Conditions that were noted, to be forgotten by [`Names::forget`].
#[derive(Debug)]
#[must_use]
pub(super) struct Assumed {
    before: usize,
}

/// How what fixes need is written, by the module or block, and by the conditions that hold there.
type Spellings = HashMap<(String, Vec<String>), Arc<Spelling>>;

/// The conditions that hold at a place, where only what is certainly there counts; else nothing.
type Holding = Option<Vec<String>>;

/// The names that are visible while the tree is walked.
#[derive(Debug)]
pub(super) struct Names<'a> {
    declared: HashMap<String, Declared>,
    defined: Defined,
    aliases: HashMap<String, Written>,
    stack: Vec<Scope>,
    blocks: usize,
    /// The names of the modules from the crate's root to the file; unknown where nobody looked for that.
    place: Option<Vec<String>>,
    is_crate_root: bool,
    known: &'a dyn Known,
    beyond: Option<&'a dyn Beyond>,
    look_ups: Cell<usize>,
    in_glob: Cell<bool>,
    /// Whether a trait is in scope: by the module or block, the trait's path, and what holds where that is asked too.
    traits: RefCell<HashMap<(String, String, Holding), bool>>,
    /// How what fixes need is written: by the module or block, and what holds there.
    spellings: RefCell<Spellings>,
    /// What the imports bring in that are visible at a place.
    brought: RefCell<HashMap<String, Rc<[Brought]>>>,
    /// Imports count only where they are there whatever is compiled.
    only_certain: Cell<bool>,
    /// What certainly holds at the current place: the conditions (`#[cfg]`) of what is around it, outermost first.
    conditions: Vec<String>,
}

/// What other files of the crate say.
pub(super) trait Beyond: std::fmt::Debug {
    /// What a path means that begins with `crate` or the name of a crate: `crate::types::connect_async`; `None` where that is
    /// no business of these files. [`Name::File`] where the file that asks has it itself.
    fn meaning(&self, path: &str) -> Option<Name>;
    /// A path of another crate by the name that this has for everybody, where its package calls it otherwise.
    fn by_its_own_name(&self, path: &str) -> Option<String>;
    /// What a name means in a module, by a path of the same kind; `None` where that has no such name.
    fn in_module(&self, module: &str, name: &str) -> Option<Name>;
}

/// What is known of the paths of other crates: decides what a glob brings in.
pub(super) trait Known: std::fmt::Debug {
    /// Whether something is known to be at `path`, or below it.
    fn knows(&self, path: &str) -> bool;
}

impl<'a> Names<'a> {
    /// The names of a file at its root module.
    pub(super) fn of(file: &syn::File, path: &FilePath, known: &'a dyn Known) -> Self {
        let mut names = Self {
            declared: HashMap::default(),
            defined: Defined::default(),
            aliases: HashMap::default(),
            stack: vec![Scope::Items {
                key: FILE.to_owned(),
                module: true,
            }],
            blocks: 0,
            place: None,
            is_crate_root: is_crate_root(path),
            known,
            beyond: None,
            look_ups: Cell::new(0),
            in_glob: Cell::new(false),
            traits: RefCell::default(),
            spellings: RefCell::default(),
            brought: RefCell::default(),
            only_certain: Cell::new(false),
            conditions: Vec::new(),
        };
        names.declare_modules(FILE, &file.items);
        names.defined.visit_file(file);
        names
    }

    /// The same, of the file that has this place in its crate.
    pub(super) fn within(mut self, place: Vec<String>, beyond: Option<&'a dyn Beyond>) -> Self {
        self.is_crate_root = place.is_empty();
        self.place = Some(place);
        self.beyond = beyond;
        self
    }

    /// As [`Self::resolve`], for a name that is going to be written here: an import that a `#[cfg]` may take away means
    /// nothing, unless the same condition holds here.
    pub(super) fn resolve_certainly(&self, written: &Written) -> Name {
        self.certainly(|| self.resolve(written))
    }

    /// How what fixes need is written at the current place, where no variable is called like something of it: what `find` says
    /// there first.
    fn spelt(&self, find: impl FnOnce() -> Spelling) -> Arc<Spelling> {
        let key = (self.place().to_owned(), self.conditions.clone());
        if let Some(known) = self.spellings.borrow().get(&key) {
            return Arc::clone(known);
        }
        let found = Arc::new(find());
        self.spellings.borrow_mut().insert(key, Arc::clone(&found));
        found
    }

    fn certainly<R>(&self, ask: impl FnOnce() -> R) -> R {
        let was = self.only_certain.replace(true);
        let answer = ask();
        self.only_certain.set(was);
        answer
    }

    /// Notes conditions that hold at the current place, until [`Self::forget`].
    pub(super) fn assume(&mut self, conditions: Vec<String>) -> Assumed {
        let before = self.conditions.len();
        self.conditions.extend(conditions);
        Assumed { before }
    }

    /// Forgets what was assumed.
    pub(super) fn forget(&mut self, assumed: Assumed) {
        self.conditions.truncate(assumed.before);
    }

    /// How many conditions hold at the current place.
    pub(super) fn assumed(&self) -> usize {
        self.conditions.len()
    }

    fn holds(&self, condition: &str) -> bool {
        self.conditions.iter().any(|known| known == condition)
    }

    /// What a macro of the file of this name does with what it is given.
    pub(super) fn macro_called(&self, name: &str) -> Option<Definition> {
        self.defined.macros.get(name).copied()
    }

    /// Declares a module that a macro is given: of several of its name, under different conditions, the one that is entered
    /// next.
    pub(super) fn declare_given(&mut self, module: &syn::ItemMod) {
        if let Some((_, items)) = &module.content {
            let key = format!("{}::{}", self.place(), plain(&module.ident));
            self.declare_modules(&key, items);
        }
    }

    /// Whether a module of the file has its code in a file of its own.
    pub(super) fn has_files(&self) -> bool {
        self.declared.values().any(|declared| !declared.files.is_empty())
    }

    /// Whether the file defines a method of this name.
    pub(super) fn has_method(&self, name: &str) -> bool {
        self.defined.methods.contains(name)
    }

    fn declare_modules(&mut self, key: &str, items: &[syn::Item]) {
        self.declared.insert(key.to_owned(), Declared::of(items.iter()));
        for item in items {
            match item {
                syn::Item::Mod(module) => {
                    if let Some((_, items)) = &module.content {
                        self.declare_modules(&format!("{key}::{}", plain(&module.ident)), items);
                    }
                }
                syn::Item::Type(alias) => {
                    if let syn::Type::Path(path) = &*alias.ty {
                        self.aliases
                            .insert(format!("{key}::{}", plain(&alias.ident)), Written::from(&path.path));
                    }
                }
                _ => {}
            }
        }
    }

    /// What an answer about imports depends on besides them: the conditions that hold here, where only what is certainly
    /// there counts.
    fn what_holds(&self) -> Holding {
        self.only_certain.get().then(|| self.conditions.clone())
    }
}

/// Whether `crate::` means this file's own root: so for the roots of libraries, programs, tests and examples.
fn is_crate_root(path: &FilePath) -> bool {
    let name = |part: Option<&std::ffi::OsStr>| part.and_then(std::ffi::OsStr::to_str).unwrap_or_default().to_owned();
    let folder = name(path.parent().and_then(FilePath::file_name));
    matches!(name(path.file_name()).as_str(), "lib.rs" | "main.rs")
        || matches!(folder.as_str(), "tests" | "examples" | "benches" | "bin")
}

//! What a path means: `use` declarations, renames, globs, modules of the same file, shadowing.

pub(in crate::rust) mod attributes;
pub(in crate::rust) mod durations;
pub(in crate::rust) mod given_items;
pub(in crate::rust) mod macros;
pub(in crate::rust) mod spelling;

use foldhash::HashMap;
use std::cell::{Cell, RefCell};
use std::path::Path as FilePath;
use std::rc::Rc;

use syn::visit::Visit;

mod declared;
mod dependency;
mod imported;
mod outline;
mod resolve;
#[cfg(test)]
mod tests;

use declared::{Binding, Declared, Defined};
pub(super) use dependency::names_crate;
use imported::Brought;
pub(super) use outline::{Entry, ModuleNames};
use resolve::Sight;

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

/// A path as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// It begins with `::`.
    pub(super) leading: bool,
    /// Its names without `r#` and without type arguments.
    pub(super) names: Vec<String>,
}

impl Written {
    /// The path of something in it.
    pub(super) fn followed_by(&self, names: &[String]) -> Self {
        Self {
            leading: self.leading,
            names: self.names.iter().chain(names).cloned().collect(),
        }
    }
}

impl From<&syn::Path> for Written {
    fn from(path: &syn::Path) -> Self {
        Self {
            leading: path.leading_colon.is_some(),
            names: path.segments.iter().map(|segment| plain(&segment.ident)).collect(),
        }
    }
}

impl Written {
    /// A single name.
    pub(super) fn name(name: &str) -> Self {
        Self {
            leading: false,
            names: vec![name.to_owned()],
        }
    }
}

/// The last name of a path: `connect` of `client::connect`.
pub(super) fn last_name(path: &syn::Path) -> Option<String> {
    path.segments.last().map(|last| plain(&last.ident))
}

/// A name without `r#`.
pub(super) fn plain(ident: &syn::Ident) -> String {
    let mut text = ident.to_string();
    if text.starts_with("r#") {
        text.drain(..2);
    }
    text
}

/// One level of what is visible at a place.
#[derive(Debug)]
enum Scope {
    /// A module or a block and its key among the declarations.
    Items { key: String, module: bool },
    /// Variables, and functions by the names of variables; of several of one name the latest.
    Variables(HashMap<String, Name>),
    /// A function's own body: variables outside are out of sight, items are not.
    Function,
}

/// Something that was entered, to be left by [`Names::leave`].
#[derive(Debug)]
#[must_use]
pub(super) struct Entered {
    /// How many levels were visible before.
    depth: usize,
}

/// Conditions that were noted, to be forgotten by [`Names::forget`].
#[derive(Debug)]
#[must_use]
pub(super) struct Assumed {
    before: usize,
}

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

    /// Enters an inline module of the module that is being walked.
    pub(super) fn enter_module(&mut self, ident: &syn::Ident, items: &[syn::Item]) -> Entered {
        let entered = self.entered();
        let key = format!("{}::{}", self.place(), plain(ident));
        if !self.declared.contains_key(&key) {
            self.declare_modules(&key, items);
        }
        self.stack.push(Scope::Items { key, module: true });
        entered
    }

    /// Enters a block, whose items are visible in all of it, and whose variables from their `let` on.
    pub(super) fn enter_block<'i>(&mut self, items: impl Iterator<Item = &'i syn::Item>) -> Entered {
        let entered = self.entered();
        self.blocks += 1;
        let mut items = items.peekable();
        if items.peek().is_some() {
            let key = format!("{}::{{{}}}", self.place(), self.blocks);
            self.declared.insert(key.clone(), Declared::of(items));
            self.stack.push(Scope::Items { key, module: false });
        }
        self.stack.push(Scope::Variables(HashMap::default()));
        entered
    }

    /// Enters a function: variables outside are out of sight.
    pub(super) fn enter_function(&mut self) -> Entered {
        let entered = self.entered();
        self.stack.push(Scope::Function);
        self.stack.push(Scope::Variables(HashMap::default()));
        entered
    }

    /// Enters a place with variables of its own: a closure, an arm, the body of an `if let`.
    pub(super) fn enter_variables(&mut self) -> Entered {
        let entered = self.entered();
        self.stack.push(Scope::Variables(HashMap::default()));
        entered
    }

    fn entered(&self) -> Entered {
        Entered {
            depth: self.stack.len(),
        }
    }

    /// Leaves what was entered, and what was entered inside it.
    pub(super) fn leave(&mut self, entered: Entered) {
        self.stack.truncate(entered.depth);
    }

    /// Makes a variable visible from here on.
    pub(super) fn bind(&mut self, name: String, id: LocalId) {
        if let Some(Scope::Variables(variables)) = self.stack.last_mut() {
            variables.insert(name, Name::Variable(id));
        }
    }

    /// Makes another name of a function visible from here on: `let open = connect_async;`.
    pub(super) fn call_so(&mut self, name: String, function: Name) {
        if let Some(Scope::Variables(variables)) = self.stack.last_mut() {
            variables.insert(name, function);
        }
    }

    /// The key of the innermost module or block: what an item that is declared here has as its path's beginning.
    pub(super) fn place(&self) -> &str {
        self.stack
            .iter()
            .rev()
            .find_map(|scope| match scope {
                Scope::Items { key, .. } => Some(key.as_str()),
                _ => None,
            })
            .unwrap_or(FILE)
    }

    /// Whether `println!` and the like are the standard library's: no macro of the file and no import is called so.
    pub(super) fn is_std_macro(&self, written: &Written) -> bool {
        self.look_ups.set(0);
        match written.names.as_slice() {
            [name] if !written.leading => {
                !self.defined.macros.contains_key(name)
                    && match self.look_up(name, self.stack.len(), 0, Sight::default()) {
                        Some(Name::Extern(path)) => path == format!("std::{name}"),
                        Some(_) => false,
                        None => !self.has_glob_of("anstream"),
                    }
            }
            [first, _] => first == "std",
            _ => false,
        }
    }

    fn has_glob_of(&self, krate: &str) -> bool {
        self.visible_items()
            .filter_map(|(key, _)| self.declared.get(key))
            .any(|declared| {
                declared
                    .globs
                    .iter()
                    .any(|glob| glob.target.names.first().is_some_and(|name| name == krate))
            })
    }

    /// Whether the trait at `path` of another crate is in scope, by whatever name or by a glob; with `certainly` only by an
    /// import that no `#[cfg]` may take away.
    pub(super) fn has_trait(&self, path: &str, certainly: bool) -> bool {
        match certainly {
            true => self.certainly(|| self.imports_trait(path)),
            false => self.imports_trait(path),
        }
    }

    fn imports_trait(&self, path: &str) -> bool {
        let key = (self.place().to_owned(), path.to_owned(), self.what_holds());
        if let Some(known) = self.traits.borrow().get(&key) {
            return *known;
        }
        let found = self.imports_trait_here(path);
        self.traits.borrow_mut().insert(key, found);
        found
    }

    /// What an answer about imports depends on besides them: the conditions that hold here, where only what is certainly
    /// there counts.
    fn what_holds(&self) -> Holding {
        self.only_certain.get().then(|| self.conditions.clone())
    }

    fn imports_trait_here(&self, path: &str) -> bool {
        let parent = path.rsplit_once("::").map_or("", |(parent, _)| parent);
        self.look_ups.set(0);
        let parents = [parent.to_owned(), format!("{parent}::prelude")];
        self.visible_items().any(|(key, depth)| {
            self.declared.get(key).is_some_and(|declared| {
                let named = declared.names.values().any(|binding| match binding {
                    Binding::Import(import) if self.is_there(import) => {
                        self.resolve_at(&import.target, depth, 1, None) == Name::Extern(path.to_owned())
                    }
                    _ => false,
                });
                named
                    || declared.globs.iter().filter(|glob| self.is_there(glob)).any(|glob| {
                        match self.resolve_at(&glob.target, depth, 1, None) {
                            Name::Extern(glob) => parents.contains(&glob),
                            _ => false,
                        }
                    })
            })
        })
    }

    /// The modules and blocks whose items are visible here, innermost first, with the depth of the stack they end at.
    fn visible_items(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut done = false;
        self.stack
            .iter()
            .enumerate()
            .rev()
            .filter_map(move |(index, scope)| match scope {
                Scope::Items { key, module } if !done => {
                    done = *module;
                    Some((key.as_str(), index + 1))
                }
                _ => None,
            })
    }
}

/// Whether `crate::` means this file's own root: so for the roots of libraries, programs, tests and examples.
fn is_crate_root(path: &FilePath) -> bool {
    let name = |part: Option<&std::ffi::OsStr>| part.and_then(std::ffi::OsStr::to_str).unwrap_or_default().to_owned();
    let folder = name(path.parent().and_then(FilePath::file_name));
    matches!(name(path.file_name()).as_str(), "lib.rs" | "main.rs")
        || matches!(folder.as_str(), "tests" | "examples" | "benches" | "bin")
}

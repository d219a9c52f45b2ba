//! What a path means: `use` declarations, renames, globs, modules of the same file, shadowing.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::path::Path as FilePath;

use syn::visit::Visit;

/// How long a chain of imports is followed.
const MAX_HOPS: usize = 16;
/// How many declarations one path may be looked up in: globs of globs fan out.
const MAX_LOOK_UPS: usize = 2_000;
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

impl From<&syn::Path> for Written {
    fn from(path: &syn::Path) -> Self {
        Self {
            leading: path.leading_colon.is_some(),
            names: path.segments.iter().map(|segment| plain(&segment.ident)).collect(),
        }
    }
}

/// A name without `r#`.
pub(super) fn plain(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

/// What a module or a block declares.
#[derive(Debug, Default)]
struct Declared {
    names: HashMap<String, Binding>,
    globs: Vec<Written>,
}

#[derive(Debug, PartialEq)]
enum Binding {
    /// A function, type, constant, static or module of this place.
    Item,
    Import(Written),
    /// Two declarations (under different `cfg`s) that differ.
    Either,
}

impl Declared {
    fn of<'a>(items: impl Iterator<Item = &'a syn::Item>) -> Self {
        let mut declared = Self::default();
        for item in items {
            declared.add(item);
        }
        declared
    }

    fn add(&mut self, item: &syn::Item) {
        match item {
            syn::Item::Use(item) => self.import(item.leading_colon.is_some(), &mut Vec::new(), &item.tree),
            syn::Item::ExternCrate(item) => {
                let target = Written {
                    leading: true,
                    names: vec![plain(&item.ident)],
                };
                let name = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                self.bind(plain(name), Binding::Import(target));
            }
            _ => {
                if let Some(ident) = item_name(item) {
                    self.bind(plain(ident), Binding::Item);
                }
            }
        }
    }

    fn import(&mut self, leading: bool, prefix: &mut Vec<String>, tree: &syn::UseTree) {
        let target = |prefix: &[String], last: &syn::Ident| {
            let mut names = prefix.to_vec();
            if last != "self" || names.is_empty() {
                names.push(plain(last));
            }
            Written { leading, names }
        };
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(plain(&path.ident));
                self.import(leading, prefix, &path.tree);
                prefix.pop();
            }
            syn::UseTree::Name(name) => {
                let target = target(prefix, &name.ident);
                if let Some(last) = target.names.last().cloned() {
                    self.bind(last, Binding::Import(target));
                }
            }
            syn::UseTree::Rename(rename) => {
                let target = target(prefix, &rename.ident);
                self.bind(plain(&rename.rename), Binding::Import(target));
            }
            syn::UseTree::Glob(_) => self.globs.push(Written {
                leading,
                names: prefix.clone(),
            }),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(leading, prefix, tree);
                }
            }
        }
    }

    fn bind(&mut self, name: String, binding: Binding) {
        if name == "_" {
            if let Binding::Import(target) = binding {
                // A trait imported for its methods only; kept under a name that no source can write.
                self.names
                    .insert(format!("_ {}", target.names.join("::")), Binding::Import(target));
            }
            return;
        }
        match self.names.get(&name) {
            Some(known) if *known != binding => self.names.insert(name, Binding::Either),
            _ => self.names.insert(name, binding),
        };
    }
}

fn item_name(item: &syn::Item) -> Option<&syn::Ident> {
    Some(match item {
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Mod(item) => &item.ident,
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::TraitAlias(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        syn::Item::Union(item) => &item.ident,
        _ => return None,
    })
}

/// One level of what is visible at a place.
#[derive(Debug)]
enum Scope {
    /// A module or a block and its key among the declarations.
    Items { key: String, module: bool },
    /// Variables, the latest last.
    Variables(Vec<(String, LocalId)>),
    /// A function's own body: variables outside are out of sight, items are not.
    Function,
}

/// The names that are visible while the tree is walked.
#[derive(Debug)]
pub(super) struct Names<'a> {
    declared: HashMap<String, Declared>,
    macros: HashSet<String>,
    aliases: HashMap<String, Written>,
    stack: Vec<Scope>,
    blocks: usize,
    is_crate_root: bool,
    known: &'a dyn Known,
    look_ups: Cell<usize>,
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
            declared: HashMap::new(),
            macros: HashSet::new(),
            aliases: HashMap::new(),
            stack: vec![Scope::Items {
                key: FILE.to_owned(),
                module: true,
            }],
            blocks: 0,
            is_crate_root: is_crate_root(path),
            known,
            look_ups: Cell::new(0),
        };
        names.declare_modules(FILE, &file.items);
        let mut macros = Macros(&mut names.macros);
        macros.visit_file(file);
        names
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
    pub(super) fn enter_module(&mut self, ident: &syn::Ident, items: &[syn::Item]) {
        let key = format!("{}::{}", self.place(), plain(ident));
        if !self.declared.contains_key(&key) {
            self.declare_modules(&key, items);
        }
        self.stack.push(Scope::Items { key, module: true });
    }

    /// Enters a block, whose items are visible in all of it, and whose variables from their `let` on.
    pub(super) fn enter_block(&mut self, block: &[syn::Stmt]) {
        self.blocks += 1;
        let key = format!("{}::{{{}}}", self.place(), self.blocks);
        let items = block.iter().filter_map(|stmt| match stmt {
            syn::Stmt::Item(item) => Some(item),
            _ => None,
        });
        self.declared.insert(key.clone(), Declared::of(items));
        self.stack.push(Scope::Items { key, module: false });
        self.stack.push(Scope::Variables(Vec::new()));
    }

    /// Leaves what [`enter_block`](Self::enter_block) entered.
    pub(super) fn leave_block(&mut self) {
        self.stack.truncate(self.stack.len().saturating_sub(2));
    }

    /// Enters a function: variables outside are out of sight.
    pub(super) fn enter_function(&mut self) {
        self.stack.push(Scope::Function);
        self.stack.push(Scope::Variables(Vec::new()));
    }

    /// Leaves what [`enter_function`](Self::enter_function) entered.
    pub(super) fn leave_function(&mut self) {
        self.leave_block();
    }

    /// Enters a place with variables of its own: a closure, an arm, the body of an `if let`.
    pub(super) fn enter_variables(&mut self) {
        self.stack.push(Scope::Variables(Vec::new()));
    }

    /// Leaves a module, or a place with variables of its own.
    pub(super) fn leave(&mut self) {
        self.stack.pop();
    }

    /// Makes a variable visible from here on.
    pub(super) fn bind(&mut self, name: String, id: LocalId) {
        if let Some(Scope::Variables(variables)) = self.stack.last_mut() {
            variables.push((name, id));
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
    pub(super) fn is_std_macro(&self, path: &syn::Path) -> bool {
        let written = Written::from(path);
        self.look_ups.set(0);
        match written.names.as_slice() {
            [name] if !written.leading => {
                !self.macros.contains(name)
                    && match self.look_up(name, self.stack.len(), 0, false) {
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
                    .any(|glob| glob.names.first().is_some_and(|name| name == krate))
            })
    }

    /// Whether the trait at `path` of another crate is in scope, by whatever name or by a glob.
    pub(super) fn has_trait(&self, path: &str) -> bool {
        let parent = path.rsplit_once("::").map_or("", |(parent, _)| parent);
        self.look_ups.set(0);
        let parents = [parent.to_owned(), format!("{parent}::prelude")];
        self.visible_items().any(|(key, depth)| {
            self.declared.get(key).is_some_and(|declared| {
                let named = declared.names.values().any(|binding| match binding {
                    Binding::Import(target) => self.resolve_at(target, depth, 1, None) == Name::Extern(path.to_owned()),
                    _ => false,
                });
                named
                    || declared
                        .globs
                        .iter()
                        .any(|glob| match self.resolve_at(glob, depth, 1, None) {
                            Name::Extern(glob) => parents.contains(&glob),
                            _ => false,
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

    /// What a path means here.
    pub(super) fn resolve(&self, written: &Written) -> Name {
        self.look_ups.set(0);
        self.follow_alias(self.resolve_at(written, self.stack.len(), 0, None), 0)
    }

    /// Replaces a type alias of this file, alone or with an associated item behind it, by what it stands for.
    fn follow_alias(&self, name: Name, hops: usize) -> Name {
        let Name::File(path) = &name else { return name };
        let (head, tail) = match path.rsplit_once("::") {
            Some((head, tail)) if self.aliases.contains_key(head) => (head, Some(tail)),
            _ => (path.as_str(), None),
        };
        let Some(target) = self.aliases.get(head).filter(|_| hops < MAX_HOPS) else {
            return name;
        };
        let module = head.rsplit_once("::").map_or(FILE, |(module, _)| module);
        match (self.resolve_in_module(module, target, hops + 1), tail) {
            (resolved, None) => self.follow_alias(resolved, hops + 1),
            (Name::Extern(path), Some(tail)) => Name::Extern(format!("{path}::{tail}")),
            (Name::File(path), Some(tail)) => self.follow_alias(Name::File(format!("{path}::{tail}")), hops + 1),
            _ => Name::Unknown,
        }
    }

    /// Resolves against the first `depth` entries of the stack. `without` is a name that the innermost declarations
    /// are not asked for: `use tokio;` does not import itself.
    fn resolve_at(&self, written: &Written, depth: usize, hops: usize, without: Option<&str>) -> Name {
        if hops > MAX_HOPS {
            return Name::Unknown;
        }
        let Some((first, rest)) = written.names.split_first() else {
            return Name::Unknown;
        };
        if written.leading {
            return Name::Extern(written.names.join("::"));
        }
        match first.as_str() {
            "crate" | "self" | "super" => return self.resolve_relative(written, depth, hops),
            "Self" => return Name::Unknown,
            _ => {}
        }
        match self.look_up(first, depth, hops, without == Some(first)) {
            Some(Name::Variable(id)) if rest.is_empty() => Name::Variable(id),
            Some(Name::Variable(_)) | None if rest.is_empty() => Name::Unknown,
            Some(Name::Variable(_)) | None => Name::Extern(written.names.join("::")),
            Some(found) => self.descend(found, rest, hops),
        }
    }

    fn resolve_relative(&self, written: &Written, depth: usize, hops: usize) -> Name {
        let mut module = self.module_at(depth).to_owned();
        let mut names = written.names.as_slice();
        while let Some((first, rest)) = names.split_first() {
            match first.as_str() {
                "crate" if self.is_crate_root => module = FILE.to_owned(),
                "self" => {}
                "super" if module != FILE => {
                    module.truncate(module.rfind("::").unwrap_or(0));
                    while module.ends_with('}') {
                        module.truncate(module.rfind("::").unwrap_or(0));
                    }
                }
                "crate" => return Name::Extern(written.names.join("::")),
                "super" => return Name::Unknown,
                _ => break,
            }
            names = rest;
        }
        self.descend(Name::File(module), names, hops)
    }

    fn module_at(&self, depth: usize) -> &str {
        self.stack
            .iter()
            .take(depth)
            .rev()
            .find_map(|scope| match scope {
                Scope::Items { key, module: true } => Some(key.as_str()),
                _ => None,
            })
            .unwrap_or(FILE)
    }

    /// What a first name means: variables and items outward to the module, then globs.
    fn look_up(&self, name: &str, depth: usize, hops: usize, skip_innermost: bool) -> Option<Name> {
        let mut variables_visible = true;
        let mut skip = skip_innermost;
        for (index, scope) in self.stack.iter().enumerate().take(depth).rev() {
            match scope {
                Scope::Function => variables_visible = false,
                Scope::Variables(variables) if variables_visible => {
                    if let Some((_, id)) = variables.iter().rev().find(|(variable, _)| variable == name) {
                        return Some(Name::Variable(*id));
                    }
                }
                Scope::Variables(_) => {}
                Scope::Items { key, module } => {
                    if !std::mem::take(&mut skip) {
                        if let Some(found) = self.declared_as(key, name, index + 1, hops) {
                            return Some(found);
                        }
                    }
                    if *module {
                        return None;
                    }
                }
            }
        }
        None
    }

    /// What the declarations of `key`, which end the stack at `depth`, say about a name.
    fn declared_as(&self, key: &str, name: &str, depth: usize, hops: usize) -> Option<Name> {
        if self.is_exhausted(hops) {
            return Some(Name::Unknown);
        }
        let declared = self.declared.get(key)?;
        match declared.names.get(name) {
            Some(Binding::Item) => return Some(Name::File(format!("{key}::{name}"))),
            Some(Binding::Either) => return Some(Name::Unknown),
            Some(Binding::Import(target)) => return Some(self.resolve_at(target, depth, hops + 1, Some(name))),
            None => {}
        }
        declared
            .globs
            .iter()
            .find_map(|glob| match self.resolve_at(glob, depth, hops + 1, None) {
                Name::Extern(path) => {
                    let path = format!("{path}::{name}");
                    self.known.knows(&path).then_some(Name::Extern(path))
                }
                Name::File(module) if module != key => self.in_module(&module, name, hops + 1),
                _ => None,
            })
    }

    fn is_exhausted(&self, hops: usize) -> bool {
        self.look_ups.set(self.look_ups.get() + 1);
        hops > MAX_HOPS || self.look_ups.get() > MAX_LOOK_UPS
    }

    /// What a name means in a module of this file that need not be on the stack.
    fn in_module(&self, module: &str, name: &str, hops: usize) -> Option<Name> {
        if self.is_exhausted(hops) {
            return Some(Name::Unknown);
        }
        let declared = self.declared.get(module)?;
        match declared.names.get(name) {
            Some(Binding::Item) => Some(Name::File(format!("{module}::{name}"))),
            Some(Binding::Either) => Some(Name::Unknown),
            Some(Binding::Import(target)) => Some(if target.names.first().is_some_and(|first| first == name) {
                Name::Extern(target.names.join("::"))
            } else {
                self.resolve_in_module(module, target, hops + 1)
            }),
            None => declared
                .globs
                .iter()
                .find_map(|glob| match self.resolve_in_module(module, glob, hops + 1) {
                    Name::Extern(path) => {
                        let path = format!("{path}::{name}");
                        self.known.knows(&path).then_some(Name::Extern(path))
                    }
                    Name::File(other) if other != module => self.in_module(&other, name, hops + 1),
                    _ => None,
                }),
        }
    }

    fn resolve_in_module(&self, module: &str, written: &Written, hops: usize) -> Name {
        let Some((first, rest)) = written.names.split_first() else {
            return Name::Unknown;
        };
        if hops > MAX_HOPS {
            return Name::Unknown;
        }
        if written.leading {
            return Name::Extern(written.names.join("::"));
        }
        match first.as_str() {
            "self" => self.descend(Name::File(module.to_owned()), rest, hops),
            "super" => match module.rsplit_once("::") {
                Some((parent, _)) => self.resolve_in_module(
                    parent,
                    &Written {
                        leading: false,
                        names: std::iter::once("self".to_owned()).chain(rest.iter().cloned()).collect(),
                    },
                    hops + 1,
                ),
                None => Name::Unknown,
            },
            "crate" if self.is_crate_root => self.descend(Name::File(FILE.to_owned()), rest, hops),
            "crate" => Name::Extern(written.names.join("::")),
            "Self" => Name::Unknown,
            _ => match self.in_module(module, first, hops + 1) {
                Some(found) => self.descend(found, rest, hops),
                None if rest.is_empty() => Name::Unknown,
                None => Name::Extern(written.names.join("::")),
            },
        }
    }

    /// What `rest` means below something that is resolved.
    fn descend(&self, from: Name, rest: &[String], hops: usize) -> Name {
        let mut found = from;
        for name in rest {
            found = match found {
                Name::Extern(path) => Name::Extern(format!("{path}::{name}")),
                Name::File(path) if self.declared.contains_key(&path) => {
                    self.in_module(&path, name, hops + 1).unwrap_or(Name::Unknown)
                }
                Name::File(path) => Name::File(format!("{path}::{name}")),
                Name::Variable(_) | Name::Unknown => Name::Unknown,
            };
        }
        found
    }
}

/// Whether `crate::` means this file's own root: so for the roots of libraries, programs, tests and examples.
fn is_crate_root(path: &FilePath) -> bool {
    let name = |part: Option<&std::ffi::OsStr>| part.and_then(std::ffi::OsStr::to_str).unwrap_or_default().to_owned();
    let folder = name(path.parent().and_then(FilePath::file_name));
    matches!(name(path.file_name()).as_str(), "lib.rs" | "main.rs")
        || matches!(folder.as_str(), "tests" | "examples" | "benches" | "bin")
}

/// Collects the names of the file's `macro_rules!`.
struct Macros<'a>(&'a mut HashSet<String>);

impl<'ast> Visit<'ast> for Macros<'_> {
    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if let Some(ident) = &item.ident {
            self.0.insert(plain(ident));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Everything;

    impl Known for Everything {
        fn knows(&self, path: &str) -> bool {
            ["tokio_tungstenite::connect_async", "tokio_tungstenite::tungstenite"].contains(&path)
        }
    }

    /// What `path` means at the root of `text`, or in its module `m` when `in_module`.
    fn meaning(text: &str, path: &str, in_module: bool) -> Name {
        let file: syn::File = syn::parse_str(text).unwrap();
        let mut names = Names::of(&file, FilePath::new("src/lib.rs"), &Everything);
        if in_module {
            let module = file.items.iter().find_map(|item| match item {
                syn::Item::Mod(module) if module.ident == "m" => Some(module),
                _ => None,
            });
            let module = module.unwrap();
            names.enter_module(&module.ident, &module.content.as_ref().unwrap().1);
        }
        names.resolve(&Written::from(&syn::parse_str::<syn::Path>(path).unwrap()))
    }

    const CONNECT: &str = "tokio_tungstenite::connect_async";

    fn means_connect(text: &str, path: &str) -> bool {
        meaning(text, path, false) == Name::Extern(CONNECT.to_owned())
    }

    #[test]
    fn imports_are_followed() {
        for (text, path) in [
            ("", CONNECT),
            ("", "::tokio_tungstenite::connect_async"),
            ("use tokio_tungstenite::connect_async;", "connect_async"),
            (
                "use ::tokio_tungstenite::{connect_async as c, tungstenite::{self, Message}};",
                "c",
            ),
            ("use tokio_tungstenite as ws;", "ws::connect_async"),
            (
                "use tokio_tungstenite::{self as ws, connect_async as c};",
                "ws::connect_async",
            ),
            ("extern crate tokio_tungstenite as y;", "y::connect_async"),
            ("use tokio_tungstenite;", CONNECT),
            ("use tokio_tungstenite::*;", "connect_async"),
            (
                "mod m { pub use tokio_tungstenite::connect_async as open; } use m::open;",
                "open",
            ),
            (
                "mod m { pub use tokio_tungstenite::connect_async as open; }",
                "crate::m::open",
            ),
            (
                "mod m { pub use tokio_tungstenite::*; } use self::m::*;",
                "connect_async",
            ),
        ] {
            assert!(
                means_connect(text, path),
                "{path} in {text}: {:?}",
                meaning(text, path, false)
            );
        }
    }

    #[test]
    fn shadowed_names_mean_something_else() {
        for (text, path) in [
            ("fn connect_async() {} use tokio_tungstenite::*;", "connect_async"),
            ("mod tokio_tungstenite { pub fn connect_async() {} }", CONNECT),
            ("use other::connect_async;", "connect_async"),
            (
                "#[cfg(a)] use tokio_tungstenite::connect_async; #[cfg(b)] use other::connect_async;",
                "connect_async",
            ),
            ("use super::connect_async;", "connect_async"),
            ("use a::b; use b::a;", "a"),
        ] {
            assert!(!means_connect(text, path), "{path} in {text}");
        }
    }

    #[test]
    fn a_module_sees_its_parents_names_only_through_a_glob() {
        let outside = "use tokio_tungstenite::connect_async; mod m {";
        assert_eq!(meaning(&format!("{outside} }}"), "connect_async", true), Name::Unknown);
        for inside in ["use super::*;", "use super::connect_async;", "use crate::*;"] {
            let found = meaning(&format!("{outside} {inside} }}"), "connect_async", true);
            assert_eq!(found, Name::Extern(CONNECT.to_owned()), "{inside}");
        }
    }

    #[test]
    fn aliases_of_types_are_followed() {
        let text = "use tokio_websockets as t; type Builder = t::ClientBuilder<'static>;";
        assert_eq!(
            meaning(text, "Builder::new", false),
            Name::Extern("tokio_websockets::ClientBuilder::new".to_owned())
        );
        assert_eq!(
            meaning("type A = B; type B = A;", "A::new", false),
            Name::File("$file::A::new".to_owned())
        );
    }

    #[test]
    fn a_macro_of_ones_own_is_not_the_standard_one() {
        for (text, std) in [
            ("", true),
            ("macro_rules! println { () => {} }", false),
            ("use anstream::println;", false),
            ("use anstream::*;", false),
            ("use std::println;", true),
        ] {
            let file: syn::File = syn::parse_str(text).unwrap();
            let names = Names::of(&file, FilePath::new("a.rs"), &Everything);
            assert_eq!(names.is_std_macro(&syn::parse_str("println").unwrap()), std, "{text}");
        }
    }
}

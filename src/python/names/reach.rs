//! Which names of a module lead to a library of the catalogue, through whatever functions and modules of the project: a file
//! that uses such a name matters though it names no library itself.

use std::cell::Cell;

use foldhash::{HashMap, HashSet};
use memchr::memmem;
use ruff_python_ast::name::Name;

use super::binding::{Bindings, Elsewhere, Meaning, Reference, ScopeId, ScopeKind, Value};
use super::evaluate::Evaluation;
use super::project::{Home, Modules, is_of_catalog};
use super::table::Table;

/// Chains of modules longer than this are not followed.
const LONGEST_CHAIN: usize = 16;

impl Modules {
    /// The names of `module` that lead to a library. Modules that import each other are each looked at once.
    pub(super) fn leading(&self, module: &Elsewhere) -> HashSet<Name> {
        let mut visiting = Vec::new();
        self.leading_from(module, &mut visiting).0
    }

    /// Also whether the answer leaves out what a module says that is being looked at.
    fn leading_from(&self, module: &Elsewhere, visiting: &mut Vec<Elsewhere>) -> (HashSet<Name>, bool) {
        if let Some(known) = module.0.leading.get() {
            return (known.clone(), false);
        }
        if visiting.contains(module) || visiting.len() >= LONGEST_CHAIN {
            return (HashSet::default(), true);
        }
        visiting.push(module.clone());
        let mut is_cut = false;
        let found = {
            let mut leads = |path: &str| {
                let (leads, cut) = self.leads(path, &module.0.home, visiting);
                is_cut |= cut;
                leads
            };
            leading(&module.0.table, &mut leads)
        };
        visiting.pop();
        if !is_cut || visiting.is_empty() {
            let _ = module.0.leading.set(found.clone());
        }
        (found, is_cut && !visiting.is_empty())
    }

    /// Whether what the module at `home` imports by this path stands for a text beyond ASCII, for a class that has one, or for a
    /// module with such names that `text` has, too.
    pub(super) fn leads_to_text(&self, home: &Home, path: &str, text: &[u8]) -> bool {
        let Some((module, names)) = self.named(home, path) else {
            return false;
        };
        if names.is_empty() {
            let texts = module.0.texts.get_or_init(|| own_texts(&module.0.table));
            return texts.iter().any(|name| memmem::find(text, name.as_bytes()).is_some());
        }
        let (steps, nothing) = (Cell::new(0), Table::default());
        let values = Evaluation::in_project(&nothing, (self, home), &steps).of_project(path);
        values.into_iter().flatten().any(|value| match value {
            Value::Text(_) => true,
            Value::Foreign { module, value, .. } => match *value {
                Value::Class(class) => has_text(&module.0.table, class),
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether a path that is imported at `home` leads to a library.
    fn leads(&self, path: &str, home: &Home, visiting: &mut Vec<Elsewhere>) -> (bool, bool) {
        if !path.starts_with('.') && path.split('.').next().is_some_and(is_of_catalog) {
            return (true, false);
        }
        let Some((module, names)) = self.named(home, path) else {
            return (false, false);
        };
        let (leading, is_cut) = self.leading_from(&module, visiting);
        let leads = match names.first() {
            Some(name) => leading.contains(*name),
            None => !leading.is_empty(),
        };
        (leads, is_cut)
    }
}

/// The names at the top of a module that are bound to texts beyond ASCII, or to classes that have one.
fn own_texts(table: &Table) -> HashSet<Name> {
    let is_one = |bindings: &Bindings| {
        is_text(bindings)
            || match bindings {
                Bindings::Known(known) => known.iter().any(|binding| match binding.meaning {
                    Meaning::Class(class) => has_text(table, class),
                    _ => false,
                }),
                _ => false,
            }
    };
    let names = table.scope(ScopeId(0)).names.iter();
    let ones = names.filter(|(_, entry)| is_one(&entry.bindings));
    ones.map(|(name, _)| name.clone()).collect()
}

fn has_text(table: &Table, class: ScopeId) -> bool {
    let mut entries = table.scope(class).names.values();
    entries.any(|entry| is_text(&entry.bindings))
}

fn is_text(bindings: &Bindings) -> bool {
    match bindings {
        Bindings::Known(known) => known.iter().any(|binding| matches!(binding.meaning, Meaning::Text(_))),
        _ => false,
    }
}

/// The names at the top of a module that lead to what `leads` says of imports.
fn leading(table: &Table, leads: &mut dyn FnMut(&str) -> bool) -> HashSet<Name> {
    let mut found: HashSet<Name> = HashSet::default();
    // Which scopes belong to which name of the module, and which of its names each of them reads.
    let mut readers: HashMap<&Name, Vec<&Name>> = HashMap::default();
    let mut of_functions: HashMap<usize, ScopeId> = HashMap::default();
    for (index, scope) in table.scopes.iter().enumerate() {
        if let ScopeKind::Function(function) = scope.kind {
            of_functions.insert(function.index(), ScopeId(u32::try_from(index).unwrap_or(u32::MAX)));
        }
    }
    let mut pending: Vec<&Name> = Vec::new();
    let mut imported = |path: &str, name: &Name, found: &mut HashSet<Name>| {
        if leads(path) {
            found.insert(name.clone());
        }
    };
    for (name, entry) in &table.scope(ScopeId(0)).names {
        let Bindings::Known(known) = &entry.bindings else {
            continue;
        };
        for binding in known {
            let mut reads = |reference: &Reference| {
                let of_module = table.scope(ScopeId(0)).names.get_key_value(&reference.root);
                if let Some((root, _)) = of_module {
                    readers.entry(root).or_default().push(name);
                }
            };
            let scope = match &binding.meaning {
                Meaning::Import(path) => {
                    imported(path, name, &mut found);
                    continue;
                }
                Meaning::Function(function) => {
                    let gives = &table.function(*function).gives;
                    gives.declared.iter().for_each(&mut reads);
                    of_functions.get(&function.index()).copied()
                }
                Meaning::Class(class) => {
                    table.scope(*class).bases.iter().flatten().for_each(&mut reads);
                    Some(*class)
                }
                Meaning::Alias(reference) | Meaning::AwaitedAlias(reference) | Meaning::Instance(reference) => {
                    reads(reference);
                    None
                }
                Meaning::Outcome { callee, .. } | Meaning::Awaited { callee, .. } => {
                    reads(callee);
                    None
                }
                _ => None,
            };
            let Some(scope) = scope else { continue };
            let inside = std::iter::once(scope).chain(table.nested(scope));
            for scope in inside {
                for read in table.scope(scope).names.keys() {
                    readers.entry(read).or_default().push(name);
                    // An import inside of a function is no name of the module.
                    if let Some(Bindings::Known(known)) =
                        table.scope(scope).names.get(read).map(|entry| &entry.bindings)
                    {
                        for binding in known {
                            if let Meaning::Import(path) = &binding.meaning {
                                imported(path, name, &mut found);
                            }
                        }
                    }
                }
            }
        }
    }
    for star in &table.stars {
        // What it binds is not to be seen here: whoever reads an unknown name may mean it.
        let unknown = readers
            .keys()
            .filter(|name| !table.scope(ScopeId(0)).names.contains_key(**name));
        let unknown: Vec<Name> = unknown.map(|name| (*name).clone()).collect();
        for name in unknown {
            imported(&format!("{star}.{name}"), &name, &mut found);
        }
    }
    pending.extend(readers.keys().filter(|name| found.contains(**name)));
    while let Some(name) = pending.pop() {
        for reader in readers.get(name).into_iter().flatten() {
            if found.insert((*reader).clone()) {
                pending.push(reader);
            }
        }
    }
    found
}

//! Which names of a module lead to a library of the catalogue, through whatever functions and modules of the project: a file
//! that uses such a name matters though it names no library itself.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use memchr::memmem;
use ruff_python_ast::name::Name;

use super::binding::{Bindings, FunctionId, Meaning, Reference, ScopeId, ScopeKind};
use super::computed::may_be_text;
use super::evaluate::Evaluation;
use super::outlook::speaks_websocket;
use super::project::{Home, Modules};
use super::table::Table;
use super::value::{Elsewhere, Value};
use crate::catalog::known_fixture;

/// Of the modules that a module imports, directly or not, at most so many are followed.
const MOST_MODULES: usize = 4_096;

impl Modules {
    /// The names of `module` that lead to a library. All modules that it imports, directly or not, are told in one go: each is
    /// looked at once, however they import each other.
    pub(super) fn leading<'m>(&self, module: &'m Elsewhere) -> &'m HashSet<Name> {
        if let Some(known) = module.0.leading.get() {
            return known;
        }
        let mut all = vec![module.clone()];
        let mut places: HashMap<*const super::project::Summary, usize> = HashMap::default();
        places.insert(Arc::as_ptr(&module.0), 0);
        let mut flows: Vec<Flow> = Vec::new();
        while let Some(next) = all.get(flows.len()).cloned() {
            let mut flow = Flow::default();
            if let Some(known) = next.0.leading.get() {
                flow.leading.extend(known.iter().cloned());
                flows.push(flow);
                continue;
            }
            let mut place = |path: &str| {
                let (file, names) = self.located(&next.0.home, path)?;
                let other = self.leads_on(&file).then(|| self.summary(&file))??;
                let there = names.first().map(|first| Name::new(*first));
                let asked = there
                    .as_ref()
                    .map(|there| other.0.table.asked_as(there))
                    .unwrap_or_default();
                let place = places.get(&Arc::as_ptr(&other.0)).copied().or_else(|| {
                    (all.len() < MOST_MODULES).then(|| {
                        places.insert(Arc::as_ptr(&other.0), all.len());
                        all.push(other);
                        all.len() - 1
                    })
                });
                Some((place?, there, asked))
            };
            for (path, name) in flow.read(&next.0.table) {
                if !path.starts_with('.') && path.split('.').next().is_some_and(speaks_websocket) {
                    flow.leading.insert(name);
                } else if let Some((place, there, asked)) = place(&path) {
                    flow.imports
                        .extend(asked.into_iter().map(|asked| (place, Some(asked.clone()), asked)));
                    flow.imports.push((place, there, name));
                }
            }
            let stars = next.0.table.stars.iter();
            flow.stars = stars.filter_map(|star| Some(place(&star.module)?.0)).collect();
            flows.push(flow);
        }
        settle(&mut flows);
        for (module, flow) in all.iter().zip(flows) {
            module.0.leading.get_or_init(|| flow.leading);
        }
        module.0.leading.get_or_init(HashSet::default)
    }

    /// Whether a function of a module, or the class that it is in, leads to a library.
    pub(in crate::python) fn leads_to_library(&self, module: &Elsewhere, function: FunctionId) -> bool {
        let first = module.0.qualified(function).split('.').next().unwrap_or_default();
        self.leading(module).contains(first)
    }

    /// The names at the top of the module at this path.
    pub(in crate::python) fn names_at(&self, file: &Path) -> Vec<String> {
        let module = self.summary(file);
        let names = module
            .iter()
            .flat_map(|module| module.0.table.scope(ScopeId(0)).names.keys());
        names.map(ToString::to_string).collect()
    }

    /// The names of the module at the path `door` that stand for something of the module at `of`, or for that module itself; `known`
    /// are the names there that matter, which a star import takes.
    pub(in crate::python) fn imported_from(&self, door: &Path, of: &Path, known: &[String]) -> Vec<String> {
        let Some(module) = self.summary(door) else {
            return Vec::new();
        };
        let is_of = |path: &str| {
            self.named(&module.0.home, path)
                .is_some_and(|(other, _)| other.0.file() == of)
        };
        let table = &module.0.table;
        let binds_one = |bindings: &Bindings| match bindings {
            Bindings::Known(known) => known.iter().any(|binding| match &binding.meaning {
                Meaning::Import(path) => is_of(path),
                _ => false,
            }),
            _ => false,
        };
        let names = table.scope(ScopeId(0)).names.iter();
        let mut names: Vec<String> = names
            .filter(|(_, entry)| binds_one(&entry.bindings))
            .map(|(name, _)| name.to_string())
            .collect();
        if table.stars.iter().any(|star| is_of(&star.module)) {
            names.extend(known.iter().cloned());
        }
        names
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
            Value::Text(_) | Value::Tuple(_) | Value::Dict(_) => true,
            Value::Foreign { module, value, .. } => match *value {
                Value::Class(class) => has_text(&module.0.table, class),
                _ => false,
            },
            _ => false,
        })
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
        Bindings::Known(known) => known.iter().any(|binding| match &binding.meaning {
            Meaning::Text(_) | Meaning::Tuple(_) | Meaning::Display(_) => true,
            computed @ Meaning::Computed(..) => may_be_text(computed),
            _ => false,
        }),
        _ => false,
    }
}

impl Table {
    /// The names that tests ask for a function of the module by, where those are others than its own: `@pytest.fixture(name="ws")`.
    fn asked_as(&self, function: &Name) -> Vec<Name> {
        let fixtures = self.fixtures.of_module();
        let asked = fixtures.filter(|(asked, id)| *asked != function && self.function(*id).name() == function.as_str());
        asked.map(|(asked, _)| asked.clone()).collect()
    }
}

/// How names lead to each other in one module.
#[derive(Default)]
struct Flow {
    /// Those that lead to a library.
    leading: HashSet<Name>,
    /// By name: the names of the module whose definitions read it.
    readers: HashMap<Name, Vec<Name>>,
    /// What is imported from other modules: the place of the module, the name there (none: the module itself), and the name here.
    imports: Vec<(usize, Option<Name>, Name)>,
    /// The places of the modules all of whose names are names of this one.
    stars: Vec<usize>,
}

impl Flow {
    /// Reads which names of a module read which. The paths that are imported, each with the name of the module that it leads to.
    fn read(&mut self, table: &Table) -> Vec<(String, Name)> {
        let mut imports = Vec::new();
        let mut of_functions: HashMap<usize, ScopeId> = HashMap::default();
        for (index, scope) in table.scopes.iter().enumerate() {
            if let ScopeKind::Function(function) = scope.kind {
                of_functions.insert(function.index(), ScopeId(u32::try_from(index).unwrap_or(u32::MAX)));
            }
        }
        for (name, entry) in &table.scope(ScopeId(0)).names {
            let Bindings::Known(known) = &entry.bindings else {
                continue;
            };
            for binding in known {
                let mut reads = |reference: &Reference| self.is_read(&reference.root, name);
                let scope = match &binding.meaning {
                    Meaning::Import(path) => {
                        imports.push((path.clone(), name.clone()));
                        None
                    }
                    Meaning::Function(function) => {
                        let declared = table.function(*function).gives.declared.iter();
                        declared.flat_map(Meaning::declared_classes).for_each(&mut reads);
                        of_functions.get(&function.index()).copied()
                    }
                    Meaning::Class(class) => {
                        table.scope(*class).bases.iter().flatten().for_each(&mut reads);
                        Some(*class)
                    }
                    Meaning::Alias(reference)
                    | Meaning::AwaitedAlias(reference)
                    | Meaning::EnteredAlias(reference)
                    | Meaning::Instance(reference) => {
                        reads(reference);
                        None
                    }
                    Meaning::Outcome { callee, passes_on, .. } => {
                        if let Some(Meaning::Awaited { callee, .. }) = passes_on.as_deref() {
                            reads(callee);
                        }
                        reads(callee);
                        None
                    }
                    Meaning::EnteredOutcome { callee, .. } | Meaning::Awaited { callee, .. } => {
                        reads(callee);
                        None
                    }
                    _ => None,
                };
                for scope in scope
                    .into_iter()
                    .flat_map(|scope| std::iter::once(scope).chain(table.nested(scope)))
                {
                    for (read, entry) in &table.scope(scope).names {
                        self.is_read(read, name);
                        let Bindings::Known(known) = &entry.bindings else {
                            continue;
                        };
                        for binding in known {
                            match &binding.meaning {
                                // An import inside of a function is no name of the module.
                                Meaning::Import(path) => imports.push((path.clone(), name.clone())),
                                Meaning::Fixture { name: asked, .. } if known_fixture(asked).is_some() => {
                                    self.leading.insert(name.clone());
                                }
                                _ => {}
                            }
                        }
                    }
                }
            }
        }
        for (asked, function) in table.fixtures.of_module() {
            self.is_read(&Name::new(table.function(function).name()), asked);
        }
        for star in &table.stars {
            // What it binds is not to be seen here: whoever reads an unknown name may mean it.
            let unknown = self.readers.keys();
            let unknown = unknown.filter(|name| !table.scope(ScopeId(0)).names.contains_key(*name));
            imports.extend(unknown.map(|name| (format!("{}.{name}", star.module), name.clone())));
        }
        imports
    }

    fn is_read(&mut self, read: &Name, reader: &Name) {
        let readers = self.readers.entry(read.clone()).or_default();
        if readers.last() != Some(reader) {
            readers.push(reader.clone());
        }
    }
}

/// A name of a module, by the place of that.
type Place = (usize, Name);

/// Follows what leads to a library through all modules, until nothing more does.
fn settle(flows: &mut [Flow]) {
    // Who imports a name of a module, and who imports the module itself.
    let mut importers: HashMap<(usize, Option<Name>), Vec<Place>> = HashMap::default();
    // Who has all names of a module.
    let mut copies: HashMap<usize, Vec<usize>> = HashMap::default();
    for (place, flow) in flows.iter().enumerate() {
        for (from, name, here) in &flow.imports {
            importers
                .entry((*from, name.clone()))
                .or_default()
                .push((place, here.clone()));
        }
        for from in &flow.stars {
            copies.entry(*from).or_default().push(place);
        }
    }
    let mut pending: Vec<Place> = Vec::new();
    for (place, flow) in flows.iter().enumerate() {
        pending.extend(flow.leading.iter().map(|name| (place, name.clone())));
    }
    while let Some((place, name)) = pending.pop() {
        let readers = flows.get(place).and_then(|flow| flow.readers.get(&name)).cloned();
        let here = readers.into_iter().flatten().map(|reader| (place, reader));
        let copied = copies.get(&place).into_iter().flatten();
        let copied = copied.map(|place| (*place, name.clone()));
        let by_name = importers.get(&(place, Some(name.clone()))).into_iter().flatten();
        let by_module = importers.get(&(place, None)).into_iter().flatten();
        let imported = by_name.chain(by_module).cloned();
        let reached: Vec<Place> = here.chain(copied).chain(imported).collect();
        for (place, name) in reached {
            if let Some(flow) = flows.get_mut(place)
                && flow.leading.insert(name.clone())
            {
                pending.push((place, name));
            }
        }
    }
}

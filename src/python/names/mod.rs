//! Scopes and bindings of one module, and what a dotted name means by them.
//!
//! Resolution does not follow control flow: a name means something where every binding of it in its scope agrees.
//! Bindings to `None` do not count (a call of `None` fails, so it never explains one), and the branches of one `if`,
//! `try` or conditional expression may disagree: then the name means each of them. Not seen: names bound by `exec`,
//! `globals()`, `setattr`, a metaclass or a base class of another module.

use std::cell::{Cell, OnceCell};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use elsa::FrozenMap;
use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall, ExprName, ModModule};
use ruff_text_size::Ranged;

use self::answers::Answers;
use self::binding::{Bindings, Meaning, NameUse};
use self::builtins::is_builtin;
use self::evaluate::Evaluation;
use self::project::Home;
pub(super) use self::table::Table;

mod agreement;
mod annotations;
mod answers;
mod attributes;
mod awaitables;
mod binding;
mod blocks;
mod build;
mod builtins;
mod changes;
mod computed;
mod constructions;
mod declared_elements;
mod displays;
mod elements;
mod entering;
mod enumerations;
mod evaluate;
mod fixtures;
mod foreign;
mod functions;
mod guards;
mod handed_back;
mod imported;
mod keywords;
mod lineage;
mod makings;
mod meaning;
mod outcomes;
mod outlook;
mod overriding;
mod parameters;
mod project;
mod reach;
pub(super) mod releases;
mod replacing;
mod stars;
mod started;
mod table;
mod task_results;
#[cfg(test)]
mod tests;
mod transparent;
mod uses;
mod value;
mod visit;

pub(super) use self::binding::{Function, FunctionId, ScopeId};
pub(super) use self::blocks::is_type_checking;
pub(super) use self::displays::texts_of;
pub(super) use self::enumerations::{Members as ClassMembers, names_value};
pub(super) use self::fixtures::{FIXTURES, Fixture};
pub(super) use self::functions::is_automatic;
pub(super) use self::guards::Guarded;
pub(super) use self::makings::Making;
pub(super) use self::overriding::{Method, Subclasses};
pub(super) use self::parameters::Given;
pub(super) use self::project::{Modules, is_conftest, is_of_python, locked, on_its_own_stack};
use self::value::each_once;
pub(super) use self::value::{Elsewhere, Value};

/// What is known of one module's names. Owns what it knows, so that it can be kept beside the tree.
pub(super) struct Names {
    table: Table,
    /// The modules of the project, and where this one stands.
    project: Option<(Arc<Modules>, Home)>,
    /// Where the imports of a path in a scope stand among them, once one was looked for.
    imports_of: OnceCell<HashMap<(ScopeId, String), Vec<usize>>>,
    /// The scopes that a name is read or bound in, in source order, once one was looked for.
    scopes_of: OnceCell<HashMap<Name, Vec<ScopeId>>>,
    /// What was asked before.
    values: Answers<Value>,
    makings: Answers<Making>,
    /// The fixtures that functions mean by names, and those that the module has of others, as far as that was asked: one, or none.
    fixtures_asked: FrozenMap<(Name, Option<FunctionId>), Vec<Fixture>, RandomState>,
    /// What the attributes of classes mean, once that was asked and could be told in full.
    members: Members,
}

/// What the attributes of classes mean.
type Members = FrozenMap<(ScopeId, Name), Vec<Value>, RandomState>;

impl Deref for Names {
    type Target = Table;

    fn deref(&self) -> &Table {
        &self.table
    }
}

/// Of so many imports of one path in one scope one is looked for that holds at a place.
const MOST_IMPORTS: usize = 64;

impl Names {
    /// Collects the scopes and bindings of a module in one visit.
    pub(super) fn build(module: &ModModule) -> Self {
        Self::of(build::build(module), None)
    }

    /// As [`Self::build`] for the module that stands at this absolute path, among the modules of its project.
    pub(super) fn build_at(module: &ModModule, file: &Path, modules: &Arc<Modules>) -> Self {
        let home = modules.home(file);
        Self::of(build::build(module), Some((modules.clone(), home)))
    }

    fn of(table: Table, project: Option<(Arc<Modules>, Home)>) -> Self {
        Self {
            table,
            project,
            imports_of: OnceCell::new(),
            scopes_of: OnceCell::new(),
            values: Answers::default(),
            makings: Answers::default(),
            fixtures_asked: FrozenMap::default(),
            members: FrozenMap::default(),
        }
    }

    /// The dotted path that `expr` means at its place: `websockets.connect`, `asyncio.timeout`, `print` (a builtin),
    /// `aiohttp.ClientSession.ws_connect` (a method of an instance). A relative import keeps its leading dots. Of
    /// several branches the first counts. `None` when it is rebound, shadowed, ambiguous, unknown, or defined in this
    /// module.
    pub(super) fn resolve(&self, expr: &Expr) -> Option<&str> {
        self.paths(expr).next()
    }

    /// Like [`Self::resolve`] by this module alone, for what is asked of every call: no other module is read for it.
    pub(super) fn resolve_here(&self, expr: &Expr) -> Option<String> {
        let (steps, scope) = (Cell::new(0), self.scope_at(expr.start().to_usize()));
        let values = Evaluation::of_this_module(self, &steps).expression(expr, scope);
        values.iter().find_map(|value| match value {
            Value::Path(path) => Some(path.clone()),
            _ => None,
        })
    }

    /// By this module alone: what `functools.partial` wraps that `expr` means, and where its call begins.
    pub(super) fn partial_here(&self, expr: &Expr) -> Option<(String, usize)> {
        let (steps, scope) = (Cell::new(0), self.scope_at(expr.start().to_usize()));
        match &*Evaluation::of_this_module(self, &steps).expression(expr, scope) {
            [Value::Partial { path, call }] => Some((path.clone(), *call)),
            _ => None,
        }
    }

    /// Like [`Self::resolve`], `None` also when branches lead to several paths.
    pub(super) fn only_path(&self, expr: &Expr) -> Option<&str> {
        let mut paths = self.paths(expr);
        paths.next().filter(|_| paths.next().is_none())
    }

    /// Like [`Self::resolve`], with the paths of every branch, in source order.
    pub(super) fn paths(&self, expr: &Expr) -> impl Iterator<Item = &str> {
        self.values(expr).iter().filter_map(|value| match value {
            Value::Path(path) => Some(path.as_str()),
            Value::Foreign { value, path, .. } => match **value {
                Value::Function(_) | Value::Class(_) | Value::Path(_) => Some(path.as_str()),
                _ => None,
            },
            _ => None,
        })
    }

    /// Everything that `expr` can mean at its place; empty when that cannot be told.
    pub(super) fn values(&self, expr: &Expr) -> &[Value] {
        if let Some(known) = self.values.known(expr) {
            return known;
        }
        let scope = self.scope_at(expr.start().to_usize());
        let steps = Cell::new(0);
        let values = Evaluation::new(self, &steps).expression(expr, scope).into_owned();
        self.values.keep(expr, values)
    }

    /// What `expr` means by the first import of its name, where several stand in for each other: `try: from a import b` and
    /// `except ImportError: from a import c as b`. `None` where that is no single path.
    pub(super) fn first_import(&self, expr: &Expr) -> Option<String> {
        let steps = Cell::new(0);
        let scope = self.scope_at(expr.start().to_usize());
        match &*Evaluation::of_first_imports(self, &steps).expression(expr, scope) {
            [Value::Path(path)] => Some(path.clone()),
            _ => None,
        }
    }

    /// Where the calls begin whose outcomes `expr` can be at its place, followed through the functions of the module; `None`
    /// when it can be anything else, or when that cannot be told.
    pub(super) fn origins(&self, expr: &Expr) -> Option<impl Iterator<Item = usize>> {
        let makings: Vec<&Making> = self.makings(expr)?.iter().flat_map(Making::sources).collect();
        let are_outcomes = makings.iter().all(|making| !making.awaited && making.module.is_none());
        are_outcomes.then(|| makings.into_iter().map(|making| making.call))
    }

    /// The calls that make what `expr` can be at its place, awaited or not; `None` when it can be anything else, or when
    /// that cannot be told.
    pub(super) fn makings(&self, expr: &Expr) -> Option<&[Making]> {
        let makings = self.makings.known(expr).unwrap_or_else(|| {
            let scope = self.scope_at(expr.start().to_usize());
            let steps = Cell::new(0);
            let found = Evaluation::new(self, &steps).makings(expr, scope);
            self.makings.keep(expr, found.unwrap_or_default())
        });
        (!makings.is_empty()).then_some(makings)
    }

    /// What `call` certainly gives back as it got it: `typing.cast(X, <this>)` and its kin.
    pub(super) fn given_back<'e>(&self, call: &'e ExprCall) -> Option<&'e Expr> {
        let inner = transparent::given_back(call)?;
        let path = self.resolve(&call.func)?;
        let (module, _) = path.rsplit_once('.')?;
        matches!(module, "typing" | "typing_extensions").then_some(inner)
    }

    /// The method called `name` of the class of this module that `expr` is an instance of.
    pub(super) fn method_of(&self, expr: &Expr, name: &str) -> Option<FunctionId> {
        let [instance @ Value::Instance(_)] = self.values(expr) else {
            return None;
        };
        let steps = Cell::new(0);
        match Evaluation::new(self, &steps)
            .attribute(std::slice::from_ref(instance), &Name::new(name))
            .as_ref()
        {
            [Value::Function(function)] => Some(*function),
            _ => None,
        }
    }

    /// The module's own file, as an absolute path, where it stands in a project.
    pub(super) fn file(&self) -> Option<&Path> {
        Some(self.project.as_ref()?.1.file())
    }

    /// What `expr` usually is at its place, whatever a caller may give in its stead; empty where that cannot be told.
    pub(super) fn usual_values(&self, expr: &Expr) -> impl Iterator<Item = &Value> {
        self.values(expr).iter().map(|value| match value {
            Value::Usual(usual) => usual,
            other => other,
        })
    }

    /// The function of this module that `expr` means.
    pub(super) fn local_function(&self, expr: &Expr) -> Option<FunctionId> {
        match self.values(expr) {
            [Value::Function(function)] => Some(*function),
            _ => None,
        }
    }

    /// The functions of the module among what `expr` may mean, each once.
    pub(super) fn local_functions(&self, expr: &Expr) -> impl Iterator<Item = FunctionId> {
        let functions = each_once(self.values(expr));
        functions.filter_map(|value| match value {
            Value::Function(function) => Some(*function),
            _ => None,
        })
    }

    /// Whether something of one of these modules is imported anywhere, or everything of any module.
    pub(super) fn imports_any_of(&self, modules: &[&str]) -> bool {
        let is_of = |path: &str| modules.contains(&path.split('.').next().unwrap_or(path));
        let imported =
            |(scope, name): &(ScopeId, Name)| match self.scope(*scope).names.get(name).map(|entry| &entry.bindings) {
                Some(Bindings::Known(known)) => known.iter().any(|binding| match &binding.meaning {
                    Meaning::Import(path) => is_of(path),
                    _ => false,
                }),
                _ => true,
            };
        self.imports.iter().any(imported) || !self.stars.is_empty()
    }

    /// Whether `name` means, at its place, a variable of the module.
    pub(super) fn is_of_module(&self, name: &ExprName) -> bool {
        let found = self.lookup(self.scope_at(name.start().to_usize()), &name.id);
        matches!(found, Some((ScopeId(0), _)))
    }

    /// Whether `name` means, at the byte offset `at`, something that the module imports or defines exactly once.
    pub(super) fn is_defined_once(&self, name: &str, at: usize) -> bool {
        let found = self.lookup(self.scope_at(at), name);
        matches!(found, Some((ScopeId(0), NameUse { bindings: Bindings::Known(known), .. })) if known.len() == 1)
    }

    /// How `path` (`asyncio.timeout`, `sys.stdout`) can be written at the byte offset `at` through an import that is
    /// visible and certainly executed there, or as a builtin. Imports under `if TYPE_CHECKING:` do not count.
    pub(super) fn spelling(&self, path: &str, at: usize) -> Option<String> {
        let scope = self.scope_at(at);
        let qualified = self.spellings(path, at).find(|spelled| spelled.contains('.'));
        let by_name = || self.imported_name(path, at);
        qualified
            .or_else(by_name)
            .or_else(|| (is_builtin(path) && self.lookup(scope, path).is_none()).then(|| path.to_owned()))
    }

    /// The same by its own name alone, or the one that it is imported as.
    pub(super) fn imported_name(&self, path: &str, at: usize) -> Option<String> {
        self.spellings(path, at).find(|spelled| !spelled.contains('.'))
    }

    fn spellings<'p>(&self, path: &'p str, at: usize) -> impl Iterator<Item = String> + use<'p, '_> {
        let scope = self.scope_at(at);
        self.imports_above(path, scope).filter_map(move |(owner, name)| {
            let module = self.import_at(*owner, name, scope, at)?;
            let rest = path.strip_prefix(module)?;
            (rest.is_empty() || rest.starts_with('.')).then(|| format!("{name}{rest}"))
        })
    }

    /// The imports of what `path` begins with that stand in `scope` or around it, in source order.
    fn imports_above(&self, path: &str, scope: ScopeId) -> impl Iterator<Item = &(ScopeId, Name)> {
        let by_path = self.imports_of.get_or_init(|| self.imports_by_path());
        let ends = path.match_indices('.').map(|(dot, _)| dot).chain([path.len()]);
        let beginnings: Vec<&str> = ends.filter_map(|end| path.get(..end)).collect();
        let mut found: Vec<usize> = Vec::new();
        for owner in self.chain(scope) {
            for beginning in &beginnings {
                found.extend(by_path.get(&(owner, (*beginning).to_owned())).into_iter().flatten());
            }
        }
        found.sort_unstable();
        found.into_iter().filter_map(|index| self.imports.get(index))
    }

    fn imports_by_path(&self) -> HashMap<(ScopeId, String), Vec<usize>> {
        let mut by_path: HashMap<(ScopeId, String), Vec<usize>> = HashMap::default();
        let mut seen = HashSet::default();
        for (index, (owner, name)) in self.imports.iter().enumerate() {
            if !seen.insert((*owner, name)) {
                continue;
            }
            let bindings = self.scope(*owner).names.get(name).map(|entry| &entry.bindings);
            if let Some(Bindings::Known(known)) = bindings
                && let Some(Meaning::Import(path)) = known.first().map(|binding| &binding.meaning)
            {
                let same = by_path.entry((*owner, path.clone())).or_default();
                if same.len() < MOST_IMPORTS {
                    same.push(index);
                }
            }
        }
        by_path
    }

    /// The path that `name`, imported in `owner`, certainly has at the byte offset `at` in `scope`.
    fn import_at(&self, owner: ScopeId, name: &str, scope: ScopeId, at: usize) -> Option<&str> {
        let (found, entry) = self.lookup(scope, name)?;
        let Bindings::Known(known) = &entry.bindings else {
            return None;
        };
        if found != owner {
            return None;
        }
        let mut agreed: Option<&str> = None;
        let mut is_executed = false;
        for binding in known {
            let Meaning::Import(path) = &binding.meaning else {
                return None;
            };
            if agreed.is_some_and(|agreed| agreed != path) {
                return None;
            }
            agreed = Some(path);
            is_executed |= binding.is_executed_at(at) && !binding.branch.type_checking;
        }
        agreed.filter(|_| is_executed)
    }
}

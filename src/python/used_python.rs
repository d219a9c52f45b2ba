//! Which Pythons a module is for, by what it uses: what newer Pythons took away, what it keeps for old ones beside a newer name, and
//! what only newer ones have. Executed with 3.9 to 3.12.

use aho_corasick::AhoCorasick;
use foldhash::HashSet;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, CmpOp, Expr, ModModule, Number, Stmt};
use std::sync::LazyLock;

use crate::facts::PythonVersion;
use crate::python::names::Names;
use crate::python::sites::deadline_calls::newer::{catches_missing, may_skip};
use crate::python::version_choice::VersionChoice;
use crate::source::SourceFile;

const PYTHON_3_9: PythonVersion = PythonVersion::new(3, 9);
const PYTHON_3_10: PythonVersion = PythonVersion::new(3, 10);
const PYTHON_3_11: PythonVersion = PythonVersion::new(3, 11);
const PYTHON_3_12: PythonVersion = PythonVersion::new(3, 12);

/// One of them is in whatever tells anything.
static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::new([
        "version_info",
        "coroutine",
        "loop=",
        "loop =",
        "collections",
        "getargspec",
        "except*",
        "except *",
        "tomllib",
        "TaskGroup",
        "timeout",
        "ExceptionGroup",
        "StrEnum",
        "typing",
        "\ntype ",
        // Of type parameters: `def first[T](items)`, `class Box[T]:`.
        "](",
        "]:",
    ])
    .ok()
});

/// What newer Pythons do not have, and the last Python with it.
const TAKEN_AWAY: &[(&str, PythonVersion)] = &[
    ("asyncio.coroutine", PYTHON_3_10),
    ("inspect.getargspec", PYTHON_3_10),
    ("collections.Callable", PYTHON_3_9),
    ("collections.Iterable", PYTHON_3_9),
    ("collections.Iterator", PYTHON_3_9),
    ("collections.Mapping", PYTHON_3_9),
    ("collections.MutableMapping", PYTHON_3_9),
    ("collections.Sequence", PYTHON_3_9),
];

/// What took the event loop as `loop=` up to Python 3.9.
const TOOK_LOOP: &[&str] = &[
    "asyncio.sleep",
    "asyncio.wait",
    "asyncio.wait_for",
    "asyncio.gather",
    "asyncio.shield",
    "asyncio.as_completed",
    "asyncio.Lock",
    "asyncio.Event",
    "asyncio.Condition",
    "asyncio.Semaphore",
    "asyncio.BoundedSemaphore",
    "asyncio.Queue",
    "asyncio.LifoQueue",
    "asyncio.PriorityQueue",
];

/// What older Pythons do not have, and the first Python with it. A module alone stands for all that is in it.
const CAME: &[(&str, PythonVersion)] = &[
    ("tomllib", PYTHON_3_11),
    ("asyncio.timeout", PYTHON_3_11),
    ("asyncio.timeout_at", PYTHON_3_11),
    ("asyncio.TaskGroup", PYTHON_3_11),
    ("asyncio.Runner", PYTHON_3_11),
    ("asyncio.Barrier", PYTHON_3_11),
    ("ExceptionGroup", PYTHON_3_11),
    ("BaseExceptionGroup", PYTHON_3_11),
    ("enum.StrEnum", PYTHON_3_11),
    ("typing.Self", PYTHON_3_11),
    ("typing.Never", PYTHON_3_11),
    ("typing.LiteralString", PYTHON_3_11),
    ("typing.Required", PYTHON_3_11),
    ("typing.NotRequired", PYTHON_3_11),
    ("typing.assert_never", PYTHON_3_11),
    ("datetime.UTC", PYTHON_3_11),
    ("contextlib.chdir", PYTHON_3_11),
    ("typing.override", PYTHON_3_12),
    ("itertools.batched", PYTHON_3_12),
];

/// The oldest Python that the module is for, as far as its own code tells. Where it speaks of older and newer ones, it is for both.
pub(super) fn oldest(
    module: &ModModule,
    names: &Names,
    choice: &VersionChoice<'_>,
    source: &SourceFile,
) -> Option<PythonVersion> {
    if WORDS.as_ref().is_some_and(|words| !words.is_match(source.text())) {
        return None;
    }
    let mut search = Search {
        names,
        choice,
        chosen: 0,
        last: None,
        first: None,
    };
    search.visit_body(&module.body);
    search.last.or(search.first)
}

struct Search<'a> {
    names: &'a Names,
    choice: &'a VersionChoice<'a>,
    /// How much around is not there for every Python.
    chosen: usize,
    /// The oldest Python that something is kept for.
    last: Option<PythonVersion>,
    /// The first Python that has everything.
    first: Option<PythonVersion>,
}

impl Search<'_> {
    fn kept_for(&mut self, python: PythonVersion) {
        self.last = Some(self.last.map_or(python, |last| last.min(python)));
    }

    fn needs(&mut self, python: PythonVersion) {
        if self.chosen == 0 {
            self.first = self.first.max(Some(python));
        }
    }

    fn used(&mut self, path: &str) {
        if let Some((_, last)) = TAKEN_AWAY.iter().find(|(taken, _)| *taken == path) {
            self.kept_for(*last);
        }
        let is_it = |came: &str| {
            path.strip_prefix(came)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if let Some((_, first)) = CAME.iter().find(|(came, _)| is_it(came)) {
            self.needs(*first);
        }
    }

    /// `sys.version_info >= (3, 11)`: what is chosen so keeps something for older ones.
    fn compares(&mut self, comparison: &ast::ExprCompare) {
        let (left, [operator], [right]) = (&*comparison.left, &*comparison.ops, &*comparison.comparators) else {
            return;
        };
        let asks = |expr: &Expr| self.names.resolve(expr) == Some("sys.version_info");
        let (python, operator) = match (asks(left), asks(right)) {
            (true, false) => (minor(right), *operator),
            (false, true) => (minor(left), turned(*operator)),
            _ => return,
        };
        let older = match (python, operator) {
            (Some(minor), CmpOp::Lt | CmpOp::GtE) => minor.checked_sub(1),
            (Some(minor), CmpOp::LtE | CmpOp::Gt) => Some(minor),
            _ => None,
        };
        // A newer name that is taken where it is there says nothing of those that are older than what is asked here.
        if let Some(older) = older.filter(|older| *older < PYTHON_3_11.minor) {
            self.kept_for(PythonVersion::new(3, older));
        }
    }

    fn imports_newer(&self, body: &[Stmt]) -> bool {
        let is_newer = |path: &str| {
            let came = |(came, first): &&(&str, PythonVersion)| *came == path && *first == PYTHON_3_11;
            CAME.iter().any(|row| came(&row))
        };
        body.iter().any(|statement| match statement {
            Stmt::Import(import) => import.names.iter().any(|alias| is_newer(&alias.name)),
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                let mut names = import.names.iter();
                is_newer(module) || names.any(|alias| is_newer(&format!("{module}.{}", alias.name)))
            }
            _ => false,
        })
    }

    fn within(&mut self, is_chosen: bool, walk: impl FnOnce(&mut Self)) {
        self.chosen += usize::from(is_chosen);
        walk(self);
        self.chosen -= usize::from(is_chosen);
    }
}

impl<'a> SourceOrderVisitor<'a> for Search<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let mut is_chosen = false;
        match statement {
            Stmt::If(choice) => {
                // Whoever leaves before anything else runs is for no older one.
                if let Some(first) = self.leaves_older(choice) {
                    self.needs(first);
                    return;
                }
                is_chosen = true;
            }
            Stmt::Try(attempt) => {
                if attempt.is_star {
                    self.needs(PYTHON_3_11);
                }
                is_chosen = catches_missing(attempt);
                if is_chosen && self.imports_newer(&attempt.body) {
                    self.kept_for(PYTHON_3_10);
                }
            }
            Stmt::FunctionDef(function) => {
                if function.type_params.is_some() {
                    self.needs(PYTHON_3_12);
                }
                is_chosen = function.decorator_list.iter().any(|one| may_skip(one, self.choice));
            }
            Stmt::ClassDef(class) => {
                if class.type_params.is_some() {
                    self.needs(PYTHON_3_12);
                }
                is_chosen = class.decorator_list.iter().any(|one| may_skip(one, self.choice));
            }
            Stmt::TypeAlias(_) => self.needs(PYTHON_3_12),
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.used(&alias.name);
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                for alias in &import.names {
                    self.used(&format!("{module}.{}", alias.name));
                }
            }
            _ => {}
        }
        self.within(is_chosen, |search| walk_stmt(search, statement));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            // What it means is asked of few.
            Expr::Attribute(attribute) if attribute.value.is_name_expr() && is_listed(&attribute.attr) => {
                if let Some(path) = self.names.resolve_here(expr) {
                    self.used(&path);
                }
            }
            Expr::Name(name) if name.id.ends_with("ExceptionGroup") => {
                if let Some(path) = self.names.resolve_here(expr) {
                    self.used(&path);
                }
            }
            Expr::Call(call) if call.arguments.find_keyword("loop").is_some() => {
                let path = self.names.resolve_here(&call.func);
                if path.is_some_and(|path| TOOK_LOOP.contains(&path.as_str())) {
                    self.kept_for(PYTHON_3_9);
                }
            }
            Expr::Compare(comparison) => self.compares(comparison),
            _ => {}
        }
        let is_chosen = expr.is_if_expr();
        self.within(is_chosen, |search| walk_expr(search, expr));
    }
}

impl Search<'_> {
    /// The first Python that goes on behind `if sys.version_info < (3, 11): raise …`, at the top of the module.
    fn leaves_older(&self, choice: &ast::StmtIf) -> Option<PythonVersion> {
        let comparison = choice.test.as_compare_expr()?;
        let ([CmpOp::Lt], [right]) = (&*comparison.ops, &*comparison.comparators) else {
            return None;
        };
        let asks = self.names.resolve(&comparison.left) == Some("sys.version_info");
        let leaves = |statement: &Stmt| match statement {
            Stmt::Raise(_) => true,
            Stmt::Expr(bare) => bare.value.as_call_expr().is_some_and(|call| {
                let path = self.names.resolve(&call.func);
                matches!(path, Some("sys.exit" | "exit" | "pytest.skip"))
            }),
            _ => false,
        };
        let is_left = asks && choice.elif_else_clauses.is_empty() && choice.body.last().is_some_and(leaves);
        Some(PythonVersion::new(
            3,
            minor(right).filter(|_| is_left && self.chosen == 0)?,
        ))
    }
}

/// Whether something of this name came or was taken away. Asked of every attribute.
fn is_listed(name: &str) -> bool {
    static LISTED: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let listed = TAKEN_AWAY.iter().chain(CAME);
        listed.filter_map(|(path, _)| path.rsplit('.').next()).collect()
    });
    LISTED.contains(name)
}

/// The minor version of `(3, 11)` or `(3, 11, 2)`.
fn minor(expr: &Expr) -> Option<u8> {
    let number = |expr: &Expr| match expr.as_number_literal_expr().map(|literal| &literal.value) {
        Some(Number::Int(number)) => number.as_u8(),
        _ => None,
    };
    match expr.as_tuple_expr()?.elts.as_slice() {
        [major, minor, ..] if number(major) == Some(3) => number(minor),
        _ => None,
    }
}

/// The same comparison from the other side.
fn turned(operator: CmpOp) -> CmpOp {
    match operator {
        CmpOp::Lt => CmpOp::Gt,
        CmpOp::LtE => CmpOp::GtE,
        CmpOp::Gt => CmpOp::Lt,
        CmpOp::GtE => CmpOp::LtE,
        other => other,
    }
}

#[cfg(test)]
mod tests;

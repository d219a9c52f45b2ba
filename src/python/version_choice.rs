//! Where code chooses by what is installed: a release of a library, a Python. What stands there may be right for some of them,
//! which is all that a rule may say. Every rule that asks whether code tells them apart asks here.
//!
//! Tests tell them apart that speak of a version, of a signature, of what a module has (`hasattr(websockets, "asyncio")`), by a
//! name that says so (`NEW_API`), or by a name that the module assigned something of that kind to, or assigned differently
//! where an import failed.

use std::cell::OnceCell;

use foldhash::HashSet;
use ruff_python_ast::statement_visitor::{self, StatementVisitor};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use super::deadline_calls::meant_to_fail::expects_failure;
use super::dotted::last_name;
use super::names::Names;
use super::words::Words;
use crate::source::Span;

/// The choices by version of one module; found out once somebody asks.
pub(super) struct VersionChoice<'a> {
    module: &'a ModModule,
    names: &'a Names,
    flags: OnceCell<HashSet<String>>,
    found: OnceCell<Found>,
}

/// Stretches of code, ascending, none in another.
#[derive(Default)]
struct Found {
    /// Chosen by a test that tells releases apart.
    by_test: Vec<Span>,
    /// Under a test that asks an object what it has.
    by_object: Vec<Span>,
    /// Chosen by whether something is refused.
    by_failure: Vec<Span>,
}

impl<'a> VersionChoice<'a> {
    pub(super) fn of(module: &'a ModModule, names: &'a Names) -> Self {
        Self {
            module,
            names,
            flags: OnceCell::new(),
            found: OnceCell::new(),
        }
    }

    /// Whether `test` may tell releases of something apart.
    pub(super) fn tells(&self, test: &Expr) -> bool {
        tells(test, self.names, self.flags(), false)
    }

    /// Whether an expression, without its own parts, asks outright: for a version, or for what an object has
    /// (`hasattr(ws, "open")`).
    pub(super) fn asks(&self, part: &Expr) -> bool {
        match part {
            Expr::Call(call) => Asks::new(self.names, self.flags(), true).asks_what_is_there(call),
            other => last_name(other).is_some_and(|name| ASKING.are_spelled_in(name)),
        }
    }

    fn flags(&self) -> &HashSet<String> {
        self.flags.get_or_init(|| flags(self.module, self.names))
    }

    /// Whether the code at the byte offset `at` stands in a branch of a test that tells releases apart, be it by what an object
    /// has, or behind a test that does so by what is installed, in its function.
    pub(super) fn is_tested(&self, at: usize) -> bool {
        let found = self.found();
        covers(&found.by_test, at) || covers(&found.by_object, at)
    }

    /// Whether what is installed chooses it: by such a test, or by what is refused: `try: … except TypeError: …`, or the test
    /// of a refusal.
    pub(super) fn is_chosen(&self, at: usize) -> bool {
        let found = self.found();
        covers(&found.by_test, at) || covers(&found.by_failure, at)
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let mut search = Search {
                choice: self,
                function_end: None,
                found: Found::default(),
            };
            search.visit_body(&self.module.body);
            let mut found = search.found;
            found.by_test = outermost(found.by_test);
            found.by_object = outermost(found.by_object);
            found.by_failure = outermost(found.by_failure);
            found
        })
    }
}

/// Of stretches those that are in no other one, ascending; those that overlap are one.
fn outermost(mut stretches: Vec<Span>) -> Vec<Span> {
    stretches.sort_unstable();
    let mut outermost: Vec<Span> = Vec::new();
    for stretch in stretches {
        match outermost.last_mut() {
            Some(last) if stretch.start < last.end => last.end = last.end.max(stretch.end),
            _ => outermost.push(stretch),
        }
    }
    outermost
}

fn covers(stretches: &[Span], at: usize) -> bool {
    let behind = stretches.partition_point(|stretch| stretch.start <= at);
    let last = behind.checked_sub(1).and_then(|index| stretches.get(index));
    last.is_some_and(|stretch| at < stretch.end)
}

struct Search<'c, 'a> {
    choice: &'c VersionChoice<'a>,
    /// Where the innermost function around ends.
    function_end: Option<usize>,
    found: Found,
}

impl Search<'_, '_> {
    /// From `whole` on, to the end of the function, code is chosen by `tests`: a branch that leaves decides about what follows.
    fn tested<'t>(&mut self, whole: &impl Ranged, tests: impl IntoIterator<Item = &'t Expr>) {
        let (names, flags) = (self.choice.names, self.choice.flags());
        let (start, end) = (whole.start().to_usize(), whole.end().to_usize());
        for test in tests {
            if tells(test, names, flags, false) {
                let end = self.function_end.map_or(end, |of_function| of_function.max(end));
                self.found.by_test.push(Span::new(start, end));
                return;
            }
            if tells(test, names, flags, true) {
                self.found.by_object.push(Span::new(start, end));
            }
        }
    }

    fn failing(&mut self, whole: &impl Ranged, is_choice: bool) {
        if is_choice {
            let whole = Span::new(whole.start().to_usize(), whole.end().to_usize());
            self.found.by_failure.push(whole);
        }
    }

    fn catches_type_error(&self, attempt: &ast::StmtTry) -> bool {
        attempt.handlers.iter().any(|handler| {
            let caught = caught(handler);
            let is_type_error = |caught: &Expr| self.choice.names.resolve(caught) == Some("TypeError");
            caught.iter().any(is_type_error)
        })
    }

    /// `pytest.raises(TypeError)`: a test of what the library rejects.
    fn expects_rejection(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else {
            return false;
        };
        let rejections = ["TypeError", "ValueError", "AttributeError"];
        let is_rejection = |caught: &Expr| {
            let path = self.choice.names.resolve(caught);
            path.is_some_and(|path| rejections.contains(&path))
        };
        expects_failure(expr) && call.arguments.args.first().is_some_and(is_rejection)
    }
}

impl<'a> SourceOrderVisitor<'a> for Search<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let outer = self.function_end.replace(function.end().to_usize());
                walk_stmt(self, statement);
                self.function_end = outer;
                return;
            }
            Stmt::ClassDef(_) => {
                let outer = self.function_end.take();
                walk_stmt(self, statement);
                self.function_end = outer;
                return;
            }
            Stmt::If(choice) => {
                let clauses = choice.elif_else_clauses.iter();
                let others = clauses.filter_map(|clause| clause.test.as_ref());
                self.tested(choice, std::iter::once(&*choice.test).chain(others));
            }
            Stmt::Match(choice) => {
                let guards = choice.cases.iter().filter_map(|case| case.guard.as_deref());
                self.tested(choice, std::iter::once(&*choice.subject).chain(guards));
            }
            Stmt::Try(attempt) => self.failing(attempt, self.catches_type_error(attempt)),
            Stmt::With(with) => {
                let mut items = with.items.iter();
                let is_choice = items.any(|item| self.expects_rejection(&item.context_expr));
                self.failing(with, is_choice);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::If(choice) = expr
            && self.choice.tells(&choice.test)
        {
            let whole = Span::new(choice.start().to_usize(), choice.end().to_usize());
            self.found.by_test.push(whole);
        }
        walk_expr(self, expr);
    }
}

fn caught(handler: &ExceptHandler) -> &[Expr] {
    let ExceptHandler::ExceptHandler(handler) = handler;
    match handler.type_.as_deref() {
        Some(Expr::Tuple(several)) => several.elts.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// The names and attributes that the module assigns what tells releases apart, or assigns where an import fails, and its
/// functions that return it.
fn flags(module: &ModModule, names: &Names) -> HashSet<String> {
    let mut search = Flags {
        names,
        functions: Vec::new(),
        at_imports: 0,
        found: HashSet::default(),
    };
    search.visit_body(&module.body);
    search.found
}

struct Flags<'a, 'n> {
    names: &'n Names,
    /// The functions around, the innermost last.
    functions: Vec<&'a str>,
    /// How many `try` around catch that something is not there.
    at_imports: usize,
    found: HashSet<String>,
}

impl<'a> Flags<'a, '_> {
    fn assigned(&mut self, targets: &'a [Expr], value: &Expr) {
        let is_constant = value.is_literal_expr();
        // What is waited for is a connection, whichever connect gave it.
        let tells = || !value.is_await_expr() && tells(value, self.names, &self.found, false);
        if (self.at_imports > 0 && is_constant) || tells() {
            self.found
                .extend(targets.iter().filter_map(last_name).map(str::to_owned));
        }
    }
}

impl<'a> StatementVisitor<'a> for Flags<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.functions.push(function.name.as_str());
                statement_visitor::walk_stmt(self, statement);
                self.functions.pop();
                return;
            }
            Stmt::Assign(assign) => self.assigned(&assign.targets, &assign.value),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assigned(std::slice::from_ref(&*assign.target), value);
                }
            }
            Stmt::Return(returned) => {
                if let (Some(value), Some(function)) = (&returned.value, self.functions.last())
                    && tells(value, self.names, &self.found, false)
                {
                    self.found.insert((*function).to_owned());
                }
            }
            Stmt::Try(attempt) => {
                let missing = ["ImportError", "ModuleNotFoundError", "AttributeError"];
                let is_missing = |class: &Expr| self.names.resolve(class).is_some_and(|path| missing.contains(&path));
                let imports = attempt
                    .handlers
                    .iter()
                    .any(|handler| caught(handler).iter().any(is_missing))
                    && !asks_for_packages(&attempt.body);
                self.at_imports += usize::from(imports);
                statement_visitor::walk_stmt(self, statement);
                self.at_imports -= usize::from(imports);
                return;
            }
            _ => {}
        }
        statement_visitor::walk_stmt(self, statement);
    }
}

/// Whether all that can be missing is whole packages: `import websockets`. That tells whether one is installed, not which release.
fn asks_for_packages(body: &[Stmt]) -> bool {
    let mut imports = body
        .iter()
        .filter(|statement| statement.is_import_from_stmt() || statement.is_import_stmt());
    let is_package = |statement: &Stmt| match statement {
        Stmt::Import(import) => import.names.iter().all(|module| !module.name.contains('.')),
        _ => false,
    };
    imports.clone().next().is_some() && imports.all(is_package)
}

/// Words in names that ask what is installed.
static ASKING: Words<3> = Words::new(["version", "signature", "getfullargspec"]);

/// Words in the names of what was found out about it.
static TELLING: Words<9> = Words::new([
    "legacy",
    "compat",
    "py3",
    "python3",
    "typechecking",
    "hastimeout",
    "taskgroup",
    "haswebsockets",
    "websocketsnew",
]);

/// Parts of names that say which side of a release is meant: `NEW_API`, `is_old`.
const SIDES: &[&str] = &["new", "newer", "old", "older", "modern"];

/// `NEW_API`, `is_old`, `use_new_client`, and not `new_url`.
fn names_a_side(name: &str) -> bool {
    let is_one_of = |part: &str, words: &[&str]| words.iter().any(|word| part.eq_ignore_ascii_case(word));
    let is_flag = !name.contains(|c: char| c.is_ascii_lowercase())
        || name
            .split('_')
            .any(|part| is_one_of(part, &["is", "use", "uses", "has", "api", "websockets"]));
    is_flag && name.split('_').any(|part| is_one_of(part, SIDES))
}

fn tells(test: &Expr, names: &Names, flags: &HashSet<String>, by_objects: bool) -> bool {
    let mut asks = Asks::new(names, flags, by_objects);
    asks.visit_expr(test);
    asks.found
}

struct Asks<'s> {
    names: &'s Names,
    flags: &'s HashSet<String>,
    /// Asking any object what it has counts.
    by_objects: bool,
    found: bool,
}

impl<'s> Asks<'s> {
    fn new(names: &'s Names, flags: &'s HashSet<String>, by_objects: bool) -> Self {
        Self {
            names,
            flags,
            by_objects,
            found: false,
        }
    }

    fn is_asked_by(&self, part: &Expr) -> bool {
        match part {
            Expr::Name(name) => self.is_told(&name.id),
            Expr::Attribute(attribute) => self.is_told(&attribute.attr),
            Expr::StringLiteral(text) => TELLING.are_spelled_in(text.value.to_str()),
            Expr::Call(call) => self.asks_what_is_there(call),
            _ => false,
        }
    }

    /// `hasattr(websockets, "asyncio")`, `getattr(asyncio, "timeout", None)`.
    fn asks_what_is_there(&self, call: &ast::ExprCall) -> bool {
        let (Some(function @ ("hasattr" | "getattr")), [object, _, ..]) =
            (last_name(&call.func), &*call.arguments.args)
        else {
            return false;
        };
        (self.by_objects && function == "hasattr") || self.names.resolve(object).is_some()
    }

    fn is_told(&self, name: &str) -> bool {
        self.flags.contains(name) || ASKING.are_spelled_in(name) || TELLING.are_spelled_in(name) || names_a_side(name)
    }
}

impl<'a> SourceOrderVisitor<'a> for Asks<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found = self.found || self.is_asked_by(expr);
        // What a text is made of decides nothing.
        if !self.found && !expr.is_f_string_expr() {
            walk_expr(self, expr);
        }
    }
}

//! What of a module is test code, and which of its functions a runner of tests calls. Every rule that asks this asks here.
//!
//! pytest collects, in the files that it takes for test modules, the functions and the classes whose names fit (`test*` and
//! `Test*`, or what the project tells it), and in any file that it is given what is derived from a `TestCase`. Executed with
//! pytest 9.2.0: `testopen` and `test` are collected like `test_open`. Outside of test modules such a name alone says little
//! (`testnet_url`, `async def test()` of a script); there it takes `test_`, or a name that the project itself tells pytest.
//! A method is only a test in a class that is collected, or that one of these in the module inherits from; a function within
//! another one is none.

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::statement_visitor::{StatementVisitor, walk_body, walk_stmt};
use ruff_python_ast::{self as ast, Decorator, Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use crate::facts::{Project, TestNames};
use crate::python::names::{FIXTURES, Names};
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::source::{SourceFile, Span};

/// Why a runner of tests calls a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) enum Role {
    /// It is a test.
    Test,
    /// Tests ask for it.
    Fixture,
    /// It is run around the tests of its class or its module.
    SetUp,
}

/// The test code of one module; found out once somebody asks.
pub(in crate::python) struct TestCode<'a> {
    module: &'a ModModule,
    names: &'a Names,
    source: &'a SourceFile,
    project: &'a dyn Project,
    found: OnceCell<Found>,
}

impl<'a> TestCode<'a> {
    pub(in crate::python) fn of(
        module: &'a ModModule,
        names: &'a Names,
        source: &'a SourceFile,
        project: &'a dyn Project,
    ) -> Self {
        Self {
            module,
            names,
            source,
            project,
            found: OnceCell::new(),
        }
    }

    /// Whether what stands at the byte offset `at` belongs to a test, a fixture or a class of tests.
    pub(in crate::python) fn covers(&self, at: usize) -> bool {
        let stretches = &self.found().stretches;
        let behind = stretches.partition_point(|stretch| stretch.start <= at);
        let last = behind.checked_sub(1).and_then(|index| stretches.get(index));
        last.is_some_and(|stretch| at < stretch.end)
    }

    /// Why a runner calls `function`, if it does.
    pub(in crate::python) fn role(&self, function: &ast::StmtFunctionDef) -> Option<Role> {
        self.found().roles.get(&function.start().to_usize()).copied()
    }

    /// Whether a runner looks for tests in `class`.
    pub(in crate::python) fn is_class(&self, class: &ast::StmtClassDef) -> bool {
        self.found().classes.contains(&class.start().to_usize())
    }

    /// Whether a runner looks for tests in any class.
    pub(in crate::python) fn has_classes(&self) -> bool {
        !self.found().classes.is_empty()
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let told = &self.project.test_names;
            let file = self.source.path().file_name().and_then(|name| name.to_str());
            let mut search = Search {
                names: self.names,
                told,
                is_collected: file.is_some_and(|name| told.is_test_module(name)),
                around: Around::Module,
                test_cases: HashSet::default(),
                inherited: HashMap::default(),
                found: Found::default(),
            };
            search.look_for_heirs(&self.module.body);
            search.visit_body(&self.module.body);
            search.found
        })
    }
}

#[derive(Default)]
struct Found {
    /// Ascending, and none in another.
    stretches: Vec<Span>,
    /// By where the functions begin.
    roles: HashMap<usize, Role>,
    /// Where the classes begin.
    classes: HashSet<usize>,
}

/// What a definition stands in.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    Module,
    /// A function, or a class that no runner looks into.
    Other,
    /// A class of a name that pytest collects.
    Named,
    /// A class that is derived from unittest's.
    TestCase,
}

struct Search<'a> {
    names: &'a Names,
    told: &'a TestNames,
    /// pytest takes the file for a test module.
    is_collected: bool,
    around: Around,
    /// The names of the classes so far that are derived from unittest's.
    test_cases: HashSet<&'a str>,
    /// The names of the classes that those are derived from that a runner looks into: it finds their methods there.
    inherited: HashMap<&'a str, Around>,
    found: Found,
}

impl<'a> Search<'a> {
    fn role(&self, function: &ast::StmtFunctionDef) -> Option<Role> {
        let decorators = &function.decorator_list;
        if decorators.iter().any(|decorator| is_fixture(decorator, self.names)) {
            return Some(Role::Fixture);
        }
        let name = function.name.as_str();
        let is_test = match self.around {
            Around::TestCase => name.starts_with("test"),
            Around::Named => self.told.is_function(name),
            Around::Module if self.is_collected => self.told.is_function(name),
            Around::Module => name.starts_with("test_") && self.told.is_function(name),
            Around::Other => false,
        };
        let is_set_up = match self.around {
            Around::Module => self.is_collected && AROUND_MODULES.contains(&name),
            Around::Other => false,
            Around::Named | Around::TestCase => AROUND_TESTS
                .iter()
                .any(|(before, after)| name == *before || name == *after),
        };
        match (
            is_test || decorators.iter().any(|decorator| is_ward_test(decorator, self.names)),
            is_set_up,
        ) {
            (true, _) => Some(Role::Test),
            (false, true) => Some(Role::SetUp),
            (false, false) => None,
        }
    }

    /// pytest collects what fits by its name and is made with nothing, both collect what is derived from a `TestCase`.
    fn class(&self, class: &ast::StmtClassDef) -> Around {
        let bases = class.arguments.iter().flat_map(|arguments| arguments.args.iter());
        let mut bases = bases.filter_map(|base| match base {
            Expr::Name(name) => Some(name.id.as_str()),
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        });
        let is_derived = |base: &str| base.ends_with("TestCase") || self.test_cases.contains(base);
        let name = class.name.as_str();
        // What a base is that cannot be followed, its heirs tell by how they are named.
        let is_named_after = name.ends_with("TestCase") && !class.bases().is_empty();
        // By another name, or through a class of another module.
        let is_one = |path: &str| path.ends_with("TestCase");
        let descends = || class.bases().iter().any(|base| self.names.descends(base, &is_one));
        if is_named_after || bases.any(is_derived) || descends() {
            return Around::TestCase;
        }
        let is_named_so = (self.is_collected || name.starts_with("Test")) && self.told.is_class(name);
        match is_named_so && !class.body.iter().any(keeps_from_collection) {
            true => Around::Named,
            false => Around::Other,
        }
    }

    /// Takes note of what the classes of tests inherit from classes of the module.
    fn look_for_heirs(&mut self, body: &'a [Stmt]) {
        let mut collected = Vec::new();
        for class in statements_in(body, Scope::All).filter_map(Stmt::as_class_def_stmt) {
            let around = self.class(class);
            if around == Around::TestCase {
                self.test_cases.insert(class.name.as_str());
            }
            collected.push((class, around));
        }
        // An heir stands behind what it inherits from.
        for (class, around) in collected.into_iter().rev() {
            let around = match around {
                Around::Other => self.inherited.get(class.name.as_str()).copied(),
                collected => Some(collected),
            };
            let bases = class.bases().iter().filter_map(Expr::as_name_expr);
            for base in bases {
                if let Some(around) = around {
                    self.inherited.entry(base.id.as_str()).or_insert(around);
                }
            }
        }
    }

    /// Goes through `body`, which is test code as a whole or as far as it says itself.
    fn body(&mut self, body: &'a [Stmt], is_test_code: bool, around: Around) {
        let before = self.found.stretches.len();
        let outer = std::mem::replace(&mut self.around, around);
        walk_body(self, body);
        self.around = outer;
        if let (true, Some(first), Some(last)) = (is_test_code, body.first(), body.last()) {
            self.found.stretches.truncate(before);
            let whole = Span::new(first.start().to_usize(), last.end().to_usize());
            self.found.stretches.push(whole);
        }
    }
}

impl<'a> StatementVisitor<'a> for Search<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let role = self.role(function);
                if let Some(role) = role {
                    self.found.roles.insert(function.start().to_usize(), role);
                }
                let is_test_code = matches!(role, Some(Role::Test | Role::Fixture));
                self.body(&function.body, is_test_code, Around::Other);
            }
            Stmt::ClassDef(definition) => {
                let mut around = self.class(definition);
                if around != Around::Other {
                    self.found.classes.insert(definition.start().to_usize());
                } else if let Some(of_heir) = self.inherited.get(definition.name.as_str()) {
                    around = *of_heir;
                }
                self.body(&definition.body, around != Around::Other, around);
            }
            _ => walk_stmt(self, statement),
        }
    }
}

/// The methods that unittest and pytest run before a test, or before all tests of a class, and behind them.
pub(in crate::python) const AROUND_TESTS: [(&str, &str); 5] = [
    ("setUpClass", "tearDownClass"),
    ("setup_class", "teardown_class"),
    ("setUp", "tearDown"),
    ("asyncSetUp", "asyncTearDown"),
    ("setup_method", "teardown_method"),
];

/// The functions that they run around a module, and around each of its functions.
const AROUND_MODULES: &[&str] = &[
    "setUpModule",
    "tearDownModule",
    "setup_function",
    "setup_module",
    "teardown_function",
    "teardown_module",
];

/// Whether a decorator makes its function a fixture.
pub(in crate::python) fn is_fixture(decorator: &Decorator, names: &Names) -> bool {
    let path = names.resolve(made_by(decorator));
    path.is_some_and(|path| FIXTURES.contains(&path))
}

/// `@ward.test("what it tests")`.
fn is_ward_test(decorator: &Decorator, names: &Names) -> bool {
    names.resolve(made_by(decorator)) == Some("ward.test")
}

fn made_by(decorator: &Decorator) -> &Expr {
    match &decorator.expression {
        Expr::Call(call) => &call.func,
        other => other,
    }
}

/// pytest leaves out classes that have to be made with something, and those that say so: `__test__ = False`.
fn keeps_from_collection(statement: &Stmt) -> bool {
    match statement {
        Stmt::FunctionDef(function) => matches!(function.name.as_str(), "__init__" | "__new__"),
        Stmt::Assign(assign) => {
            let is_it = |target: &Expr| matches!(target, Expr::Name(name) if name.id == "__test__");
            let is_false = matches!(&*assign.value, Expr::BooleanLiteral(value) if !value.value);
            is_false && assign.targets.iter().any(is_it)
        }
        _ => false,
    }
}

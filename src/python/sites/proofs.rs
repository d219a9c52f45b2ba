//! What tests take for the proof that they were connected: connects that are replaced by mocks, and the time that went by.

use foldhash::HashSet;
use ruff_python_ast::{self as ast, CmpOp, Expr, ExprCall, ModModule, Operator, Stmt};

use crate::catalog::Catalog;
use crate::python::names::Names;
use crate::python::syntax::nodes::{Node, Scope, nodes_in, statements_in};
use crate::python::syntax::spans::span;
use crate::python::testing::test_code::{Role, TestCode};
use crate::sites::{Connect, DoubtfulProof, ProofKind};
use crate::source::{Language, Span};

/// Finds the doubtful proofs of a module's tests, by position. `connects` are the module's, by position.
pub(in crate::python) fn collect(
    module: &ModModule,
    names: &Names,
    code: &TestCode<'_>,
    catalog: &Catalog,
    connects: &[Connect],
) -> Vec<DoubtfulProof> {
    let mut tests = Tests {
        names,
        catalog,
        connects,
        found: Vec::new(),
    };
    let functions = statements_in(&module.body, Scope::NoFunctions).filter_map(Stmt::as_function_def_stmt);
    for function in functions.filter(|function| code.role(function) == Some(Role::Test)) {
        tests.test(function);
    }
    tests.found.sort_by_key(|proof| proof.span);
    tests.found
}

/// Goes to each test of a module.
struct Tests<'a> {
    names: &'a Names,
    catalog: &'a Catalog,
    connects: &'a [Connect],
    found: Vec<DoubtfulProof>,
}

impl Tests<'_> {
    fn test(&mut self, function: &ast::StmtFunctionDef) {
        let mut checks = Checks {
            names: self.names,
            catalog: self.catalog,
            durations: HashSet::default(),
            lower_bounds: Vec::new(),
            has_others: false,
            mocked: Vec::new(),
        };
        for decorator in &function.decorator_list {
            nodes_in(&decorator.expression, Scope::All).for_each(|node| checks.look_at(node));
        }
        nodes_in(&function.body, Scope::All).for_each(|node| checks.look_at(node));
        let proof = |span, kind| DoubtfulProof {
            span,
            test: function.name.to_string(),
            kind,
        };
        for (span, path) in checks.mocked {
            self.found.push(proof(span, ProofKind::MockedConnect(path)));
        }
        let whole = span(function);
        let first = self
            .connects
            .partition_point(|connect| connect.call.start < whole.start);
        let connects = self
            .connects
            .get(first)
            .is_some_and(|connect| whole.contains(connect.call));
        if let ([only], false, true) = (checks.lower_bounds.as_slice(), checks.has_others, connects) {
            self.found.push(proof(*only, ProofKind::MinimumDuration));
        }
    }
}

/// What one test checks and replaces.
struct Checks<'a> {
    names: &'a Names,
    catalog: &'a Catalog,
    /// Variables that hold how long something took.
    durations: HashSet<String>,
    /// Assertions that at least some time went by.
    lower_bounds: Vec<Span>,
    /// Something else may fail the test on purpose.
    has_others: bool,
    mocked: Vec<(Span, String)>,
}

impl Checks<'_> {
    fn is_clock(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else {
            return false;
        };
        match self.names.resolve(&call.func) {
            Some("time.time" | "time.monotonic" | "time.perf_counter") => true,
            Some(_) => false,
            None => call
                .func
                .as_attribute_expr()
                .is_some_and(|method| method.attr.as_str() == "time" && call.arguments.is_empty()),
        }
    }

    fn is_duration(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(name) => self.durations.contains(name.id.as_str()),
            Expr::BinOp(difference) => difference.op == Operator::Sub && self.is_clock(&difference.left),
            _ => false,
        }
    }

    /// `elapsed > 0.05`, `0.05 <= time.monotonic() - start`.
    fn is_lower_bound(&self, test: &Expr) -> bool {
        let Expr::Compare(compare) = test else {
            return false;
        };
        let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
            return false;
        };
        let (long, short) = match op {
            CmpOp::Gt | CmpOp::GtE => (&*compare.left, right),
            CmpOp::Lt | CmpOp::LtE => (right, &*compare.left),
            _ => return false,
        };
        self.is_duration(long) && short.is_number_literal_expr()
    }

    /// The catalogued connect that a call replaces.
    fn mocked(&self, call: &ExprCall) -> Option<String> {
        let name = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return None,
        };
        if !matches!(name, "patch" | "object" | "setattr") {
            return None;
        }
        let known = |path: &str| self.catalog.connect(Language::Python, path).is_some();
        match &*call.arguments.args {
            [Expr::StringLiteral(target), ..] => {
                let target = target.value.to_str();
                let tails = std::iter::successors(Some(target), |tail| tail.split_once('.').map(|(_, rest)| rest));
                tails.take(LONGEST_PATH).find(|tail| known(tail)).map(str::to_owned)
            }
            [owner, Expr::StringLiteral(attribute), ..] => {
                let path = format!("{}.{}", self.names.resolve(owner)?, attribute.value.to_str());
                known(&path).then_some(path)
            }
            _ => None,
        }
    }
}

/// So many parts of a dotted path are looked at.
const LONGEST_PATH: usize = 16;

/// Whether a call says by its name that it may fail.
fn checks(call: &ExprCall) -> bool {
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    let words = ["assert", "raises", "fail", "check", "verify", "expect", "match"];
    words.iter().any(|word| name.contains(word))
}

impl Checks<'_> {
    fn look_at(&mut self, node: Node<'_>) {
        match node {
            Node::Statement(Stmt::Assert(assert)) if self.is_lower_bound(&assert.test) => {
                self.lower_bounds.push(span(assert));
            }
            Node::Statement(Stmt::Assert(_) | Stmt::Raise(_)) => self.has_others = true,
            Node::Statement(Stmt::Assign(assign)) if self.is_duration(&assign.value) => {
                let names = assign.targets.iter().filter_map(Expr::as_name_expr);
                self.durations.extend(names.map(|name| name.id.to_string()));
            }
            Node::Expr(Expr::Call(call)) => {
                if let Some(path) = self.mocked(call) {
                    self.mocked.push((span(call), path));
                }
                self.has_others = self.has_others || checks(call);
            }
            _ => {}
        }
    }
}

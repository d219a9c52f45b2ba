//! Code that is written to see a connect fail: what it looks at is what the connect is about there.

use foldhash::HashMap;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ExprCall, ModModule, Stmt};
use ruff_text_size::Ranged;

use super::{Collector, Found};
use crate::python::deadlines::callers::ToldOf;
use crate::python::names::{Names, Value};
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::expected_failures::expects_failure;
use crate::python::syntax::nodes::{Node, Scope, nodes_in};
use crate::sites::Expected;

/// Where the names of a module are read and set, by name: byte offsets, ascending.
pub(super) struct NameUses<'a>(HashMap<&'a str, Vec<(usize, bool)>>);

impl<'a> NameUses<'a> {
    pub(super) fn of(module: &'a ModModule) -> Self {
        let mut uses: HashMap<&'a str, Vec<(usize, bool)>> = HashMap::default();
        nodes_in(&module.body, Scope::All).for_each(|node| {
            if let Node::Expr(Expr::Name(name)) = node {
                let places = uses.entry(name.id.as_str()).or_default();
                places.push((name.start().to_usize(), name.ctx.is_load()));
            }
        });
        for places in uses.values_mut() {
            places.sort_unstable();
        }
        Self(uses)
    }

    /// Where `name` is read at this byte offset or behind it.
    pub(super) fn reads_from(&self, name: &str, at: usize) -> impl Iterator<Item = usize> {
        let places = self.0.get(name).map_or(&[][..], Vec::as_slice);
        let behind = places.partition_point(|(place, _)| *place < at);
        let behind = places.get(behind..).unwrap_or_default().iter();
        behind.filter(|(_, is_load)| *is_load).map(|(place, _)| *place)
    }

    /// Whether `name`, which is set at `set`, is read before it is set again.
    fn is_read_behind(&self, name: &str, set: usize) -> bool {
        let places = self.0.get(name).map_or(&[][..], Vec::as_slice);
        let behind = places.partition_point(|(at, _)| *at <= set);
        places.get(behind).is_some_and(|(_, is_load)| *is_load)
    }
}

impl<'a> Collector<'a> {
    /// What a `with` wants its block to raise.
    pub(super) fn expected_by_with(&self, with: &ast::StmtWith) -> Expected {
        let expected = with.items.iter().map(|item| {
            let manager = self.variables.only_value(&item.context_expr);
            let manager = manager.unwrap_or(&item.context_expr);
            let Some(call) = manager.as_call_expr().filter(|_| expects_failure(manager)) else {
                // What a helper of the tests wants to see is not read there.
                return match self.is_made_expectation(manager) {
                    true => Expected::SaidByTimeout,
                    false => Expected::Anything,
                };
            };
            let keeps = item.optional_vars.as_deref().and_then(Expr::as_name_expr);
            let is_kept = keeps.is_some_and(|name| self.name_uses.is_read_behind(&name.id, name.start().to_usize()));
            // `RaisesGroup(RaisesExc(TimeoutError, match="opening"))`.
            let inner = call.arguments.args.iter().filter(|inner| expects_failure(inner));
            let inner = inner.filter_map(Expr::as_call_expr);
            let all = std::iter::once(call).chain(inner);
            all.map(|call| self.expected_by_call(call, is_kept))
                .max()
                .unwrap_or_default()
        });
        expected.max().unwrap_or_default()
    }

    /// Whether a function of the project gives `pytest.raises(…)`.
    fn is_made_expectation(&self, manager: &Expr) -> bool {
        let is_one = |value: &Value| matches!(value, Value::Outcome(path) if path == "pytest.raises");
        let values = self.names.values(manager);
        !values.is_empty() && values.iter().all(is_one)
    }

    /// What `pytest.raises(…)` wants; what it caught is looked at where that `is_kept`.
    fn expected_by_call(&self, call: &ExprCall, is_kept: bool) -> Expected {
        let named = call.arguments.args.first();
        let classes = classes(named.or_else(|| keyword(call, "expected_exception")));
        if !classes.is_empty() && classes.iter().all(|class| self.is_rejection(class)) {
            return Expected::Rejection;
        }
        let is_looked_at = has_pattern(call) || is_kept;
        let reach = |class| reaches(class, self.names);
        let may_be_timeout = classes.iter().any(|class| reach(class) >= Reach::Everything);
        let is_timeout = !classes.is_empty() && classes.iter().all(|class| reach(class) == Reach::Timeout);
        match (is_looked_at && may_be_timeout, is_timeout) {
            (true, _) => Expected::SaidByTimeout,
            (false, true) => Expected::Timeout,
            (false, false) => Expected::Anything,
        }
    }

    /// What `assertRaises(X, lambda: …)` wants the function to raise, in whose arguments the current expression stands.
    pub(super) fn expected_of_lambda(&self) -> Expected {
        match self.parents.iter().rev().nth(1) {
            Some(expr @ Expr::Call(call)) if expects_failure(expr) => self.expected_by_call(call, false),
            _ => Expected::Anything,
        }
    }

    /// What the clauses of a `try` want its block to raise.
    pub(super) fn expected_by_try(&self, attempt: &ast::StmtTry) -> Expected {
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            let reach = classes(handler.type_.as_deref())
                .iter()
                .map(|class| reaches(class, self.names))
                .max()
                .unwrap_or(Reach::Everything);
            let Some(name) = handler.name.as_ref().filter(|_| reach > Reach::Other) else {
                if reach > Reach::Other {
                    // The first clause that takes a timeout has it.
                    return Expected::Anything;
                }
                continue;
            };
            let mut look = Look {
                name: name.as_str(),
                is_tested: false,
                is_used: false,
                is_kept: false,
                in_test: false,
                is_shown: false,
            };
            look.visit_body(&handler.body);
            return match (look.is_tested, look.is_used, reach) {
                (true, _, _) | (_, true, Reach::Timeout) => Expected::SaidByTimeout,
                _ if look.is_kept => Expected::Told,
                _ => Expected::Anything,
            };
        }
        Expected::Anything
    }

    /// Where callers look at the text of what a function raises, they look at that of the connects in it.
    pub(super) fn tell_of_callers(&self, found: &mut [Found]) {
        let told_of = self.told_of();
        for found in found {
            if let Some(told) = found.inside.0.and_then(|function| told_of.get(&function)) {
                found.expected = found.expected.max(*told);
            }
        }
    }

    /// As [`Callers::told_of`](crate::python::deadlines::callers::Callers::told_of).
    pub(super) fn told_of(&self) -> ToldOf {
        let names = self.names;
        self.callers.told_of(|function| names.method_name(function))
    }

    /// An exception of what refuses the call before anything is waited for.
    fn is_rejection(&self, class: &Expr) -> bool {
        let path = self.names.resolve(class).unwrap_or_default();
        REJECTIONS.contains(&path) || path.rsplit('.').next().is_some_and(|name| OF_ADDRESSES.contains(&name))
    }
}

/// What is raised for arguments that are none.
const REJECTIONS: &[&str] = &["TypeError", "ValueError", "AttributeError"];

/// What libraries raise for an address that is none, by the class's own name.
const OF_ADDRESSES: &[&str] = &[
    "InvalidURI",
    "InvalidURL",
    "InvalidUrlClientError",
    "UnsupportedProtocol",
];

/// How sure it is that an exception class takes a timeout.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// It does not.
    Other,
    /// It takes that among much else.
    Everything,
    /// It is named after it.
    Timeout,
}

fn reaches(class: &Expr, names: &Names) -> Reach {
    let path = names.resolve(class);
    let written = match class {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    };
    let name = path.and_then(|path| path.rsplit('.').next()).unwrap_or(written);
    match name {
        "Exception" | "BaseException" | "OSError" | "EnvironmentError" | "IOError" => Reach::Everything,
        // A group of tasks raises what one of them does within such a one.
        "ExceptionGroup" | "BaseExceptionGroup" => Reach::Everything,
        _ if name.contains("Timeout") || name.contains("TooSlow") || written.contains("Timeout") => Reach::Timeout,
        _ => Reach::Other,
    }
}

fn classes(named: Option<&Expr>) -> &[Expr] {
    match named {
        Some(Expr::Tuple(tuple)) => &tuple.elts,
        Some(single) => std::slice::from_ref(single),
        None => &[],
    }
}

fn keyword<'c>(call: &'c ExprCall, name: &str) -> Option<&'c Expr> {
    call.arguments.find_keyword(name).map(|keyword| &keyword.value)
}

/// `pytest.raises(…, match=…)`, `self.assertRaisesRegex(X, …)`.
fn has_pattern(call: &ExprCall) -> bool {
    let name = last_name(&call.func).unwrap_or_default();
    let is_given = |name| keyword(call, name).is_some_and(|value| !value.is_none_literal_expr());
    name.ends_with("Regex")
        || name.ends_with("Regexp")
        || ["match", "check", "expected_regex"].into_iter().any(is_given)
}

/// Whether `expr` is a call that tells somebody what it gets, by its name: of a logger, of a console, of a test that gives up.
fn shows(expr: &Expr) -> bool {
    const SHOWING: &[&str] = &[
        "print",
        "echo",
        "secho",
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "critical",
        "log",
        "fail",
        "skip",
        "xfail",
    ];
    let name = expr.as_call_expr().and_then(|call| last_name(&call.func));
    name.is_some_and(|name| SHOWING.contains(&name) || name.ends_with("_print"))
}

/// Looks for what a clause does with what it caught.
struct Look<'n> {
    name: &'n str,
    /// A test looks at it: `assert`, a comparison, its arguments.
    is_tested: bool,
    /// It goes anywhere but on, to whoever is outside.
    is_used: bool,
    /// It goes anywhere but to somebody who reads along.
    is_kept: bool,
    in_test: bool,
    /// Within a call that shows its arguments and does nothing else with them.
    is_shown: bool,
}

impl Look<'_> {
    fn testing(&mut self, is_test: bool, visit: impl FnOnce(&mut Self)) {
        let outer = self.in_test;
        self.in_test |= is_test;
        visit(self);
        self.in_test = outer;
    }
}

impl<'a> SourceOrderVisitor<'a> for Look<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assert(assertion) => self.testing(true, |this| this.visit_expr(&assertion.test)),
            // `raise Failed(…) from e` says where it comes from and no more.
            Stmt::Raise(raised) => {
                if let Some(exception) = raised.exc.as_deref().filter(|exception| !exception.is_name_expr()) {
                    self.visit_expr(exception);
                }
            }
            Stmt::Expr(bare) if shows(&bare.value) => {
                self.is_shown = true;
                walk_stmt(self, statement);
                self.is_shown = false;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.id == self.name && name.ctx.is_load() => {
                self.is_used = true;
                self.is_kept |= !self.is_shown;
                self.is_tested |= self.in_test;
            }
            Expr::Compare(_) => self.testing(true, |this| walk_expr(this, expr)),
            Expr::Attribute(attribute) if attribute.attr.as_str() == "args" => {
                self.testing(true, |this| walk_expr(this, expr));
            }
            Expr::Call(call) => {
                let name = last_name(&call.func).unwrap_or_default();
                // Its class stays what it was.
                if matches!(name, "isinstance" | "issubclass" | "type") {
                    return;
                }
                let is_test = name.starts_with("assert") || matches!(name, "search" | "match" | "fullmatch");
                self.testing(is_test, |this| walk_expr(this, expr));
            }
            _ => walk_expr(self, expr),
        }
    }
}

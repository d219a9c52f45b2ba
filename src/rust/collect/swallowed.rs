//! Tests that end well where their connect fails: its outcome is matched, and the failure comes to nothing.

use syn::visit::{self, Visit};
use syn::{Arm, Expr, Pat, Stmt};

use crate::rust::collect::Collector;
use crate::rust::collect::outcomes::{Failure, Outcomes, failure, success};
use crate::rust::names::{Name, last_name, plain};
use crate::rust::syntax::edges;
use crate::rust::syntax::print_macros::prints;
use crate::sites::Swallow;
use crate::source::Span;

/// A connect whose failure a test does not see, before the connects have their ids.
#[derive(Debug)]
pub(in crate::rust) struct FoundSwallow {
    /// What looks at the outcome: `if let Ok(ws) = connect(…).await`, `match connect(…).await`.
    pub(in crate::rust) span: Span,
    /// The call of the connect.
    pub(in crate::rust) connect: Span,
    pub(in crate::rust) swallow: Swallow,
}

impl Outcomes<'_, '_> {
    /// `is_judged`: a value comes out at the end that may say that the test failed.
    pub(in crate::rust) fn swallowed_in(&self, statements: &[Stmt], is_judged: bool, found: &mut Vec<FoundSwallow>) {
        if statements.iter().any(|stmt| self.collector.makes_checking(stmt)) {
            return;
        }
        let says_failure = is_judged && !statements.last().is_some_and(ends_in_success);
        // From the last statement on, as long as nothing can fail.
        let harmless = statements
            .iter()
            .rev()
            .take_while(|stmt| !says_failure && self.cannot_fail(stmt))
            .count();
        let first_harmless = statements.len() - harmless;
        for (index, stmt) in statements.iter().enumerate() {
            let ends_well = index + 1 >= first_harmless;
            let behind = statements.get(index + 1..).unwrap_or_default();
            found.extend(self.swallowed_by(stmt, behind, ends_well));
        }
    }

    /// `behind` stands behind the statement; `ends_well`: nothing there can fail.
    fn swallowed_by(&self, stmt: &Stmt, behind: &[Stmt], ends_well: bool) -> Option<FoundSwallow> {
        match stmt {
            Stmt::Local(local) => {
                let init = local.init.as_ref()?;
                if let Some((_, diverge)) = &init.diverge {
                    let layers = success(&local.pat)?;
                    let connect = self.outcome(&init.expr, layers)?;
                    let Expr::Block(block) = &**diverge else { return None };
                    let (swallow, returns) = self.gives_up(&block.block.stmts)?;
                    // The test may be about the failure.
                    if fails(behind) {
                        return None;
                    }
                    let start = self.collector.offsets.of(local.let_token.span);
                    let end = edges::expression(&init.expr, self.collector.offsets);
                    return returns.then_some(FoundSwallow {
                        span: start.cover(end),
                        connect,
                        swallow,
                    });
                }
                match (&local.pat, &*init.expr) {
                    (Pat::Wild(_), value) if ends_well => {
                        let (connect, _) = self.outcome_in(value).filter(|_| !panics_on_the_way(value))?;
                        Some(FoundSwallow {
                            span: self
                                .collector
                                .offsets
                                .of(local.let_token.span)
                                .cover(edges::expression(value, self.collector.offsets)),
                            connect,
                            swallow: Swallow::Passes,
                        })
                    }
                    (_, Expr::Match(choice)) => self.swallowed_by_match(choice, false),
                    _ => None,
                }
            }
            Stmt::Expr(Expr::If(branch), _) => self.swallowed_by_if(branch, ends_well),
            Stmt::Expr(Expr::Match(choice), _) => self.swallowed_by_match(choice, ends_well),
            Stmt::Expr(expr @ Expr::MethodCall(call), _)
                if ends_well && call.method == "ok" && call.args.is_empty() && !panics_on_the_way(expr) =>
            {
                Some(FoundSwallow {
                    span: edges::expression(expr, self.collector.offsets),
                    connect: self.outcome_in(&call.receiver)?.0,
                    swallow: Swallow::Passes,
                })
            }
            _ => None,
        }
    }

    /// `if let Ok(ws) = connect(…).await { … }`
    fn swallowed_by_if(&self, branch: &syn::ExprIf, ends_well: bool) -> Option<FoundSwallow> {
        let Expr::Let(condition) = &*branch.cond else {
            return None;
        };
        let layers = success(&condition.pat)?;
        let connect = self.outcome(&condition.expr, layers)?;
        if fails(&branch.then_branch.stmts) {
            return None;
        }
        let (swallow, returns) = match &branch.else_branch {
            None => (Swallow::Passes, false),
            Some((_, otherwise)) => match &**otherwise {
                Expr::Block(block) => self.gives_up(&block.block.stmts)?,
                _ => return None,
            },
        };
        (returns || ends_well).then(|| FoundSwallow {
            span: self
                .collector
                .offsets
                .of(branch.if_token.span)
                .cover(edges::expression(&condition.expr, self.collector.offsets)),
            connect,
            swallow,
        })
    }

    /// `match connect(…).await { Ok(ws) => …, Err(_) => return }`
    fn swallowed_by_match(&self, choice: &syn::ExprMatch, ends_well: bool) -> Option<FoundSwallow> {
        let (connect, layers) = self.outcome_in(&choice.expr)?;
        let mut given_up = None;
        for arm in &choice.arms {
            match failure(&arm.pat, layers) {
                // The test may be about the failure.
                None if fails_in(arm) => return None,
                None => {}
                Some(Failure::Narrow) => return None,
                Some(Failure::Broad) => {
                    let (swallow, returns) = match &*arm.body {
                        Expr::Block(block) => self.gives_up(&block.block.stmts)?,
                        other => self.gives_up(&[Stmt::Expr(other.clone(), None)])?,
                    };
                    if !(returns || ends_well) {
                        return None;
                    }
                    given_up.get_or_insert(swallow);
                }
            }
        }
        let start = self.collector.offsets.of(choice.match_token.span);
        Some(FoundSwallow {
            span: start.cover(edges::expression(&choice.expr, self.collector.offsets)),
            connect,
            swallow: given_up?,
        })
    }

    /// What code that gets the failure does with it, where that is nothing but a line or a return; and whether it returns.
    fn gives_up(&self, statements: &[Stmt]) -> Option<(Swallow, bool)> {
        let mut swallow = Swallow::Passes;
        for stmt in statements {
            match stmt {
                Stmt::Macro(call) if tells(&call.mac) => swallow = swallow_of(&call.mac),
                Stmt::Expr(Expr::Macro(call), _) if tells(&call.mac) => swallow = swallow_of(&call.mac),
                Stmt::Expr(Expr::Return(exit), _) if exit.expr.as_deref().is_none_or(is_success) => {
                    return Some((swallow, true));
                }
                Stmt::Expr(value, _) if is_success(value) => {}
                _ => return None,
            }
        }
        Some((swallow, false))
    }

    /// Whether a statement certainly fails no test: it asserts, unwraps and calls nothing of the file.
    fn cannot_fail(&self, stmt: &Stmt) -> bool {
        let mut failing = Failing {
            collector: self.collector,
            may_fail: false,
        };
        failing.visit_stmt(stmt);
        !failing.may_fail
    }
}

/// Whether the code of an arm fails the test.
fn fails_in(arm: &Arm) -> bool {
    match &*arm.body {
        Expr::Block(block) => fails(&block.block.stmts),
        other => ends_in_failure(other),
    }
}

/// Whether statements certainly, or probably, end in a panic or an error: they are about a connect that must not work.
fn fails(statements: &[Stmt]) -> bool {
    statements.iter().any(|stmt| match stmt {
        Stmt::Macro(call) => panics(&call.mac),
        Stmt::Expr(exit @ (Expr::Macro(_) | Expr::Return(_)), _) | Stmt::Expr(exit, None) => ends_in_failure(exit),
        _ => false,
    })
}

/// The same of an expression that is the last one.
fn ends_in_failure(value: &Expr) -> bool {
    match value {
        Expr::Macro(call) => panics(&call.mac),
        Expr::Return(exit) => exit.expr.as_deref().is_some_and(is_error),
        other => is_error(other),
    }
}

/// `Err(…)`.
fn is_error(value: &Expr) -> bool {
    matches!(value, Expr::Call(call) if matches!(&*call.func, Expr::Path(func) if func.path.is_ident("Err")))
}

/// Whether a closure among the methods of an outcome panics where it is a failure: `.map_err(|e| panic!("{e}"))`.
fn panics_on_the_way(outcome: &Expr) -> bool {
    let mut at = outcome;
    while let Expr::MethodCall(call) = at {
        let fails = |given: &Expr| matches!(given, Expr::Closure(closure) if ends_in_failure(&closure.body));
        if call.args.iter().any(fails) {
            return true;
        }
        at = &call.receiver;
    }
    false
}

fn panics(mac: &syn::Macro) -> bool {
    let text = mac.tokens.to_string();
    match last_name(&mac.path).unwrap_or_default().as_str() {
        "panic" | "unreachable" | "bail" | "todo" | "unimplemented" => true,
        "assert" => text.starts_with("false"),
        _ => false,
    }
}

/// Whether a macro only tells somebody something: it prints or logs.
pub(in crate::rust) fn tells(mac: &syn::Macro) -> bool {
    let name = last_name(&mac.path).unwrap_or_default();
    prints(&name) || matches!(name.as_str(), "trace" | "debug" | "info" | "warn" | "error")
}

/// A line that says that the test is skipped says more than one that does not.
fn swallow_of(mac: &syn::Macro) -> Swallow {
    match mac.tokens.to_string().to_ascii_lowercase().contains("skip") {
        true => Swallow::Skips,
        false => Swallow::Prints,
    }
}

/// `()`, `Ok(())`.
fn is_success(expr: &Expr) -> bool {
    match expr {
        Expr::Tuple(tuple) => tuple.elems.is_empty(),
        Expr::Call(call) => {
            let is_ok = matches!(&*call.func, Expr::Path(func) if func.path.is_ident("Ok"));
            is_ok
                && call
                    .args
                    .first()
                    .is_some_and(|value| matches!(value, Expr::Tuple(tuple) if tuple.elems.is_empty()))
        }
        _ => false,
    }
}

/// Whether a statement certainly gives a success, where it is the last one of a test that gives its outcome.
fn ends_in_success(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Expr(value, None) => gives_success(value),
        Stmt::Expr(Expr::Return(exit), Some(_)) => exit.expr.as_deref().is_none_or(gives_success),
        _ => false,
    }
}

/// Whether a value certainly is a success, by each way that it may come: `Ok(…)`, `ExitCode::SUCCESS`.
fn gives_success(value: &Expr) -> bool {
    let block = |block: &syn::Block| block.stmts.last().is_some_and(ends_in_success);
    match value {
        Expr::Path(path) => last_name(&path.path).as_deref() == Some("SUCCESS"),
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Path(func) if last_name(&func.path).as_deref() == Some("Ok"))
        }
        Expr::Return(exit) => exit.expr.as_deref().is_none_or(gives_success),
        Expr::Paren(paren) => gives_success(&paren.expr),
        Expr::Block(inner) => block(&inner.block),
        Expr::If(branch) => {
            let otherwise = branch.else_branch.as_ref();
            block(&branch.then_branch) && otherwise.is_some_and(|(_, otherwise)| gives_success(otherwise))
        }
        Expr::Match(choice) => choice.arms.iter().all(|arm| gives_success(&arm.body)),
        Expr::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

/// Looks for what may fail a test.
struct Failing<'c, 'a> {
    collector: &'c Collector<'a>,
    may_fail: bool,
}

impl<'ast> Visit<'ast> for Failing<'_, '_> {
    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.may_fail |= !tells(mac) && !matches!(last_name(&mac.path).unwrap_or_default().as_str(), "format" | "vec");
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.may_fail |= match expr {
            Expr::Try(_) | Expr::Index(_) => true,
            Expr::Return(exit) => exit.expr.as_deref().is_some_and(|value| !gives_success(value)),
            Expr::MethodCall(call) => {
                let method = plain(&call.method);
                let fails = ["unwrap", "expect", "assert", "check", "verify", "join", "validate"];
                self.collector.names.has_method(&method) || fails.iter().any(|prefix| method.starts_with(prefix))
            }
            Expr::Call(call) => match &*call.func {
                Expr::Path(func) => match self.collector.resolve(&func.path) {
                    Name::Extern(path) => path.contains("assert"),
                    Name::File(_) | Name::Variable(_) => true,
                    // Variants are called, too: `Some(…)`.
                    Name::Unknown => !func
                        .path
                        .segments
                        .last()
                        .is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase)),
                },
                _ => true,
            },
            _ => false,
        };
        visit::visit_expr(self, expr);
    }
}

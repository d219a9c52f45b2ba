//! What a Python module means apart from deadlines, own timeouts and safe prints: two modules that a fix may turn into
//! each other have the same normal form. Knows nothing of edits or declarations.

use std::collections::BTreeSet;

use ruff_python_ast::comparable::ComparableStmt;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::transformer::{Transformer, walk_expr, walk_stmt};
use ruff_python_ast::{
    ExceptHandler, Expr, ExprEllipsisLiteral, Keyword, ModModule, PythonVersion, Stmt, StmtWith, Suite, WithItem,
};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

/// The tree of a text, as the newest Python reads it; `None` where it does not parse.
pub(crate) fn parse(text: &str) -> Option<Parsed<ModModule>> {
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY315);
    let parsed = parse_unchecked(text, options).try_into_module()?;
    parsed.errors().is_empty().then_some(parsed)
}

/// Whether two texts have the same normal form.
pub(crate) fn same_but_for_deadlines_and_prints(before: &str, after: &str) -> bool {
    let normal = |text: &str| {
        let mut suite = parse(text).expect("the text parses").syntax().body.clone();
        Normal.visit_suite(&mut suite);
        suite
    };
    let (before, after) = (normal(before), normal(after));
    let comparable = |suite: &Suite| suite.iter().map(ComparableStmt::from).collect::<Vec<_>>().len();
    comparable(&before) == comparable(&after)
        && before
            .iter()
            .zip(&after)
            .all(|(a, b)| ComparableStmt::from(a) == ComparableStmt::from(b))
}

/// The text of every comment, in order, those of the inserted helper left out (it has none).
pub(crate) fn comments(text: &str) -> Vec<String> {
    let parsed = parse(text).expect("the text parses");
    let comments = parsed
        .tokens()
        .iter()
        .filter(|token| token.kind() == TokenKind::Comment);
    let mut comments: Vec<_> = comments.map(|token| text[token.range()].to_owned()).collect();
    comments.sort_unstable();
    comments
}

/// The source of every part of a string literal outside the inserted helper, in order, escapes and all. The `""` of an
/// added `end=""` is none.
pub(crate) fn string_parts(text: &str) -> Vec<String> {
    let parsed = parse(text).expect("the text parses");
    let helper = helper(parsed.syntax());
    let is_text = |kind| {
        matches!(
            kind,
            TokenKind::String | TokenKind::FStringMiddle | TokenKind::TStringMiddle
        )
    };
    let tokens = parsed.tokens().iter().filter(|token| is_text(token.kind()));
    let outside = tokens.filter(|token| !helper.is_some_and(|helper| helper.contains_range(token.range())));
    let parts = outside.map(|token| text[token.range()].to_owned());
    parts.filter(|part| part != "\"\"").collect()
}

/// The lines that begin inside a string, and the others without their margin; blank ones left out.
pub(crate) fn lines(text: &str) -> Vec<(bool, String)> {
    let parsed = parse(text).expect("the text parses");
    let strings: Vec<_> = parsed
        .tokens()
        .iter()
        .filter(|token| {
            matches!(
                token.kind(),
                TokenKind::String | TokenKind::FStringMiddle | TokenKind::TStringMiddle
            )
        })
        .map(Ranged::range)
        .collect();
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let index = strings.partition_point(|range| range.start().to_usize() < start);
        let inside = index
            .checked_sub(1)
            .is_some_and(|index| strings[index].end().to_usize() > start);
        let shown = if inside { line } else { line.trim() };
        if !line.trim().is_empty() {
            lines.push((inside, shown.to_owned()));
        }
        start += line.len();
    }
    lines
}

fn helper(module: &ModModule) -> Option<ruff_text_size::TextRange> {
    let mut functions = module.body.iter().filter_map(Stmt::as_function_def_stmt);
    functions
        .find(|function| function.name.as_str() == "safe_print")
        .map(Ranged::range)
}

struct Normal;

impl Normal {
    fn visit_suite(&self, suite: &mut Suite) {
        let mut normal = Suite::new();
        for mut statement in std::mem::take(suite) {
            self.visit_stmt(&mut statement);
            match statement {
                Stmt::With(with) if with.items.is_empty() => normal.extend(with.body),
                Stmt::Import(import) if import.names.is_empty() => {}
                // It goes where its block gets another statement.
                Stmt::Pass(_) => {}
                Stmt::Expr(idle) if idle.value.is_ellipsis_literal_expr() => {}
                Stmt::FunctionDef(function) if function.name.as_str() == "safe_print" => {}
                other if is_lift(&other) => {}
                other => normal.push(other),
            }
        }
        *suite = normal;
    }
}

impl Transformer for Normal {
    fn visit_stmt(&self, statement: &mut Stmt) {
        suites(statement).into_iter().for_each(|suite| self.visit_suite(suite));
        walk_stmt(self, statement);
        match statement {
            Stmt::With(with) => normal_with(with),
            Stmt::Import(import) => {
                let added = BTreeSet::from(["asyncio", "contextlib", "sys", "async_timeout"]);
                import
                    .names
                    .retain(|alias| alias.asname.is_some() || !added.contains(alias.name.as_str()));
            }
            _ => {}
        }
    }

    /// Done by [`suites`], where statements can be taken out.
    fn visit_body(&self, _: &mut [Stmt]) {}

    fn visit_expr(&self, expression: &mut Expr) {
        walk_expr(self, expression);
        let Expr::Call(call) = expression else { return };
        match name(&call.func).as_deref() {
            Some("asyncio.wait_for" | "aio.wait_for") => *expression = call.arguments.args[0].clone(),
            Some("websockets.connect") => {
                let is_timeout = |keyword: &Keyword| keyword.arg.as_ref().is_some_and(|name| name == "open_timeout");
                call.arguments.keywords.retain(|keyword| !is_timeout(keyword));
            }
            // `sys.stdout.write(x)` becomes `safe_print(x, end="")`.
            Some("safe_print" | "print" | "sys.stdout.write") => {
                *call.func = Expr::EllipsisLiteral(ExprEllipsisLiteral::default());
                let is_empty = |value: &Expr| value.as_string_literal_expr().is_some_and(|text| text.value.is_empty());
                call.arguments.keywords.retain(|keyword| !is_empty(&keyword.value));
            }
            _ => {}
        }
    }
}

/// The statement lists that a statement holds.
fn suites(statement: &mut Stmt) -> Vec<&mut Suite> {
    match statement {
        Stmt::FunctionDef(inner) => vec![&mut inner.body],
        Stmt::ClassDef(inner) => vec![&mut inner.body],
        Stmt::With(inner) => vec![&mut inner.body],
        Stmt::For(inner) => vec![&mut inner.body, &mut inner.orelse],
        Stmt::While(inner) => vec![&mut inner.body, &mut inner.orelse],
        Stmt::If(inner) => {
            let clauses = inner.elif_else_clauses.iter_mut().map(|clause| &mut clause.body);
            std::iter::once(&mut inner.body).chain(clauses).collect()
        }
        Stmt::Match(inner) => inner.cases.iter_mut().map(|case| &mut case.body).collect(),
        Stmt::Try(inner) => {
            let handlers = inner.handlers.iter_mut().map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                &mut handler.body
            });
            let own = [&mut inner.body, &mut inner.orelse, &mut inner.finalbody];
            own.into_iter().chain(handlers).collect()
        }
        _ => Vec::new(),
    }
}

fn normal_with(with: &mut StmtWith) {
    with.items.retain(|item| !is_deadline(item));
    let stack = with
        .items
        .last()
        .is_some_and(|item| called(item).as_deref() == Some("contextlib.AsyncExitStack"));
    if !stack {
        return;
    }
    // `wait_for` around it is gone already.
    let (entered, target) = match with.body.remove(0) {
        Stmt::Expr(statement) => (*statement.value, None),
        Stmt::Assign(mut statement) => (*statement.value, statement.targets.pop()),
        other => panic!("a stack is followed by {other:?}"),
    };
    let Expr::Await(awaited) = entered else {
        panic!("what is entered is awaited")
    };
    let Expr::Call(enter) = *awaited.value else {
        panic!("a method of the stack is called")
    };
    let item = with.items.last_mut().expect("there is the stack");
    item.context_expr = enter.arguments.args[0].clone();
    item.optional_vars = target.map(Box::new);
}

fn is_deadline(item: &WithItem) -> bool {
    matches!(
        called(item).as_deref(),
        Some("asyncio.timeout" | "aio.timeout" | "timeout" | "async_timeout.timeout")
    )
}

fn is_lift(statement: &Stmt) -> bool {
    let call = statement
        .as_expr_stmt()
        .and_then(|statement| statement.value.as_call_expr());
    let method = call.and_then(|call| call.func.as_attribute_expr());
    method.is_some_and(|method| method.attr.as_str() == "reschedule")
}

fn called(item: &WithItem) -> Option<String> {
    name(&item.context_expr.as_call_expr()?.func)
}

fn name(callee: &Expr) -> Option<String> {
    match callee {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(format!("{}.{}", name(&attribute.value)?, attribute.attr)),
        _ => None,
    }
}

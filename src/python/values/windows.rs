//! What a condition is on Windows, whose consoles are those that refuse text.

use ruff_python_ast::{BoolOp, CmpOp, Expr, Pattern, Stmt, StmtMatch, UnaryOp};

use crate::python::names::{Names, Value};
use crate::python::syntax::leaving::leaves;

/// Conditions in conditions are followed so far.
const DEEPEST: usize = 8;

/// What `condition` certainly is on Windows: `sys.platform == "win32"`, `os.name != "nt"`, `platform.system() == "Windows"`,
/// `sys.platform.startswith("win")`, `"linux" in sys.platform`, a flag or a function called `IS_WINDOWS`. `None` where it is about
/// something else.
pub(in crate::python) fn on_windows(condition: &Expr, names: &Names) -> Option<bool> {
    of(condition, names, DEEPEST)
}

/// The case of a `match` on a name of the platform that certainly is the first one to take that of Windows.
pub(in crate::python) fn taken_on_windows(choice: &StmtMatch, names: &Names) -> Option<usize> {
    let name = name_on_windows(&choice.subject, names)?;
    for (index, case) in choice.cases.iter().enumerate() {
        if takes(&case.pattern, name)? {
            return case.guard.is_none().then_some(index);
        }
    }
    None
}

/// Whether a pattern takes a text; `None` where that is not written out.
fn takes(pattern: &Pattern, name: &str) -> Option<bool> {
    match pattern {
        Pattern::MatchValue(value) => Some(text(&value.value)? == name),
        Pattern::MatchOr(either) => {
            let all: Option<Vec<bool>> = either.patterns.iter().map(|pattern| takes(pattern, name)).collect();
            Some(all?.contains(&true))
        }
        Pattern::MatchAs(capture) => capture.pattern.as_ref().map_or(Some(true), |inner| takes(inner, name)),
        _ => None,
    }
}

/// What comes with Python everywhere but on Windows: importing it fails there.
const NOT_ON_WINDOWS: &[&str] = &[
    "fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty",
];

/// Whether nothing behind a statement in its suite runs on Windows: it leaves there, asserts another system, or imports what that
/// has not.
pub(in crate::python) fn ends_on_windows(statement: &Stmt, names: &Names) -> bool {
    let is_missing = |path: &str| NOT_ON_WINDOWS.contains(&path.split('.').next().unwrap_or(path));
    match statement {
        Stmt::Assert(claim) => on_windows(&claim.test, names) == Some(false),
        Stmt::Import(import) => import.names.iter().any(|alias| is_missing(&alias.name)),
        Stmt::ImportFrom(import) if import.level == 0 => {
            import.module.as_ref().is_some_and(|module| is_missing(module))
        }
        Stmt::If(_) => is_left(
            statement,
            &|condition| on_windows(condition, names) == Some(true),
            names,
        ),
        _ => false,
    }
}

/// Whether a statement leaves its suite, or ends the program, where a condition holds.
pub(in crate::python) fn is_left(statement: &Stmt, holds: &dyn Fn(&Expr) -> bool, names: &Names) -> bool {
    let choice = statement.as_if_stmt();
    let choice = choice.filter(|choice| choice.elif_else_clauses.is_empty());
    choice.is_some_and(|choice| {
        let last = choice.body.last();
        last.is_some_and(|last| leaves(last) || exits(last, names)) && holds(&choice.test)
    })
}

/// Whether a statement ends the program: `sys.exit(…)`.
fn exits(statement: &Stmt, names: &Names) -> bool {
    let call = statement
        .as_expr_stmt()
        .and_then(|statement| statement.value.as_call_expr());
    let path = call.and_then(|call| names.resolve(&call.func));
    matches!(path, Some("sys.exit" | "os._exit" | "exit" | "quit"))
}

fn of(condition: &Expr, names: &Names, depth: usize) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    match condition {
        Expr::UnaryOp(negated) if negated.op == UnaryOp::Not => of(&negated.operand, names, depth).map(|value| !value),
        Expr::BoolOp(several) => {
            let decisive = several.op == BoolOp::Or;
            let all: Vec<Option<bool>> = several.values.iter().map(|value| of(value, names, depth)).collect();
            match all.contains(&Some(decisive)) {
                true => Some(decisive),
                false => all.iter().all(Option::is_some).then_some(!decisive),
            }
        }
        Expr::Compare(comparison) => match (&*comparison.ops, &*comparison.comparators) {
            ([op], [other]) => compared(&comparison.left, *op, other, names),
            _ => None,
        },
        Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
            (Expr::Attribute(method), [prefixes]) if method.attr.as_str() == "startswith" => {
                let name = name_on_windows(&method.value, names)?;
                let all: Option<Vec<&str>> = several(prefixes).iter().map(text).collect();
                Some(all?.iter().any(|prefix| name.starts_with(prefix)))
            }
            (function, []) if call.arguments.is_empty() => of(function, names, depth),
            _ => None,
        },
        Expr::Name(name) => says_windows(&name.id).then_some(true),
        Expr::Attribute(attribute) => says_windows(&attribute.attr).then_some(true),
        _ => None,
    }
}

fn compared(left: &Expr, op: CmpOp, right: &Expr, names: &Names) -> Option<bool> {
    let Some(name) = name_on_windows(left, names) else {
        // `"linux" in sys.platform`
        let is_in = name_on_windows(right, names)?.contains(text(left)?);
        return (matches!(op, CmpOp::In | CmpOp::NotIn)).then_some(is_in == (op == CmpOp::In));
    };
    let is_it = |value: &Expr| Some(text(value)? == name);
    match op {
        CmpOp::Eq | CmpOp::Is => is_it(right),
        CmpOp::NotEq | CmpOp::IsNot => is_it(right).map(|is_it| !is_it),
        CmpOp::In | CmpOp::NotIn if !matches!(right, Expr::StringLiteral(_)) => {
            let all = several(right).iter().map(is_it).collect::<Option<Vec<_>>>()?;
            Some(all.contains(&true) == (op == CmpOp::In))
        }
        _ => None,
    }
}

/// The elements of a display, or the one thing that it is.
fn several(expr: &Expr) -> &[Expr] {
    match expr {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        Expr::Set(set) => &set.elts,
        single => std::slice::from_ref(single),
    }
}

/// What a name of the platform is there.
fn name_on_windows(expr: &Expr, names: &Names) -> Option<&'static str> {
    if let Expr::Name(_) = expr {
        return kept_name(expr, names);
    }
    if let Some(name) = in_lower_case(expr) {
        return Some(match name_on_windows(name, names)? {
            "Windows" => "windows",
            other => other,
        });
    }
    let (Expr::Attribute(attribute), is_called) = (match expr {
        Expr::Call(call) if call.arguments.is_empty() => (&*call.func, true),
        other => (other, false),
    }) else {
        return None;
    };
    match (attribute.value.as_name_expr()?.id.as_str(), &*attribute.attr, is_called) {
        ("sys", "platform", false) => Some("win32"),
        ("os", "name", false) => Some("nt"),
        ("platform", "system", true) => Some("Windows"),
        _ => None,
    }
}

/// The same of a name that keeps it: `SYSTEM = platform.system()`, `system = platform.system().lower()`.
fn kept_name(name: &Expr, names: &Names) -> Option<&'static str> {
    match names.values(name) {
        [Value::Path(path)] => match path.as_str() {
            "sys.platform" => Some("win32"),
            "os.name" => Some("nt"),
            _ => None,
        },
        [Value::Outcome(path)] => match path.as_str() {
            "platform.system" => Some("Windows"),
            "platform.system.lower" | "platform.system.casefold" => Some("windows"),
            _ => None,
        },
        _ => None,
    }
}

/// What `.lower()` or `.casefold()` is called of.
fn in_lower_case(expr: &Expr) -> Option<&Expr> {
    let call = expr.as_call_expr().filter(|call| call.arguments.is_empty())?;
    let method = call.func.as_attribute_expr()?;
    matches!(method.attr.as_str(), "lower" | "casefold").then_some(&*method.value)
}

fn text(expr: &Expr) -> Option<&str> {
    Some(expr.as_string_literal_expr()?.value.to_str())
}

fn says_windows(name: &str) -> bool {
    let name = name.trim_start_matches('_');
    ["is_windows", "on_windows", "is_win", "is_win32", "windows"]
        .iter()
        .any(|flag| name.eq_ignore_ascii_case(flag))
        && (name.contains('_') || name.chars().all(char::is_uppercase))
}

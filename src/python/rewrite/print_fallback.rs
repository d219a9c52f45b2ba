//! Replaces a leaky print fallback by one that cannot raise again, under the same name.
//!
//! The function gets `print`'s whole signature and its one write. Its decorators, its docstring, its comments and the
//! replacements that it knows by itself stay.

use ruff_python_ast::helpers::is_docstring_stmt;
use ruff_python_ast::{ExceptHandler, Expr, ExprCall, ModModule, Stmt, StmtFunctionDef, StmtTry};

use super::code::{Code, span_of};
use super::edits::Draft;
use super::facts::Facts;
use super::imports::Head;
use super::locate;
use super::print_helper::{CLOSING, PARAMETERS, WRITE, fallback, import_sys, opening};
use crate::finding::{Change, Fix, Refusal};
use crate::python::Module;
use crate::python::console::Sink;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::sites::PrintFallback;
use crate::source::Span;

/// How the file is written.
#[derive(Clone, Copy)]
struct Written<'a> {
    code: Code<'a>,
    facts: &'a Facts,
    /// One unit of indentation.
    unit: &'a str,
    /// The end of a line.
    ending: &'a str,
}

/// Puts the sound fallback in.
///
/// # Errors
/// The function does more than print its argument, or is called in a way that the new one does not know.
pub(in crate::python) fn sound_print_fallback(module: &Module<'_>, fallback: &PrintFallback) -> Result<Fix, Refusal> {
    let tree = module.parsed.syntax();
    let code = Code::new(module.source, module.parsed.tokens());
    let function = find(tree, fallback.name_span).ok_or_else(|| Refusal::because("the function is not found"))?;
    let shape = Shape::of(module, function)?;
    if is_called_by_keyword(module, function, &shape) {
        return Err(Refusal::because(format!(
            "`{}` is called with its parameter's name, which the sound one does not have",
            fallback.name
        )));
    }
    let margin = code
        .margin(span_of(shape.attempt).start)
        .ok_or_else(|| Refusal::because("the `try` does not begin its line"))?;
    let parameters = span_of(&*function.parameters);
    if code.has_comment(parameters) || code.has_comment(span_of(shape.print)) {
        return Err(Refusal::because("a comment would go"));
    }
    let unit = if margin.contains('\t') {
        "\t"
    } else {
        code.indent_unit()
    };
    let ending = code.line_ending(span_of(shape.attempt).start);
    let mut draft = Draft::new();
    let head = Head {
        code,
        tree,
        facts: &module.facts,
    };
    let sys = import_sys(head, &module.names, span_of(function).start, &mut draft)?;
    let quoted = |text: &str| module.facts.quoted(code, text);
    let line = |depth: usize, text: &str| format!("{margin}{}{}{ending}", unit.repeat(depth), quoted(text));

    draft.replace(parameters, quoted(PARAMETERS));
    let before: String = opening(&sys).iter().map(|(depth, text)| line(*depth, text)).collect();
    let first = before.strip_prefix(margin).unwrap_or(&before);
    draft.insert(span_of(shape.attempt).start, format!("{first}{margin}"));
    draft.replace(span_of(shape.print), WRITE);
    let written = Written {
        code,
        facts: &module.facts,
        unit,
        ending,
    };
    shape.replace_handler(written, &mut draft)?;
    let after: String = CLOSING.iter().map(|(depth, text)| line(*depth, text)).collect();
    match code.after_logical_line(span_of(shape.attempt).end) {
        Some(offset) => draft.insert(offset, after),
        None => draft.insert(code.len(), format!("{ending}{}", after.trim_end_matches(['\r', '\n']))),
    }
    draft.change(Change::Helper {
        name: fallback.name.clone(),
    });
    // Another module may call it with its parameter's name, and what the console refuses looks otherwise than before.
    draft.distrust();
    draft.finish(
        format!(
            "let `{}` write what the console cannot take as an escape",
            fallback.name
        ),
        vec![span_of(function)],
    )
}

/// What a function must look like to be replaced.
struct Shape<'a> {
    attempt: &'a StmtTry,
    /// The statement that is tried.
    print: &'a Stmt,
    handler: &'a [Stmt],
    /// The parameter that is printed; `None` where it is `*args`.
    parameter: Option<&'a str>,
    /// The replacements that the fallback makes: what, by what.
    replacements: Vec<(&'a Expr, &'a Expr)>,
}

impl<'a> Shape<'a> {
    fn of(module: &'a Module<'_>, function: &'a StmtFunctionDef) -> Result<Self, Refusal> {
        let more = || Refusal::because(format!("`{}` does more than print its argument", function.name));
        if function.is_async {
            return Err(Refusal::because(format!(
                "`{}` is awaited by its callers",
                function.name
            )));
        }
        let body = match &*function.body {
            [first, rest @ ..] if is_docstring_stmt(first) => rest,
            body => body,
        };
        let [Stmt::Try(attempt)] = body else {
            return Err(more());
        };
        let ([print], [ExceptHandler::ExceptHandler(handler)]) = (&*attempt.body, &*attempt.handlers) else {
            return Err(more());
        };
        if !attempt.orelse.is_empty() || !attempt.finalbody.is_empty() {
            return Err(more());
        }
        let printed = printed(module, print).ok_or_else(more)?;
        let parameter = parameter(function)?;
        if !prints_only(function, printed, parameter) {
            return Err(more());
        }
        let (last, assignments) = handler.body.split_last().ok_or_else(more)?;
        let fallback = printed_value(module, last).ok_or_else(more)?;
        let mut replacements = Vec::new();
        let mut text = fallback;
        for assignment in assignments.iter().rev() {
            let Stmt::Assign(assign) = assignment else {
                return Err(more());
            };
            let root = unwound(text, &mut replacements);
            match (&*assign.targets, root) {
                ([Expr::Name(target)], Expr::Name(name)) if target.id == name.id => text = &assign.value,
                _ => return Err(more()),
            }
        }
        let root = unwound(text, &mut replacements);
        let is_parameter = match (root, parameter) {
            (Expr::Name(name), Some(parameter)) => name.id.as_str() == parameter,
            _ => false,
        };
        if !is_parameter {
            replacements.clear();
        }
        replacements.reverse();
        Ok(Self {
            attempt,
            print,
            handler: &handler.body,
            parameter,
            replacements,
        })
    }

    fn replace_handler(&self, written: Written<'_>, draft: &mut Draft) -> Result<(), Refusal> {
        let Written {
            code,
            facts,
            unit,
            ending,
        } = written;
        let (Some(first), Some(last)) = (self.handler.first(), self.handler.last()) else {
            return Ok(());
        };
        let whole = span_of(first).cover(span_of(last));
        let margin = code
            .margin(whole.start)
            .ok_or_else(|| Refusal::because("the fallback does not begin its line"))?;
        let next = format!("{ending}{margin}");
        let known = (!self.replacements.is_empty()).then(|| {
            let calls: Vec<String> = self
                .replacements
                .iter()
                .map(|(what, by)| format!(".replace({}, {})", code.text(span_of(*what)), code.text(span_of(*by))))
                .collect();
            format!("safe = text{}", calls.concat())
        });
        let source = if known.is_some() { "safe" } else { "text" };
        let lines = fallback(source).map(|(depth, line)| format!("{}{line}", unit.repeat(depth)));
        let write = facts.quoted(code, &lines.join(&next));
        match (known, self.handler) {
            (Some(known), [assignment, print])
                if !code.has_comment(span_of(assignment)) && !code.has_comment(span_of(print)) =>
            {
                draft.replace(span_of(assignment), known);
                draft.replace(span_of(print), write);
            }
            _ if code.has_comment(whole) => return Err(Refusal::because("a comment would go")),
            (Some(known), _) => draft.replace(whole, format!("{known}{next}{write}")),
            (None, _) => draft.replace(whole, write),
        }
        Ok(())
    }
}

/// The call of `print` that a statement is.
fn printed<'a>(module: &Module<'_>, statement: &'a Stmt) -> Option<&'a ExprCall> {
    let call = statement.as_expr_stmt()?.value.as_call_expr()?;
    let (sink, _) = Sink::of(call, &module.names).or_else(|| {
        // `file=file` and `**kwargs` are passed on.
        (module.names.resolve(&call.func)? == "print").then(|| (Sink::Print, String::new()))
    })?;
    (sink == Sink::Print).then_some(call)
}

/// What the fallback prints: the only argument.
fn printed_value<'a>(module: &Module<'_>, statement: &'a Stmt) -> Option<&'a Expr> {
    match &*printed(module, statement)?.arguments.args {
        [value] => Some(value),
        _ => None,
    }
}

/// The parameter that stands for what is printed.
///
/// # Errors
/// The function has parameters that `print` does not have.
fn parameter(function: &StmtFunctionDef) -> Result<Option<&str>, Refusal> {
    let parameters = &function.parameters;
    let foreign = |name: &str| Refusal::because(format!("its parameter `{name}` is none of `print`'s"));
    for keyword in &parameters.kwonlyargs {
        let name = keyword.parameter.name.as_str();
        if !KEYWORDS.contains(&name) {
            return Err(foreign(name));
        }
    }
    let positional: Vec<_> = parameters.posonlyargs.iter().chain(&parameters.args).collect();
    match positional.as_slice() {
        [] if parameters.vararg.is_some() => Ok(None),
        [single] if parameters.vararg.is_none() => {
            let name = single.parameter.name.as_str();
            let default = single.default.as_deref();
            let is_empty = |value: &Expr| matches!(value, Expr::StringLiteral(text) if text.value.is_empty());
            if matches!(name, "self" | "cls") || !default.is_none_or(is_empty) {
                return Err(foreign(name));
            }
            Ok(Some(name))
        }
        [first, second, ..] if first.parameter.name.as_str() != "self" => Err(foreign(second.parameter.name.as_str())),
        _ => Err(Refusal::because("its parameters are none of `print`'s")),
    }
}

/// The keywords of `print`.
static KEYWORDS: &[&str] = &["sep", "end", "file", "flush"];

/// Whether a call of `print` prints the parameter and nothing else, and passes on only what the function is given.
fn prints_only(function: &StmtFunctionDef, call: &ExprCall, parameter: Option<&str>) -> bool {
    let named = |expr: &Expr, name: &str| matches!(expr, Expr::Name(given) if given.id.as_str() == name);
    let vararg = function.parameters.vararg.as_ref().map(|vararg| vararg.name.as_str());
    let kwarg = function.parameters.kwarg.as_ref().map(|kwarg| kwarg.name.as_str());
    let values = match (&*call.arguments.args, parameter, vararg) {
        ([value], Some(name), _) => named(value, name),
        ([Expr::Starred(starred)], None, Some(name)) => named(&starred.value, name),
        _ => false,
    };
    values
        && call
            .arguments
            .keywords
            .iter()
            .all(|keyword| match keyword.arg.as_deref() {
                None => kwarg.is_some_and(|name| named(&keyword.value, name)),
                Some(name) => KEYWORDS.contains(&name) && named(&keyword.value, name),
            })
}

/// What a chain of `.replace` begins with; the pairs of literals in it are added to `replacements`, the last one first.
fn unwound<'a>(expr: &'a Expr, replacements: &mut Vec<(&'a Expr, &'a Expr)>) -> &'a Expr {
    let mut current = expr;
    while let Expr::Call(call) = current
        && let Expr::Attribute(method) = &*call.func
        && method.attr.as_str() == "replace"
        && let [what, by] = &*call.arguments.args
        && what.is_string_literal_expr()
        && by.is_string_literal_expr()
    {
        replacements.push((what, by));
        current = &method.value;
    }
    current
}

fn find(tree: &ModModule, name: Span) -> Option<&StmtFunctionDef> {
    locate::statement_around(&tree.body, name)?.as_function_def_stmt()
}

/// Whether a call in the module names the parameter.
fn is_called_by_keyword(module: &Module<'_>, function: &StmtFunctionDef, shape: &Shape<'_>) -> bool {
    let calls = module.facts.keyword_calls.get_or_init(|| {
        let calls = expressions_in(&module.parsed.syntax().body, Scope::All).filter_map(Expr::as_call_expr);
        calls.flat_map(keywords).collect()
    });
    shape
        .parameter
        .is_some_and(|parameter| calls.contains(&(function.name.to_string(), parameter.to_owned())))
}

/// The keywords of a call, each with the last name of what is called.
fn keywords(call: &ExprCall) -> impl Iterator<Item = (String, String)> {
    let callee = last_name(&call.func);
    let keywords = call.arguments.keywords.iter();
    let named = keywords.filter_map(|keyword| keyword.arg.as_deref());
    named.filter_map(move |keyword| Some((callee?.to_owned(), keyword.to_owned())))
}

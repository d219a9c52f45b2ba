//! Functions that print and, where the console refuses, print something else: whether that can raise again.

mod round_trip;

use foldhash::HashMap;
use ruff_python_ast::{ExceptHandler, Expr, ExprCall, ModModule, Stmt, StmtFunctionDef, StmtTry};

use self::round_trip::round_trip;
use crate::python::console::Sink;
use crate::python::console::refusal_handlers::{catches_encode_error, names_encode_error};
use crate::python::console::streams::reaches_console;
use crate::python::names::Names;
use crate::python::syntax::assignments::Assignments;
use crate::python::syntax::nodes::{Scope, expressions_in, statements_in};
use crate::python::syntax::spans::span;
use crate::python::values::variables::Variables;
use crate::sites::PrintFallback;
use crate::source::Span;

/// How deep an expression of a fallback is followed.
const DEEPEST: usize = 100;

/// Collects the functions whose fallback certainly can raise again.
pub(in crate::python) fn collect(module: &ModModule, variables: &dyn Variables) -> Vec<PrintFallback> {
    let mut found = Vec::new();
    for function in statements_in(&module.body, Scope::All).filter_map(Stmt::as_function_def_stmt) {
        let assignments = Assignments::of(function);
        let leak = attempts(&function.body).find_map(|attempt| match verdict(attempt, variables, &assignments) {
            Some(Verdict::Leaks { span, why }) => Some((span, why)),
            _ => None,
        });
        if let Some((place, leak)) = leak {
            found.push(PrintFallback {
                id: found.len(),
                name: function.name.to_string(),
                name_span: span(&function.name),
                span: place,
                leak,
            });
        }
    }
    found
}

/// Whether `function` tries to print and, where the console refuses, writes what no console refuses.
pub(in crate::python) fn is_sound(function: &StmtFunctionDef, variables: &dyn Variables) -> bool {
    let assignments = Assignments::of(function);
    let mut verdicts = attempts(&function.body)
        .filter_map(|attempt| verdict(attempt, variables, &assignments))
        .peekable();
    verdicts.peek().is_some() && verdicts.all(|verdict| matches!(verdict, Verdict::Sound))
}

/// The `try` statements of a function's own body, those of functions in it left out.
fn attempts(body: &[Stmt]) -> impl Iterator<Item = &StmtTry> {
    statements_in(body, Scope::Own).filter_map(Stmt::as_try_stmt)
}

/// What is known of a fallback.
enum Verdict {
    Sound,
    Leaks { span: Span, why: String },
    Unknown,
}

/// What is known of the fallback of `attempt`. `None` where it does not print, or has no handler for the encoding error
/// itself.
fn verdict<'a>(
    attempt: &'a StmtTry,
    variables: &'a dyn Variables,
    assignments: &'a Assignments<'a>,
) -> Option<Verdict> {
    let names = variables.names();
    let calls = expressions_in(&attempt.body, Scope::All).filter_map(Expr::as_call_expr);
    let prints: Vec<&ExprCall> = calls.filter(|call| writes(call, names)).collect();
    let tried = prints
        .iter()
        .flat_map(|print| expressions_in(&print.arguments, Scope::All))
        .filter_map(|expr| Some(expr.as_name_expr()?.id.as_str()));
    let handler = attempt
        .handlers
        .iter()
        .find(|handler| names_encode_error(handler, variables))?;
    let ExceptHandler::ExceptHandler(handler) = handler;
    if prints.is_empty() {
        return None;
    }
    let mut fallback = Fallback {
        variables,
        names,
        tried: tried.collect(),
        assignments,
        known: HashMap::default(),
        assigned: HashMap::default(),
        verdict: None,
    };
    fallback.body(&handler.body);
    fallback.verdict
}

/// Whether a call writes text to the console, or to a stream that it is given.
fn writes(call: &ExprCall, names: &Names) -> bool {
    Sink::of_any_stream(call, names)
}

/// Whether what an expression gives can be encoded.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::python) enum Proof {
    /// By every console: it is ASCII, or what the stream's own encoding leaves.
    Always,
    /// It cannot be told.
    Unknown,
    /// Not by every one, and why.
    Leaks(String),
}

impl Proof {
    fn and(self, other: Proof) -> Proof {
        match (self, other) {
            (Proof::Leaks(why), _) | (_, Proof::Leaks(why)) => Proof::Leaks(why),
            (Proof::Always, Proof::Always) => Proof::Always,
            _ => Proof::Unknown,
        }
    }
}

/// A handler while it is read.
struct Fallback<'a> {
    variables: &'a dyn Variables,
    names: &'a Names,
    /// The names in what was tried to print.
    tried: Vec<&'a str>,
    /// What the function assigns.
    assignments: &'a Assignments<'a>,
    /// What is known of the variables that the handler does not assign.
    known: HashMap<&'a str, Proof>,
    /// What the handler itself assigns.
    assigned: HashMap<&'a str, &'a Expr>,
    verdict: Option<Verdict>,
}

impl<'a> Fallback<'a> {
    fn body(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                if let [Expr::Name(name)] = &*assign.targets {
                    self.assigned.insert(name.id.as_str(), &assign.value);
                }
            }
            Stmt::Expr(expression) => self.written(statement, &expression.value),
            Stmt::Return(returned) => {
                if let Some(value) = &returned.value {
                    self.written(statement, value);
                }
            }
            Stmt::If(condition) => {
                self.body(&condition.body);
                for clause in &condition.elif_else_clauses {
                    self.body(&clause.body);
                }
            }
            Stmt::For(repeated) => {
                self.body(&repeated.body);
                self.body(&repeated.orelse);
            }
            Stmt::With(with) => self.body(&with.body),
            Stmt::Try(attempt) => {
                if !catches_encode_error(&attempt.handlers, self.variables) {
                    self.body(&attempt.body);
                }
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.body(&handler.body);
                }
                self.body(&attempt.orelse);
                self.body(&attempt.finalbody);
            }
            _ => {}
        }
    }

    fn written(&mut self, statement: &Stmt, value: &'a Expr) {
        let Expr::Call(call) = value else {
            return;
        };
        if !writes(call, self.names) {
            return;
        }
        let mut proof = Proof::Always;
        for argument in &call.arguments.args {
            proof = proof.and(self.proof(argument, 0));
        }
        let verdict = match proof {
            Proof::Always => Verdict::Sound,
            Proof::Unknown => Verdict::Unknown,
            // A file, a pipe or whatever a caller gives is not the console, and may take it.
            Proof::Leaks(_) if !reaches_console(call, self.assignments.function(), self.names) => Verdict::Unknown,
            Proof::Leaks(why) => Verdict::Leaks {
                span: span(statement),
                why,
            },
        };
        match (&self.verdict, &verdict) {
            (Some(Verdict::Leaks { .. }), _) | (Some(Verdict::Unknown), Verdict::Sound) => {}
            _ => self.verdict = Some(verdict),
        }
    }

    fn proof(&mut self, expr: &'a Expr, depth: usize) -> Proof {
        if depth > DEEPEST {
            return Proof::Unknown;
        }
        let depth = depth + 1;
        match expr {
            Expr::StringLiteral(text) if !text.value.to_str().is_ascii() => Proof::Unknown,
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_) => Proof::Always,
            Expr::FString(text) => {
                let mut proof = Proof::Always;
                for element in text.value.elements() {
                    proof = proof.and(match element {
                        ruff_python_ast::InterpolatedStringElement::Literal(text) if text.is_ascii() => Proof::Always,
                        ruff_python_ast::InterpolatedStringElement::Literal(_) => Proof::Unknown,
                        ruff_python_ast::InterpolatedStringElement::Interpolation(field)
                            if field.conversion == ruff_python_ast::ConversionFlag::Ascii =>
                        {
                            Proof::Always
                        }
                        ruff_python_ast::InterpolatedStringElement::Interpolation(field) => {
                            self.proof(&field.expression, depth)
                        }
                    });
                }
                proof
            }
            Expr::BinOp(operation) => {
                let left = self.proof(&operation.left, depth);
                left.and(self.proof(&operation.right, depth))
            }
            Expr::Starred(starred) => self.proof(&starred.value, depth),
            Expr::Name(name) => self.name(name.id.as_str(), depth),
            Expr::Generator(generator) => self.comprehension(&generator.elt, &generator.generators, depth),
            Expr::ListComp(list) => self.comprehension(&list.elt, &list.generators, depth),
            Expr::Call(call) => self.call(call, depth),
            _ => Proof::Unknown,
        }
    }

    fn name(&mut self, name: &'a str, depth: usize) -> Proof {
        // Its value may be made of its own older one: `text = text.replace(…)`.
        if let Some(value) = self.assigned.remove(name) {
            let proof = self.proof(value, depth);
            self.assigned.insert(name, value);
            return proof;
        }
        if self.is_always(name, depth) {
            return Proof::Always;
        }
        if self.tried.contains(&name) {
            return Proof::Leaks("it prints the same text again".to_owned());
        }
        Proof::Unknown
    }

    /// Whether a variable that the function assigns once, outside the handler, can be encoded whatever the text holds.
    fn is_always(&mut self, name: &'a str, depth: usize) -> bool {
        if let Some(known) = self.known.get(name) {
            return *known == Proof::Always;
        }
        // Of a variable that is made of itself nothing is known.
        self.known.insert(name, Proof::Unknown);
        let proof = match self.assignments.only_value(name) {
            Some(value) => self.proof(value, depth),
            None => Proof::Unknown,
        };
        let is_always = proof == Proof::Always;
        self.known.insert(name, proof);
        is_always
    }

    fn comprehension(
        &mut self,
        element: &'a Expr,
        generators: &'a [ruff_python_ast::Comprehension],
        depth: usize,
    ) -> Proof {
        // A condition may leave out just what cannot be encoded.
        let [generator] = generators else {
            return Proof::Unknown;
        };
        match &generator.target {
            Expr::Name(name) if generator.ifs.is_empty() => {
                let outer = self.assigned.insert(name.id.as_str(), &generator.iter);
                let proof = self.proof(element, depth);
                match outer {
                    Some(value) => self.assigned.insert(name.id.as_str(), value),
                    None => self.assigned.remove(name.id.as_str()),
                };
                proof
            }
            _ => Proof::Unknown,
        }
    }

    fn call(&mut self, call: &'a ExprCall, depth: usize) -> Proof {
        if let Some(trip) = round_trip(call) {
            return match self.proof(trip.text, depth) {
                Proof::Always => Proof::Always,
                _ => trip.proof(),
            };
        }
        if let Expr::Attribute(method) = &*call.func {
            match method.attr.as_str() {
                "replace" => return self.replaced(call, depth),
                "join" | "format" => {
                    let mut proof = self.proof(&method.value, depth);
                    for argument in &call.arguments.args {
                        proof = proof.and(self.proof(argument, depth));
                    }
                    return proof;
                }
                _ => {}
            }
        }
        match (self.names.resolve(&call.func), &*call.arguments.args) {
            (Some("ascii" | "len" | "type"), _) => Proof::Always,
            (Some("str" | "repr"), [value]) => self.proof(value, depth),
            (Some("map"), [function, values]) if matches!(self.names.resolve(function), Some("str" | "repr")) => {
                self.proof(values, depth)
            }
            (Some("map"), [function, _]) if self.names.resolve(function) == Some("ascii") => Proof::Always,
            _ => Proof::Unknown,
        }
    }

    fn replaced(&mut self, call: &'a ExprCall, depth: usize) -> Proof {
        let mut named = 0_usize;
        let mut current = call;
        let root = loop {
            named += 1;
            match &*current.func {
                Expr::Attribute(method) if method.attr.as_str() == "replace" => match &*method.value {
                    Expr::Call(inner) if is_replace(inner) => current = inner,
                    root => break root,
                },
                _ => return Proof::Unknown,
            }
        };
        match self.proof(root, depth) {
            Proof::Leaks(_) => {
                let characters = if named == 1 { "character" } else { "characters" };
                Proof::Leaks(format!(
                    "`.replace` takes away {named} {characters}, and any other one that the console refuses is printed as it is"
                ))
            }
            other => other,
        }
    }
}

fn is_replace(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "replace")
}

//! Collects the calls that write text to the console, and where the console's refusal is dealt with.

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::helpers::any_over_expr;
use ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_stmt, walk_with_item};
use ruff_python_ast::{Expr, ExprCall, ModModule, Stmt, StmtIf, StmtTry, StmtWith};
use ruff_text_size::Ranged;

use crate::python::console::refusal_handlers::{self, Refusal};
use crate::python::console::{Console, Sink, is_prepared_elsewhere};
use crate::python::names::Names;
use crate::python::program::Others;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::python::syntax::spans::span;
use crate::python::syntax::stretches::covers;
use crate::python::testing::test_code::TestCode;
use crate::python::values::text_value::{TextReader, WrittenPiece};
use crate::python::values::variables::Variables;
use crate::python::values::windows::{ends_on_windows, is_left, on_windows, taken_on_windows};
use crate::python::version_choice::mentions::Mentions;
use crate::sites::Print;
use crate::source::{SourceFile, Span};

/// What [`Sites`](crate::sites::Sites) say of the console.
pub(in crate::python) struct ConsoleSites {
    pub(in crate::python) prints: Vec<Print>,
    /// Something makes the console take every character: the module itself, or another one of the project.
    pub(in crate::python) is_reconfigured: bool,
}

/// Collects the prints of a module whose refusal nothing around them deals with: no handler of `UnicodeEncodeError`, none of
/// a class above it around the print alone, no such `contextlib.suppress`, no condition that asks for the stream's encoding.
pub(in crate::python) fn collect<'a>(
    module: &'a ModModule,
    variables: &'a dyn Variables,
    tests: &'a TestCode<'a>,
    source: &'a SourceFile,
    others: Option<Others<'_>>,
) -> ConsoleSites {
    let names = variables.names();
    let console = Console::of(module, names);
    let mut collector = Collector {
        reader: TextReader {
            source,
            names,
            variables,
        },
        console: &console,
        module,
        partials: OnceCell::new(),
        asked: 0,
        refusal: None,
        tests,
        prints: Vec::new(),
        dealt_with: HashSet::default(),
    };
    collector.visit_body(&module.body);
    collector.ask_callers(others);
    // Whether other modules do so is only asked for a text that may be refused.
    let may_be_refused = collector.prints.iter().any(|print| !print.text.is_empty());
    let in_functions = |print: &Print| names.function_at(print.call.start).is_some();
    let are_later = || collector.prints.iter().all(in_functions);
    let by_others = || {
        let others = others.filter(|_| may_be_refused);
        others.is_some_and(|others| is_prepared_elsewhere(module, names, others, are_later()))
    };
    ConsoleSites {
        is_reconfigured: !console.reconfigured.is_empty() || by_others(),
        prints: collector.prints,
    }
}

/// Everything that a call writes, argument by argument.
pub(in crate::python) fn written<'a>(call: &'a ExprCall, sink: Sink, reader: TextReader<'a>) -> Vec<WrittenPiece> {
    let arguments = &call.arguments;
    let keyword = |name: &str| arguments.find_keyword(name).map(|keyword| &keyword.value);
    let text = |expr: &'a Expr| match expr {
        Expr::Starred(starred) => reader.texts(&starred.value),
        _ => reader.text(expr),
    };
    match sink {
        Sink::Print | Sink::Rich => {
            let values = arguments.args.iter();
            let between = keyword("sep")
                .filter(|_| arguments.args.len() != 1 || arguments.args.iter().any(Expr::is_starred_expr));
            let mut pieces: Vec<WrittenPiece> = values.chain(between).chain(keyword("end")).flat_map(text).collect();
            if sink == Sink::Rich {
                pieces.iter_mut().for_each(|written| written.piece.offset = None);
            }
            pieces.sort_by_key(|written| written.piece.span.start);
            pieces
        }
        Sink::Write | Sink::Echo | Sink::Tqdm => {
            let message = arguments
                .args
                .first()
                .or_else(|| keyword("message"))
                .or_else(|| keyword("s"));
            let end = keyword("end").filter(|_| sink == Sink::Tqdm);
            message.into_iter().chain(end).flat_map(text).collect()
        }
        Sink::WriteLines => match &*arguments.args {
            [lines] => reader.texts(lines),
            _ => Vec::new(),
        },
    }
}

struct Collector<'a> {
    reader: TextReader<'a>,
    console: &'a Console,
    module: &'a ModModule,
    partials: OnceCell<HashMap<usize, &'a ExprCall>>,
    /// How many conditions around ask for the stream's encoding.
    asked: usize,
    /// What the innermost block that does something with the error does.
    refusal: Option<Refusal>,
    tests: &'a TestCode<'a>,
    prints: Vec<Print>,
    /// Where something is named that no refusal can come from, or whose refusal is dealt with.
    dealt_with: HashSet<usize>,
}

impl<'a> Collector<'a> {
    fn call(&mut self, call: &'a ExprCall) {
        let caught = match &self.refusal {
            _ if self.asked > 0 => return,
            Some(Refusal::DealtWith) => return,
            Some(Refusal::Caught(catch)) => Some(catch.clone()),
            None => None,
        };
        let place = span(call);
        if self.console.is_captured(place) {
            return;
        }
        let Some((sink, path)) = Sink::of(call, self.reader.names).or_else(|| self.through_partial(call)) else {
            return;
        };
        let mut pieces = written(call, sink, self.reader);
        let asked = pieces.first().map(|_| self.asked_within(call)).unwrap_or_default();
        pieces.retain(|written| !asked.iter().any(|choice| choice.contains(written.piece.span)));
        self.prints.push(Print {
            id: self.prints.len(),
            call: place,
            callee: span(&*call.func),
            path,
            text: pieces.into_iter().map(|written| written.piece).collect(),
            in_test: self.tests.covers(place.start),
            caught,
        });
    }

    /// The prints of functions go all of whose callers deal with the refusal.
    fn ask_callers(&mut self, others: Option<Others<'_>>) {
        if self.prints.is_empty() || self.dealt_with.is_empty() {
            return;
        }
        let names = self.reader.names;
        let mut mentions = Mentions::of(self.module, names);
        mentions.without_those_called_elsewhere(names, others);
        let within = mentions.all_within(&|at| self.dealt_with.contains(&at));
        self.prints.retain(|print| !covers(&within, print.call.start));
        for (id, print) in self.prints.iter_mut().enumerate() {
            print.id = id;
        }
    }

    /// What a call writes by that calls what `functools.partial` made.
    fn through_partial(&self, call: &ExprCall) -> Option<(Sink, String)> {
        let names = self.reader.names;
        if !matches!(&*call.func, Expr::Name(_) | Expr::Attribute(_)) || self.partials().is_empty() {
            return None;
        }
        let (path, at) = names.partial_here(&call.func)?;
        let partial = self.partials().get(&at)?;
        Some((Sink::of_partial(call, partial, &path, names)?, path))
    }

    /// The calls of `functools.partial`, by where they begin.
    fn partials(&self) -> &HashMap<usize, &'a ExprCall> {
        self.partials.get_or_init(|| partials(self.module, self.reader.names))
    }

    /// Code that runs later, when nothing around its definition is in force.
    fn later(&mut self, visit: impl FnOnce(&mut Self)) {
        let asked = std::mem::take(&mut self.asked);
        let refusal = self.refusal.take();
        visit(self);
        (self.asked, self.refusal) = (asked, refusal);
    }

    /// Whether a statement leaves the suite on Windows, or where the stream does not take what there is.
    fn leaves_refusing(&self, statement: &Stmt) -> bool {
        let names = self.reader.names;
        ends_on_windows(statement, names) || is_left(statement, &|condition| self.asks(condition), names)
    }

    /// Whether a condition asks what the console can take, by itself or by a function of the project that does.
    fn asks(&self, condition: &Expr) -> bool {
        self.reader.variables.asks_for_encoding(condition)
    }

    /// The choices among the arguments of a call that ask so.
    fn asked_within(&self, call: &ExprCall) -> Vec<Span> {
        let mut found = Vec::new();
        for argument in &call.arguments.args {
            any_over_expr(argument, &mut |expr: &Expr| {
                if let Expr::If(choice) = expr
                    && self.asks(&choice.test)
                {
                    found.push(span(expr));
                }
                false
            });
        }
        found
    }

    fn asked(&mut self, is_asked: bool, visit: impl FnOnce(&mut Self)) {
        self.asked += usize::from(is_asked);
        visit(self);
        self.asked -= usize::from(is_asked);
    }

    /// A block that does this with the error, if it does anything.
    fn block(&mut self, refusal: Option<Refusal>, body: &'a [Stmt]) {
        let Some(inner) = refusal else {
            return self.visit_body(body);
        };
        let outer = self.refusal.replace(inner);
        self.visit_body(body);
        self.refusal = outer;
    }

    /// The block of a `with`, in which more may be entered.
    fn entered(&mut self, refusal: Option<Refusal>, with: &'a StmtWith) {
        let outer = self.refusal.clone();
        self.refusal = refusal.or(self.refusal.take());
        for (index, statement) in with.body.iter().enumerate() {
            self.visit_stmt(statement);
            let rest = with.body.get(index + 1..).unwrap_or_default();
            let (variables, source) = (self.reader.variables, self.reader.source);
            if let Some(more) = refusal_handlers::entered_by(statement, with, rest, variables, source) {
                self.refusal = Some(more);
            }
        }
        self.refusal = outer;
    }

    /// The branches of an `if`: what never runs on Windows has no console that refuses anything.
    fn branches(&mut self, condition: &'a StmtIf) {
        self.visit_expr(&condition.test);
        let mut is_windows = on_windows(&condition.test, self.reader.names);
        self.asked(is_windows == Some(false), |this| this.visit_body(&condition.body));
        for clause in &condition.elif_else_clauses {
            let is_passed_over = is_windows == Some(true);
            if let Some(test) = &clause.test {
                self.visit_expr(test);
                is_windows = if is_passed_over {
                    is_windows
                } else {
                    on_windows(test, self.reader.names)
                };
            }
            let never = is_passed_over || (clause.test.is_some() && is_windows == Some(false));
            self.asked(never, |this| this.visit_body(&clause.body));
        }
    }

    fn try_statement(&mut self, statement: &'a StmtTry) {
        let refusal = refusal_handlers::of_try(statement, self.reader.variables, self.reader.source);
        self.block(refusal, &statement.body);
        for handler in &statement.handlers {
            walk_except_handler(self, handler);
        }
        self.visit_body(&statement.orelse);
        self.visit_body(&statement.finalbody);
    }
}

impl<'a> Visitor<'a> for Collector<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let outer = self.asked;
        for statement in body {
            self.visit_stmt(statement);
            self.asked += usize::from(self.leaves_refusing(statement));
        }
        self.asked = outer;
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::FunctionDef(function) => self.later(|this| {
                this.refusal = refusal_handlers::of_decorators(function, this.reader.variables);
                walk_stmt(this, statement);
            }),
            Stmt::If(condition) => {
                self.asked(self.asks(&condition.test), |this| this.branches(condition));
            }
            Stmt::Match(choice) if let Some(taken) = taken_on_windows(choice, self.reader.names) => {
                self.visit_expr(&choice.subject);
                for (index, case) in choice.cases.iter().enumerate() {
                    self.asked(index != taken, |this| this.visit_body(&case.body));
                }
            }
            Stmt::With(with) => {
                for item in &with.items {
                    walk_with_item(self, item);
                }
                let refusal = refusal_handlers::of_with(with, self.reader.variables, self.reader.source);
                self.entered(refusal, with);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => self.later(|this| walk_expr(this, expr)),
            Expr::If(condition) => {
                let is_windows = on_windows(&condition.test, self.reader.names);
                self.asked(self.asks(&condition.test), |this| {
                    this.visit_expr(&condition.test);
                    this.asked(is_windows == Some(false), |this| this.visit_expr(&condition.body));
                    this.asked(is_windows == Some(true), |this| this.visit_expr(&condition.orelse));
                });
            }
            Expr::Call(call) => {
                self.call(call);
                walk_expr(self, expr);
            }
            Expr::Name(_) => {
                if self.asked > 0 || matches!(self.refusal, Some(Refusal::DealtWith)) {
                    self.dealt_with.insert(expr.start().to_usize());
                }
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// The calls of `functools.partial` of a module, by where they begin.
fn partials<'a>(module: &'a ModModule, names: &Names) -> HashMap<usize, &'a ExprCall> {
    if !names.imports_any_of(&["functools"]) {
        return HashMap::default();
    }
    let calls = expressions_in(&module.body, Scope::All).filter_map(Expr::as_call_expr);
    let partials = calls.filter(|call| names.resolve_here(&call.func).as_deref() == Some("functools.partial"));
    partials.map(|call| (call.start().to_usize(), call)).collect()
}

//! Where the console's text goes: calls that write to it, and what makes it take every character.

pub(in crate::python) mod print_fallback;
pub(in crate::python) mod prints;
pub(in crate::python) mod refusal_handlers;
pub(in crate::python) mod streams;

mod elsewhere;

use ruff_python_ast::helpers::any_over_body;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Arguments, Expr, ExprCall, ModModule, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

pub(super) use self::elsewhere::{is_prepared_elsewhere, preparation};
use crate::encodings::Encoding;
use crate::python::names::Names;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::spans::span;
use crate::source::Span;

/// A function that writes text to the console.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sink {
    /// `print`: each positional argument, `sep=` and `end=` are written one by one.
    Print,
    /// `sys.stdout.write`.
    Write,
    /// `sys.stdout.writelines`.
    WriteLines,
    /// `click.echo` and `typer.echo`, `secho`: one message.
    Echo,
    /// `rich.print`: everything at once.
    Rich,
    /// `tqdm.write`: one message.
    Tqdm,
}

impl Sink {
    /// Whether `call` writes text to the console, or is a `print` or a method `write` that may write to any stream but
    /// stderr. Bytes do not count: no encoding is asked for them.
    pub(super) fn of_any_stream(call: &ExprCall, names: &Names) -> bool {
        let is_elsewhere = |expr: &Expr| {
            let path = names.resolve(expr).unwrap_or_default();
            path == "sys.stderr"
                || path.ends_with(".buffer")
                || matches!(expr, Expr::Attribute(of) if of.attr.as_str() == "buffer")
        };
        if Self::of(call, names).is_some() {
            return true;
        }
        if names.resolve_here(&call.func).as_deref() == Some("print") {
            let file = call.arguments.find_keyword("file");
            return !file.is_some_and(|file| is_elsewhere(&file.value));
        }
        matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "write" && !is_elsewhere(&method.value))
    }

    /// What `call` writes by, with the resolved path of its callee. `None` for a call that writes elsewhere, or that may
    /// do so: `file=`, `err=True`, `**kwargs`.
    pub(super) fn of(call: &ExprCall, names: &Names) -> Option<(Self, String)> {
        let path = names.resolve_here(&call.func)?;
        if call.func.as_name_expr().is_some_and(|name| names.is_brought(&name.id)) {
            return None;
        }
        let sink = Self::at(&path).filter(|sink| sink.goes_to_console(&call.arguments, 0, names))?;
        Some((sink, path))
    }

    /// The same where `call` calls what `partial`, a call of `functools.partial` around `path`, made.
    pub(super) fn of_partial(call: &ExprCall, partial: &ExprCall, path: &str, names: &Names) -> Option<Self> {
        let sink = Self::at(path)?;
        let gives_no_text = partial.arguments.args.len() == 1;
        let is_console = sink.goes_to_console(&call.arguments, 0, names);
        (gives_no_text && is_console && sink.goes_to_console(&partial.arguments, 1, names)).then_some(sink)
    }

    fn at(path: &str) -> Option<Self> {
        Some(match path {
            "print" | "builtins.print" => Self::Print,
            "sys.stdout.write" => Self::Write,
            "sys.stdout.writelines" => Self::WriteLines,
            "click.echo" | "click.secho" | "typer.echo" | "typer.secho" => Self::Echo,
            "rich.print" => Self::Rich,
            path if path.starts_with("tqdm.") && path.ends_with("tqdm.write") => Self::Tqdm,
            _ => return None,
        })
    }

    /// Whether the arguments, without the first `skipped` positional ones, leave it at the console.
    fn goes_to_console(self, arguments: &Arguments, skipped: usize, names: &Names) -> bool {
        let is_stdout = |expr: &Expr| expr.is_none_literal_expr() || names.resolve(expr) == Some("sys.stdout");
        let file_position = match self {
            Self::Echo | Self::Tqdm => Some(1),
            _ => None,
        };
        let to_file = file_position
            .and_then(|at| arguments.args.get(skipped + at))
            .is_some_and(|file| !is_stdout(file));
        let elsewhere = arguments.keywords.iter().any(|keyword| match keyword.arg.as_deref() {
            None => true,
            Some("file") => !is_stdout(&keyword.value),
            Some("err") => !matches!(&keyword.value, Expr::BooleanLiteral(literal) if !literal.value),
            Some(_) => false,
        });
        !to_file && !elsewhere
    }
}

/// The fixtures of pytest that catch what a test prints.
const CAPTURES: &[&str] = &["capsys", "capsysbinary", "capfd", "capfdbinary"];

/// What a module does to the console.
#[derive(Debug, Default)]
pub(super) struct Console {
    /// Where the module makes it take every character. It counts wherever it stands, in a function that is never called
    /// too: what runs before what cannot be seen.
    pub(super) reconfigured: Vec<Span>,
    /// Stretches of code in which `sys.stdout` is something else than the console, by position, none in another.
    captured: Vec<Span>,
}

impl Console {
    /// Looks through a module.
    pub(super) fn of(module: &ModModule, names: &Names) -> Self {
        let mut search = Search {
            names,
            functions: Vec::new(),
            blocks: Vec::new(),
            console: Self::default(),
        };
        search.visit_body(&module.body);
        let mut console = search.console;
        console
            .captured
            .sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        let mut reach = 0;
        console.captured.retain(|span| {
            let is_outermost = span.end > reach;
            reach = reach.max(span.end);
            is_outermost
        });
        console
    }

    /// Whether `sys.stdout` is something else than the console where `span` stands.
    pub(super) fn is_captured(&self, span: Span) -> bool {
        let after = self.captured.partition_point(|captured| captured.start <= span.start);
        let before = after.checked_sub(1).and_then(|index| self.captured.get(index));
        before.is_some_and(|captured| captured.contains(span))
    }
}

/// Whether everything can be written to a stream that was given this encoding and this treatment of errors. What is
/// not a literal is taken to be right.
fn takes_everything(encoding: Option<&Expr>, errors: Option<&Expr>) -> bool {
    let tolerant = errors.is_some_and(|errors| match errors {
        Expr::StringLiteral(name) => !matches!(name.value.to_str(), "strict" | "surrogateescape" | "surrogatepass"),
        Expr::NoneLiteral(_) => false,
        _ => true,
    });
    let complete = encoding.is_some_and(|encoding| match encoding {
        Expr::StringLiteral(name) => {
            Encoding::from_name(name.value.to_str()).is_some_and(|encoding| encoding.takes(char::MAX))
        }
        Expr::NoneLiteral(_) => false,
        _ => true,
    });
    tolerant || complete
}

struct Search<'a> {
    names: &'a Names,
    /// The functions around, the innermost last.
    functions: Vec<Span>,
    /// The blocks of `with` around, the innermost last; a function begins anew.
    blocks: Vec<Span>,
    console: Console,
}

impl Search<'_> {
    fn reconfigured_at(&mut self, node: &impl Ranged) {
        self.console.reconfigured.push(span(node));
    }

    fn is(&self, expr: &Expr, path: &str) -> bool {
        self.names.resolve(expr) == Some(path)
    }

    /// Whether `stream` can be the console's stdout: a loop's variable and a parameter can be.
    fn may_be_stdout(&self, stream: &Expr) -> bool {
        self.names
            .resolve(stream)
            .is_none_or(|path| matches!(path, "sys.stdout" | "sys.__stdout__"))
    }

    fn call(&mut self, call: &ExprCall) {
        let argument = |name: &str| call.arguments.find_keyword(name).map(|keyword| &keyword.value);
        if let Expr::Attribute(method) = &*call.func
            && method.attr.as_str() == "reconfigure"
            && self.may_be_stdout(&method.value)
            && takes_everything(argument("encoding"), argument("errors"))
        {
            self.reconfigured_at(call);
        }
        let named = |expr: &Expr| matches!(expr, Expr::StringLiteral(name) if name.value.to_str() == "reconfigure");
        if let [stream, name, ..] = &*call.arguments.args
            && named(name)
            && self.is(&call.func, "getattr")
            && self.may_be_stdout(stream)
        {
            self.reconfigured_at(call);
        }
        if let [manager] = &*call.arguments.args
            && call
                .func
                .as_attribute_expr()
                .is_some_and(|method| method.attr.as_str() == "enter_context")
            && self.captures(manager)
        {
            self.captured_from(call, self.blocks.last().copied());
        }
        match last_name(&call.func) {
            Some("setattr") if self.is(&call.func, "setattr") => self.set_by_name(call),
            Some("setattr") if self.replaces_stdout(call) => self.captured_from(call, None),
            _ => {}
        }
    }

    /// From the end of a call to that of this block, or of the function, `sys.stdout` is something else.
    fn captured_from(&mut self, call: &ExprCall, block: Option<Span>) {
        let end = block
            .or_else(|| self.functions.last().copied())
            .map(|around| around.end);
        if let Some(end) = end {
            let start = call.end().to_usize();
            self.console.captured.push(Span::new(start, end));
        }
    }

    /// Whether `sys.stdout` is something else as long as `manager` is entered: `redirect_stdout(…)`, `patch("sys.stdout", …)`.
    fn captures(&self, manager: &Expr) -> bool {
        let Expr::Call(call) = manager else {
            return false;
        };
        self.is(&call.func, "contextlib.redirect_stdout")
            || matches!(last_name(&call.func), Some("patch" | "object")) && self.replaces_stdout(call)
    }

    /// Whether a call is told to put something in the place of `sys.stdout`, by its path or by its module, that takes every
    /// character.
    fn replaces_stdout(&self, call: &ExprCall) -> bool {
        let is_text = |expr: &Expr, wanted: &str| {
            let text = expr.as_string_literal_expr();
            text.is_some_and(|text| text.value.to_str() == wanted)
        };
        let given = match &*call.arguments.args {
            [path, rest @ ..] if is_text(path, "sys.stdout") => rest.first(),
            [module, name, rest @ ..] if is_text(name, "stdout") && self.is(module, "sys") => rest.first(),
            _ => return false,
        };
        let named = call.arguments.find_keyword("new").map(|keyword| &keyword.value);
        let made = given.or(named).and_then(Expr::as_call_expr);
        made.is_none_or(|made| self.encodes_strictly(made) != Some(true))
    }

    /// A function in all of which `sys.stdout` is something else: by its decorators, or by the fixtures of pytest that it asks for,
    /// whose streams take every character whatever the console does. Executed with pytest 9.2.0 under `PYTHONIOENCODING=cp1252`
    /// and `-s`.
    fn is_captured_whole(&self, function: &StmtFunctionDef) -> bool {
        let is_disabled = |expr: &Expr| {
            expr.as_attribute_expr()
                .is_some_and(|method| method.attr.as_str() == "disabled")
        };
        let mut parameters = function.parameters.iter_non_variadic_params();
        let asks = parameters.any(|parameter| CAPTURES.contains(&parameter.parameter.name.as_str()));
        let mut decorators = function.decorator_list.iter();
        decorators.any(|decorator| self.captures(&decorator.expression))
            || asks && !any_over_body(&function.body, &is_disabled)
    }

    /// `setattr(sys, "stdout", value)`, or by the variable of a loop.
    fn set_by_name(&mut self, call: &ExprCall) {
        if let [module, name, value] = &*call.arguments.args
            && self.is(module, "sys")
            && name
                .as_string_literal_expr()
                .map_or(name.is_name_expr(), |name| name.value.to_str() == "stdout")
        {
            self.replaced(call, value);
        }
    }

    /// `sys.stdout = value`.
    fn replaced(&mut self, statement: &impl Ranged, value: &Expr) {
        if self.is(value, "sys.__stdout__") {
            return;
        }
        let strict = match value {
            Expr::Call(call) => self.encodes_strictly(call),
            _ => Some(false),
        };
        match (strict, self.functions.last()) {
            (Some(true), _) => {}
            (None, Some(function)) => self.console.captured.push(*function),
            (Some(false), Some(function)) if !value.is_call_expr() => self.console.captured.push(*function),
            _ => self.reconfigured_at(statement),
        }
    }

    /// Whether the stream that `call` makes refuses characters; `None` where it is not known to go to the console.
    fn encodes_strictly(&self, call: &ExprCall) -> Option<bool> {
        let argument = |name: &str, position: usize| call.arguments.find_argument_value(name, position);
        let callee = match &*call.func {
            Expr::Call(inner) => inner,
            _ => call,
        };
        match self.names.resolve(&callee.func)? {
            "io.TextIOWrapper" | "codecs.EncodedFile" => {
                Some(!takes_everything(argument("encoding", 1), argument("errors", 2)))
            }
            "codecs.getwriter" => Some(!takes_everything(callee.arguments.args.first(), argument("errors", 1))),
            "open" | "io.open" => Some(!takes_everything(argument("encoding", 3), argument("errors", 4))),
            _ => None,
        }
    }
}

impl<'a> Visitor<'a> for Search<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                if self.is_captured_whole(function) {
                    self.console.captured.push(span(statement));
                }
                self.functions.push(span(statement));
                let outer = std::mem::take(&mut self.blocks);
                walk_stmt(self, statement);
                self.blocks = outer;
                self.functions.pop();
                return;
            }
            Stmt::Assign(assign) if assign.targets.iter().any(|target| is_stdout_target(target, self.names)) => {
                self.replaced(statement, &assign.value);
            }
            Stmt::With(with) => {
                if with.items.iter().any(|item| self.captures(&item.context_expr)) {
                    self.console.captured.push(span(statement));
                }
                self.blocks.push(span(statement));
                walk_stmt(self, statement);
                self.blocks.pop();
                return;
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

fn is_stdout_target(target: &Expr, names: &Names) -> bool {
    matches!(target, Expr::Attribute(attribute)
        if attribute.attr.as_str() == "stdout" && names.resolve(&attribute.value) == Some("sys"))
}

//! Collects the calls that write text to the console, and where the console's refusal is dealt with.

use ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, ExprCall, ModModule, Stmt, StmtTry};
use ruff_text_size::Ranged;

use super::console::{Console, Sink};
use super::constants::Constants;
use super::names::Names;
use super::text_value::{TextReader, WrittenPiece};
use crate::sites::Print;
use crate::source::{SourceFile, Span};

/// What [`Sites`](crate::sites::Sites) say of the console.
pub(super) struct ConsoleSites {
    pub(super) prints: Vec<Print>,
    pub(super) reconfigured: Option<Span>,
}

/// Collects the prints of a module whose refusal nothing around them deals with: no handler of `UnicodeEncodeError` or a
/// class above it, no `contextlib.suppress`, no condition that asks for the stream's encoding.
pub(super) fn collect(module: &ModModule, names: &Names, source: &SourceFile) -> ConsoleSites {
    let console = Console::of(module, names);
    let constants = Constants::of(module);
    let mut collector = Collector {
        reader: TextReader {
            source,
            names,
            constants: &constants,
        },
        console: &console,
        handled: 0,
        tests: 0,
        prints: Vec::new(),
    };
    collector.visit_body(&module.body);
    ConsoleSites {
        prints: collector.prints,
        reconfigured: console.reconfigured,
    }
}

/// Everything that a call writes, argument by argument.
pub(super) fn written(call: &ExprCall, sink: Sink, reader: TextReader<'_>) -> Vec<WrittenPiece> {
    let arguments = &call.arguments;
    let keyword = |name: &str| arguments.find_keyword(name).map(|keyword| &keyword.value);
    let text = |expr: &Expr| reader.text(expr);
    match sink {
        Sink::Print | Sink::Rich => {
            let values = arguments.args.iter().flat_map(elements);
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
            [Expr::List(list)] => list.elts.iter().flat_map(text).collect(),
            [Expr::Tuple(tuple)] => tuple.elts.iter().flat_map(text).collect(),
            _ => Vec::new(),
        },
    }
}

/// The values that one positional argument stands for.
fn elements(argument: &Expr) -> &[Expr] {
    match argument {
        Expr::Starred(starred) => match &*starred.value {
            Expr::List(list) => &list.elts,
            Expr::Tuple(tuple) => &tuple.elts,
            _ => &[],
        },
        value => std::slice::from_ref(value),
    }
}

/// Whether the handlers of a `try` catch the error of a print.
pub(super) fn catches_encode_error(handlers: &[ExceptHandler], names: &Names) -> bool {
    handlers.iter().any(|handler| {
        let ExceptHandler::ExceptHandler(handler) = handler;
        handler
            .type_
            .as_deref()
            .is_none_or(|class| is_encode_error(class, names))
    })
}

/// Whether an exception class, or one of a tuple of them, is `UnicodeEncodeError` or above it.
fn is_encode_error(class: &Expr, names: &Names) -> bool {
    match class {
        Expr::Tuple(tuple) => tuple.elts.iter().any(|class| is_encode_error(class, names)),
        class => names.resolve(class).is_some_and(|path| ENCODE_ERRORS.contains(&path)),
    }
}

/// `UnicodeEncodeError` and the classes above it.
static ENCODE_ERRORS: &[&str] = &[
    "UnicodeEncodeError",
    "UnicodeError",
    "ValueError",
    "Exception",
    "BaseException",
];

struct Collector<'a> {
    reader: TextReader<'a>,
    console: &'a Console,
    /// How many things around deal with the error.
    handled: usize,
    /// How many functions and classes around are tests.
    tests: usize,
    prints: Vec<Print>,
}

impl Collector<'_> {
    fn call(&mut self, call: &ExprCall) {
        if self.handled > 0 {
            return;
        }
        let span = span_of(call);
        if self.console.is_captured(span) {
            return;
        }
        let Some((sink, path)) = Sink::of(call, self.reader.names) else {
            return;
        };
        let pieces = written(call, sink, self.reader);
        self.prints.push(Print {
            id: self.prints.len(),
            call: span,
            callee: span_of(&*call.func),
            path,
            text: pieces.into_iter().map(|written| written.piece).collect(),
            in_test: self.tests > 0,
        });
    }

    /// Code that runs later, when nothing around its definition is in force.
    fn later(&mut self, visit: impl FnOnce(&mut Self)) {
        let handled = std::mem::take(&mut self.handled);
        visit(self);
        self.handled = handled;
    }

    fn handled(&mut self, is_handled: bool, visit: impl FnOnce(&mut Self)) {
        self.handled += usize::from(is_handled);
        visit(self);
        self.handled -= usize::from(is_handled);
    }

    fn try_statement(&mut self, statement: &StmtTry) {
        let caught = catches_encode_error(&statement.handlers, self.reader.names);
        self.handled(caught, |this| this.visit_body(&statement.body));
        for handler in &statement.handlers {
            walk_except_handler(self, handler);
        }
        self.visit_body(&statement.orelse);
        self.visit_body(&statement.finalbody);
    }

    fn suppresses(&self, item: &Expr) -> bool {
        let Expr::Call(call) = item else {
            return false;
        };
        let names = self.reader.names;
        names.resolve(&call.func) == Some("contextlib.suppress")
            && call.arguments.args.iter().any(|class| is_encode_error(class, names))
    }
}

impl<'a> Visitor<'a> for Collector<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::FunctionDef(function) => {
                let is_test = function.name.starts_with("test");
                self.tests += usize::from(is_test);
                self.later(|this| walk_stmt(this, statement));
                self.tests -= usize::from(is_test);
            }
            Stmt::ClassDef(class) => {
                let is_test = class.name.starts_with("Test");
                self.tests += usize::from(is_test);
                walk_stmt(self, statement);
                self.tests -= usize::from(is_test);
            }
            Stmt::If(condition) => {
                let asked = condition.test.as_ref();
                self.handled(asks_for_encoding(asked), |this| walk_stmt(this, statement));
            }
            Stmt::With(with) => {
                let suppressed = with.items.iter().any(|item| self.suppresses(&item.context_expr));
                self.handled(suppressed, |this| walk_stmt(this, statement));
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => self.later(|this| walk_expr(this, expr)),
            Expr::If(condition) => {
                self.handled(asks_for_encoding(&condition.test), |this| walk_expr(this, expr));
            }
            Expr::Call(call) => {
                self.call(call);
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// Whether a condition looks at a stream's `encoding`: `"utf" in sys.stdout.encoding.lower()`.
pub(super) fn asks_for_encoding(condition: &Expr) -> bool {
    let mut search = EncodingSearch(false);
    search.visit_expr(condition);
    search.0
}

struct EncodingSearch(bool);

impl<'a> Visitor<'a> for EncodingSearch {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0 |= matches!(expr, Expr::Attribute(attribute) if attribute.attr.as_str() == "encoding");
        if !self.0 {
            walk_expr(self, expr);
        }
    }
}

fn span_of(node: &impl Ranged) -> Span {
    Span::new(node.start().to_usize(), node.end().to_usize())
}

//! Waits for the event loop where a call blocks it: its own sleep, or a thread.

use ruff_python_ast::{Expr, ExprCall, Stmt};
use unicode_width::UnicodeWidthStr;

use super::code::{Code, span_of};
use super::edits::Draft;
use super::layout::{arguments_in_lines, get_too_long};
use super::{imports, locate};
use crate::catalog::{Unblock, Waits};
use crate::facts::PythonVersion;
use crate::finding::{Change, Edit, Fix, Refusal};
use crate::python::Module;
use crate::rules::Context;
use crate::sites::{BlockingCall, Blocks};
use crate::source::{Language, Span};

/// Awaits the event loop's own sleep in the place of `time.sleep`, or makes the call in a thread.
///
/// Never safe: other tasks run in the meantime, and a cancelled `to_thread` leaves its thread behind.
///
/// # Errors
/// Why the call has to stay, or be mended by hand.
pub(in crate::python) fn unblock(
    module: &Module<'_>,
    blocking: &BlockingCall,
    context: &Context<'_>,
) -> Result<Fix, Refusal> {
    if blocking.inside.is_some() || blocking.elsewhere.is_some() {
        return Err(Refusal::because(
            "what blocks stands in the function that is called here",
        ));
    }
    let path = match &blocking.blocks {
        Blocks::Function(path) => path,
        Blocks::Connect(connect) => {
            let connect = module.sites.connects.get(*connect);
            let is_in_process =
                connect.is_some_and(|connect| context.catalog.entry(connect.api).api.waits == Waits::InProcess);
            return Err(Refusal::because(match is_in_process {
                true => "the test client has no async connect",
                false => "an async connect gives another kind of connection",
            }));
        }
    };
    let known = context.catalog.blocking(Language::Python, path);
    let Some(mend) = known.and_then(|known| known.mend) else {
        return Err(Refusal::because(
            "what it shares with other threads has to become the event loop's own",
        ));
    };
    let unknown = || Refusal::because("the place of this call is not known");
    let statement = locate::statement_around(module.parsed.suite(), blocking.call).ok_or_else(unknown)?;
    let place = Place {
        module,
        code: Code::new(module.source, module.parsed.tokens()),
        call: locate::call(statement, blocking.call).ok_or_else(unknown)?,
        runtime: Runtime::of(module)?,
    };
    match (mend, whole_value(statement)) {
        (_, Some(Expr::Call(value))) if span_of(value) == blocking.call => {}
        _ => return Err(Refusal::because("the call is part of a larger expression")),
    }
    match mend {
        Unblock::Sleep => place.sleep(),
        Unblock::Thread => place.thread(statement, context),
    }
}

/// The value that a statement makes something of as a whole.
fn whole_value(statement: &Stmt) -> Option<&Expr> {
    match statement {
        Stmt::Expr(bare) => Some(&bare.value),
        Stmt::Assign(assign) => Some(&assign.value),
        Stmt::AnnAssign(assign) => assign.value.as_deref(),
        Stmt::Return(returned) => returned.value.as_deref(),
        _ => None,
    }
}

/// What runs the file's async code.
#[derive(Clone, Copy)]
enum Runtime {
    Asyncio,
    Trio,
    Anyio,
}

impl Runtime {
    /// # Errors
    /// Nothing in the file says it, or it speaks of several.
    fn of(module: &Module<'_>) -> Result<Self, Refusal> {
        let imported = module
            .facts
            .imported
            .get_or_init(|| imports::all(module.parsed.syntax()));
        let names = |name: &&str| imported.contains(*name);
        let found: Vec<&str> = ["asyncio", "trio", "anyio"].into_iter().filter(names).collect();
        let says_asyncio = || {
            let text = module.source.text();
            imported.contains("pytest_asyncio")
                || ["mark.asyncio", "IsolatedAsyncioTestCase"]
                    .iter()
                    .any(|word| text.contains(word))
        };
        match found.as_slice() {
            ["asyncio"] => Ok(Self::Asyncio),
            ["trio"] => Ok(Self::Trio),
            ["anyio"] => Ok(Self::Anyio),
            [] if says_asyncio() => Ok(Self::Asyncio),
            [] => Err(Refusal::because("nothing in this file says which event loop runs it")),
            _ => Err(Refusal::because("the file imports more than one event loop")),
        }
    }

    fn sleep(self) -> &'static str {
        match self {
            Self::Asyncio => "asyncio.sleep",
            Self::Trio => "trio.sleep",
            Self::Anyio => "anyio.sleep",
        }
    }

    fn thread(self) -> &'static str {
        match self {
            Self::Asyncio => "asyncio.to_thread",
            Self::Trio => "trio.to_thread.run_sync",
            Self::Anyio => "anyio.to_thread.run_sync",
        }
    }
}

/// A blocking call that is the whole value of its statement.
struct Place<'a> {
    module: &'a Module<'a>,
    code: Code<'a>,
    call: &'a ExprCall,
    runtime: Runtime,
}

impl Place<'_> {
    fn sleep(&self) -> Result<Fix, Refusal> {
        let call = span_of(self.call);
        let is_plain = matches!(&*self.call.arguments.args, [one] if !one.is_starred_expr());
        if !is_plain || !self.call.arguments.keywords.is_empty() {
            return Err(Refusal::because("it is not given one plain length"));
        }
        if self.code.has_comment(span_of(&*self.call.func)) {
            return Err(Refusal::because("a comment stands in the name that would change"));
        }
        let mut draft = Draft::new();
        draft.distrust();
        let name = self.spell(self.runtime.sleep(), &mut draft)?;
        draft.insert(call.start, "await ");
        draft.replace(span_of(&*self.call.func), name.clone());
        draft.change(Change::Callee {
            name: name.clone(),
            call,
        });
        draft.change(Change::Awaited { call });
        draft.finish(format!("await `{name}`"), vec![call])
    }

    fn thread(&self, statement: &Stmt, context: &Context<'_>) -> Result<Fix, Refusal> {
        let (call, oldest) = (span_of(self.call), context.oldest_python());
        let arguments = &self.call.arguments;
        let is_asyncio = matches!(self.runtime, Runtime::Asyncio);
        if is_asyncio && oldest < PythonVersion::new(3, 9) {
            return Err(Refusal::because(format!(
                "`asyncio.to_thread` came with Python 3.9, and this must run on {oldest}: use `loop.run_in_executor`"
            )));
        }
        if !is_asyncio && !arguments.keywords.is_empty() {
            return Err(Refusal::because(format!(
                "`{}` passes no keywords on: use `functools.partial`",
                self.runtime.thread()
            )));
        }
        if self.code.has_comment(call) {
            return Err(Refusal::because("a comment stands in the call"));
        }
        // `f(x for x in y)`: behind another argument it would need brackets.
        if matches!(&*arguments.args, [Expr::Generator(one)] if !one.parenthesized) {
            return Err(Refusal::because("a generator without brackets is its argument"));
        }
        let mut draft = Draft::new();
        draft.distrust();
        let name = self.spell(self.runtime.thread(), &mut draft)?;
        let given = self.code.text(span_of(arguments));
        let given = given.strip_prefix('(').unwrap_or(given);
        let head = self.lay_out(&name, given, statement, context, &mut draft);
        draft.insert(call.start, format!("await {name}({head}"));
        let callee = self.code.text(span_of(&*self.call.func));
        let comma = if arguments.is_empty() { "" } else { ", " };
        let becomes = format!("await {name}({callee}{comma}{given}");
        draft.change(Change::Expression { at: call, becomes });
        draft.finish(format!("call it in a thread by `{name}`"), vec![call])
    }

    /// Puts the function before the arguments that are `given`, and says which blanks it gets. Where these have lines of their own,
    /// or get them because one has no room for all, so has the function.
    fn lay_out(&self, name: &str, given: &str, statement: &Stmt, context: &Context<'_>, draft: &mut Draft) -> String {
        let (call, bracket) = (span_of(self.call), span_of(&self.call.arguments).start);
        let bracket = Span::new(bracket, bracket + 1);
        if self.call.arguments.is_empty() {
            draft.replace(bracket, "");
            return String::new();
        }
        let (width, callee) = (context.project.line_width(), self.code.text(span_of(&*self.call.func)));
        let blanks = given.get(..given.len() - given.trim_start().len()).unwrap_or_default();
        let edits = [
            Edit::insert(call.start, format!("await {name}(")),
            Edit::replace(bracket, ", "),
        ];
        let lines = Span::new(self.code.line_start(call.start), self.code.next_line_start(call.end));
        let is_wide = !given.contains(['\n', '\r']) && get_too_long(self.code, lines, &edits, width);
        let first = given.trim_start().lines().next().unwrap_or_default();
        let margin = self.code.margin(span_of(statement).start);
        // A comma behind the last one has each keep its own line.
        let Some(margin) = margin.filter(|_| is_wide || !blanks.is_empty() && !first.ends_with(',')) else {
            draft.replace(bracket, if blanks.is_empty() { ", " } else { "," });
            return blanks.to_owned();
        };
        let unit = self.module.facts.indent_unit(self.code, margin);
        let ending = self.code.line_ending(call.start);
        let head = format!("{ending}{margin}{unit}");
        if columns([margin, unit, callee, first.trim_end_matches(')')]) + ", ".len() > width {
            draft.replace(bracket, ",");
            arguments_in_lines(self.code, self.call, (margin, unit), draft);
        } else {
            draft.replace(Span::new(bracket.start, bracket.end + blanks.len()), ", ");
            if is_wide {
                draft.insert(call.end - 1, format!("{ending}{margin}"));
            }
        }
        head
    }

    fn spell(&self, path: &str, draft: &mut Draft) -> Result<String, Refusal> {
        let at = span_of(self.call).start;
        if let Some(known) = self.module.names.spelling(path, at) {
            return Ok(known);
        }
        let module = path.split('.').next().unwrap_or(path);
        let head = imports::Head {
            code: self.code,
            tree: self.module.parsed.syntax(),
            facts: &self.module.facts,
        };
        if self.module.names.is_taken(module, at) && imports::clashes(head, module, at) {
            return Err(Refusal::because(format!(
                "the name `{module}` means something else here"
            )));
        }
        imports::add(head, &[module], at, draft)?;
        Ok(path.to_owned())
    }
}

/// How wide these texts are side by side.
fn columns<const N: usize>(texts: [&str; N]) -> usize {
    texts.map(UnicodeWidthStr::width).iter().sum()
}

//! Waits for the event loop where a call blocks it: its own sleep, or a thread.

use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::super::Module;
use super::code::{Code, span_of};
use super::edits::Draft;
use super::{imports, locate};
use crate::catalog::{Unblock, Waits};
use crate::fix::{Change, Fix, Refusal};
use crate::project::PythonVersion;
use crate::rules::Context;
use crate::sites::{BlockingCall, Blocks};
use crate::source::Language;

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
    if blocking.inside.is_some() {
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
        Unblock::Thread => place.thread(context.oldest_python()),
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

    fn thread(&self, oldest: PythonVersion) -> Result<Fix, Refusal> {
        let call = span_of(self.call);
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
        let mut draft = Draft::new();
        draft.distrust();
        let name = self.spell(self.runtime.thread(), &mut draft)?;
        let callee = self.code.text(span_of(&*self.call.func));
        let inside = span_of(arguments);
        let given = self.code.text(inside);
        let given = given.strip_prefix('(').unwrap_or(given);
        let comma = match arguments.is_empty() {
            true => "",
            false if given.starts_with(['\n', '\r']) => ",",
            false => ", ",
        };
        let becomes = format!("await {name}({callee}{comma}{given}");
        draft.replace(call, becomes.clone());
        draft.change(Change::Expression { at: call, becomes });
        draft.finish(format!("call it in a thread by `{name}`"), vec![call])
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

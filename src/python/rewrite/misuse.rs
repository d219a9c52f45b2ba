//! Makes a right use of a connect out of one that fails for what its object is.

use super::code::{Code, span_of};
use super::edits::Draft;
use super::{argument, imports, locate};
use crate::finding::{Change, Fix, Refusal};
use crate::python::Module;
use crate::sites::{Connect, Misuse};
use crate::source::Span;

/// Calls `asyncio.ensure_future`, which takes every awaitable, in place of `create_task`.
///
/// Executed with Python 3.8 to 3.13: both give a task of the running loop.
///
/// # Errors
/// The call does more than to make a task of its one argument, or its loop has no name.
pub(in crate::python) fn ensure_future(module: &Module<'_>, misuse: &Misuse) -> Result<Fix, Refusal> {
    let unknown = || Refusal::because("the place of this call is not known");
    let tree = module.parsed.syntax();
    let code = Code::new(module.source, module.parsed.tokens());
    let call = locate::statement_around(&tree.body, misuse.span)
        .and_then(|statement| locate::call(statement, misuse.span))
        .ok_or_else(unknown)?;
    let is_alone = matches!(&*call.arguments.args, [one] if !one.is_starred_expr());
    if !is_alone || !call.arguments.keywords.is_empty() {
        return Err(Refusal::because(
            "`asyncio.ensure_future` does not take what `create_task` is given beside the connect",
        ));
    }
    let mut draft = Draft::new();
    let path = module.names.resolve(&call.func).ok_or_else(unknown)?;
    if path != "asyncio.create_task" {
        let event_loop = call
            .func
            .as_attribute_expr()
            .and_then(|method| method.value.as_name_expr());
        let is_loop = path.ends_with("_loop.create_task") || path.ends_with("EventLoop.create_task");
        let Some(event_loop) = event_loop.filter(|_| is_loop) else {
            return Err(Refusal::because(
                "it takes coroutines only: put the connect into an `async def` of your own, and call that",
            ));
        };
        let argument = format!("loop={}", event_loop.id);
        argument::add(code, span_of(&call.arguments), &argument, "", &mut draft);
        draft.change(Change::Argument {
            name: "loop".to_owned(),
            call: misuse.span,
        });
    }
    let at = misuse.span.start;
    let name = match module.names.spelling("asyncio.ensure_future", at) {
        Some(name) => name,
        None => {
            let head = imports::Head {
                code,
                tree,
                facts: &module.facts,
            };
            if module.names.is_taken("asyncio", at) && imports::clashes(head, "asyncio", at) {
                return Err(Refusal::because("the name `asyncio` means something else here"));
            }
            imports::add(head, &["asyncio"], at, &mut draft)?;
            "asyncio.ensure_future".to_owned()
        }
    };
    if code.has_comment(span_of(&*call.func)) {
        return Err(Refusal::because("a comment stands in the name that would change"));
    }
    draft.replace(span_of(&*call.func), name.clone());
    draft.change(Change::Callee {
        name: name.clone(),
        call: misuse.span,
    });
    draft.finish(format!("call `{name}`, which takes every awaitable"), vec![misuse.span])
}

/// Takes the `await` out of `async with await connect(…)`.
///
/// # Errors
/// Something else stands between the `await` and the connect.
pub(in crate::python) fn enter_connect(
    module: &Module<'_>,
    misuse: &Misuse,
    connect: &Connect,
) -> Result<Fix, Refusal> {
    let code = Code::new(module.source, module.parsed.tokens());
    let before = Span::new(misuse.span.start, connect.call.start.max(misuse.span.start));
    let is_plain = connect.call.end == misuse.span.end && code.text(before).trim() == "await";
    if !is_plain {
        return Err(Refusal::because(
            "something else stands between the `await` and the connect",
        ));
    }
    let mut draft = Draft::new();
    draft.delete(before);
    draft.change(Change::Await { around: connect.call });
    draft.finish("enter the connect itself".to_owned(), vec![misuse.span])
}

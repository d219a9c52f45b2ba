//! Which connect's object an expression is, and which one gave what is awaited.

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::Collector;
use crate::catalog::Object;
use crate::python::names::Making;
use crate::python::sites::usage::enters;
use crate::python::syntax::spans::span;
use crate::sites::{Connect, Entry};
use crate::source::Language;

impl<'a> Collector<'a> {
    /// The connect that `expr` calls, if it certainly calls one function.
    pub(super) fn called(&self, expr: &Expr) -> Option<&'a Connect> {
        let call = expr.as_call_expr()?;
        let connect = *self.by_start.get(&call.start().to_usize())?;
        let is_certain = connect.call == span(call) && self.names.values(&call.func).len() == 1;
        is_certain.then_some(connect)
    }

    /// The connect whose object `expr` is: its call, or a variable that certainly holds it un-awaited.
    pub(super) fn object(&self, expr: &Expr) -> Option<&'a Connect> {
        if let Expr::Call(_) = expr {
            return self.called(expr);
        }
        let makings = self.names.makings(expr)?.iter();
        if makings.flat_map(Making::sources).any(|making| making.entered) {
            return None;
        }
        let mut origins = self.names.origins(expr)?;
        let origin = origins.next().filter(|_| origins.next().is_none())?;
        let connect = *self.by_start.get(&origin)?;
        // Where the variable is what `async with connect(…) as ws` gave, it is no connect any more.
        let is_kept = matches!(connect.entry, Entry::Stored | Entry::Argument | Entry::Returned);
        is_kept.then_some(connect)
    }

    /// The connect whose object `expr` is, where some release makes one that is so.
    pub(super) fn object_that(&self, expr: &Expr, is_so: impl Fn(&Object) -> bool) -> Option<&'a Connect> {
        let connect = self.object(expr).filter(|connect| connect.entry != Entry::Blocking)?;
        let mut objects = self.objects(connect).iter();
        objects
            .any(|object| object.may_be_made_by(&connect.path) && is_so(object))
            .then_some(connect)
    }

    /// The connect whose connection `expr` is: `await connect(…)`, also through `asyncio.wait_for`; and whether it stands
    /// right behind the `await`.
    pub(super) fn connection(&self, expr: &Expr) -> Option<(&'a Connect, bool)> {
        let awaited = &*expr.as_await_expr()?.value;
        match self.called(awaited) {
            Some(connect) => Some((connect, true)),
            None => Some((self.called(self.passed_on(awaited)?)?, false)),
        }
    }

    /// What `asyncio.wait_for` and `asyncio.shield` give the outcome of.
    fn passed_on<'e>(&self, awaited: &'e Expr) -> Option<&'e Expr> {
        let call = awaited.as_call_expr()?;
        let path = self.names.resolve(&call.func)?;
        let waited = call.arguments.args.first();
        waited.filter(|_| matches!(path, "asyncio.wait_for" | "asyncio.shield"))
    }

    /// The connect whose connection an exit stack enters and gives: `await stack.enter_async_context(connect(…))`, also
    /// through `asyncio.wait_for`.
    pub(super) fn entered_by_stack(&self, expr: &Expr) -> Option<&'a Connect> {
        let awaited = &*expr.as_await_expr()?.value;
        let enter = self.passed_on(awaited).unwrap_or(awaited).as_call_expr()?;
        enters(enter).then(|| self.called(enter.arguments.args.first()?))?
    }

    /// What the releases of the connect's library make.
    pub(super) fn objects(&self, connect: &Connect) -> &'a [Object] {
        let package = &self.catalog.entry(connect.api).package;
        self.catalog.objects(Language::Python, package)
    }
}

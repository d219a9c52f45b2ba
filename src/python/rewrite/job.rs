//! One connect with everything that its rewrite looks at.

use pep440_rs::Version;
use ruff_python_ast::{Expr, ExprCall, ModModule, Stmt};

use super::arrange::as_formatted;
use super::code::{Code, span_of};
use super::edits::Draft;
use super::facts::Facts;
use super::{contents, imports, locate};
use crate::catalog::{Entry, Runtime, Share, Verdict};
use crate::facts::PythonVersion;
use crate::finding::{Fix, Refusal};
use crate::python::Module;
use crate::python::names::{Names, Value};
use crate::python::sites::anchor::{Anchor, Place};
use crate::python::sites::usage::enters;
use crate::rules::DeadlineRequest;
use crate::settings::Settings;
use crate::sites::Connect;
use crate::source::Span;

/// One connect with everything that its rewrite looks at.
pub(super) struct Job<'a> {
    module: &'a Module<'a>,
    pub(super) code: Code<'a>,
    pub(super) tree: &'a ModModule,
    pub(super) names: &'a Names,
    pub(super) facts: &'a Facts,
    pub(super) anchor: &'a Anchor,
    /// The statement that enters the connect.
    pub(super) statement: &'a Stmt,
    /// What it enters: the connect's call, a choice between such calls, a variable that keeps one, or a call of
    /// `enter_async_context` with one of these.
    pub(super) entered: &'a Expr,
    /// The connect's call. It stands in an earlier statement where a variable keeps the connect.
    pub(super) call: &'a ExprCall,
    pub(super) connect: &'a Connect,
    pub(super) request: &'a DeadlineRequest<'a>,
}

impl<'a> Job<'a> {
    /// # Errors
    /// The module does not know the place of this connect, or it stands in a statement of more than [`LONGEST`] bytes.
    pub(super) fn new(
        module: &'a Module<'a>,
        connect: &'a Connect,
        request: &'a DeadlineRequest<'a>,
    ) -> Result<Self, Refusal> {
        let unknown = || Refusal::because("the place of this connect is not known");
        let tree = module.parsed.syntax();
        let anchor = module.anchors.get(connect.id).ok_or_else(unknown)?;
        if let Place::Fixed(reason) = anchor.place {
            return Err(Refusal::because(reason));
        }
        let statement = locate::statement(&tree.body, anchor.statement).ok_or_else(unknown)?;
        let owner = locate::statement_around(&tree.body, anchor.call).ok_or_else(unknown)?;
        if [statement, owner].into_iter().any(is_too_long) {
            return Err(Refusal::because("the statement is too long"));
        }
        let call = locate::call(owner, anchor.call).ok_or_else(unknown)?;
        Ok(Self {
            module,
            code: Code::new(module.source, module.parsed.tokens()),
            tree,
            names: &module.names,
            facts: &module.facts,
            anchor,
            statement,
            entered: locate::entered(statement, owner, anchor).ok_or_else(unknown)?,
            call,
            connect,
            request,
        })
    }

    /// Whether something else is waited for before the connect is: an argument, or what it is called on. The one that goes
    /// away does not count.
    pub(super) fn waits_for_more(&self) -> bool {
        let argument = self
            .request
            .argument
            .and_then(|index| self.connect.arguments.get(index));
        contents::awaits(self.entered, argument.map(|argument| argument.span))
    }

    /// Whether what is entered can be awaited first, and what that gives be entered: on every release that may run.
    pub(super) fn gives_managed_connection(&self) -> bool {
        let context = self.request.context;
        let of_connect = |connect: &Connect| {
            let known = context.catalog.entry(connect.api);
            let gives = |path: &str| {
                context
                    .catalog
                    .gives_managed_connection(known.language, &known.package, path, context.project)
            };
            let callee = locate::statement_around(&self.tree.body, connect.call)
                .and_then(|owner| locate::call(owner, connect.call))
                .map_or(&[][..], |call| self.names.values(&call.func));
            // One function may have several paths: by what is installed, or by what is imported.
            gives(&connect.path)
                && callee.iter().all(|value| match value {
                    Value::Path(path) => gives(path),
                    _ => false,
                })
        };
        of_connect(self.connect) && self.entered_beside().all(of_connect)
    }

    /// The other connects that may be made in the place of this one: `connect(a) if far else connect(b)`.
    pub(super) fn entered_beside(&self) -> impl Iterator<Item = &'a Connect> {
        let there = self.request.context.sites.connects_within(self.entered_span());
        there.filter(|connect| connect.id != self.connect.id)
    }

    /// Whether something else may be called in its place, which knows by heart how it is called and what is done with what it
    /// gives.
    pub(super) fn may_be_replaced(&self) -> bool {
        let (connect, context) = (self.connect, self.request.context);
        self.module.may_be_replaced(&connect.path, connect.callee, context)
    }

    fn head(&self) -> imports::Head<'a> {
        imports::Head {
            code: self.code,
            tree: self.tree,
            facts: self.facts,
        }
    }

    /// What the catalogue knows of the connect.
    pub(super) fn entry(&self) -> &'a Entry {
        self.request.context.catalog.entry(self.connect.api)
    }

    /// Whether a release that may run does not take this argument of the connect.
    pub(super) fn may_be_rejected(&self, name: &str) -> bool {
        let context = self.request.context;
        let rejects =
            |release: &Version| matches!(context.verdict(self.connect, name, release), Verdict::Rejected { .. });
        let releases = context.releases(self.connect);
        releases.is_some_and(|releases| !releases.are_known() || releases.share(rejects) != Share::None)
    }

    /// What the configuration says for this file.
    pub(super) fn settings(&self) -> &'a Settings {
        self.request.context.settings
    }

    /// The oldest Python that the result must run on.
    pub(super) fn python(&self) -> PythonVersion {
        self.request.context.oldest_python()
    }

    /// The bytes of [`Job::statement`].
    pub(super) fn statement_span(&self) -> Span {
        span_of(self.statement)
    }

    /// The bytes of [`Job::call`].
    pub(super) fn call_span(&self) -> Span {
        span_of(self.call)
    }

    /// The bytes of [`Job::entered`].
    pub(super) fn entered_span(&self) -> Span {
        span_of(self.entered)
    }

    /// A variable keeps the connect: its call stands in an earlier statement.
    pub(super) fn is_kept(&self) -> bool {
        !self.statement_span().contains(self.call_span())
    }

    /// Whether what is entered is `stack.enter_async_context(…)`.
    pub(super) fn enters_a_stack(&self) -> bool {
        self.entered.as_call_expr().is_some_and(enters)
    }

    /// One unit of indentation where a margin looks like `margin`.
    pub(super) fn indent_unit(&self, margin: &str) -> &'a str {
        self.facts.indent_unit(self.code, margin)
    }

    /// A fix with the lines that the project's formatter would give the statement, as far as [`as_formatted`] tells.
    pub(super) fn as_formatted(&self, fix: &Fix) -> Option<Fix> {
        let unit = self.indent_unit(self.code.margin(self.statement_span().start)?);
        let width = self.request.context.project.line_width();
        as_formatted(self.code, self.statement, fix, unit, width)
    }

    /// Whether the file imports `module`, or something of it, anywhere. Who connects by a library of asyncio's runs in that,
    /// unless anyio may run it.
    pub(super) fn mentions(&self, module: &str) -> bool {
        let connects_by_asyncio = || {
            let context = self.request.context;
            let runs_in_asyncio = |connect: &Connect| context.catalog.entry(connect.api).runtime == Runtime::Asyncio;
            let known = &self.facts.connects_by_asyncio;
            *known.get_or_init(|| context.sites.connects.iter().any(runs_in_asyncio))
        };
        let mentions = |module: &str| self.facts.mentions(self.tree, module);
        mentions(module) || module == "asyncio" && !mentions("anyio") && connects_by_asyncio()
    }

    /// How the functions of these dotted paths can be written at the statement. Modules that are not imported yet are.
    ///
    /// # Errors
    /// A module is not imported and its name means something else here.
    pub(super) fn spell<const N: usize>(&self, paths: [&str; N], draft: &mut Draft) -> Result<[String; N], Refusal> {
        let at = self.statement_span().start;
        imports::spell(self.head(), self.names, paths, at, draft)
    }
}

/// Bytes of the longest simple statement, or header of a compound one, that is rewritten: the nodes of a statement are
/// looked for once for every connect in it.
const LONGEST: usize = 1 << 14;

pub(super) fn is_too_long(statement: &Stmt) -> bool {
    let span = span_of(statement);
    let end = match statement {
        Stmt::With(with) => with.items.last().map_or(span.end, |item| span_of(item).end),
        Stmt::If(node) => span_of(&*node.test).end,
        Stmt::While(node) => span_of(&*node.test).end,
        Stmt::For(node) => span_of(&*node.iter).end,
        Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::Match(_) | Stmt::Try(_) => span.start,
        _ => span.end,
    };
    end - span.start > LONGEST
}

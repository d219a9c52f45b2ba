//! One connect with everything that its rewrite looks at.

use ruff_python_ast::{ExprCall, ModModule, Stmt};
use ruff_python_parser::Parsed;

use super::super::anchor::Anchor;
use super::super::names::Names;
use super::code::{Code, span_of};
use super::edits::Draft;
use super::{imports, locate};
use crate::catalog::Entry;
use crate::config::Settings;
use crate::fix::Refusal;
use crate::project::PythonVersion;
use crate::rules::DeadlineRequest;
use crate::sites::Connect;
use crate::source::{SourceFile, Span};

/// A module, read.
#[derive(Clone, Copy)]
pub(in crate::python) struct ParsedText<'a> {
    pub(in crate::python) source: &'a SourceFile,
    pub(in crate::python) parsed: &'a Parsed<ModModule>,
    pub(in crate::python) names: &'a Names,
}

/// One connect with everything that its rewrite looks at.
pub(super) struct Job<'a> {
    pub(super) code: Code<'a>,
    pub(super) tree: &'a ModModule,
    pub(super) names: &'a Names,
    pub(super) anchor: &'a Anchor,
    /// The statement that the connect stands in.
    pub(super) statement: &'a Stmt,
    /// The connect's call.
    pub(super) call: &'a ExprCall,
    pub(super) connect: &'a Connect,
    pub(super) request: &'a DeadlineRequest<'a>,
}

impl<'a> Job<'a> {
    /// # Errors
    /// The module does not hold the place that `anchor` speaks of.
    pub(super) fn new(
        text: ParsedText<'a>,
        anchor: Option<&'a Anchor>,
        connect: &'a Connect,
        request: &'a DeadlineRequest<'a>,
    ) -> Result<Self, Refusal> {
        let unknown = || Refusal::because("the place of this connect is not known");
        let tree = text.parsed.syntax();
        let anchor = anchor.ok_or_else(unknown)?;
        let statement = locate::statement(tree, anchor.statement).ok_or_else(unknown)?;
        Ok(Self {
            code: Code::new(text.source, text.parsed.tokens()),
            tree,
            names: text.names,
            anchor,
            statement,
            call: locate::call(statement, anchor.call).ok_or_else(unknown)?,
            connect,
            request,
        })
    }

    /// What the catalogue knows of the connect.
    pub(super) fn entry(&self) -> &'a Entry {
        self.request.context.catalog.entry(self.connect.api)
    }

    /// What the configuration says for this file.
    pub(super) fn settings(&self) -> &'a Settings {
        self.request.context.settings
    }

    /// The oldest Python that the result must run on.
    pub(super) fn python(&self) -> PythonVersion {
        self.request
            .context
            .project
            .oldest_python(self.settings().target_version)
    }

    /// The bytes of [`Job::statement`].
    pub(super) fn statement_span(&self) -> Span {
        span_of(self.statement)
    }

    /// The bytes of [`Job::call`].
    pub(super) fn call_span(&self) -> Span {
        span_of(self.call)
    }

    /// How the functions of these dotted paths can be written at the statement. Modules that are not imported yet are.
    ///
    /// # Errors
    /// A module is not imported and its name means something else here.
    pub(super) fn spell<const N: usize>(&self, paths: [&str; N], draft: &mut Draft) -> Result<[String; N], Refusal> {
        let at = self.statement_span().start;
        let mut missing = Vec::new();
        let mut spelled = paths.map(str::to_owned);
        for (path, text) in paths.iter().zip(&mut spelled) {
            if let Some(known) = self.names.spelling(path, at) {
                *text = known;
                continue;
            }
            let module = path.split('.').next().unwrap_or(path);
            if self.names.is_taken(module, at) && !imports::would_not_clash(self.tree, module, at) {
                return Err(Refusal::because(format!(
                    "the name `{module}` means something else here"
                )));
            }
            missing.push(module);
        }
        imports::add(self.code, self.tree, &missing, at, draft)?;
        Ok(spelled)
    }
}

//! What an editor offers at a finding: its fix, a comment that allows it, its rule's page; and all safe fixes of a text at once.

use std::path::Path;
use std::str::FromStr as _;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, Command, DocumentChange, Edit as DocumentEdit,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, WorkspaceEdit,
};
use serde_json::json;

use super::client::Client;
use super::diagnostics;
use super::documents::{Answer, Document};
use super::sheets::{Rewrite, Sheets};
use super::workspace::Workspace;
use crate::finding::{Applicability, Finding};
use crate::suppress::Reason;
use crate::{check, fix};

/// Fixes all that can be fixed safely.
pub(super) const FIX_ALL: &str = "source.fixAll.ws-lint";

/// The same in all cells of a notebook, which VS Code asks for by a kind of its own.
pub(super) const FIX_NOTEBOOK: &str = "notebook.source.fixAll.ws-lint";

/// The command that shows a rule's page.
pub(super) const EXPLAIN: &str = "ws-lint.explain";

/// What a comment says behind the code where the editor does not say it.
const REASON: &str = "say why";

/// What may be done at a range of a text.
pub(super) fn actions(
    params: &CodeActionParams,
    document: &Document,
    workspace: &Workspace,
    client: &Client,
) -> Vec<CodeActionResponse> {
    let Some(answer) = document.answer.as_ref().filter(|answer| !answer.is_kept) else {
        return Vec::new();
    };
    let only = params.context.only.as_deref();
    let wants = |kind: &str| {
        let mut only = only.into_iter().flatten();
        params.context.only.is_none() || only.any(|wanted| is_below(kind, &wanted.to_string()))
    };
    let offer = Offer {
        document,
        answer,
        sheets: Sheets::of(document, &answer.source, client.unit),
        folder: workspace.folder(),
        client,
    };
    let mut actions = Vec::new();
    if wants("quickfix") {
        let here = offer.sheets.span(&params.text_document.uri, params.range);
        let is_here = |finding: &&Finding| here.is_some_and(|here| finding.span.touches(here));
        for finding in answer.findings.iter().filter(is_here) {
            actions.extend(offer.fix(finding));
        }
        for finding in answer.findings.iter().filter(is_here) {
            actions.extend(offer.comment(finding));
            actions.push(offer.explain(finding));
        }
        // Safe ones first, and the others as they stand in the text.
        actions.sort_by_key(|action| action.is_preferred != Some(true));
    }
    let all = match document.cells.is_some() && wants(FIX_NOTEBOOK) {
        true => FIX_NOTEBOOK,
        false => FIX_ALL,
    };
    if wants(all) {
        actions.extend(offer.fix_all(all, workspace));
    }
    actions.into_iter().map(CodeActionResponse::CodeAction).collect()
}

/// Whether a kind is the wanted one, or one below it: `source.fixAll` wants `source.fixAll.ws-lint`.
fn is_below(kind: &str, wanted: &str) -> bool {
    kind.strip_prefix(wanted)
        .is_some_and(|rest| wanted.is_empty() || rest.is_empty() || rest.starts_with('.'))
}

/// What actions are made of.
struct Offer<'a> {
    document: &'a Document,
    answer: &'a Answer,
    sheets: Sheets<'a>,
    folder: &'a Path,
    client: &'a Client,
}

impl Offer<'_> {
    fn fix(&self, finding: &Finding) -> Option<CodeAction> {
        let fix = finding.fix.as_ref()?;
        if fix.applicability == Applicability::Display || !fix::holds(&self.answer.source, fix) {
            return None;
        }
        let is_safe = fix.applicability == Applicability::Safe;
        let title = match is_safe {
            true => format!("{}: {}", finding.rule.code, fix.title),
            false => format!("{}: {} (unsafe)", finding.rule.code, fix.title),
        };
        Some(CodeAction {
            is_preferred: Some(is_safe),
            edit: Some(self.edit(self.sheets.fixed(fix))),
            ..self.action(title, finding)
        })
    }

    fn comment(&self, finding: &Finding) -> Option<CodeAction> {
        let reason = self.client.wishes.ignore_reason.as_deref().unwrap_or(REASON);
        let reason = Reason::from_str(reason).or_else(|_| Reason::from_str(REASON)).ok()?;
        let comments = check::comments_for(&self.answer.source, std::slice::from_ref(finding), &reason);
        let comment = comments.into_iter().next()?.ok()?;
        fix::holds_as_comment(&self.answer.source, &comment).then(|| CodeAction {
            edit: Some(self.edit(self.sheets.fixed(&comment))),
            ..self.action(format!("{}: ignore here", finding.rule.code), finding)
        })
    }

    fn explain(&self, finding: &Finding) -> CodeAction {
        let title = format!("{}: explain {}", finding.rule.code, finding.rule.name);
        CodeAction {
            command: Some(Command {
                title: title.clone(),
                command: EXPLAIN.to_owned(),
                arguments: Some(vec![json!(finding.rule.code)]),
                ..Command::default()
            }),
            ..self.action(title, finding)
        }
    }

    fn action(&self, title: String, finding: &Finding) -> CodeAction {
        let diagnostic = diagnostics::diagnostic(finding, &self.sheets, self.folder, self.client.unit);
        CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: diagnostic.map(|diagnostic| vec![diagnostic]),
            ..CodeAction::default()
        }
    }

    fn fix_all(&self, kind: &'static str, workspace: &Workspace) -> Option<CodeAction> {
        let found = workspace.found(self.document).ok()??;
        let after = workspace.fixed(&found, &self.document.text)?;
        Some(CodeAction {
            title: "Fix all that ws-lint can fix safely".to_owned(),
            kind: Some(CodeActionKind::new(kind)),
            edit: Some(self.edit(self.sheets.rewritten(&after))),
            ..CodeAction::default()
        })
    }

    fn edit(&self, rewrites: Vec<Rewrite>) -> WorkspaceEdit {
        let versioned = |rewrite: Rewrite| {
            DocumentChange::TextDocumentEdit(TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier {
                    version: Some(rewrite.version),
                    text_document_identifier: lsp_types::TextDocumentIdentifier { uri: rewrite.address },
                },
                edits: rewrite.edits.into_iter().map(DocumentEdit::TextEdit).collect(),
            })
        };
        let by_address = |rewrite: Rewrite| (rewrite.address, rewrite.edits);
        match self.client.takes_versioned_edits {
            true => WorkspaceEdit {
                document_changes: Some(rewrites.into_iter().map(versioned).collect()),
                ..WorkspaceEdit::default()
            },
            false => WorkspaceEdit {
                changes: Some(rewrites.into_iter().map(by_address).collect()),
                ..WorkspaceEdit::default()
            },
        }
    }
}

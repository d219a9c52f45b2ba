//! What an editor offers at a finding: its fix, a comment that allows it, its rule's page; and all safe fixes of a text at once.

use std::collections::HashMap;
use std::path::Path;
use std::str::FromStr as _;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, Command, DocumentChange, Edit as DocumentEdit,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, WorkspaceEdit,
};
use serde_json::json;
use similar::TextDiff;

use super::client::Client;
use super::diagnostics;
use super::documents::{Answer, Document};
use super::positions::{Lines, Unit};
use super::workspace::Workspace;
use crate::finding::Finding;
use crate::fix::{self, Applicability};
use crate::source::Span;
use crate::suppress::{self, Reason};

/// Fixes all that can be fixed safely.
pub(super) const FIX_ALL: &str = "source.fixAll.ws-lint";

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
        folder: workspace.folder(),
        client,
    };
    let mut actions = Vec::new();
    if wants("quickfix") {
        let here = Lines::of(answer.source.text(), client.unit).span(params.range);
        for finding in answer.findings.iter().filter(|finding| finding.span.touches(here)) {
            actions.extend(offer.fix(finding));
        }
        for finding in answer.findings.iter().filter(|finding| finding.span.touches(here)) {
            actions.extend(offer.comment(finding));
            actions.push(offer.explain(finding));
        }
        // Safe ones first, and the others as they stand in the text.
        actions.sort_by_key(|action| action.is_preferred != Some(true));
    }
    if wants(FIX_ALL) {
        actions.extend(offer.fix_all(workspace));
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
            edit: Some(self.edit(&fix.edits)),
            ..self.action(title, finding)
        })
    }

    fn comment(&self, finding: &Finding) -> Option<CodeAction> {
        let reason = self.client.wishes.ignore_reason.as_deref().unwrap_or(REASON);
        let reason = Reason::from_str(reason).or_else(|_| Reason::from_str(REASON)).ok()?;
        let comments = suppress::comments_for(&self.answer.source, std::slice::from_ref(finding), &reason);
        let comment = comments.into_iter().next()?.ok()?;
        fix::holds_as_comment(&self.answer.source, &comment).then(|| CodeAction {
            edit: Some(self.edit(&comment.edits)),
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
        let diagnostic = diagnostics::diagnostic(finding, self.document, self.folder, self.client.unit);
        CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![diagnostic]),
            ..CodeAction::default()
        }
    }

    fn fix_all(&self, workspace: &Workspace) -> Option<CodeAction> {
        let found = workspace.found(self.document).ok()??;
        let before = self.answer.source.text();
        let after = workspace.fixed(&found, before)?;
        Some(CodeAction {
            title: "Fix all that ws-lint can fix safely".to_owned(),
            kind: Some(CodeActionKind::new(FIX_ALL)),
            edit: Some(self.text_edits(line_edits(before, &after, self.client.unit))),
            ..CodeAction::default()
        })
    }

    fn edit(&self, edits: &[fix::Edit]) -> WorkspaceEdit {
        let lines = Lines::of(self.answer.source.text(), self.client.unit);
        self.text_edits(edits.iter().map(|edit| lines.edit(edit)).collect())
    }

    fn text_edits(&self, edits: Vec<TextEdit>) -> WorkspaceEdit {
        let address = self.document.address.clone();
        match self.client.takes_versioned_edits {
            true => WorkspaceEdit {
                document_changes: Some(vec![DocumentChange::TextDocumentEdit(TextDocumentEdit {
                    text_document: OptionalVersionedTextDocumentIdentifier {
                        version: Some(self.document.version),
                        text_document_identifier: lsp_types::TextDocumentIdentifier { uri: address },
                    },
                    edits: edits.into_iter().map(DocumentEdit::TextEdit).collect(),
                })]),
                ..WorkspaceEdit::default()
            },
            false => WorkspaceEdit {
                changes: Some(HashMap::from([(address, edits)])),
                ..WorkspaceEdit::default()
            },
        }
    }
}

/// The lines that make `after` of `before`, so that an editor leaves alone what stays.
fn line_edits(before: &str, after: &str, unit: Unit) -> Vec<TextEdit> {
    let lines = Lines::of(before, unit);
    let diff = TextDiff::from_lines(before, after);
    let mut edits = Vec::new();
    let (mut at, mut new) = (0, String::new());
    let mut start: Option<usize> = None;
    let mut close = |start: &mut Option<usize>, new: &mut String, at: usize| {
        if let Some(start) = start.take() {
            edits.push(TextEdit {
                range: lines.range(Span::new(start, at)),
                new_text: std::mem::take(new),
            });
        }
    };
    for change in diff.iter_all_changes() {
        match change.tag() {
            similar::ChangeTag::Equal => {
                close(&mut start, &mut new, at);
                at += change.value().len();
            }
            similar::ChangeTag::Delete => {
                start.get_or_insert(at);
                at += change.value().len();
            }
            similar::ChangeTag::Insert => {
                start.get_or_insert(at);
                new.push_str(change.value());
            }
        }
    }
    close(&mut start, &mut new, at);
    edits
}

//! The questions of an editor about one text, and their answers.

use std::hash::BuildHasher as _;
use std::io::Write;

use foldhash::fast::FixedState;
use lsp_server::ErrorCode;
use lsp_types::{
    CodeActionParams, CodeLensParams, Diagnostic, DocumentDiagnosticParams, ExecuteCommandParams, HoverParams,
    InlayHintParams, MessageType, ShowMessageParams, Uri,
};
use serde_json::{Value, json};

use super::client::{Client, Shown};
use super::documents::{Answer, Document};
use super::session::{Refusal, Session, parsed, value};
use super::workspace::Workspace;
use super::{actions, diagnostics, hints, hover};
use crate::finding::Rule;
use crate::report::page;
use crate::rules::{self};
use crate::source::Language;

impl<W: Write> Session<'_, W> {
    /// The answer to a question of an editor that is served.
    ///
    /// # Errors
    /// There is none: why.
    pub(super) fn answer_to(&mut self, method: &str, params: Value) -> Result<Value, Refusal> {
        match method {
            "textDocument/diagnostic" => self.diagnostic(&parsed(params)?),
            "textDocument/codeAction" => self.code_action(&parsed(params)?),
            "textDocument/hover" => self.hover(&parsed(params)?),
            "textDocument/inlayHint" => self.inlay_hint(&parsed(params)?),
            "textDocument/codeLens" => self.code_lens(&parsed(params)?),
            "workspace/executeCommand" => self.execute(parsed(params)?),
            _ => Err(Refusal(
                ErrorCode::MethodNotFound,
                format!("ws-lint does not know `{method}`"),
            )),
        }
    }

    fn diagnostic(&mut self, params: &DocumentDiagnosticParams) -> Result<Value, Refusal> {
        let items = self.found_in(&params.text_document.uri)?;
        let id = identity(&items)?;
        match params.previous_result_id.as_ref() == Some(&id) {
            true => Ok(json!({ "kind": "unchanged", "resultId": id })),
            false => Ok(json!({ "kind": "full", "resultId": id, "items": items })),
        }
    }

    fn code_action(&mut self, params: &CodeActionParams) -> Result<Value, Refusal> {
        let actions = self.of_text(&params.text_document.uri, |document, workspace, client| {
            actions::actions(params, document, workspace, client)
        })?;
        value(actions.unwrap_or_default())
    }

    fn hover(&mut self, params: &HoverParams) -> Result<Value, Refusal> {
        let at = &params.text_document_position_params;
        let hover = self.of_code(&at.text_document.uri, |document, workspace, client| {
            hover::hover(at, document, workspace, client.unit)
        })?;
        value(hover.flatten())
    }

    fn inlay_hint(&mut self, params: &InlayHintParams) -> Result<Value, Refusal> {
        let hints = self.of_code(&params.text_document.uri, |document, workspace, client| {
            let is_wanted = client.wishes.budget == Shown::Hint;
            is_wanted.then(|| hints::inlay_hints(params, document, workspace, client.unit))
        })?;
        value(hints.flatten().unwrap_or_default())
    }

    fn code_lens(&mut self, params: &CodeLensParams) -> Result<Value, Refusal> {
        let address = &params.text_document.uri;
        let lenses = self.of_code(address, |document, workspace, client| {
            let is_wanted = client.wishes.budget == Shown::Lens;
            is_wanted.then(|| hints::lenses(address, document, workspace, client.unit))
        })?;
        value(lenses.flatten().unwrap_or_default())
    }

    /// What is found in the text at an address.
    ///
    /// # Errors
    /// The editor does not show it.
    pub(super) fn found_in(&mut self, address: &Uri) -> Result<Vec<Diagnostic>, Refusal> {
        let found = self.of_text(address, |document, workspace, client| {
            diagnostics::diagnostics(address, document, workspace.folder(), client.unit)
        })?;
        Ok(found.unwrap_or_default())
    }

    /// What `told` says of the text at an address, of which is settled what is found in it; nothing where its configuration cannot be
    /// used.
    fn of_text<T>(
        &mut self,
        address: &Uri,
        told: impl FnOnce(&Document, &Workspace, &Client) -> T,
    ) -> Result<Option<T>, Refusal> {
        self.settle(address);
        let unknown = || Refusal(ErrorCode::InvalidParams, format!("`{}` is not open", address.0));
        let document = self.documents.get(address).ok_or_else(unknown)?;
        let workspace = self.workspaces.of(&document.path).ok();
        Ok(workspace.map(|workspace| told(document, workspace, &self.client)))
    }

    /// The same of a text that has sites and tests: a manifest is no code.
    fn of_code<T>(
        &mut self,
        address: &Uri,
        told: impl FnOnce(&Document, &Workspace, &Client) -> T,
    ) -> Result<Option<T>, Refusal> {
        let told = self.of_text(address, |document, workspace, client| {
            let is_code = |answer: &Answer| answer.source.language() != Language::Manifest;
            let has_code = document.answer.as_ref().is_some_and(is_code);
            has_code.then(|| told(document, workspace, client))
        })?;
        Ok(told.flatten())
    }

    /// The page of a rule, in Markdown. An editor that shows no answers of commands gets what it comes to as a message.
    fn execute(&mut self, params: ExecuteCommandParams) -> Result<Value, Refusal> {
        let refused = |reason: &str| Refusal(ErrorCode::InvalidParams, reason.to_owned());
        if params.command != actions::EXPLAIN {
            return Err(refused("ws-lint has no such command"));
        }
        let named = params.arguments.into_iter().flatten().next();
        let named = named.as_ref().and_then(Value::as_str).and_then(rules::find);
        let rule = named.ok_or_else(|| refused("the code of a rule is wanted: [\"WS101\"]"))?;
        if !self.client.wishes.shows_pages {
            self.say("window/showMessage", in_short(rule));
        }
        value(page::for_readers(rule.page))
    }
}

/// What the page of a rule comes to.
fn in_short(rule: &Rule) -> ShowMessageParams {
    let Rule {
        code, name, summary, ..
    } = rule;
    let place = page::address(rule).unwrap_or_else(|| format!("`ws-lint --explain {code}` has the whole page"));
    ShowMessageParams {
        kind: MessageType::Info,
        message: format!("{code} {name}: {summary}: {place}"),
    }
}

/// The same for the same diagnostics.
fn identity(items: &[Diagnostic]) -> Result<String, Refusal> {
    let text = value(items)?.to_string();
    Ok(format!("{:x}", FixedState::default().hash_one(text)))
}

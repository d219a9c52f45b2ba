//! The questions of an editor about one text, and their answers.

use std::hash::BuildHasher as _;
use std::io::Write;

use foldhash::fast::FixedState;
use lsp_server::ErrorCode;
use lsp_types::{
    CodeActionParams, CodeLensParams, Diagnostic, DocumentDiagnosticParams, ExecuteCommandParams, HoverParams,
    InlayHintParams, MessageType, ShowMessageParams,
};
use serde_json::{Value, json};

use super::client::Shown;
use super::session::{Refusal, Session, is_code, parsed, value};
use super::{actions, diagnostics, hints, hover};
use crate::report::page;
use crate::rules::{self, Rule};

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
        let unit = self.client.unit;
        let path = self.document(&params.text_document.uri)?.path.clone();
        let folder = self.workspaces.of(&path).map(|workspace| workspace.folder().to_owned());
        let document = self.document(&params.text_document.uri)?;
        let items = diagnostics::diagnostics(document, &folder.unwrap_or_default(), unit);
        let id = identity(&items)?;
        match params.previous_result_id.as_ref() == Some(&id) {
            true => Ok(json!({ "kind": "unchanged", "resultId": id })),
            false => Ok(json!({ "kind": "full", "resultId": id, "items": items })),
        }
    }

    fn code_action(&mut self, params: &CodeActionParams) -> Result<Value, Refusal> {
        self.document(&params.text_document.uri)?;
        let Some(document) = self.documents.get(&params.text_document.uri) else {
            return Ok(Value::Null);
        };
        match self.workspaces.of(&document.path) {
            Ok(workspace) => value(actions::actions(params, document, workspace, &self.client)),
            Err(_) => value(Vec::<Value>::new()),
        }
    }

    fn hover(&mut self, params: &HoverParams) -> Result<Value, Refusal> {
        let place = &params.text_document_position_params;
        let address = &place.text_document.uri;
        if !is_code(self.document(address)?) {
            return Ok(Value::Null);
        }
        let unit = self.client.unit;
        let Some(document) = self.documents.get(address) else {
            return Ok(Value::Null);
        };
        match self.workspaces.of(&document.path) {
            Ok(workspace) => value(hover::hover(document, place.position, workspace, unit)),
            Err(_) => Ok(Value::Null),
        }
    }

    fn inlay_hint(&mut self, params: &InlayHintParams) -> Result<Value, Refusal> {
        let address = &params.text_document.uri;
        if !is_code(self.document(address)?) || self.client.wishes.budget != Shown::Hint {
            return Ok(json!([]));
        }
        let unit = self.client.unit;
        let Some(document) = self.documents.get(address) else {
            return Ok(json!([]));
        };
        match self.workspaces.of(&document.path) {
            Ok(workspace) => value(hints::inlay_hints(document, params.range, workspace, unit)),
            Err(_) => Ok(json!([])),
        }
    }

    fn code_lens(&mut self, params: &CodeLensParams) -> Result<Value, Refusal> {
        let address = &params.text_document.uri;
        if !is_code(self.document(address)?) || self.client.wishes.budget != Shown::Lens {
            return Ok(json!([]));
        }
        let unit = self.client.unit;
        let Some(document) = self.documents.get(address) else {
            return Ok(json!([]));
        };
        match self.workspaces.of(&document.path) {
            Ok(workspace) => value(hints::lenses(document, workspace, unit)),
            Err(_) => Ok(json!([])),
        }
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

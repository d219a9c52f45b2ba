//! What the editor can do and wants.

use lsp_types::{
    ChangeNotifications, ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProvider, CodeLensOptions,
    DiagnosticOptions, DiagnosticProvider, ExecuteCommandOptions, HoverProvider, InitializeParams, InitializeResult,
    InlayHintProvider, Notebook, NotebookDocumentFilterWithNotebook, NotebookDocumentSync, NotebookDocumentSyncOptions,
    NotebookSelector, Save, ServerCapabilities, ServerInfo, TextDocumentSync, TextDocumentSyncKind,
    TextDocumentSyncOptions, WorkspaceFoldersServerCapabilities, WorkspaceOptions,
};
use serde::Deserialize;

use super::positions::Unit;
use super::{actions, diagnostics, notebooks};

/// What is known of the editor.
#[derive(Debug, Default)]
pub(super) struct Client {
    /// What columns count.
    pub(super) unit: Unit,
    /// It asks for diagnostics itself, and need not be sent any.
    pub(super) asks_for_diagnostics: bool,
    /// It can be told that what it asked for is out of date.
    pub(super) may_refresh_diagnostics: bool,
    pub(super) may_refresh_hints: bool,
    pub(super) may_refresh_lenses: bool,
    /// It tells of files that change when it is asked to.
    pub(super) may_watch_files: bool,
    /// It takes edits that name the version of the text.
    pub(super) takes_versioned_edits: bool,
    pub(super) wishes: Wishes,
}

/// `initializationOptions`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Wishes {
    /// How the longest time of a test is shown.
    pub(super) budget: Shown,
    /// It shows the page that a command answers with, and needs no message besides.
    pub(super) shows_pages: bool,
    /// What a comment that allows a finding says behind the code.
    pub(super) ignore_reason: Option<String>,
}

/// How the longest time of a test is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shown {
    /// Behind its name.
    #[default]
    Hint,
    /// In a line of its own above it.
    Lens,
    Off,
}

impl Client {
    pub(super) fn of(params: &InitializeParams) -> Self {
        let ClientCapabilities {
            workspace,
            text_document,
            general,
            ..
        } = &params.capabilities;
        let workspace = workspace.as_ref();
        let offered = general.as_ref().and_then(|general| general.position_encodings.as_ref());
        let wishes = params.initialization_options.clone();
        let watched = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let edits = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let diagnostics = workspace.and_then(|workspace| workspace.diagnostics.as_ref());
        let hints = workspace.and_then(|workspace| workspace.inlay_hint.as_ref());
        let lenses = workspace.and_then(|workspace| workspace.code_lens.as_ref());
        Self {
            unit: Unit::agreed(offered.map_or(&[], Vec::as_slice)),
            asks_for_diagnostics: text_document.as_ref().is_some_and(|text| text.diagnostic.is_some()),
            may_refresh_diagnostics: diagnostics.and_then(|it| it.refresh_support) == Some(true),
            may_refresh_hints: hints.and_then(|it| it.refresh_support) == Some(true),
            may_refresh_lenses: lenses.and_then(|it| it.refresh_support) == Some(true),
            may_watch_files: watched.and_then(|it| it.dynamic_registration) == Some(true),
            takes_versioned_edits: edits.and_then(|it| it.document_changes) == Some(true),
            // What is not understood is not wished for.
            wishes: wishes
                .and_then(|wishes| serde_json::from_value(wishes).ok())
                .unwrap_or_default(),
        }
    }
}

impl Client {
    /// What this editor is told that it can ask for.
    pub(super) fn abilities(&self) -> InitializeResult {
        let to_fix = [actions::FIX_ALL, actions::FIX_NOTEBOOK].map(CodeActionKind::new);
        let kinds = [CodeActionKind::QuickFix].into_iter().chain(to_fix).collect();
        let capabilities = ServerCapabilities {
            position_encoding: Some(self.unit.kind()),
            text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::Incremental),
                save: Some(Save::Bool(true)),
                ..TextDocumentSyncOptions::default()
            })),
            notebook_document_sync: Some(NotebookDocumentSync::Options(NotebookDocumentSyncOptions {
                notebook_selector: vec![NotebookSelector::NotebookDocumentFilterWithNotebook(
                    NotebookDocumentFilterWithNotebook {
                        notebook: Notebook::String(notebooks::KIND.to_owned()),
                        cells: None,
                    },
                )],
                save: Some(true),
            })),
            hover_provider: Some(HoverProvider::Bool(true)),
            code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
                code_action_kinds: Some(kinds),
                ..CodeActionOptions::default()
            })),
            code_lens_provider: (self.wishes.budget == Shown::Lens).then(CodeLensOptions::default),
            inlay_hint_provider: (self.wishes.budget == Shown::Hint).then_some(InlayHintProvider::Bool(true)),
            diagnostic_provider: Some(DiagnosticProvider::DiagnosticOptions(DiagnosticOptions {
                identifier: Some(diagnostics::SOURCE.to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: false,
                ..DiagnosticOptions::default()
            })),
            execute_command_provider: Some(ExecuteCommandOptions {
                commands: vec![actions::EXPLAIN.to_owned()],
                ..ExecuteCommandOptions::default()
            }),
            workspace: Some(WorkspaceOptions {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(ChangeNotifications::Bool(true)),
                }),
                ..WorkspaceOptions::default()
            }),
            ..ServerCapabilities::default()
        };
        InitializeResult {
            capabilities,
            server_info: Some(ServerInfo {
                name: diagnostics::SOURCE.to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        }
    }
}

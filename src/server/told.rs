//! What an editor tells: texts and notebooks that it opens, writes, saves and closes, files and folders that change.

use std::io::Write;

use lsp_server::Notification;
use lsp_types::Uri;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::files;
use super::session::{Session, paths};
use crate::run::Happened;

impl<W: Write> Session<'_, W> {
    /// Takes in what the editor tells.
    pub(super) fn told(&mut self, said: Notification) {
        let Notification { method, params } = said;
        match method.as_str() {
            "initialized" => self.watch_files(),
            "textDocument/didOpen" => self.with(params, |session, it: lsp_types::DidOpenTextDocumentParams| {
                let folder = session.workspaces.first().unwrap_or(session.folder).to_owned();
                let path = session.documents.open(it.text_document, &folder);
                session.has_other_text(path);
            }),
            "textDocument/didChange" => self.with(params, |session, it: lsp_types::DidChangeTextDocumentParams| {
                let address = it.text_document.text_document_identifier.uri;
                let unit = session.client.unit;
                let path = session
                    .documents
                    .change(&address, it.text_document.version, it.content_changes, unit);
                session.has_other_text(path);
            }),
            "textDocument/didSave" => self.with(params, |session, it: lsp_types::DidSaveTextDocumentParams| {
                session.is_saved(&it.text_document.uri);
            }),
            "textDocument/didClose" => self.with(params, |session, it: lsp_types::DidCloseTextDocumentParams| {
                session.is_closed(&it.text_document.uri);
            }),
            "notebookDocument/didOpen" => self.with(params, |session, it: lsp_types::DidOpenNotebookDocumentParams| {
                let folder = session.workspaces.first().unwrap_or(session.folder).to_owned();
                let path = session.documents.open_notebook(it, &folder);
                session.has_other_text(path);
            }),
            "notebookDocument/didChange" => {
                self.with(params, |session, it: lsp_types::DidChangeNotebookDocumentParams| {
                    let path = files::path_of(&it.notebook_document.uri.0);
                    let gone = session.documents.change_notebook(it, session.client.unit);
                    for cell in gone.into_iter().flatten() {
                        session.publish(cell, None, Vec::new());
                    }
                    // An editor that asks does so for the cell that was written, and others hang on it.
                    session.is_out_of_date = true;
                    session.has_other_text(path);
                });
            }
            "notebookDocument/didSave" => self.with(params, |session, it: lsp_types::DidSaveNotebookDocumentParams| {
                session.is_saved(&it.notebook_document.uri);
            }),
            "notebookDocument/didClose" => {
                self.with(params, |session, it: lsp_types::DidCloseNotebookDocumentParams| {
                    session.is_closed(&it.notebook_document.uri);
                });
            }
            "workspace/didChangeWatchedFiles" => {
                self.with(params, |session, it: lsp_types::DidChangeWatchedFilesParams| {
                    let mut happened = Happened::default();
                    for event in it.changes {
                        let Some(path) = files::path_of(&event.uri.0) else {
                            continue;
                        };
                        match event.kind {
                            lsp_types::FileChangeType::Changed => happened.changed.push(path),
                            _ => happened.came_or_went.push(path),
                        }
                    }
                    session.forget(&happened);
                });
            }
            "workspace/didChangeWorkspaceFolders" => {
                self.with(params, |session, it: lsp_types::DidChangeWorkspaceFoldersParams| {
                    session
                        .workspaces
                        .set(paths(&it.event.added), &paths(&it.event.removed));
                    session.all_is_stale();
                });
            }
            // Whatever else is said can be ignored, as the protocol has it.
            _ => {}
        }
    }

    fn with<P: DeserializeOwned>(&mut self, params: Value, act: impl FnOnce(&mut Self, P)) {
        match serde_json::from_value(params) {
            Ok(params) => act(self, params),
            Err(error) => self.log(&format!("a message that is not understood: {error}")),
        }
    }

    fn is_saved(&mut self, address: &Uri) {
        if let Some(document) = self.documents.get_mut(address) {
            document.is_saved = true;
            // What does not parse is told now.
            document.is_stale = true;
        }
        self.has_other_text(files::path_of(&address.0));
    }

    fn is_closed(&mut self, address: &Uri) {
        let shown = self.documents.get(address).map(|document| document.shown());
        let path = self.documents.close(address);
        for (text, _) in shown.into_iter().flatten() {
            self.publish(text, None, Vec::new());
        }
        self.has_other_text(path);
    }
}

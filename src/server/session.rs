//! What is done with each message of an editor.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{InitializeParams, PublishDiagnosticsParams, Uri, WorkspaceFolder, WorkspaceFolders};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::Client;
use super::documents::{Answer, Documents};
use super::inbox::{Inbox, Next};
use super::wire::{self, Incoming};
use super::workspace::Workspaces;
use super::{Configure, Ended, files};
use crate::run::Happened;

/// Where a session stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The editor has not said yet who it is.
    New,
    Serving,
    /// The editor wants nothing more.
    Done,
}

/// One editor, from its first word to its last.
pub(super) struct Session<'a, W> {
    output: W,
    /// Where the editor runs the program.
    pub(super) folder: &'a Path,
    stage: Stage,
    pub(super) client: Client,
    pub(super) workspaces: Workspaces<'a>,
    pub(super) documents: Documents,
    /// Texts that the editor does not write have other answers, and it was not told yet.
    pub(super) is_out_of_date: bool,
    /// What was told as wrong with the configuration: it is told once.
    told: Option<String>,
    /// How many questions the editor was asked.
    asked: i32,
    is_deaf: bool,
}

/// Why a question has no answer.
pub(super) struct Refusal(pub(super) ErrorCode, pub(super) String);

impl<'a, W: Write> Session<'a, W> {
    pub(super) fn new(output: W, folder: &'a Path, configure: Configure<'a>) -> Self {
        Self {
            output,
            folder,
            stage: Stage::New,
            client: Client::default(),
            workspaces: Workspaces::new(configure),
            documents: Documents::default(),
            is_out_of_date: false,
            told: None,
            asked: 0,
            is_deaf: false,
        }
    }

    pub(super) fn run(mut self, mut inbox: Inbox) -> Ended {
        loop {
            let puts_off = self.is_out_of_date || !self.client.asks_for_diagnostics && self.documents.stale().is_some();
            match inbox.next(puts_off) {
                Next::Incoming(Incoming::Message(Message::Notification(said))) if said.method == "exit" => break,
                Next::Incoming(incoming) => self.receive(incoming),
                Next::Cancelled(id) => {
                    let refusal = Refusal(ErrorCode::RequestCanceled, "the editor took it back".to_owned());
                    self.answer(id, Err(refusal));
                }
                Next::Idle => self.catch_up(),
                Next::End => break,
            }
            if self.is_deaf {
                return Ended::CutOff;
            }
        }
        match self.stage {
            Stage::Done => Ended::Orderly,
            Stage::New | Stage::Serving => Ended::CutOff,
        }
    }

    fn receive(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Broken(reason) => self.is_deaf |= wire::write_broken(&mut self.output, &reason).is_err(),
            Incoming::Message(Message::Request(request)) => {
                let id = request.id.clone();
                let answer = catch_unwind(AssertUnwindSafe(|| self.asked(request)));
                let defect = Refusal(ErrorCode::InternalError, "internal error: please report it".to_owned());
                self.answer(id, answer.unwrap_or(Err(defect)));
            }
            Incoming::Message(Message::Notification(said)) => {
                if self.stage == Stage::Serving && catch_unwind(AssertUnwindSafe(|| self.told(said))).is_err() {
                    self.log("internal error: please report it");
                }
            }
            // What was asked of the editor needs no answer.
            Incoming::Message(Message::Response(_)) => {}
        }
    }

    fn asked(&mut self, request: Request) -> Result<Value, Refusal> {
        match (self.stage, request.method.as_str()) {
            (Stage::New, "initialize") => self.initialize(parsed(request.params)?),
            (Stage::New, _) => Err(Refusal(
                ErrorCode::ServerNotInitialized,
                "`initialize` comes first".to_owned(),
            )),
            (Stage::Done, _) => Err(Refusal(
                ErrorCode::InvalidRequest,
                "`shutdown` was the last question".to_owned(),
            )),
            (Stage::Serving, "initialize") => Err(Refusal(
                ErrorCode::InvalidRequest,
                "`initialize` came before".to_owned(),
            )),
            (Stage::Serving, "shutdown") => {
                self.stage = Stage::Done;
                Ok(Value::Null)
            }
            (Stage::Serving, method) => self.answer_to(method, request.params),
        }
    }

    #[allow(deprecated, reason = "older editors name their folder in no other way")]
    fn initialize(&mut self, params: InitializeParams) -> Result<Value, Refusal> {
        self.client = Client::of(&params);
        let folders = match params.workspace_folders_initialize_params.workspace_folders {
            Some(WorkspaceFolders::WorkspaceFolderList(folders)) => paths(&folders),
            _ => params
                .root_uri
                .iter()
                .filter_map(|root| files::path_of(&root.0))
                .collect(),
        };
        self.workspaces.set(folders, &[]);
        self.stage = Stage::Serving;
        value(self.client.abilities())
    }

    /// What depends on this file is to be told anew.
    pub(super) fn has_other_text(&mut self, path: Option<PathBuf>) {
        if let Some(path) = path {
            self.forget(&Happened {
                changed: vec![path],
                ..Happened::default()
            });
        }
    }

    /// What depends on these files is to be told anew.
    pub(super) fn forget(&mut self, happened: &Happened) {
        match self.workspaces.forget(happened) {
            None => {
                self.told = None;
                self.all_is_stale();
            }
            Some(touched) => {
                for document in self.documents.iter_mut().filter(|document| !document.is_stale) {
                    document.is_stale = touched.iter().any(|touched| touched.has(&document.path));
                    self.is_out_of_date |= document.is_stale;
                }
            }
        }
    }

    pub(super) fn all_is_stale(&mut self) {
        self.documents.iter_mut().for_each(|document| document.is_stale = true);
        self.is_out_of_date = true;
    }

    /// Does what was put off: tells what is found in one text, or that the editor should ask anew.
    fn catch_up(&mut self) {
        if self.is_out_of_date {
            self.is_out_of_date = false;
            let client = &self.client;
            let refresh = [
                (
                    client.asks_for_diagnostics && client.may_refresh_diagnostics,
                    "workspace/diagnostic/refresh",
                ),
                (client.may_refresh_hints, "workspace/inlayHint/refresh"),
                (client.may_refresh_lenses, "workspace/codeLens/refresh"),
            ];
            for (_, method) in refresh.into_iter().filter(|(may, _)| *may) {
                self.ask(method, Value::Null);
            }
        } else if let Some(address) = self.documents.stale() {
            // One without a text would stay stale.
            self.settle(&address);
            let shown = self.documents.get(&address).map(|document| document.shown());
            for (text, version) in shown.into_iter().flatten() {
                if let Ok(found) = self.found_in(&text) {
                    self.publish(text, Some(version), found);
                }
            }
        }
    }

    /// Looks at a text of which nothing is said yet that holds.
    pub(super) fn settle(&mut self, address: &Uri) {
        let Some(document) = self.documents.get_mut(address).filter(|document| document.is_stale) else {
            return;
        };
        document.is_stale = false;
        let looked = self.workspaces.of(&document.path).and_then(|workspace| {
            let found = workspace.found(document)?;
            Ok(found.map(|found| {
                let (findings, failures) = workspace.findings(&found, &document.text);
                let source = document.source(found.language);
                (source.map(|source| (source, findings)), failures)
            }))
        });
        let (answer, failures) = match looked {
            Ok(Some(looked)) => looked,
            Ok(None) => (None, Vec::new()),
            Err(reason) => (None, vec![reason]),
        };
        let before = document.answer.take();
        let of = |(source, findings)| Answer::of(source, findings, before, !document.is_saved);
        document.answer = answer.map(of);
        for failure in failures {
            if self.told.as_ref() != Some(&failure) {
                self.say_error(&failure);
                self.told = Some(failure);
            }
        }
    }

    pub(super) fn publish(&mut self, uri: Uri, version: Option<i32>, diagnostics: Vec<lsp_types::Diagnostic>) {
        if !self.client.asks_for_diagnostics {
            let params = PublishDiagnosticsParams {
                uri,
                version,
                diagnostics,
            };
            self.say("textDocument/publishDiagnostics", params);
        }
    }

    pub(super) fn watch_files(&mut self) {
        if self.client.may_watch_files {
            let watchers = json!([{ "globPattern": "**/*.{py,pyi,rs,toml,cfg,ini,lock,txt,in,yml,yaml,json,pth}" }]);
            let options = json!({ "watchers": watchers });
            let wish =
                json!({ "id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": options });
            self.ask("client/registerCapability", json!({ "registrations": [wish] }));
        }
    }

    fn answer(&mut self, id: RequestId, answer: Result<Value, Refusal>) {
        self.send(match answer {
            Ok(value) => Response::new_ok(id, value),
            Err(Refusal(code, reason)) => Response::new_err(id, code as i32, reason),
        });
    }

    fn ask(&mut self, method: &str, params: Value) {
        self.asked = self.asked.wrapping_add(1);
        self.send(Request {
            id: self.asked.into(),
            method: method.to_owned(),
            params,
        });
    }

    pub(super) fn say(&mut self, method: &str, params: impl Serialize) {
        if let Ok(params) = serde_json::to_value(params) {
            self.send(Notification {
                method: method.to_owned(),
                params,
            });
        }
    }

    fn say_error(&mut self, message: &str) {
        self.say(
            "window/showMessage",
            json!({ "type": 1, "message": format!("ws-lint: {message}") }),
        );
    }

    pub(super) fn log(&mut self, message: &str) {
        self.say("window/logMessage", json!({ "type": 2, "message": message }));
    }

    fn send(&mut self, message: impl Into<Message>) {
        self.is_deaf |= wire::write(&mut self.output, &message.into()).is_err();
    }
}

/// What the editor says with a question.
///
/// # Errors
/// It is not what the protocol says.
pub(super) fn parsed<P: DeserializeOwned>(params: Value) -> Result<P, Refusal> {
    serde_json::from_value(params).map_err(|error| Refusal(ErrorCode::InvalidParams, error.to_string()))
}

/// An answer as it is sent.
///
/// # Errors
/// It cannot be written in JSON.
pub(super) fn value(answer: impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(answer).map_err(|error| Refusal(ErrorCode::InternalError, error.to_string()))
}

/// Where folders lie.
pub(super) fn paths(folders: &[WorkspaceFolder]) -> Vec<PathBuf> {
    folders
        .iter()
        .filter_map(|folder| files::path_of(&folder.uri.0))
        .collect()
}

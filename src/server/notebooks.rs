//! The cells of a notebook that the editor shows. To it each is a text of its own; what looks at them reads a notebook as it is stored.

use lsp_types::{
    LspObject, NotebookCell, NotebookCellKind, NotebookDocument, NotebookDocumentCellChangeStructure,
    NotebookDocumentCellChanges, NotebookDocumentChangeEvent, TextDocumentItem, Uri,
};
use serde_json::{Value, json};

use super::documents;
use super::positions::Unit;

/// What a notebook is called in which IPython runs Python.
pub(super) const KIND: &str = "jupyter-notebook";

/// All cells of a notebook, in their order.
pub(super) struct Cells {
    metadata: LspObject,
    all: Vec<Cell>,
}

/// One of them.
pub(super) struct Cell {
    pub(super) address: Uri,
    pub(super) version: i32,
    pub(super) text: String,
    is_code: bool,
    /// What the editor takes its text for.
    language: String,
}

impl Cells {
    /// Those of a notebook, with their texts in whatever order.
    pub(super) fn of(notebook: NotebookDocument, texts: Vec<TextDocumentItem>) -> Self {
        Self {
            metadata: notebook.metadata.unwrap_or_default(),
            all: made(notebook.cells, texts),
        }
    }

    /// The cells are other ones now, or have other texts. The addresses of those that are gone are returned.
    pub(super) fn change(&mut self, change: NotebookDocumentChangeEvent, unit: Unit) -> Vec<Uri> {
        if let Some(metadata) = change.metadata {
            self.metadata = metadata;
        }
        let NotebookDocumentCellChanges {
            structure,
            data,
            text_content,
        } = change.cells.unwrap_or_default();
        let gone = structure.map(|structure| self.rearrange(structure)).unwrap_or_default();
        for told in data.into_iter().flatten() {
            if let Some(cell) = self.get_mut(&told.document) {
                cell.is_code = told.kind == NotebookCellKind::Code;
            }
        }
        for content in text_content.into_iter().flatten() {
            if let Some(cell) = self.get_mut(&content.document.text_document_identifier.uri) {
                cell.version = content.document.version;
                documents::write(&mut cell.text, content.changes, unit);
            }
        }
        gone
    }

    fn rearrange(&mut self, structure: NotebookDocumentCellChangeStructure) -> Vec<Uri> {
        let NotebookDocumentCellChangeStructure { array, did_open, .. } = structure;
        let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let start = index(array.start).min(self.all.len());
        let end = start.saturating_add(index(array.delete_count)).min(self.all.len());
        let taken: Vec<Cell> = self.all.splice(start..end, []).collect();
        let mut new = made(array.cells.unwrap_or_default(), did_open.unwrap_or_default());
        // What is only moved keeps its text: it is not opened again.
        let mut gone = Vec::new();
        for cell in taken {
            match new.iter_mut().find(|new| new.address == cell.address) {
                Some(new) if new.text.is_empty() => *new = cell,
                Some(_) => {}
                None => gone.push(cell.address),
            }
        }
        self.all.splice(start..start, new);
        gone
    }

    /// Which of the cells this one is, from 0 on.
    pub(super) fn index(&self, address: &Uri) -> Option<usize> {
        self.all.iter().position(|cell| cell.address == *address)
    }

    pub(super) fn get(&self, index: usize) -> Option<&Cell> {
        self.all.get(index)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Cell> {
        self.all.iter()
    }

    fn get_mut(&mut self, address: &Uri) -> Option<&mut Cell> {
        self.all.iter_mut().find(|cell| cell.address == *address)
    }

    /// The notebook as it is stored.
    pub(super) fn json(&self) -> String {
        let cell = |cell: &Cell| {
            json!({
                "cell_type": if cell.is_code { "code" } else { "markdown" },
                "metadata": { "vscode": { "languageId": cell.language } },
                "source": cell.text,
            })
        };
        let cells: Vec<Value> = self.all.iter().map(cell).collect();
        // VS Code hands on all that the file holds besides its cells: the notebook's own stand a level deeper.
        let own = self.metadata.get("metadata").filter(|own| own.is_object());
        let metadata = own.cloned().unwrap_or_else(|| Value::Object(self.metadata.clone()));
        json!({ "cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5 }).to_string()
    }
}

/// The text of each cell of what [`Cells::json`] wrote, as it is after its edits.
pub(super) fn texts(json: &str) -> Vec<String> {
    let Ok(notebook) = serde_json::from_str::<Value>(json) else {
        return Vec::new();
    };
    let text = |cell: &Value| cell["source"].as_str().unwrap_or_default().to_owned();
    let cells = notebook["cells"].as_array().map(Vec::as_slice);
    cells.unwrap_or_default().iter().map(text).collect()
}

fn made(cells: Vec<NotebookCell>, mut texts: Vec<TextDocumentItem>) -> Vec<Cell> {
    let cell = |cell: NotebookCell| {
        let at = texts.iter().position(|text| text.uri == cell.document);
        let text = at.map(|at| texts.swap_remove(at));
        let (version, language, text) = match text {
            Some(item) => (item.version, String::from(item.language_id), item.text),
            None => (0, String::new(), String::new()),
        };
        Cell {
            address: cell.document,
            version,
            text,
            is_code: cell.kind == NotebookCellKind::Code,
            language,
        }
    };
    cells.into_iter().map(cell).collect()
}

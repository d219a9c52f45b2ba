//! The texts that the editor shows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lsp_types::{
    DidChangeNotebookDocumentParams, DidOpenNotebookDocumentParams, TextDocumentContentChangeEvent, TextDocumentItem,
    Uri,
};

use super::files;
use super::notebooks::Cells;
use super::positions::{Lines, Unit};
use crate::finding::Finding;
use crate::reading::Unsaved;
use crate::rules;
use crate::sites::RelatedPlace;
use crate::source::{Language, SourceFile, Span};

/// One text, or one notebook.
pub(super) struct Document {
    pub(super) address: Uri,
    /// Where its file is, or would be: an absolute path.
    pub(super) path: PathBuf,
    pub(super) version: i32,
    /// What its file would hold if it was saved now.
    pub(super) text: String,
    /// Those of a notebook: the editor shows each as a text of its own, with an address of its own.
    pub(super) cells: Option<Cells>,
    /// It was not changed since it was opened or saved.
    pub(super) is_saved: bool,
    /// What is said of it does not hold any more, or nothing was said yet.
    pub(super) is_stale: bool,
    pub(super) answer: Option<Answer>,
}

/// What is said of a text.
pub(super) struct Answer {
    pub(super) source: SourceFile,
    pub(super) findings: Vec<Finding>,
    /// It is what was said of an earlier text, because this one does not parse.
    pub(super) is_kept: bool,
}

/// All of them, by their addresses.
#[derive(Default)]
pub(super) struct Documents {
    all: BTreeMap<String, Document>,
    unsaved: Unsaved,
}

impl Documents {
    /// A text is shown from now on. `folder` is where one would lie that has no file yet. Its path is returned, where it has a file.
    pub(super) fn open(&mut self, item: TextDocumentItem, folder: &Path) -> Option<PathBuf> {
        let of_file = files::path_of(&item.uri.0);
        let path = of_file.clone().unwrap_or_else(|| {
            let ending = match item.language_id {
                lsp_types::LanguageKind::Python => "py",
                lsp_types::LanguageKind::Rust => "rs",
                _ => "txt",
            };
            folder.join(format!("untitled.{ending}"))
        });
        if of_file.is_some() {
            self.unsaved.set(&path, item.text.as_bytes());
        }
        self.insert(item.uri, path, item.version, item.text, None);
        of_file
    }

    /// A notebook is shown from now on; the same of it.
    pub(super) fn open_notebook(&mut self, it: DidOpenNotebookDocumentParams, folder: &Path) -> Option<PathBuf> {
        let (address, version) = (it.notebook_document.uri.clone(), it.notebook_document.version);
        let of_file = files::path_of(&address.0);
        // What is shown as a notebook is one, whatever its file is called.
        let path = of_file
            .clone()
            .unwrap_or_else(|| folder.join("untitled"))
            .with_extension("ipynb");
        let cells = Cells::of(it.notebook_document, it.cell_text_documents);
        self.insert(address, path, version, cells.json(), Some(cells));
        of_file
    }

    fn insert(&mut self, address: Uri, path: PathBuf, version: i32, text: String, cells: Option<Cells>) {
        let document = Document {
            address: address.clone(),
            path,
            version,
            text,
            cells,
            is_saved: true,
            is_stale: true,
            answer: None,
        };
        self.all.insert(address.0, document);
    }

    /// A text is another one now. The path of its file is returned, where it has one.
    pub(super) fn change(
        &mut self,
        address: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        unit: Unit,
    ) -> Option<PathBuf> {
        let document = self.all.get_mut(&address.0)?;
        write(&mut document.text, changes, unit);
        document.is_another(version);
        let path = files::path_of(&address.0)?;
        self.unsaved.set(&path, document.text.as_bytes());
        Some(path)
    }

    /// A notebook is another one now. The addresses of the cells that are gone are returned; nothing where it is not shown.
    pub(super) fn change_notebook(&mut self, it: DidChangeNotebookDocumentParams, unit: Unit) -> Option<Vec<Uri>> {
        let document = self.all.get_mut(&it.notebook_document.uri.0)?;
        let cells = document.cells.as_mut()?;
        let gone = cells.change(it.change, unit);
        document.text = cells.json();
        document.is_another(it.notebook_document.version);
        Some(gone)
    }

    /// A text is shown no longer. The path of its file is returned, where it has one.
    pub(super) fn close(&mut self, address: &Uri) -> Option<PathBuf> {
        self.all.remove(&address.0)?;
        let path = files::path_of(&address.0)?;
        self.unsaved.remove(&path);
        Some(path)
    }

    /// The one with a text at this address, which may be that of a cell.
    pub(super) fn get(&self, address: &Uri) -> Option<&Document> {
        let with_cell = || self.all.values().find(|document| document.has_cell(address));
        self.all.get(&address.0).or_else(with_cell)
    }

    /// The same.
    pub(super) fn get_mut(&mut self, address: &Uri) -> Option<&mut Document> {
        let address = self.get(address)?.address.0.clone();
        self.all.get_mut(&address)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Document> {
        self.all.values_mut()
    }

    /// One of which something is to be said.
    pub(super) fn stale(&self) -> Option<Uri> {
        // The one that is being written comes first.
        let stale = || self.all.values().filter(|document| document.is_stale);
        let written = stale().find(|document| !document.is_saved);
        written
            .or_else(|| stale().next())
            .map(|document| document.address.clone())
    }
}

impl Document {
    /// The address and the version of each text that the editor shows of it.
    pub(super) fn shown(&self) -> Vec<(Uri, i32)> {
        match &self.cells {
            Some(cells) => cells.iter().map(|cell| (cell.address.clone(), cell.version)).collect(),
            None => vec![(self.address.clone(), self.version)],
        }
    }

    /// What is looked at; nothing where it is a notebook that cannot be read.
    pub(super) fn source(&self, language: Language) -> Option<SourceFile> {
        let text = self.text.clone();
        match &self.cells {
            Some(_) => SourceFile::notebook(&self.path, text).ok(),
            None => Some(SourceFile::new(&self.path, language, text)),
        }
    }

    fn has_cell(&self, address: &Uri) -> bool {
        self.cells.as_ref().is_some_and(|cells| cells.index(address).is_some())
    }

    fn is_another(&mut self, version: i32) {
        self.version = version;
        self.is_saved = false;
        self.is_stale = true;
    }
}

/// Makes another text of one that the editor shows.
pub(super) fn write(text: &mut String, changes: Vec<TextDocumentContentChangeEvent>, unit: Unit) {
    for change in changes {
        match change {
            TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                let span = Lines::of(text, unit).span(part.range);
                text.replace_range(span.range(), &part.text);
            }
            TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => *text = whole.text,
        }
    }
}

impl Answer {
    /// What is said of `source`, where it is to take the place of `before`: a text that is being written does not parse for moments,
    /// and what was said of it stays meanwhile, where it can be told where it stands now.
    pub(super) fn of(source: SourceFile, findings: Vec<Finding>, before: Option<Self>, is_written: bool) -> Self {
        let is_broken = findings.iter().any(|finding| rules::is_syntax_error(finding.rule));
        match before.filter(|_| is_broken && is_written) {
            Some(before) => Self {
                findings: moved(before.findings, before.source.text(), source.text()),
                source,
                is_kept: true,
            },
            None => Self {
                source,
                findings,
                is_kept: false,
            },
        }
    }
}

/// The findings of `before` that stand outside of what was written since, where they stand in `after`. They have no fixes.
fn moved(findings: Vec<Finding>, before: &str, after: &str) -> Vec<Finding> {
    let same = |one: (&u8, &u8)| one.0 == one.1;
    let first = before
        .bytes()
        .zip(after.bytes())
        .take_while(|(one, other)| one == other)
        .count();
    let rest = before.len().min(after.len()) - first;
    let ends = before.as_bytes().iter().rev().zip(after.as_bytes().iter().rev());
    let last = ends.take(rest).take_while(|pair| same(*pair)).count();
    let changed = Span::new(first, before.len() - last);
    let place = |span: Span| match span {
        span if span.end <= changed.start => Some(span),
        span if span.start >= changed.end => {
            let move_on = |offset: usize| (offset + after.len()).checked_sub(before.len());
            Some(Span::new(move_on(span.start)?, move_on(span.end)?))
        }
        // What was written stands inside of it.
        span if span.contains(changed) => {
            let end = (span.end + after.len()).checked_sub(before.len())?;
            (end >= span.start).then(|| Span::new(span.start, end))
        }
        _ => None,
    };
    let keep = |mut finding: Finding| {
        finding.span = place(finding.span)?;
        finding.fix = None;
        finding.related.retain_mut(|related| match &mut related.place {
            RelatedPlace::Here(span) => place(*span).map(|moved| *span = moved).is_some(),
            RelatedPlace::There(_) => true,
        });
        Some(finding)
    };
    let stays = |finding: &Finding| !rules::is_syntax_error(finding.rule);
    findings.into_iter().filter(stays).filter_map(keep).collect()
}

//! How long each test of a text can take, beside its name or above it.

use lsp_types::{CodeLens, Command, InlayHint, InlayHintParams, Label, Range, Tooltip, Uri};

use super::documents::Document;
use super::positions::Unit;
use super::sheets::Sheets;
use super::workspace::Workspace;
use crate::report::budget_in_words;
use crate::run::FileBudget;

/// Behind the names of the tests in a range of the text at an address.
pub(super) fn inlay_hints(
    params: &InlayHintParams,
    document: &Document,
    workspace: &Workspace,
    unit: Unit,
) -> Vec<InlayHint> {
    let of_test = |name: Range, told: Told| InlayHint {
        position: name.end,
        label: Label::String(told.label),
        padding_left: Some(true),
        tooltip: told.remark.map(Tooltip::String),
        kind: None,
        text_edits: None,
        padding_right: None,
        data: None,
    };
    let hints = each_test(&params.text_document.uri, document, workspace, unit, of_test);
    let is_within = |hint: &InlayHint| params.range.start <= hint.position && hint.position <= params.range.end;
    hints.into_iter().filter(is_within).collect()
}

/// Above the tests of the text at an address.
pub(super) fn lenses(address: &Uri, document: &Document, workspace: &Workspace, unit: Unit) -> Vec<CodeLens> {
    each_test(address, document, workspace, unit, |name, told| CodeLens {
        range: name,
        // It is only read: nothing happens where it is chosen.
        command: Some(Command {
            title: told.label,
            tooltip: told.remark,
            ..Command::default()
        }),
        data: None,
    })
}

/// What is said of a test.
struct Told {
    /// `can take 30 s`.
    label: String,
    /// What makes it so long.
    remark: Option<String>,
}

fn each_test<T>(
    address: &Uri,
    document: &Document,
    workspace: &Workspace,
    unit: Unit,
    of_test: impl Fn(Range, Told) -> T,
) -> Vec<T> {
    let counted = || {
        let found = workspace.found(document).ok()??;
        workspace.budgets(&found, &document.text)
    };
    let Some(FileBudget { source, mut tests, .. }) = counted() else {
        return Vec::new();
    };
    tests.sort_by_key(|test| test.name_span.start);
    let sheets = Sheets::of(document, &source, unit);
    let told = |test| {
        let (label, remark) = budget_in_words(test, &source);
        Told { label, remark }
    };
    let shown = tests.iter().filter_map(|test| {
        let name = sheets.location(test.name_span).filter(|it| it.uri == *address)?;
        Some(of_test(name.range, told(test)))
    });
    shown.collect()
}

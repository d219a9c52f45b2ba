//! How long each test of a text can take, beside its name or above it.

use lsp_types::{CodeLens, Command, InlayHint, Label, Range, Tooltip};

use super::documents::Document;
use super::positions::{Lines, Unit};
use super::workspace::Workspace;
use crate::report::budget_in_words;
use crate::run::FileBudget;
use crate::source::Span;

/// Behind the names of the tests in a range of the text.
pub(super) fn inlay_hints(document: &Document, range: Range, workspace: &Workspace, unit: Unit) -> Vec<InlayHint> {
    let of_test = |lines: &Lines<'_>, name: Span, told: Told| InlayHint {
        position: lines.position(name.end),
        label: Label::String(told.label),
        padding_left: Some(true),
        tooltip: told.remark.map(Tooltip::String),
        kind: None,
        text_edits: None,
        padding_right: None,
        data: None,
    };
    let hints = each_test(document, workspace, unit, of_test);
    let is_within = |hint: &InlayHint| range.start <= hint.position && hint.position <= range.end;
    hints.into_iter().filter(is_within).collect()
}

/// Above the tests of the text.
pub(super) fn lenses(document: &Document, workspace: &Workspace, unit: Unit) -> Vec<CodeLens> {
    each_test(document, workspace, unit, |lines, name, told| CodeLens {
        range: lines.range(name),
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
    document: &Document,
    workspace: &Workspace,
    unit: Unit,
    of_test: impl Fn(&Lines<'_>, Span, Told) -> T,
) -> Vec<T> {
    let counted = || {
        let found = workspace.found(document).ok()??;
        workspace.budgets(&found, &document.text)
    };
    let Some(FileBudget { source, mut tests, .. }) = counted() else {
        return Vec::new();
    };
    tests.sort_by_key(|test| test.name_span.start);
    let lines = Lines::of(source.text(), unit);
    let told = |test| {
        let (label, remark) = budget_in_words(test, &source);
        Told { label, remark }
    };
    tests
        .iter()
        .map(|test| of_test(&lines, test.name_span, told(test)))
        .collect()
}

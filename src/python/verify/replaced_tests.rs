//! Expressions that are replaced, imports and `await`s that go: only the declared ones may.

use super::verify;
use crate::finding::{Change, Edit};
use crate::source::{Language, SourceFile, Span};

/// The verdict on replacing the only occurrences of some texts by others.
fn verdict(text: &str, edits: &[(&str, &str)], changes: &[Change]) -> Result<(), String> {
    let mut edits: Vec<Edit> = edits
        .iter()
        .map(|(old, new)| Edit::replace(span(text, old), *new))
        .collect();
    edits.sort_by_key(|edit| edit.span);
    let mut after = text.to_owned();
    for edit in edits.iter().rev() {
        after.replace_range(edit.span.range(), &edit.text);
    }
    let before = SourceFile::new("a.py", Language::Python, text.to_owned());
    let after = SourceFile::new("a.py", Language::Python, after);
    verify(&before, &after, &edits, changes)
}

fn span(text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    assert_eq!(text.matches(part).count(), 1, "{part}");
    Span::new(start, start + part.len())
}

fn expression(text: &str, at: &str, becomes: &str) -> Change {
    Change::Expression {
        at: span(text, at),
        becomes: becomes.to_owned(),
    }
}

const CLAUSE: &str = "from w import Old\ntry:\n    f()\nexcept w.Old as e:  # why\n    g(e.code, h)\n";

#[test]
fn a_declared_expression_may_be_replaced() {
    let edits = [("w.Old", "w.New"), ("e.code", "e.response.code")];
    let changes = [
        expression(CLAUSE, "w.Old", "w.New"),
        expression(CLAUSE, "e.code", "e.response.code"),
    ];
    assert_eq!(verdict(CLAUSE, &edits, &changes), Ok(()));
    let search = "if '403' in str(e) and x:\n    pass\n";
    let changes = [expression(search, "'403' in str(e)", "e.status == 403")];
    assert_eq!(
        verdict(search, &[("'403' in str(e)", "e.status == 403")], &changes),
        Ok(())
    );
}

#[test]
fn nothing_else_may_be_replaced() {
    let declared = [expression(CLAUSE, "w.Old", "w.New")];
    for edits in [
        // Another expression than the declared one comes, or goes.
        &[("w.Old", "w.Newer")][..],
        &[("e.code", "e.status")],
        &[("w.Old", "w.New"), ("e.code", "e.status")],
        // Not all of the new text is the declared expression.
        &[("w.Old", "w.New.x")],
        &[("w.Old", "(w.New, x)")],
        // The edit takes more than the expression.
        &[("w.Old as e", "w.New as e2")],
        &[("except w.Old as", "except w.New as")],
    ] {
        assert!(verdict(CLAUSE, edits, &declared).is_err(), "{edits:?}");
    }
}

#[test]
fn a_declared_import_may_go() {
    let text = "from w.x import A, B, C\n";
    let gone = Change::ImportGone {
        path: "w.x.B".to_owned(),
    };
    let import = Change::Import {
        module: "w.x".to_owned(),
    };
    assert_eq!(verdict(text, &[("B, ", "")], std::slice::from_ref(&gone)), Ok(()));
    assert_eq!(verdict(text, &[("B", "D")], &[gone.clone(), import.clone()]), Ok(()));
    assert!(verdict(text, &[("A, ", "")], std::slice::from_ref(&gone)).is_err());
    assert!(verdict(text, &[("B", "D")], std::slice::from_ref(&gone)).is_err());
    assert!(verdict(text, &[("B", "D")], std::slice::from_ref(&import)).is_err());
    let elsewhere = "from w.y import A, B, C\n";
    assert!(verdict(elsewhere, &[("B, ", "")], &[gone]).is_err());
}

#[test]
fn a_declared_await_may_go() {
    let text = "async def f():\n    async with await c(u) as x, await d(u) as y:\n        pass\n";
    let changes = [Change::Await {
        around: span(text, "c(u)"),
    }];
    let edit = Edit::delete(Span::new(span(text, "await c").start, span(text, "c(u)").start));
    let after = text.replacen("await ", "", 1);
    let source = |text: &str| SourceFile::new("a.py", Language::Python, text.to_owned());
    assert_eq!(
        verify(&source(text), &source(&after), std::slice::from_ref(&edit), &changes),
        Ok(())
    );
    assert!(verify(&source(text), &source(&after), &[edit], &[]).is_err());
    let other = Edit::delete(Span::new(span(text, "await d").start, span(text, "d(u)").start));
    let after = text.replace(", await d", ", d");
    assert!(verify(&source(text), &source(&after), &[other], &changes).is_err());
}

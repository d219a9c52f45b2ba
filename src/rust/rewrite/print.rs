//! Makes a print that panics on a closed pipe into a write whose failure is ignored.

use crate::fix::{Applicability, Change, Edit, Fix, Refusal};
use crate::rust::prints::PrintNote;
use crate::sites::Print;
use crate::source::SourceFile;

/// `println!(…)` becomes `let _ = writeln!(std::io::stdout(), …)`.
///
/// Unsafe: a program that ended by the panic of a closed pipe goes on until it ends by itself, and what a test run would have
/// captured is shown.
pub(in crate::rust) fn safe_print(source: &SourceFile, print: &Print, note: &PrintNote) -> Result<Fix, Refusal> {
    let (write, stream) = match note.name.as_str() {
        "print" => ("write!", "stdout"),
        "println" => ("writeln!", "stdout"),
        "eprint" => ("write!", "stderr"),
        "eprintln" => ("writeln!", "stderr"),
        _ => {
            return Err(Refusal::because(
                "`dbg!` gives its value on: take it out, or log the value",
            ));
        }
    };
    if note.is_sealed {
        return Err(Refusal::because("it stands inside a macro whose tokens are not edited"));
    }
    if !note.writing.is_std_macro {
        return Err(Refusal::because(format!("`{write}` is another macro here")));
    }
    if note.in_endless_loop {
        return Err(Refusal::because(
            "nothing but this panic leaves the loop: a write that ignores the closed pipe would go on for ever",
        ));
    }
    if note.is_empty && write == "write!" {
        return Err(Refusal::because("it prints nothing"));
    }
    let stream = format!("{}::io::{stream}()", note.writing.std);
    let path = source.slice(print.callee);
    let prefix = path
        .find("::")
        .and_then(|_| path.rfind("::"))
        .and_then(|end| path.get(..end + 2))
        .unwrap_or_default();
    let (before, after) = match note.statement {
        Some(true) => ("let _ = ", ""),
        Some(false) => ("let _ = ", ";"),
        None => ("{ let _ = ", "; }"),
    };
    let mut edits = vec![
        Edit::replace(print.callee, format!("{before}{prefix}{write}")),
        Edit::insert(note.inside.start, stream_argument(source, note, &stream)),
    ];
    if !after.is_empty() {
        edits.push(Edit::insert(print.call.end, after));
    }
    let mut changes = vec![Change::Callee {
        name: write.to_owned(),
        call: print.call,
    }];
    if !note.writing.has_trait {
        edits.push(import(source, note)?);
        changes.push(Change::Import {
            module: "std::io::Write".to_owned(),
        });
    }
    edits.sort_by_key(|edit| edit.span);
    Ok(Fix {
        title: format!("ignore a failing write: `let _ = {write}({stream}, …)`"),
        applicability: Applicability::Unsafe,
        edits,
        changes,
        takes_python_for_granted: false,
        claims: vec![print.call],
        awaits: Vec::new(),
    })
}

/// The stream as the first argument: on a line of its own where the arguments have theirs.
fn stream_argument(source: &SourceFile, note: &PrintNote, stream: &str) -> String {
    if note.is_empty {
        return stream.to_owned();
    }
    let inside = source.slice(note.inside);
    let margin = inside
        .get(..inside.len() - inside.trim_start().len())
        .unwrap_or_default();
    if margin.contains('\n') {
        format!("{margin}{stream},")
    } else {
        format!("{stream}, ")
    }
}

fn import(source: &SourceFile, note: &PrintNote) -> Result<Edit, Refusal> {
    if note.writing.may_have_trait {
        return Err(Refusal::because("`std::io::Write` is only imported under a `#[cfg]`"));
    }
    if note.is_conditional {
        return Err(Refusal::because(
            "it stands behind a `#[cfg]`, and `use std::io::Write as _;` would be unused without that",
        ));
    }
    if let Some(method) = note.clash {
        return Err(Refusal::because(format!(
            "importing `std::io::Write` may make the file's `.{method}(…)` ambiguous"
        )));
    }
    let place = note
        .import
        .as_ref()
        .ok_or_else(|| Refusal::because("`use std::io::Write as _;` has no line of its own to go to"))?;
    let line_end = if source.text().contains("\r\n") { "\r\n" } else { "\n" };
    let blank = if place.alone { line_end } else { "" };
    let (indent, std) = (&place.indent, &note.writing.std);
    Ok(Edit::insert(
        place.offset,
        format!("{indent}use {std}::io::Write as _;{line_end}{blank}"),
    ))
}

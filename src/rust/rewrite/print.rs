//! Makes a print that panics on a closed pipe into a write whose failure is ignored.

use foldhash::HashSet;

use crate::facts::Rustfmt;
use crate::finding::{Applicability, Change, Edit, Fix, Refusal};
use crate::rust::collect::prints::{FoundPrint, PrintNote};
use crate::rust::syntax::lexer;
use crate::sites::Print;
use crate::source::{SourceFile, Span};

/// `println!(…)` becomes `let _ = writeln!(std::io::stdout(), …)`.
///
/// Unsafe: a program that ended by the panic of a closed pipe goes on until it ends by itself, and what a test run would have
/// captured is shown.
pub(in crate::rust) fn safe_print(
    source: &SourceFile,
    print: &Print,
    note: &PrintNote,
    rustfmt: &Rustfmt,
) -> Result<Fix, Refusal> {
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
    // What a closure does gets lines of its own.
    let margin = margin_of(source, print);
    let (opened, closed) = (format!("{{{margin}{}let _ = ", rustfmt.step), format!(";{margin}}}"));
    let (before, after) = match note.statement {
        Some(true) => ("let _ = ", ""),
        Some(false) => ("let _ = ", ";"),
        None => match source.text().get(..print.callee.start).unwrap_or_default().trim_end() {
            // The arm of a match: an assignment is an expression.
            before if before.ends_with("=>") => ("_ = ", ""),
            before if before.ends_with('|') => (opened.as_str(), closed.as_str()),
            _ => ("{ let _ = ", "; }"),
        },
    };
    let mut edits = vec![Edit::replace(print.callee, format!("{before}{prefix}{write}"))];
    // What has lines of its own already has room.
    let own = (!before.contains('\n')).then(|| before.len() + prefix.len() + write.len());
    edits.extend(stream_argument(source, print, note, &stream, own, rustfmt));
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

/// Tells the prints behind a `#[cfg]` that another one, which is always there, brings the import that they need with its fix.
pub(in crate::rust) fn share_imports(source: &SourceFile, prints: &mut [FoundPrint]) {
    let place = |found: &FoundPrint| found.note.import.as_ref().map(|import| import.offset);
    let brings = |found: &&FoundPrint| {
        let note = &found.note;
        !note.is_conditional
            && !note.writing.has_trait
            && safe_print(source, &found.print, note, &Rustfmt::default()).is_ok()
    };
    let brought: HashSet<Option<usize>> = prints.iter().filter(brings).map(place).collect();
    for found in prints {
        found.note.is_conditional &= !brought.contains(&place(found));
    }
}

/// The line end and the indentation of the line that a print begins in.
fn margin_of(source: &SourceFile, print: &Print) -> String {
    let line = source
        .text()
        .get(source.line_start(print.callee.start)..)
        .unwrap_or_default();
    let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or_default();
    let line_end = super::line_end(source);
    format!("{line_end}{indent}")
}

/// The stream as the first argument: on a line of its own where the arguments have theirs, or get theirs as rustfmt gives them
/// to those that one line has no room for. What stands before the bracket
/// is `own` characters long, as far as that matters.
fn stream_argument(
    source: &SourceFile,
    print: &Print,
    note: &PrintNote,
    stream: &str,
    own: Option<usize>,
    rustfmt: &Rustfmt,
) -> Vec<Edit> {
    let at_start = |text: String| Edit::insert(note.inside.start, text);
    if note.is_empty {
        return vec![at_start(stream.to_owned())];
    }
    let inside = source.slice(note.inside);
    let margin = inside
        .get(..inside.len() - inside.trim_start().len())
        .unwrap_or_default();
    if margin.contains('\n') {
        return vec![at_start(format!("{margin}{stream},"))];
    }
    match own.and_then(|own| lines_of_own(source, print, note, own + stream.len() + 4, rustfmt)) {
        Some(Lines { margin, end, packed }) => {
            let mut edits = vec![
                at_start(format!("{margin}{stream},{margin}")),
                Edit::insert(note.inside.end, end),
            ];
            edits.extend(packed.map(|blanks| Edit::replace(blanks, margin.clone())));
            edits
        }
        None => vec![at_start(format!("{stream}, "))],
    }
}

/// The lines that the arguments of a write get.
struct Lines {
    /// The line end and the indentation of an argument.
    margin: String,
    /// Those of the closing bracket.
    end: String,
    /// The blanks between the format and what goes into it, which stays together.
    packed: Option<Span>,
}

/// How the arguments are laid out that have no room in one line; `None` where they have, or where the lines around do not show
/// how. The macro's name and its stream are `added` characters long.
fn lines_of_own(
    source: &SourceFile,
    print: &Print,
    note: &PrintNote,
    added: usize,
    rustfmt: &Rustfmt,
) -> Option<Lines> {
    let text = source.text();
    let inside = source.slice(note.inside);
    let start = source.line_start(print.callee.start);
    let before = text.get(start..print.callee.start)?;
    let behind = text.get(print.call.end..)?.lines().next()?;
    let width = |text: &str| rustfmt.columns(text);
    let line = width(before) + added + width(inside) + width(behind);
    let arguments = width(inside) + "std::io::stdout(), ".len();
    if line <= rustfmt.line && arguments <= rustfmt.arguments || inside.contains('\n') {
        return None;
    }
    let indent = before.get(..before.len() - before.trim_start().len())?;
    let line_end = super::line_end(source);
    let mut depth = 0_usize;
    let mut packed = None;
    for token in lexer::tokens(text, note.inside.start).take_while(|token| token.span.end <= note.inside.end) {
        match (token.kind, source.slice(token.span)) {
            (lexer::Kind::Open, _) => depth += 1,
            (lexer::Kind::Close, _) => depth = depth.saturating_sub(1),
            (lexer::Kind::LineComment | lexer::Kind::BlockComment, _) => return None,
            (lexer::Kind::Punct, ",") if depth == 0 => {
                let rest = text.get(token.span.end..note.inside.end)?;
                let blanks = rest.len() - rest.trim_start().len();
                packed = Some(Span::new(token.span.end, token.span.end + blanks));
                break;
            }
            _ => {}
        }
    }
    Some(Lines {
        margin: format!("{line_end}{indent}{}", rustfmt.step),
        end: format!("{line_end}{indent}"),
        packed,
    })
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
    if let Some(used) = note.clash {
        return Err(Refusal::because(format!(
            "importing `std::io::Write` may make the file's `{used}` ambiguous"
        )));
    }
    let place = note
        .import
        .as_ref()
        .ok_or_else(|| Refusal::because("`use std::io::Write as _;` has no line of its own to go to"))?;
    let line_end = super::line_end(source);
    let blank = if place.alone { line_end } else { "" };
    let (indent, std) = (&place.indent, &note.writing.std);
    Ok(Edit::insert(
        place.offset,
        format!("{indent}use {std}::io::Write as _;{line_end}{blank}"),
    ))
}

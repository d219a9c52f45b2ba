//! Imports that a fix takes the last use of go with it: `use std::thread;` behind the last `thread::sleep(d)`.

use crate::finding::{Change, Edit, Fix};
use crate::rust::syntax::imported_names::{Import, imports};
use crate::rust::syntax::lexer::{Kind, Token, tokens};
use crate::rust::syntax::parse;
use crate::source::{SourceFile, Span};

/// How many uses that other fixes may take are waited for.
const MOST_AWAITED: usize = 50;

/// `fix`, with the imports taken away whose last use it takes away. Where other fixes may take uses too (`others` are their
/// places), the last one by position waits for them.
pub(in crate::rust) fn without_left_behind(source: &SourceFile, fix: Fix, others: &[Span]) -> Fix {
    let text = source.text();
    let tokens: Vec<Token> = tokens(text, parse::start_of_code(text))
        .filter(|token| !token.is_comment())
        .collect();
    let begins = tokens
        .iter()
        .enumerate()
        .filter(|(at, _)| begins_path(text, &tokens, *at));
    let mut taken: Vec<&str> = begins
        .filter(|(_, token)| is_taken(&fix, token.span))
        .map(|(_, token)| source.slice(token.span))
        .collect();
    taken.sort_unstable();
    taken.dedup();
    if taken.is_empty() {
        return fix;
    }
    let imports = imports(text, &tokens);
    let mut fix = fix;
    for name in taken {
        fix = without_import(source, &tokens, &imports, (name, fix), others);
    }
    fix
}

fn without_import(
    source: &SourceFile,
    tokens: &[Token],
    imports: &[Import],
    (name, mut fix): (&str, Fix),
    others: &[Span],
) -> Fix {
    let text = source.text();
    let mut of_name = imports.iter().filter(|import| import.name == name);
    let (Some(import), None) = (of_name.next(), of_name.next()) else {
        return fix;
    };
    // A module in a file of its own may take it from here: `use super::*`.
    let is_seen_elsewhere = tokens.windows(3).any(|three| {
        let [module, _, end] = three else { return false };
        source.slice(module.span) == "mod" && source.slice(end.span) == ";"
    });
    let comes_back = fix.edits.iter().any(|edit| begins_with_name(&edit.text, name));
    if is_seen_elsewhere || comes_back || !import.may_go {
        return fix;
    }
    let named = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| source.slice(token.span) == name);
    let uses = named
        .filter(|(at, token)| !import.statement.contains(token.span) && is_use(text, tokens, *at, imports))
        .map(|(_, token)| token.span);
    let (taken, left): (Vec<Span>, Vec<Span>) = uses.partition(|place| is_taken(&fix, *place));
    let Some(last) = taken.last() else { return fix };
    if !left.is_empty() {
        let may_be_taken = |place: &Span| others.iter().any(|call| call.contains(*place));
        if left.len() <= MOST_AWAITED && left.iter().all(|place| place < last && may_be_taken(place)) {
            fix.awaits.extend(left);
        }
        return fix;
    }
    fix.edits
        .extend(import.gone.iter().map(|(span, text)| Edit::replace(*span, *text)));
    fix.edits.sort_by_key(|edit| edit.span);
    fix.changes.push(Change::ImportGone {
        path: import.path.clone(),
    });
    fix
}

/// Whether an edit of the fix takes a token away.
fn is_taken(fix: &Fix, token: Span) -> bool {
    fix.edits.iter().any(|edit| edit.span.contains(token))
}

/// Whether the token is the first name of a path.
fn begins_path(text: &str, tokens: &[Token], at: usize) -> bool {
    let is = |at: Option<usize>, mark: &str| {
        let token = at.and_then(|at| tokens.get(at));
        token.and_then(|token| text.get(token.span.range())) == Some(mark)
    };
    let is_name = tokens.get(at).is_some_and(|token| token.kind == Kind::Word);
    is_name && !(is(at.checked_sub(1), ":") && is(at.checked_sub(2), ":"))
}

/// Whether the token uses a name that is imported: in code, or as the first name of another import.
fn is_use(text: &str, tokens: &[Token], at: usize, imports: &[Import]) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    if !imports.iter().any(|import| import.statement.contains(token.span)) {
        return begins_path(text, tokens, at);
    }
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    before.and_then(|before| text.get(before.span.range())) == Some("use")
}

/// Whether text that is put in begins a path with the name.
fn begins_with_name(text: &str, name: &str) -> bool {
    let tokens: Vec<Token> = tokens(text, 0).collect();
    (0..tokens.len()).any(|at| {
        let token = tokens.get(at).and_then(|token| text.get(token.span.range()));
        token == Some(name) && begins_path(text, &tokens, at)
    })
}

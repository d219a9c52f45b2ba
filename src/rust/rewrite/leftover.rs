//! Imports that a fix takes the last use of go with it: `use std::thread;` behind the last `thread::sleep(d)`.

use std::collections::hash_map::Entry;

use foldhash::HashMap;

use crate::finding::{Change, Edit, Fix};
use crate::rust::syntax::imported_names::{Import, imports};
use crate::rust::syntax::lexer::{Kind, Token, tokens};
use crate::rust::syntax::parse;
use crate::source::{SourceFile, Span};

/// How many uses that other fixes may take are waited for.
const MOST_AWAITED: usize = 50;

/// What a file's imports are used for.
pub(in crate::rust) struct Uses {
    /// By the name that each brings in.
    imports: HashMap<String, Used>,
    /// Where else fixes may take uses.
    others: Vec<Span>,
}

/// An import, and where it is used, by position.
struct Used {
    import: Import,
    places: Vec<Span>,
}

impl Uses {
    /// Of the imports of a file that may go; `others` are the calls that other fixes rewrite.
    pub(in crate::rust) fn of(source: &SourceFile, others: Vec<Span>) -> Self {
        let text = source.text();
        let tokens: Vec<Token> = tokens(text, parse::start_of_code(text))
            .filter(|token| !token.is_comment())
            .collect();
        // A module in a file of its own may take anything from here: `use super::*`.
        let has_module_files = tokens.windows(3).any(|three| {
            let [module, _, end] = three else { return false };
            source.slice(module.span) == "mod" && source.slice(end.span) == ";"
        });
        let all = match has_module_files {
            true => Vec::new(),
            false => imports(text, &tokens),
        };
        let statements: Vec<Span> = all.iter().map(|import| import.statement).collect();
        let mut imports: HashMap<String, Option<Used>> = HashMap::default();
        for import in all {
            match imports.entry(import.name.clone()) {
                // Which one a use means is not told by its name.
                Entry::Occupied(mut twice) => _ = twice.insert(None),
                Entry::Vacant(first) => {
                    let places = Vec::new();
                    first.insert(Some(Used { import, places }));
                }
            }
        }
        for (at, token) in tokens.iter().enumerate() {
            if let Some(Some(used)) = imports.get_mut(source.slice(token.span))
                && !used.import.statement.contains(token.span)
                && is_use(text, &tokens, at, &statements)
            {
                used.places.push(token.span);
            }
        }
        let imports = imports.into_iter().filter_map(|(name, used)| Some((name, used?)));
        Self {
            imports: imports.filter(|(_, used)| used.import.may_go).collect(),
            others,
        }
    }
}

/// `fix`, with the imports taken away whose last use it takes away. Where other fixes may take uses too, the last one by position
/// waits for them.
pub(in crate::rust) fn without_left_behind(uses: &Uses, mut fix: Fix) -> Fix {
    let is_touched = |(name, used): &(&String, &Used)| !taken(&fix, &used.places).is_empty() && !comes_back(&fix, name);
    let mut touched: Vec<(&String, &Used)> = uses.imports.iter().filter(is_touched).collect();
    touched.sort_unstable_by_key(|(name, _)| *name);
    for (_, used) in touched {
        fix = without_import(used, &uses.others, fix);
    }
    fix
}

fn without_import(used: &Used, others: &[Span], mut fix: Fix) -> Fix {
    let taken = taken(&fix, &used.places);
    let Some(last) = taken.last() else { return fix };
    let left = used.places.len() - taken.len();
    if left > MOST_AWAITED {
        return fix;
    }
    if left > 0 {
        let left: Vec<Span> = used
            .places
            .iter()
            .copied()
            .filter(|place| !taken.contains(place))
            .collect();
        let may_be_taken = |place: &Span| others.iter().any(|call| call.contains(*place));
        if left.iter().all(|place| place < last && may_be_taken(place)) {
            fix.awaits.extend(left);
        }
        return fix;
    }
    let import = &used.import;
    fix.edits
        .extend(import.gone.iter().map(|(span, text)| Edit::replace(*span, *text)));
    fix.edits.sort_by_key(|edit| edit.span);
    fix.changes.push(Change::ImportGone {
        path: import.path.clone(),
    });
    fix
}

/// Those of these places, which are by position, that edits of the fix take away.
fn taken(fix: &Fix, places: &[Span]) -> Vec<Span> {
    let mut taken = Vec::new();
    for edit in &fix.edits {
        let first = places.partition_point(|place| place.start < edit.span.start);
        let within = places.get(first..).unwrap_or_default().iter();
        taken.extend(within.take_while(|place| edit.span.contains(**place)));
    }
    taken.sort_unstable();
    taken.dedup();
    taken
}

/// Whether the fix puts in what uses the name.
fn comes_back(fix: &Fix, name: &str) -> bool {
    fix.edits.iter().any(|edit| begins_with_name(&edit.text, name))
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

/// Whether the token uses a name that is imported: in code, or as the first name of another import. `imports` are their statements,
/// by position.
fn is_use(text: &str, tokens: &[Token], at: usize, imports: &[Span]) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let behind = imports.partition_point(|statement| statement.start <= token.span.start);
    let around = behind.checked_sub(1).and_then(|before| imports.get(before));
    if !around.is_some_and(|statement| statement.contains(token.span)) {
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

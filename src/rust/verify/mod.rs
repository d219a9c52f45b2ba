//! Compares a file before and after its edits: nothing may differ but what the fixes declare.

mod shapes;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use shapes::{Link, Shapes};
use texts::Mapping;

use crate::finding::{Change, Edit};
use crate::rust::syntax::parse;
use crate::source::{SourceFile, Span};

/// Whether `after`, which is `before` with `edits` (sorted) applied, differs from it in nothing but `changes`: it
/// parses; every token outside the edits is the same, in the same order; what the edits put in or take out is a whole
/// deadline around a whole awaited expression, a whole link of a builder's chain, a whole print macro's callee and
/// stream, or an import; no comment is lost or moved to another statement.
///
/// # Errors
/// What differs, for the internal-error line.
pub fn verify(before: &SourceFile, after: &SourceFile, edits: &[Edit], changes: &[Change]) -> Result<(), String> {
    let mapping = Mapping::of(before.text(), after.text(), edits)?;
    let old = shapes(before, "before")?;
    let new = shapes(after, "after")?;
    let tokens = texts::compare_tokens(before, after, &mapping)?;
    let suppressions: BTreeSet<Span> = changes.iter().filter_map(suppression).collect();
    texts::compare_comments(before, after, &mapping, &tokens, &suppressions)?;
    let explained = explain(after, &old, &new, &mapping, changes);
    if let Some(token) = first_outside(&tokens.inserted, explained.inserted) {
        return Err(format!("`{}` is put in for no declared reason", after.slice(token)));
    }
    if let Some(token) = first_outside(&tokens.deleted, explained.deleted) {
        let text = before.slice(token);
        return Err(format!("`{text}` is taken out for no declared reason"));
    }
    Ok(())
}

/// The first of `tokens` (by position) that lies in none of `spans`.
fn first_outside(tokens: &[Span], mut spans: Vec<Span>) -> Option<Span> {
    spans.sort_unstable();
    let (mut begun, mut furthest) = (spans.iter().peekable(), 0);
    tokens.iter().copied().find(|token| {
        while let Some(span) = begun.next_if(|span| span.start <= token.start) {
            furthest = furthest.max(span.end);
        }
        furthest < token.end
    })
}

fn shapes(source: &SourceFile, when: &str) -> Result<Shapes, String> {
    parse::with_tree(source, Shapes::of).map_err(|error| {
        let line = source.position(error.span.start).line;
        format!("the file does not parse {when} the fix: line {line}: {}", error.message)
    })
}

fn suppression(change: &Change) -> Option<Span> {
    match change {
        Change::Suppression { comment } => Some(*comment),
        _ => None,
    }
}

/// What declared changes account for: spans of the text after, and of the text before.
#[derive(Default)]
struct Explained {
    inserted: Vec<Span>,
    deleted: Vec<Span>,
}

fn explain(after: &SourceFile, old: &Shapes, new: &Shapes, mapping: &Mapping, changes: &[Change]) -> Explained {
    let mut explained = Explained::default();
    let (mut waits, mut links, mut calls) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    let (mut modules, mut awaited) = (BTreeSet::new(), BTreeSet::new());
    let mut gone = Vec::new();
    for change in changes {
        match change {
            Change::Deadline { around } => _ = waits.insert(*around),
            Change::Argument { name, call } => _ = links.insert((name.as_str(), *call)),
            Change::Callee { name, call } => _ = calls.insert(*call, name.as_str()),
            Change::Awaited { call } => _ = awaited.insert(*call),
            Change::Import { module } => _ = modules.insert(module.as_str()),
            Change::ImportGone { path } => gone.push(path.as_str()),
            // Of Python alone, or not part of the tree.
            Change::Keyword { .. }
            | Change::Expression { .. }
            | Change::Await { .. }
            | Change::WithKind { .. }
            | Change::ItemOrder { .. }
            | Change::Helper { .. }
            | Change::Literal { .. }
            | Change::Suppression { .. }
            | Change::Comment { .. } => {}
        }
    }
    if !waits.is_empty() {
        // Arguments that get lines of their own get a comma behind the last.
        let commas = new.last_commas.iter().filter(|comma| mapping.is_inserted(**comma));
        explained.inserted.extend(commas);
        deadlines(after, (old, new), mapping, &waits, &mut explained);
    }
    if !links.is_empty() {
        arguments((old, new), mapping, &links, &mut explained);
    }
    if !awaited.is_empty() {
        awaits(after, (old, new), mapping, (&awaited, &calls), &mut explained);
    }
    if !calls.is_empty() {
        prints(after, (old, new), mapping, &calls, &mut explained);
    }
    if !gone.is_empty() && is_all_gone(old, new, gone, &modules) {
        explained.deleted.extend(&old.imports);
    }
    for module in modules {
        let wanted = format!("use {module} as _;");
        let imports = new.imports.iter().filter(|span| {
            let text = after.slice(**span);
            mapping.is_inserted(**span) && (text == wanted || text == format!("use ::{module} as _;"))
        });
        explained.inserted.extend(imports);
    }
    explained
}

/// Whether the imports differ in nothing but these that are gone, and the new modules.
fn is_all_gone(old: &Shapes, new: &Shapes, gone: Vec<&str>, modules: &BTreeSet<&str>) -> bool {
    let new_ones = modules.iter().map(|module| format!("{module} as _"));
    let mut before: Vec<String> = old.imported.iter().cloned().chain(new_ones).collect();
    let mut after: Vec<String> = new.imported.clone();
    after.extend(gone.into_iter().map(str::to_owned));
    before.sort_unstable();
    after.sort_unstable();
    before.dedup();
    after.dedup();
    before == after
}

/// `timeout(d, FUTURE).await.expect(…)` where FUTURE, one of `waits`, was awaited before, as a whole.
fn deadlines(
    after: &SourceFile,
    (old, new): (&Shapes, &Shapes),
    mapping: &Mapping,
    waits: &BTreeSet<Span>,
    explained: &mut Explained,
) {
    for wrapper in &new.wrappers {
        let head = Span::new(wrapper.whole.start, wrapper.limit.end);
        let ends_right = matches!(
            after.slice(wrapper.expiry).trim_start(),
            "?" | ".expect(\"connect timed out\")"
                | ".expect(\"receive timed out\")"
                | ".unwrap_or_else(|e| Err(std::io::Error::from(e).into()))"
                | ".unwrap_or_else(|e| Err(::std::io::Error::from(e).into()))"
                | ".unwrap_or_else(|e| Err(std::io::Error::new(std::io::ErrorKind::TimedOut, e).into()))"
                | ".unwrap_or_else(|e| Err(::std::io::Error::new(::std::io::ErrorKind::TimedOut, e).into()))"
        );
        if !mapping.is_inserted(head) || !ends_right {
            continue;
        }
        let kept = wrapper.joined.unwrap_or(wrapper.future);
        let Some(was) = mapping.before(kept).filter(|was| waits.contains(was)) else {
            continue;
        };
        let suffix = Span::new(wrapper.call_end, wrapper.expiry.start);
        let blanks = after.slice(suffix).len() - after.slice(suffix).trim_start().len();
        let suffix = Span::new(suffix.start + blanks, suffix.end);
        let known = match wrapper.joined {
            Some(_) => old.macros.iter().any(|mac| mac.whole == was),
            None => mapping
                .before(suffix)
                .is_some_and(|suffix| old.awaits.contains(&(was, suffix.end))),
        };
        if known {
            explained.inserted.push(Span::new(wrapper.whole.start, kept.start));
            explained.inserted.push(Span::new(kept.end, wrapper.call_end));
            explained.inserted.push(wrapper.expiry);
            if wrapper.joined.is_some() {
                explained.inserted.push(suffix);
            }
        }
    }
}

/// A link of a builder's chain, one of `links` by its name and the call that it is part of, that goes, or whose argument
/// is replaced.
fn arguments(
    (old, new): (&Shapes, &Shapes),
    mapping: &Mapping,
    links: &BTreeSet<(&str, Span)>,
    explained: &mut Explained,
) {
    let place = |link: &Link| Some((mapping.before(link.whole)?.end, link.inside));
    let after: BTreeMap<usize, Span> = new.links.iter().filter_map(place).collect();
    let declared = |link: &&Link| {
        links
            .iter()
            .any(|(name, call)| *name == link.name && call.contains(link.whole))
    };
    for link in old.links.iter().filter(declared) {
        match after.get(&link.whole.end) {
            None => explained.deleted.push(link.whole),
            Some(inside) => {
                explained.deleted.push(link.inside);
                explained.inserted.push(*inside);
            }
        }
    }
}

/// `name(…).await` where another function was called with the same arguments, in a call of `awaited` that `calls` gives the
/// new name of.
fn awaits(
    after: &SourceFile,
    (old, new): (&Shapes, &Shapes),
    mapping: &Mapping,
    (awaited, calls): (&BTreeSet<Span>, &BTreeMap<Span, &str>),
    explained: &mut Explained,
) {
    let ends: BTreeMap<usize, usize> = new.awaits.iter().map(|(base, end)| (base.end, *end)).collect();
    let declared: BTreeMap<usize, (Span, Span)> = old
        .calls
        .iter()
        .filter(|(whole, _)| awaited.contains(whole))
        .map(|(whole, callee)| (whole.end, (*whole, *callee)))
        .collect();
    for (whole, callee) in &new.calls {
        let arguments = Span::new(callee.end, whole.end);
        let was = mapping.before(arguments).and_then(|was| declared.get(&was.end));
        let (Some((was, was_callee)), Some(end)) = (was, ends.get(&whole.end)) else {
            continue;
        };
        if calls.get(was).copied() == Some(after.slice(*callee)) && mapping.is_inserted(*callee) {
            explained.deleted.push(*was_callee);
            explained.inserted.push(*callee);
            explained.inserted.push(Span::new(whole.end, *end));
        }
    }
}

/// `let _ = writeln!(stream, …)` where `println!(…)` was, one of `calls`, which name its new macro.
fn prints(
    after: &SourceFile,
    (old, new): (&Shapes, &Shapes),
    mapping: &Mapping,
    calls: &BTreeMap<Span, &str>,
    explained: &mut Explained,
) {
    for write in &new.writes {
        let Some(mac) = new.macros.iter().find(|mac| mac.whole == write.mac) else {
            continue;
        };
        let Some(close) = mapping.before(Span::new(mac.inside.end, mac.whole.end)) else {
            continue;
        };
        let Some(was) = old.macros.iter().find(|was| was.inside.end == close.start) else {
            continue;
        };
        let (name, stream) = match was.name.as_str() {
            "print" => ("write", "::io::stdout()"),
            "println" => ("writeln", "::io::stdout()"),
            "eprint" => ("write", "::io::stderr()"),
            "eprintln" => ("writeln", "::io::stderr()"),
            _ => continue,
        };
        let first = after.slice(Span::new(mac.inside.start, mac.arguments_start)).trim();
        let first = first.trim_end_matches(',');
        let is_stream = [format!("std{stream}"), format!("::std{stream}")]
            .iter()
            .any(|text| text == first);
        let is_declared = calls
            .get(&was.whole)
            .is_some_and(|callee| callee.strip_suffix('!') == Some(name));
        if is_declared && mac.name == name && is_stream {
            explained.deleted.push(was.callee);
            explained.inserted.push(Span::new(write.outer.start, mac.callee.end));
            explained
                .inserted
                .push(Span::new(mac.inside.start, mac.arguments_start));
            explained.inserted.push(Span::new(mac.whole.end, write.outer.end));
        }
    }
}

#[cfg(test)]
mod tests;

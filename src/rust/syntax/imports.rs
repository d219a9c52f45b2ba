//! Where a module takes another import.

use crate::rust::syntax::edges;
use crate::rust::syntax::parse::Offsets;
use crate::source::SourceFile;

/// The beginning of a line at which an import can be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rust) struct ImportPlace {
    /// The line's first byte.
    pub(in crate::rust) offset: usize,
    /// What the line is indented by.
    pub(in crate::rust) indent: String,
    /// No other import stands there: a blank line goes behind.
    pub(in crate::rust) alone: bool,
}

impl ImportPlace {
    /// Among the last imports of a module that follow each other, in their order, else before its first item; `None` where
    /// these share their line with other code. `path` is what is going to be imported.
    pub(in crate::rust) fn of(
        items: &[syn::Item],
        source: &SourceFile,
        offsets: Offsets,
        path: &[&str],
    ) -> Option<Self> {
        let last_use = items.iter().rposition(|item| matches!(item, syn::Item::Use(_)));
        let alone = last_use.is_none();
        let (item, behind) = match last_use {
            Some(last) => match Self::successor(items, last, source, offsets, path) {
                Some(next) => (items.get(next)?, false),
                None => (items.get(last)?, true),
            },
            None => (items.first()?, false),
        };
        let span = edges::item(item, offsets);
        let line = source.line_start(span.start);
        let indent = source.text().get(line..span.start)?.trim_start_matches('\u{feff}');
        if !indent.trim().is_empty() {
            return None;
        }
        let offset = if behind {
            let next = source.next_line_start(span.end);
            let rest = source.text().get(span.end..next)?;
            let code = rest.trim_start();
            if !rest.ends_with('\n') || !(code.is_empty() || code.starts_with("//")) {
                return None;
            }
            next
        } else {
            span.start - indent.len()
        };
        Some(Self {
            offset,
            indent: indent.to_owned(),
            alone,
        })
    }

    /// The first of the imports that end with the one at `last`, each in the line behind the other, that comes behind `path` in
    /// rustfmt's order.
    fn successor(
        items: &[syn::Item],
        last: usize,
        source: &SourceFile,
        offsets: Offsets,
        path: &[&str],
    ) -> Option<usize> {
        let (mut found, mut at) = (None, last);
        loop {
            let syn::Item::Use(item) = items.get(at)? else {
                return found;
            };
            let span = edges::item(items.get(at)?, offsets);
            if comes_behind(&item.tree, path) {
                found = Some(at);
            }
            let Some(before) = at.checked_sub(1).and_then(|before| items.get(before)) else {
                return found;
            };
            let between = source.text().get(edges::item(before, offsets).end..span.start)?;
            if !between.trim().is_empty() {
                // A comment above the first of them speaks of it.
                return found.filter(|first| *first != at);
            }
            if between.matches('\n').count() != 1 {
                return found;
            }
            at -= 1;
        }
    }
}

/// Whether an import comes behind that of `path` in rustfmt's order.
fn comes_behind(tree: &syn::UseTree, path: &[&str]) -> bool {
    let mut at = tree;
    for (index, own) in path.iter().enumerate() {
        let (name, next) = match at {
            syn::UseTree::Path(path) => (&path.ident, Some(&*path.tree)),
            syn::UseTree::Name(name) => (&name.ident, None),
            syn::UseTree::Rename(rename) => (&rename.ident, None),
            // A list is the last of its kind, a glob the first one before it.
            syn::UseTree::Glob(_) | syn::UseTree::Group(_) => return true,
        };
        let name = name.to_string();
        let order = rank(&name).cmp(&rank(own)).then_with(|| name.as_str().cmp(own));
        if order.is_ne() {
            return order.is_gt();
        }
        match next {
            Some(next) => at = next,
            // What ends here is shorter, or the same.
            None => return index + 1 == path.len(),
        }
    }
    true
}

/// `self`, `super` and `crate` come first, then what begins small.
fn rank(name: &str) -> usize {
    match name {
        "self" => 0,
        "super" => 1,
        "crate" => 2,
        _ if name.starts_with(|first: char| first.is_lowercase() || first == '_') => 3,
        _ => 4,
    }
}

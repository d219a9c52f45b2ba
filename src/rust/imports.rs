//! Where a module takes another import.

use super::edges;
use super::parse::Offsets;
use crate::source::SourceFile;

/// The beginning of a line at which an import can be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ImportPlace {
    /// The line's first byte.
    pub(super) offset: usize,
    /// What the line is indented by.
    pub(super) indent: String,
    /// No other import stands there: a blank line goes behind.
    pub(super) alone: bool,
}

impl ImportPlace {
    /// Behind the last import of a module, else before its first item; `None` where these share their line with other
    /// code.
    pub(super) fn of(items: &[syn::Item], source: &SourceFile, offsets: Offsets) -> Option<Self> {
        let last_use = items.iter().rev().find(|item| matches!(item, syn::Item::Use(_)));
        let (item, alone) = match last_use {
            Some(item) => (item, false),
            None => (items.first()?, true),
        };
        let span = edges::item(item, offsets);
        let line = source.line_start(span.start);
        let indent = source.text().get(line..span.start)?.trim_start_matches('\u{feff}');
        if !indent.trim().is_empty() {
            return None;
        }
        let offset = if alone {
            span.start - indent.len()
        } else {
            let next = source.next_line_start(span.end);
            let rest = source.text().get(span.end..next)?;
            let code = rest.trim_start();
            if !rest.ends_with('\n') || !(code.is_empty() || code.starts_with("//")) {
                return None;
            }
            next
        };
        Some(Self {
            offset,
            indent: indent.to_owned(),
            alone,
        })
    }
}

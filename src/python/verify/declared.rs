//! What the fixes of a pass declare, seen from one of the two texts, and how much of it was made use of.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::map::{EditMap, Side};
use crate::finding::Change;
use crate::source::Span;

/// The declared changes: each allows for one difference at its place. Where an edit takes a place's first or last byte
/// away the change allows for nothing; a call is known by its closing parenthesis alone.
#[derive(Default)]
pub(super) struct Declared<'a> {
    deadlines: BTreeSet<Span>,
    /// Names by the end of their call.
    arguments: BTreeMap<usize, BTreeSet<&'a str>>,
    callees: BTreeMap<usize, &'a str>,
    /// The new name by the end of the call and the old name.
    keywords: BTreeMap<(usize, &'a str), &'a str>,
    /// Ends of calls.
    with_kinds: BTreeSet<usize>,
    awaited: BTreeSet<usize>,
    item_orders: BTreeSet<usize>,
    imports: BTreeSet<&'a str>,
    gone_imports: BTreeSet<&'a str>,
    /// New expressions by their place in this text.
    expressions: BTreeMap<Span, &'a str>,
    awaits: BTreeSet<Span>,
    helpers: BTreeSet<&'a str>,
    literals: BTreeSet<Span>,
    suppressions: BTreeSet<Span>,
    comments: BTreeSet<usize>,
    used: RefCell<Used>,
}

/// What was made use of.
#[derive(Default)]
struct Used {
    deadlines: BTreeMap<Span, usize>,
    arguments: BTreeMap<(usize, String), usize>,
    positional: BTreeMap<usize, usize>,
}

impl<'a> Declared<'a> {
    pub(super) fn new(changes: &'a [Change], side: Side, map: &EditMap) -> Self {
        let byte = |offset| match side {
            Side::Old => Some(offset),
            Side::New => map.across(Side::Old, offset),
        };
        let end = |span: Span| Some(byte(span.end.checked_sub(1)?)? + 1);
        let place = |span: Span| {
            let (start, end) = (byte(span.start)?, end(span)?);
            (start < end).then(|| Span::new(start, end))
        };
        let mut declared = Self::default();
        for change in changes {
            match change {
                Change::Deadline { around } => declared.deadlines.extend(place(*around)),
                Change::Argument { name, call } => {
                    if let Some(end) = end(*call) {
                        declared.arguments.entry(end).or_default().insert(name);
                    }
                }
                Change::Callee { name, call } => declared.callees.extend(end(*call).map(|end| (end, name.as_str()))),
                Change::Keyword { from, to, call } => {
                    if let Some(end) = end(*call) {
                        declared.keywords.insert((end, from), to);
                    }
                }
                Change::WithKind { item } => declared.with_kinds.extend(end(*item)),
                Change::Awaited { call } => declared.awaited.extend(end(*call)),
                Change::ItemOrder { before } => declared.item_orders.extend(end(*before)),
                Change::Import { module } => _ = declared.imports.insert(module),
                Change::ImportGone { path } => _ = declared.gone_imports.insert(path),
                Change::Expression { at, becomes } => {
                    let place = map.replaced(*at, side);
                    declared
                        .expressions
                        .extend(place.map(|place| (place, becomes.as_str())));
                }
                Change::Await { around } => declared.awaits.extend(place(*around)),
                Change::Helper { name } => _ = declared.helpers.insert(name),
                Change::Literal { call } => declared.literals.extend(place(*call)),
                Change::Suppression { comment } => _ = declared.suppressions.insert(*comment),
                Change::Comment { call } => declared.comments.extend(end(*call)),
            }
        }
        declared
    }

    pub(super) fn any_deadline(&self) -> bool {
        !self.deadlines.is_empty()
    }

    /// What new deadlines go around within `node`.
    pub(super) fn deadlines_in(&self, node: Span) -> impl Iterator<Item = Span> + '_ {
        self.deadlines
            .range(Span::empty(node.start)..Span::empty(node.end))
            .copied()
            .filter(move |around| node.contains(*around))
    }

    pub(super) fn use_deadline(&self, around: Span) {
        *self.used.borrow_mut().deadlines.entry(around).or_default() += 1;
    }

    /// Whether the call that ends at `call` may lose this argument, get it or get another value for it.
    pub(super) fn argument(&self, name: &str, call: usize) -> bool {
        self.arguments.get(&call).is_some_and(|names| names.contains(name))
    }

    pub(super) fn use_argument(&self, name: &str, call: usize) {
        *self
            .used
            .borrow_mut()
            .arguments
            .entry((call, name.to_owned()))
            .or_default() += 1;
    }

    /// Whether the call that ends at `call` may lose some argument.
    pub(super) fn any_argument(&self, call: usize) -> bool {
        self.arguments.contains_key(&call)
    }

    pub(super) fn use_positional(&self, call: usize) {
        *self.used.borrow_mut().positional.entry(call).or_default() += 1;
    }

    /// The new callee of the call that ends at `call`.
    pub(super) fn callee(&self, call: usize) -> Option<&'a str> {
        self.callees.get(&call).copied()
    }

    /// The new name of the keyword `name` in the call that ends at `call`.
    pub(super) fn keyword(&self, name: &str, call: usize) -> Option<&'a str> {
        self.keywords.get(&(call, name)).copied()
    }

    /// Whether the `with` whose item is the call that ends at `call` may become an `async with`, or stop to be one.
    pub(super) fn with_kind(&self, call: usize) -> bool {
        self.with_kinds.contains(&call)
    }

    /// Whether `await` may come before the call that ends at `call`.
    pub(super) fn awaited(&self, call: usize) -> bool {
        self.awaited.contains(&call)
    }

    /// Whether an item may go in front of the one that enters the call that ends at `call`.
    pub(super) fn item_order(&self, call: usize) -> bool {
        self.item_orders.contains(&call)
    }

    /// Whether `path` may be imported: as it is declared, or as a name of a declared module.
    pub(super) fn import(&self, path: &str) -> bool {
        self.imports.contains(path)
            || path
                .rsplit_once('.')
                .is_some_and(|(module, _)| self.imports.contains(module))
    }

    /// Whether the name of this path may be imported no longer.
    pub(super) fn gone_import(&self, path: &str) -> bool {
        self.gone_imports.contains(path)
    }

    /// What the expression at `span` is replaced by.
    pub(super) fn expression(&self, span: Span) -> Option<&'a str> {
        self.expressions.get(&span).copied()
    }

    /// Whether the `await` before the expression at `span` may go.
    pub(super) fn gone_await(&self, span: Span) -> bool {
        self.awaits.contains(&span)
    }

    pub(super) fn helper(&self, name: &str) -> bool {
        self.helpers.contains(name)
    }

    /// Whether the literal at `span` may get stand-ins.
    pub(super) fn literal(&self, span: Span) -> bool {
        // Fixes of one pass do not edit inside each other's calls, so the last one before is the only one.
        let mut before = self.literals.range(..=Span::new(span.start, usize::MAX));
        before.next_back().is_some_and(|call| call.contains(span))
    }

    /// Whether the comment at `span` of the old text may go or get shorter.
    pub(super) fn suppression(&self, span: Span) -> bool {
        self.suppressions.contains(&span)
    }

    /// The comments of the old text that may go or get shorter.
    pub(super) fn suppressions(&self) -> impl Iterator<Item = Span> + '_ {
        self.suppressions.iter().copied()
    }

    /// Whether comments that speak of an argument may go with it from the call that ends at `call`.
    pub(super) fn comment(&self, call: usize) -> bool {
        self.comments.contains(&call)
    }

    /// # Errors
    /// What there is more of than is declared.
    pub(super) fn covers_what_was_used(&self) -> Result<(), String> {
        let used = self.used.borrow();
        if used.deadlines.values().any(|count| *count > 1) {
            return Err("more deadlines are put in than are declared".to_owned());
        }
        if let Some(((_, name), _)) = used.arguments.iter().find(|(_, count)| **count > 1) {
            return Err(format!("more arguments `{name}` change than are declared"));
        }
        for (call, positional) in &used.positional {
            let named = used.arguments.keys().filter(|(at, _)| at == call).count();
            if named + positional > self.arguments.get(call).map_or(0, BTreeSet::len) {
                return Err("more arguments change than are declared".to_owned());
            }
        }
        Ok(())
    }
}

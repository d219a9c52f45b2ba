//! Which lines allow which rules, and which of that was used.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::rules::ws002_unused_suppression as unused_suppression;
use crate::source::{SourceFile, Span};

/// The lines that a suppression speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lines {
    /// The whole file.
    Whole,
    /// From one line to another, both 1-based and included.
    Some {
        /// The first one.
        first: usize,
        /// The last one.
        last: usize,
    },
}

impl Lines {
    /// The lines that `span` touches.
    pub(super) fn of(span: Span, source: &SourceFile) -> Self {
        let text = source.slice(span);
        let last_character = text.chars().next_back().map_or(0, char::len_utf8);
        Self::Some {
            first: source.position(span.start).line,
            last: source.position(span.end - last_character).line,
        }
    }
}

/// What is allowed where. Suppressions of the same lines are one.
#[derive(Debug, Default)]
pub(super) struct Coverage<'a> {
    whole: Allowed<'a>,
    /// By first line.
    ranges: Vec<Range<'a>>,
    index: HashMap<(usize, usize), usize>,
}

#[derive(Debug)]
struct Range<'a> {
    first: usize,
    last: usize,
    /// The largest `last` of this range and of all before it: where to stop looking for one that covers a line.
    reach: usize,
    allowed: Allowed<'a>,
}

/// What one place allows, and what it was needed for.
#[derive(Debug, Default)]
struct Allowed<'a> {
    /// By which suppression every rule is.
    everything: Option<usize>,
    /// By which suppression each of these is: rules, and codes of other tools.
    codes: BTreeMap<&'a str, usize>,
    used: BTreeSet<&'a str>,
    /// What allows every rule was needed.
    is_everything_used: bool,
}

impl<'a> Allowed<'a> {
    /// `None`: every code. Of suppressions that say the same the first one counts.
    fn add(&mut self, codes: Option<Vec<&'a str>>, by: usize) {
        match codes {
            Some(codes) => codes
                .into_iter()
                .for_each(|code| _ = self.codes.entry(code).or_insert(by)),
            None => _ = self.everything.get_or_insert(by),
        }
    }

    /// By which suppression `code` is allowed; remembers that it was.
    fn take(&mut self, code: &str) -> Option<usize> {
        if let Some((known, by)) = self.codes.get_key_value(code) {
            self.used.insert(known);
            return Some(*by);
        }
        self.is_everything_used |= self.everything.is_some();
        self.everything
    }

    fn is_any_used(&self) -> bool {
        self.is_everything_used || !self.used.is_empty()
    }
}

impl<'a> Coverage<'a> {
    /// From the lines and codes of each suppression; no codes: every one.
    pub(super) fn new(suppressions: impl Iterator<Item = (Option<Lines>, Option<Vec<&'a str>>)>) -> Self {
        let mut whole = Allowed::default();
        let mut by_lines: HashMap<(usize, usize), Allowed<'a>> = HashMap::new();
        for (by, (lines, codes)) in suppressions.enumerate() {
            match lines {
                Some(Lines::Whole) => whole.add(codes, by),
                Some(Lines::Some { first, last }) => by_lines.entry((first, last)).or_default().add(codes, by),
                None => {}
            }
        }
        let mut sorted: Vec<_> = by_lines.into_iter().collect();
        sorted.sort_unstable_by_key(|&(lines, _)| lines);
        let mut reach = 0;
        let ranges: Vec<Range<'a>> = sorted
            .into_iter()
            .map(|((first, last), allowed)| {
                reach = reach.max(last);
                Range {
                    first,
                    last,
                    reach,
                    allowed,
                }
            })
            .collect();
        let index = ranges
            .iter()
            .enumerate()
            .map(|(index, range)| ((range.first, range.last), index))
            .collect();
        Self { whole, ranges, index }
    }

    /// By which suppression (the index of the closest one) a finding of `code` that starts in `line` is allowed. Every
    /// place that allows it counts as used, so of two comments that say the same neither is called unused.
    pub(super) fn allows(&mut self, line: usize, code: &str) -> Option<usize> {
        if code == unused_suppression::RULE.code {
            return None;
        }
        let whole = self.whole.take(code);
        let mut closest = None;
        let behind = self.ranges.partition_point(|range| range.first <= line);
        for range in self.ranges[..behind].iter_mut().rev() {
            if range.reach < line {
                break;
            }
            if range.last >= line {
                let by = range.allowed.take(code);
                closest = closest.or(by);
            }
        }
        closest.or(whole)
    }

    /// By which suppression a finding of `code` is allowed that holds for the whole file.
    pub(super) fn allows_in_whole_file(&mut self, code: &str) -> Option<usize> {
        self.whole.take(code)
    }

    /// Whether `code` was allowed by what holds for exactly these lines.
    pub(super) fn is_used(&self, lines: Lines, code: &str) -> bool {
        self.allowed(lines).is_some_and(|allowed| allowed.used.contains(code))
    }

    /// Whether anything was allowed by what holds for exactly these lines.
    pub(super) fn any_used(&self, lines: Lines) -> bool {
        self.allowed(lines).is_some_and(Allowed::is_any_used)
    }

    fn allowed(&self, lines: Lines) -> Option<&Allowed<'a>> {
        match lines {
            Lines::Whole => Some(&self.whole),
            Lines::Some { first, last } => {
                let index = *self.index.get(&(first, last))?;
                self.ranges.get(index).map(|range| &range.allowed)
            }
        }
    }
}

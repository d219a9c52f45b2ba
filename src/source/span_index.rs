//! Many spans of one text, to be asked which of them overlap with another one.

use super::Span;

/// Spans by where they begin. Each question costs as much as it has answers, where few of the spans hold others.
#[derive(Clone, Debug, Default)]
pub struct SpanIndex {
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    span: Span,
    /// Which of the spans it is, in the order in which they were given.
    place: usize,
    /// Where the last one ends of those that begin no later.
    furthest: usize,
}

impl SpanIndex {
    /// Of these spans, in any order.
    #[must_use]
    pub fn of(spans: impl Iterator<Item = Span>) -> Self {
        let mut spans: Vec<(Span, usize)> = spans.enumerate().map(|(place, span)| (span, place)).collect();
        spans.sort_unstable();
        let mut furthest = 0;
        let entries = spans.into_iter().map(|(span, place)| {
            furthest = span.end.max(furthest);
            Entry { span, place, furthest }
        });
        Self {
            entries: entries.collect(),
        }
    }

    /// The places of the spans that hold `span` or stand in it, in the order in which they were given.
    #[must_use]
    pub fn nested_with(&self, span: Span) -> Vec<usize> {
        let behind = self.entries.partition_point(|entry| entry.span.start <= span.end);
        let before = self.entries.iter().take(behind).rev();
        let near = before.take_while(|entry| entry.furthest >= span.start);
        let nested = near.filter(|entry| entry.span.contains(span) || span.contains(entry.span));
        let mut places: Vec<usize> = nested.map(|entry| entry.place).collect();
        places.sort_unstable();
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_one_search_after_the_other_would() {
        // Two hundred spans that a simple rule scatters, some within others.
        let scattered = |seed: usize| Span::new(seed * 37 % 101, seed * 37 % 101 + seed * 11 % 17);
        let spans: Vec<Span> = (0..200).map(scattered).collect();
        let index = SpanIndex::of(spans.iter().copied());
        for asked in (0..60).map(|seed| scattered(seed * 7 + 3)) {
            let is_nested = |place: &usize| spans[*place].contains(asked) || asked.contains(spans[*place]);
            let expected: Vec<usize> = (0..spans.len()).filter(is_nested).collect();
            assert_eq!(index.nested_with(asked), expected, "{asked:?}");
        }
        assert!(SpanIndex::default().nested_with(Span::new(0, 9)).is_empty());
    }
}

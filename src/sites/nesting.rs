//! Which sites stand where: asked by rules that speak of one place for those around it and inside of it.

use std::cell::OnceCell;

use super::{Connect, Receive, Sites};
use crate::source::{Span, SpanIndex};

/// Where the connects, the waits for messages and the tests of a file stand, once that was asked.
#[derive(Debug, Default)]
pub struct Nesting {
    connects: OnceCell<SpanIndex>,
    receives: OnceCell<SpanIndex>,
    tests: OnceCell<SpanIndex>,
}

impl Sites {
    /// The connects whose calls hold this span or stand in it, by position.
    pub fn connects_at(&self, span: Span) -> impl Iterator<Item = &Connect> {
        let calls = || SpanIndex::of(self.connects.iter().map(|connect| connect.call));
        let places = self.nesting.connects.get_or_init(calls).nested_with(span);
        places.into_iter().filter_map(|place| self.connects.get(place))
    }

    /// The connects whose calls stand in this span, by position.
    pub fn connects_within(&self, span: Span) -> impl Iterator<Item = &Connect> {
        self.connects_at(span)
            .filter(move |connect| span.contains(connect.call))
    }

    /// The waits for a message that hold this span or stand in it, by position.
    pub fn receives_at(&self, span: Span) -> impl Iterator<Item = &Receive> {
        let waits = || SpanIndex::of(self.receives.iter().map(|receive| receive.span));
        let places = self.nesting.receives.get_or_init(waits).nested_with(span);
        places.into_iter().filter_map(|place| self.receives.get(place))
    }

    /// The place among [`Sites::tests`] of the first one whose body holds this span.
    #[must_use]
    pub fn test_around(&self, span: Span) -> Option<usize> {
        let bodies = || SpanIndex::of(self.tests.iter().map(|test| test.body));
        let places = self.nesting.tests.get_or_init(bodies).nested_with(span);
        let holds = |place: &usize| self.tests.get(*place).is_some_and(|test| test.body.contains(span));
        places.into_iter().find(holds)
    }
}

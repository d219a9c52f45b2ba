//! The places that an answer comes through: a helper that connects, a caller that sets a deadline, a constant.

use std::sync::Arc;

use crate::source::{Place, SourceFile, Span};

/// A place that an answer comes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// What is there, a clause: "`dial` hands its keywords on to `websockets.connect`".
    pub what: String,
    /// Where.
    pub place: RelatedPlace,
}

/// Where a related place stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelatedPlace {
    /// In the file that it is about.
    Here(Span),
    /// In another one.
    There(OtherPlace),
}

/// A place in another file, whose text is not at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherPlace {
    /// The file, as a message names it.
    pub file: Arc<str>,
    /// Its bytes there.
    pub span: Span,
    /// Where it begins.
    pub start: Place,
    /// Where it ends.
    pub end: Place,
}

impl OtherPlace {
    /// The place at `span` of `source`, as it is told in other files.
    #[must_use]
    pub fn of(span: Span, source: &SourceFile) -> Self {
        Self::named(source.path().to_string_lossy().into(), span, source)
    }

    /// The same, with the file called `file`.
    #[must_use]
    pub fn named(file: Arc<str>, span: Span, source: &SourceFile) -> Self {
        Self {
            file,
            span,
            start: source.place(span.start),
            end: source.place(span.end),
        }
    }
}

impl Related {
    /// Where it stands, seen from `source`, the file that it is about.
    #[must_use]
    pub fn place_from(&self, source: &SourceFile) -> OtherPlace {
        match &self.place {
            RelatedPlace::Here(span) => OtherPlace::of(*span, source),
            RelatedPlace::There(place) => place.clone(),
        }
    }

    /// `net.py:8: what is there`.
    #[must_use]
    pub fn told(&self, source: &SourceFile) -> String {
        let place = self.place_from(source);
        format!("{}:{}: {}", place.file, place.start.line_short(), self.what)
    }
}

//! Which bytes of a text are code, comments and strings.

/// What a byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Code,
    Comment,
    /// A string that holds no code.
    Text,
    /// A string of bytes: what is printed of it is ASCII.
    Bytes,
    /// A string with code in it, or whatever follows one whose end is not certain: everything may be in there.
    Mixed,
}

impl Part {
    pub(super) fn may_be_code(self) -> bool {
        matches!(self, Self::Code | Self::Mixed)
    }

    pub(super) fn may_be_text(self) -> bool {
        matches!(self, Self::Text | Self::Mixed)
    }
}

/// The parts of a text, by the offsets at which they begin. It begins with code, and code stands between all others.
#[derive(Debug)]
pub(super) struct Parts(Vec<(usize, Part)>);

impl Parts {
    pub(super) fn new() -> Self {
        Self(vec![(0, Part::Code)])
    }

    /// Adds one that is no code, from `start` to `end`.
    pub(super) fn push(&mut self, part: Part, start: usize, end: usize) {
        self.0.extend([(start, part), (end, Part::Code)]);
    }

    /// The part that the byte at `offset` belongs to.
    pub(super) fn at(&self, offset: usize) -> Part {
        let behind = self.0.partition_point(|(start, _)| *start <= offset);
        let part = behind.checked_sub(1).and_then(|index| self.0.get(index));
        part.map_or(Part::Code, |(_, part)| *part)
    }

    /// Where each part of a text of so many bytes begins and ends.
    pub(super) fn iter(&self, bytes: usize) -> impl Iterator<Item = (usize, usize, Part)> {
        let starts = self.0.iter().map(|(start, _)| *start);
        let ends = starts.skip(1).chain([bytes]);
        self.0.iter().zip(ends).map(|((start, part), end)| (*start, end, *part))
    }

    /// A letter for each of so many bytes.
    #[cfg(test)]
    pub(super) fn drawn(&self, bytes: usize) -> String {
        let letters = (0..bytes).map(|offset| match self.at(offset) {
            Part::Code => '.',
            Part::Comment => '#',
            Part::Text => 't',
            Part::Bytes => 'b',
            Part::Mixed => 'm',
        });
        letters.collect()
    }
}

/// The bytes from an offset on, which may lie behind them all.
pub(super) fn from(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

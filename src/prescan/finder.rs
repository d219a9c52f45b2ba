//! Finds where any of some texts stands.

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind, Span, packed};

/// Looks for some texts, none of which is the beginning of one behind it.
#[derive(Clone, Debug)]
pub(super) enum Finder {
    /// By SIMD (Teddy). The automaton would choose it too, but not for texts that begin with one or two bytes alone: it
    /// stops at each of these, however often they stand in any text.
    Packed(packed::Searcher),
    /// Byte by byte.
    Automaton(AhoCorasick),
}

impl Finder {
    /// None where there are more texts than an automaton takes.
    pub(super) fn of(texts: &[impl AsRef<[u8]>]) -> Option<Self> {
        let packed = packed::Searcher::new(texts).map(Self::Packed);
        packed.or_else(|| Self::automaton(texts, AhoCorasickKind::ContiguousNFA, false))
    }

    /// As [`Self::of`] for more texts than SIMD is fast for.
    pub(super) fn of_many(texts: &[impl AsRef<[u8]>]) -> Option<Self> {
        Self::automaton(texts, AhoCorasickKind::DFA, false)
    }

    /// As [`Self::of`], whatever the case of ASCII letters, for short haystacks: the automaton is not worth much work.
    pub(super) fn of_any_case(texts: &[impl AsRef<[u8]>]) -> Option<Self> {
        Self::automaton(texts, AhoCorasickKind::ContiguousNFA, true)
    }

    fn automaton(texts: &[impl AsRef<[u8]>], kind: AhoCorasickKind, any_case: bool) -> Option<Self> {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(kind))
            .prefilter(false)
            .ascii_case_insensitive(any_case)
            .build(texts);
        automaton.ok().map(Self::Automaton)
    }

    /// Each text that stands in the haystack, by its place in the list, and where it begins. Of several that begin at one
    /// place the first of the list.
    pub(super) fn all(&self, haystack: &[u8]) -> impl Iterator<Item = (usize, usize)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let (index, start) = self.next(haystack, at)?;
            at = start + 1;
            Some((index, start))
        })
    }

    fn next(&self, haystack: &[u8], at: usize) -> Option<(usize, usize)> {
        let rest = Span::from(at..haystack.len());
        let found = match self {
            Self::Packed(searcher) => searcher.find_in(haystack, rest),
            Self::Automaton(automaton) => automaton.find(Input::new(haystack).span(rest)),
        };
        found.map(|found| (found.pattern().as_usize(), found.start()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finder_finds_them_all() {
        let texts = ["writelines", "write", "\\u"];
        for finder in [Finder::of(&texts), Finder::of_many(&texts), Finder::of_any_case(&texts)] {
            let finder = finder.unwrap();
            let found = |haystack: &str| finder.all(haystack.as_bytes()).collect::<Vec<_>>();
            assert_eq!(
                found("a.write(b) \\u\\uwritelines"),
                [(1, 2), (2, 11), (2, 13), (0, 15)],
                "{finder:?}"
            );
            assert_eq!(found("\\u"), [(2, 0)], "{finder:?}");
            assert_eq!(found(""), [], "{finder:?}");
        }
        let any_case = Finder::of_any_case(&texts).unwrap();
        assert_eq!(any_case.all(b"a.Write").collect::<Vec<_>>(), [(1, 2)]);
    }
}

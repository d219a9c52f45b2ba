//! Finds many words at once, by what they begin with.

use super::finder::Finder;
use super::imports::{self, IMPORT};
use super::plan::Condition;
use super::text::Text;
use super::words::Shape;
use crate::catalog::Name;

/// Finds the words of some conditions.
#[derive(Clone, Debug)]
pub(super) struct Words {
    passes: Vec<Pass>,
    /// The places of the conditions, in order.
    pub(super) conditions: Vec<usize>,
    any_case: bool,
}

/// Words that are looked for in one pass over a text.
#[derive(Clone, Debug)]
struct Pass {
    /// Finds the stems; none where it could not be built: every condition is met then.
    finder: Option<Finder>,
    stems: Vec<Stem>,
}

/// What some words begin with.
#[derive(Clone, Debug)]
struct Stem {
    text: String,
    /// Its words, how they may stand, and which condition they meet then.
    words: Vec<(Name, Shape, usize)>,
    /// Modules whose imports begin so, as all do, and which condition each meets; sorted, some more than once.
    modules: Vec<(Name, usize)>,
}

/// Words that have so many first bytes in common are looked for by what they all begin with: few texts are found fast.
const STEM_BYTES: usize = 4;

/// Of more texts the SIMD search takes so much else for one of them that two passes are faster.
const MOST_IN_A_PASS: usize = 20;

/// For more passes than this one automaton is faster, however many texts it looks for.
const MOST_PASSES: usize = 3;

/// The conditions that a text has met so far.
struct Met<F> {
    /// By their places.
    is_met: Vec<bool>,
    /// How many are not.
    left: usize,
    is_enough: F,
}

impl<F: FnMut(usize) -> bool> Met<F> {
    fn knows(&self, place: usize) -> bool {
        self.is_met.get(place).copied().unwrap_or_default()
    }

    /// Takes a condition for met; whether that is enough.
    fn takes(&mut self, place: usize) -> bool {
        match self.is_met.get_mut(place).filter(|is_met| !**is_met) {
            Some(is_met) => *is_met = true,
            None => return false,
        }
        self.left -= 1;
        (self.is_enough)(place)
    }
}

impl Words {
    /// The conditions come by their places, in order.
    pub(super) fn of<'c>(conditions: impl IntoIterator<Item = (usize, &'c Condition)>, any_case: bool) -> Self {
        let mut places = Vec::new();
        let mut words = Vec::new();
        for (place, condition) in conditions {
            places.push(place);
            let own = condition.words.iter();
            words.extend(own.map(|(word, shape)| (word.clone(), *shape, place)));
        }
        Self {
            passes: passes(stems(words), any_case),
            conditions: places,
            any_case,
        }
    }

    /// Whether all passes look for few enough texts for SIMD.
    #[cfg(test)]
    pub(super) fn is_simd(&self) -> bool {
        self.passes.iter().all(|pass| pass.stems.len() <= MOST_IN_A_PASS)
    }

    /// Hands out the conditions that the text meets by words that fit where they stand, each once, until one is enough. Returns
    /// whether one was.
    pub(super) fn each(
        &self,
        text: &Text<'_>,
        fits: impl Fn(Shape, usize, usize) -> bool,
        is_enough: impl FnMut(usize) -> bool,
    ) -> bool {
        let mut met = Met {
            is_met: vec![false; self.conditions.last().map_or(0, |last| last + 1)],
            left: self.conditions.len(),
            is_enough,
        };
        self.passes.iter().any(|pass| self.pass(pass, text, &fits, &mut met))
    }

    fn pass(
        &self,
        pass: &Pass,
        text: &Text<'_>,
        fits: &impl Fn(Shape, usize, usize) -> bool,
        met: &mut Met<impl FnMut(usize) -> bool>,
    ) -> bool {
        let Some(finder) = &pass.finder else {
            return self.conditions.iter().any(|place| met.takes(*place));
        };
        for (index, start) in finder.all(text.bytes()) {
            let Some(stem) = pass.stems.get(index) else {
                return false;
            };
            let is_enough = stem.words.iter().any(|(word, shape, place)| {
                !met.knows(*place)
                    && self.stands_at(word, text, start)
                    && fits(*shape, start, start + word.len())
                    && met.takes(*place)
            });
            if is_enough || self.imports_at(stem, text, start, met) {
                return true;
            }
            if met.left == 0 {
                return false;
            }
        }
        false
    }

    fn imports_at(&self, stem: &Stem, text: &Text<'_>, start: usize, met: &mut Met<impl FnMut(usize) -> bool>) -> bool {
        if stem.modules.is_empty() || !self.stands_at(IMPORT, text, start) {
            return false;
        }
        imports::modules(text.bytes(), start)
            .flat_map(|module| stem.met_by_import_of(module))
            .any(|place| met.takes(place))
    }

    fn stands_at(&self, word: &str, text: &Text<'_>, start: usize) -> bool {
        let there = text.bytes().get(start..start + word.len());
        there.is_some_and(|there| match self.any_case {
            true => there.eq_ignore_ascii_case(word.as_bytes()),
            false => there == word.as_bytes(),
        })
    }
}

/// As few passes as are fast. Stems that begin alike are looked for together.
fn passes(stems: Vec<Stem>, any_case: bool) -> Vec<Pass> {
    let is_simd = !any_case && stems.len() <= MOST_IN_A_PASS * MOST_PASSES;
    let count = match is_simd {
        true => stems.len().div_ceil(MOST_IN_A_PASS),
        false => 1,
    };
    let size = stems.len().div_ceil(count.max(1)).max(1);
    let mut stems = stems.into_iter();
    let passes = std::iter::from_fn(|| {
        let stems: Vec<Stem> = stems.by_ref().take(size).collect();
        // No stem begins with another: at each place at most one stands.
        let texts: Vec<&str> = stems.iter().map(|stem| stem.text.as_str()).collect();
        let finder = match (is_simd, any_case) {
            _ if stems.is_empty() => return None,
            (true, _) => Finder::of(&texts),
            (false, true) => Finder::of_any_case(&texts),
            (false, false) => Finder::of_many(&texts),
        };
        Some(Pass { finder, stems })
    });
    passes.collect()
}

/// Sorts words by what they begin with.
fn stems(mut words: Vec<(Name, Shape, usize)>) -> Vec<Stem> {
    words.sort_unstable_by(|one, other| (begin(one), one).cmp(&(begin(other), other)));
    let mut stems: Vec<Stem> = Vec::new();
    for word in words {
        let text = begin(&word);
        match stems.last_mut() {
            Some(stem) if begin_alike(&stem.text, text) => stem.text.truncate(common_bytes(&stem.text, text)),
            _ => stems.push(Stem {
                text: text.to_owned(),
                words: Vec::new(),
                modules: Vec::new(),
            }),
        }
        if let Some(stem) = stems.last_mut() {
            stem.add(word);
        }
    }
    stems
}

/// What is looked for to find the word.
fn begin((word, shape, _): &(Name, Shape, usize)) -> &str {
    match shape {
        Shape::Module => IMPORT,
        _ => word,
    }
}

fn begin_alike(one: &str, other: &str) -> bool {
    common_bytes(one, other) >= STEM_BYTES.min(one.len()).min(other.len())
}

impl Stem {
    fn met_by_import_of(&self, module: &[u8]) -> impl Iterator<Item = usize> {
        let first = self.modules.partition_point(|(known, _)| known.as_bytes() < module);
        let behind = self.modules.get(first..).unwrap_or_default().iter();
        behind
            .take_while(move |(known, _)| known.as_bytes() == module)
            .map(|(_, place)| *place)
    }

    /// Words come in order.
    fn add(&mut self, word: (Name, Shape, usize)) {
        match word {
            (module, Shape::Module, place) => self.modules.push((module, place)),
            word => self.words.push(word),
        }
    }
}

/// How many bytes two words begin with together, in whole characters.
fn common_bytes(one: &str, other: &str) -> usize {
    let pairs = one.bytes().zip(other.bytes());
    let common = pairs.take_while(|(one, other)| one == other).count();
    one.floor_char_boundary(common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_begin_alike_are_looked_for_together() {
        let words = [
            "WS101", "WS102", "async", "asyncio", "dbg", "dbgs", "print", "prose", "wsé", "wsê",
        ];
        let stems = stems(words.map(|word| (word.into(), Shape::Whole, 0)).into());
        let texts: Vec<&str> = stems.iter().map(|stem| stem.text.as_str()).collect();
        assert_eq!(texts, ["WS10", "async", "dbg", "print", "prose", "wsé", "wsê"]);
    }

    #[test]
    fn all_modules_are_looked_for_by_their_imports() {
        let words = [
            ("trio", Shape::Module),
            ("impossible", Shape::Whole),
            ("aiohttp", Shape::Module),
        ];
        let stems = stems(words.map(|(word, shape)| (word.into(), shape, 0)).into());
        let texts: Vec<_> = stems
            .iter()
            .map(|stem| (stem.text.as_str(), stem.modules.len()))
            .collect();
        assert_eq!(texts, [("impo", 2)]);
    }
}

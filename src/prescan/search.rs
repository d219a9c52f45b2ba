//! The search for what one language's rules wait for.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use super::Announced;
use super::plan::{Besides, Condition, Plan, Trigger};
use super::refused::Refused;
use super::text::Text;
use super::words::Shape;
use crate::source::Language;

/// Looks for the triggers of the rules that run. Nothing is built before a file of the language comes along.
#[derive(Clone, Debug)]
pub(super) struct Search {
    conditions: Vec<Lookout>,
    triggers: Vec<Trigger>,
    refused: Refused,
    any_case: bool,
    /// Finds the anchors of the triggers that are wanted.
    wanted: OnceLock<Words>,
    /// Finds those of all triggers, where these are more.
    all: OnceLock<Words>,
}

/// A condition, and what finds its words.
#[derive(Clone, Debug)]
struct Lookout {
    condition: Condition,
    words: OnceLock<Words>,
}

/// What is known of the conditions of one text, by their places.
type Known = Vec<Option<bool>>;

/// Words below this length, in bytes, are found too often to tell anything.
const TELLING_BYTES: usize = 4;

impl Search {
    pub(super) fn new(plan: Plan<'_>, refused: Refused, language: Language) -> Self {
        let lookout = |condition| Lookout {
            condition,
            words: OnceLock::new(),
        };
        Self {
            conditions: plan.conditions.into_iter().map(lookout).collect(),
            triggers: plan.triggers,
            refused,
            any_case: language == Language::Manifest,
            wanted: OnceLock::new(),
            all: OnceLock::new(),
        }
    }

    /// What the triggers that the text meets announce; `None` where none of them is wanted.
    pub(super) fn announced(&self, text: &Text<'_>) -> Option<Announced> {
        let mut known = self.known(self.wanted(), text);
        let mut wanted = self.triggers.iter().filter(|trigger| trigger.is_wanted);
        wanted.find(|trigger| self.is_met(trigger, text, &mut known))?;
        if let Some(all) = self.all() {
            known = self.known(all, text);
        }
        let met = self
            .triggers
            .iter()
            .filter(|trigger| self.is_met(trigger, text, &mut known));
        Some(met.fold(Announced::NOTHING, |announced, trigger| {
            announced.and(trigger.announces)
        }))
    }

    /// Finds the anchors of the triggers that are wanted.
    fn wanted(&self) -> &Words {
        self.wanted.get_or_init(|| self.anchors(|trigger| trigger.is_wanted))
    }

    /// Finds those of all triggers, where these are more.
    fn all(&self) -> Option<&Words> {
        let is_more = self.triggers.iter().any(|trigger| !trigger.is_wanted);
        is_more.then(|| self.all.get_or_init(|| self.anchors(|_| true)))
    }

    /// The words of all conditions, without their shapes.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let words = self.conditions.iter().flat_map(|lookout| &lookout.condition.words);
        words.map(|(word, _)| word.as_str())
    }

    /// Looks for one condition of each of these triggers, chosen to be rare, at once: most texts meet none of them.
    fn anchors(&self, of: impl Fn(&Trigger) -> bool) -> Words {
        let triggers = self.triggers.iter().filter(|trigger| of(trigger));
        let mut anchors: Vec<usize> = triggers.filter_map(|trigger| self.anchor(trigger)).collect();
        anchors.sort_unstable();
        anchors.dedup();
        let conditions = anchors
            .into_iter()
            .filter_map(|place| Some((place, &self.conditions.get(place)?.condition)));
        Words::of(conditions, self.any_case)
    }

    /// The condition of a trigger whose words are long; none where it can be met without a word.
    fn anchor(&self, trigger: &Trigger) -> Option<usize> {
        let shortest = |place: &usize| {
            let words = &self.conditions.get(*place)?.condition.words;
            words.iter().map(|(word, _)| word.len().min(TELLING_BYTES)).min()
        };
        let in_words = trigger.conditions.iter().copied().filter(|place| {
            let lookout = self.conditions.get(*place);
            lookout.is_some_and(|lookout| lookout.condition.besides.is_none())
        });
        // Of several the first.
        in_words.rev().max_by_key(shortest)
    }

    /// What the anchors say.
    fn known(&self, anchors: &Words, text: &Text<'_>) -> Known {
        let mut known = vec![None; self.conditions.len()];
        for place in anchors.conditions() {
            set(&mut known, place, false);
        }
        anchors.each(text, &self.refused, |place| {
            set(&mut known, place, true);
            false
        });
        known
    }

    fn is_met(&self, trigger: &Trigger, text: &Text<'_>, known: &mut Known) -> bool {
        let is_known_not = |place: &usize| known.get(*place) == Some(&Some(false));
        !trigger.conditions.iter().any(is_known_not)
            && trigger.conditions.iter().all(|&place| {
                let met = known.get(place).copied().flatten();
                met.unwrap_or_else(|| {
                    let met = self
                        .conditions
                        .get(place)
                        .is_none_or(|lookout| self.looks_out(lookout, text));
                    set(known, place, met);
                    met
                })
            })
    }

    fn looks_out(&self, lookout: &Lookout, text: &Text<'_>) -> bool {
        let met = match lookout.condition.besides {
            Some(Besides::RefusedCharacter) => self.refused.is_in(text),
            Some(Besides::TestPath) => (text.file.is_test)(),
            Some(Besides::OtherPath) => !(text.file.is_test)(),
            None => false,
        };
        let words = || {
            lookout
                .words
                .get_or_init(|| Words::of([(0, &lookout.condition)], self.any_case))
        };
        met || words().each(text, &self.refused, |_| true)
    }
}

fn set(known: &mut Known, place: usize, met: bool) {
    if let Some(condition) = known.get_mut(place) {
        *condition = Some(met);
    }
}

/// Finds the words of some conditions.
#[derive(Clone, Debug)]
struct Words {
    /// Finds the stems; none where it could not be built: every condition is met then.
    automaton: Option<AhoCorasick>,
    stems: Vec<Stem>,
    any_case: bool,
}

/// What some words begin with.
#[derive(Clone, Debug)]
struct Stem {
    text: String,
    /// Its words, how they may stand, and which condition they meet then.
    words: Vec<(String, Shape, usize)>,
}

/// Words that have so many first bytes in common are looked for by what they all begin with: few texts are found fast.
const STEM_BYTES: usize = 4;

impl Words {
    fn of<'c>(conditions: impl IntoIterator<Item = (usize, &'c Condition)>, any_case: bool) -> Self {
        let words = conditions.into_iter().flat_map(|(place, condition)| {
            condition
                .words
                .iter()
                .map(move |(word, shape)| (word.clone(), *shape, place))
        });
        let stems = stems(words.collect());
        // Only such matches are found by SIMD. No stem begins with another: at each place at most one stands.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .ascii_case_insensitive(any_case)
            .build(stems.iter().map(|stem| &stem.text));
        Self {
            automaton: automaton.ok(),
            stems,
            any_case,
        }
    }

    /// The conditions that it looks for.
    fn conditions(&self) -> impl Iterator<Item = usize> {
        self.stems.iter().flat_map(|stem| &stem.words).map(|(.., place)| *place)
    }

    /// Hands out the conditions that the text meets, some more than once, until one is enough. Returns whether one was.
    fn each(&self, text: &Text<'_>, refused: &Refused, mut is_enough: impl FnMut(usize) -> bool) -> bool {
        let Some(automaton) = &self.automaton else {
            return self.conditions().any(is_enough);
        };
        let mut at = 0;
        while let Some(found) = automaton.find(Input::new(text.bytes()).range(at..)) {
            let start = found.start();
            let words = self
                .stems
                .get(found.pattern().as_usize())
                .into_iter()
                .flat_map(|stem| &stem.words);
            let mut fitting = words.filter(|(word, shape, _)| {
                self.stands_at(word, text, start) && shape.fits(text, start, start + word.len(), refused)
            });
            if fitting.any(|(.., place)| is_enough(*place)) {
                return true;
            }
            at = start + 1;
        }
        false
    }

    fn stands_at(&self, word: &str, text: &Text<'_>, start: usize) -> bool {
        let there = text.bytes().get(start..start + word.len());
        there.is_some_and(|there| match self.any_case {
            true => there.eq_ignore_ascii_case(word.as_bytes()),
            false => there == word.as_bytes(),
        })
    }
}

/// Sorts words by what they begin with.
fn stems(mut words: Vec<(String, Shape, usize)>) -> Vec<Stem> {
    words.sort_unstable();
    let mut stems: Vec<Stem> = Vec::new();
    for word in words {
        let text = &word.0;
        if let Some(stem) = stems.last_mut() {
            let common = common_bytes(&stem.text, text);
            if common >= STEM_BYTES.min(stem.text.len()).min(text.len()) {
                stem.text.truncate(common);
                stem.words.push(word);
                continue;
            }
        }
        stems.push(Stem {
            text: text.clone(),
            words: vec![word],
        });
    }
    stems
}

/// How many bytes two words begin with together, in whole characters.
fn common_bytes(one: &str, other: &str) -> usize {
    let pairs = one.chars().zip(other.chars());
    let common = pairs.take_while(|(one, other)| one == other);
    common.map(|(letter, _)| letter.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Vocabulary;
    use crate::config::Settings;
    use crate::prescan::Prescan;

    #[test]
    fn the_anchors_are_few_enough_for_simd() {
        // What Teddy takes, aho-corasick's search by SIMD.
        const MOST: usize = 64;
        let prescan = Prescan::new(&Settings::default(), &Vocabulary::with(&[]));
        for search in [&prescan.python, &prescan.rust] {
            let stems = search.anchors(|trigger| trigger.is_wanted).stems;
            assert!(stems.len() <= MOST, "{stems:?}");
        }
    }

    #[test]
    fn words_that_begin_alike_are_looked_for_together() {
        let words = [
            "WS101", "WS102", "async", "asyncio", "dbg", "dbgs", "print", "prose", "wsé", "wsê",
        ];
        let stems = stems(words.map(|word| (word.to_owned(), Shape::Whole, 0)).into());
        let texts: Vec<&str> = stems.iter().map(|stem| stem.text.as_str()).collect();
        assert_eq!(texts, ["WS10", "async", "dbg", "print", "prose", "wsé", "wsê"]);
    }
}

//! The search for what one language's rules wait for.

use std::sync::OnceLock;

use super::Announced;
use super::plan::{Besides, Condition, Plan, Trigger};
use super::refused::Refused;
use super::stems::Words;
use super::text::Text;
use super::words::{Care, Shape};
use crate::signs::Sign;
use crate::source::Language;

/// Looks for the triggers of the rules that run.
#[derive(Clone, Debug)]
pub(super) struct Search {
    conditions: Vec<Lookout>,
    triggers: Vec<Trigger>,
    refused: Refused,
    any_case: bool,
    /// Finds the anchors of the triggers that are wanted.
    wanted: Anchors,
    /// Finds those of all triggers, where these are more.
    all: OnceLock<Anchors>,
    /// Finds the words of the other conditions that are met by words alone.
    others: OnceLock<Words>,
}

/// A condition, and what finds its words.
#[derive(Clone, Debug)]
struct Lookout {
    condition: Condition,
    words: OnceLock<Words>,
}

/// Finds one condition of each of some triggers, chosen to be rare: most texts meet none of them.
#[derive(Clone, Debug)]
struct Anchors {
    words: Words,
    /// Each trigger has one: a text that meets none of them meets no trigger.
    are_complete: bool,
}

/// What is known of one text.
struct Known {
    care: Care,
    /// Whether it meets each condition, by their places.
    conditions: Vec<Option<bool>>,
}

/// Words below this length, in bytes, are found too often to tell anything.
const TELLING_BYTES: usize = 4;

impl Search {
    pub(super) fn new(plan: Plan<'_>, refused: Refused, language: Language) -> Self {
        let lookout = |condition| Lookout {
            condition,
            words: OnceLock::new(),
        };
        let any_case = language == Language::Manifest;
        let (conditions, triggers) = plan.into_parts();
        let conditions: Vec<Lookout> = conditions.into_iter().map(lookout).collect();
        let wanted = triggers.iter().filter(|trigger| trigger.is_wanted);
        Self {
            wanted: Anchors::of(wanted, &conditions, any_case),
            conditions,
            triggers,
            refused,
            any_case,
            all: OnceLock::new(),
            others: OnceLock::new(),
        }
    }

    /// What the triggers that the text meets announce; `None` where none of them is wanted.
    pub(super) fn announced(&self, text: &Text<'_>) -> Option<Announced> {
        self.known_of_wanted(text, Care::Loose)?;
        let mut known = self.known_of_wanted(text, Care::Strict)?;
        if let Some(all) = self.all() {
            known.learn(&all.words, &self.met(&all.words, text, Care::Strict));
        }
        let met = self
            .triggers
            .iter()
            .filter(|trigger| self.is_met(trigger, text, &mut known));
        Some(met.fold(Announced::NOTHING, |announced, trigger| {
            announced.and(trigger.announces)
        }))
    }

    /// Whether a rule that runs waits for what this sign announces.
    pub(super) fn wants(&self, sign: Sign) -> bool {
        let mut triggers = self.triggers.iter();
        triggers.any(|trigger| trigger.is_wanted && trigger.announces == sign)
    }

    /// What is known of the text once it meets one of the triggers that are wanted; `None` where it does not.
    fn known_of_wanted(&self, text: &Text<'_>, care: Care) -> Option<Known> {
        let met = self.met(&self.wanted.words, text, care);
        if met.is_empty() && self.wanted.are_complete {
            return None;
        }
        let mut known = Known {
            care,
            conditions: vec![None; self.conditions.len()],
        };
        known.learn(&self.wanted.words, &met);
        let mut wanted = self.triggers.iter().filter(|trigger| trigger.is_wanted);
        wanted.find(|trigger| self.is_met(trigger, text, &mut known))?;
        Some(known)
    }

    /// Finds the anchors of all triggers, where these are more than the wanted ones.
    fn all(&self) -> Option<&Anchors> {
        let is_more = self.triggers.iter().any(|trigger| !trigger.is_wanted);
        let anchors = || Anchors::of(self.triggers.iter(), &self.conditions, self.any_case);
        is_more.then(|| self.all.get_or_init(anchors))
    }

    /// The words of all conditions, without their shapes.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let words = self.conditions.iter().flat_map(|lookout| &lookout.condition.words);
        words.map(|(word, _)| word.as_ref())
    }

    /// The places of those conditions of `words` that the text meets.
    fn met(&self, words: &Words, text: &Text<'_>, care: Care) -> Vec<usize> {
        let mut met = Vec::new();
        self.each(words, text, care, |place| {
            met.push(place);
            false
        });
        met
    }

    fn each(&self, words: &Words, text: &Text<'_>, care: Care, is_enough: impl FnMut(usize) -> bool) -> bool {
        let fits = |shape: Shape, start, end| shape.fits(text, start, end, &self.refused, care);
        words.each(text, fits, is_enough)
    }

    fn is_met(&self, trigger: &Trigger, text: &Text<'_>, known: &mut Known) -> bool {
        !trigger.conditions.iter().any(|&place| known.of(place) == Some(false))
            && trigger.conditions.iter().all(|&place| {
                known.of(place).unwrap_or_else(|| {
                    self.look_for(place, text, known);
                    known.of(place).unwrap_or(true)
                })
            })
    }

    /// Finds out about a condition. Where words alone meet it, about all of that kind: more of them will be asked for.
    fn look_for(&self, place: usize, text: &Text<'_>, known: &mut Known) {
        let Some(lookout) = self.conditions.get(place) else {
            return;
        };
        let care = known.care;
        let met = match lookout.condition.besides {
            Some(Besides::RefusedCharacter) => self.refused.is_in(text, care),
            Some(Besides::TestPath) => text.is_test(),
            Some(Besides::OtherPath) => !text.is_test(),
            None => {
                let others = self.others();
                known.learn(others, &self.met(others, text, care));
                return;
            }
        };
        let words = || {
            lookout
                .words
                .get_or_init(|| Words::of([(0, &lookout.condition)], self.any_case))
        };
        known.set(place, met || self.each(words(), text, care, |_| true));
    }

    fn others(&self) -> &Words {
        self.others.get_or_init(|| {
            let anchors = &self.wanted.words.conditions;
            let others = self.conditions.iter().enumerate().filter(|(place, lookout)| {
                lookout.condition.besides.is_none() && anchors.binary_search(place).is_err()
            });
            words_of(others.map(|(place, _)| place), &self.conditions, self.any_case)
        })
    }
}

impl Anchors {
    fn of<'t>(triggers: impl Iterator<Item = &'t Trigger>, conditions: &[Lookout], any_case: bool) -> Self {
        let telling: Vec<Option<usize>> = conditions.iter().map(|lookout| lookout.condition.telling()).collect();
        let anchors: Vec<Option<usize>> = triggers.map(|trigger| anchor(trigger, &telling)).collect();
        Self {
            are_complete: anchors.iter().all(Option::is_some),
            words: words_of(anchors.into_iter().flatten(), conditions, any_case),
        }
    }
}

impl Condition {
    /// How much the shortest of its words tells; none where something besides words meets it. Imports are all found by one word.
    fn telling(&self) -> Option<usize> {
        let of_words = self.words.iter().map(|(word, shape)| match shape {
            Shape::Module => usize::MAX,
            _ => word.len().min(TELLING_BYTES),
        });
        of_words.min().filter(|_| self.besides.is_none())
    }
}

/// The condition of a trigger that is the rarest to be met; none where the trigger can be met without a word.
fn anchor(trigger: &Trigger, telling: &[Option<usize>]) -> Option<usize> {
    let in_words = trigger.conditions.iter().filter_map(|place| {
        let telling = telling.get(*place).copied().flatten()?;
        Some((telling, *place))
    });
    // Of several the first.
    in_words
        .rev()
        .max_by_key(|(telling, _)| *telling)
        .map(|(_, place)| place)
}

/// Looks for the words of the conditions at these places.
fn words_of(places: impl Iterator<Item = usize>, conditions: &[Lookout], any_case: bool) -> Words {
    let mut places = Vec::from_iter(places);
    places.sort_unstable();
    places.dedup();
    let conditions = places
        .into_iter()
        .filter_map(|place| Some((place, &conditions.get(place)?.condition)));
    Words::of(conditions, any_case)
}

impl Known {
    fn of(&self, place: usize) -> Option<bool> {
        self.conditions.get(place).copied().flatten()
    }

    fn set(&mut self, place: usize, met: bool) {
        if let Some(condition) = self.conditions.get_mut(place) {
            *condition = Some(met);
        }
    }

    /// Takes what `words` say of their conditions for known: that these are met, and the others are not.
    fn learn(&mut self, words: &Words, met: &[usize]) {
        for place in &words.conditions {
            self.set(*place, false);
        }
        for place in met {
            self.set(*place, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::prescan::Prescan;
    use crate::settings::Settings;
    use crate::source::Language;

    #[test]
    fn the_anchors_are_few_enough_for_simd() {
        let prescan = Prescan::new(&Settings::default(), &[]);
        for language in [Language::Python, Language::Rust] {
            let search = prescan.search(language);
            let anchors = &search.wanted.words;
            assert!(anchors.is_simd(), "{anchors:?}");
        }
    }
}

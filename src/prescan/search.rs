//! The search for the words of one language.

use std::array;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::words::{self, Shape};
use super::{Announced, Sign, longest_word, triggers};
use crate::catalog::{Vocabulary, Words};
use crate::rules;
use crate::source::Language;

/// Looks for the triggers of the rules that run. Nothing is built before a file of the language comes along.
#[derive(Clone, Debug)]
pub(super) struct Search {
    words: Vec<Word>,
    triggers: Vec<Trigger>,
    any_case: bool,
    /// Finds a word of each trigger, chosen to be rare: most files are dropped for having none. No automaton means that
    /// nothing can be dropped.
    anchors: OnceLock<Option<AhoCorasick>>,
    /// Finds each word.
    all: OnceLock<Option<AhoCorasick>>,
}

/// Conditions that must all be met.
#[derive(Clone, Copy, Debug)]
struct Trigger {
    conditions: Conditions,
    /// What they announce.
    announces: Sign,
    /// A rule that runs waits for it.
    is_wanted: bool,
}

#[derive(Clone, Debug)]
struct Word {
    text: String,
    shape: Shape,
    /// What it meets.
    conditions: Conditions,
}

/// A set of conditions: a bit for each [`Sign`], and two or three for each library of the catalogue.
type Conditions = u128;

/// The lowest bit of the libraries. More of them than there are bits share some, which drops no file more.
const LIBRARIES: usize = 16;

/// Words below this length, in bytes, are found too often to tell anything.
const TELLING_BYTES: usize = 4;

impl Search {
    /// For the triggers of all rules, of which those of the rules that run are `wanted`.
    pub(super) fn new(wanted: &[&[Sign]], vocabulary: &Vocabulary, language: Language) -> Self {
        let mut plan = Plan::default();
        for signs in triggers(language, |_| true) {
            plan.is_wanted = wanted.contains(&signs);
            plan.trigger(signs, vocabulary, language);
        }
        Self {
            words: plan.words(),
            triggers: plan.triggers,
            any_case: language == Language::Manifest,
            anchors: OnceLock::new(),
            all: OnceLock::new(),
        }
    }

    /// Whether these bytes meet a trigger that is wanted.
    pub(super) fn finds(&self, bytes: &[u8]) -> bool {
        let Some(anchors) = self.anchors.get_or_init(|| self.search_for_anchors()) else {
            return true;
        };
        anchors.is_match(bytes) && self.search(bytes, |trigger| trigger.is_wanted)
    }

    /// What the triggers that these bytes meet announce.
    pub(super) fn announced(&self, bytes: &[u8]) -> Announced {
        let mut announced = Announced::NOTHING;
        let is_cut_short = self.search(bytes, |trigger| {
            announced = announced.and(trigger.announces);
            false
        });
        match is_cut_short {
            true => Announced::EVERYTHING,
            false => announced,
        }
    }

    /// Whether these bytes meet a trigger that is `enough`; it is asked about each one that they meet. Also where nothing
    /// can be searched for.
    fn search(&self, bytes: &[u8], mut enough: impl FnMut(&Trigger) -> bool) -> bool {
        let Some(all) = self.all.get_or_init(|| self.search_for_all()) else {
            return true;
        };
        let mut met = if bytes.is_ascii() { 0 } else { bit(Sign::Beyond) };
        all.find_overlapping_iter(bytes).any(|found| {
            let Some(word) = self.words.get(found.pattern().as_usize()) else {
                return false;
            };
            let new = word.conditions & !met;
            if new == 0 || !word.shape.fits(bytes, found.start(), found.end()) {
                return false;
            }
            met |= new;
            let is_new =
                |trigger: &&Trigger| trigger.conditions & met == trigger.conditions && trigger.conditions & new != 0;
            self.triggers.iter().filter(is_new).any(&mut enough)
        })
    }

    fn search_for_anchors(&self) -> Option<AhoCorasick> {
        let wanted = self.triggers.iter().filter(|trigger| trigger.is_wanted);
        let anchors = wanted.filter_map(|trigger| self.anchor(trigger.conditions));
        let anchors = anchors.fold(0, |all, anchor| all | anchor);
        let words = self.words.iter().filter(|word| word.conditions & anchors != 0);
        // Only this kind of match is looked for by SIMD, and it makes no difference where one is enough.
        AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .ascii_case_insensitive(self.any_case)
            .build(words.map(|word| &word.text))
            .ok()
    }

    fn search_for_all(&self) -> Option<AhoCorasick> {
        AhoCorasick::builder()
            .ascii_case_insensitive(self.any_case)
            .build(self.words.iter().map(|word| &word.text))
            .ok()
    }

    /// The condition of a trigger whose words are long; none where it can be met without a word.
    fn anchor(&self, trigger: Conditions) -> Option<Conditions> {
        let conditions = (0..Conditions::BITS)
            .map(|index| 1 << index)
            .filter(|bit| trigger & bit != 0);
        let with_words = conditions.filter(|condition| *condition != bit(Sign::Beyond));
        let shortest = |condition: &Conditions| {
            let words = self.words.iter().filter(|word| word.conditions & condition != 0);
            words.map(|word| word.text.len()).min().unwrap_or(0).min(TELLING_BYTES)
        };
        // Of several the first: that of a module before that of its connects.
        with_words.rev().max_by_key(shortest)
    }
}

const fn bit(sign: Sign) -> Conditions {
    1 << sign as u32
}

/// A search in the making.
#[derive(Default)]
struct Plan {
    words: BTreeMap<(String, Shape), Conditions>,
    triggers: Vec<Trigger>,
    bits: usize,
    /// Of the triggers to come.
    is_wanted: bool,
}

impl Plan {
    fn words(&self) -> Vec<Word> {
        let words = self.words.iter().map(|((text, shape), conditions)| Word {
            text: text.clone(),
            shape: *shape,
            conditions: *conditions,
        });
        words.collect()
    }

    fn learn(&mut self, words: impl IntoIterator<Item = impl Into<String>>, shape: Shape, condition: Conditions) {
        for word in words {
            *self.words.entry((word.into(), shape)).or_default() |= condition;
        }
    }

    /// A condition of its own, as long as there are bits.
    fn condition(&mut self) -> Conditions {
        let index = self.bits % (Conditions::BITS as usize - LIBRARIES);
        self.bits += 1;
        1 << (LIBRARIES + index)
    }

    fn push(&mut self, conditions: Conditions, announces: Sign) {
        self.triggers.push(Trigger {
            conditions,
            announces,
            is_wanted: self.is_wanted,
        });
    }

    fn trigger(&mut self, signs: &[Sign], vocabulary: &Vocabulary, language: Language) {
        match *signs {
            [Sign::Connect] => self.pairs(0, Sign::Connect, vocabulary.of(language), |library| &library.connects),
            [Sign::Rejection] => self.pairs(0, Sign::Rejection, vocabulary.of(language), |library| {
                &library.rejections
            }),
            [Sign::Receive] => self.pairs(0, Sign::Receive, vocabulary.of(language), |library| {
                &library.connections
            }),
            [Sign::Async, Sign::Connect] => {
                let also = self.sign(Sign::Async, vocabulary, language);
                self.pairs(also, Sign::Async, vocabulary.of(language), |library| &library.connects);
            }
            [Sign::Async, Sign::Blocking] => self.blocking(vocabulary, language),
            [Sign::Deadline] => self.deadlines(),
            _ => {
                let conditions = signs.iter().map(|&sign| self.sign(sign, vocabulary, language));
                let conditions = conditions.fold(0, |all, condition| all | condition);
                // The signs of a trigger go from what it is about to what else must be there.
                if let Some(&announces) = signs.first() {
                    self.push(conditions, announces);
                }
            }
        }
    }

    /// Python's `asyncio.timeout`, the same imported by its own name, and `asyncio.wait`, which gets its limit by the keyword
    /// `timeout`.
    fn deadlines(&mut self) {
        let [event_loop, attribute, source, imported, wait, limit] = array::from_fn(|_| self.condition());
        self.learn(words::EVENT_LOOPS.iter().copied(), Shape::Whole, event_loop);
        self.learn(words::DEADLINES.iter().copied(), Shape::Attribute, attribute);
        self.learn(words::EVENT_LOOPS.iter().copied(), Shape::Source, source);
        self.learn(
            words::DEADLINES.iter().copied().chain(["wait"]),
            Shape::Imported,
            imported,
        );
        self.learn(["wait"], Shape::Attribute, wait);
        self.learn(["timeout"], Shape::Whole, limit);
        for conditions in [event_loop | attribute, source | imported, event_loop | wait | limit] {
            self.push(conditions, Sign::Deadline);
        }
    }

    /// A trigger for each module with functions that block, in async code.
    fn blocking(&mut self, vocabulary: &Vocabulary, language: Language) {
        let also = self.sign(Sign::Async, vocabulary, language);
        let mut by_module: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (module, function) in vocabulary.of(language).flat_map(|library| &library.blocking) {
            by_module.entry(module).or_default().push(function);
        }
        for (module, functions) in by_module {
            let mut conditions = also | self.condition();
            self.learn(functions, Shape::Whole, conditions & !also);
            if language == Language::Python && !module.is_empty() {
                let of_module = self.condition();
                self.learn([module], Shape::Whole, of_module);
                conditions |= of_module;
            }
            self.push(conditions, Sign::Async);
        }
    }

    /// A trigger for each library: the name of a module of it, and one of these names; and what must `also` be there.
    fn pairs<'w>(
        &mut self,
        also: Conditions,
        announces: Sign,
        libraries: impl Iterator<Item = &'w Words>,
        names: fn(&Words) -> &[String],
    ) {
        for library in libraries.filter(|library| !names(library).is_empty()) {
            let [module, name] = [self.condition(), self.condition()];
            self.learn(&library.modules, Shape::Whole, module);
            self.learn(names(library), Shape::Whole, name);
            self.push(also | module | name, announces);
        }
    }

    fn sign(&mut self, sign: Sign, vocabulary: &Vocabulary, language: Language) -> Conditions {
        for (shape, texts) in words::of(sign, language) {
            self.learn(texts.iter().copied(), *shape, bit(sign));
        }
        match sign {
            Sign::Package => self.learn(vocabulary.packages().map(longest_word), Shape::Part, bit(sign)),
            Sign::Suppression => self.learn(rules::ALL.iter().map(|rule| rule.code), Shape::Part, bit(sign)),
            Sign::Module => {
                let modules = vocabulary.of(language).flat_map(|library| &library.modules);
                self.learn(modules, Shape::Whole, bit(sign));
            }
            _ => {}
        }
        bit(sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_overlap() {
        let mut plan = Plan::default();
        plan.learn(["\\x"], Shape::Part, 1);
        plan.learn(["xprint"], Shape::Part, 2);
        let trigger = Trigger {
            conditions: 3,
            announces: Sign::Print,
            is_wanted: true,
        };
        let search = Search {
            words: plan.words(),
            triggers: vec![trigger],
            any_case: false,
            anchors: OnceLock::new(),
            all: OnceLock::new(),
        };
        assert!(search.finds(b"\\xprint"));
        assert!(!search.finds(b"\\xprin"));
    }

    #[test]
    fn more_libraries_than_bits_share_them() {
        let library = |index: usize| {
            let words = [format!("module{index}"), format!("connect{index}")];
            let [module, connect] = words;
            Words {
                package: String::new(),
                modules: vec![module],
                connects: vec![connect],
                rejections: Vec::new(),
                connections: Vec::new(),
                blocking: Vec::new(),
            }
        };
        let libraries: Vec<Words> = (0..200).map(library).collect();
        let mut plan = Plan::default();
        plan.pairs(0, Sign::Connect, libraries.iter(), |library| &library.connects);
        for (library, trigger) in libraries.iter().zip(&plan.triggers) {
            let met = |word: &str| plan.words[&(word.to_owned(), Shape::Whole)];
            assert_eq!(met(&library.modules[0]) | met(&library.connects[0]), trigger.conditions);
        }
    }
}

//! The search for the words of one language.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::folded::has_folded_letter;
use super::words::{self, Shape};
use super::{Sign, longest_word};
use crate::catalog::{Vocabulary, Words};
use crate::rules;
use crate::source::Language;

/// Looks for the triggers of the rules that run. Nothing is built before a file of the language comes along.
#[derive(Clone, Debug)]
pub(super) struct Search {
    words: Vec<Word>,
    /// A file is worth parsing when all the conditions of one of these sets are met.
    triggers: Vec<Conditions>,
    any_case: bool,
    /// Finds a word of each trigger, chosen to be rare: most files are dropped for having none. No automaton means that
    /// nothing can be dropped.
    anchors: OnceLock<Option<AhoCorasick>>,
    /// Finds each word.
    all: OnceLock<Option<AhoCorasick>>,
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
    pub(super) fn new(triggers: &[&[Sign]], vocabulary: &Vocabulary, language: Language) -> Self {
        let mut plan = Plan::default();
        for &signs in triggers {
            match *signs {
                [Sign::Connect] => plan.pairs(vocabulary.of(language), |library| &library.connects),
                [Sign::Rejection] => plan.pairs(vocabulary.of(language), |library| &library.rejections),
                _ => {
                    let conditions = signs
                        .iter()
                        .map(|&sign| plan.sign(sign, vocabulary, language))
                        .collect();
                    plan.triggers.push(conditions);
                }
            }
        }
        Self {
            words: plan.words(),
            triggers: plan.triggers.iter().map(|all| union(all)).collect(),
            any_case: language == Language::Manifest,
            anchors: OnceLock::new(),
            all: OnceLock::new(),
        }
    }

    /// Whether these bytes meet a trigger.
    pub(super) fn finds(&self, bytes: &[u8]) -> bool {
        let mut met = 0;
        if !bytes.is_ascii() {
            met |= bit(Sign::Beyond);
            if self.triggers.contains(&bit(Sign::Folded)) && has_folded_letter(bytes) {
                return true;
            }
        }
        let Some(anchors) = self.anchors.get_or_init(|| self.search_for_anchors()) else {
            return true;
        };
        if !anchors.is_match(bytes) {
            return false;
        }
        let Some(all) = self.all.get_or_init(|| self.search_for_all()) else {
            return true;
        };
        all.find_overlapping_iter(bytes).any(|found| {
            let Some(word) = self.words.get(found.pattern().as_usize()) else {
                return false;
            };
            let is_new = word.conditions & !met != 0;
            if is_new && word.shape.fits(bytes, found.start(), found.end()) {
                met |= word.conditions;
                return self.triggers.iter().any(|trigger| trigger & met == *trigger);
            }
            false
        })
    }

    fn search_for_anchors(&self) -> Option<AhoCorasick> {
        let anchors = self.triggers.iter().filter_map(|&trigger| self.anchor(trigger));
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
        let with_words = conditions.filter(|condition| condition & WORDLESS == 0);
        let shortest = |condition: &Conditions| {
            let words = self.words.iter().filter(|word| word.conditions & condition != 0);
            words.map(|word| word.text.len()).min().unwrap_or(0).min(TELLING_BYTES)
        };
        // Of several the first: that of a module before that of its connects.
        with_words.rev().max_by_key(shortest)
    }
}

/// What a text can meet without any word.
const WORDLESS: Conditions = bit(Sign::Beyond) | bit(Sign::Folded);

const fn bit(sign: Sign) -> Conditions {
    1 << sign as u32
}

fn union(conditions: &[Conditions]) -> Conditions {
    conditions.iter().fold(0, |all, condition| all | condition)
}

/// A search in the making.
#[derive(Default)]
struct Plan {
    words: BTreeMap<(String, Shape), Conditions>,
    triggers: Vec<Vec<Conditions>>,
    bits: usize,
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

    /// A trigger for each library: the name of a module of it, and one of these names.
    fn pairs<'w>(&mut self, libraries: impl Iterator<Item = &'w Words>, names: fn(&Words) -> &[String]) {
        for library in libraries.filter(|library| !names(library).is_empty()) {
            let pair = [self.condition(), self.condition()];
            self.learn(&library.modules, Shape::Whole, pair[0]);
            self.learn(names(library), Shape::Whole, pair[1]);
            self.triggers.push(pair.to_vec());
        }
    }

    fn sign(&mut self, sign: Sign, vocabulary: &Vocabulary, language: Language) -> Conditions {
        let (shape, texts) = words::of(sign, language);
        self.learn(texts.iter().copied(), shape, bit(sign));
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
        plan.triggers.push(vec![1, 2]);
        let search = Search {
            words: plan.words(),
            triggers: vec![3],
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
            }
        };
        let libraries: Vec<Words> = (0..200).map(library).collect();
        let mut plan = Plan::default();
        plan.pairs(libraries.iter(), |library| &library.connects);
        for (library, trigger) in libraries.iter().zip(&plan.triggers) {
            let met = |word: &str| plan.words[&(word.to_owned(), Shape::Whole)];
            assert_eq!(met(&library.modules[0]) | met(&library.connects[0]), union(trigger));
        }
    }
}

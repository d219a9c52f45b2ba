//! What to look for: the conditions of the rules' triggers, made of the words of the language and of the libraries.

use std::collections::BTreeMap;
use std::rc::Rc;

use foldhash::HashMap;

use super::words::{self, Shape};
use super::{longest_word, triggers, wanted};
use crate::catalog::{Name, Vocabulary, Words};
use crate::rules;
use crate::settings::{HangRules, Settings};
use crate::signs::Sign;
use crate::source::Language;

/// Conditions that must all be met, by their places in [`Plan::in_order`].
#[derive(Clone, Debug)]
pub(super) struct Trigger {
    pub(super) conditions: Vec<usize>,
    /// What they announce.
    pub(super) announces: Sign,
    /// A rule that runs waits for it.
    pub(super) is_wanted: bool,
}

/// Something that a text meets or does not.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// What meets it besides words.
    pub(super) besides: Option<Besides>,
    /// Any of these.
    pub(super) words: Vec<(Name, Shape)>,
}

/// What meets a condition besides words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Besides {
    /// A character that the console refuses, as it is.
    RefusedCharacter,
    /// A path of test code.
    TestPath,
    /// Any other path.
    OtherPath,
}

/// A search in the making.
pub(super) struct Plan<'v> {
    conditions: Vec<Condition>,
    triggers: Vec<Trigger>,
    /// The conditions of the signs that several triggers ask for, once one did.
    signs: HashMap<Sign, usize>,
    /// The same for the signs that need two words.
    pairs: HashMap<Sign, Rc<[Vec<usize>]>>,
    /// The same for the use of each library, by its place in the vocabulary of the language.
    uses: HashMap<usize, usize>,
    vocabulary: &'v Vocabulary,
    language: Language,
    settings: &'v Settings,
    /// Of the triggers to come.
    is_wanted: bool,
}

impl<'v> Plan<'v> {
    /// For the triggers of all rules, of which those of the rules that run are `wanted`.
    pub(super) fn new(vocabulary: &'v Vocabulary, language: Language, settings: &'v Settings) -> Self {
        let mut plan = Self {
            conditions: Vec::new(),
            triggers: Vec::new(),
            signs: HashMap::default(),
            pairs: HashMap::default(),
            uses: HashMap::default(),
            vocabulary,
            language,
            settings,
            is_wanted: false,
        };
        let wanted = wanted(&settings.enabled, language);
        let mut all = triggers(language, |_| true);
        all.retain(|signs| !signs.iter().any(|sign| plan.is_never_there(*sign)));
        for signs in &all {
            plan.is_wanted = wanted.contains(signs);
            // What announces the same with less asks for all that matters here.
            let asks_for_less = |other: &&'static [Sign]| {
                other.len() < signs.len()
                    && other.first() == signs.first()
                    && other.iter().all(|sign| signs.contains(sign))
                    && (wanted.contains(other) || !plan.is_wanted)
            };
            if !all.iter().any(asks_for_less) {
                plan.trigger(signs);
            }
        }
        plan
    }

    /// The conditions by their places, and the triggers.
    pub(super) fn into_parts(self) -> (Vec<Condition>, Vec<Trigger>) {
        (self.conditions, self.triggers)
    }

    /// The signs of a trigger go from what it is about to what else must be there.
    fn trigger(&mut self, signs: &[Sign]) {
        let Some(&announces) = signs.first() else { return };
        let (of_pairs, others): (Vec<Sign>, Vec<Sign>) = signs.iter().partition(|sign| sign.is_of_pairs());
        let others: Vec<usize> = others.into_iter().filter_map(|sign| self.sign(sign)).collect();
        let pairs = self.pairs(of_pairs.first().copied());
        for pair in pairs.iter() {
            self.triggers.push(Trigger {
                conditions: others.iter().chain(pair).copied().collect(),
                announces,
                is_wanted: self.is_wanted,
            });
        }
    }

    /// The pairs of conditions that show a sign, several triggers' own; one that is met by anything where there is no sign.
    fn pairs(&mut self, sign: Option<Sign>) -> Rc<[Vec<usize>]> {
        let Some(sign) = sign else { return Rc::new([Vec::new()]) };
        if let Some(known) = self.pairs.get(&sign) {
            return Rc::clone(known);
        }
        let pairs: Rc<[Vec<usize>]> = match sign {
            Sign::Connect => self.libraries(|library| &library.connects),
            Sign::Rejection => self.libraries(|library| &library.rejections),
            Sign::Receive => self.libraries(|library| &library.connections),
            Sign::Blocking => self.blocking(),
            Sign::Deadline => self.deadlines(),
            _ => vec![Vec::new()],
        }
        .into();
        self.pairs.insert(sign, Rc::clone(&pairs));
        pairs
    }

    /// The place of a new condition.
    fn condition(&mut self, condition: Condition) -> usize {
        self.conditions.push(condition);
        self.conditions.len() - 1
    }

    fn any_of(&mut self, words: impl IntoIterator<Item = impl Into<Name>>, shape: Shape) -> usize {
        self.condition(Condition {
            besides: None,
            words: words.into_iter().map(|word| (word.into(), shape)).collect(),
        })
    }

    /// For each library the name of a module of it, and one of these names.
    fn libraries(&mut self, names: fn(&Words) -> &[Name]) -> Vec<Vec<usize>> {
        let vocabulary = self.vocabulary;
        let libraries = vocabulary.of(self.language).iter().enumerate();
        libraries
            .filter(|(_, library)| !names(library).is_empty())
            .map(|(place, library)| {
                let used = match self.uses.get(&place) {
                    Some(used) => *used,
                    None => self.use_of(place, library),
                };
                vec![used, self.any_of(names(library).iter().cloned(), Shape::Whole)]
            })
            .collect()
    }

    fn use_of(&mut self, place: usize, library: &Words) -> usize {
        let module = self.module(library.is_imported);
        let modules = library.modules.iter().map(|name| (name.clone(), module));
        let fixtures = library.fixtures.iter().map(|name| (name.clone(), Shape::Name));
        let used = self.condition(Condition {
            besides: None,
            words: modules.chain(fixtures).collect(),
        });
        self.uses.insert(place, used);
        used
    }

    /// For each module with functions that block its name, and one of theirs.
    fn blocking(&mut self) -> Vec<Vec<usize>> {
        let mut by_module: BTreeMap<(&Name, Shape), Vec<&Name>> = BTreeMap::new();
        for library in self.vocabulary.of(self.language) {
            let shape = self.module(library.is_imported);
            for (module, function) in &library.blocking {
                by_module.entry((module, shape)).or_default().push(function);
            }
        }
        // Rust's may be called by a macro.
        let function = match self.language {
            Language::Python => Shape::Function,
            _ => Shape::Whole,
        };
        by_module
            .into_iter()
            .map(|((module, shape), functions)| {
                let is_named = self.language == Language::Python && !module.is_empty();
                let module = is_named.then(|| self.any_of([module.clone()], shape));
                let functions = self.any_of(functions.into_iter().cloned(), function);
                module.into_iter().chain([functions]).collect()
            })
            .collect()
    }

    /// How the name of a module stands in a text that uses it.
    fn module(&self, is_imported: bool) -> Shape {
        match self.language {
            Language::Python if is_imported => Shape::Module,
            _ => Shape::Whole,
        }
    }

    /// Python's `asyncio.timeout`, the same imported by its own name, and `asyncio.wait`, which gets its limit by the keyword
    /// `timeout`.
    fn deadlines(&mut self) -> Vec<Vec<usize>> {
        let event_loop = self.any_of(words::EVENT_LOOPS.iter().copied(), Shape::Module);
        let attribute = self.any_of(words::DEADLINES.iter().copied(), Shape::Attribute);
        let source = self.any_of(words::EVENT_LOOPS.iter().copied(), Shape::Source);
        let imported = self.any_of(words::DEADLINES.iter().copied().chain(["wait"]), Shape::Imported);
        let wait = self.any_of(["wait"], Shape::Attribute);
        let limit = self.any_of(["timeout"], Shape::Whole);
        vec![
            vec![event_loop, attribute],
            vec![source, imported],
            vec![event_loop, wait, limit],
        ]
    }

    /// Whether the configuration says that nothing shows the sign.
    fn is_never_there(&self, sign: Sign) -> bool {
        sign == Sign::WindowsDeadline && self.settings.windows_min_deadline.is_none()
    }

    /// The condition of a sign; none for one that everything shows.
    fn sign(&mut self, sign: Sign) -> Option<usize> {
        match sign {
            Sign::Test if self.settings.hang_rules == HangRules::All => return None,
            Sign::WindowsDeadline => return None,
            _ => {}
        }
        if let Some(known) = self.signs.get(&sign) {
            return Some(*known);
        }
        let own = words::of(sign, self.language).iter();
        let mut words: Vec<(Name, Shape)> = own
            .flat_map(|(shape, words)| words.iter().map(|word| (Name::Borrowed(word), *shape)))
            .collect();
        match sign {
            Sign::Package => words.extend(
                self.vocabulary
                    .packages(&self.settings.protocols)
                    .map(|package| (longest_word(package).to_owned().into(), Shape::OfPackage)),
            ),
            Sign::Suppression => words.extend(rules::ALL.iter().map(|rule| (rule.code.into(), Shape::Anywhere))),
            _ => {}
        }
        let besides = match sign {
            Sign::Refused => Some(Besides::RefusedCharacter),
            Sign::Test => Some(Besides::TestPath),
            Sign::NoTestPath => Some(Besides::OtherPath),
            _ => None,
        };
        let place = self.condition(Condition { besides, words });
        self.signs.insert(sign, place);
        Some(place)
    }
}

impl Sign {
    /// Whether two words must come together to show it.
    fn is_of_pairs(&self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Rejection | Self::Receive | Self::Blocking | Self::Deadline
        )
    }
}

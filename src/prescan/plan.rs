//! What to look for: the conditions of the rules' triggers, made of the words of the language and of the libraries.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::words::{self, Shape};
use super::{longest_word, triggers, wanted};
use crate::catalog::{Vocabulary, Words};
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Condition {
    /// What meets it besides words.
    pub(super) besides: Option<Besides>,
    /// Any of these.
    pub(super) words: BTreeSet<(String, Shape)>,
}

/// What meets a condition besides words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// With their places.
    conditions: HashMap<Condition, usize>,
    triggers: Vec<Trigger>,
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
            conditions: HashMap::default(),
            triggers: Vec::new(),
            vocabulary,
            language,
            settings,
            is_wanted: false,
        };
        let wanted = wanted(&settings.enabled, language);
        for signs in triggers(language, |_| true) {
            if signs.iter().any(|sign| plan.is_never_there(*sign)) {
                continue;
            }
            plan.is_wanted = wanted.contains(&signs);
            plan.trigger(signs);
        }
        plan
    }

    /// The conditions by their places, and the triggers.
    pub(super) fn in_order(self) -> (Vec<Condition>, Vec<Trigger>) {
        let mut conditions: Vec<_> = self.conditions.into_iter().collect();
        conditions.sort_unstable_by_key(|(_, place)| *place);
        let conditions = conditions.into_iter().map(|(condition, _)| condition);
        (conditions.collect(), self.triggers)
    }

    /// The signs of a trigger go from what it is about to what else must be there.
    fn trigger(&mut self, signs: &[Sign]) {
        let Some(&announces) = signs.first() else { return };
        let (of_pairs, others): (Vec<Sign>, Vec<Sign>) = signs.iter().partition(|sign| sign.is_of_pairs());
        let others: Vec<usize> = others.into_iter().filter_map(|sign| self.sign(sign)).collect();
        let pairs = match of_pairs.first() {
            Some(Sign::Connect) => self.libraries(|library| &library.connects),
            Some(Sign::Rejection) => self.libraries(|library| &library.rejections),
            Some(Sign::Receive) => self.libraries(|library| &library.connections),
            Some(Sign::Blocking) => self.blocking(),
            Some(Sign::Deadline) => self.deadlines(),
            _ => vec![Vec::new()],
        };
        for pair in pairs {
            self.triggers.push(Trigger {
                conditions: others.iter().copied().chain(pair).collect(),
                announces,
                is_wanted: self.is_wanted,
            });
        }
    }

    /// The place of a condition, which may be that of one that is known.
    fn condition(&mut self, condition: Condition) -> usize {
        let next = self.conditions.len();
        *self.conditions.entry(condition).or_insert(next)
    }

    fn any_of(&mut self, words: impl IntoIterator<Item = impl Into<String>>, shape: Shape) -> usize {
        self.condition(Condition {
            besides: None,
            words: words.into_iter().map(|word| (word.into(), shape)).collect(),
        })
    }

    /// For each library the name of a module of it, and one of these names.
    fn libraries(&mut self, names: fn(&Words) -> &[String]) -> Vec<Vec<usize>> {
        let libraries = self
            .vocabulary
            .of(self.language)
            .filter(|library| !names(library).is_empty());
        libraries
            .map(|library| {
                let module = self.module(library.is_imported);
                let modules = library.modules.iter().map(|name| (name.clone(), module));
                let fixtures = library.fixtures.iter().map(|name| (name.clone(), Shape::Name));
                let used = Condition {
                    besides: None,
                    words: modules.chain(fixtures).collect(),
                };
                vec![self.condition(used), self.any_of(names(library), Shape::Whole)]
            })
            .collect()
    }

    /// For each module with functions that block its name, and one of theirs.
    fn blocking(&mut self) -> Vec<Vec<usize>> {
        let mut by_module: BTreeMap<(&str, Shape), Vec<&str>> = BTreeMap::new();
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
                let module = is_named.then(|| self.any_of([module], shape));
                module.into_iter().chain([self.any_of(functions, function)]).collect()
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
        let own = words::of(sign, self.language).iter();
        let mut words: BTreeSet<(String, Shape)> = own
            .flat_map(|(shape, words)| words.iter().map(|word| ((*word).to_owned(), *shape)))
            .collect();
        match sign {
            Sign::Package => words.extend(
                self.vocabulary
                    .packages(&self.settings.protocols)
                    .map(|package| (longest_word(package).to_owned(), Shape::OfPackage)),
            ),
            Sign::Suppression => words.extend(rules::ALL.iter().map(|rule| (rule.code.to_owned(), Shape::Anywhere))),
            _ => {}
        }
        let besides = match sign {
            Sign::Refused => Some(Besides::RefusedCharacter),
            Sign::Test => Some(Besides::TestPath),
            Sign::NoTestPath => Some(Besides::OtherPath),
            _ => None,
        };
        Some(self.condition(Condition { besides, words }))
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

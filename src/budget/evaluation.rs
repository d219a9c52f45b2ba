//! Counts courses together. Functions that call each other are counted from a list of work, each once for what it is
//! given: long chains of calls overflow no stack, and many ways to the same function cost no time.

use std::collections::{HashMap, HashSet};

use super::amount::{Amount, Part};
use super::assumed::{Assumed, bounded};
use super::dispatch::{ClassAt, Dispatch, Meant, Within};
use super::functions::{Function, Functions};
use super::given::{Given, bound, may_be, passed, rounds};
use super::objects::Objects;
use super::opened::{Entry, Opened};
use super::own::waited;
use super::rounds::repeated;
use crate::sites::{Bound, Class, Course, Length, Shown, Times, Wait};

/// What is known of a course.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted<'a> {
    pub(super) amount: Amount<'a>,
    /// The first few places that may wait and of which nothing is known.
    pub(super) unseen: Vec<&'a Shown>,
}

/// So many places of which nothing is known are named.
const MOST_UNSEEN: usize = 32;

/// A function is counted for at most so many different sets of lengths; for more it is given lengths that are unknown.
const MOST_VARIANTS: usize = 32;

/// A function, the lengths that it is given, by parameter, and the class of its object.
type Key = (Function, Vec<(usize, Given)>, Option<ClassAt>);

/// The same of one function.
type Variant = (Vec<(usize, Given)>, Option<ClassAt>);

/// Counts the courses of a file and of those whose functions it calls, and remembers.
pub(super) struct Evaluation<'a> {
    functions: Functions<'a>,
    /// Of the file itself.
    assumed: Option<&'a Assumed>,
    /// `None` while it is being counted.
    known: HashMap<Key, Option<Counted<'a>>>,
    /// The sets of lengths that each function is counted for.
    variants: HashMap<Function, HashSet<Variant>>,
    /// The function that is being counted.
    counting: Option<Function>,
    /// What is opened once.
    objects: Objects,
    dispatch: Dispatch,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(functions: Functions<'a>) -> Self {
        Self {
            functions,
            assumed: None,
            known: HashMap::new(),
            variants: HashMap::new(),
            counting: None,
            objects: Objects::default(),
            dispatch: Dispatch::default(),
        }
    }

    /// The same where waits that nothing ends are as long as `assumed` says.
    pub(super) fn assuming(self, assumed: &'a Assumed) -> Self {
        Self {
            assumed: Some(assumed),
            ..self
        }
    }

    /// What something is taken for that nothing ends, in the file at `place`.
    fn instead(&self, place: usize, of: impl Fn(&Assumed) -> Option<f64>) -> Option<f64> {
        self.assumed.filter(|_| place == 0).and_then(of)
    }

    /// Counts the course of a test, which is a method of this class of its file, if of any.
    pub(super) fn test(&mut self, course: &'a Course, class: Option<usize>) -> Counted<'a> {
        let class = class.and_then(|class| self.dispatch.overriding(&mut self.functions, &Class::Here(class), 0));
        let within = Within { file: 0, class };
        let mut open: Vec<(Key, bool)> = Vec::new();
        self.missing(course, within, &[], &mut open);
        while let Some((key, is_entered)) = open.pop() {
            let Some(function) = self.functions.course(key.0) else {
                continue;
            };
            let within = Within {
                file: key.0.0,
                class: key.2,
            };
            if !is_entered {
                if self.known.contains_key(&key) {
                    continue;
                }
                self.known.insert(key.clone(), None);
                open.push((key.clone(), true));
                self.missing(&function.course, within, &key.1, &mut open);
                continue;
            }
            self.counting = Some(key.0);
            let counted = self.count(&function.course, within, &key.1);
            self.counting = None;
            self.known.insert(key, Some(counted));
        }
        self.count(course, within, &[])
    }

    /// Puts the calls of a course that were not looked at yet onto the list of work.
    fn missing(&mut self, course: &'a Course, within: Within, given: &[(usize, Given)], open: &mut Vec<(Key, bool)>) {
        for part in course.parts() {
            self.missing(part, within, given, open);
        }
        if let Course::Call {
            function,
            arguments,
            object,
            ..
        } = course
            && let Some(meant) = self.dispatch.meant(&mut self.functions, function, object, within)
        {
            let key = self.key(meant, arguments, given);
            if !self.known.contains_key(&key) {
                open.push((key, false));
            }
        }
    }

    /// A function and what a call gives it, the lengths that hold by default included.
    fn key(&mut self, meant: Meant, arguments: &[(usize, Length)], given: &[(usize, Given)]) -> Key {
        let Meant { function, mut class } = meant;
        let defaults = self
            .functions
            .course(function)
            .map_or(&[][..], |called| &called.defaults);
        let own = arguments.iter().map(|(index, length)| (*index, passed(*length, given)));
        let by_default = defaults
            .iter()
            .filter(|(index, _)| !arguments.iter().any(|(own, _)| own == index));
        let mut lengths: Vec<(usize, Given)> = own
            .chain(by_default.map(|(index, bound)| (*index, Given::from(*bound))))
            .collect();
        lengths.sort_unstable();
        lengths.dedup();
        let variants = self.variants.entry(function).or_default();
        let variant = (lengths, class);
        if variants.len() < MOST_VARIANTS || variants.contains(&variant) {
            variants.insert(variant.clone());
            (lengths, class) = variant;
        } else {
            (lengths, class) = (Vec::new(), None);
        }
        (function, lengths, class)
    }

    fn count(&mut self, course: &'a Course, within: Within, given: &[(usize, Given)]) -> Counted<'a> {
        let mut unseen = Vec::new();
        let amount = self.amount(course, within, given, &mut unseen);
        Counted { amount, unseen }
    }

    fn amount(
        &mut self,
        course: &'a Course,
        within: Within,
        given: &[(usize, Given)],
        unseen: &mut Vec<&'a Shown>,
    ) -> Amount<'a> {
        let file = within.file;
        match course {
            Course::Wait(wait) if self.functions.is_replaced(file, wait) => unseen_at(&wait.what, unseen),
            Course::Wait(wait) => {
                let own = wait.connect.and_then(|connect| self.functions.own(file, connect));
                match self.instead(file, |assumed| assumed.of_wait(wait.what.span)) {
                    Some(seconds) => bounded(waited(wait, given, own), seconds, &wait.what),
                    None => waited(wait, given, own),
                }
            }
            Course::OnOwn { attribute, inner, .. } if !self.functions.holds_other(within.class, attribute) => {
                self.amount(inner, within, given, unseen)
            }
            Course::OnParameter { parameter, wait }
                if passed(Length::Parameter(*parameter), given) == Given::Connection =>
            {
                waited(wait, given, None)
            }
            Course::Unseen(place)
            | Course::OnOwn { what: place, .. }
            | Course::OnParameter {
                wait: Wait { what: place, .. },
                ..
            } => unseen_at(place, unseen),
            Course::Sequence(parts) => self.fold(parts, within, given, unseen, Amount::then),
            Course::Branch(parts) => self.fold(parts, within, given, unseen, Amount::or),
            Course::Together(parts) => self.fold(parts, within, given, unseen, Amount::together),
            Course::First(parts) => {
                let all: Vec<_> = parts
                    .iter()
                    .map(|part| self.amount(part, within, given, unseen))
                    .collect();
                all.into_iter().reduce(Amount::first).unwrap_or_default()
            }
            Course::Loop { head, times, body } => {
                let once = self.amount(body, within, given, unseen);
                let times = match rounds(*times, given) {
                    Times::Unbounded if self.functions.goes_round_with_doubles(file, body) => Times::Unknown,
                    times => times,
                };
                let all = repeated(once, times, head);
                match self.instead(file, |assumed| assumed.of_loop(head.span)) {
                    Some(seconds) => bounded(all, seconds, head),
                    None => all,
                }
            }
            Course::OwnLoop(inner) => self.amount(inner, within, given, unseen).in_own_loop(),
            Course::InThread(inner) => self.amount(inner, within, given, unseen).in_thread(),
            Course::Paused(inner) => self.amount(inner, within, given, unseen).paused(),
            Course::Guarded { body, cleanup } => {
                let body = self.amount(body, within, given, unseen);
                body.guarded(self.amount(cleanup, within, given, unseen))
            }
            Course::Capped {
                by,
                bound: length,
                inner,
                is_level,
            } => {
                let inner = self.amount(inner, within, given, unseen);
                let limit = match bound(*length, given) {
                    Bound::Seconds(seconds) => Part::of(seconds, by),
                    Bound::Unknown => Part::unknown(by),
                    Bound::Unlimited => return inner,
                };
                match is_level {
                    true => inner.capped_anew(limit),
                    false => inner.capped(limit),
                }
            }
            Course::Ended { by, bound, inner } => {
                let inner = self.amount(inner, within, given, unseen);
                match *bound {
                    Bound::Seconds(seconds) => inner.ended(Part::of(seconds, by)),
                    Bound::Unknown => inner.ended(Part::unknown(by)),
                    Bound::Unlimited => inner,
                }
            }
            Course::Once { object, inner } => {
                let inner = self.amount(inner, within, given, unseen);
                let opened = Opened::of(Entry {
                    object: self.objects.number(object),
                    spared: (inner.total.seconds, inner.blocking.seconds),
                    is_open: true,
                    is_certain: true,
                });
                Amount { opened, ..inner }
            }
            Course::Asked {
                parameter,
                wanted,
                inner,
            } => match may_be(passed(Length::Parameter(*parameter), given), *wanted) {
                true => self.amount(inner, within, given, unseen),
                false => Amount::default(),
            },
            Course::LetGo(object) => Amount {
                opened: Opened::of(Entry {
                    object: self.objects.number(object),
                    spared: (0.0, 0.0),
                    is_open: false,
                    is_certain: true,
                }),
                ..Amount::default()
            },
            Course::Call { .. } => self.called(course, within, given, unseen),
        }
    }

    /// A call, in a frame of its own: what nests deeply is no call.
    fn called(
        &mut self,
        course: &'a Course,
        within: Within,
        given: &[(usize, Given)],
        unseen: &mut Vec<&'a Shown>,
    ) -> Amount<'a> {
        let Course::Call {
            call,
            function,
            arguments,
            gives_on,
            on,
            object,
        } = course
        else {
            return Amount::default();
        };
        let Some(meant) = self.dispatch.meant(&mut self.functions, function, object, within) else {
            note(unseen, call);
            return Amount {
                has_unseen: true,
                ..Amount::default()
            };
        };
        let function = meant.function;
        let key = self.key(meant, arguments, given);
        match self.known.get(&key) {
            Some(Some(counted)) => {
                for place in &counted.unseen {
                    note(unseen, place);
                }
                let amount = counted.amount;
                let opened = amount
                    .opened
                    .renamed(|object| self.objects.renamed(object, on.as_deref()));
                Amount { opened, ..amount }
            }
            // It is being counted: it calls itself.
            _ if self.functions.waits(function) => {
                let is_endless = *gives_on && self.counting == Some(function);
                // Another object, other values or another function on the way may end it.
                let part = if is_endless { Part::unbounded } else { Part::unknown };
                Amount::wait(part(call), false)
            }
            _ => Amount::default(),
        }
    }

    fn fold(
        &mut self,
        parts: &'a [Course],
        within: Within,
        given: &[(usize, Given)],
        unseen: &mut Vec<&'a Shown>,
        join: fn(Amount<'a>, Amount<'a>) -> Amount<'a>,
    ) -> Amount<'a> {
        parts.iter().fold(Amount::default(), |before, part| {
            let next = self.amount(part, within, given, unseen);
            join(before, next)
        })
    }
}

/// What may wait and of which nothing is known is counted as nothing.
fn unseen_at<'a>(place: &'a Shown, unseen: &mut Vec<&'a Shown>) -> Amount<'a> {
    note(unseen, place);
    Amount {
        has_unseen: true,
        ..Amount::default()
    }
}

fn note<'a>(unseen: &mut Vec<&'a Shown>, place: &'a Shown) {
    let is_new = unseen.len() < MOST_UNSEEN && !unseen.iter().any(|known| known.text == place.text);
    if is_new {
        unseen.push(place);
    }
}

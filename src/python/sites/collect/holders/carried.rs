//! What objects carry that limits come from.

use super::lengths::same;
use super::made::{Given, Made};
use super::{DEEPEST, Holders, process};
use crate::catalog::{Api, HolderArgument};
use crate::python::deadlines::callers::Callers;
use crate::python::names::{Elsewhere, Value};
use crate::python::program::CarriedObjects;
use crate::python::sites::collect::held::Held;
use crate::sites::Carried;

impl<'a> Holders<'a> {
    /// What the connect `call` of `api` gets from its holder, as far as the visit has seen it: asked at its end.
    pub(in crate::python::sites::collect) fn carried(
        &self,
        api: &Api,
        call: usize,
        found: &Held,
        callers: &Callers,
    ) -> Carried {
        match process::limits(&self.process, api, call, self.names) {
            true => Carried::Limit,
            false => self.carried_by(found, callers, DEEPEST),
        }
    }

    pub(super) fn carried_by(&self, found: &Held, callers: &Callers, depth: usize) -> Carried {
        match found {
            Held::Nothing => Carried::Nothing,
            Held::Unseen => Carried::Unseen,
            Held::MadeAt { origins, connect } => self.agreed(origins, Some(*connect), DEEPEST),
            Held::OfClass(class) => self.of_class(class, DEEPEST),
            Held::MadeElsewhere { module, calls } => self.made_elsewhere(module, calls).unwrap_or(Carried::Unseen),
            Held::Given(given) => self.given_by_callers(given, callers, depth),
            Held::MadeUnlessGiven {
                origins,
                connect,
                given,
            } => match self.agreed(origins, Some(*connect), DEEPEST) {
                Carried::Limit if given.iter().all(|given| self.is_given_none_else(given, callers, depth)) => {
                    Carried::Limit
                }
                _ => Carried::Unseen,
            },
        }
    }

    /// What objects that another module makes carry, if that is the same for all.
    fn made_elsewhere(&self, module: &Elsewhere, calls: &[usize]) -> Option<Carried> {
        let others = self.others?;
        let facts = others.facts(module)?;
        let carried = |call: &usize| match facts.carried.of_others.get(call) {
            Some((file, class)) => {
                let carried = others.facts_at(file)?.carried.by_class.get(class).cloned();
                Some(limit_or_unseen(carried))
            }
            None => facts.carried.by_call.get(call).cloned(),
        };
        same(calls.iter().map(carried))
    }

    /// What every object carries that the module makes, where no setter changes it.
    pub(in crate::python::sites::collect) fn all(&self) -> CarriedObjects {
        let calls = self.made.keys().chain(self.instances.keys());
        let classes = self.by_class.iter();
        let of_others = self.instances.iter().filter_map(|(call, class)| {
            let (module, class) = self.names.constructing_class(class)?;
            Some((*call, (module?.0.file().to_owned(), class)))
        });
        CarriedObjects {
            of_others: of_others.collect(),
            by_call: calls
                .map(|call| (*call, self.of_object(*call, None, DEEPEST)))
                .collect(),
            by_class: classes
                .map(|(class, made)| (*class, self.of_made(made, DEEPEST)))
                .collect(),
        }
    }

    /// What is known of several objects, one of which is used: what they agree on.
    fn agreed(&self, origins: &[usize], connect: Option<usize>, depth: usize) -> Carried {
        let carried = origins
            .iter()
            .map(|origin| Some(self.of_object(*origin, connect, depth)));
        same(carried).unwrap_or(Carried::Unseen)
    }

    fn of_object(&self, origin: usize, connect: Option<usize>, depth: usize) -> Carried {
        let (Some(made), true) = (self.made.get(&origin), depth > 0) else {
            let class = self.instances.get(&origin);
            return class.map_or(Carried::Unseen, |class| self.of_class(class, depth));
        };
        let is_before = |(at, _): &&(usize, Given)| connect.is_none_or(|connect| *at < connect);
        if let Some((_, Given::Value { .. })) = self.set.get(&origin).into_iter().flatten().rfind(is_before) {
            return Carried::Limit;
        }
        self.of_made(made, depth)
    }

    /// What an object carries of a class of the project: a limit that its constructor certainly gives the holder in it.
    fn of_class(&self, class: &Value, depth: usize) -> Carried {
        let carried = match self.names.constructing_class(class).filter(|_| depth > 0) {
            Some((None, class)) => self.by_class.get(&class).map(|made| self.of_made(made, depth)),
            Some((Some(module), class)) => {
                let facts = self.others.and_then(|others| others.facts(&module));
                facts.and_then(|facts| facts.carried.by_class.get(&class).cloned())
            }
            None => None,
        };
        limit_or_unseen(carried)
    }

    fn of_made(&self, made: &Made<'a>, depth: usize) -> Carried {
        let mut carried = Vec::new();
        for (argument, given) in &made.given {
            carried.push(match given {
                Given::Nothing { is_off: true } => Carried::SwitchedOff(argument.name.clone()),
                Given::Nothing { is_off: false } => Carried::Nothing,
                Given::Value { origins, .. } => self.of_value(argument, origins, depth),
            });
        }
        let first = |wanted: fn(&Carried) -> bool| carried.iter().find(|carried| wanted(carried)).cloned();
        first(|carried| matches!(carried, Carried::InProcess(_)))
            .or_else(|| first(|carried| *carried == Carried::Limit))
            .or_else(|| first(|carried| *carried == Carried::Unseen))
            .or_else(|| first(|carried| matches!(carried, Carried::Unpacked(_))))
            .or_else(|| made.unpacks.then(|| Carried::Unpacked(made.class())))
            .or_else(|| first(|carried| matches!(carried, Carried::SwitchedOff(_))))
            .unwrap_or_else(|| made.bare())
    }

    /// A value that is no holder's object limits the wait: a number, a name that stands for one.
    fn of_value(&self, argument: &HolderArgument, origins: &[usize], depth: usize) -> Carried {
        let is_holder = origins.iter().any(|origin| self.made.contains_key(origin));
        match (is_holder, argument.only_holders) {
            (true, _) => self.agreed(origins, None, depth - 1),
            (false, true) if origins.is_empty() => Carried::Unseen,
            (false, true) => Carried::Nothing,
            (false, false) => Carried::Limit,
        }
    }
}

/// What an object of a class of the project carries by its constructor: whatever else is left open there may be said elsewhere.
fn limit_or_unseen(by_class: Option<Carried>) -> Carried {
    by_class
        .filter(|carried| *carried == Carried::Limit)
        .unwrap_or(Carried::Unseen)
}

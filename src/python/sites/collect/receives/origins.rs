//! What messages come out of: the connections of known connects, and objects of known classes.

use foldhash::HashMap;

use super::Candidate;
use crate::catalog::{Receiver, ReceiverId};
use crate::python::names::{Making, Value, is_of_python};
use crate::python::sites::collect::closers::ClosedBeside;
use crate::python::sites::collect::held::Held;
use crate::python::sites::collect::inside::FARTHEST;
use crate::python::sites::collect::opened::{opened, opened_elsewhere};
use crate::python::sites::collect::{Collector, Found};
use crate::python::testing::stand_ins::LastingReplacements;
use crate::sites::{Connect, ReceiveForm};
use crate::source::Language;

/// What a message comes out of.
pub(super) struct Origin<'c> {
    pub(super) receiver: ReceiverId,
    pub(super) source: String,
    pub(super) connects: Vec<&'c Connect>,
    /// Where the calls of the module begin that make it.
    pub(super) made: Vec<usize>,
    /// Nothing but its class is known, of an annotation.
    pub(super) is_declared: bool,
}

impl<'a> Collector<'a> {
    /// What the object of a candidate certainly is: what known connects give, or an instance of a known class.
    pub(super) fn origin<'c>(
        &self,
        candidate: &Candidate<'a>,
        by_start: &HashMap<usize, &'c Connect>,
    ) -> Option<Origin<'c>> {
        let catalog = self.messages.catalog;
        let makings = self.names.makings(candidate.object);
        // Whatever else is said of it: what a mock gives is there at once.
        let is_mock = |making: &Making| {
            making
                .callee
                .as_deref()
                .is_some_and(|made| made.starts_with("unittest.mock."))
        };
        if makings.into_iter().flatten().any(is_mock) {
            return None;
        }
        if let Some(path) = makings.and_then(opened_elsewhere)
            && let Some(receiver) = catalog.receiving_outcome(Language::Python, path)
        {
            return Some(Origin {
                receiver,
                source: path.to_owned(),
                connects: Vec::new(),
                made: Vec::new(),
                is_declared: false,
            });
        }
        let opened: Option<Vec<&Connect>> = makings
            .into_iter()
            .flatten()
            .map(|making| opened(making, by_start))
            .collect();
        if let Some([first, rest @ ..]) = opened.as_deref() {
            let of = |connect: &Connect| catalog.receiving_outcome(Language::Python, &connect.path);
            let receiver = of(first)?;
            return rest.iter().all(|other| of(other) == Some(receiver)).then(|| Origin {
                receiver,
                source: first.path.clone(),
                connects: opened.clone().unwrap_or_default(),
                made: opened.iter().flatten().map(|connect| connect.call.start).collect(),
                is_declared: false,
            });
        }
        let [Value::Outcome(class)] = self.names.values(candidate.object) else {
            return None;
        };
        let receiver = catalog.receiving_class(Language::Python, class)?;
        // What hands messages on may have been filled by those who give it; a connection that the code makes of its class
        // stands on whatever it is given there, a mock for one.
        let known = &catalog.receiver(receiver).receiver;
        let package = |path: &str| path.split('.').next().map(str::to_owned);
        let is_of_library = |making: &Making| {
            let callee = making.callee.as_deref();
            callee.is_some_and(|callee| package(callee) == package(class))
        };
        // Whatever class is named for an object of the project's own: `cast(ClientConnection, Fake())`.
        let is_other = |making: &Making| is_of_library(making) || making.is_of_own_class;
        let mut sources = makings.into_iter().flatten().flat_map(Making::sources);
        let is_right = match known.signal {
            true => makings.is_some(),
            false => !sources.any(is_other),
        };
        match is_right || known.of.contains(class) {
            true => Some(Origin {
                receiver,
                source: class.clone(),
                connects: Vec::new(),
                made: Vec::new(),
                is_declared: makings.is_none(),
            }),
            false => self.connected(candidate, receiver, by_start),
        }
    }

    /// What the connection of a connect is.
    pub(super) fn receiver_id_of(&self, connect: &Connect) -> Option<ReceiverId> {
        self.messages.catalog.receiving_outcome(Language::Python, &connect.path)
    }

    pub(super) fn receiver_of(&self, connect: &Connect) -> Option<&'a Receiver> {
        let id = self.receiver_id_of(connect)?;
        Some(&self.messages.catalog.receiver(id).receiver)
    }

    /// An object of a receiving class that a method of its own has connected: `ws = WebSocket()`, then `ws.connect(…)`.
    fn connected<'c>(
        &self,
        candidate: &Candidate<'a>,
        receiver: ReceiverId,
        by_start: &HashMap<usize, &'c Connect>,
    ) -> Option<Origin<'c>> {
        let made: Vec<usize> = self.names.origins(candidate.object)?.collect();
        let calls: Option<Vec<_>> = made.iter().map(|made| self.messages.connected.get(made)).collect();
        let calls = calls?.into_iter().flatten();
        let connects: Option<Vec<&Connect>> = calls.map(|call| by_start.get(call).copied()).collect();
        let connects = connects.filter(|all| all.iter().all(|connect| !connect.in_thread))?;
        Some(Origin {
            receiver,
            source: connects.first()?.path.clone(),
            connects,
            made,
            is_declared: false,
        })
    }

    /// The connects that may have given an argument which ends the waits of a candidate: those of the file, where of the object
    /// nothing but its class is known. `None` where the connect cannot be seen.
    pub(super) fn limiting<'c>(
        &self,
        origin: &Origin<'c>,
        receiver: &Receiver,
        connects: &'c [Connect],
    ) -> Option<Vec<&'c Connect>> {
        let of_class = |connect: &&Connect| self.receiver_id_of(connect) == Some(origin.receiver);
        match origin.is_declared && receiver.setters.is_empty() {
            true => Some(connects.iter().filter(of_class).collect()),
            false if receiver.signal || !origin.connects.is_empty() => Some(origin.connects.clone()),
            false => None,
        }
    }

    /// Takes note of the objects that are connections because of one of these connects.
    pub(in crate::python::sites::collect) fn note_connected(&mut self, found: &[Found]) {
        for found in found {
            let class = found.callee.path.rsplit_once('.').map(|(class, _)| class);
            let receiver = class.and_then(|class| self.catalog.receiving_class(Language::Python, class));
            if let (Some(_), Held::MadeAt { origins, .. }) = (receiver, &found.held) {
                for origin in origins {
                    let connects = self.messages.connected.entry(*origin).or_default();
                    connects.push(found.call.start);
                }
            }
        }
    }

    /// Something that runs beside the wait closes the connection.
    pub(super) fn is_closed_beside(
        &self,
        candidate: &Candidate<'a>,
        closed: &ClosedBeside,
        receiver: &Receiver,
    ) -> bool {
        let makings = self.names.makings(candidate.object).unwrap_or_default();
        let is_plain = |path: &String| path.starts_with("tornado.");
        let is_plain = receiver.blocking || receiver.of.iter().any(is_plain);
        let statement = candidate.note.statement.start;
        let made: Vec<usize> = makings.iter().take(FARTHEST).map(|making| making.call).collect();
        let started = candidate.function;
        made.iter()
            .any(|made| closed.covers(candidate.function, *made, statement, is_plain))
            || self.is_cancelled_beside(candidate.function, statement)
            || started.is_some_and(|function| self.is_ended_by_starters(function, &made, closed))
    }

    /// Something else stands in the place of the method, as tests have it.
    pub(super) fn is_replaced_method(&self, candidate: &Candidate<'a>) -> bool {
        let (Some(name), ReceiveForm::Call(method)) = (candidate.object.as_name_expr(), &candidate.form) else {
            return false;
        };
        let method = (candidate.function, &name.id, method.as_str());
        self.messages.replaced.contains(&method)
    }

    /// What gives the connection is replaced around the wait: its library, or the function of the project that connects.
    pub(super) fn is_of_replaced(
        &self,
        candidate: &Candidate<'a>,
        origin: &Origin<'_>,
        replaced: &LastingReplacements,
    ) -> bool {
        // A part of Python's own library says nothing of what another one gives.
        let library = origin.source.split('.').next();
        let library = library.filter(|library| !is_of_python(library));
        let mut names = library.into_iter().chain(self.given_by(candidate.object));
        names.any(|name| self.is_replaced_around(name, &candidate.around, candidate.function, replaced))
    }
}

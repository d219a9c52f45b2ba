//! From what the visit found to [`Sites`]: what callers and the users of a variable put around a future is added to the
//! connects inside.

pub(in crate::rust) mod callers;
pub(in crate::rust) mod elsewhere;
mod ended;
pub(in crate::rust) mod exchanges;
pub(in crate::rust) mod linked;

use std::sync::Arc;

use foldhash::HashMap;

use crate::catalog::{ApiId, Catalog};
use crate::rust::assemble::callers::{Callers, Entered, no_timer};
use crate::rust::assemble::elsewhere::Elsewhere;
use crate::rust::assemble::exchanges::{Opened, ReceiveNote};
use crate::rust::assemble::linked::Settled;
use crate::rust::collect::blocking::BlockingNote;
use crate::rust::collect::connects::{FoundArgument, FoundConnect};
use crate::rust::collect::found::{Found, Runtimes};
use crate::rust::collect::frames::{AwaitPoint, JoinPoint, Sealed};
use crate::rust::collect::prints::PrintNote;
use crate::rust::names::spelling::Spelling;
use crate::rust::program::View;
use crate::sites::{
    BlockingCall, Bound, Carried, Connect, DeadlineCall, Entry, Exchange, Expected, FunctionCourse, OwnMembers, Print,
    Receive, Retry, SwallowedFailure, Test,
};

/// What the rewrite of a connect needs.
#[derive(Clone, Debug)]
pub(super) struct ConnectNote {
    /// Where the future is awaited.
    pub(super) awaited: Option<AwaitPoint>,
    /// The methods between the call and the `.await`.
    pub(super) adaptors: Vec<String>,
    /// The macro whose tokens it stands in, where they are not edited.
    pub(super) sealed: Option<Sealed>,
    /// It is tried again and again.
    pub(super) in_loop: bool,
    /// It runs in a task of its own.
    pub(super) in_task: bool,
    /// The `join!` that it is a future of, and how many of that macro's futures are connects.
    pub(super) join: Option<(JoinPoint, usize)>,
    /// Why no timer can be trusted here.
    pub(super) no_timer: Option<&'static str>,
    /// The runtimes that the file itself uses something of.
    pub(super) runtimes: Runtimes,
    /// How names are written where it is awaited.
    pub(super) spelling: Arc<Spelling>,
    /// Its arguments, as in [`Connect::arguments`].
    pub(super) arguments: Vec<FoundArgument>,
}

/// The sites of a file and the languages' own notes about them, by id.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    pub(super) connects: Vec<Connect>,
    pub(super) connect_notes: Vec<ConnectNote>,
    pub(super) deadline_calls: Vec<DeadlineCall>,
    pub(super) sets_deadline: bool,
    pub(super) prints: Vec<Print>,
    pub(super) print_notes: Vec<PrintNote>,
    pub(super) tests: Vec<Test>,
    pub(super) courses: Vec<FunctionCourse>,
    pub(super) opened_elsewhere: Vec<ApiId>,
    pub(super) receives: Vec<Receive>,
    pub(super) receive_notes: Vec<ReceiveNote>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) swallowed: Vec<SwallowedFailure>,
    pub(super) retries: Vec<Retry>,
    pub(super) blocking_calls: Vec<BlockingCall>,
    pub(super) blocking_notes: Vec<Option<BlockingNote>>,
    /// Why no timer can be trusted in this file.
    pub(super) no_timer: Option<&'static str>,
}

/// Puts everything together.
pub(super) fn assemble(mut found: Found, catalog: &Catalog, view: Option<&View<'_>>) -> Assembled {
    let mut deadline_calls = std::mem::take(&mut found.deadline_calls);
    deadline_calls.sort_by_key(|call| call.call);
    let Settled { courses, opened } = linked::settle(&mut found, view);
    let mut tests = std::mem::take(&mut found.tests);
    tests.sort_by_key(|test| test.name_span);
    let mut assembled = Assembled {
        deadline_calls,
        sets_deadline: found.sets_deadline,
        tests,
        courses,
        opened_elsewhere: opened.into_iter().collect(),
        ..Assembled::default()
    };
    let mut connects = std::mem::take(&mut found.connects);
    connects.sort_by_key(|connect| connect.call);
    let mut prints = std::mem::take(&mut found.prints);
    prints.sort_by_key(|print| print.print.call);
    let joined = joined_connects(&connects);
    let functions: Vec<Option<usize>> = connects.iter().map(|connect| connect.place.function).collect();
    let given = connects.iter().flat_map(|connect| &connect.given).copied().collect();
    let messages = std::mem::take(&mut found.messages);
    let mut callers = Callers::new(&found, view.map(Elsewhere::new));
    for (id, connect) in connects.into_iter().enumerate() {
        let (site, note) = one(id, connect, &mut callers, &joined);
        assembled.connects.push(site);
        assembled.connect_notes.push(note);
    }
    let opened = Opened::new(catalog, &assembled.connects, functions, given);
    assembled.exchanges = opened.exchanges(&messages.uses);
    for (receive, note) in opened.receives(messages, &assembled.courses, &mut callers) {
        assembled.receives.push(receive);
        assembled.receive_notes.push(note);
    }
    assembled.swallowed = opened.swallowed(&found.swallowed);
    assembled.retries = opened.retried(&found.retried);
    let blocking = std::mem::take(&mut found.blocking);
    (assembled.blocking_calls, assembled.blocking_notes) = blocking.assemble(&assembled.connects);
    let is_paused = found.functions.iter().any(|function| function.paused);
    assembled.no_timer = no_timer(is_paused, found.untimed_runtime);
    for (id, print) in prints.into_iter().enumerate() {
        assembled.prints.push(Print { id, ..print.print });
        assembled.print_notes.push(print.note);
    }
    assembled
}

/// How many futures of each `join!` are connects, by where the macro begins.
fn joined_connects(connects: &[FoundConnect]) -> HashMap<usize, usize> {
    let mut counts = HashMap::default();
    for join in connects.iter().filter_map(|connect| connect.place.join.as_ref()) {
        *counts.entry(join.call.start).or_default() += 1;
    }
    counts
}

fn one(
    id: usize,
    connect: FoundConnect,
    callers: &mut Callers<'_>,
    joined: &HashMap<usize, usize>,
) -> (Connect, ConnectNote) {
    let place = &connect.place;
    let mut deadlines = callers.around(place, connect.blocking);
    if connect.blocking {
        deadlines.extend(connect.given.iter().filter_map(|id| {
            let variable = callers.found.variables.get(id.0)?;
            variable.read_timeout.clone()
        }));
        // A socket that it is given may have brought the same along.
        if let Some(own) = &connect.read_timeout
            && !deadlines.contains(own)
        {
            deadlines.push(own.clone());
        }
    }
    let entered = if connect.blocking {
        Entered {
            entry: Entry::Blocking,
            place,
            spelling: &connect.spelling,
        }
    } else {
        callers.entered(place, &connect.spelling)
    };
    let no_timer = callers.no_timer(entered.place);
    let note = ConnectNote {
        awaited: entered.place.awaited.clone(),
        adaptors: place.adaptors.iter().chain(&entered.place.adaptors).cloned().collect(),
        sealed: entered.place.sealed.clone().or_else(|| place.sealed.clone()),
        in_loop: entered.place.in_loop,
        in_task: entered.place.in_task || place.in_task,
        join: entered
            .place
            .join
            .clone()
            .map(|join| (joined.get(&join.call.start).copied().unwrap_or_default(), join))
            .map(|(count, join)| (join, count)),
        no_timer,
        runtimes: callers.found.runtimes,
        spelling: entered.spelling.clone(),
        arguments: connect.arguments.clone(),
    };
    let clock_stands_still = callers.clock_stands_still(&connect.place, connect.scheme.is_some());
    let site = Connect {
        id,
        api: connect.api,
        path: connect.path,
        call: connect.call,
        callee: connect.callee,
        arguments: connect.arguments.into_iter().map(|found| found.argument).collect(),
        keywords: Vec::new(),
        positional: Vec::new(),
        scheme: connect.scheme,
        unpacks: connect.unpacks,
        entry: entered.entry,
        in_thread: false,
        own_members: OwnMembers::None,
        carried_bound: Bound::Unknown,
        carried: match connect.carries_limit {
            true => Carried::Limit,
            false => Carried::Nothing,
        },
        callers: callers.asked_for(&connect.place, connect.blocking),
        through: Vec::new(),
        handed_by: None,
        deadlines,
        in_async: connect.place.in_async,
        in_test: connect.in_test,
        clock_stands_still,
        chosen_by_version: false,
        expected: Expected::default(),
    };
    (site, note)
}

//! What the visit found of messages, put together with the connects of the file.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use crate::catalog::Catalog;
use crate::rust::assemble::callers::Callers;
use crate::rust::collect::ending::over;
use crate::rust::collect::found::Runtimes;
use crate::rust::collect::frames::{AwaitPoint, Function, Sealed};
use crate::rust::collect::given::Received;
use crate::rust::collect::receives::{FoundReceive, FoundUse, Messages};
use crate::rust::collect::retried::FoundRetry;
use crate::rust::collect::signals::FEEDS;
use crate::rust::collect::sockets::READ_TIMEOUT;
use crate::rust::collect::swallowed::FoundSwallow;
use crate::rust::names::LocalId;
use crate::rust::names::spelling::Spelling;
use crate::sites::{
    Connect, Deadline, Entry, Exchange, ExchangeKind, FunctionCourse, Receive, Retry, SwallowedFailure,
};
use crate::source::{Language, Span};

/// What the rewrite of a wait needs.
#[derive(Clone, Debug)]
pub(in crate::rust) struct ReceiveNote {
    /// Where it is awaited.
    pub(in crate::rust) awaited: Option<AwaitPoint>,
    /// It blocks its thread.
    pub(in crate::rust) blocking: bool,
    /// The macro whose tokens it stands in, where they are not edited.
    pub(in crate::rust) sealed: Option<Sealed>,
    /// It runs in a task of its own.
    pub(in crate::rust) in_task: bool,
    /// Why no timer can be trusted here.
    pub(in crate::rust) no_timer: Option<&'static str>,
    /// The runtimes that the file itself uses something of.
    pub(in crate::rust) runtimes: Runtimes,
    /// How names are written there.
    pub(in crate::rust) spelling: Arc<Spelling>,
}

/// The connects of a file.
pub(in crate::rust) struct Opened<'a> {
    catalog: &'a Catalog,
    connects: &'a [Connect],
    /// The functions that they stand in.
    functions: Vec<Option<usize>>,
    /// The variables that they are given.
    given: HashSet<LocalId>,
    /// By the whole call.
    by_call: HashMap<Span, usize>,
    /// Those that give connections, by function, by position.
    by_function: HashMap<Option<usize>, Vec<usize>>,
}

/// By function: where it uses a connection that another one gives, and the connect by which that opens it.
type HeldByFunction = HashMap<Option<usize>, Vec<(usize, usize)>>;

/// Methods that give the connection on to the variable that gets their outcome.
const PASSING: &[&str] = &["split", "clone", "by_ref"];

impl<'a> Opened<'a> {
    /// `functions` are those that `connects`, by position, stand in, `given` the variables that they are given.
    pub(in crate::rust) fn new(
        catalog: &'a Catalog,
        connects: &'a [Connect],
        functions: Vec<Option<usize>>,
        given: HashSet<LocalId>,
    ) -> Self {
        let mut by_function: HashMap<_, Vec<usize>> = HashMap::default();
        for (connect, function) in connects.iter().zip(&functions) {
            if catalog.receiving_outcome(Language::Rust, &connect.path).is_some() {
                by_function.entry(*function).or_default().push(connect.id);
            }
        }
        Self {
            catalog,
            connects,
            functions,
            given,
            by_call: connects.iter().map(|connect| (connect.call, connect.id)).collect(),
            by_function,
        }
    }

    /// What ends a wait for a message from outside; of one that blocks its thread the read timeout of its socket, too.
    fn around(&self, receive: &FoundReceive, connect: Option<usize>, callers: &mut Callers<'_>) -> Vec<Deadline> {
        let mut deadlines = callers.around(&receive.place, receive.blocking);
        if receive.blocking {
            deadlines.extend(receive.read_timeout.clone());
        }
        if receive.blocking
            && let Some(connect) = connect.and_then(|index| self.connects.get(index))
        {
            let of_socket = connect
                .deadlines
                .iter()
                .filter(|deadline| deadline.path == READ_TIMEOUT);
            deadlines.extend(of_socket.cloned());
        }
        deadlines
    }

    /// Every wait for a message, by position; `courses` are those of the functions that are called.
    pub(in crate::rust) fn receives(
        &self,
        messages: Messages,
        courses: &[FunctionCourse],
        callers: &mut Callers<'_>,
    ) -> Vec<(Receive, ReceiveNote)> {
        let Messages {
            mut receives,
            uses,
            limited,
            tasks,
            dropped,
            ..
        } = messages;
        // A limit of reads that is set on something which no connect is seen to get may be that of any connection.
        let has_loose_limits = limited.iter().any(|on| on.is_none_or(|id| !self.given.contains(&id)));
        // And one that comes from elsewhere may have any.
        let may_be_limited = |receive: &FoundReceive| {
            let is_unseen = receive.from.made.is_none() && receive.is_foreign;
            has_loose_limits || is_unseen && !limited.is_empty()
        };
        receives.sort_by_key(|receive| receive.span);
        let fed = fed(&uses);
        let held = self.given_by_functions(&uses, &callers.found.functions);
        let over = over(&uses, &tasks, courses);
        // Where the only sender is gone, the wait is over at once.
        let is_closed = |made: Span, receive: &FoundReceive| {
            let mut gone = dropped.iter().filter(|(of, ..)| *of == made);
            let is_before = |at: usize| at < receive.span.start;
            let is_clone = |used: &FoundUse| used.from.made == Some(made) && used.method.as_deref() == Some("clone");
            gone.any(|(_, function, at)| *function == receive.place.function && is_before(*at))
                && !uses.iter().any(is_clone)
        };
        let mut found = Vec::new();
        for receive in receives {
            // Who gets the future, or races it, may end it.
            let is_awaited = receive.blocking || receive.place.entry == Some(Entry::Await);
            if !is_awaited || receive.place.is_raced() {
                continue;
            }
            let known = &self.catalog.receiver(receive.from.receiver).receiver;
            let connect = match known.signal {
                // Whoever gave it may have filled it, and goes away some day.
                true if receive.from.made.is_none_or(|made| {
                    let is_fed = fed.contains(&(made, receive.place.function));
                    let is_over = over.closed.contains(&made) || over.given.contains(&made) && !receive.place.in_loop;
                    is_over || is_fed || is_closed(made, &receive)
                }) =>
                {
                    None
                }
                true => self.held(&receive, &held),
                false => self.made(&receive.from).map(|connect| connect.id),
            };
            if known.signal && connect.is_none() {
                continue;
            }
            let deadlines = self.around(&receive, connect, callers);
            let may_be_limited = may_be_limited(&receive);
            let place = &receive.place;
            let note = ReceiveNote {
                awaited: place.awaited.clone(),
                blocking: receive.blocking,
                sealed: place.sealed.clone(),
                in_task: place.in_task,
                no_timer: callers.no_timer(place),
                runtimes: callers.found.runtimes,
                spelling: receive.spelling,
            };
            let site = Receive {
                id: found.len(),
                span: receive.span,
                form: receive.form,
                receiver: receive.from.receiver,
                source: receive.from.source,
                connect,
                deadlines,
                limited: receive.blocking && may_be_limited,
                in_test: receive.in_test,
                runs_in_test: match receive.blocking {
                    true => callers.blocks_test(place),
                    false => callers.runs_in_test(place),
                },
                expects_timeout: false,
            };
            found.push((site, note));
        }
        found
    }

    /// What is done with connections, by position.
    pub(in crate::rust) fn exchanges(&self, uses: &[FoundUse]) -> Vec<Exchange> {
        // The receiver of a method begins where the call does; the method says more.
        let mut by_start: HashMap<usize, &FoundUse> = HashMap::default();
        for used in uses {
            let known = by_start.entry(used.span.start).or_insert(used);
            if known.method.is_none() {
                *known = used;
            }
        }
        let mut found: Vec<Exchange> = by_start.into_values().filter_map(|used| self.exchange(used)).collect();
        found.sort_by_key(|exchange| exchange.span);
        found
    }

    /// The connects whose failure a test does not see, by position.
    pub(in crate::rust) fn swallowed(&self, found: &[FoundSwallow]) -> Vec<SwallowedFailure> {
        let site = |found: &FoundSwallow| {
            Some(SwallowedFailure {
                span: found.span,
                connect: *self.by_call.get(&found.connect)?,
                swallow: found.swallow,
            })
        };
        let mut sites: Vec<_> = found.iter().filter_map(site).collect();
        sites.sort_by_key(|site| site.span);
        sites
    }

    /// What tries a connect again, by position.
    pub(in crate::rust) fn retried(&self, found: &[FoundRetry]) -> Vec<Retry> {
        let site = |found: &FoundRetry| {
            Some(Retry {
                head: found.head,
                span: found.span,
                connects: vec![*self.by_call.get(&found.connect)?],
            })
        };
        let mut sites: Vec<_> = found.iter().filter_map(site).collect();
        sites.sort_by_key(|site| site.span);
        sites
    }

    fn exchange(&self, used: &FoundUse) -> Option<Exchange> {
        let connect = self.made(&used.from)?;
        let known = &self.catalog.receiver(used.from.receiver).receiver;
        let is_beside = self.functions.get(connect.id) == Some(&used.function) && !used.in_task;
        let kind = match &used.method {
            Some(method) if PASSING.contains(&method.as_str()) => return None,
            Some(method) if is_beside && known.sends.contains(method) => ExchangeKind::Send(method.clone()),
            Some(method) if is_beside && known.methods.contains(method) => ExchangeKind::Receive,
            Some(method) if is_beside && known.states.contains(method) => ExchangeKind::State,
            _ => ExchangeKind::Other,
        };
        Some(Exchange {
            span: used.span,
            connect: connect.id,
            kind,
            in_test: used.in_test,
        })
    }

    /// The connect that gives the connection.
    fn made(&self, from: &Received) -> Option<&Connect> {
        self.connects.get(*self.by_call.get(&from.made?)?)
    }

    /// The last connection that the same function opens before, or else gets from another one that opens it.
    fn held(&self, receive: &FoundReceive, given: &HeldByFunction) -> Option<usize> {
        let function = receive.place.function;
        let begins_before = |id: &usize| {
            let connect = self.connects.get(*id);
            connect.is_some_and(|connect| connect.call.start < receive.span.start)
        };
        let own = || {
            let opened = self.by_function.get(&function)?;
            opened
                .get(opened.partition_point(begins_before).checked_sub(1)?)
                .copied()
        };
        own().or_else(|| {
            let given = given.get(&function)?;
            let before = given.partition_point(|(start, _)| *start < receive.span.start);
            given.get(before.checked_sub(1)?).map(|(_, connect)| *connect)
        })
    }

    /// Where functions use a connection that another one of the file has opened: the connect by which that was.
    fn given_by_functions(&self, uses: &[FoundUse], functions: &[Function]) -> HeldByFunction {
        let path_of = |index: usize| functions.get(index).map(|function| function.path.as_str());
        let opening = self.by_function.iter();
        let opening: HashMap<&str, usize> = opening
            .filter_map(|(function, opened)| Some((path_of((*function)?)?, *opened.last()?)))
            .collect();
        let mut held = HeldByFunction::default();
        for used in uses {
            let connect = used.from.given_by.as_deref().and_then(|path| opening.get(path));
            if let Some(connect) = connect {
                held.entry(used.function).or_default().push((used.span.start, *connect));
            }
        }
        held.values_mut().for_each(|uses| uses.sort_unstable());
        held
    }
}

/// What functions put something into themselves: the call that makes it, the function.
fn fed(uses: &[FoundUse]) -> HashSet<(Span, Option<usize>)> {
    let feeds = uses.iter().filter(|used| {
        let method = used.method.as_deref();
        !used.in_task && method.is_some_and(|method| FEEDS.contains(&method))
    });
    feeds
        .filter_map(|used| Some((used.from.made?, used.function)))
        .collect()
}

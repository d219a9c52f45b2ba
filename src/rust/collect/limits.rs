//! How long connects and reads last, by their own limits.

use crate::catalog::{Call, Waits};
use crate::rust::collect::Collector;
use crate::rust::collect::connects::FoundConnect;
use crate::rust::collect::course::FARTHEST;
use crate::sites::{Bound, Course, Length, Wait};
use crate::source::Span;

impl Collector<'_> {
    pub(in crate::rust) fn found_connect(&self, span: Span) -> Option<&FoundConnect> {
        self.found
            .connects
            .iter()
            .rev()
            .take(FARTHEST)
            .find(|connect| connect.call == span)
    }

    pub(in crate::rust) fn connected(&self, span: Span) -> Option<Course> {
        Some(self.of_connect(self.found_connect(span)?))
    }

    pub(in crate::rust) fn connect_that_blocks(&self, span: Span) -> Option<Course> {
        let connect = self.found_connect(span).filter(|connect| connect.blocking)?;
        Some(self.of_connect(connect))
    }

    /// A wait for a message that blocks its thread: it lasts as long as a read of its socket may.
    pub(in crate::rust) fn message_that_blocks(&self, span: Span) -> Option<Course> {
        let mut last = self.found.messages.receives.iter().rev().take(FARTHEST);
        let receive = last.find(|receive| receive.span == span && receive.blocking)?;
        let length = self.read_length(receive);
        Some(self.wait(span, Length::Is(length), true))
    }

    pub(in crate::rust) fn of_connect(&self, connect: &FoundConnect) -> Course {
        let entry = self.catalog.entry(connect.api);
        let arguments = connect.arguments.iter();
        let bounding = arguments.filter(|found| entry.bounds_connect(&found.argument.name));
        let given = bounding.map(|found| found.argument.value).next();
        let given = given.or_else(|| self.read_limit(connect).filter(|_| connect.blocking));
        // How often a limit of one attempt comes to bear cannot be told.
        let of_all = |bound: Bound| match entry.api.limit_holds_for {
            Some(_) if bound != Bound::Unlimited => Bound::Unknown,
            _ => bound,
        };
        let (bound, default) = match (given, entry.api.waits, entry.api.limit) {
            (Some(bound), ..) => (of_all(bound), None),
            (None, Waits::InProcess, _) => (Bound::Seconds(0.0), None),
            (None, ..) if connect.unpacks || connect.carries_limit => (Bound::Unknown, None),
            (None, Waits::ForEver, _) => (Bound::Unlimited, None),
            (None, Waits::Default, limit) => (
                of_all(limit.map_or(Bound::Unknown, Bound::Seconds)),
                Some(format!("{}'s own limit", entry.package)),
            ),
        };
        Course::Wait(Wait {
            what: self.shown(connect.call),
            length: Length::Is(bound),
            default,
            blocks: entry.api.call == Call::Blocking,
            connect: None,
            path: None,
        })
    }
}

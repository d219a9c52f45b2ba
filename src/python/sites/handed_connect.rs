//! Connects that get what they are given through something else.

use crate::catalog::ApiId;
use crate::sites::{Bound, CallersElsewhere, Carried, Connect, Entry, Expected, HANDED, OwnMembers};
use crate::source::Span;

/// A connect that gets its arguments through something else: nothing is known of where it stands.
pub(in crate::python) fn handed_to(api: ApiId, path: String) -> Connect {
    Connect {
        id: HANDED,
        api,
        path,
        call: Span::empty(0),
        callee: Span::empty(0),
        arguments: Vec::new(),
        keywords: Vec::new(),
        positional: Vec::new(),
        scheme: None,
        unpacks: false,
        entry: Entry::Stored,
        in_thread: false,
        own_members: OwnMembers::None,
        carried: Carried::Nothing,
        carried_bound: Bound::Unknown,
        deadlines: Vec::new(),
        in_async: false,
        in_test: false,
        clock_stands_still: false,
        chosen_by_version: false,
        expected: Expected::Anything,
        callers: CallersElsewhere::NotAsked,
        through: Vec::new(),
        handed_by: None,
    }
}

//! Limits that hold for all connects of a process.

use crate::catalog::Api;
use crate::python::names::{FunctionId, Names};

/// A call that sets the limit of all connects of the process, or takes it away.
pub(super) struct OfProcess<'a> {
    pub(super) path: &'a str,
    pub(super) sets: bool,
    /// Where it begins, and the function that it stands in.
    pub(super) at: usize,
    pub(super) function: Option<FunctionId>,
}

/// Whether the process may have a limit where a connect is called: one that the function which sets it takes away again holds in
/// between, and nowhere else.
pub(super) fn limits(process: &[OfProcess<'_>], api: &Api, call: usize, names: &Names) -> bool {
    let own = process
        .iter()
        .filter(|one| api.process_limits.iter().any(|limit| limit == one.path));
    let taken_away = |set: &OfProcess<'_>| {
        let mut behind = own
            .clone()
            .filter(|one| one.function == set.function && one.at > set.at);
        // Where it yields, it is a fixture's, and others run in between.
        let alone = set.function.filter(|function| !names.yields(*function));
        alone.and_then(|_| behind.find(|one| !one.sets)).map(|one| one.at)
    };
    own.clone().filter(|one| one.sets).any(|set| match taken_away(set) {
        Some(end) => (set.at..end).contains(&call),
        None => true,
    })
}

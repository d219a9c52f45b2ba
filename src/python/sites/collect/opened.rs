//! Which call of a connect a connection comes from.

use foldhash::HashMap;

use crate::python::names::Making;
use crate::sites::{Connect, Entry};

/// The connect whose connection a call makes, awaited or entered as it is; through a function of the module, which gives it
/// as it got it.
pub(in crate::python) fn opened<'c>(making: &Making, by_start: &HashMap<usize, &'c Connect>) -> Option<&'c Connect> {
    if making.module.is_some() {
        return None;
    }
    let Some(connect) = by_start.get(&making.call).copied() else {
        let mut given = making.given.iter().map(|given| opened(given, by_start));
        let first = given.next()??;
        return given.all(|other| other.is_some()).then_some(first);
    };
    is_connection(making, connect).then_some(connect)
}

/// The connect of another module whose connection all of these calls give.
pub(in crate::python) fn opened_elsewhere(makings: &[Making]) -> Option<&str> {
    let mut sources = makings.iter().flat_map(Making::sources);
    let first = sources.next()?.path.as_deref()?;
    sources
        .all(|other| other.path.as_deref() == Some(first))
        .then_some(first)
}

/// Whether the call of a connect, as it is awaited or entered, makes a connection.
pub(in crate::python) fn is_connection(making: &Making, connect: &Connect) -> bool {
    let as_it_stands = match connect.entry {
        // An exit stack is awaited, and gives what the outcome of the call itself enters.
        Entry::Await => true,
        // A function gives it back, and who calls that awaits it.
        Entry::Argument | Entry::Returned => making.awaited,
        Entry::AsyncWith | Entry::Blocking => !making.awaited,
        Entry::AsyncFor | Entry::Stored => false,
    };
    // Kept, and entered later.
    !connect.in_thread && (as_it_stands || (making.entered && connect.entry != Entry::Blocking))
}

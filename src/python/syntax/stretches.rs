//! Stretches of a text, of which is asked whether one covers a place: ascending, and none begins in another one.

use crate::source::Span;

/// Of stretches those that are in no other one, ascending; those that overlap are one.
pub(in crate::python) fn outermost(mut stretches: Vec<Span>) -> Vec<Span> {
    stretches.sort_unstable();
    let mut outermost: Vec<Span> = Vec::new();
    for stretch in stretches {
        match outermost.last_mut() {
            Some(last) if stretch.start < last.end => last.end = last.end.max(stretch.end),
            _ => outermost.push(stretch),
        }
    }
    outermost
}

/// Whether the byte `at` is in one of what [`outermost`] gave.
pub(in crate::python) fn covers(stretches: &[Span], at: usize) -> bool {
    let behind = stretches.partition_point(|stretch| stretch.start <= at);
    let last = behind.checked_sub(1).and_then(|index| stretches.get(index));
    last.is_some_and(|stretch| at < stretch.end)
}

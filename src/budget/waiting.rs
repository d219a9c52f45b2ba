//! Which functions wait at all.

use crate::sites::{Callee, Course, FunctionCourse};

/// By function: whether something in it, or in what it calls, waits.
pub(super) fn waiting(courses: &[FunctionCourse]) -> Vec<bool> {
    let mut waits = Vec::with_capacity(courses.len());
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); courses.len()];
    for (index, function) in courses.iter().enumerate() {
        let mut has_wait = false;
        let mut pending = vec![&function.course];
        while let Some(course) = pending.pop() {
            pending.extend(course.parts());
            match course {
                Course::Wait(_) | Course::OnParameter { .. } => has_wait = true,
                // Whether another file's function waits is found out where it is counted; only one that calls itself is asked here.
                Course::Call {
                    function: Callee::Here(function),
                    ..
                } => {
                    if let Some(callers) = callers.get_mut(*function) {
                        callers.push(index);
                    }
                }
                _ => {}
            }
        }
        waits.push(has_wait);
    }
    let mut reached: Vec<usize> = waits
        .iter()
        .enumerate()
        .filter_map(|(index, waits)| waits.then_some(index))
        .collect();
    while let Some(function) = reached.pop() {
        for caller in callers.get(function).into_iter().flatten() {
            if let Some(waits) = waits.get_mut(*caller).filter(|waits| !**waits) {
                *waits = true;
                reached.push(*caller);
            }
        }
    }
    waits
}

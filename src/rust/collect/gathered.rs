//! What was gathered of what the functions of a file wait for, and what holds from a place on.

use crate::rust::collect::moments::UntilMoments;
use crate::rust::collect::scoped_threads::Scoped;
use crate::sites::{Bound, Course, FunctionCourse, Shown};
use crate::source::Span;

/// What was gathered.
#[derive(Debug, Default)]
pub(in crate::rust) struct Courses {
    /// The parts of what is being visited, the innermost last.
    pub(super) open: Vec<Vec<Course>>,
    /// Of `async` blocks and of the bodies of closures, by where they begin: nothing waits before they are awaited or called.
    pub(in crate::rust) blocks: foldhash::HashMap<usize, Course>,
    /// What holds from a place on: how many were open there, how many parts the innermost had, and what.
    from_there: Vec<(usize, usize, FromThere)>,
    /// What awaiting what the function gives waits for that is being visited.
    pub(super) given: Option<Course>,
    /// One that gives a future on is there twice: what calling it waits for, and what awaiting that does.
    pub(in crate::rust) functions: Vec<Gathered>,
    /// The scopes of threads that are open, the innermost last.
    pub(super) scopes: Vec<Scoped>,
    /// What ends at moments that have names.
    pub(super) moments: UntilMoments,
    /// The functions that are called, by path, and whether they are awaited: the index that calls have, and the first call.
    pub(in crate::rust) called: foldhash::HashMap<(String, bool), (usize, Span)>,
}

/// What holds for all that is waited for from a place on.
#[derive(Debug)]
pub(super) enum FromThere {
    /// This ends the program so long after.
    Ended(Shown, Bound),
    /// The clock stands still.
    Paused,
}

impl FromThere {
    fn around(self, inner: Course) -> Course {
        let inner = Box::new(inner);
        match self {
            Self::Ended(by, bound) => Course::Ended { by, bound, inner },
            Self::Paused => Course::Paused(inner),
        }
    }
}

/// What a function waits for.
#[derive(Debug)]
pub(in crate::rust) struct Gathered {
    pub(in crate::rust) path: String,
    /// Nothing waits before what it gives is awaited.
    pub(in crate::rust) is_async: bool,
    /// The index of the test that it is.
    pub(in crate::rust) test: Option<usize>,
    /// The parameters that are ends of signals: waits for these last for ever where nobody gives them.
    pub(in crate::rust) signals: Vec<usize>,
    pub(in crate::rust) course: Course,
}

impl Gathered {
    /// The same, where calls say what they give it.
    pub(in crate::rust) fn settled(&self, course: Course) -> FunctionCourse {
        FunctionCourse {
            defaults: self.signals.iter().map(|index| (*index, Bound::Unlimited)).collect(),
            course,
        }
    }
}

impl Courses {
    /// Whether something was waited for already in what is being visited.
    pub(in crate::rust) fn has_waited(&self) -> bool {
        self.open.last().is_some_and(|parts| !parts.is_empty())
    }

    /// The innermost of what is being visited is over.
    pub(super) fn close(&mut self) -> Course {
        let depth = self.open.len();
        let mut parts = self.open.pop().unwrap_or_default();
        while let Some((_, index, holds)) = self.from_there.pop_if(|(of, ..)| *of == depth) {
            let inner = parts.split_off(index.min(parts.len()));
            if !inner.is_empty() {
                parts.push(holds.around(Course::sequence(inner)));
            }
        }
        Course::sequence(parts)
    }

    /// How many courses are open, and how many parts the innermost of them has.
    pub(super) fn reached(&self) -> (usize, usize) {
        (self.open.len(), self.open.last().map_or(0, Vec::len))
    }

    /// What was waited for since so many were open, and the innermost of them had so many parts; `None` where that is over, or
    /// what is open now is deeper.
    pub(super) fn waited_since(&self, open: usize, parts: usize) -> Option<&[Course]> {
        let (first, deeper) = self.open.get(open.checked_sub(1)?..)?.split_first()?;
        let since = first.get(parts..)?;
        let is_here = deeper.is_empty() || since.is_empty() && deeper.iter().all(Vec::is_empty);
        is_here.then_some(since)
    }

    /// Notes that something is waited for here.
    pub(super) fn waits(&mut self, course: Course) {
        if let Some(open) = self.open.last_mut().filter(|_| !course.is_nothing()) {
            self.moments.join(open, course);
        }
    }

    pub(super) fn holds_from_here(&mut self, holds: FromThere) {
        let parts = self.open.last().map_or(0, Vec::len);
        self.from_there.push((self.open.len(), parts, holds));
    }

    /// The clock stands still from here on, in what is being visited.
    pub(in crate::rust) fn pause(&mut self) {
        self.holds_from_here(FromThere::Paused);
    }

    /// The clock goes on from here.
    pub(in crate::rust) fn resume(&mut self) {
        let depth = self.open.len();
        let is_it = |(of, _, holds): &(usize, usize, FromThere)| *of == depth && matches!(holds, FromThere::Paused);
        let Some(at) = self.from_there.iter().rposition(is_it) else {
            return;
        };
        let (_, index, holds) = self.from_there.remove(at);
        if let Some(parts) = self.open.last_mut() {
            let inner = parts.split_off(index.min(parts.len()));
            parts.push(holds.around(Course::sequence(inner)));
        }
    }
}

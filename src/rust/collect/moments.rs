//! Moments that names stand for: `let end = Instant::now() + LIMIT;`. How far away one is, is known as long as nothing else was
//! waited for since.

use syn::Expr;

use crate::rust::collect::Collector;
use crate::rust::collect::frames::Frame;
use crate::rust::names::durations;
use crate::rust::names::{LocalId, Name};
use crate::sites::{Bound, Course};
use crate::source::Span;

/// A moment that a variable stands for.
#[derive(Clone, Copy, Debug)]
pub(in crate::rust) struct Moment {
    /// How far away it was where the variable was made.
    away: Bound,
    /// So many courses were open there.
    open: usize,
    /// So many parts the innermost of them had.
    parts: usize,
    /// So much around it runs again, or some other time.
    apart: usize,
}

/// The waits until moments that have names, by the calls that bound them.
#[derive(Debug, Default)]
pub(in crate::rust) struct UntilMoments(Vec<(Span, LocalId)>);

impl UntilMoments {
    fn of(&self, course: &Course) -> Option<LocalId> {
        let Course::Capped { by, .. } = course else { return None };
        let mut known = self.0.iter().rev();
        known.find_map(|(call, moment)| (*call == by.span).then_some(*moment))
    }

    /// Puts a wait behind those that are there. What is waited for until the same moment, one right behind the other, is over
    /// then all together.
    pub(super) fn join(&self, parts: &mut Vec<Course>, course: Course) {
        let moment = self.of(&course);
        match (parts.last_mut(), course) {
            (Some(last), Course::Capped { inner: next, .. }) if moment.is_some() && self.of(last) == moment => {
                if let Course::Capped { inner, .. } = last {
                    let first = std::mem::take(&mut **inner);
                    **inner = Course::sequence([first, *next]);
                }
            }
            (_, course) => parts.push(course),
        }
    }
}

impl Collector<'_> {
    /// How far away a moment is.
    pub(in crate::rust) fn until(&self, moment: &Expr) -> Bound {
        let named = |path: &syn::Path| self.named_duration(path);
        durations::until(moment, &named, &|path| self.named_moment(path))
    }

    /// The moment that a variable stands for that gets this value.
    pub(in crate::rust) fn moment(&self, value: &Expr) -> Option<Moment> {
        let away = Some(self.until(value)).filter(|away| *away != Bound::Unknown)?;
        let (open, parts) = self.found.courses.reached();
        Some(Moment {
            away,
            open,
            parts,
            apart: self.apart(),
        })
    }

    /// Notes that what this call bounds is over at a moment, where that has a name.
    pub(in crate::rust) fn ends_at_moment(&mut self, call: Span, moment: Option<&Expr>) {
        let Some(Expr::Path(path)) = moment else { return };
        if let Some((id, _)) = self.moment_of(&path.path) {
            self.found.courses.moments.0.push((call, id));
        }
    }

    fn moment_of(&self, path: &syn::Path) -> Option<(LocalId, Moment)> {
        match self.resolve(path) {
            Name::Variable(id) => Some((id, self.found.variables.get(id.0)?.moment?)),
            _ => None,
        }
    }

    fn named_moment(&self, path: &syn::Path) -> Option<Bound> {
        let (id, moment) = self.moment_of(path)?;
        let courses = &self.found.courses;
        let since = courses.waited_since(moment.open, moment.parts)?;
        let is_near = match since {
            [] => true,
            [before] => courses.moments.of(before) == Some(id),
            _ => false,
        };
        (is_near && self.apart() == moment.apart).then_some(moment.away)
    }

    /// How much is around the current node that runs again, or some other time than where it stands.
    fn apart(&self) -> usize {
        let is_apart = |frame: &&Frame| {
            matches!(
                frame,
                Frame::Loop | Frame::Async | Frame::Closure { .. } | Frame::Function(_)
            ) || frame.is_task()
        };
        self.frames.iter().filter(is_apart).count()
    }
}

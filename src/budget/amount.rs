//! How long something can take: what is known of it, and the first place at which that ends.

use super::opened::Opened;
use crate::sites::Shown;

/// How long something can take.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Amount<'a> {
    /// All of it.
    pub(super) total: Part<'a>,
    /// The share of it that is still to come after a deadline around it fired: what is done on the way out.
    pub(super) cleanup: Part<'a>,
    /// The share of it that blocks the thread, which no deadline of an event loop ends.
    pub(super) blocking: Part<'a>,
    /// The share of it that threads of their own take: no deadline of an event loop ends it either, but it keeps nobody waiting.
    pub(super) in_threads: Part<'a>,
    /// There is something in it of which nothing is known: under a deadline it may last as long as that.
    pub(super) has_unseen: bool,
    /// What is opened in it, and counts once.
    pub(super) opened: Opened,
}

/// A time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Part<'a> {
    /// What is known of it, in seconds.
    pub(super) seconds: f64,
    /// The first place whose length cannot be seen.
    pub(super) unknown: Option<&'a Shown>,
    /// The first place that nothing ends.
    pub(super) unbounded: Option<&'a Shown>,
    /// It may be shorter: a deadline of unknown length is around a part of it.
    pub(super) is_loose: bool,
    /// The longest single part of it, and how long that is.
    pub(super) longest: Option<(f64, &'a Shown)>,
    /// The libraries' defaults that count in it; the first few.
    pub(super) defaults: Defaults<'a>,
}

/// A few names, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Defaults<'a>([Option<&'a str>; 4]);

impl<'a> Defaults<'a> {
    pub(super) fn of(name: &'a str) -> Self {
        Self([Some(name), None, None, None])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.0.into_iter().flatten()
    }

    fn and(mut self, other: Self) -> Self {
        for name in other.iter() {
            if !self.0.contains(&Some(name))
                && let Some(free) = self.0.iter_mut().find(|slot| slot.is_none())
            {
                *free = Some(name);
            }
        }
        self
    }
}

impl<'a> Part<'a> {
    pub(super) fn is_nothing(&self) -> bool {
        self.seconds <= 0.0 && self.unknown.is_none() && self.unbounded.is_none()
    }

    pub(super) fn is_finite(&self) -> bool {
        self.unknown.is_none() && self.unbounded.is_none()
    }

    pub(super) fn of(seconds: f64, place: &'a Shown) -> Self {
        let seconds = seconds.max(0.0);
        match seconds.is_finite() {
            true => Self {
                seconds,
                longest: Some((seconds, place)),
                ..Self::default()
            },
            false => Self::unbounded(place),
        }
    }

    pub(super) fn unknown(place: &'a Shown) -> Self {
        Self {
            unknown: Some(place),
            ..Self::default()
        }
    }

    pub(super) fn unbounded(place: &'a Shown) -> Self {
        Self {
            unbounded: Some(place),
            ..Self::default()
        }
    }

    /// This, then `next`.
    pub(super) fn then(self, next: Self) -> Self {
        Self {
            seconds: self.seconds + next.seconds,
            defaults: self.defaults.and(next.defaults),
            ..self.beside(next)
        }
    }

    /// The same, but for what nothing ends.
    fn without_unbounded(self) -> Self {
        Self {
            unbounded: None,
            ..self
        }
    }

    /// The larger one; what is not known of one is not known of both.
    pub(super) fn or(self, other: Self) -> Self {
        let larger = if self.seconds >= other.seconds { self } else { other };
        Self {
            seconds: self.seconds.max(other.seconds),
            is_loose: larger.is_loose,
            defaults: larger.defaults,
            ..self.beside(other)
        }
    }

    fn beside(self, other: Self) -> Self {
        let longest = match (self.longest, other.longest) {
            (Some(a), Some(b)) if b.0 > a.0 => Some(b),
            (a, b) => a.or(b),
        };
        Self {
            seconds: 0.0,
            unknown: self.unknown.or(other.unknown),
            unbounded: self.unbounded.or(other.unbounded),
            is_loose: self.is_loose || other.is_loose,
            longest,
            defaults: Defaults::default(),
        }
    }

    /// This, `times` times in a row.
    pub(super) fn repeated(self, times: f64, head: &'a Shown) -> Self {
        if times <= 0.0 {
            return Self::default();
        }
        let seconds = self.seconds * times;
        if !seconds.is_finite() {
            return Self::unbounded(head);
        }
        Self {
            seconds,
            longest: match times > 1.0 && seconds > 0.0 {
                true => Some((seconds, head)),
                false => self.longest,
            },
            ..self
        }
    }
}

impl<'a> Amount<'a> {
    pub(super) fn wait(total: Part<'a>, blocks: bool) -> Self {
        Self {
            total,
            blocking: if blocks { total } else { Part::default() },
            ..Self::default()
        }
    }

    /// The same in an event loop of its own, inside of another one.
    pub(super) fn in_own_loop(self) -> Self {
        Self {
            blocking: self.total,
            cleanup: Part::default(),
            in_threads: Part::default(),
            ..self
        }
    }

    /// The same in a thread of its own, for which a loop waits.
    pub(super) fn in_thread(self) -> Self {
        Self {
            blocking: Part::default(),
            cleanup: Part::default(),
            in_threads: self.total,
            opened: self.opened.mapped(|(all, _)| (all, 0.0)),
            ..self
        }
    }

    /// This, then `next`. Only what is open when a deadline fires is left on the way out: the longer of the two.
    pub(super) fn then(self, next: Self) -> Self {
        let next = next.spared(self.opened.spares(&next.opened));
        Self {
            total: self.total.then(next.total),
            cleanup: self.cleanup.or(next.cleanup),
            blocking: self.blocking.then(next.blocking),
            in_threads: self.in_threads.then(next.in_threads),
            has_unseen: self.has_unseen || next.has_unseen,
            opened: self.opened.then(&next.opened),
        }
    }

    /// This, so many seconds shorter: in all, and of what blocks the thread.
    fn spared(self, (all, blocking): (f64, f64)) -> Self {
        let shorter = |part: Part<'a>, by: f64| {
            let seconds = (part.seconds - by).max(0.0);
            // No part is longer than the whole.
            let longest = part.longest.map(|(own, place)| (own.min(seconds), place));
            Part {
                seconds,
                longest,
                ..part
            }
        };
        Self {
            total: shorter(self.total, all),
            blocking: shorter(self.blocking, blocking),
            ..self
        }
    }

    fn opened_in_either(&self, other: &Self) -> Opened {
        let longer = |a: Part<'_>, b: Part<'_>| {
            let (a, b) = (a.seconds, b.seconds);
            move |first: f64, second: f64| (a - first).max(b - second)
        };
        self.opened.or(
            &other.opened,
            &longer(self.total, other.total),
            &longer(self.blocking, other.blocking),
        )
    }

    /// The larger one.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            total: self.total.or(other.total),
            cleanup: self.cleanup.or(other.cleanup),
            blocking: self.blocking.or(other.blocking),
            in_threads: self.in_threads.or(other.in_threads),
            has_unseen: self.has_unseen || other.has_unseen,
            opened: self.opened_in_either(&other),
        }
    }

    /// Side by side. What blocks the thread keeps the other one waiting.
    pub(super) fn together(self, other: Self) -> Self {
        Self {
            total: self.total.then(other.blocking).or(other.total.then(self.blocking)),
            cleanup: self.cleanup.or(other.cleanup),
            blocking: self.blocking.then(other.blocking),
            in_threads: self.in_threads.or(other.in_threads),
            has_unseen: self.has_unseen || other.has_unseen,
            opened: self.opened_in_either(&other),
        }
    }

    /// Side by side until one of them is over; what blocks the thread keeps that one waiting. What waits for nothing that is known is
    /// not taken for the first.
    pub(super) fn first(self, other: Self) -> Self {
        let both = self.together(other);
        let tells = |one: &Self| one.total.is_finite() && !one.has_unseen && !one.total.is_nothing();
        let is_open = |one: &Self| one.has_unseen || one.total.unknown.is_some();
        let (total, has_unseen) = match (tells(&self), tells(&other)) {
            (true, true) if self.total.seconds > other.total.seconds => (other.total, false),
            (true, _) => (self.total, false),
            (false, true) => (other.total, false),
            // One that nothing ends ends none: another one may.
            (false, false) if is_open(&self) || is_open(&other) => (both.total.without_unbounded(), true),
            (false, false) => (both.total, both.has_unseen),
        };
        Self {
            total,
            has_unseen,
            ..both
        }
    }

    /// This, and `cleanup` on the way out.
    pub(super) fn guarded(self, cleanup: Self) -> Self {
        // A deadline around it may fire before anything is spared.
        let left = cleanup.total;
        let cleanup = cleanup.spared(self.opened.spares_on_the_way_out(&cleanup.opened));
        Self {
            total: self.total.then(cleanup.total),
            cleanup: self.cleanup.then(left),
            blocking: self.blocking.then(cleanup.blocking),
            in_threads: self.in_threads.then(cleanup.in_threads),
            has_unseen: self.has_unseen || cleanup.has_unseen,
            opened: self.opened.then(&cleanup.opened),
        }
    }

    /// This, `times` times in a row.
    pub(super) fn repeated(self, times: f64, head: &'a Shown) -> Self {
        let again = (times - 1.0).max(0.0);
        let (all, blocking) = self.opened.spares(&self.opened);
        let all_rounds = Self {
            total: self.total.repeated(times, head),
            cleanup: if times > 0.0 { self.cleanup } else { Part::default() },
            blocking: self.blocking.repeated(times, head),
            in_threads: self.in_threads.repeated(times, head),
            has_unseen: self.has_unseen && times > 0.0,
            opened: if times > 0.0 { self.opened } else { Opened::default() },
        };
        all_rounds.spared((all * again, blocking * again))
    }

    /// This under a deadline that fires once: what it was in the middle of is left, and what is to do on the way out
    /// comes on top.
    pub(super) fn capped(self, limit: Part<'a>) -> Self {
        if self.total.is_nothing() && !self.has_unseen {
            return self;
        }
        let after = self.cleanup.then(self.blocking).then(self.in_threads);
        let cut = limit.then(after);
        let is_known = self.total.is_finite() && !self.has_unseen;
        let total = match (is_known, limit.is_finite()) {
            (true, false) => Part {
                is_loose: true,
                ..self.total
            },
            (true, true) if !cut.is_finite() || self.total.seconds <= cut.seconds => self.total,
            // Nothing ends what is still to do on the way out, which is in it too.
            (false, true) if !cut.is_finite() && self.total.is_finite() => self.total.then(cut),
            _ => cut,
        };
        // What is cut off may be what was opened.
        let opened = self.opened.mapped(|(all, blocking)| {
            let shorter = (self.total.seconds - all).max(0.0);
            match self.total.is_finite() && total.is_finite() {
                true => ((total.seconds - shorter.min(total.seconds)).max(0.0), blocking),
                false => (0.0, blocking),
            }
        });
        let is_cut = !is_known || total.seconds < self.total.seconds;
        Self {
            total,
            has_unseen: false,
            opened: if is_cut { opened.cut() } else { opened },
            ..self
        }
    }

    /// This, where the program is over at the limit: nothing is done on the way out, and what blocks the thread ends too.
    pub(super) fn ended(self, limit: Part<'a>) -> Self {
        let in_all = Self {
            cleanup: Part::default(),
            blocking: Part::default(),
            in_threads: Part::default(),
            ..self
        };
        in_all.capped(limit)
    }

    /// This while timers are over at once.
    pub(super) fn paused(self) -> Self {
        let without_timers = |part: Part<'a>| Part {
            unknown: part.unknown,
            unbounded: part.unbounded,
            ..Part::default()
        };
        Self {
            total: without_timers(self.total).then(self.blocking).then(self.in_threads),
            cleanup: without_timers(self.cleanup),
            ..self
        }
    }

    /// The same under a deadline that ends what is done on the way out as well; who ends it from farther outside waits for that
    /// no longer than for the deadline.
    pub(super) fn capped_anew(self, limit: Part<'a>) -> Self {
        let cleanup = match self.cleanup.is_finite() && self.cleanup.seconds <= limit.seconds {
            true => self.cleanup,
            false => limit,
        };
        let ended = Self {
            cleanup: Part::default(),
            ..self
        };
        Self {
            cleanup,
            ..ended.capped(limit)
        }
    }
}

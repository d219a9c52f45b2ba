//! What a stretch of code opens, and does not open again as long as it is there.

/// Of one stretch so many things are remembered.
const MOST: usize = 6;

/// What is opened, each by a number that stands for its name.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Opened([Option<Entry>; MOST]);

/// One thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) object: usize,
    /// So much less the stretch takes, in seconds, where it is there already: in all, and of what blocks the thread.
    pub(super) spared: (f64, f64),
    /// It is there afterwards.
    pub(super) is_open: bool,
    /// It is, however the stretch was left: no deadline cut it off before, and no branch went by it.
    pub(super) is_certain: bool,
}

impl Opened {
    pub(super) fn of(entry: Entry) -> Self {
        Self([Some(entry), None, None, None, None, None])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter().flatten()
    }

    fn find(&self, object: usize) -> Option<&Entry> {
        self.iter().find(|entry| entry.object == object)
    }

    fn put(&mut self, entry: Entry) {
        let known = self.0.iter_mut().find(|slot| match slot {
            Some(known) => known.object == entry.object,
            None => true,
        });
        if let Some(slot) = known {
            *slot = Some(entry);
        }
    }

    /// By how much `next` is shorter behind this.
    pub(super) fn spares(&self, next: &Self) -> (f64, f64) {
        let open = next
            .iter()
            .filter(|entry| self.find(entry.object).is_some_and(|known| known.is_open));
        open.fold((0.0, 0.0), |(all, blocking), entry| {
            (all + entry.spared.0, blocking + entry.spared.1)
        })
    }

    /// The same of `next` that is done on the way out of this, wherever this was left.
    pub(super) fn spares_on_the_way_out(mut self, next: &Self) -> (f64, f64) {
        for entry in self.0.iter_mut().flatten() {
            entry.is_open &= entry.is_certain;
        }
        self.spares(next)
    }

    /// This where a deadline may have cut it off.
    pub(super) fn cut(mut self) -> Self {
        for entry in self.0.iter_mut().flatten() {
            entry.is_certain = false;
        }
        self
    }

    /// This, then `next`.
    pub(super) fn then(mut self, next: &Self) -> Self {
        for entry in next.iter() {
            let spared = self.find(entry.object).map_or(entry.spared, |known| known.spared);
            self.put(Entry { spared, ..*entry });
        }
        self
    }

    /// Either; `of` says what the longer one of the two takes, by what each is spared.
    pub(super) fn or(mut self, other: &Self, of: &dyn Fn(f64, f64) -> f64, blocking: &dyn Fn(f64, f64) -> f64) -> Self {
        let both = self;
        for entry in both.iter().chain(other.iter()) {
            let own = both.find(entry.object);
            let others = other.find(entry.object);
            let spared = |entry: Option<&Entry>| entry.map_or((0.0, 0.0), |entry| entry.spared);
            let ((a, a_blocking), (b, b_blocking)) = (spared(own), spared(others));
            self.put(Entry {
                object: entry.object,
                spared: (
                    (of(0.0, 0.0) - of(a, b)).max(0.0),
                    (blocking(0.0, 0.0) - blocking(a_blocking, b_blocking)).max(0.0),
                ),
                is_open: own.is_none_or(|entry| entry.is_open) && others.is_none_or(|entry| entry.is_open),
                is_certain: own.is_some_and(|entry| entry.is_certain) && others.is_some_and(|entry| entry.is_certain),
            });
        }
        self
    }

    /// What is left of it where others call these things by other names, or by none.
    pub(super) fn renamed(self, mut name: impl FnMut(usize) -> Option<usize>) -> Self {
        let mut renamed = Self::default();
        for entry in self.iter() {
            if let Some(object) = name(entry.object) {
                renamed.put(Entry { object, ..*entry });
            }
        }
        renamed
    }

    /// The same with other times.
    pub(super) fn mapped(mut self, map: impl Fn((f64, f64)) -> (f64, f64)) -> Self {
        for entry in self.0.iter_mut().flatten() {
            entry.spared = map(entry.spared);
        }
        self
    }
}

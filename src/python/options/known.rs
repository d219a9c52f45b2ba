//! What is known of the keys of one dictionary.

use ruff_python_ast::Expr;

/// A dictionary with more keys is no keywords of a call.
const MOST_KEYS: usize = 256;

/// What a dictionary holds where a call unpacks it.
#[derive(Default)]
pub(in crate::python) struct Known<'a> {
    /// The keys that it has, or has where a condition was met.
    pub(in crate::python) items: Vec<Item<'a>>,
    /// It may have others.
    pub(in crate::python) has_more: bool,
}

/// One key of a dictionary.
#[derive(Clone, Copy)]
pub(in crate::python) struct Item<'a> {
    pub(in crate::python) key: &'a str,
    /// Nothing where it may be one of several.
    pub(in crate::python) value: Option<&'a Expr>,
    /// It is there whatever happened before.
    pub(in crate::python) is_certain: bool,
}

impl<'a> Known<'a> {
    /// Nothing is known but that it is a dictionary.
    pub(in crate::python) fn anything() -> Self {
        Self {
            items: Vec::new(),
            has_more: true,
        }
    }

    /// `dictionary[key] = value`
    pub(super) fn set(&mut self, key: &'a str, value: &'a Expr) {
        self.put(Item {
            key,
            value: Some(value),
            is_certain: true,
        });
    }

    /// `if …: dictionary[key] = value`
    pub(super) fn may_set(&mut self, key: &'a str, value: Option<&'a Expr>) {
        match self.items.iter_mut().find(|item| item.key == key) {
            Some(item) => item.value = None,
            None => self.put(Item {
                key,
                value,
                is_certain: false,
            }),
        }
    }

    /// `dictionary.setdefault(key, value)`, under a condition or not.
    pub(super) fn set_default(&mut self, key: &'a str, value: &'a Expr, is_certain: bool) {
        match self.items.iter_mut().find(|item| item.key == key) {
            Some(item) if item.is_certain => {}
            Some(item) => (item.value, item.is_certain) = (None, is_certain),
            // It may be among those that are not known.
            None => self.put(Item {
                key,
                value: Some(value).filter(|_| !self.has_more),
                is_certain,
            }),
        }
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.items.retain(|item| item.key != key);
    }

    /// Nobody knows which of its keys are left.
    pub(super) fn empty(&mut self) {
        *self = Self::anything();
    }

    /// `dictionary.update(other)`
    pub(super) fn merge(&mut self, other: Self) {
        for item in other.items {
            match item.is_certain {
                true => self.put(item),
                false => self.may_set(item.key, item.value),
            }
        }
        self.has_more |= other.has_more;
    }

    /// `if …: dictionary.update(other)`
    pub(super) fn may_merge(&mut self, other: Self) {
        for item in other.items {
            self.may_set(item.key, item.value);
        }
        self.has_more |= other.has_more;
    }

    /// `this if … else other`: of two that both have something each is right in its own case.
    pub(super) fn or(mut self, other: Self) -> Self {
        let is_nothing = |known: &Self| known.items.is_empty() && !known.has_more;
        match (is_nothing(&self), is_nothing(&other)) {
            (true, _) => Self::of_one_case(other),
            (false, true) => Self::of_one_case(self),
            (false, false) => {
                let is_there = |item: &Item<'_>| other.items.iter().any(|same| same.key == item.key && same.is_certain);
                self.items.retain(|item| item.is_certain && is_there(item));
                self.items.iter_mut().for_each(|item| item.value = None);
                self.has_more = true;
                self
            }
        }
    }

    fn of_one_case(mut known: Self) -> Self {
        known.items.iter_mut().for_each(|item| item.is_certain = false);
        known
    }

    fn put(&mut self, item: Item<'a>) {
        self.remove(item.key);
        match self.items.len() < MOST_KEYS {
            true => self.items.push(item),
            false => self.has_more = true,
        }
    }
}

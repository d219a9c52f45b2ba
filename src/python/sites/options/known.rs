//! What is known of the keys of one dictionary.

use std::sync::Arc;

use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

use crate::python::names::Value;

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
    /// The value that it has unless what it is unpacked from brings another one.
    pub(in crate::python) fallback: Option<&'a Expr>,
    /// The value, where it is a number that another module says.
    pub(in crate::python) number: Option<f64>,
    /// The value is a number or an object that another module has.
    pub(in crate::python) is_object_elsewhere: bool,
    /// It is there whatever happened before.
    pub(in crate::python) is_certain: bool,
    /// Where the key is written, in the file and nowhere else.
    pub(in crate::python) place: Option<KeyPlace>,
}

/// Where a key of a dictionary is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) struct KeyPlace {
    /// The text, or the name of a keyword of `dict(…)`.
    pub(in crate::python) key: TextRange,
    /// The call of `dict`.
    pub(in crate::python) call: Option<TextRange>,
}

impl KeyPlace {
    /// A key that is written as a text.
    pub(super) fn of(key: TextRange) -> Self {
        Self { key, call: None }
    }
}

impl<'a> Known<'a> {
    /// Nothing is known but that it is a dictionary.
    pub(in crate::python) fn anything() -> Self {
        Self {
            items: Vec::new(),
            has_more: true,
        }
    }

    /// What another module says of a dictionary.
    pub(super) fn of_another_module(items: &'a [(Arc<str>, Vec<Value>)]) -> Self {
        let mut known = Self::default();
        for (key, values) in items {
            let number = match values.as_slice() {
                [Value::Number(bits)] => Some(f64::from_bits(*bits)),
                _ => None,
            };
            known.put(Item {
                key,
                value: None,
                fallback: None,
                number,
                is_object_elsewhere: !values.is_empty(),
                is_certain: true,
                place: None,
            });
        }
        known
    }

    /// `dictionary[key] = value`
    pub(super) fn set(&mut self, key: &'a str, value: &'a Expr, place: Option<KeyPlace>) {
        self.put(Item {
            key,
            value: Some(value),
            fallback: None,
            number: None,
            is_object_elsewhere: false,
            is_certain: true,
            place,
        });
    }

    /// `if …: dictionary[key] = value`
    pub(super) fn may_set(&mut self, key: &'a str, value: Option<&'a Expr>, place: Option<KeyPlace>) {
        match self.items.iter_mut().find(|item| item.key == key) {
            Some(item) => (item.value, item.fallback, item.number, item.place) = (None, None, None, None),
            None => self.put(Item {
                key,
                value,
                fallback: None,
                number: None,
                is_object_elsewhere: false,
                is_certain: false,
                place,
            }),
        }
    }

    /// `dictionary.setdefault(key, value)`, under a condition or not.
    pub(super) fn set_default(&mut self, key: &'a str, value: &'a Expr, is_certain: bool, place: Option<KeyPlace>) {
        match self.items.iter_mut().find(|item| item.key == key) {
            Some(item) if item.is_certain => item.place = None,
            Some(item) => (item.value, item.number, item.is_certain, item.place) = (None, None, is_certain, None),
            // It may be among those that are not known.
            None => self.put(Item {
                key,
                value: Some(value).filter(|_| !self.has_more),
                fallback: Some(value).filter(|_| self.has_more),
                number: None,
                is_object_elsewhere: false,
                is_certain,
                place,
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
                false => self.may_set(item.key, item.value, item.place),
            }
        }
        self.has_more |= other.has_more;
    }

    /// `if …: dictionary.update(other)`
    pub(super) fn may_merge(&mut self, other: Self) {
        for item in other.items {
            self.may_set(item.key, item.value, item.place);
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
                for item in &mut self.items {
                    (item.value, item.fallback, item.number, item.place) = (None, None, None, None);
                }
                self.has_more = true;
                self
            }
        }
    }

    fn of_one_case(mut known: Self) -> Self {
        known.items.iter_mut().for_each(|item| item.is_certain = false);
        known
    }

    fn put(&mut self, mut item: Item<'a>) {
        // A key that is written twice gets no other name at one place alone.
        item.place = item
            .place
            .filter(|_| !self.items.iter().any(|other| other.key == item.key));
        self.remove(item.key);
        match self.items.len() < MOST_KEYS {
            true => self.items.push(item),
            false => self.has_more = true,
        }
    }
}

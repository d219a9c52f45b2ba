//! The methods that go through what there is many of, and those that take one out of it.

/// Methods that give the same elements, or an iterator over them.
pub(in crate::rust) const ITERATING: &[&str] = &[
    "collect",
    "drain",
    "into_iter",
    "into_values",
    "iter",
    "iter_mut",
    "rev",
    "values",
    "values_mut",
];

/// Methods that give one of many.
pub(in crate::rust) const PICKING: &[&str] = &[
    "first_mut",
    "get_mut",
    "last_mut",
    "next",
    "pop",
    "pop_front",
    "remove",
    "swap_remove",
];

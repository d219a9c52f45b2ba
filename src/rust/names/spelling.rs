//! How the names that a fix needs are written at a place: by what the file already imports, else by full paths.

use std::sync::Arc;

use crate::rust::names::{Name, Names, Written};

/// The spellings at one place.
#[derive(Clone, Debug, Default)]
pub(in crate::rust) struct Spelling {
    /// `tokio::time::timeout`.
    pub(in crate::rust) tokio_timeout: String,
    /// `async_std::future::timeout`.
    pub(in crate::rust) async_std_timeout: String,
    /// `std::time::Duration`.
    pub(in crate::rust) duration: String,
    /// `std`, or `::std` where something else is called so.
    pub(in crate::rust) std: String,
}

const DURATIONS: [&str; 4] = [
    "std::time::Duration",
    "core::time::Duration",
    "tokio::time::Duration",
    "async_std::task::Duration",
];

/// What of these paths may be the name of a variable.
const LAST_NAMES: [&str; 2] = ["timeout", "Duration"];

impl Spelling {
    /// The spellings at the current place of `names`.
    pub(in crate::rust) fn at(names: &Names<'_>) -> Arc<Self> {
        // A variable may be called so, from its `let` on.
        if LAST_NAMES.iter().any(|name| names.is_variable(name)) {
            return Arc::new(Self::found(names));
        }
        // Asked at every use of a function.
        names.spelt(|| Self::found(names))
    }

    fn found(names: &Names<'_>) -> Self {
        Self {
            tokio_timeout: shortest(names, "tokio::time::timeout"),
            async_std_timeout: shortest(names, "async_std::future::timeout"),
            duration: duration(names),
            std: std(names),
        }
    }
}

/// How `tokio::time::sleep` is written at the current place of `names`.
pub(in crate::rust) fn tokio_sleep(names: &Names<'_>) -> String {
    shortest(names, "tokio::time::sleep")
}

fn means(names: &Names<'_>, path: &str) -> Option<String> {
    let written = Written {
        leading: false,
        names: path.split("::").map(str::to_owned).collect(),
    };
    match names.resolve_certainly(&written) {
        Name::Extern(path) => Some(path),
        _ => None,
    }
}

/// The shortest tail of `full` that means it here; with `::` in front where even the whole path means something else.
fn shortest(names: &Names<'_>, full: &str) -> String {
    let parts: Vec<&str> = full.split("::").collect();
    (0..parts.len())
        .rev()
        .filter_map(|from| parts.get(from..).map(|tail| tail.join("::")))
        .find(|tail| means(names, tail).as_deref() == Some(full))
        .unwrap_or_else(|| format!("::{full}"))
}

fn duration(names: &Names<'_>) -> String {
    let is_duration = |path: &str| means(names, path).is_some_and(|path| DURATIONS.contains(&path.as_str()));
    ["Duration", "time::Duration", "std::time::Duration"]
        .into_iter()
        .find(|path| is_duration(path))
        .unwrap_or("::std::time::Duration")
        .to_owned()
}

/// How the crate `std` is written at the current place of `names`.
pub(in crate::rust) fn std(names: &Names<'_>) -> String {
    let is_std = means(names, "std::io").as_deref() == Some("std::io");
    if is_std { "std" } else { "::std" }.to_owned()
}

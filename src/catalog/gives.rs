//! Functions that give an object of a class: what a constructor by another name makes, and what a test asks a fixture for.
//!
//! What is known here is compiled in, so that the meaning of a name can be told without reading the catalogue.

use foldhash::HashMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::libraries::LIBRARIES;
use crate::source::Language;

/// Functions that give an object of a class. Python only.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Gives {
    /// Every path that the function is reached by: `litestar.testing.create_test_client`.
    pub paths: Vec<String>,
    /// The path of the class: `litestar.testing.TestClient`.
    pub class: String,
    /// What it gives has to be awaited.
    #[serde(default)]
    pub awaited: bool,
    /// The name of the parameter by which a test asks for the function itself: a fixture.
    #[serde(default)]
    pub fixture: Option<String>,
}

/// A row of [`Gives`] as the build script writes it down.
pub(super) struct Given {
    pub(super) paths: &'static [&'static str],
    pub(super) class: &'static str,
    pub(super) awaited: bool,
    pub(super) fixture: Option<&'static str>,
}

/// Everything that is known of Python's libraries.
#[derive(Default)]
struct Known {
    /// Classes by the path of the function, and whether what it gives is awaited.
    classes: HashMap<(&'static str, bool), &'static str>,
    /// Paths of functions by the name of the fixture.
    fixtures: HashMap<&'static str, &'static str>,
}

/// The class of what calling the function at `path` gives; `awaited`: of what awaiting that gives.
#[must_use]
pub fn given_class(path: &str, awaited: bool) -> Option<&'static str> {
    KNOWN.classes.get(&(path, awaited)).copied()
}

/// The path of the function that a test gets which asks for a fixture of this name.
#[must_use]
pub fn known_fixture(name: &str) -> Option<&'static str> {
    KNOWN.fixtures.get(name).copied()
}

/// The names of the fixtures that plugins of pytest give, and [`known_fixture`] knows.
pub fn known_fixtures() -> impl Iterator<Item = &'static str> {
    KNOWN.fixtures.keys().copied()
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known::default();
    let libraries = LIBRARIES.iter().filter(|library| library.language == Language::Python);
    for given in libraries.flat_map(|library| library.gives) {
        for path in given.paths {
            known.classes.insert((path, given.awaited), given.class);
        }
        known.fixtures.extend(given.fixture.zip(given.paths.first().copied()));
    }
    known
});

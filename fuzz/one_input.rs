//! Arbitrary bytes through everything that ws-lint does with a file: what the fuzz targets and the replay of their corpus
//! on stable have in common.

#[path = "promises.rs"]
mod promises;

use std::panic::resume_unwind;
use std::path::Path;
use std::sync::LazyLock;
use std::thread;

use ws_lint::catalog::{Catalog, Protocol};
use ws_lint::check::Surroundings;
use ws_lint::facts::{Fact, ProjectFacts};
use ws_lint::prescan::Prescan;
use ws_lint::rules;
use ws_lint::settings::Settings;
use ws_lint::source::Language;
use ws_lint::stack::STACK_BYTES;

/// All rules, for connects of every kind.
static SETTINGS: LazyLock<Settings> = LazyLock::new(|| Settings {
    enabled: rules::ALL.iter().map(|rule| rule.code).collect(),
    protocols: [Protocol::Websocket, Protocol::Socket, Protocol::Http, Protocol::Broker].into(),
    ..Settings::default()
});

static PRESCAN: LazyLock<Prescan> = LazyLock::new(|| Prescan::new(&SETTINGS, &[]));

static PROJECT: LazyLock<ProjectFacts> = LazyLock::new(|| ProjectFacts {
    tokio_time: Some(Fact {
        value: true,
        source: "the fuzzer".to_owned(),
    }),
    ..ProjectFacts::default()
});

/// Checks and fixes `bytes` as a file of `language`, and says how many fixes were applied.
///
/// # Errors
/// The promise that was broken, see [`promises::hold`].
///
/// # Panics
/// Where ws-lint does.
pub(crate) fn hold(language: Language, bytes: &[u8]) -> Result<usize, String> {
    hold_as(Path::new("fuzzed"), language, bytes)
}

/// The same for a file of this name, which says what kind of manifest it is.
pub(crate) fn hold_as(path: &Path, language: Language, bytes: &[u8]) -> Result<usize, String> {
    let surroundings = Surroundings {
        test_file: true,
        ..Surroundings::alone(Catalog::builtin(), &SETTINGS, &*PROJECT)
    };
    let look = || {
        let kept = promises::hold(path, language, bytes, surroundings, &PRESCAN)?;
        Ok(kept.applied)
    };
    let worker = thread::Builder::new().stack_size(STACK_BYTES);
    thread::scope(|scope| {
        let worker = worker.spawn_scoped(scope, look).map_err(|error| error.to_string())?;
        worker.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

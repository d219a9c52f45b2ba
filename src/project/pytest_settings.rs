//! What pytest is told: after how long pytest-timeout ends a test, and by which names it collects them.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::manifest::{Manifest, as_str, table};
use super::pytest_commands;
use super::python_folder::Place;
use super::setup_cfg::entries;
use super::test_timeout::{fact, number};
use crate::facts::{Fact, TestNames};

/// What the configuration of pytest in one folder says: the first of its files counts alone, whatever it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pytest {
    /// The seconds after which pytest-timeout ends a test, or pytest's own plugin the run.
    pub(super) timeout: Option<Fact<f64>>,
    /// By which names it collects tests.
    pub(super) names: TestNames,
}

/// The configuration of pytest in a folder, if there is any. What is malformed in it is said where the file is read for
/// other things.
pub(super) fn pytest(place: Place<'_>) -> Option<Pytest> {
    let found = configured(place);
    let tox = place.manifest("tox.ini", &mut Vec::new());
    match tox.and_then(|tox| pytest_commands::of_tox(&tox)) {
        // An option of the command line counts more.
        Some(timeout) => Some(Pytest {
            timeout: Some(timeout),
            ..found.unwrap_or_default()
        }),
        None => found,
    }
}

fn configured(place: Place<'_>) -> Option<Pytest> {
    let mut unheard = Vec::new();
    for name in ["pytest.toml", ".pytest.toml"] {
        if let Some(manifest) = place.manifest(name, &mut unheard) {
            return Some(of_table(&manifest, &["pytest"], Values::Typed).unwrap_or_default());
        }
    }
    for name in ["pytest.ini", ".pytest.ini"] {
        if let Some(manifest) = place.manifest(name, &mut unheard) {
            return Some(of_ini(&manifest, "pytest").unwrap_or_default());
        }
    }
    if let Some(manifest) = place.manifest("pyproject.toml", &mut unheard)
        && let Some(found) = of_pyproject(&manifest)
    {
        return Some(found);
    }
    [("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")]
        .into_iter()
        .find_map(|(name, section)| of_ini(&*place.manifest(name, &mut unheard)?, section))
}

fn of_ini(manifest: &Manifest, section: &str) -> Option<Pytest> {
    let mut found = None;
    let mut faulthandler = Faulthandler::default();
    let mut words: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let entries = entries(manifest.text());
    for entry in &entries {
        if entry.section != section {
            continue;
        }
        let known: &mut Pytest = found.get_or_insert_default();
        let of_key = words.entry(entry.key).or_default();
        of_key.extend(entry.value.split_whitespace());
        match entry.key {
            LIMIT => {
                faulthandler.limit = entry
                    .value
                    .parse()
                    .ok()
                    .and_then(|limit| fact(limit, LIMIT, manifest, entry.at))
            }
            EXITS => faulthandler.exits = is_on(entry.value),
            _ => {}
        }
        let seconds = match entry.key {
            "timeout" => entry.value.parse().ok(),
            "addopts" => of_options(entry.value),
            _ => None,
        };
        // An option of the command line counts more.
        let counts = entry.key == "addopts" || known.timeout.is_none();
        if let Some(seconds) = seconds.filter(|_| counts) {
            known.timeout = fact(seconds, entry.key, manifest, entry.at);
        }
    }
    if let Some(known) = &mut found {
        known.timeout = known.timeout.take().or(faulthandler.ends());
        for (key, words) in words {
            known.names.tell(key, words.into_iter());
        }
    }
    found
}

fn of_pyproject(manifest: &Manifest) -> Option<Pytest> {
    of_table(manifest, &["tool", "pytest", "ini_options"], Values::AsWritten)
        .or_else(|| of_table(manifest, &["tool", "pytest"], Values::Typed))
}

/// How pytest takes the values of a table.
#[derive(Clone, Copy, PartialEq)]
enum Values {
    /// Numbers and strings are the same, as in pytest.ini.
    AsWritten,
    /// By their type. pytest-timeout declares its setting as a string: a number ends the run before a test (pytest 9.2.0,
    /// pytest-timeout 2.4.0).
    Typed,
}

fn of_table(manifest: &Manifest, path: &[&str], values: Values) -> Option<Pytest> {
    let root = manifest.toml(&mut Vec::new())?;
    let settings = table(root, path)?;
    let options = settings.get("addopts").and_then(|value| {
        let items: Vec<&str> = match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(as_str).collect(),
            _ => as_str(value)?.split_whitespace().collect(),
        };
        fact(of_options(&items.join(" "))?, "addopts", manifest, value.span().start)
    });
    let setting = || {
        let value = settings.get("timeout")?;
        if values == Values::Typed && !matches!(value.get_ref(), DeValue::String(_)) {
            return None;
        }
        fact(number(value.get_ref())?, "timeout", manifest, value.span().start)
    };
    let mut names = TestNames::default();
    for (key, value) in settings {
        let words = match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(as_str).collect(),
            _ => as_str(value).unwrap_or_default().split_whitespace().collect::<Vec<_>>(),
        };
        names.tell(key.get_ref(), words.into_iter());
    }
    let faulthandler = || {
        let (limit, exits) = (settings.get(LIMIT)?, settings.get(EXITS)?);
        let exits = match exits.get_ref() {
            DeValue::Boolean(exits) => *exits,
            _ => as_str(exits).is_some_and(is_on),
        };
        let limit = fact(number(limit.get_ref())?, LIMIT, manifest, limit.span().start);
        Faulthandler { limit, exits }.ends()
    };
    Some(Pytest {
        timeout: options.or_else(setting).or_else(faulthandler),
        names,
    })
}

/// What pytest's own plugin does to a test: it shows where that stands and, since 9.0, ends the run. Executed with pytest 9.2.0.
#[derive(Default)]
struct Faulthandler {
    limit: Option<Fact<f64>>,
    exits: bool,
}

const LIMIT: &str = "faulthandler_timeout";
const EXITS: &str = "faulthandler_exit_on_timeout";

impl Faulthandler {
    fn ends(self) -> Option<Fact<f64>> {
        self.limit.filter(|_| self.exits)
    }
}

/// The values that pytest takes for a flag that is set.
fn is_on(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "1" | "yes" | "true" | "on")
}

/// `--timeout=30`, `--timeout 30`.
pub(super) fn of_options(text: &str) -> Option<f64> {
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--timeout") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        if let Some(seconds) = value.and_then(|value| value.parse().ok()) {
            return Some(seconds);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::project::files::Files;

    fn in_folder(files: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let place = Place {
            folder: folder.path(),
            root: folder.path(),
            files: &Files::new(folder.path()),
        };
        let timeout = pytest(place)?.timeout;
        Some(timeout.map_or("none".to_owned(), |fact| format!("{} {}", fact.value, fact.source)))
    }

    #[test]
    fn every_file_of_pytest_may_set_it() {
        for (name, text, said) in [
            ("pytest.ini", "[pytest]\ntimeout = 30\n", "30 timeout in pytest.ini:2"),
            ("tox.ini", "[tox]\n[pytest]\ntimeout=5.5\n", "5.5 timeout in tox.ini:3"),
            (
                "setup.cfg",
                "[tool:pytest]\naddopts = -v --timeout=7\n",
                "7 addopts in setup.cfg:2",
            ),
            (
                "pyproject.toml",
                "[tool.pytest.ini_options]\ntimeout = 10\n",
                "10 timeout in pyproject.toml:2",
            ),
            (
                "pyproject.toml",
                "[tool.pytest.ini_options]\ntimeout = '10'\naddopts = ['-q', '--timeout', '3']\n",
                "3 addopts in pyproject.toml:3",
            ),
            (
                "pyproject.toml",
                "[tool.pytest]\ntimeout = '4'\n",
                "4 timeout in pyproject.toml:2",
            ),
            ("pyproject.toml", "[tool.pytest]\ntimeout = 4\n", "none"),
            ("pytest.toml", "[pytest]\ntimeout = '6'\n", "6 timeout in pytest.toml:2"),
            (
                ".pytest.toml",
                "[pytest]\naddopts = ['--timeout=8']\n",
                "8 addopts in .pytest.toml:2",
            ),
            ("pytest.ini", "[pytest]\ntimeout = 0\n", "none"),
            (
                "pytest.ini",
                "[pytest]\nfaulthandler_timeout = 20\nfaulthandler_exit_on_timeout = true\n",
                "20 faulthandler_timeout in pytest.ini:2",
            ),
            (
                "pyproject.toml",
                "[tool.pytest.ini_options]\nfaulthandler_timeout = 20\nfaulthandler_exit_on_timeout = true\n",
                "20 faulthandler_timeout in pyproject.toml:2",
            ),
            ("pytest.ini", "[pytest]\nfaulthandler_timeout = 20\n", "none"),
        ] {
            assert_eq!(in_folder(&[(name, text)]).as_deref(), Some(said), "{name}");
        }
        assert_eq!(in_folder(&[("setup.cfg", "[metadata]\ntimeout = 3\n")]), None);
    }

    #[test]
    fn the_first_file_counts_alone() {
        let cfg = ("setup.cfg", "[tool:pytest]\ntimeout = 9\n");
        assert_eq!(in_folder(&[("pytest.ini", ""), cfg]).as_deref(), Some("none"));
        let ini = ("pytest.ini", "[pytest]\ntimeout = 9\n");
        assert_eq!(in_folder(&[("pytest.toml", ""), ini]).as_deref(), Some("none"));
        let without = ("pyproject.toml", "[project]\nname = 'x'\n");
        assert_eq!(in_folder(&[without, cfg]).as_deref(), Some("9 timeout in setup.cfg:2"));
    }

    #[test]
    fn names_of_tests_are_told_in_words_and_lists() {
        let with = |name: &str, text: &str| {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), text).unwrap();
            let files = Files::new(folder.path());
            let place = Place {
                folder: folder.path(),
                root: folder.path(),
                files: &files,
            };
            pytest(place).unwrap().names
        };
        for (name, text) in [
            (
                "pytest.ini",
                "[pytest]\npython_functions =\n    test\n    check_*\npython_files = test_*.py check_*.py\n",
            ),
            (
                "pyproject.toml",
                "[tool.pytest.ini_options]\npython_functions = ['test', 'check_*']\npython_files = 'test_*.py check_*.py'\n",
            ),
            (
                "pytest.toml",
                "[pytest]\npython_functions = ['test', 'check_*']\npython_files = ['test_*.py', 'check_*.py']\n",
            ),
        ] {
            let names = with(name, text);
            assert!(
                names.is_function("testopen") && names.is_function("check_open"),
                "{name}"
            );
            assert!(
                !names.is_function("checked") && !names.is_test_module("open_test.py"),
                "{name}"
            );
            assert!(names.is_test_module("check_open.py"), "{name}");
        }
        assert_eq!(with("pytest.ini", "[pytest]\ntimeout = 3\n"), TestNames::default());
    }
}

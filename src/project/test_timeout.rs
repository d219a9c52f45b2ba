//! What ends every test of a project from outside: pytest-timeout's setting, cargo-nextest's `terminate-after`.

use toml::de::{DeTable, DeValue};

use super::Fact;
use super::manifest::{Manifest, as_str, as_table, lookup, table};
use super::python_folder::Place;
use super::setup_cfg::entries;

/// What the configuration of pytest in one folder says: the first of its files counts alone, whatever it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pytest {
    /// The seconds after which pytest-timeout ends a test.
    pub(super) timeout: Option<Fact<f64>>,
}

/// The configuration of pytest in a folder, if there is any. What is malformed in it is said where the file is read for
/// other things.
pub(super) fn pytest(place: Place<'_>) -> Option<Pytest> {
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
    for entry in entries(manifest.text()) {
        if entry.section != section {
            continue;
        }
        let known: &mut Pytest = found.get_or_insert_default();
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
    Some(Pytest {
        timeout: options.or_else(setting),
    })
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        DeValue::Float(number) => number.as_str().parse().ok(),
        DeValue::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// `--timeout=30`, `--timeout 30`.
fn of_options(text: &str) -> Option<f64> {
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

/// A limit; 0 is none.
fn fact(seconds: f64, key: &str, manifest: &Manifest, at: usize) -> Option<Fact<f64>> {
    (seconds.is_finite() && seconds > 0.0).then(|| Fact {
        value: seconds,
        source: format!("{key} in {}", manifest.place(at)),
    })
}

/// When cargo-nextest ends a test: `slow-timeout = { period = "60s", terminate-after = 2 }` of its default profile. Where
/// overrides say something else for some tests, the longest.
pub(super) fn nextest(manifest: &Manifest, warnings: &mut Vec<String>) -> Option<Fact<f64>> {
    let root = manifest.toml(warnings)?;
    let profile = table(root, &["profile", "default"])?;
    let slow = profile.get("slow-timeout")?;
    let mut longest = ends_after(slow.get_ref())?;
    if let Some(DeValue::Array(overrides)) = profile.get("overrides").map(toml::Spanned::get_ref) {
        let timeouts = overrides
            .iter()
            .filter_map(|one| lookup(as_table(one)?, &["slow-timeout"]));
        for timeout in timeouts {
            longest = longest.max(ends_after(timeout.get_ref())?);
        }
    }
    fact(longest, "slow-timeout", manifest, slow.span().start)
}

fn ends_after(slow: &DeValue<'_>) -> Option<f64> {
    let DeValue::Table(slow) = slow else { return None };
    let slow: &DeTable<'_> = slow;
    let period = duration(as_str(slow.get("period")?)?)?;
    let times = number(slow.get("terminate-after")?.get_ref())?;
    Some(period * times)
}

/// `60s`, `2m`, `1h 30m`, as nextest writes durations.
fn duration(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(letters);
        let factor = match unit {
            "ms" | "millis" | "msec" => 1e-3,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * factor;
        rest = behind.trim_start();
    }
    Some(seconds)
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
            files: &Files::new(folder.path().to_owned()),
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
    fn nextest_ends_a_test_after_some_periods() {
        let of = |text: &str| {
            let fact = nextest(&Manifest::new("nextest.toml", text), &mut Vec::new());
            fact.map(|fact| (fact.value, fact.source))
        };
        let text = "[profile.default]\nslow-timeout = { period = \"1m 30s\", terminate-after = 2 }\n";
        assert_eq!(of(text), Some((180.0, "slow-timeout in nextest.toml:2".to_owned())));
        let longer = format!(
            "{text}[[profile.default.overrides]]\nfilter = 'test(x)'\nslow-timeout = {{ period = '5m', terminate-after = 1 }}\n"
        );
        assert_eq!(of(&longer).map(|(seconds, _)| seconds), Some(300.0));
        assert_eq!(of("[profile.default]\nslow-timeout = '60s'\n"), None);
    }
}

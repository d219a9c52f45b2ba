//! What one manifest of a Python project says: the range of Pythons, and the packages that it depends on.

use super::{Fact, PythonVersion};

/// What one manifest says.
#[derive(Debug, Default)]
pub(super) struct PythonManifest {
    /// The oldest Python that it allows.
    pub(super) python: Option<Fact<PythonVersion>>,
    /// Every package that it names, optional ones included.
    pub(super) dependencies: Vec<Dependency>,
}

/// A package that a manifest names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    /// Lower case, words separated by `-`.
    pub(super) name: String,
    /// An environment marker may leave it out: on newer Pythons, on other platforms.
    pub(super) conditional: bool,
    /// `async-timeout in pyproject.toml:12`.
    pub(super) source: String,
}

impl Dependency {
    /// From a requirement such as `async-timeout[x]>=4 ; python_version < "3.11"` at `place`. Nothing for an option, a
    /// path or an address.
    pub(super) fn parse(requirement: &str, place: &str) -> Option<Self> {
        let requirement = requirement.trim();
        let length = requirement
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
            .unwrap_or(requirement.len());
        let (name, rest) = requirement.split_at(length);
        let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_path = rest.starts_with(['/', '\\', ':']);
        (is_name && !is_path).then(|| Self::named(name, rest.contains(';'), place))
    }

    /// The package of this name, as its manifest spells it.
    pub(super) fn named(name: &str, conditional: bool, place: &str) -> Self {
        let name = normalized(name);
        Self {
            source: format!("{name} in {place}"),
            name,
            conditional,
        }
    }
}

/// PEP 503: lower case, runs of `-`, `_` and `.` are one `-`.
fn normalized(name: &str) -> String {
    let mut normalized = String::with_capacity(name.len());
    for c in name.chars() {
        let c = if matches!(c, '_' | '.') {
            '-'
        } else {
            c.to_ascii_lowercase()
        };
        if c != '-' || !normalized.ends_with('-') {
            normalized.push(c);
        }
    }
    normalized
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_named_as_its_index_names_it() {
        for (requirement, expected) in [
            ("async-timeout>=4", Some(("async-timeout", false))),
            ("Async_Timeout [x] ~= 4.0", Some(("async-timeout", false))),
            ("async...timeout", Some(("async-timeout", false))),
            (
                "async-timeout>=4; python_version < '3.11'",
                Some(("async-timeout", true)),
            ),
            (
                "async-timeout @ https://example.org/x.whl",
                Some(("async-timeout", false)),
            ),
            ("-e .", None),
            ("./local", None),
            ("dir/local.whl", None),
            ("https://example.org/x.whl", None),
            ("", None),
        ] {
            let parsed = Dependency::parse(requirement, "r.txt:1");
            let described = parsed.as_ref().map(|one| (one.name.as_str(), one.conditional));
            assert_eq!(described, expected, "{requirement}");
        }
    }
}

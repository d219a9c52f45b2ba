//! Requirements of Python packages, as they are written.

use std::borrow::Cow;
use std::ops::Range;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifier, VersionSpecifiers};
use toml::Spanned;
use toml::de::DeValue;

use super::dialects::MOST_BYTES;
use super::local_packages::LocalPackage;
use super::manifest::{Manifest, strings};
use super::markers::holds;
use crate::catalog::Catalog;
use crate::facts::{Alternatives, Fact, PythonVersion, Requirement, Role, Windows};
use crate::source::{Language, Span};

/// How many requirements of one package in one place are read: a file that names it more often is no manifest of anybody.
pub(super) const MOST_OF_ONE_PACKAGE: usize = 64;

impl Requirement {
    /// What is left of it where `oldest` and newer Pythons may run: nothing where its marker leaves them all out, no
    /// condition where it lets them all in.
    pub(super) fn under(&self, oldest: Option<PythonVersion>) -> Option<Cow<'_, Self>> {
        match self.marker().and_then(|marker| holds(marker, oldest)) {
            None => Some(Cow::Borrowed(self)),
            Some(false) => None,
            Some(true) => Some(Cow::Owned(Self {
                condition: None,
                ..self.clone()
            })),
        }
    }

    /// The environment marker that it counts under.
    pub(super) fn marker(&self) -> Option<&str> {
        // As Poetry's tables give it.
        let condition = self.condition.as_deref()?;
        Some(condition.strip_prefix("markers ").unwrap_or(condition))
    }

    /// Whether it is one release, and that is in the range.
    pub(super) fn is_within(&self, range: &Alternatives) -> bool {
        let own = self.range.as_ref();
        own.and_then(|own| own.specifiers().next())
            .is_some_and(|one| range.contains(one.version()))
    }
}

/// What one manifest of a Python project says.
#[derive(Debug, Default)]
pub(super) struct PythonManifest {
    /// The oldest Python that it allows.
    pub(super) python: Option<Fact<PythonVersion>>,
    /// The oldest Python that it speaks of in passing: a classifier, a lock file's range.
    pub(super) hinted_python: Option<Fact<PythonVersion>>,
    /// It says that Windows is a system to run on.
    pub(super) windows: Option<Fact<Windows>>,
    /// A package for others is built from it.
    pub(super) builds_package: bool,
    /// Every package that it names, optional ones included.
    pub(super) requirements: Vec<Requirement>,
    /// The files for pip that it names.
    pub(super) named_files: Vec<NamedFile>,
    /// The packages of the same repository that are installed with it.
    pub(super) local_packages: Vec<LocalPackage>,
}

/// A file for pip that a manifest names.
#[derive(Debug, PartialEq)]
pub(super) struct NamedFile {
    /// As it is written: from the folder of the manifest.
    pub(super) path: String,
    /// That of the requirements in it.
    pub(super) role: Role,
    /// They are those of a package for others.
    pub(super) published: bool,
}

/// Requirements as they are met in one manifest.
pub(super) struct Reading<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) warnings: &'a mut Vec<String>,
    pub(super) found: Vec<Requirement>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(manifest: &'a Manifest, warnings: &'a mut Vec<String>) -> Self {
        Self {
            manifest,
            warnings,
            found: Vec::new(),
        }
    }

    /// A requirement such as `async-timeout[x]>=4 ; python_version < "3.11"` that begins at a byte of the manifest.
    /// Nothing for an option, a path, or an address whose file is called like no package.
    pub(super) fn add(&mut self, requirement: &str, at: usize, role: Role) {
        let start = at + requirement.len() - requirement.trim_start().len();
        let requirement = requirement.trim();
        let Some((name, rest)) = split_name(requirement) else {
            self.address(requirement, start, role);
            return;
        };
        let (specifiers, marker) = match rest.split_once(';') {
            Some((specifiers, marker)) => (specifiers, Some(marker.trim().to_owned())),
            None => (rest, None),
        };
        let specifiers = without_extras(specifiers.trim());
        let range = match specifiers.strip_prefix('@') {
            Some(address) => release_at(name, address.trim()),
            None => self.pep440(name, specifiers, start),
        };
        self.push(name, range, marker, role, start..self.end_of(requirement, start));
    }

    /// What was found from the index `first` on holds under a condition, where it says none itself.
    pub(super) fn only_under(&mut self, first: usize, condition: &str) {
        for requirement in self.found.iter_mut().skip(first) {
            requirement.condition.get_or_insert_with(|| condition.to_owned());
        }
    }

    /// The requirements of a list of texts in TOML.
    pub(super) fn add_list(&mut self, list: &Spanned<DeValue<'_>>, role: &Role) {
        for (text, span) in strings(list) {
            // The span has the quotes: what is underlined is what stands between them.
            let written = self.manifest.text().get(span.clone()).unwrap_or_default();
            let at = span.start + written.find(text).unwrap_or_default();
            self.add(text, at, role.clone());
        }
    }

    /// An address without the name of a package.
    fn address(&mut self, requirement: &str, start: usize, role: Role) {
        let (address, marker) = match requirement.split_once(" ;") {
            Some((address, marker)) => (address.trim(), Some(marker.trim().to_owned())),
            None => (requirement, None),
        };
        if let Some((name, release)) = file_at(address).filter(|_| address.contains("://")) {
            let span = start..self.end_of(requirement, start);
            self.push(name, exactly(release), marker, role, span);
        }
    }

    /// Where a requirement ends that begins at `start`: with its line, where it is spelled in another way (escapes,
    /// continued lines).
    fn end_of(&self, requirement: &str, start: usize) -> usize {
        let rest = self.manifest.text().get(start..).unwrap_or_default();
        match rest.starts_with(requirement) {
            true => start + requirement.len(),
            // A manifest may name all its packages in one line: no more of it is said to be the requirement than one can be.
            false => self.manifest.line_end(start, MOST_BYTES),
        }
    }

    /// A package whose range was read already.
    pub(super) fn push(
        &mut self,
        name: &str,
        range: Option<Alternatives>,
        condition: Option<String>,
        role: Role,
        span: Range<usize>,
    ) {
        let package = normalized(name);
        self.found.push(Requirement {
            text: written(self.manifest, &span, &role),
            package,
            ecosystem: Language::Python,
            range,
            condition,
            role,
            published: false,
            place: self.manifest.place(span.start),
            span: Span::new(span.start, span.end.max(span.start)),
            manifest: self.manifest.path().to_owned(),
            restricts: Vec::new(),
            folders_up: 0,
        });
    }

    /// A range as PEP 440 writes it, perhaps in parentheses. One that is none is a warning where the package matters.
    pub(super) fn pep440(&mut self, name: &str, specifiers: &str, at: usize) -> Option<Alternatives> {
        let inner = specifiers.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        if specifiers.len() > MOST_BYTES {
            return None;
        }
        match VersionSpecifiers::from_str(inner.unwrap_or(specifiers)) {
            Ok(range) => Some(range.into()),
            Err(_) => {
                self.malformed(name, specifiers, at);
                None
            }
        }
    }

    /// Warns of a range that cannot be read. What is malformed about other packages is their users' business.
    pub(super) fn malformed(&mut self, name: &str, range: &str, at: usize) {
        let name = normalized(name);
        if Catalog::builtin().has_package(Language::Python, &name) {
            let place = self.manifest.place(at);
            self.warnings
                .push(format!("{place}: {name}: `{range}` is no version range"));
        }
    }
}

/// The one release of a package that an address leads to, where that tells it: by the name of a file, or by a tag that is called like
/// a release.
fn release_at(package: &str, address: &str) -> Option<Alternatives> {
    let of_file = file_at(address).filter(|(name, _)| normalized(name) == normalized(package));
    exactly(of_file.map(|(_, release)| release).or_else(|| tag_at(address))?)
}

/// The package and the release that the name of the file at an address tells, as wheels and source archives are called:
/// `https://example.org/websockets-12.0-py3-none-any.whl#sha256=00`.
fn file_at(address: &str) -> Option<(&str, &str)> {
    let path = address.split(['#', '?']).next()?;
    let file = path.rsplit('/').next()?;
    let mut parts = file.split('-');
    let (name, release) = match file.strip_suffix(".whl") {
        Some(_) => (parts.next()?, parts.next()?),
        None => [".tar.gz", ".zip"]
            .iter()
            .find_map(|ending| file.strip_suffix(ending))?
            .rsplit_once('-')?,
    };
    release
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some((name, release))
}

/// The release that a tag of git is called like: `git+https://example.org/websockets@v13.1`. Branches and commits have no dots and
/// digits alone.
fn tag_at(address: &str) -> Option<&str> {
    let path = address.strip_prefix("git+")?.split(['#', '?']).next()?;
    let (_, tag) = path.rsplit_once('/')?.1.rsplit_once('@')?;
    let release = tag.strip_prefix('v').unwrap_or(tag);
    let is_release = release.contains('.') && release.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_release.then_some(release)
}

/// The range of one release.
pub(super) fn exactly(release: &str) -> Option<Alternatives> {
    let release = Version::from_str(release).ok()?;
    Some(VersionSpecifiers::from(VersionSpecifier::equals_version(release)).into())
}

/// The text of a requirement in a manifest that writes it in one piece.
pub(super) fn written(manifest: &Manifest, span: &Range<usize>, role: &Role) -> Option<String> {
    let text = manifest.text().get(span.clone()).filter(|_| *role != Role::Lock);
    text.map(str::to_owned)
}

/// PEP 503: lower case, runs of `-`, `_` and `.` are one `-`.
pub(super) fn normalized(name: &str) -> String {
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

/// The name that a requirement begins with, and what follows it.
pub(super) fn split_name(requirement: &str) -> Option<(&str, &str)> {
    let length = requirement
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(length);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_path = rest.starts_with(['/', '\\', ':']);
    (is_name && !is_path).then_some((name, rest))
}

/// `>=4` for `[x, y] >=4`.
fn without_extras(specifiers: &str) -> &str {
    let behind = specifiers
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(_, behind)| behind.trim());
    behind.unwrap_or(specifiers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(requirement: &str) -> Option<String> {
        let manifest = Manifest::new("r.txt", requirement);
        let mut warnings = Vec::new();
        let mut reading = Reading::of(&manifest, &mut warnings);
        reading.add(requirement, 0, Role::Main);
        let one = reading.found.pop()?;
        let condition = one
            .condition
            .as_ref()
            .map_or(String::new(), |condition| format!("; {condition}"));
        let unknown = if one.range.is_none() { " ?" } else { "" };
        Some(format!("{}{condition}{unknown}", one.shown()))
    }

    #[test]
    fn a_requirement_is_named_as_its_index_names_it() {
        for (requirement, expected) in [
            ("async-timeout>=4", Some("async-timeout>=4")),
            ("Async_Timeout [x] ~= 4.0", Some("async-timeout~=4.0")),
            ("async...timeout", Some("async-timeout")),
            ("websockets (>=12, <14)", Some("websockets>=12,<14")),
            ("a>=4; python_version < '3.11'", Some("a>=4; python_version < '3.11'")),
            ("a @ https://example.org/x.whl", Some("a ?")),
            ("a[x]@ https://example.org/x.whl ; y", Some("a; y ?")),
            (
                "websockets @ https://example.org/websockets-12.0-cp312-cp312-musllinux_1_1_x86_64.whl#sha256=00",
                Some("websockets==12.0"),
            ),
            (
                "Async.Timeout[x] @ https://example.org/async_timeout-4.0.3.tar.gz ; y",
                Some("async-timeout==4.0.3; y"),
            ),
            ("a @ https://example.org/b-1.0.zip", Some("a ?")),
            ("a @ https://example.org/a-main.zip", Some("a ?")),
            ("a @ https://example.org/a-1.*.zip", Some("a ?")),
            ("a @ https://example.org/archive/1.0.tar.gz", Some("a ?")),
            ("a @ git+https://example.org/a.git@v1.0#egg=a", Some("a==1.0")),
            ("a @ git+https://example.org/a@2024", Some("a ?")),
            ("a @ git+https://user@example.org/a", Some("a ?")),
            ("a @ git+https://example.org/a@1.x", Some("a ?")),
            ("pytz>dev", Some("pytz ?")),
            ("-e .", None),
            ("./local", None),
            ("dir/local.whl", None),
            ("https://example.org/x.whl", None),
            ("https://example.org/a-1.0-py3-none-any.whl ; y", Some("a==1.0; y")),
            ("", None),
        ] {
            assert_eq!(described(requirement).as_deref(), expected, "{requirement}");
        }
    }

    #[test]
    fn a_malformed_range_warns_for_packages_of_the_catalogue() {
        let manifest = Manifest::new("r.txt", "pytz>dev\n  websockets >= x\n");
        let mut warnings = Vec::new();
        let mut reading = Reading::of(&manifest, &mut warnings);
        reading.add("pytz>dev", 0, Role::Main);
        reading.add("  websockets >= x", 9, Role::Main);
        let spans: Vec<_> = reading.found.iter().map(|one| (one.span.start, one.span.end)).collect();
        assert_eq!(spans, [(0, 8), (11, 26)]);
        assert_eq!(warnings, ["r.txt:2: websockets: `>= x` is no version range"]);
    }
}

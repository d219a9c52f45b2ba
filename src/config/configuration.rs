//! What holds for the files of one folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::error::Origin;
use super::options::Options;
use super::patterns::Patterns;
use super::selection::{Selector, codes, enabled_rules};
use crate::catalog::{Catalog, Library};
use crate::config::OutputFormat;
use crate::finding::Severity;
use crate::prescan::Prescan;
use crate::settings::Settings;
use crate::source::Language;

/// Folders that hold no sources of the project: ruff's list, and Python's byte code.
const DEFAULT_EXCLUDE: &[&str] = &[
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
];

/// Files that are test code as a whole. Benchmarks count: nothing but a developer's console ever sees them run.
const DEFAULT_TEST_CODE: &[&str] = &["tests", "test_*.py", "*_test.py", "conftest.py", "*_test.rs", "benches"];

/// What holds for the files of one folder, after every source of configuration had its say.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The file that is closest, where there is one.
    pub file: Option<PathBuf>,
    /// What the rules look at, `per-file-ignores` not yet taken into account.
    pub settings: Arc<Settings>,
    /// Which files are worth parsing.
    pub prescan: Arc<Prescan>,
    /// Only files that match are looked at; everything where it is not set.
    pub include: Option<Patterns>,
    /// What is left out of walks.
    pub exclude: Vec<Patterns>,
    /// What is test code by its path.
    pub test_code: Patterns,
    /// What holds for the run as a whole; that of the working folder counts.
    pub run: RunSettings,
    libraries: Arc<OwnLibraries>,
    per_file_ignores: Vec<(Patterns, Vec<Selector>)>,
    origins: BTreeMap<&'static str, Origin>,
}

/// What holds for the run as a whole.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// Safe fixes are applied.
    pub fix: bool,
    /// Unsafe ones too.
    pub unsafe_fixes: bool,
    /// The lowest severity that makes the run fail.
    pub fail_on: Severity,
    /// How the findings are printed where the command line does not say it.
    pub output_format: OutputFormat,
    /// Findings and diffs end with 0.
    pub exit_zero: bool,
    /// The baseline that allows what it has, an absolute path.
    pub baseline: Option<PathBuf>,
    /// Only what changed since then is reported.
    pub diff_base: Option<String>,
    /// Exclusions also hold for files that are named on the command line.
    pub force_exclude: bool,
}

impl Configuration {
    /// Fills what `options` leave open with the defaults. `base` is the folder that the defaults' patterns start from.
    pub(super) fn new(file: Option<PathBuf>, options: Options, base: &Path) -> Self {
        let mut settings = Settings {
            enabled: enabled_rules(&options.selections),
            severities: options.severities,
            target_version: options.target_version,
            strict: options.strict.unwrap_or(false),
            ignores_suppressions: options.ignore_suppressions,
            ..Settings::default()
        };
        if let Some(protocols) = options.protocols {
            settings.protocols = protocols;
        }
        settings.deadline.min = options.min_deadline;
        settings.deadline.max = options.max_deadline;
        settings.deadline.default = options
            .default_deadline
            .unwrap_or_else(|| settings.deadline.default_within_limits());
        if let Some(seconds) = options.max_connect_wait {
            settings.deadline.max_wait = seconds;
        }
        settings.deadline.scope = options.deadline_scope.unwrap_or_default();
        settings.deadline.internal_timeout = options.internal_timeout.unwrap_or_default();
        if let Some(seconds) = options.max_test_seconds {
            settings.max_test_seconds = seconds;
        }
        if let Some(seconds) = options.default_receive_deadline {
            settings.receive.default_deadline = seconds;
        }
        settings.windows_min_deadline = options.windows_min_deadline;
        settings.receive.welcome = options.welcome.unwrap_or(false);
        settings.hang_rules = options.hang_rules.unwrap_or_default();
        if let Some(encodings) = options.console_encodings {
            settings.console.encodings = encodings;
            settings.console.are_chosen = true;
        }
        if let Some(strategy) = options.print_strategy {
            settings.console.strategy = strategy;
        }
        let mut exclude = vec![
            options
                .exclude
                .unwrap_or_else(|| Patterns::certain(base, DEFAULT_EXCLUDE)),
        ];
        exclude.extend(options.extend_exclude);
        Self {
            file,
            prescan: Arc::new(Prescan::new(&settings, &options.libraries)),
            settings: Arc::new(settings),
            libraries: Arc::new(OwnLibraries::new(options.libraries)),
            include: options.include,
            exclude,
            test_code: options
                .test_code
                .unwrap_or_else(|| Patterns::certain(base, DEFAULT_TEST_CODE)),
            run: RunSettings {
                fix: options.fix.unwrap_or(false),
                unsafe_fixes: options.unsafe_fixes.unwrap_or(false),
                fail_on: options.fail_on.unwrap_or(Severity::Warning),
                output_format: options.output_format.unwrap_or_default(),
                exit_zero: options.exit_zero.unwrap_or(false),
                baseline: options.baseline,
                diff_base: options.diff_base,
                force_exclude: options.force_exclude.unwrap_or(false),
            },
            per_file_ignores: options.per_file_ignores.unwrap_or_default(),
            origins: options.origins,
        }
    }

    /// The same for the files of the project in `root`: the patterns of the defaults start from there.
    pub(super) fn in_project(&self, root: &Path) -> Self {
        let mut configuration = self.clone();
        if self.origin("test-code") == Origin::Default {
            configuration.test_code = self.test_code.rebased(root);
        }
        if self.origin("exclude") == Origin::Default
            && let Some(exclude) = configuration.exclude.first_mut()
        {
            *exclude = exclude.rebased(root);
        }
        configuration
    }

    /// What is known about each library, the user's own helpers included. It is read when it is asked for first.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        self.libraries.catalog()
    }

    /// The settings of one file (an absolute path).
    #[must_use]
    pub fn settings_for(&self, path: &Path) -> Arc<Settings> {
        let ignored: BTreeSet<_> = self
            .per_file_ignores
            .iter()
            .filter(|(pattern, _)| pattern.cover(path))
            .flat_map(|(_, selectors)| codes(selectors))
            .collect();
        if ignored.is_disjoint(&self.settings.enabled) {
            return Arc::clone(&self.settings);
        }
        let mut settings = Settings::clone(&self.settings);
        settings.enabled.retain(|code| !ignored.contains(code));
        Arc::new(settings)
    }

    /// Whether a walk leaves this absolute path out: a folder, or a file.
    #[must_use]
    pub fn excludes(&self, path: &Path) -> bool {
        self.exclude.iter().any(|patterns| patterns.match_path(path))
    }

    /// Whether this absolute path, or a folder on the way to it, is left out.
    #[must_use]
    pub fn excludes_on_the_way(&self, path: &Path) -> bool {
        self.exclude.iter().any(|patterns| patterns.cover(path))
    }

    /// Where a key's value comes from.
    #[must_use]
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::Default)
    }

    /// The patterns of `per-file-ignores`, each with the selectors that it switches off.
    pub fn per_file_ignores(&self) -> impl Iterator<Item = (&str, &[Selector])> {
        self.per_file_ignores.iter().flat_map(|(patterns, selectors)| {
            patterns
                .texts()
                .iter()
                .map(move |text| (text.as_str(), selectors.as_slice()))
        })
    }
}

/// The libraries that the configuration adds to the catalogue.
#[derive(Debug)]
struct OwnLibraries {
    libraries: Vec<(Language, Library)>,
    catalog: OnceLock<Catalog>,
}

impl OwnLibraries {
    fn new(libraries: Vec<(Language, Library)>) -> Self {
        Self {
            libraries,
            catalog: OnceLock::new(),
        }
    }

    fn catalog(&self) -> &Catalog {
        if self.libraries.is_empty() {
            return Catalog::builtin();
        }
        self.catalog.get_or_init(|| {
            let mut catalog = Catalog::builtin().clone();
            for (language, library) in &self.libraries {
                catalog.add(*language, library.clone());
            }
            catalog
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Configuration {
        Configuration::new(None, Options::default(), Path::new("/repo"))
    }

    #[test]
    fn the_default_patterns_compile() {
        for texts in [DEFAULT_EXCLUDE, DEFAULT_TEST_CODE] {
            let texts = texts.iter().map(|text| (*text).to_owned()).collect();
            assert!(Patterns::new(Path::new("/repo"), texts).is_ok());
        }
    }

    #[test]
    fn test_code_is_known_by_its_path() {
        let test_code = plain().test_code;
        for path in [
            "tests/a.py",
            "crates/x/tests/it.rs",
            "pkg/test_a.py",
            "a_test.rs",
            "x/conftest.py",
            "benches/b.rs",
        ] {
            assert!(test_code.cover(&Path::new("/repo").join(path)), "{path}");
        }
        for path in ["src/testing.py", "src/contest.py", "examples/a.rs", "latest.py"] {
            assert!(!test_code.cover(&Path::new("/repo").join(path)), "{path}");
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_settings() {
        let configuration = plain();
        let settings = Settings::default();
        assert_eq!(configuration.settings.enabled, settings.enabled);
        assert_eq!(configuration.settings.deadline, settings.deadline);
        assert_eq!(configuration.settings.receive, settings.receive);
        assert_eq!(configuration.settings.console, settings.console);
        assert_eq!(configuration.run.fail_on, Severity::Warning);
    }
}

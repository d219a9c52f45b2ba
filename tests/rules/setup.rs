//! What a page's example or a fixture says about its surroundings: the keys of the configuration that concern a file,
//! `select`, and under `project` what the manifests would say.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use ws_lint::catalog::{Catalog, Library, Protocol};
use ws_lint::check::Surroundings;
use ws_lint::facts::{Certainty, Fact, PackageRange, ProjectFacts, PythonVersion, Rustfmt, Windows};
use ws_lint::finding::Rule;
use ws_lint::rules::{self};
use ws_lint::settings::{DeadlineScope, HangRules, InternalTimeout, PrintStrategy, Settings};
use ws_lint::source::Language;

/// The options as they are written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    select: Option<Vec<String>>,
    target_version: Option<String>,
    #[serde(default)]
    strict: bool,
    protocols: Option<BTreeSet<Protocol>>,
    default_deadline: Option<f64>,
    min_deadline: Option<f64>,
    max_deadline: Option<f64>,
    max_connect_wait: Option<f64>,
    deadline_scope: Option<DeadlineScope>,
    internal_timeout: Option<InternalTimeout>,
    max_test_seconds: Option<f64>,
    default_receive_deadline: Option<f64>,
    #[serde(default)]
    welcome: bool,
    windows_min_deadline: Option<f64>,
    hang_rules: Option<HangRules>,
    console_encodings: Option<Vec<String>>,
    print_strategy: Option<Strategy>,
    safe_print: Option<String>,
    #[serde(default)]
    library: Vec<UserLibrary>,
    /// Whether notes and helps are among the expectations.
    #[serde(default)]
    notes: bool,
    #[serde(default)]
    project: Project,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Strategy {
    Helper,
    Import,
    Ascii,
}

#[derive(Debug, Deserialize)]
struct UserLibrary {
    language: String,
    #[serde(flatten)]
    library: Library,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Project {
    python: Option<String>,
    /// What a manifest says of each package: `websockets = "<14"`.
    #[serde(default)]
    packages: BTreeMap<String, String>,
    #[serde(default)]
    async_timeout: bool,
    #[serde(default)]
    console_reconfigured: bool,
    tokio_time: Option<bool>,
    test_timeout: Option<f64>,
    windows: Option<Systems>,
    line_width: Option<usize>,
    #[serde(default)]
    test_file: bool,
}

/// What the classifiers say of Windows.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Systems {
    Among,
    Only,
    Never,
}

/// Everything that [`Surroundings`] borrows.
pub(crate) struct Setup {
    catalog: Catalog,
    settings: Settings,
    project: ProjectFacts,
    test_file: bool,
    pub(crate) notes: bool,
}

impl Setup {
    /// Reads options written as TOML. Only the rules of `enabled` run where `select` does not say otherwise.
    pub(crate) fn read(options: &str, language: Language, enabled: &[&'static Rule]) -> Result<Self, String> {
        let options: Options = toml::from_str(options).map_err(|error| error.to_string())?;
        let project = project(&options.project, language)?;
        let (test_file, notes) = (options.project.test_file, options.notes);
        let mut catalog = Catalog::builtin().clone();
        for user in &options.library {
            let language = match user.language.as_str() {
                "python" => Language::Python,
                "rust" => Language::Rust,
                other => return Err(format!("`{other}` is no language")),
            };
            catalog.add(language, user.library.clone());
        }
        Ok(Self {
            catalog,
            settings: settings(options, enabled)?,
            project,
            test_file,
            notes,
        })
    }

    /// The same for a project that rustfmt lays out so.
    pub(crate) fn with_rustfmt(mut self, rustfmt: Rustfmt) -> Self {
        self.project.rustfmt = rustfmt;
        self
    }

    /// As [`ws_lint::check::check`] takes it.
    pub(crate) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            test_file: self.test_file,
            ..Surroundings::alone(&self.catalog, &self.settings, &self.project)
        }
    }
}

fn settings(options: Options, enabled: &[&'static Rule]) -> Result<Settings, String> {
    let enabled = match &options.select {
        None => enabled.iter().map(|rule| rule.code).collect(),
        Some(codes) => codes
            .iter()
            .map(|code| {
                rules::find(code)
                    .map(|rule| rule.code)
                    .ok_or(format!("`{code}` is no rule"))
            })
            .collect::<Result<_, _>>()?,
    };
    let target_version = options.target_version.as_deref().map(version).transpose()?;
    let mut settings = Settings {
        enabled,
        target_version,
        strict: options.strict,
        ..Settings::default()
    };
    if let Some(protocols) = options.protocols {
        settings.protocols = protocols;
    }
    if let Some(seconds) = options.default_deadline {
        settings.deadline.default = seconds;
    }
    settings.deadline.min = options.min_deadline;
    settings.deadline.max = options.max_deadline;
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
    settings.receive.welcome = options.welcome;
    settings.hang_rules = options.hang_rules.unwrap_or_default();
    if let Some(encodings) = options.console_encodings {
        settings.console.encodings = encodings;
        settings.console.are_chosen = true;
    }
    settings.console.strategy = match (options.print_strategy, options.safe_print) {
        (None | Some(Strategy::Import), Some(path)) => PrintStrategy::Import(path),
        (None | Some(Strategy::Helper), None) => PrintStrategy::Helper,
        (Some(Strategy::Ascii), None) => PrintStrategy::Ascii,
        (strategy, path) => return Err(format!("{strategy:?} and {path:?} do not go together")),
    };
    Ok(settings)
}

/// What the manifests say. A Rust file's crate has tokio with its `time` feature unless the options say otherwise.
fn project(options: &Project, language: Language) -> Result<ProjectFacts, String> {
    let mut project = ProjectFacts::default();
    if let Some(python) = &options.python {
        project.python = Some(fact(version(python)?));
    }
    for (package, range) in &options.packages {
        let specifiers = range
            .parse()
            .map_err(|error| format!("`{range}` is no range of versions: {error}"))?;
        let certainty = Certainty::Range;
        let range = PackageRange { specifiers, certainty };
        project.packages.tell([(package.clone(), fact(range))]);
    }
    project.test_timeout = options.test_timeout.map(fact);
    project.line_width = options.line_width;
    project.windows = options.windows.map(|systems| {
        fact(match systems {
            Systems::Among => Windows::Among,
            Systems::Only => Windows::Only,
            Systems::Never => Windows::Never,
        })
    });
    project.async_timeout = options.async_timeout.then(|| fact(()));
    project.console_reconfigured = options.console_reconfigured.then(|| fact(()));
    if language == Language::Rust {
        project.tokio_time = Some(fact(options.tokio_time.unwrap_or(true)));
    }
    Ok(project)
}

fn fact<T>(value: T) -> Fact<T> {
    Fact {
        value,
        source: "the fixture's manifest".to_owned(),
    }
}

fn version(text: &str) -> Result<PythonVersion, String> {
    text.parse().map_err(|error| format!("{error}"))
}

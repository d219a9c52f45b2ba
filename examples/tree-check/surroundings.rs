//! What surrounds the files: all rules, and the manifests that lie around them.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use ws_lint::catalog::{Catalog, Library, Protocol};
use ws_lint::check::Surroundings;
use ws_lint::facts::{Fact, ProjectFacts};
use ws_lint::prescan::Prescan;
use ws_lint::project::Projects;
use ws_lint::rules;
use ws_lint::settings::Settings;
use ws_lint::source::Language;

/// What all files have in common.
pub(crate) struct Everything {
    pub(crate) prescan: Prescan,
    catalog: Catalog,
    settings: Settings,
    projects: Projects,
    stress: bool,
}

/// `stress.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stress {
    python: Vec<Library>,
    rust: Vec<Library>,
}

impl Everything {
    /// # Errors
    /// `stress.toml` cannot be read as what it is.
    pub(crate) fn new(stress: bool) -> Result<Self, String> {
        let mut catalog = Catalog::builtin().clone();
        let mut settings = Settings {
            enabled: rules::ALL.iter().map(|rule| rule.code).collect(),
            protocols: [Protocol::Websocket, Protocol::Socket, Protocol::Http, Protocol::Broker].into(),
            ..Settings::default()
        };
        let mut libraries = Vec::new();
        if stress {
            let more: Stress = toml::from_str(include_str!("stress.toml")).map_err(|error| error.to_string())?;
            let python = more.python.into_iter().map(|library| (Language::Python, library));
            let rust = more.rust.into_iter().map(|library| (Language::Rust, library));
            libraries.extend(python.chain(rust));
            settings.console.encodings = vec!["ascii".to_owned()];
        }
        for (language, library) in &libraries {
            catalog.add(*language, library.clone());
        }
        Ok(Self {
            prescan: Prescan::new(&settings, &libraries),
            catalog,
            settings,
            projects: Projects::new(Path::new("."), ws_lint::python::read_conftest),
            stress,
        })
    }

    /// What the manifests around a file say; under stress tokio's timer is there whatever they say.
    pub(crate) fn project(&self, path: &Path, language: Language) -> Arc<ProjectFacts> {
        let mut project = self.projects.facts_for(path, language);
        if self.stress {
            Arc::make_mut(&mut project).tokio_time = Some(Fact {
                value: true,
                source: "--stress".to_owned(),
            });
        }
        project
    }

    /// Under stress all of it is test code, where more can be fixed.
    pub(crate) fn surroundings<'a>(&'a self, project: &'a ProjectFacts) -> Surroundings<'a> {
        Surroundings {
            test_file: self.stress,
            ..Surroundings::alone(&self.catalog, &self.settings, project)
        }
    }
}

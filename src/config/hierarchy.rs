//! Which configuration holds for which folder: the closest file's, under what the command line says.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::HashMap;

use super::configuration::Configuration;
use super::error::ConfigError;
use super::options::Options;
use super::sources;

/// What the command line says about where configuration comes from.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// `--isolated`: no file is looked for.
    pub(crate) isolated: bool,
    /// `--config FILE`: this file and no other.
    pub(crate) file: Option<PathBuf>,
    /// `--config 'key = value'`, in writing order.
    pub(crate) inline: Vec<String>,
    /// What the other flags say.
    pub(crate) flags: Options,
    /// What the environment says.
    pub(crate) environment: Options,
}

/// The configuration of every folder, found once for each.
#[derive(Debug)]
pub struct Hierarchy {
    cwd: PathBuf,
    files: Files,
    overrides: Options,
    /// What holds where no file says anything, for the paths of no project in particular.
    plain: Arc<Configuration>,
    by_project: Mutex<HashMap<Arc<Path>, Arc<Configuration>>>,
    levels: Mutex<HashMap<OsString, Arc<Level>>>,
    warnings: Mutex<BTreeSet<String>>,
}

/// What is known of one folder.
#[derive(Debug)]
struct Level {
    configuration: Result<Arc<Configuration>, ConfigError>,
    /// A file says it, in this folder or above; else it is that of the project.
    is_configured: bool,
    /// Known where no file says anything.
    roots: Roots,
}

#[derive(Debug)]
enum Files {
    Closest,
    One(Arc<Configuration>),
    None,
}

impl Hierarchy {
    /// Reads what the command line names.
    ///
    /// # Errors
    /// A named file or an inline option that cannot be used.
    pub(crate) fn new(cwd: &Path, sources: Sources) -> Result<Self, ConfigError> {
        let mut overrides = Options::default();
        for text in &sources.inline {
            overrides = sources::inline(text, cwd)?.over(overrides);
        }
        let overrides = sources.flags.over(overrides).over(sources.environment).checked()?;
        let files = match sources.file {
            Some(file) => {
                let path = cwd.join(file);
                let options = overrides.clone().over(sources::named(&path, cwd)?).checked()?;
                Files::One(Arc::new(Configuration::new(Some(path), options, cwd)))
            }
            None if sources.isolated => Files::None,
            None => Files::Closest,
        };
        Ok(Self {
            cwd: cwd.to_owned(),
            files,
            plain: Arc::new(Configuration::new(None, overrides.clone(), cwd)),
            overrides,
            by_project: Mutex::default(),
            levels: Mutex::default(),
            warnings: Mutex::default(),
        })
    }

    /// What holds for the files in `directory` (an absolute path).
    ///
    /// # Errors
    /// The closest configuration cannot be used.
    pub fn of(&self, directory: &Path) -> Result<Arc<Configuration>, ConfigError> {
        match &self.files {
            Files::One(configuration) => Ok(Arc::clone(configuration)),
            Files::None | Files::Closest => self.level(directory).configuration.clone(),
        }
    }

    /// The folder that relative paths are relative to.
    #[must_use]
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// What is not read though somebody meant it, of the folders that were asked about so far: one line each, sorted.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        locked(&self.warnings).iter().cloned().collect()
    }

    fn level(&self, directory: &Path) -> Arc<Level> {
        if let Some(known) = locked(&self.levels).get(directory.as_os_str()) {
            return Arc::clone(known);
        }
        let above = directory.parent().map(|parent| self.level(parent));
        let level = Arc::new(self.level_below(above.as_deref(), directory));
        Arc::clone(locked(&self.levels).entry(directory.into()).or_insert(level))
    }

    fn level_below(&self, above: Option<&Level>, directory: &Path) -> Level {
        let configuration = self.in_directory(directory).or_else(|| {
            let above = above.filter(|above| above.is_configured)?;
            Some(above.configuration.clone())
        });
        if let Some(configuration) = configuration {
            return Level {
                configuration,
                is_configured: true,
                roots: Roots::default(),
            };
        }
        let roots = Roots::of(directory, above.map(|above| above.roots.clone()).unwrap_or_default());
        Level {
            configuration: Ok(self.of_project(directory, &roots)),
            is_configured: false,
            roots,
        }
    }

    /// What a file in the folder itself says.
    fn in_directory(&self, directory: &Path) -> Option<Result<Arc<Configuration>, ConfigError>> {
        if matches!(self.files, Files::None) {
            return None;
        }
        let mut warnings = Vec::new();
        let found = sources::in_directory(directory, &self.cwd, &mut warnings).transpose();
        locked(&self.warnings).extend(warnings);
        let found = found?;
        Some(found.and_then(|(file, options)| {
            let options = self.overrides.clone().over(options).checked()?;
            Ok(Arc::new(Configuration::new(Some(file), options, directory)))
        }))
    }

    /// The paths of a project are told, where no configuration says it, from the folder of the repository, else the
    /// closest one with a manifest, else the working folder, else `directory` itself.
    fn of_project(&self, directory: &Path, roots: &Roots) -> Arc<Configuration> {
        let root = roots.repository.as_ref().or(roots.manifest.as_ref());
        let root = root.cloned().unwrap_or_else(|| match directory.starts_with(&self.cwd) {
            true => Arc::from(self.cwd.as_path()),
            false => Arc::from(directory),
        });
        let mut known = locked(&self.by_project);
        let made = known
            .entry(root)
            .or_insert_with_key(|root| Arc::new(self.plain.in_project(root)));
        Arc::clone(made)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the project of a folder may begin.
#[derive(Clone, Debug, Default)]
struct Roots {
    /// The repository's folder.
    repository: Option<Arc<Path>>,
    /// The closest folder with a manifest.
    manifest: Option<Arc<Path>>,
}

impl Roots {
    /// Those of `directory`, where those of the folder that it lies in are known. In a repository nobody asks for manifests.
    fn of(directory: &Path, above: Self) -> Self {
        let has = |names: &[&str]| names.iter().any(|name| directory.join(name).exists());
        let own = |has: bool| has.then(|| Arc::from(directory));
        let repository = own(has(&[".git", ".hg", ".jj"])).or(above.repository);
        let is_asked = repository.is_none();
        let manifests = ["pyproject.toml", "setup.py", "setup.cfg", "Cargo.toml"];
        Self {
            repository,
            manifest: own(is_asked && has(&manifests)).or(above.manifest),
        }
    }
}

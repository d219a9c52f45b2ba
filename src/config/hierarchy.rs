//! Which configuration holds for which folder: the closest file's, under what the command line says.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
}

/// The configuration of every folder, found once for each.
#[derive(Debug)]
pub struct Hierarchy {
    cwd: PathBuf,
    files: Files,
    overrides: Options,
    /// What holds where no file says anything, for the paths of no project in particular.
    plain: Arc<Configuration>,
    by_file: Mutex<HashMap<PathBuf, Found>>,
    by_project: Mutex<HashMap<PathBuf, Arc<Configuration>>>,
    by_directory: Mutex<HashMap<PathBuf, Roots>>,
}

/// What the files in a folder and above it say, if anything.
type Found = Result<Option<Arc<Configuration>>, ConfigError>;

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
        let overrides = sources.flags.over(overrides).checked()?;
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
            by_file: Mutex::default(),
            by_project: Mutex::default(),
            by_directory: Mutex::default(),
        })
    }

    /// What holds for the files in `directory` (an absolute path).
    ///
    /// # Errors
    /// The closest configuration cannot be used.
    pub fn of(&self, directory: &Path) -> Result<Arc<Configuration>, ConfigError> {
        match &self.files {
            Files::One(configuration) => Ok(Arc::clone(configuration)),
            Files::None => Ok(self.of_project(directory)),
            Files::Closest => Ok(self.closest(directory)?.unwrap_or_else(|| self.of_project(directory))),
        }
    }

    /// The folder that relative paths are relative to.
    #[must_use]
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    fn closest(&self, directory: &Path) -> Found {
        if let Some(known) = locked(&self.by_file).get(directory) {
            return known.clone();
        }
        let found = match sources::in_directory(directory, &self.cwd) {
            Ok(Some((file, options))) => {
                let options = self.overrides.clone().over(options).checked();
                options.map(|options| Some(Arc::new(Configuration::new(Some(file), options, directory))))
            }
            Ok(None) => directory.parent().map_or(Ok(None), |parent| self.closest(parent)),
            Err(error) => Err(error),
        };
        locked(&self.by_file)
            .entry(directory.to_owned())
            .or_insert(found)
            .clone()
    }

    /// The paths of a project are told, where no configuration says it, from the folder of the repository, else the
    /// closest one with a manifest, else the working folder, else `directory` itself.
    fn of_project(&self, directory: &Path) -> Arc<Configuration> {
        let Roots { repository, manifest } = self.roots(directory);
        let root = repository
            .or(manifest)
            .unwrap_or_else(|| match directory.starts_with(&self.cwd) {
                true => self.cwd.clone(),
                false => directory.to_owned(),
            });
        let mut known = locked(&self.by_project);
        let made = known
            .entry(root)
            .or_insert_with_key(|root| Arc::new(self.plain.in_project(root)));
        Arc::clone(made)
    }

    fn roots(&self, directory: &Path) -> Roots {
        if let Some(known) = locked(&self.by_directory).get(directory) {
            return known.clone();
        }
        let above = directory.parent().map(|parent| self.roots(parent));
        let roots = Roots::of(directory, above.unwrap_or_default());
        locked(&self.by_directory).insert(directory.to_owned(), roots.clone());
        roots
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the project of a folder may begin.
#[derive(Clone, Debug, Default)]
struct Roots {
    /// The repository's folder.
    repository: Option<PathBuf>,
    /// The closest folder with a manifest.
    manifest: Option<PathBuf>,
}

impl Roots {
    /// Those of `directory`, where those of the folder that it lies in are known. In a repository nobody asks for manifests.
    fn of(directory: &Path, above: Self) -> Self {
        let has = |names: &[&str]| names.iter().any(|name| directory.join(name).exists());
        let own = |has: bool| has.then(|| directory.to_owned());
        let repository = own(has(&[".git", ".hg", ".jj"])).or(above.repository);
        let is_asked = repository.is_none();
        let manifests = ["pyproject.toml", "setup.py", "setup.cfg", "Cargo.toml"];
        Self {
            repository,
            manifest: own(is_asked && has(&manifests)).or(above.manifest),
        }
    }
}

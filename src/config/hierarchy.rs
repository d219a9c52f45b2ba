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

    fn of_project(&self, directory: &Path) -> Arc<Configuration> {
        let root = project_root(directory, &self.cwd);
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

/// The folder that the paths of a project are told from where no configuration says it: the repository's, else the
/// closest one with a manifest, else the working folder, else `directory` itself.
fn project_root(directory: &Path, cwd: &Path) -> PathBuf {
    let with = |names: &[&str]| {
        let has = |folder: &&Path| names.iter().any(|name| folder.join(name).exists());
        directory.ancestors().find(has).map(Path::to_owned)
    };
    with(&[".git", ".hg", ".jj"])
        .or_else(|| with(&["pyproject.toml", "setup.py", "setup.cfg", "Cargo.toml"]))
        .unwrap_or_else(|| match directory.starts_with(cwd) {
            true => cwd.to_owned(),
            false => directory.to_owned(),
        })
}

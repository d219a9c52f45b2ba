//! The folders that the editor has open, each with its configuration and what is known around its files.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Configure;
use super::documents::Document;
use crate::baseline::Baseline;
use crate::config::Hierarchy;
use crate::decode;
use crate::discover::{self, Found};
use crate::finding::{Applicability, Finding};
use crate::narrowing::Narrowing;
use crate::run::{self, Explained, FileBudget, Happened, Known, Outcome, Request, Task, Touched};
use crate::source::SourceFile;

/// All that are open. A file in none of them has one of its own, the folder that it lies in.
pub(super) struct Workspaces<'a> {
    configure: Configure<'a>,
    named: Vec<PathBuf>,
    made: HashMap<PathBuf, Result<Workspace, String>>,
}

/// One folder.
pub(super) struct Workspace {
    hierarchy: Hierarchy,
    narrowing: Narrowing,
    known: Known,
}

/// What may say how all files are read.
const CONFIGURATION_ENDING: &str = "toml";

impl<'a> Workspaces<'a> {
    pub(super) fn new(configure: Configure<'a>) -> Self {
        Self {
            configure,
            named: Vec::new(),
            made: HashMap::new(),
        }
    }

    /// These folders are open from now on, and those are not.
    pub(super) fn set(&mut self, opened: Vec<PathBuf>, closed: &[PathBuf]) {
        self.named.retain(|folder| !closed.contains(folder));
        self.named.extend(opened);
        self.made.clear();
    }

    /// The first folder that is open.
    pub(super) fn first(&self) -> Option<&Path> {
        self.named.first().map(PathBuf::as_path)
    }

    /// The one that a file belongs to.
    ///
    /// # Errors
    /// Its configuration cannot be used: why.
    pub(super) fn of(&mut self, path: &Path) -> Result<&Workspace, String> {
        let around = self.named.iter().filter(|folder| path.starts_with(folder));
        let deepest = around.max_by_key(|folder| folder.as_os_str().len());
        let own = || path.parent().unwrap_or(path);
        let folder = deepest.map_or_else(own, PathBuf::as_path).to_owned();
        let configure = self.configure;
        let made = self.made.entry(folder);
        let made = made.or_insert_with_key(|folder| Workspace::new(folder, configure));
        made.as_ref().map_err(Clone::clone)
    }

    /// Forgets what does not hold any more. What is returned says which files it was about; nothing: all.
    pub(super) fn forget(&mut self, happened: &Happened) -> Option<Vec<Touched>> {
        let mut all = happened.changed.iter().chain(&happened.came_or_went);
        let may_configure = |path: &PathBuf| path.extension().and_then(OsStr::to_str) == Some(CONFIGURATION_ENDING);
        let is_baseline = |path: &PathBuf| {
            let mut made = self.made.values().flatten();
            made.any(|workspace| workspace.baseline() == Some(path))
        };
        if all.any(|path| may_configure(path) || is_baseline(path)) {
            self.made.clear();
            return None;
        }
        let made = self.made.values_mut().flatten();
        Some(made.map(|workspace| workspace.known.forget(happened)).collect())
    }
}

impl Workspace {
    fn new(folder: &Path, configure: Configure<'_>) -> Result<Self, String> {
        let hierarchy = configure(folder)?;
        let run = hierarchy.of(folder).map_err(|error| error.to_string())?.run.clone();
        let baseline = run.baseline.map(|path| Baseline::read(&path, folder));
        let baseline = baseline.transpose().map_err(|error| error.to_string())?;
        Ok(Self {
            narrowing: Narrowing {
                baseline,
                ..Narrowing::default()
            },
            known: Known::new(folder),
            hierarchy,
        })
    }

    /// The folder that files are named from.
    pub(super) fn folder(&self) -> &Path {
        self.known.cwd()
    }

    fn baseline(&self) -> Option<&Path> {
        self.narrowing.baseline.as_ref().map(Baseline::path)
    }

    /// The file of a text; nothing where it is none that is looked at.
    ///
    /// # Errors
    /// Its configuration cannot be used: why.
    pub(super) fn found(&self, document: &Document) -> Result<Option<Found>, String> {
        // The text of a notebook's file is what an editor shows that knows no notebooks: nobody reads that.
        if document.cells.is_none() && decode::is_notebook(&document.path) {
            return Ok(None);
        }
        match discover::standard_input(Some(&document.path), document.text.as_bytes(), &self.hierarchy) {
            Ok(found) => {
                let configuration = &found.configuration;
                let is_left_out = configuration.excludes_on_the_way(&found.absolute);
                let is_included = configuration
                    .include
                    .as_ref()
                    .is_none_or(|include| include.cover(&found.absolute));
                Ok((!is_left_out && is_included).then_some(found))
            }
            Err(discover::Failure::Path { .. }) => Ok(None),
            Err(failure) => Err(failure.lines().join("\n")),
        }
    }

    /// What is found in a text, and what went wrong meanwhile.
    pub(super) fn findings(&self, found: &Found, text: &str) -> (Vec<Finding>, Vec<String>) {
        let outcome = self.look(found, text, Task::Check);
        let findings = outcome.files.into_iter().flat_map(|file| file.checked.findings);
        (findings.collect(), outcome.failures)
    }

    /// The text with all safe fixes of what counts.
    pub(super) fn fixed(&self, found: &Found, text: &str) -> Option<SourceFile> {
        let outcome = self.look(found, text, Task::Preview(Some(Applicability::Safe)));
        let file = outcome.files.into_iter().next()?;
        file.before.is_some().then_some(file.source)
    }

    /// What is known of the sites of a text; nothing where it does not parse.
    pub(super) fn explained(&self, found: &Found, text: &str) -> Option<Explained> {
        run::explain_text(found, text.as_bytes().to_vec(), &self.known).ok()
    }

    /// How long the tests of a text can take; nothing where it does not parse.
    pub(super) fn budgets(&self, found: &Found, text: &str) -> Option<FileBudget> {
        run::budgets_of_text(found, text.as_bytes().to_vec(), &self.known)
    }

    fn look(&self, found: &Found, text: &str, task: Task) -> Outcome {
        let request = Request {
            task,
            narrowing: &self.narrowing,
            allow: None,
            counts: found.configuration.run.fail_on,
            known: &self.known,
        };
        run::look_at(found, text.as_bytes().to_vec(), request)
    }
}

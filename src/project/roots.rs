//! Finds the manifests that hold for a file.
//!
//! Python: the project's root is the nearest folder upwards with a `pyproject.toml`, `setup.cfg` or `setup.py`, or the
//! root of the repository. The range is taken from the root's manifests; `.python-version` and `requirements*.txt` count
//! in every folder from the file's up to the root, the nearest first, and so does a `conftest.py`. Without any root only the file's own folder is
//! looked at: what lies above it belongs to someone else.
//!
//! Rust: the nearest `Cargo.toml` upwards.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::cargo_manifest::{self, Code};
use super::dependency::{Dependency, PythonManifest};
use super::manifest::Manifest;
use super::{Fact, ProjectFacts, PythonVersion, pyproject, python_version_file, requirements, setup_cfg, setup_py};
use crate::python;
use crate::source::{Language, SourceFile};

/// The facts of every project that a run meets. Each folder is read once; threads share it.
#[derive(Debug)]
pub struct Projects {
    working_directory: PathBuf,
    facts: Mutex<HashMap<(PathBuf, Language), Arc<ProjectFacts>>>,
    python_folders: Mutex<HashMap<PathBuf, Arc<PythonFolder>>>,
    warnings: Mutex<BTreeSet<String>>,
}

impl Projects {
    /// Paths that are not absolute start at `working_directory`, and manifests below it are named from there.
    #[must_use]
    pub fn new(working_directory: &Path) -> Self {
        Self {
            working_directory: resolved(working_directory),
            facts: Mutex::default(),
            python_folders: Mutex::default(),
            warnings: Mutex::default(),
        }
    }

    /// What the manifests around the file at `path` say. The file itself need not exist.
    ///
    /// A `conftest.py` is parsed: the thread needs a stack of [`STACK_BYTES`](crate::check::STACK_BYTES).
    #[must_use]
    pub fn facts_for(&self, path: &Path, language: Language) -> Arc<ProjectFacts> {
        let key = (path.parent().unwrap_or(Path::new("")).to_owned(), language);
        if let Some(known) = locked(&self.facts).get(&key) {
            return Arc::clone(known);
        }
        let folder = resolved(&self.working_directory.join(&key.0));
        let facts = Arc::new(match language {
            Language::Python => self.python_facts(&folder),
            Language::Rust => self.rust_facts(&folder),
        });
        locked(&self.facts).insert(key, Arc::clone(&facts));
        facts
    }

    /// What is wrong with the manifests that were read so far, each with its place, sorted.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        locked(&self.warnings).iter().cloned().collect()
    }

    fn python_facts(&self, folder: &Path) -> ProjectFacts {
        let mut folders: Vec<Arc<PythonFolder>> = Vec::new();
        for above in folder.ancestors() {
            folders.push(self.python_folder(above));
            if folders.last().is_some_and(|folder| folder.is_root) {
                break;
            }
        }
        if !folders.last().is_some_and(|folder| folder.is_root) {
            folders.truncate(1);
        }
        let declared = folders.iter().find_map(|folder| folder.python.clone());
        let hinted = || folders.iter().find_map(|folder| folder.version_file.clone());
        ProjectFacts {
            python: declared.or_else(hinted),
            async_timeout: folders.iter().find_map(|folder| folder.unconditional("async-timeout")),
            console_reconfigured: folders.iter().find_map(|folder| folder.console_reconfigured.clone()),
            ..ProjectFacts::default()
        }
    }

    fn python_folder(&self, folder: &Path) -> Arc<PythonFolder> {
        if let Some(known) = locked(&self.python_folders).get(folder) {
            return Arc::clone(known);
        }
        let mut warnings = Vec::new();
        let read = Arc::new(PythonFolder::read(folder, &self.working_directory, &mut warnings));
        self.warn(warnings);
        locked(&self.python_folders).insert(folder.to_owned(), Arc::clone(&read));
        read
    }

    fn rust_facts(&self, folder: &Path) -> ProjectFacts {
        let mut warnings = Vec::new();
        let nearest = folder.ancestors().find_map(|above| {
            let manifest = self.cargo_manifest(above, &mut warnings)?;
            Some((above, manifest))
        });
        let tokio_time = nearest.and_then(|(root, manifest)| {
            let workspace = |explicit: Option<&str>, warnings: &mut Vec<String>| match explicit {
                Some(path) => self.cargo_manifest(&root.join(path), warnings),
                None => root
                    .ancestors()
                    .filter_map(|above| self.cargo_manifest(above, warnings))
                    .find(cargo_manifest::is_workspace),
            };
            cargo_manifest::tokio_time(&manifest, code_of(folder, root), workspace, &mut warnings)
        });
        self.warn(warnings);
        ProjectFacts {
            tokio_time,
            ..ProjectFacts::default()
        }
    }

    fn cargo_manifest(&self, folder: &Path, warnings: &mut Vec<String>) -> Option<Manifest> {
        read_manifest(folder, "Cargo.toml", &self.working_directory, warnings)
    }

    fn warn(&self, warnings: Vec<String>) {
        if !warnings.is_empty() {
            locked(&self.warnings).extend(warnings);
        }
    }
}

/// What the Python manifests of one folder say.
#[derive(Debug, Default)]
struct PythonFolder {
    is_root: bool,
    python: Option<Fact<PythonVersion>>,
    version_file: Option<Fact<PythonVersion>>,
    dependencies: Vec<Dependency>,
    console_reconfigured: Option<Fact<()>>,
}

type Reader = fn(&Manifest, &mut Vec<String>) -> PythonManifest;

/// The manifests that make a folder a project's root, the one that counts most first.
const ROOT_MANIFESTS: &[(&str, Reader)] = &[
    ("pyproject.toml", pyproject::read),
    ("setup.cfg", setup_cfg::read),
    ("setup.py", setup_py::read),
];

impl PythonFolder {
    fn read(folder: &Path, working_directory: &Path, warnings: &mut Vec<String>) -> Self {
        let mut read = Self {
            is_root: [".git", ".hg", ".jj"].iter().any(|name| folder.join(name).exists()),
            ..Self::default()
        };
        for (name, reader) in ROOT_MANIFESTS {
            if let Some(manifest) = read_manifest(folder, name, working_directory, warnings) {
                let found = reader(&manifest, warnings);
                read.is_root = true;
                read.python = read.python.or(found.python);
                read.dependencies.extend(found.dependencies);
            }
        }
        read.version_file = read_manifest(folder, ".python-version", working_directory, warnings)
            .as_ref()
            .and_then(python_version_file::read);
        read.console_reconfigured = console_reconfigured(folder, working_directory);
        for name in requirements_files(folder) {
            let manifest = read_manifest(folder, &name, working_directory, warnings);
            read.dependencies.extend(manifest.iter().flat_map(requirements::read));
        }
        read
    }

    /// Where the project says that it always depends on the package.
    fn unconditional(&self, name: &str) -> Option<Fact<()>> {
        let dependency = self
            .dependencies
            .iter()
            .find(|dependency| dependency.name == name && !dependency.conditional)?;
        Some(Fact {
            value: (),
            source: dependency.source.clone(),
        })
    }
}

/// Whether the folder's `conftest.py` makes the console take every character. What is wrong with that file is said when
/// it is looked at itself.
fn console_reconfigured(folder: &Path, working_directory: &Path) -> Option<Fact<()>> {
    let conftest = read_manifest(folder, "conftest.py", working_directory, &mut Vec::new())?;
    // Nothing else than the stream's name leads to it, and most do not speak of it.
    if !conftest.text().contains("stdout") {
        return None;
    }
    let source = SourceFile::new(conftest.name(), Language::Python, conftest.text().to_owned());
    python::reconfigures_console(&source).then(|| Fact {
        value: (),
        source: conftest.name().to_owned(),
    })
}

/// The names of the folder's `requirements*.txt`, sorted.
fn requirements_files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("requirements") && name.ends_with(".txt"))
        .collect();
    names.sort_unstable();
    names
}

fn read_manifest(folder: &Path, name: &str, working_directory: &Path, warnings: &mut Vec<String>) -> Option<Manifest> {
    let path = folder.join(name);
    let shown = path.strip_prefix(working_directory).unwrap_or(&path);
    Manifest::read(&path, shown.display().to_string(), warnings)
}

/// Which dependencies the files in `folder` of the crate at `root` can use.
fn code_of(folder: &Path, root: &Path) -> Code {
    let first = folder.strip_prefix(root).ok().and_then(|rest| rest.iter().next());
    match first.and_then(|name| name.to_str()) {
        Some("tests" | "examples" | "benches") => Code::Development,
        _ => Code::Library,
    }
}

/// The folder without symbolic links and `..`, so that "upwards" is where the file really is. One that does not exist
/// is taken as it is written.
fn resolved(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()))
}

/// No value is left half-changed by a panic elsewhere.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files; a name that ends in `/` is a folder.
    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            if name.ends_with('/') {
                fs::create_dir_all(path).unwrap();
                continue;
            }
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn python(projects: &Projects, path: &str) -> String {
        match &projects.facts_for(Path::new(path), Language::Python).python {
            Some(fact) => format!("{}: {}", fact.source, fact.value),
            None => "unknown".to_owned(),
        }
    }

    #[test]
    fn each_root_of_a_monorepo_has_its_own_facts() {
        let root = tree(&[
            (".git/", ""),
            ("a/pyproject.toml", "[project]\nrequires-python = '>=3.9'\n"),
            ("a/tests/deep/x.py", ""),
            ("b/setup.cfg", "[options]\npython_requires = >=3.10\n"),
            ("c/setup.py", "setup(python_requires='>=3.12')\n"),
            ("d/.python-version", "3.13\n"),
            ("d/e/x.py", ""),
        ]);
        let projects = Projects::new(root.path());
        assert_eq!(
            python(&projects, "a/tests/deep/x.py"),
            "requires-python in a/pyproject.toml:2: 3.9"
        );
        assert_eq!(python(&projects, "./b/x.py"), "python_requires in b/setup.cfg:2: 3.10");
        assert_eq!(
            python(&projects, "c/../c/x.py"),
            "python_requires in c/setup.py:1: 3.12"
        );
        assert_eq!(python(&projects, "d/e/x.py"), "d/.python-version:1: 3.13");
        assert_eq!(python(&projects, "x.py"), "unknown");
        assert!(projects.warnings().is_empty());
    }

    #[test]
    fn what_a_project_requires_counts_more_than_what_its_developers_run() {
        let root = tree(&[
            ("pyproject.toml", "[project]\nrequires-python = '>=3.9'\n"),
            ("tests/.python-version", "3.13\n"),
        ]);
        assert_eq!(
            python(&Projects::new(root.path()), "tests/x.py"),
            "requires-python in pyproject.toml:2: 3.9"
        );
    }

    #[test]
    fn nothing_above_a_file_counts_where_there_is_no_root() {
        let root = tree(&[(".python-version", "3.8\n"), ("a/x.py", "")]);
        let projects = Projects::new(root.path());
        assert_eq!(python(&projects, "a/x.py"), "unknown");
        assert_eq!(python(&projects, "x.py"), ".python-version:1: 3.8");
    }

    #[test]
    fn async_timeout_is_found_where_it_is_always_installed() {
        let root = tree(&[
            (
                "a/pyproject.toml",
                "[project]\ndependencies = [\"async-timeout; python_version < '3.11'\"]\n",
            ),
            ("b/pyproject.toml", "[project]\ndependencies = ['Async_Timeout>=4']\n"),
            ("c/setup.py", ""),
            ("c/tests/requirements-dev.txt", "x\nasync-timeout\n"),
        ]);
        let projects = Projects::new(root.path());
        let source = |path: &str| {
            let facts = projects.facts_for(Path::new(path), Language::Python);
            facts.async_timeout.as_ref().map(|fact| fact.source.clone())
        };
        assert_eq!(source("a/x.py"), None);
        assert_eq!(source("b/x.py").as_deref(), Some("async-timeout in b/pyproject.toml:2"));
        assert_eq!(
            source("c/tests/x.py").as_deref(),
            Some("async-timeout in c/tests/requirements-dev.txt:2")
        );
    }

    #[test]
    fn a_conftest_speaks_for_everything_below_it() {
        let root = tree(&[
            ("pyproject.toml", ""),
            (
                "tests/conftest.py",
                "import sys\nsys.stdout.reconfigure(encoding='utf-8')\n",
            ),
            ("tests/deep/conftest.py", "import sys\nprint(sys.stdout)\n"),
        ]);
        let projects = Projects::new(root.path());
        let source = |path: &str| {
            let facts = projects.facts_for(Path::new(path), Language::Python);
            facts.console_reconfigured.as_ref().map(|fact| fact.source.clone())
        };
        assert_eq!(source("tests/deep/x.py").as_deref(), Some("tests/conftest.py"));
        assert_eq!(source("src/x.py"), None);
    }

    #[test]
    fn a_crate_inherits_tokio_from_the_workspace_above_it() {
        let root = tree(&[
            (
                "Cargo.toml",
                "[workspace]\n[workspace.dependencies]\ntokio = { version = '1', features = ['time'] }\n",
            ),
            (
                "a/Cargo.toml",
                "[package]\nname = 'a'\n[dependencies]\ntokio.workspace = true\n",
            ),
            (
                "b/Cargo.toml",
                "[package]\nname = 'b'\nworkspace = '../other'\n[dependencies]\ntokio.workspace = true\n",
            ),
            (
                "other/Cargo.toml",
                "[workspace]\n[workspace.dependencies]\ntokio = '1'\n",
            ),
        ]);
        let projects = Projects::new(root.path());
        let fact = |path: &str| {
            let facts = projects.facts_for(Path::new(path), Language::Rust);
            facts.tokio_time.as_ref().map(|fact| (fact.value, fact.source.clone()))
        };
        assert_eq!(fact("a/src/lib.rs"), Some((true, "tokio in Cargo.toml:3".to_owned())));
        assert_eq!(
            fact("b/src/lib.rs"),
            Some((false, "tokio in b/Cargo.toml:5".to_owned()))
        );
        assert_eq!(fact("src/lib.rs"), None);
    }

    #[test]
    fn tests_of_a_crate_can_use_its_dev_dependencies() {
        let root = tree(&[(
            "Cargo.toml",
            "[package]\nname = 'a'\n[dependencies]\ntokio = '1'\n[dev-dependencies]\ntokio = { version = '1', features = ['full'] }\n",
        )]);
        let projects = Projects::new(root.path());
        let time = |path: &str| {
            projects
                .facts_for(Path::new(path), Language::Rust)
                .tokio_time
                .as_ref()
                .map(|fact| fact.value)
        };
        assert_eq!(time("src/lib.rs"), Some(false));
        assert_eq!(time("tests/it/main.rs"), Some(true));
    }

    #[test]
    fn a_malformed_manifest_is_told_once_and_leaves_the_fact_unknown() {
        let root = tree(&[("pyproject.toml", "[project\n"), ("a/x.py", ""), ("b/x.py", "")]);
        fs::write(root.path().join("setup.py"), b"\xff").unwrap();
        let projects = Projects::new(root.path());
        assert_eq!(python(&projects, "a/x.py"), "unknown");
        assert_eq!(python(&projects, "b/x.py"), "unknown");
        let warnings = projects.warnings();
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].starts_with("pyproject.toml:1: "));
        assert_eq!(warnings[1], "setup.py: not UTF-8");
    }
}

//! Arbitrary bytes as what lies beside the sources: configurations, manifests, lock files and diffs. What the fuzz targets and
//! the replay of their corpus on stable have in common. Whatever is said of them is right; what counts is that it comes to an
//! end without a panic.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::LazyLock;
use std::thread;

use tempfile::TempDir;
use ws_lint::catalog::Catalog;
use ws_lint::changes::GivenDiff;
use ws_lint::cli;
use ws_lint::project::Projects;
use ws_lint::source::Language;
use ws_lint::stack::STACK_BYTES;

/// The names under which the first byte of an input puts the rest of it.
pub(crate) const MANIFESTS: [&str; 16] = [
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "requirements.txt",
    "requirements/dev.in",
    "environment.yml",
    "Cargo.toml",
    ".config/nextest.toml",
    ".python-version",
    "pytest.ini",
    "tox.ini",
    "conftest.py",
    "Pipfile",
    "Dockerfile",
    "manifest.json",
    "tox.toml",
];

/// As [`MANIFESTS`], for what tools resolve.
pub(crate) const LOCKS: [&str; 6] = [
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "Pipfile.lock",
    "Cargo.lock",
];

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder for temporary files"));

/// What is told of them, so that nobody takes the work away.
pub(crate) type Told = usize;

/// A configuration that is named on the command line.
pub(crate) fn configuration(bytes: &[u8]) -> Told {
    let path = FOLDER.path().join("ws-lint.toml");
    fs::write(&path, bytes).expect("a temporary file");
    let shown = FOLDER.path().join("a.py");
    let arguments = [
        "ws-lint".into(),
        "--config".into(),
        path.into(),
        "--show-settings".into(),
        shown.into(),
    ];
    let (mut out, mut err) = (Vec::new(), Vec::new());
    cli::run(arguments, &mut io::empty(), &mut out, &mut err);
    assert!(!out.is_empty() || !err.is_empty(), "neither settings nor an error");
    out.len() + err.len()
}

/// A manifest around a source of each language.
pub(crate) fn manifest(bytes: &[u8]) -> Told {
    project(&MANIFESTS, bytes)
}

/// A lock file around a source of each language.
pub(crate) fn lock(bytes: &[u8]) -> Told {
    project(&LOCKS, bytes)
}

/// A unified diff that is taken back from files that it may name.
pub(crate) fn diff(bytes: &[u8]) -> Told {
    let root = FOLDER.path();
    match GivenDiff::new("fuzzed.diff", bytes, root) {
        Ok(diff) => ["a.py", "x.py", "src/lib.rs"]
            .map(|name| diff.shown(&root.join(name), "a\nb\nc\n").map_or(0, |_| 1))
            .iter()
            .sum(),
        Err(error) => error.to_string().len(),
    }
}

fn project(names: &[&str], bytes: &[u8]) -> Told {
    let Some((first, text)) = bytes.split_first() else {
        return 0;
    };
    let name = names[usize::from(*first) % names.len()];
    let folder = tempfile::tempdir_in(FOLDER.path()).expect("a folder for temporary files");
    let put = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a temporary folder");
        fs::write(path, text).expect("a temporary file");
    };
    // A lock file counts beside a manifest, and a member asks for that of its workspace.
    put(
        "pyproject.toml",
        b"[project]\nname = 'a'\ndependencies = ['websockets']\n",
    );
    put("m/pyproject.toml", b"[project]\nname = 'm'\n");
    put(
        "Cargo.toml",
        b"[package]\nname = 'a'\n[dependencies]\ntungstenite = '0.21'\n",
    );
    put(name, text);
    let asked = [
        ("a.py", Language::Python),
        ("m/b.py", Language::Python),
        ("src/lib.rs", Language::Rust),
        ("requirements.txt", Language::Manifest),
        ("Cargo.toml", Language::Manifest),
    ];
    let look = || {
        let projects = Projects::new(folder.path(), ws_lint::python::read_conftest);
        let told = asked.map(|(name, language)| {
            let facts = projects.facts_for(&folder.path().join(Path::new(name)), language);
            // Nobody asks for others.
            let packages = Catalog::builtin().packages(language).into_iter();
            packages.filter(|package| facts.packages.has(package)).count() + facts.requirements.len()
        });
        told.iter().sum::<usize>() + projects.warnings().len()
    };
    let worker = thread::Builder::new().stack_size(STACK_BYTES);
    thread::scope(|scope| {
        let worker = worker.spawn_scoped(scope, look).expect("a thread");
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

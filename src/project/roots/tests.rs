use super::*;
use crate::facts::Windows;

mod named_files;
mod pythons;

mod precedence;

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
    let projects = Projects::new(root.path(), crate::python::read_conftest);
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
        python(&Projects::new(root.path(), crate::python::read_conftest), "tests/x.py"),
        "requires-python in pyproject.toml:2: 3.9"
    );
}

#[test]
fn a_project_without_a_root_begins_where_ws_lint_runs() {
    let root = tree(&[(".python-version", "3.8\n"), ("a/b/x.py", "")]);
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    assert_eq!(python(&projects, "a/b/x.py"), ".python-version:1: 3.8");
    assert_eq!(python(&projects, "x.py"), ".python-version:1: 3.8");
    assert_eq!(
        python(
            &Projects::new(&root.path().join("a"), crate::python::read_conftest),
            "b/x.py"
        ),
        "unknown"
    );
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
    let projects = Projects::new(root.path(), crate::python::read_conftest);
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
    let projects = Projects::new(root.path(), crate::python::read_conftest);
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
    let projects = Projects::new(root.path(), crate::python::read_conftest);
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
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    let time = |path: &str| {
        projects
            .facts_for(Path::new(path), Language::Rust)
            .tokio_time
            .as_ref()
            .map(|fact| fact.value)
    };
    assert_eq!(time("src/lib.rs"), Some(false));
    assert_eq!(time("tests/it/main.rs"), Some(true));
    let facts = projects.facts_for(Path::new("src/lib.rs"), Language::Rust);
    let in_tests_of_the_library = facts.tokio_time(true).map(|fact| fact.value);
    assert_eq!(in_tests_of_the_library, Some(true));
}

#[test]
fn a_malformed_manifest_is_told_once_and_leaves_the_fact_unknown() {
    let root = tree(&[("pyproject.toml", "[project\n"), ("a/x.py", ""), ("b/x.py", "")]);
    fs::write(root.path().join("setup.py"), b"\xff").unwrap();
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    assert_eq!(python(&projects, "a/x.py"), "unknown");
    assert_eq!(python(&projects, "b/x.py"), "unknown");
    let warnings = projects.warnings();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].starts_with("pyproject.toml:1: "));
    assert_eq!(warnings[1], "setup.py: not UTF-8");
}

#[test]
fn hints_count_where_nothing_is_declared() {
    let root = tree(&[
        (
            "a/pyproject.toml",
            "[project]\nclassifiers = ['Programming Language :: Python :: 3.10']\n",
        ),
        ("a/.python-version", "3.13\n"),
        ("b/setup.cfg", "[options]\npython_requires = >=3.12\n"),
        ("b/uv.lock", "requires-python = '>=3.9'\n"),
    ]);
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    assert_eq!(python(&projects, "a/x.py"), "classifier in a/pyproject.toml:2: 3.10");
    assert_eq!(python(&projects, "b/x.py"), "python_requires in b/setup.cfg:2: 3.12");
}

#[test]
fn a_manifest_is_told_of_the_others_alone() {
    let root = tree(&[
        (
            "pyproject.toml",
            "[project]\nname = 'x'\ndependencies = ['websockets']\n",
        ),
        ("requirements.txt", "websockets\n"),
        ("requirements/dev.txt", "websockets\n"),
        ("sub/requirements.txt", "websockets\n"),
        ("Cargo.toml", "[workspace]\nmembers = ['a']\n"),
        ("a/Cargo.toml", "[package]\nname = 'a'\n[dependencies]\nws = '1'\n"),
    ]);
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    let others = |path: &str| -> Vec<String> {
        let facts = projects.facts_for(Path::new(path), Language::Manifest);
        let told = facts
            .requirements
            .iter()
            .map(|one| format!("{} {}", one.place, one.folders_up));
        told.collect()
    };
    assert_eq!(
        others("requirements.txt"),
        ["pyproject.toml:3 0", "requirements/dev.txt:1 0"]
    );
    assert_eq!(
        others("requirements/dev.txt"),
        ["pyproject.toml:3 0", "requirements.txt:1 0"]
    );
    assert_eq!(
        others("sub/requirements.txt"),
        ["pyproject.toml:3 1", "requirements.txt:1 1", "requirements/dev.txt:1 1"]
    );
    assert_eq!(others("Cargo.toml"), ["a/Cargo.toml:4 0"]);
    assert!(others("a/Cargo.toml").is_empty());
    assert!(
        projects
            .facts_for(Path::new("x.py"), Language::Python)
            .requirements
            .is_empty()
    );
}

#[test]
fn classifiers_name_windows() {
    let of = |system: &str| format!("[project]\nclassifiers = [{system}]\n");
    let root = tree(&[
        (
            "only/pyproject.toml",
            &of("'Operating System :: Microsoft :: Windows :: Windows 11'"),
        ),
        (
            "among/pyproject.toml",
            &of("'Operating System :: POSIX', 'Operating System :: Microsoft :: Windows'"),
        ),
        (
            "independent/setup.cfg",
            "[metadata]\nclassifiers =\n    Operating System :: OS Independent\n",
        ),
        (
            "linux/setup.py",
            "setup(classifiers=['Operating System :: POSIX :: Linux'])\n",
        ),
        (
            "silent/setup.py",
            "setup(classifiers=['Programming Language :: Python :: 3'])\n",
        ),
    ]);
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    let windows = |folder: &str| {
        let facts = projects.facts_for(&root.path().join(folder).join("x.py"), Language::Python);
        facts.windows.as_ref().map(|fact| (fact.value, fact.source.clone()))
    };
    let said = |windows, source: &str| Some((windows, source.to_owned()));
    assert_eq!(
        windows("only"),
        said(Windows::Only, "classifier in only/pyproject.toml:2")
    );
    assert_eq!(
        windows("among"),
        said(Windows::Among, "classifier in among/pyproject.toml:2")
    );
    assert_eq!(
        windows("independent"),
        said(Windows::Among, "classifier in independent/setup.cfg:3")
    );
    assert_eq!(windows("linux"), said(Windows::Never, "classifier in linux/setup.py:1"));
    assert_eq!(windows("silent"), None);
}

fn releases(projects: &Projects, path: &str, language: Language, package: &str) -> String {
    match projects.facts_for(Path::new(path), language).packages.get(package) {
        Some(fact) => {
            let range = fact.value.specifiers.to_string().replace(", ", ",");
            format!("{range} {:?}, {}", fact.value.certainty, fact.source)
        }
        None => "unknown".to_owned(),
    }
}

fn websockets(files: &[(&str, &str)], path: &str) -> String {
    let root = tree(files);
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    let found = releases(&projects, path, Language::Python, "websockets");
    assert_eq!(projects.warnings(), Vec::<String>::new());
    found
}

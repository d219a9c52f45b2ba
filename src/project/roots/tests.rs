use super::*;
use crate::facts::Windows;

mod named_files;
mod pythons;

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

#[test]
fn the_releases_come_from_the_manifest_that_counts_most() {
    let lock = ("uv.lock", "[[package]]\nname = 'websockets'\nversion = '13.1'\n");
    let application = (
        "pyproject.toml",
        "[project]\nname = 'x'\ndependencies = ['websockets>=12']\n",
    );
    let library = (
        "pyproject.toml",
        "[build-system]\n[project]\nname = 'x'\ndependencies = ['websockets>=12']\n",
    );
    assert_eq!(
        websockets(&[application], "a/x.py"),
        ">=12 Range, websockets in pyproject.toml:3"
    );
    assert_eq!(
        websockets(&[application, lock], "a/x.py"),
        "==13.1 Locked, websockets in uv.lock:2"
    );
    assert_eq!(
        websockets(&[library, lock], "a/x.py"),
        ">=12 Range, websockets in pyproject.toml:4"
    );
    let pinned = ("requirements.txt", "websockets==14.0\n");
    assert_eq!(
        websockets(&[application, pinned], "x.py"),
        "==14.0 Pinned, websockets in requirements.txt:1"
    );
    assert_eq!(
        websockets(&[library, pinned], "x.py"),
        ">=12 Range, websockets in pyproject.toml:4"
    );
    assert_eq!(
        websockets(&[("setup.py", ""), ("requirements/base.txt", "websockets<14")], "x.py"),
        "<14 Range, websockets in requirements/base.txt:1"
    );
}

#[test]
fn what_stands_nearer_to_the_file_counts_more() {
    let files = [
        (
            "pyproject.toml",
            "[build-system]\n[project]\nname = 'x'\ndependencies = ['websockets>=14']\n",
        ),
        ("examples/old/requirements.txt", "websockets==12.0\n"),
        ("tests/requirements.txt", "websockets\n"),
    ];
    assert_eq!(
        websockets(&files, "examples/old/x.py"),
        "==12.0 Pinned, websockets in examples/old/requirements.txt:1"
    );
    assert_eq!(
        websockets(&files, "tests/x.py"),
        ">=14 Range, websockets in pyproject.toml:4"
    );
}

#[test]
fn a_virtual_environment_counts_where_no_manifest_names_the_package() {
    let installed = (".venv/lib/python3.12/site-packages/websockets-13.1.dist-info/", "");
    let bare = ("requirements.txt", "websockets\n");
    let found = websockets(&[("setup.py", ""), installed], "a/x.py");
    assert_eq!(
        found,
        "==13.1 Locked, websockets in .venv/lib/python3.12/site-packages/websockets-13.1.dist-info"
    );
    assert_eq!(
        websockets(&[("setup.py", ""), installed, bare], "x.py"),
        " Range, websockets in requirements.txt:1"
    );
}

#[test]
fn includes_are_followed_inside_the_project_and_each_once() {
    let outside = tree(&[("secret.txt", "websockets==9.0\n")]);
    let include = format!(
        "-r base.txt\n-r requirements.txt\n-r {0}/secret.txt\n-c {0}/secret.txt\n-r none.txt\n-r https://example.org/r.txt\n-r ..\n",
        outside.path().display()
    );
    let files = [
        ("setup.py", ""),
        ("requirements.txt", include.as_str()),
        ("base.txt", "-r requirements.txt\n-c more/limits.txt\nwebsockets>=12\n"),
        ("more/limits.txt", "-c ../base.txt\nwebsockets<14\n"),
    ];
    assert_eq!(websockets(&files, "x.py"), ">=12,<14 Range, websockets in base.txt:3");
}

#[test]
fn many_includes_come_to_an_end() {
    let names: Vec<String> = (0..200).map(|index| format!("requirements-{index}.txt")).collect();
    let everything: String = names.iter().map(|name| format!("-r {name}\n")).collect();
    let mut files = vec![("setup.py", "")];
    files.extend(names.iter().map(|name| (name.as_str(), everything.as_str())));
    assert_eq!(websockets(&files, "x.py"), "unknown");
}

#[test]
fn a_member_of_a_workspace_of_uv_has_its_lock_file() {
    let member = "[project]\nname = 'a'\ndependencies = ['websockets']\n";
    let lock = "[[package]]\nname = 'a'\nsource = { virtual = 'packages/a' }\n[[package]]\nname = 'websockets'\nversion = '13.1'\n";
    let files = [
        (".git/", ""),
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['packages/*']\n"),
        ("uv.lock", lock),
        ("packages/a/pyproject.toml", member),
        ("packages/b/pyproject.toml", member),
    ];
    assert_eq!(
        websockets(&files, "packages/a/src/x.py"),
        "==13.1 Locked, websockets in uv.lock:5"
    );
    assert_eq!(
        websockets(&files, "packages/b/x.py"),
        " Range, websockets in packages/b/pyproject.toml:3"
    );
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
fn a_crate_has_the_release_that_is_locked() {
    let root = tree(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = ['a', 'b']\n[workspace.dependencies]\nws = '0.24'\n",
        ),
        (
            "Cargo.lock",
            "[[package]]\nname = 'ws'\nversion = '0.21.0'\n[[package]]\nname = 'ws'\nversion = '0.24.1'\n",
        ),
        (
            "a/Cargo.toml",
            "[package]\nname = 'a'\n[dependencies]\nws.workspace = true\n",
        ),
        ("b/Cargo.toml", "[package]\nname = 'b'\n[dependencies]\nws = '>=0.20'\n"),
    ]);
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    let ws = |path| releases(&projects, path, Language::Rust, "ws");
    assert_eq!(ws("a/src/lib.rs"), "==0.24.1 Locked, ws in Cargo.lock:5");
    assert_eq!(ws("b/src/lib.rs"), ">=0.20 Range, ws in b/Cargo.toml:4");
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
fn utf_16_behind_its_mark_is_read_as_pip_reads_it() {
    let root = tree(&[("setup.py", "")]);
    let text: Vec<u8> = "websockets==13.1\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(
        root.path().join("requirements.txt"),
        [b"\xff\xfe".as_slice(), &text].concat(),
    )
    .unwrap();
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    let found = releases(&projects, "x.py", Language::Python, "websockets");
    assert_eq!(found, "==13.1 Pinned, websockets in requirements.txt:1");
}

#[test]
fn a_marker_that_no_python_of_the_project_meets_leaves_its_requirement_out() {
    let manifest = |python: &str| {
        format!(
            "[project]\n{python}dependencies = [\n  \"websockets<14; python_version < '3.9'\",\n  \
             \"websockets>=14; python_version >= '3.9'\",\n  \"async-timeout; python_version >= '3.9'\",\n]\n"
        )
    };
    let facts = |python: &str| {
        let root = tree(&[
            ("pyproject.toml", &manifest(python)),
            ("requirements.txt", "aiohttp<4; python_version < '3'\n"),
        ]);
        let facts =
            Projects::new(root.path(), crate::python::read_conftest).facts_for(Path::new("x.py"), Language::Python);
        let told = |fact: &Fact<PackageRange>| format!("{} {}", fact.value.specifiers, fact.source);
        let releases = facts.packages.get("websockets").map(told);
        (
            releases,
            facts.packages.contains_key("aiohttp"),
            facts.async_timeout.is_some(),
        )
    };
    let new = Some(">=14 websockets in pyproject.toml:5".to_owned());
    assert_eq!(facts("requires-python = '>=3.9'\n"), (new, false, true));
    for python in ["requires-python = '>=3.8'\n", ""] {
        let (releases, _, always) = facts(python);
        let are_all = releases.is_some_and(|told| told.starts_with(" websockets in"));
        assert_eq!((are_all, always), (true, false), "{python}");
    }
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

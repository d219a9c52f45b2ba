//! Which releases of a package a file may meet.

use super::*;

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
        (releases, facts.packages.has("aiohttp"), facts.async_timeout.is_some())
    };
    let new = Some(">=14 websockets in pyproject.toml:5".to_owned());
    assert_eq!(facts("requires-python = '>=3.9'\n"), (new, false, true));
    for python in ["requires-python = '>=3.8'\n", ""] {
        let (releases, _, always) = facts(python);
        let are_all = releases.is_some_and(|told| told.starts_with(" websockets in"));
        assert_eq!((are_all, always), (true, false), "{python}");
    }
}

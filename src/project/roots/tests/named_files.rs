//! The files for pip that manifests name, whatever they are called.

use super::*;

/// Which releases of websockets run in the project of `client.py`, and who says so.
fn websockets(files: &[(&str, &str)]) -> String {
    let root = tree(&[&[(".git/", ""), ("client.py", "")], files].concat());
    let projects = Projects::new(root.path(), crate::python::read_conftest);
    let found = releases(&projects, "client.py", Language::Python, "websockets");
    assert_eq!(projects.warnings(), Vec::<String>::new());
    found
}

const PIN: (&str, &str) = ("deps/main.txt", "aiohttp\nwebsockets==13.1\n");

#[test]
fn setuptools_reads_requirements_from_files() {
    let expected = "==13.1 Pinned, websockets in deps/main.txt:2";
    let dynamic = "[project]\nname = 'x'\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\n";
    for files in ["{ file = ['deps/main.txt'] }", "{ file = 'deps/main.txt' }"] {
        let manifest = format!("{dynamic}dependencies = {files}\n");
        assert_eq!(websockets(&[("pyproject.toml", &manifest), PIN]), expected);
    }
    let manifest = format!("{dynamic}optional-dependencies.ws = {{ file = ['deps/main.txt'] }}\n");
    assert_eq!(websockets(&[("pyproject.toml", &manifest), PIN]), expected);
    let manifest = "[options]\ninstall_requires = file: deps/none.txt, deps/main.txt\n";
    assert_eq!(websockets(&[("setup.cfg", manifest), PIN]), expected);
    assert_eq!(websockets(&[("setup.cfg", "[options]\n"), PIN]), "unknown");
}

#[test]
fn a_plugin_of_hatch_reads_requirements_from_files() {
    let hooks = "[project]\nname = 'x'\ndynamic = ['dependencies']\n[tool.hatch.metadata.hooks.requirements_txt";
    for key in ["]\nfiles", "]\nfilename", ".optional-dependencies]\nws"] {
        let manifest = format!("{hooks}{key} = ['deps/main.txt']\n");
        assert_eq!(
            websockets(&[("pyproject.toml", &manifest), PIN]),
            "==13.1 Pinned, websockets in deps/main.txt:2",
            "{key}"
        );
    }
}

#[test]
fn pdm_overrides_what_is_asked_for() {
    let overridden = |with: &str| {
        let manifest = format!(
            "[project]\nname = 'x'\ndependencies = ['websockets>=12']\n[tool.pdm.resolution.overrides]\nwebsockets = '{with}'\n"
        );
        websockets(&[("pyproject.toml", &manifest)])
    };
    assert_eq!(overridden("13.1"), "==13.1 Pinned, websockets in pyproject.toml:5");
    assert_eq!(overridden(">=13,<14"), ">=13,<14 Range, websockets in pyproject.toml:5");
    assert_eq!(overridden("https://x.example/websockets.tar.gz"), "unknown");
}

#[test]
fn a_variable_of_tox_names_constraints() {
    for (name, text) in [
        (
            "tox.ini",
            "[testenv]\ndeps = -r requirements.txt\nsetenv =\n    A = b\n    PIP_CONSTRAINT = {toxinidir}/deps/main.txt\n",
        ),
        (
            "tox.toml",
            "[env_run_base]\ndeps = ['-r requirements.txt']\nset_env = { UV_CONSTRAINT = '{tox_root}/deps/main.txt' }\n",
        ),
    ] {
        let found = websockets(&[(name, text), ("requirements.txt", "websockets>=12\n"), PIN]);
        assert!(found.contains("==13.1"), "{name}: {found}");
    }
}

#[test]
fn what_scripts_install_counts_where_nothing_else_says_anything() {
    let expected = "==13.1 Pinned, websockets in ";
    for (name, text) in [
        ("Makefile", "install:\n\tpip install websockets==13.1 pytest\n"),
        ("install.sh", "set -e\npython -m pip install 'websockets==13.1'\n"),
        (
            ".devcontainer/devcontainer.json",
            "{\n\"postCreateCommand\": \"pip install websockets==13.1\"}\n",
        ),
    ] {
        let found = websockets(&[(name, text)]);
        assert_eq!(found, format!("{expected}{name}:2"));
        let told = websockets(&[(name, text), ("requirements.txt", "websockets>=14\n")]);
        assert!(told.starts_with(">=14"), "{told}");
    }
    let docs = "pip install websockets==13.1\n";
    assert_eq!(websockets(&[("docs.sh", docs)]), "unknown");
}

#[test]
fn images_install_from_files_and_within_constraints() {
    let image = |options: &str| format!("FROM python:3.12\nRUN pip install --no-cache-dir {options} && rm -r x\n");
    assert_eq!(
        websockets(&[("Dockerfile", &image("-r deps/main.txt")), PIN]),
        "==13.1 Pinned, websockets in deps/main.txt:2"
    );
    let constraints = ("constraints.txt", "websockets<14\n");
    let image = image("-r requirements.txt -c /constraints.txt");
    let files = [
        ("Dockerfile", &*image),
        ("requirements.txt", "websockets>=12\n"),
        constraints,
    ];
    let found = websockets(&files);
    assert!(found.starts_with(">=12") && found.contains("<14"), "{found}");
    assert_eq!(
        websockets(&[files[1], constraints]),
        ">=12 Range, websockets in requirements.txt:1"
    );
}

#[test]
fn environments_of_hatch_and_pixi_have_packages() {
    assert_eq!(
        websockets(&[(
            "pyproject.toml",
            "[tool.hatch.envs.default]\ndependencies = ['websockets==13.1']\n"
        )]),
        "==13.1 Pinned, websockets in pyproject.toml:2"
    );
    assert_eq!(
        websockets(&[(
            "pixi.toml",
            "[workspace]\nname = 'x'\n[pypi-dependencies]\nwebsockets = '==13.1'\n"
        )]),
        "==13.1 Pinned, websockets in pixi.toml:4"
    );
}

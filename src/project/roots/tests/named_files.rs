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

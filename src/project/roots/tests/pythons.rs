//! What tells the oldest Python besides the manifests of a project.

use super::*;

#[test]
fn a_member_of_a_repository_asks_the_folders_above_it() {
    let around = |files: &[(&str, &str)]| {
        let root = tree(
            &[
                &[(".git/", ""), ("svc/pyproject.toml", "[project]\nname = 'svc'\n")],
                files,
            ]
            .concat(),
        );
        let facts = Projects::new(root.path(), crate::python::read_conftest)
            .facts_for(Path::new("svc/app/x.py"), Language::Python);
        let said = facts.python_around.as_ref();
        assert!(said.is_none() || facts.python.is_none());
        said.map(|fact| format!("{}: {}", fact.source, fact.value))
    };
    let workflow = "jobs:\n  test:\n    steps:\n      - with: {python-version: '3.9'}\n";
    for (files, said) in [
        (
            &[(".github/workflows/ci.yml", workflow)][..],
            "python-version in .github/workflows/ci.yml:4: 3.9",
        ),
        (&[("tox.ini", "[tox]\nenvlist = py39\n")], "envlist in tox.ini:2: 3.9"),
        (&[(".python-version", "3.9\n")], ".python-version:1: 3.9"),
        (
            &[(
                "pyproject.toml",
                "[project]\nrequires-python = '>=3.9'\n[tool.uv.workspace]\nmembers = ['svc']\n",
            )],
            "requires-python in pyproject.toml:2: 3.9",
        ),
        (
            &[("uv.lock", "version = 1\nrequires-python = \">=3.9\"\n")],
            "Python in uv.lock:2: 3.9",
        ),
        (
            &[(
                ".github/actions/py/action.yml",
                "inputs:\n  python-version:\n    default: '3.9'\n",
            )],
            "python-version in .github/actions/py/action.yml:3: 3.9",
        ),
        (
            &[
                ("ver.txt", "3.9\n"),
                (".gitlab-ci.yml", "x: {python-version-file: ver.txt}\n"),
            ],
            "ver.txt:1: 3.9",
        ),
        (
            &[("docker-compose.yml", "services: {a: {image: 'python:3.9'}}\n")],
            "image in docker-compose.yml:1: 3.9",
        ),
        (
            &[(
                "azure-pipelines.yml",
                "steps:\n- task: UsePythonVersion@0\n  inputs: {versionSpec: '3.9'}\n",
            )],
            "versionSpec in azure-pipelines.yml:3: 3.9",
        ),
        (
            &[("svc/requirements.txt", "tomli; python_version < '3.11'\n")],
            "the marker of tomli in svc/requirements.txt:1: 3.10",
        ),
    ] {
        assert_eq!(around(files).as_deref(), Some(said), "{files:?}");
    }
    for files in [
        &[("other/.python-version", "3.9\n")][..],
        &[
            ("svc/.python-version", "3.12\n"),
            (".github/workflows/ci.yml", workflow),
        ],
        &[("svc/.git", ""), (".github/workflows/ci.yml", workflow)],
        &[(
            ".github/workflows/ci.yml",
            "jobs:\n  docs:\n    steps:\n      - with: {python-version: '3.9'}\n",
        )],
    ] {
        assert_eq!(around(files), None, "{files:?}");
    }
}

#[test]
fn a_client_that_is_pinned_for_old_pythons_speaks_for_them() {
    let root = tree(&[(
        "requirements.txt",
        "websockets==9.1; python_version < '3.10'\nwebsockets==15.0.1; python_version >= '3.10'\n",
    )]);
    assert_eq!(
        python(&Projects::new(root.path(), crate::python::read_conftest), "x.py"),
        "the marker of websockets in requirements.txt:1: 3.9"
    );
}

use super::super::shown;
use super::*;

fn read_text(text: &str) -> Vec<String> {
    shown(read(&Manifest::new("ci.yml", text)).pythons)
}

#[test]
fn a_matrix_names_its_pythons() {
    assert_eq!(
        read_text(
            "jobs:\n  test:\n    strategy:\n      matrix:\n        python-version: [\"3.10\", '3.12']\n    steps:\n      - uses: actions/setup-python@v6\n        with:\n          python-version: ${{ matrix.python-version }}\n"
        ),
        ["3.10 python-version in ci.yml:5", "3.12 python-version in ci.yml:5"]
    );
    assert_eq!(
        read_text(
            "jobs:\n  test:\n    strategy:\n      matrix:\n        target:\n          - 3.8\n          - pypy-3.9\n        os: [\"3.7\"]\n    steps:\n      - with: {python-version: \"${{ matrix.target }}\"}\n"
        ),
        ["3.8 target in ci.yml:6", "3.9 target in ci.yml:7"]
    );
    assert_eq!(
        read_text(
            "jobs:\n  t:\n    steps:\n      - with:\n          python-version: |\n            3.9\n            3.13\n"
        ),
        ["3.9 python-version in ci.yml:6", "3.13 python-version in ci.yml:6"]
    );
}

#[test]
fn jobs_that_run_tools_do_not_count() {
    for text in [
        "jobs:\n  lint:\n    steps:\n      - with:\n          python-version: 3.8\n",
        "jobs:\n  a:\n    name: Publish to PyPI\n    steps:\n      - with:\n          python-version: 3.8\n",
        "jobs:\n  a:\n    steps:\n      - with:\n          python-version: 3.8\n    name: docs\n",
        "jobs:\n  a:\n    strategy:\n      matrix:\n        include:\n          - {python-version: 3.8, toxenv: docs}\n",
        "pages:\n  image: python:3.8\n",
    ] {
        assert!(read_text(text).is_empty(), "{text}");
    }
    assert_eq!(
        read_text("lint-and-test:\n  image: python:3.8\n"),
        ["3.8 image in ci.yml:2"]
    );
}

#[test]
fn images_and_their_variables_are_read() {
    assert_eq!(
        read_text("test:\n  image: python:3.9-slim\n"),
        ["3.9 image in ci.yml:2"]
    );
    assert_eq!(
        read_text("test:\n  image:\n    name: registry/python:3.8\n"),
        ["3.8 name in ci.yml:3"]
    );
    assert_eq!(
        read_text("test:\n  image: python:$PY-slim\n  parallel:\n    matrix:\n      - PY: [\"3.9\", \"3.11\"]\n"),
        ["3.9 PY in ci.yml:5", "3.11 PY in ci.yml:5"]
    );
    assert_eq!(
        read_text(
            "jobs:\n  test:\n    docker:\n      - image: cimg/python:<< parameters.version >>\nx:\n  version: [\"3.8\"]\n"
        ),
        ["3.8 version in ci.yml:6"]
    );
    assert_eq!(
        read_text("python:\n  - \"3.6\"\n  - 3.9-dev\n"),
        ["3.6 python in ci.yml:2", "3.9 python in ci.yml:3"]
    );
}

#[test]
fn what_a_matrix_leaves_out_is_not_run() {
    assert_eq!(
        read_text(
            "jobs:\n  t:\n    strategy:\n      matrix:\n        python-version: [\"3.11\", \"3.12\"]\n        exclude:\n          - {python-version: \"3.9\", os: x}\n"
        ),
        ["3.11 python-version in ci.yml:5", "3.12 python-version in ci.yml:5"]
    );
}

#[test]
fn versions_are_found_however_they_get_to_a_job() {
    for (text, said) in [
        ("py: ${{ fromJSON('[\"3.9\", \"3.12\"]') }}\n", "3.9 py in ci.yml:1"),
        (
            "with: {python-version: \"${{ inputs.python-version || '3.9' }}\"}\n",
            "3.9 python-version in ci.yml:1",
        ),
        (
            "matrix: {target: [{v: \"3.9\"}, {v: '3.12'}]}\nwith: {python-version: \"${{ matrix.target.v }}\"}\n",
            "3.9 v in ci.yml:1",
        ),
        (
            "inputs:\n  py-version:\n    default: '3.9'\nuses: x\nwith: {python-version: \"${{ inputs.py-version }}\"}\n",
            "3.9 py-version in ci.yml:3",
        ),
        ("toxenv: [py39, py312]\n", "3.9 toxenv in ci.yml:1"),
        (
            "steps:\n  - run: |\n      pip install tox\n      tox -e py39\n",
            "3.9 run in ci.yml:3",
        ),
        ("env:\n  - TOXENV=py39\n", "3.9 env in ci.yml:2"),
        ("script: uv run --python=3.9 pytest\n", "3.9 script in ci.yml:1"),
        ("inputs: {versionSpec: '3.9'}\n", "3.9 versionSpec in ci.yml:1"),
        ("services: {app: {image: 'python:3.9'}}\n", "3.9 image in ci.yml:1"),
    ] {
        assert_eq!(read_text(text).first().map(String::as_str), Some(said), "{text}");
    }
    for text in [
        "run: echo -e py39\n",
        "run: tox -e lint-py39\n",
        "python-version: ${{ x }}\n",
        "env: prod\n",
    ] {
        assert!(read_text(text).is_empty(), "{text}");
    }
    let files = read(&Manifest::new("ci.yml", "with: {python-version-file: ver.txt}\n")).version_files;
    assert_eq!(files, ["ver.txt"]);
}

#[test]
fn what_is_no_yaml_ends_where_it_ends() {
    assert_eq!(
        read_text("python: 3.8\nx: [\n").first().map(String::as_str),
        Some("3.8 python in ci.yml:1")
    );
    for text in ["", "- - -", "? x", "&a *a", "%", "\t", "{{ x }}: y", "python: *a"] {
        assert!(read_text(text).is_empty(), "{text}");
    }
    assert!(read_text(&format!("{}3.8{}", "[".repeat(9000), "]".repeat(9000))).is_empty());
}

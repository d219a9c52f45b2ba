//! Manifests as inputs of a run, and what they say of a project.

use crate::sandbox::Sandbox;

const DIVERGING: &[(&str, &str)] = &[
    (
        "pyproject.toml",
        "[project]\nname = \"bot\"\ndependencies = [\"websockets>=14\"]\n",
    ),
    ("requirements.txt", "websockets==12.0\n"),
    ("app.py", "import os\n"),
];

#[test]
fn a_walk_finds_manifests_and_reports_both_places() {
    let sandbox = Sandbox::with(DIVERGING);
    let ran = sandbox.run("--output-format concise");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.starts_with(
            "requirements.txt:1:1: WS403 no release is both `websockets==12.0` and `websockets>=14` (pyproject.toml:3)"
        ),
        "{ran:?}"
    );
    assert_eq!(ran.paths(), ["requirements.txt"]);
}

#[test]
fn a_manifest_is_taken_by_name_and_by_the_name_of_standard_input() {
    let sandbox = Sandbox::with(&[("requirements.txt", "websockets\n"), ("notes.txt", "websockets\n")]);
    assert_eq!(
        sandbox.run("--output-format concise requirements.txt").paths(),
        ["requirements.txt"]
    );
    assert_eq!(sandbox.run("--output-format concise notes.txt").code, Some(0));
    // What stands on the disk under that name is the old text.
    sandbox.write("requirements.txt", "websockets==13.1\n");
    let piped = sandbox.pipe(
        "--output-format concise --stdin-filename requirements.txt -",
        "websockets>=12\n",
    );
    assert_eq!(piped.paths(), ["requirements.txt"], "{piped:?}");
    let piped = sandbox.pipe(
        "--output-format concise --stdin-filename other/setup.cfg -",
        "[options]\ninstall_requires = websockets>=14\n",
    );
    assert_eq!(piped.code, Some(0), "{piped:?}");
}

#[test]
fn include_and_exclude_hold_for_manifests() {
    let sandbox = Sandbox::with(&[
        ("a/requirements.txt", "websockets\n"),
        ("b/requirements.txt", "websockets\n"),
    ]);
    sandbox.write("ws-lint.toml", "extend-exclude = [\"a/**\"]\n");
    assert_eq!(sandbox.run("--output-format concise").paths(), ["b/requirements.txt"]);
    sandbox.write("ws-lint.toml", "include = [\"*.py\"]\n");
    assert_eq!(sandbox.run("--output-format concise").code, Some(0));
}

#[test]
fn a_pyproject_that_configures_ws_lint_is_both() {
    let sandbox = Sandbox::with(&[(
        "pyproject.toml",
        "# ws-lint: the settings are below\n[project]\nname = \"bot\"\ndependencies = [\"websockets\"]\n[tool.ws-lint]\nignore = [\"WS402\"]\n",
    )]);
    sandbox
        .run("--output-format concise")
        .expect(0, "All good: no findings in 1 file\n", "");
    let ran = sandbox.run("--output-format concise --isolated");
    assert_eq!(ran.paths(), ["pyproject.toml"], "{ran:?}");
}

#[test]
fn what_is_malformed_warns_with_its_place_and_fails_nothing() {
    let sandbox = Sandbox::with(&[
        ("pyproject.toml", "[project]\ndependencies = [\"websockets>=x\"]\n"),
        ("uv.lock", "[[package]\n"),
        ("requirements.txt", "websockets >=12 <14\n"),
        ("a/Cargo.toml", "[dependencies]\ntokio-tungstenite = = 1\n"),
        ("app.py", "import websockets\n"),
    ]);
    let ran = sandbox.run("--output-format concise");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for warning in [
        "warning: pyproject.toml:2: websockets: `>=x` is no version range\n",
        "warning: uv.lock:1: ",
        "warning: requirements.txt:1: websockets: `>=12 <14` is no version range\n",
        "warning: a/Cargo.toml:2: ",
    ] {
        assert!(ran.stderr.contains(warning), "{warning}: {ran:?}");
    }
}

#[test]
fn what_is_no_toml_is_told_once_whoever_reads_it() {
    let sandbox = Sandbox::with(&[
        ("hatch.toml", "[envs\n"),
        ("pixi.toml", "[dependencies\n"),
        ("tox.toml", "[env_run_base\n"),
        ("pyproject.toml", "[project\n"),
        (
            "client.py",
            "import websockets\n\n\nasync def f(u):\n    await websockets.connect(u, extra_headers={})\n",
        ),
    ]);
    let ran = sandbox.run("--output-format concise");
    for name in ["hatch.toml", "pixi.toml", "tox.toml", "pyproject.toml"] {
        let told = ran.stderr.matches(&format!("warning: {name}:1: ")).count();
        assert_eq!(told, 1, "{name}: {ran:?}");
    }
}

#[test]
fn a_manifest_in_another_encoding_is_told_and_not_checked() {
    let sandbox = Sandbox::new();
    sandbox.write("requirements.txt", b"websockets  # caf\xe9\n");
    let ran = sandbox.run("--output-format concise");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stderr
            .contains("requirements.txt: byte 0xe9 at offset 17 is not UTF-8: not checked"),
        "{ran:?}"
    );
}

#[test]
fn the_fix_takes_an_unused_comment_out_of_a_manifest() {
    let sandbox = Sandbox::with(&[("requirements.txt", "websockets>=14  # ws-lint: ignore[WS402]\n")]);
    assert_eq!(sandbox.run("--fix").code, Some(0));
    assert_eq!(sandbox.read("requirements.txt"), "websockets>=14\n");
}

#[test]
fn no_manifest_is_read_for_files_that_are_not_parsed() {
    let sandbox = Sandbox::with(&[
        ("setup.cfg", "[options]\npython_requires = what\n"),
        ("app.py", "import os\n"),
        // A client of a protocol that is not looked at, and a word that a name begins with.
        ("a/Cargo.toml", "[dependencies]\nreqwest = = 1\nwindows-sys = '0.61'\n"),
    ]);
    let ran = sandbox.run("--output-format concise");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_settings_show_the_releases_with_their_sources() {
    let sandbox = Sandbox::with(&[
        (
            "pyproject.toml",
            "[project]\nname = \"bot\"\ndependencies = [\"websockets>=12\", \"aiohttp\", \"attrs\"]\n",
        ),
        ("uv.lock", "[[package]]\nname = \"websockets\"\nversion = \"13.1\"\n"),
        (
            "Cargo.toml",
            "[package]\nname = \"bot\"\n[dependencies]\ntokio-tungstenite = \"0.24\"\n",
        ),
        ("src/app.py", ""),
    ]);
    let ran = sandbox.run("--show-settings src/app.py");
    for line in [
        "# aiohttp: any release (aiohttp in pyproject.toml:3)\n",
        "# websockets: ==13.1, locked (websockets in uv.lock:2)\n",
        "# tokio-tungstenite: >=0.24, <0.25, a range (tokio-tungstenite in Cargo.toml:4)\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}: {ran:?}");
    }
    assert!(!ran.stdout.contains("attrs"), "{ran:?}");
}

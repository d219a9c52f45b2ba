//! Clients that others wrote: what pygls, VS Code's library and Neovim make of the server. They are installed under `target/server/`; Neovim is
//! taken from `PATH`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::PROJECT;

/// `EDITORS=all`: Neovim has to be there, and the extension for VS Code is built and packed.
const WANTED: &str = "EDITORS";

const PYGLS: &str = "pygls==2.0.0";

const TEST: &str =
    "import websockets\n\n\nasync def test_echo():\n    await websockets.connect(\"ws://é\", open_timeout=3)\n";

/// The fix that each of them applies first.
const FIX: &str = "WS101: put the connect under `asyncio.timeout(3)`";

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/editors")
}

/// A folder for what is installed. Two tests at once do not write into one.
fn installed(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .with_file_name("server")
        .join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn project() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = fs::canonicalize(folder.path()).unwrap();
    fs::write(path.join("pyproject.toml"), PROJECT).unwrap();
    (folder, path)
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{command:?}:\n{out}{err}");
    out.into_owned()
}

fn npm(folder: &Path, manifest: &str) {
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let complete = folder.with_extension("complete");
    if fs::read_to_string(&complete).is_ok_and(|known| known == manifest) {
        return;
    }
    fs::write(folder.join("package.json"), manifest).unwrap();
    let quietly = ["install", "--no-audit", "--no-fund", "--no-package-lock"];
    succeed(Command::new("npm").current_dir(folder).args(quietly));
    fs::write(complete, manifest).unwrap();
}

#[test]
#[ignore = "needs Python and its registry"]
fn pygls_gets_what_it_asks_for() {
    let folder = installed("pygls");
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let complete = folder.join("complete.txt");
    if !fs::read_to_string(&complete).is_ok_and(|known| known == PYGLS) {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYGLS]));
        fs::write(complete, PYGLS).unwrap();
    }
    let (_kept, project) = project();
    let mut client = Command::new(python);
    client.arg(here().join("client.py")).arg(env!("CARGO_BIN_EXE_ws-lint"));
    let told = succeed(client.arg(project).args(["test_a.py", TEST]));
    let told: Value = serde_json::from_str(&told).unwrap();
    let expected = json!({
        "server": "ws-lint",
        "encoding": "utf-8",
        "before": ["WS101"],
        "fix": FIX,
        "after": [],
        "hover": null,
        "cells": { "cell:1": [], "cell:2": ["WS101"] },
    });
    assert_eq!(told, expected);
}

#[test]
#[ignore = "needs Node and the npm registry"]
fn the_library_of_vs_code_gets_what_it_asks_for() {
    let folder = installed("npm");
    npm(&folder, &fs::read_to_string(here().join("package.json")).unwrap());
    let (_kept, project) = project();
    let mut client = Command::new("node");
    client
        .current_dir(folder)
        .arg(here().join("client.mjs"))
        .arg(env!("CARGO_BIN_EXE_ws-lint"));
    let told = succeed(client.arg(project).args(["test_a.py", TEST]));
    let told: Value = serde_json::from_str(&told).unwrap();
    let expected =
        json!({ "server": "ws-lint", "before": ["WS101"], "fix": FIX, "after": [], "hover": null, "code": 0 });
    assert_eq!(told, expected);
}

#[test]
#[ignore = "needs Neovim"]
fn neovim_shows_fixes_and_saves() {
    let is_there = Command::new("nvim").arg("--version").output().is_ok();
    if !is_there && std::env::var_os(WANTED).is_none() {
        eprintln!("Neovim is not there, and {WANTED} does not ask for it");
        return;
    }
    let (_kept, project) = project();
    let (file, report) = (project.join("test_a.py"), project.join("report.json"));
    fs::write(&file, TEST).unwrap();
    let mut neovim = Command::new("nvim");
    neovim.args(["--headless", "--clean", "-c"]);
    neovim.arg(format!("luafile {}", here().join("init.lua").display()));
    neovim
        .env("WS_LINT", env!("CARGO_BIN_EXE_ws-lint"))
        .env("FILE", &file)
        .env("REPORT", &report);
    neovim.env("XDG_STATE_HOME", &project).env("XDG_CACHE_HOME", &project);
    succeed(&mut neovim);
    let told: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    // An empty list of Lua is an empty object, or an empty list.
    assert_eq!(
        (&told["before"], &told["fix"]),
        (&json!(["WS101"]), &json!(FIX)),
        "{told}"
    );
    let saved = fs::read_to_string(file).unwrap();
    assert!(
        saved.contains("async with asyncio.timeout(3):\n        await websockets.connect(\"ws://é\")\n"),
        "{saved}"
    );
}

#[test]
#[ignore = "needs Node and the npm registry"]
fn the_extension_for_vs_code_is_built_and_packed() {
    if std::env::var_os(WANTED).is_none() {
        eprintln!("{WANTED} does not ask for it");
        return;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode");
    let folder = installed("vscode");
    fs::create_dir_all(folder.join("src")).unwrap();
    for name in [
        "tsconfig.json",
        ".vscodeignore",
        "LICENSE",
        "README.md",
        "src/extension.ts",
    ] {
        fs::copy(source.join(name), folder.join(name)).unwrap();
    }
    npm(&folder, &fs::read_to_string(source.join("package.json")).unwrap());
    succeed(Command::new("npm").current_dir(&folder).args(["run", "package"]));
    let list = "import sys, zipfile; print('\\n'.join(sorted(zipfile.ZipFile(sys.argv[1]).namelist())))";
    let packed = succeed(
        Command::new("python3")
            .args(["-c", list])
            .arg(folder.join("ws-lint.vsix")),
    );
    let packed: Vec<&str> = packed.lines().collect();
    let wanted = [
        "[Content_Types].xml",
        "extension.vsixmanifest",
        "extension/LICENSE.txt",
        "extension/dist/extension.js",
        "extension/package.json",
        "extension/readme.md",
    ];
    assert_eq!(packed, wanted);
}

#[test]
fn the_settings_of_the_extension_are_those_of_the_server() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode/package.json");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(manifest).unwrap()).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    let settings = &manifest["contributes"]["configuration"]["properties"];
    assert_eq!(settings["ws-lint.budget"]["enum"], json!(["hint", "lens", "off"]));
}

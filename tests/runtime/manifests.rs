//! What the notes of WS402 and WS403 state about pip, Cargo and tokio-tungstenite.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::matrix;

const CATALOG: &str = include_str!("../../rules/apis/rust/tokio-tungstenite.toml");
const WS403: &str = include_str!("../../src/rules/ws403_diverging_client_pins.rs");

#[test]
fn the_notes_still_say_what_is_tried() {
    let says = |text: &str, words: &str| {
        let text: Vec<_> = text.split_whitespace().collect();
        assert!(text.join(" ").contains(words), "nothing says any more: {words}");
    };
    says(
        WS403,
        "pip refuses to install both together; one after the other, the last one decides",
    );
    says(
        WS403,
        "to the compiler the types of one {package} are not those of the other",
    );
    says(
        CATALOG,
        "takes an `url::Url` up to 0.22.0; from 0.23.0 on that does not compile (with 0.30.0 it does where the feature `url` is on)",
    );
}

#[test]
#[ignore = "needs Python and PyPI"]
fn pip_refuses_two_releases_and_takes_the_last_of_two() {
    let folder = environment("pip");
    let pip = |arguments: &[&str]| pip(&folder, arguments);
    let both = pip(&["install", "websockets==14.0", "websockets==15.0.1"]);
    assert!(!both.status.success());
    assert!(
        String::from_utf8_lossy(&both.stderr).contains("ResolutionImpossible"),
        "{both:?}"
    );
    for release in ["15.0.1", "14.0"] {
        let one = pip(&["install", &format!("websockets=={release}")]);
        assert!(one.status.success(), "{one:?}");
        let shown = pip(&["show", "websockets"]);
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(shown.contains(&format!("Version: {release}\n")), "{shown}");
    }
}

/// `project/precedence.rs`: what uv is told to override comes before whatever is asked for, and so does its lock file.
#[test]
#[ignore = "needs Python and PyPI"]
fn uv_installs_an_override_in_the_place_of_the_range() {
    let environment = environment("uv");
    let installed = pip(&environment, &["install", "uv==0.13.9"]);
    assert!(installed.status.success(), "{installed:?}");
    let folder = folder("override");
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/pins_of_tools/uv/pyproject.toml");
    fs::copy(project, folder.join("pyproject.toml")).expect("the project can be copied");
    let mut uv = Command::new(environment.join("bin/uv"));
    let locked = uv.arg("lock").current_dir(&folder).output().expect("uv starts");
    assert!(locked.status.success(), "{locked:?}");
    let lock = fs::read_to_string(folder.join("uv.lock")).expect("the lock file is there");
    assert!(lock.contains("name = \"websockets\"\nversion = \"12.0\"\n"), "{lock}");
}

#[test]
#[ignore = "builds crates of the registry"]
fn an_url_is_taken_up_to_the_release_that_the_catalogue_names() {
    let source = "pub async fn f(url: url::Url) { let _ = tokio_tungstenite::connect_async(url).await; }\n";
    let compiles = |requirement: &str| {
        let dependencies = format!("url = \"2\"\ntokio-tungstenite = {requirement}\n");
        let output = check("url", &dependencies, source);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() || said.contains("`url::Url: IntoClientRequest` is not satisfied"),
            "{said}"
        );
        output.status.success()
    };
    assert!(compiles("\"=0.20.1\"") && compiles("\"=0.21.0\"") && compiles("\"=0.22.0\""));
    assert!(!compiles("\"=0.23.0\"") && !compiles("\"=0.30.0\""));
    assert!(compiles("{ version = \"=0.30.0\", features = [\"url\"] }"));
}

#[test]
#[ignore = "builds crates of the registry"]
fn cargo_builds_two_releases_whose_types_differ() {
    let dependencies =
        "old = { package = \"tokio-tungstenite\", version = \"=0.22.0\" }\ntokio-tungstenite = \"=0.30.0\"\n";
    let both = check("types", dependencies, "pub use old;\npub use tokio_tungstenite;\n");
    assert!(both.status.success(), "{both:?}");
    let source = "pub fn f(error: old::tungstenite::Error) -> tokio_tungstenite::tungstenite::Error { error }\n";
    let mixed = check("types", dependencies, source);
    assert!(
        String::from_utf8_lossy(&mixed.stderr).contains("error[E0308]: mismatched types"),
        "{mixed:?}"
    );
}

/// A new virtual environment of the newest Python.
fn environment(name: &str) -> PathBuf {
    let pythons = matrix::pythons();
    let python = pythons.last().expect("a Python");
    let folder = folder(name);
    let made = python.command().args(["-m", "venv", "--clear"]).arg(&folder).output();
    assert!(made.expect("Python starts").status.success());
    folder
}

fn pip(environment: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(environment.join("bin/python"));
    let command = command.args(["-m", "pip", "--disable-pip-version-check", "--no-input"]);
    command.args(arguments).output().expect("pip starts")
}

/// `cargo check` of a crate with this source.
fn check(name: &str, dependencies: &str, source: &str) -> Output {
    let folder = folder(name);
    fs::create_dir_all(folder.join("src")).expect("the folder can be made");
    let manifest =
        format!("[package]\nname = \"{name}\"\nedition = \"2021\"\n[workspace]\n[dependencies]\n{dependencies}");
    fs::write(folder.join("Cargo.toml"), manifest).expect("the manifest can be written");
    fs::write(folder.join("src/lib.rs"), source).expect("the source can be written");
    Command::new(env!("CARGO"))
        .args(["check", "--quiet"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.with_file_name("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("runtime");
    let folder = folder.join("manifests").join(name);
    fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

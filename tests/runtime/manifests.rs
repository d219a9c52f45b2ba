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
    let pythons = matrix::pythons();
    let python = pythons.last().expect("a Python");
    let folder = folder("pip");
    let made = python.command().args(["-m", "venv", "--clear"]).arg(&folder).output();
    assert!(made.expect("Python starts").status.success());
    let pip = |arguments: &[&str]| -> Output {
        let mut command = Command::new(folder.join("bin/python"));
        let command = command.args(["-m", "pip", "--disable-pip-version-check", "--no-input"]);
        command.args(arguments).output().expect("pip starts")
    };
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

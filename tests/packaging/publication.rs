//! What a release publishes: the crate, the distributions for pip, the image.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::repository::Repository;
use crate::tools::{Tools, builds_cheaply, said, succeed};

/// Stands for the one that is not known yet.
const ADDRESS: &str = "https://example.org/a/ws-lint";

/// Packs it, stops before the upload, and has the compiler read what was packed. It makes no program of it, as it does for
/// pip and pre-commit: what the crate could lack is missed by then.
#[test]
#[ignore = "needs the crate registry"]
fn the_crate_can_be_published() {
    let _tools = Tools::install();
    let project = Repository::of_this_project();
    let packed = tempfile::tempdir().unwrap();
    let in_project = |arguments: &[&str]| {
        let mut cargo = Command::new("cargo");
        builds_cheaply(&mut cargo);
        cargo
            .current_dir(project.path())
            .env("CARGO_TARGET_DIR", packed.path())
            .args(arguments)
            .args(["--locked", "--no-verify"]);
        said(&succeed(&mut cargo))
    };
    let told = in_project(&["publish", "--dry-run"]);
    assert!(told.contains("aborting upload due to dry run"), "{told}");

    in_project(&["package"]);
    let name = concat!("ws-lint-", env!("CARGO_PKG_VERSION"));
    let mut unpack = Command::new("tar");
    unpack
        .current_dir(packed.path())
        .args(["--extract", "--gzip", "--file"])
        .arg(format!("package/{name}.crate"));
    succeed(&mut unpack);
    let mut check = Command::new("cargo");
    builds_cheaply(&mut check);
    check.current_dir(packed.path().join(name)).args(["check", "--locked"]);
    succeed(&mut check);
}

#[test]
#[ignore = "needs Python and PyPI"]
fn the_index_takes_the_distribution_and_shows_the_address_of_cargo_toml() {
    let tools = Tools::install();
    let project = Repository::of_this_project();
    let manifest = project.read("Cargo.toml");
    let (head, tail) = manifest.split_once("\nlicense = ").unwrap();
    let published = format!("{head}\nrepository = \"{ADDRESS}\"\nlicense = {tail}");
    for (manifest, shows) in [
        (published, true),
        (manifest.clone(), !env!("CARGO_PKG_REPOSITORY").is_empty()),
    ] {
        fs::write(project.path().join("Cargo.toml"), manifest).unwrap();
        project.stage();
        let folder = tempfile::tempdir().unwrap();
        let mut maturin = tools.command("maturin");
        maturin
            .current_dir(project.path())
            .args(["sdist", "--out"])
            .arg(folder.path());
        succeed(&mut maturin);
        let built: Vec<PathBuf> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        let mut twine = tools.command("twine");
        succeed(twine.args(["check", "--strict"]).args(&built));
        let mut tar = Command::new("tar");
        tar.args(["--extract", "--gzip", "--to-stdout", "--wildcards", "--file"])
            .arg(&built[0])
            .arg("*/PKG-INFO");
        let metadata = said(&succeed(&mut tar));
        assert_eq!(metadata.contains("\nProject-URL: "), shows, "{metadata}");
    }
}

/// No daemon is needed to read it.
#[test]
#[ignore = "needs Python and PyPI"]
fn the_image_has_no_findings_and_no_root() {
    let tools = Tools::install();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("Dockerfile")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let judged = |text: &str| {
        let path = folder.path().join("Dockerfile");
        fs::write(&path, text).unwrap();
        tools.command("hadolint").arg(path).output().unwrap()
    };
    let output = judged(&text);
    assert!(output.status.success(), "{}", said(&output));
    let user = text
        .lines()
        .rfind(|line| line.starts_with("USER "))
        .expect("it says who runs");
    assert!(!user.contains("root") && user.starts_with("USER 1"), "{user}");
    let output = judged(&text.replace("USER 10001:10001", "USER root"));
    assert!(said(&output).contains("DL3002"), "{}", said(&output));
}

/// The hooks that install the wheel are those that build it, for the same version.
#[test]
fn the_hooks_with_the_wheel_are_those_of_this_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let folder = "packaging/ws-lint-pre-commit";
    assert_eq!(
        read(&format!("{folder}/.pre-commit-hooks.yaml")),
        read(".pre-commit-hooks.yaml")
    );
    let project: toml::Table = read(&format!("{folder}/pyproject.toml")).parse().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(project["project"]["version"].as_str(), Some(version));
    assert_eq!(
        project["project"]["dependencies"][0].as_str(),
        Some(format!("ws-lint=={version}").as_str())
    );
}

//! mdBook builds the book. Its links are looked at by [`crate::links`], without it: to build mdBook takes minutes.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::root;

const VERSION: &str = "0.5.4";

#[test]
#[ignore = "builds mdBook"]
fn the_book_builds() {
    let tools = root().join("target/packaging/mdbook");
    let mut install = Command::new("cargo");
    install.args([
        "install",
        "--quiet",
        "--locked",
        "--debug",
        "--no-default-features",
        "--version",
        VERSION,
        "--root",
    ]);
    // It runs once: its speed is worth less than the time to make it fast.
    run(install
        .arg(&tools)
        .arg("mdbook")
        .env("CARGO_PROFILE_DEV_DEBUG", "false"));
    run(Command::new(tools.join("bin/mdbook"))
        .arg("build")
        .arg(root().join("docs")));
    let book = root().join("target/book");
    let page =
        |path: &str| fs::read_to_string(book.join(Path::new(path))).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(page("rules/WS101-connect-timeout-argument.html").contains("asyncio.timeout(10)"));
    let configuration = page("configuration.html");
    assert!(
        configuration.contains("max-connect-wait") && !configuration.contains("{{#"),
        "the table is in"
    );
    assert!(page("libraries.html").contains("tokio-tungstenite"));
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && !said.contains("ERROR"),
        "{command:?}: {said}"
    );
}

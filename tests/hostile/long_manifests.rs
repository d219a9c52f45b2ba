//! Manifests that name very many packages, each spelled so that it does not stand in the text as it is: what is looked for in the
//! whole text once for each of them takes minutes.

use crate::bounded;
use crate::sandbox::Sandbox;

const SOURCE: &str = "import websocket\nws = websocket.create_connection(\"ws://localhost:1\")\n";

/// So many packages.
const MANY: usize = 100_000;

fn packages(separator: &str, quote: &str) -> String {
    let packages: Vec<String> = (0..MANY)
        .map(|number| format!("{quote}p\\u0061ckage{number}==1{quote}"))
        .collect();
    packages.join(separator)
}

#[test]
fn many_packages_with_escapes_are_read_once() {
    for (name, text) in [
        (
            "tox.toml",
            format!("[env_run_base]\ndeps = \"\"\"\n{}\"\"\"\n", packages("\n", "")),
        ),
        (
            "tox.toml",
            format!("[env_run_base]\ndeps = [{}]\n", packages(", ", "\"")),
        ),
        (
            "manifest.json",
            format!("{{\"domain\": \"x\", \"requirements\": [{}]}}", packages(", ", "\"")),
        ),
        ("Dockerfile", format!("RUN {}\n", "pip install a ".repeat(MANY))),
    ] {
        let sandbox = Sandbox::with(&[("a.py", SOURCE), (name, &text)]);
        let ran = bounded::run(&sandbox.path(""), &["--output-format", "concise", "."]);
        assert_eq!(ran.paths(), ["a.py"], "{name}: {}", ran.stderr);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.stderr);
    }
}

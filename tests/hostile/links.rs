//! Symbolic links that lead out of what was named.

use std::fs;
use std::os::unix::fs::symlink;

use crate::bounded;
use crate::sandbox::Sandbox;

const SECRET: &str = "password = S3CR3T\nimport websockets; websockets.connect(\n";

#[test]
fn a_link_out_of_the_tree_is_not_followed_unless_it_is_named() {
    let outside = Sandbox::with(&[("secret", SECRET), ("script", "#!/usr/bin/env python3\npassword = (\n")]);
    let secret = fs::canonicalize(outside.path("secret")).unwrap();
    let sandbox = Sandbox::with(&[("src/a.py", "x = 1\n")]);
    for name in ["x.py", "y.rs", "requirements.txt"] {
        symlink(&secret, sandbox.path("src").join(name)).unwrap();
    }
    // It is not opened to see whether it is a script.
    symlink(outside.path("script"), sandbox.path("src/tool")).unwrap();
    for format in ["full", "concise", "json", "sarif", "github", "junit", "markdown"] {
        let ran = bounded::run(&sandbox.path(""), &["--output-format", format, "."]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(!ran.stdout.contains("password"), "{format}: {}", ran.stdout);
        let line = format!(
            "warning: src/x.py: leads to `{}`, outside of the folders that were named: not looked at, name it if it should be\n",
            secret.display()
        );
        assert!(
            ran.stderr.contains(&line) && !ran.stderr.contains("src/tool"),
            "{}",
            ran.stderr
        );
    }
    let ran = bounded::run(&sandbox.path(""), &["--output-format", "concise", "src/x.py"]);
    assert_eq!(
        (ran.code, ran.paths(), ran.stderr.as_str()),
        (Some(1), vec!["src/x.py"], "")
    );
    // Also beside the folder that it lies in.
    let ran = bounded::run(&sandbox.path(""), &["--output-format", "concise", ".", "src/x.py"]);
    assert_eq!((ran.code, ran.paths()), (Some(1), vec!["src/x.py"]));
    assert!(!ran.stderr.contains("src/x.py"), "{}", ran.stderr);
}

#[test]
fn a_link_within_the_tree_is_followed() {
    let sandbox = Sandbox::with(&[(".hidden/a.py", SECRET), ("src/b.py", "")]);
    symlink("../.hidden/a.py", sandbox.path("src/c.py")).unwrap();
    let ran = bounded::run(&sandbox.path(""), &["--output-format", "concise", "."]);
    assert_eq!(
        (ran.paths(), ran.stderr.contains("leads to")),
        (vec!["src/c.py"], false)
    );
    // A part of the tree is what was named now.
    let ran = bounded::run(&sandbox.path(""), &["--output-format", "concise", "src"]);
    assert_eq!(
        (ran.paths(), ran.stderr.contains("src/c.py: leads to")),
        (vec![""; 0], true)
    );
}

//! Configurations that lead nowhere, or too far.

use std::fs;
use std::os::unix::fs::symlink;

use crate::bounded;
use crate::sandbox::Sandbox;

const UNUSED: &str = "x = 1  # ws-lint: ignore[WS101]\n";

/// `ws-lint.toml` extends `c0.toml`, which extends `c1.toml` and so on: so many links.
fn chain(links: usize) -> Sandbox {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let name = |at: usize| match at {
        0 => "ws-lint.toml".to_owned(),
        at => format!("c{}.toml", at - 1),
    };
    for at in 0..links {
        sandbox.write(&name(at), format!("extend = '{}'\n", name(at + 1)));
    }
    sandbox.write(&name(links), "ignore = ['WS002']\n");
    sandbox
}

#[test]
fn files_extend_each_other_32_links_far() {
    bounded::run(&chain(32).path(""), &["-q", "."]).expect(0, "", "");
    for links in [33, 2000] {
        let ran = bounded::run(&chain(links).path(""), &["-q", "."]);
        ran.expect_error(
            "c31.toml:1:10: `extend = \"c32.toml\"`: more than 32 files extend each other: ws-lint.toml → c0.toml → ",
        );
        assert!(ran.stderr.ends_with(" → c30.toml → c31.toml\n"), "{}", ran.stderr);
    }
}

#[test]
fn the_strongest_of_a_chain_is_the_first() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    sandbox.write("ws-lint.toml", "extend = 'b/c.toml'\n");
    sandbox.write("b/c.toml", "extend = '../d.toml'\nignore = []\n");
    sandbox.write("d.toml", "select = ['WS002']\ndefault-deadline = 7\n");
    let ran = bounded::run(&sandbox.path(""), &["--show-settings", "a.py"]);
    assert!(
        ran.stdout.contains("default-deadline = 7") && ran.stdout.contains("d.toml:2"),
        "{}",
        ran.stdout
    );
}

#[test]
fn files_that_extend_each_other_in_a_circle_are_refused() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.toml", "extend = 'ws-lint.toml'\n")]);
    sandbox.write("ws-lint.toml", "extend = 'b.toml'\n");
    bounded::run(&sandbox.path(""), &["."])
        .expect_error("b.toml:1:10: `extend = \"ws-lint.toml\"`: the files extend each other in a circle");
}

#[test]
fn a_configuration_that_cannot_be_reached_is_no_absence() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("sub/b.py", UNUSED), ("other/c.py", UNUSED)]);
    symlink("gone.toml", sandbox.path("sub/ws-lint.toml")).unwrap();
    symlink("ws-lint.toml", sandbox.path("other/ws-lint.toml")).unwrap();
    let ran = bounded::run(&sandbox.path(""), &["--fix-only", "."]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("error: sub/ws-lint.toml: cannot be read: symbolic link to `gone.toml`: No such file"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr
            .contains("error: other/ws-lint.toml: cannot be read: symbolic link to `ws-lint.toml`: Too many"),
        "{}",
        ran.stderr
    );
    let read = |path: &str| fs::read_to_string(sandbox.path(path)).unwrap();
    assert_eq!(
        (
            read("a.py").as_str(),
            read("sub/b.py").as_str(),
            read("other/c.py").as_str()
        ),
        ("x = 1\n", UNUSED, UNUSED)
    );
}

#[test]
fn a_configuration_without_the_right_to_read_it_is_no_absence() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("sub/b.py", UNUSED),
        ("sub/ws-lint.toml", "exclude = ['b.py']\n"),
    ]);
    let file = sandbox.path("sub/ws-lint.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    let ran = bounded::run(&sandbox.path(""), &["--fix-only", "."]);
    // Root reads it all the same, and then it holds.
    match fs::read(&file) {
        Ok(_) => assert_eq!(ran.code, Some(0)),
        Err(_) => ran.expect_error("sub/ws-lint.toml: cannot be read: Permission denied"),
    }
    assert_eq!(sandbox.read("sub/b.py"), UNUSED);
}

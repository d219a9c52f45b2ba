//! Files with more than one name.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use crate::sandbox::{Sandbox, UNUSED, UNUSED_FIXED};

const FIX: &str = "--fix --output-format concise";

#[test]
fn a_hard_link_is_refused_and_stays_one() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let cache = Sandbox::new();
    fs::hard_link(sandbox.path("a.py"), cache.path("a.py")).unwrap();
    let ran = sandbox.run(FIX);
    assert_eq!((ran.code, ran.paths()), (Some(2), vec!["a.py"]));
    assert_eq!(
        ran.stderr,
        "error: `a.py` has 2 names (hard links): replace it by a copy of its own first\n"
    );
    assert_eq!(
        (sandbox.read("a.py").as_str(), cache.read("a.py").as_str()),
        (UNUSED, UNUSED)
    );
}

#[test]
fn the_target_of_a_symbolic_link_is_written_and_the_link_stays() {
    let sandbox = Sandbox::with(&[(".hidden/a.py", UNUSED)]);
    symlink(".hidden/a.py", sandbox.path("link.py")).unwrap();
    assert_eq!(sandbox.run(FIX).code, Some(0));
    assert_eq!(sandbox.read(".hidden/a.py"), UNUSED_FIXED);
    assert!(sandbox.path("link.py").is_symlink());
}

#[test]
fn a_symbolic_link_out_of_the_folders_is_left_out_and_its_target_is_not_written() {
    let outside = Sandbox::with(&[("b.py", UNUSED)]);
    let target = fs::canonicalize(outside.path("b.py")).unwrap();
    let sandbox = Sandbox::with(&[("src/c.py", UNUSED)]);
    symlink(&target, sandbox.path("src/a.py")).unwrap();
    let message = format!(
        "warning: src/a.py: leads to `{}`, outside of the folders that were named: not looked at, name it if it should be\n",
        target.display()
    );
    let ran = sandbox.run(FIX);
    assert_eq!((ran.code, ran.paths(), &ran.stderr), (Some(0), vec![], &message));
    assert_eq!(outside.read("b.py"), UNUSED);
    assert_eq!(sandbox.read("src/c.py"), UNUSED_FIXED);
}

#[test]
fn a_symbolic_link_that_is_named_is_written_wherever_it_leads() {
    for paths in ["src/a.py", ". src/a.py"] {
        let outside = Sandbox::with(&[("b.py", UNUSED)]);
        let sandbox = Sandbox::with(&[("src/c.py", "")]);
        symlink(outside.path("b.py"), sandbox.path("src/a.py")).unwrap();
        assert_eq!(sandbox.run(&format!("{FIX} {paths}")).code, Some(0));
        assert_eq!(outside.read("b.py"), UNUSED_FIXED);
        assert!(sandbox.path("src/a.py").is_symlink());
    }
}

#[test]
fn what_lies_in_another_folder_that_was_named_is_not_outside() {
    let outside = Sandbox::with(&[(".hidden/b.py", UNUSED)]);
    let sandbox = Sandbox::with(&[("src/c.py", "")]);
    symlink(outside.path(".hidden/b.py"), sandbox.path("src/a.py")).unwrap();
    symlink(outside.path(""), sandbox.path("linked-folder")).unwrap();
    let ran = sandbox.run(&format!("{FIX} src linked-folder"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(outside.read(".hidden/b.py"), UNUSED_FIXED);
}

//! Which files are looked at, and what becomes of those that cannot be.

use std::fs;

use crate::sandbox::{BROKEN, Sandbox, UNUSED, command_in};

/// Every file of a sandbox that the run reports on: each one has a finding.
fn looked_at(sandbox: &Sandbox, arguments: &str) -> Vec<String> {
    let ran = sandbox.run(&format!("--output-format concise {arguments}"));
    ran.paths().into_iter().map(ToOwned::to_owned).collect()
}

#[test]
fn sources_are_known_by_extension_and_interpreter_line() {
    let script = format!("#!/usr/bin/env python3\n{UNUSED}");
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("a.pyi", UNUSED),
        ("a.PY", UNUSED),
        ("a.txt", UNUSED),
        ("script", &script),
        ("script.cgi", &script),
        ("shell", "#!/bin/sh\n# ws-lint: ignore[WS101]\n"),
        ("x.py/b.py", UNUSED),
    ]);
    assert_eq!(looked_at(&sandbox, ""), ["a.py", "a.pyi", "script", "x.py/b.py"]);
    // What is named is looked into even where its name says nothing.
    assert_eq!(
        looked_at(&sandbox, "script.cgi a.txt shell x.py"),
        ["script.cgi", "x.py/b.py"]
    );
}

#[test]
fn a_notebook_is_a_source() {
    let notebook = r##"{"cells": [{"cell_type": "code", "source": ["# ws-lint: ignore[WS101]"]}]}"##;
    let sandbox = Sandbox::with(&[("a.ipynb", notebook), ("b.py", UNUSED)]);
    assert_eq!(looked_at(&sandbox, ""), ["a.ipynb", "b.py"]);
}

#[test]
fn ignored_hidden_and_excluded_files_are_left_out_unless_they_are_named() {
    let sandbox = Sandbox::with(&[
        (".gitignore", "gen/\n*_pb2.py\n"),
        (".ignore", "vendored.py\n"),
        ("a.py", UNUSED),
        ("gen/b.py", UNUSED),
        ("c_pb2.py", UNUSED),
        ("vendored.py", UNUSED),
        (".hidden/d.py", UNUSED),
        (".e.py", UNUSED),
        ("node_modules/f.py", UNUSED),
        ("pkg/venv/g.py", UNUSED),
        ("pkg/__pycache__/h.py", UNUSED),
        (".git/hooks/i.py", UNUSED),
    ]);
    assert_eq!(looked_at(&sandbox, ""), ["a.py"]);
    assert_eq!(looked_at(&sandbox, "."), ["a.py"]);
    assert_eq!(
        looked_at(&sandbox, "gen/b.py c_pb2.py vendored.py .e.py node_modules/f.py"),
        [".e.py", "c_pb2.py", "gen/b.py", "node_modules/f.py", "vendored.py"]
    );
    // A folder that is named is walked whatever lies above it.
    assert_eq!(
        looked_at(&sandbox, "node_modules .hidden"),
        [".hidden/d.py", "node_modules/f.py"]
    );
    assert_eq!(
        looked_at(&sandbox, "--force-exclude node_modules/f.py pkg/venv/g.py a.py"),
        ["a.py"]
    );
}

#[test]
fn folders_that_say_themselves_that_they_hold_no_sources_are_left_out() {
    let sandbox = Sandbox::with(&[
        ("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n"),
        ("target/a.py", UNUSED),
        ("src/target/b.py", UNUSED),
        ("my-env/pyvenv.cfg", "home = /usr/bin\n"),
        ("my-env/lib/c.py", UNUSED),
    ]);
    assert_eq!(looked_at(&sandbox, ""), ["src/target/b.py"]);
}

#[test]
fn the_configuration_says_what_is_included_and_excluded() {
    let sandbox = Sandbox::with(&[
        ("src/a.py", UNUSED),
        ("src/gen/b.py", UNUSED),
        ("docs/c.py", UNUSED),
        ("venv/d.py", UNUSED),
    ]);
    let with = |toml: &str| {
        sandbox.write("ws-lint.toml", toml);
        looked_at(&sandbox, "").join(" ")
    };
    assert_eq!(with(""), "docs/c.py src/a.py src/gen/b.py");
    assert_eq!(with("include = ['src/**']"), "src/a.py src/gen/b.py");
    assert_eq!(with("exclude = ['docs']"), "src/a.py src/gen/b.py venv/d.py");
    assert_eq!(with("extend-exclude = ['src/gen', 'c.py']"), "src/a.py");
    sandbox.write("ws-lint.toml", "exclude = ['src/gen']\nforce-exclude = true\n");
    assert_eq!(looked_at(&sandbox, "src/gen/b.py src/a.py"), ["src/a.py"]);
    assert_eq!(looked_at(&sandbox, "--no-force-exclude src/gen/b.py"), ["src/gen/b.py"]);
}

#[test]
fn a_file_is_looked_at_once_whatever_it_is_called() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("sub/b.py", UNUSED)]);
    assert_eq!(looked_at(&sandbox, "a.py a.py ./a.py . sub"), ["a.py", "sub/b.py"]);
    let absolute = sandbox.path("a.py").display().to_string();
    assert_eq!(looked_at(&sandbox, &format!("{absolute} a.py")).len(), 1);
}

#[cfg(unix)]
mod symbolic_links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_to_a_file_is_the_file() {
        let sandbox = Sandbox::with(&[("real/z.py", UNUSED), ("other/a.py", UNUSED)]);
        symlink("real/z.py", sandbox.path("a.py")).unwrap();
        assert_eq!(looked_at(&sandbox, ""), ["other/a.py", "real/z.py"]);
        assert_eq!(looked_at(&sandbox, "a.py"), ["a.py"]);
        assert_eq!(looked_at(&sandbox, "other a.py"), ["a.py", "other/a.py"]);
    }

    #[test]
    fn a_hard_link_is_the_file() {
        let sandbox = Sandbox::with(&[("b.py", UNUSED)]);
        fs::hard_link(sandbox.path("b.py"), sandbox.path("a.py")).unwrap();
        assert_eq!(looked_at(&sandbox, ""), ["a.py"]);
    }

    #[test]
    fn a_link_to_a_folder_is_followed_only_where_it_is_named() {
        let sandbox = Sandbox::with(&[("real/a.py", UNUSED)]);
        symlink("real", sandbox.path("link")).unwrap();
        symlink("..", sandbox.path("real/loop")).unwrap();
        symlink("real", sandbox.path("x.py")).unwrap();
        assert_eq!(looked_at(&sandbox, ""), ["real/a.py"]);
        assert_eq!(looked_at(&sandbox, "link"), ["link/a.py"]);
    }

    #[test]
    fn a_link_to_nowhere_is_a_failure_named_or_found() {
        let sandbox = Sandbox::with(&[("sub/a.py", "")]);
        symlink("missing.py", sandbox.path("sub/gone.py")).unwrap();
        symlink("missing", sandbox.path("sub/gone.txt")).unwrap();
        symlink("missing", sandbox.path("sub/gone")).unwrap();
        let message = "error: sub/gone.py: symbolic link to `missing.py`: No such file or directory (os error 2)\n";
        for arguments in ["-q", "-q sub/gone.py", "-q sub sub/gone.py"] {
            sandbox.run(arguments).expect(2, "", message);
        }
    }

    #[test]
    fn links_in_a_circle_are_a_failure() {
        let sandbox = Sandbox::with(&[("sub/a.py", UNUSED)]);
        symlink("loop2.py", sandbox.path("sub/loop.py")).unwrap();
        symlink("loop.py", sandbox.path("sub/loop2.py")).unwrap();
        let ran = sandbox.run("--output-format concise");
        assert_eq!((ran.code, ran.paths()), (Some(2), vec!["sub/a.py"]));
        assert!(
            ran.stderr
                .starts_with("error: sub/loop.py: symbolic link to `loop2.py`: Too many levels"),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stderr.lines().count(), 2);
    }

    /// Root may read everything, so the file is one that nobody can read: it is on a file system of its own kind.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_cannot_be_read_is_a_failure() {
        let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
        // Reading the memory of a process at address 0 fails for everyone.
        symlink("/proc/self/mem", sandbox.path("mem.py")).unwrap();
        let ran = sandbox.run("--output-format concise . mem.py");
        assert_eq!((ran.code, ran.paths()), (Some(2), vec!["a.py"]));
        assert_eq!(ran.stderr, "error: mem.py: Input/output error (os error 5)\n");
    }

    #[test]
    fn a_file_without_permission_is_a_failure() {
        use std::os::unix::fs::PermissionsExt;
        let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.py", UNUSED)]);
        fs::set_permissions(sandbox.path("b.py"), PermissionsExt::from_mode(0o000)).unwrap();
        if fs::read(sandbox.path("b.py")).is_ok() {
            // Root reads it all the same; then so must ws-lint.
            assert_eq!(looked_at(&sandbox, ""), ["a.py", "b.py"]);
            return;
        }
        let ran = sandbox.run("--output-format concise");
        assert_eq!((ran.code, ran.paths()), (Some(2), vec!["a.py"]));
        assert_eq!(ran.stderr, "error: b.py: Permission denied (os error 13)\n");
    }

    #[test]
    fn what_is_neither_a_file_nor_a_folder_is_a_failure_where_it_is_named() {
        let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
        let made = std::process::Command::new("mkfifo")
            .arg(sandbox.path("pipe.py"))
            .status()
            .unwrap();
        assert!(made.success());
        assert_eq!(looked_at(&sandbox, ""), ["a.py"]);
        sandbox
            .run("pipe.py")
            .expect(2, "", "error: pipe.py: neither a file nor a folder\n");
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_a_name() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let sandbox = Sandbox::new();
        fs::write(sandbox.path("").join(OsStr::from_bytes(b"a\xff.py")), UNUSED).unwrap();
        assert_eq!(looked_at(&sandbox, ""), ["a\\xff.py"]);
    }

    #[test]
    fn a_working_folder_that_is_gone_is_a_failure() {
        let sandbox = Sandbox::with(&[("sub/a.py", UNUSED)]);
        let script = format!("rmdir ../gone && exec {} .", env!("CARGO_BIN_EXE_ws-lint"));
        fs::create_dir(sandbox.path("gone")).unwrap();
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(sandbox.path("gone"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "error: the working folder does not exist or may not be read\n"
        );
    }
}

#[test]
fn odd_contents_are_read_to_the_byte() {
    let sandbox = Sandbox::with(&[
        ("empty.py", ""),
        ("no_newline.py", "import websockets"),
        ("crlf.py", "import websockets\r\nx = 1  # ws-lint: ignore[WS101]\r\n"),
        ("bom.py", "\u{feff}import websockets\n"),
        ("cr.py", "import websockets\rx = 1  # ws-lint: ignore[WS101]\r"),
        (
            "form_feed.py",
            "\x0cimport websockets\n\x0c\nx = 1  # ws-lint: ignore[WS101]\n",
        ),
        ("empty.rs", ""),
    ]);
    let ran = sandbox.run("--output-format concise -q");
    let places: Vec<_> = ran
        .stdout
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(places, ["cr.py:2:8", "crlf.py:2:8", "form_feed.py:3:8"]);
    sandbox.run("--fix -q").expect(0, "", "");
    assert_eq!(sandbox.read("crlf.py"), "import websockets\r\nx = 1\r\n");
    assert_eq!(sandbox.read("cr.py"), "import websockets\rx = 1\r");
    assert_eq!(sandbox.read("form_feed.py"), "\x0cimport websockets\n\x0c\nx = 1\n");
    assert_eq!(sandbox.read("bom.py"), "\u{feff}import websockets\n");
}

#[test]
fn what_is_not_utf_8_is_a_finding_or_declared() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", b"from websockets import connect\nx = '\xe9'\n");
    sandbox.write("a.rs", b"use tokio_tungstenite::connect_async;\n// \xe9\n");
    sandbox.write(
        "declared.py",
        b"# coding: latin-1\nfrom websockets import connect\nx = '\xe9'\n",
    );
    sandbox.write("elsewhere.py", b"x = '\xe9'\n");
    sandbox.write("utf16.py", b"\xff\xfei\0m\0p\0");
    sandbox.run("--output-format concise").expect(
        1,
        "a.py:2:6: WS001 byte 0xe9 at offset 36 is not UTF-8 [error]\n\
         a.rs:2:4: WS001 byte 0xe9 at offset 41 is not UTF-8 [error]\n\
         utf16.py:1:1: WS001 the file is UTF-16, where UTF-8 is needed [error]\n\
         3 findings (3 errors) in 4 files\n",
        "warning: declared.py: declares `latin-1`, ws-lint reads UTF-8: not checked\n",
    );
    assert_eq!(sandbox.run("-q declared.py").code, Some(0));
    assert_eq!(sandbox.run("-q --ignore WS001").code, Some(0));
}

#[test]
fn nul_bytes_and_deep_nesting_are_findings() {
    let nested = format!(
        "from websockets import connect\nx = {}1{}\n",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    let nested_rust = format!(
        "use tokio_tungstenite;\nfn f() {{ {}1{}; }}\n",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    let sandbox = Sandbox::with(&[
        ("nested.py", &nested),
        ("nul.py", "from websockets import connect\n\0\n"),
        ("nested.rs", &nested_rust),
    ]);
    let ran = sandbox.run("--output-format concise -q");
    assert_eq!(ran.stderr, "");
    assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
    assert!(ran.paths().contains(&"nul.py"), "{}", ran.stdout);
    for (path, text) in [("nested.py", &nested), ("nested.rs", &nested_rust)] {
        assert_eq!(&sandbox.read(path), text);
    }
}

#[test]
fn a_file_of_50_mb_is_read() {
    let line = format!("value = '{}'\n", "some text ".repeat(100));
    let sandbox = Sandbox::new();
    let mut text = line.repeat((50 << 20) / line.len());
    sandbox.write("plain.py", &text);
    text.push_str(UNUSED);
    sandbox.write("large.py", &text);
    let ran = sandbox.run("--output-format concise -q");
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.paths(), ["large.py"]);
}

#[test]
fn thousands_of_files_can_be_named() {
    let sandbox = Sandbox::new();
    let names: Vec<_> = (0..3_000).map(|index| format!("src/module_{index:04}.py")).collect();
    for name in &names {
        sandbox.write(name, UNUSED);
    }
    sandbox.write("src/notes.txt", "not a source");
    let output = command_in(&sandbox.path(""))
        .args(["--output-format", "concise", "src/notes.txt"])
        .args(names.iter().rev())
        .output()
        .unwrap();
    let ran = crate::sandbox::Ran::new(&output);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    assert_eq!(ran.paths(), names);
}

#[test]
fn one_broken_file_does_not_stop_the_others() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.py", BROKEN), ("c.py", UNUSED)]);
    assert_eq!(looked_at(&sandbox, ""), ["a.py", "b.py", "c.py"]);
}

//! Names of files that are options, and names that cannot be imported.

use crate::bounded;
use crate::sandbox::Sandbox;

const UNUSED: &str = "x = 1  # ws-lint: ignore[WS101]\n";

fn tree() -> Sandbox {
    Sandbox::with(&[
        ("a.py", UNUSED),
        ("-x.py", UNUSED),
        ("--exit-zero", ""),
        ("--fix", ""),
        ("-", ""),
    ])
}

#[test]
fn behind_two_dashes_no_name_is_an_option() {
    let sandbox = tree();
    let arguments = [
        "--output-format",
        "concise",
        "--",
        "-",
        "--exit-zero",
        "--fix",
        "-x.py",
        "a.py",
    ];
    let ran = bounded::run(&sandbox.path(""), &arguments);
    assert_eq!(
        (ran.code, ran.paths(), ran.stderr.as_str()),
        (Some(1), vec!["-x.py", "a.py"], "")
    );
    assert_eq!(sandbox.read("a.py"), UNUSED);
}

#[test]
fn in_front_of_them_a_name_that_may_be_an_option_is_refused() {
    let sandbox = tree();
    for (name, arguments) in [
        ("--exit-zero", &["--exit-zero", "a.py"][..]),
        ("--fix", &["-q", "--fix", "-x.py", "a.py"]),
    ] {
        bounded::run(&sandbox.path(""), arguments)
            .expect_error(&format!("`{name}` is an option, and a file here has that name"));
    }
    assert_eq!(
        (sandbox.read("a.py").as_str(), sandbox.read("-x.py").as_str()),
        (UNUSED, UNUSED)
    );
    // One that is no option is a path.
    let ran = bounded::run(&sandbox.path(""), &["--output-format", "concise", "-x.py"]);
    assert_eq!((ran.code, ran.paths()), (Some(1), vec!["-x.py"]));
    // And the user may mean it.
    let ran = bounded::run(&sandbox.path(""), &["--fix", "-q", "--", "a.py"]);
    assert_eq!((ran.code, sandbox.read("a.py").as_str()), (Some(0), "x = 1\n"));
}

#[test]
fn a_file_of_two_dashes_ends_no_options() {
    let sandbox = tree();
    sandbox.write("--", "");
    bounded::run(&sandbox.path(""), &["--fix", "--", "a.py"])
        .expect_error("`--fix` is an option, and a file here has that name");
    let ran = bounded::run(&sandbox.path(""), &["--", "--fix", "--", "a.py"]);
    assert_eq!((ran.code, sandbox.read("a.py").as_str()), (Some(1), UNUSED));
}

#[test]
fn what_no_program_can_import_is_refused_with_its_place() {
    for path in [
        "class.x",
        "a.lambda",
        "a.None.b",
        "a.__debug__",
        "a.1x",
        "a.\u{b2}x",
        "a",
        "a..b",
    ] {
        let sandbox = Sandbox::with(&[("a.py", "print('✓')\n")]);
        sandbox.write("ws-lint.toml", format!("safe-print = '{path}'\n"));
        bounded::run(&sandbox.path(""), &["--fix", "."]).expect_error("ws-lint.toml:1:14: `safe-print` must be ");
        assert_eq!(sandbox.read("a.py"), "print('✓')\n");
    }
    for path in ["match.case", "type._", "a.Class", "é.ü"] {
        let sandbox = Sandbox::with(&[("a.py", "x = 1\n")]);
        sandbox.write("ws-lint.toml", format!("safe-print = '{path}'\n"));
        bounded::run(&sandbox.path(""), &["."]).expect(0, "All good: no findings in 1 file\n", "");
    }
}

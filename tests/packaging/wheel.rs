//! What pip installs: the source distribution, which holds all that a build needs, and the wheel that is built from it.

use std::fs;
use std::process::Command;

use crate::repository::Repository;
use crate::tools::{Tools, builds_cheaply, folder, said, succeed, virtual_environment};

#[test]
#[ignore = "needs Python and PyPI"]
fn pip_installs_the_program_and_the_module() {
    let tools = Tools::install();
    let project = Repository::of_this_project();
    let distributions = tempfile::tempdir().unwrap();
    let mut sdist = tools.command("maturin");
    sdist
        .current_dir(project.path())
        .arg("sdist")
        .arg("--out")
        .arg(distributions.path());
    succeed(&mut sdist);
    let mut built = fs::read_dir(distributions.path()).unwrap();
    let sdist = built
        .next()
        .expect("maturin made a source distribution")
        .unwrap()
        .path();

    let environment = folder().join("installed");
    virtual_environment(&environment);
    let mut pip = Command::new(environment.join("bin/pip"));
    builds_cheaply(&mut pip);
    pip.args(["install", "--quiet", "--disable-pip-version-check"])
        .arg(sdist);
    succeed(&mut pip);

    let version = format!("ws-lint {}\n", env!("CARGO_PKG_VERSION"));
    let bin = environment.join("bin");
    assert_eq!(
        said(&succeed(Command::new(bin.join("ws-lint")).arg("--version"))),
        version
    );
    let module = || {
        let mut python = Command::new(bin.join("python"));
        python.args(["-m", "ws_lint"]).env("PATH", "/nowhere");
        python
    };
    assert_eq!(said(&succeed(module().arg("--version"))), version);

    let sources = Repository::with(&[("a b.py", "x = 1  # ws-lint: ignore[WS101]\n"), ("clean.py", "")]);
    for (file, code) in [("a b.py", 1), ("clean.py", 0), ("absent.py", 2)] {
        let output = module().current_dir(sources.path()).arg(file).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{file}: {}", said(&output));
    }

    fs::remove_file(bin.join("ws-lint")).unwrap();
    let output = module().output().unwrap();
    assert!(!output.status.success());
    assert!(said(&output).contains("ws-lint is in none of: "), "{}", said(&output));
}

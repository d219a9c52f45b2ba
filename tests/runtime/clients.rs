//! Pythons with a version of websockets each, made with pip and kept under `target/runtime/`.
//!
//! A Python gets one virtual environment with what the fixed code may import, and one folder for each version of
//! websockets, which `PYTHONPATH` puts before it. What is complete is kept; what was interrupted is made anew. Two runs
//! at once wait for each other.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::pythons::Python;

/// What pip is asked for when the newest version is meant.
pub(crate) const NEWEST: &str = "newest";

/// Versions of websockets that are tried, with the oldest 3.x that takes each. The newest is tried beside these.
const VERSIONS: [(&str, u8); 6] = [
    ("10.4", 8),
    ("12.0", 8),
    ("13.1", 8),
    ("14.2", 9),
    ("15.0.1", 9),
    ("16.0", 10),
];

/// What code that is fixed may import besides websockets.
const DEADLINES: [&str; 2] = ["anyio", "async-timeout"];

/// The file in a folder of packages that says what pip was asked for.
const CONTENTS: &str = "requirements.txt";

/// How long the newest version counts as the newest.
const NEWEST_KEEPS: Duration = Duration::from_secs(7 * 24 * 3600);

/// A Python that imports one version of a client.
pub(crate) struct Client {
    /// The interpreter.
    python: PathBuf,
    /// The folder with the client.
    packages: PathBuf,
    /// `Python 3.8, websockets 10.4`.
    pub(crate) name: String,
}

impl Client {
    /// What a script of this folder, which reads and writes JSON, answers.
    ///
    /// # Errors
    /// It gives no such answer: what it says on stderr.
    pub(crate) fn ask<T: DeserializeOwned>(&self, script: &str, question: &Value) -> Result<T, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtime");
        let mut process = self
            .command()
            .arg(folder.join(script))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut stdin = process.stdin.take().expect("stdin is a pipe");
        let asked = stdin.write_all(question.to_string().as_bytes());
        drop(stdin);
        let output = process.wait_with_output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr);
        asked.map_err(|error| format!("{error}: {said}"))?;
        serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {said}"))
    }

    /// The interpreter with warnings on, not influenced by the caller's environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.python);
        command
            .args(["-X", "dev", "-u"])
            .env("PYTHONPATH", &self.packages)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("NO_PROXY", "127.0.0.1")
            .env_remove("PYTHONWARNINGS");
        command
    }
}

/// The versions of websockets to try with a Python, [`NEWEST`] last.
pub(crate) fn versions(python: &Python) -> Vec<&'static str> {
    VERSIONS
        .iter()
        .filter(|(_, oldest)| python.minor() >= *oldest)
        .map(|(version, _)| *version)
        .chain([NEWEST])
        .collect()
}

/// `python` with these requirements, which are kept as `folder`.
///
/// # Errors
/// What pip says.
pub(crate) fn install(python: &Python, folder: &str, requirements: &[&str]) -> Result<Client, String> {
    let home = home(python)?;
    let lock = File::create(home.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let interpreter = environment(python, &home)?;
    let packages = home.join(folder);
    let wanted = requirements.join("\n");
    let is_complete = fs::read_to_string(packages.join(CONTENTS)).is_ok_and(|contents| contents == wanted);
    let is_fresh = !folder.ends_with(NEWEST) || age(&packages).is_some_and(|age| age < NEWEST_KEEPS);
    if !(is_complete && is_fresh) {
        match make(&interpreter, &packages, requirements) {
            Err(error) if is_complete => eprintln!("kept {}: {error}", packages.display()),
            made => made.map_err(|error| format!("{}: {error}", python.version))?,
        }
    }
    Ok(Client {
        python: interpreter,
        packages,
        name: format!("Python {}, {folder}", python.version),
    })
}

/// `python` with one of [`versions`].
///
/// # Errors
/// What pip says.
pub(crate) fn websockets(python: &Python, version: &str) -> Result<Client, String> {
    let requirement = match version {
        NEWEST => "websockets".to_owned(),
        version => format!("websockets=={version}"),
    };
    install(python, &format!("websockets-{version}"), &[&requirement])
}

/// The folder for what belongs to this very interpreter.
fn home(python: &Python) -> Result<PathBuf, String> {
    let full = python.stdout("import platform; print(platform.python_version(), end='')");
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .with_file_name("runtime")
        .join(full);
    fs::create_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
    Ok(home)
}

/// The interpreter of the virtual environment in `home`, which is made if it is not there.
fn environment(python: &Python, home: &Path) -> Result<PathBuf, String> {
    let folder = home.join("venv");
    let interpreter = folder.join("bin/python");
    let complete = home.join("venv.complete");
    let wanted = DEADLINES.join("\n");
    if !fs::read_to_string(&complete).is_ok_and(|contents| contents == wanted) {
        run(python.command().args(["-m", "venv", "--clear"]).arg(&folder))?;
        run(pip(&interpreter).args(DEADLINES))?;
        fs::write(complete, wanted).map_err(|error| error.to_string())?;
    }
    Ok(interpreter)
}

/// Installs into a folder that gets its name when it is complete.
fn make(interpreter: &Path, packages: &Path, requirements: &[&str]) -> Result<(), String> {
    let partial = PathBuf::from(format!("{}.partial", packages.display()));
    remove(&partial)?;
    run(pip(interpreter).arg("--target").arg(&partial).args(requirements))?;
    fs::write(partial.join(CONTENTS), requirements.join("\n")).map_err(|error| error.to_string())?;
    remove(packages)?;
    fs::rename(&partial, packages).map_err(|error| error.to_string())
}

fn remove(folder: &Path) -> Result<(), String> {
    match folder.is_dir() {
        true => fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display())),
        false => Ok(()),
    }
}

fn pip(interpreter: &Path) -> Command {
    let mut command = Command::new(interpreter);
    command.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
    ]);
    command.args(["--retries", "2", "--timeout", "20"]);
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{command:?} failed (is PyPI to be reached?):\n{}",
        said.trim_end()
    ))
}

fn age(folder: &Path) -> Option<Duration> {
    let made = fs::metadata(folder).ok()?.modified().ok()?;
    SystemTime::now().duration_since(made).ok()
}

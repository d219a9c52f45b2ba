//! Installs the validators, and asks them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What npm installed, complete.
pub(crate) struct Validators {
    folder: PathBuf,
}

impl Validators {
    /// Installs what `package.json` names, unless it is there already. Two tests at once wait for each other.
    pub(crate) fn install() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("formats");
        fs::create_dir_all(&folder).expect("the folder for validators can be made");
        let lock = File::create(folder.join("lock")).expect("the lock can be made");
        lock.lock().expect("the lock can be taken");
        let wanted = fs::read_to_string(here().join("package.json")).expect("package.json is there");
        let complete = folder.join("complete.json");
        if fs::read_to_string(&complete).is_ok_and(|installed| installed == wanted) {
            return Self { folder };
        }
        fs::write(folder.join("package.json"), &wanted).expect("package.json can be copied");
        let output = Command::new("npm")
            .current_dir(&folder)
            .args([
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--no-package-lock",
                "--legacy-peer-deps",
            ])
            .output()
            .expect("npm is installed");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "npm fails (is its registry to be reached?):\n{said}"
        );
        fs::write(complete, wanted).expect("the folder is writable");
        Self { folder }
    }

    /// Where reports have to lie: their types are looked up from there.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// # Errors
    /// What the validator of this format says against the report.
    pub(crate) fn validate(&self, format: &str, report: &Path) -> Result<(), String> {
        let output = Command::new("node")
            .current_dir(&self.folder)
            .arg(here().join("validate.mjs"))
            .args([format.as_ref(), report.as_os_str()])
            .output()
            .expect("Node is installed");
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats")
}

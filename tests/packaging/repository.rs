//! Repositories of git, made for one test.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::tools::succeed;

/// A repository whose files are all committed.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    /// One with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let repository = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for (path, text) in files {
            repository.write(path, text.as_bytes());
        }
        repository.commit();
        repository
    }

    /// This repository as it stands, committed or not: what a user will get once it is released.
    pub(crate) fn of_this_project() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let listed = succeed(Command::new("git").current_dir(root).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]));
        let repository = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for path in String::from_utf8(listed.stdout).unwrap().split_terminator('\0') {
            // A file that was deleted and not yet committed is still listed; a link to a folder is none of ours.
            if let Ok(bytes) = fs::read(root.join(path)) {
                repository.write(path, &bytes);
            }
        }
        repository.commit();
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn commit(&self) {
        self.git(&["init", "--quiet"]);
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--message", "all"]);
    }

    /// Stages everything: pre-commit does not look at what is not.
    pub(crate) fn stage(&self) {
        self.git(&["add", "--all"]);
    }

    /// The commit that is checked out.
    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let somebody = [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.org",
            "-c",
            "core.autocrlf=false",
        ];
        let mut git = Command::new("git");
        git.current_dir(self.path())
            .args(somebody)
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        String::from_utf8(succeed(&mut git).stdout).unwrap()
    }
}

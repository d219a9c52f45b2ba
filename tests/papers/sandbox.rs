//! A small repository in which the commands of the papers are typed, and stand-ins for the programs that they call besides
//! ws-lint: those need the network, or a quarter of an hour. What they do for real is tested elsewhere.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::root;

/// Stand-ins by name. `cargo run --release -- PATHS` is ws-lint.
const PROGRAMS: [(&str, &str); 11] = [
    (
        "cargo",
        "if [ \"$1\" = run ]; then while [ \"$1\" != -- ]; do shift; done; shift; exec ws-lint \"$@\"; fi",
    ),
    ("curl", "printf '[]'"),
    ("docker", "true"),
    (
        "gh",
        "if [ \"$1\" = pr ]; then git diff origin/main; else printf '[]'; fi",
    ),
    ("glab", "true"),
    ("pip", "true"),
    ("pipx", "true"),
    ("pre-commit", "true"),
    ("pytest", "true"),
    ("python", "true"),
    ("reviewdog", "cat > /dev/null"),
];

const TESTS: &str = "\
import asyncio

import websockets


async def test_hangs(url):
    async with asyncio.timeout(5):
        ws = await websockets.connect(url)
    await ws.recv()


async def test_answers(url):
    async with asyncio.timeout(5):
        ws = await websockets.connect(url)
    await asyncio.wait_for(ws.recv(), 10)


async def test_connects(url):
    await websockets.connect(url)
";

const NOTEBOOK: &str = "\
{
 \"nbformat\": 4,
 \"cells\": [
  {\"cell_type\": \"markdown\", \"source\": \"Prices\"},
  {\"cell_type\": \"code\", \"source\": [\"import asyncio, websockets\\n\", \"ws = await websockets.connect(1, open_timeout=30)\"]}
 ]
}
";

const CLIENT: &str = "\
import websockets


async def main(url):
    ws = await websockets.connect(url, open_timeout=30)
    print('✓ connected')
    return ws
";

pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let sandbox = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for (name, script) in PROGRAMS {
            let path = sandbox.write(&format!("bin/{name}"), &format!("#!/bin/bash\n{script}\n"));
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_ws-lint"), sandbox.folder.path().join("bin/ws-lint")).unwrap();
        for path in ["examples/staging-tests", "examples/first-run"] {
            for entry in fs::read_dir(root().join(path)).unwrap() {
                let entry = entry.unwrap();
                let text = fs::read_to_string(entry.path()).unwrap();
                sandbox.write(&format!("r/{path}/{}", entry.file_name().to_str().unwrap()), &text);
            }
        }
        for (path, text) in [
            (
                "pyproject.toml",
                "[project]\nname = \"r\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"websockets>=14\"]\n",
            ),
            ("tests/test_echo.py", TESTS),
            ("src/chat.py", CLIENT),
            ("app.py", CLIENT),
            ("prices.ipynb", NOTEBOOK),
            ("notebooks/prices.ipynb", NOTEBOOK),
            ("client.py", CLIENT),
            ("policy/ws-lint.toml", "strict = true\n"),
            (".gitlab-ci.yml", "lint:\n  script: ws-lint\n"),
        ] {
            sandbox.write(&format!("r/{path}"), text);
        }
        sandbox.git("init --quiet --initial-branch main");
        sandbox.commit();
        sandbox.git("update-ref refs/remotes/origin/main HEAD");
        sandbox.write(
            "r/src/chat.py",
            &format!("{CLIENT}\n\nasync def again(url):\n    return await websockets.connect(url, timeout=3)\n"),
        );
        sandbox.commit();
        sandbox
    }

    /// Runs one line, with ws-lint and the stand-ins at hand. What waits for Ctrl-C gets it after a while.
    pub(crate) fn run(&self, line: &str) -> Output {
        let path = std::env::var("PATH").unwrap_or_default();
        // In the foreground: else `timeout` tells its whole group too, and the second Ctrl-C ends a run at once.
        let line = line.replace(
            "ws-lint --watch",
            "timeout --foreground --preserve-status --signal=INT 2 ws-lint --watch",
        );
        let mut command = Command::new("bash");
        command
            .args(["-o", "pipefail", "-c", &line])
            .current_dir(self.folder.path().join("r"))
            .env("PATH", format!("{}:{path}", self.folder.path().join("bin").display()))
            .env("REPO", "OWNER/REPO")
            .env("N", "7")
            .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", "origin/main")
            .env_remove("FORCE_COLOR");
        command.output().unwrap()
    }

    fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn commit(&self) {
        self.git("add --all");
        self.git("-c user.name=a -c user.email=a@example.org commit --quiet --message x");
    }

    fn git(&self, arguments: &str) {
        let mut command = Command::new("git");
        let repository: &Path = &self.folder.path().join("r");
        let output = command
            .args(arguments.split(' '))
            .current_dir(repository)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments}: {output:?}");
    }
}

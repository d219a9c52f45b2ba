//! After whatever was written, made and removed, what is kept answers what a fresh run answers, and only what it calls touched has to be
//! looked at again for that.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::*;
use crate::config::{Hierarchy, Sources};
use crate::discover::{Found, discover};
use crate::finding::Severity;
use crate::narrowing::Narrowing;
use crate::run::{FileRun, Kept, Outcome, Request, Task, look_at, sieve, threads};

/// Sequences of changes, and changes in each.
const SEQUENCES: u64 = 8;
const CHANGES: usize = 10;

/// The texts that each kind of file can have: a change is another one of them.
const HELPERS: [&str; 8] = [
    "import websockets\n\nasync def dial(url):\n    return await websockets.connect(url)\n",
    "import asyncio\nimport websockets\n\nasync def dial(url):\n    async with asyncio.timeout(5):\n        return await websockets.connect(url)\n",
    "from {other} import dial\n",
    "from {other} import *\n",
    "import websockets\nOK = \"✓\"\n\nasync def dial(url, **options):\n    return await websockets.connect(url, **options)\n",
    "import {other}\n\nasync def dial(url):\n    return await {other}.dial(url)\n",
    "x = 1\n",
    "async def dial(\n",
];
const TESTS: [&str; 7] = [
    "import asyncio\nfrom {other} import dial\n\nasync def test_it():\n    async with asyncio.timeout(5):\n        await dial(\"ws://x\")\n",
    "from {other} import dial\n\nasync def test_it():\n    ws = await dial(\"ws://x\")\n    print(await ws.recv())\n",
    "import {other}\n\nasync def test_it():\n    await {other}.dial(\"ws://x\", open_timeout=3)\n    print({other}.OK)\n",
    "from {other} import *\n\nasync def test_it():\n    await dial(\"ws://x\")\n",
    "async def test_it(ws):\n    assert await ws.recv()\n",
    "import websockets\n\nasync def test_it():\n    await websockets.connect(\"ws://x\", open_timeout=3)\n",
    "def test_it():\n    pass\n",
];
const CONFTESTS: [&str; 3] = [
    "import pytest_asyncio\nimport websockets\n\n@pytest_asyncio.fixture\nasync def ws():\n    async with websockets.connect(\"ws://x\") as ws:\n        yield ws\n",
    "import pytest_asyncio\nfrom {other} import dial\n\n@pytest_asyncio.fixture\nasync def ws():\n    return await dial(\"ws://x\")\n",
    "x = 1\n",
];
const MANIFESTS: [&str; 3] = [
    "[project]\nname = \"x\"\nrequires-python = \">=3.12\"\ndependencies = [\"websockets>=14\"]\n",
    "[project]\nname = \"x\"\nrequires-python = \">=3.9\"\ndependencies = [\"websockets<13\"]\n",
    "[tool.pytest.ini_options]\ntimeout = 7\n",
];
const ROOTS: [&str; 3] = [
    "mod net;\npub async fn open() { net::dial().await; }\n",
    "#[cfg(test)]\nmod net;\n",
    "pub fn nothing() {}\n",
];
const MODULES: [&str; 4] = [
    "pub async fn dial() { tokio_tungstenite::connect_async(\"ws://x\").await.unwrap(); }\n",
    "pub async fn dial() { let wait = tokio::time::timeout(std::time::Duration::from_secs(5), tokio_tungstenite::connect_async(\"ws://x\")); wait.await.unwrap().unwrap(); }\n",
    "pub async fn dial() {}\n",
    "pub async fn dial( {\n",
];
const CARGOS: [&str; 2] = [
    "[package]\nname = \"one\"\nversion = \"0.1.0\"\n[dependencies]\ntokio-tungstenite = \"0.29\"\ntokio = { version = \"1\", features = [\"full\"] }\n",
    "[package]\nname = \"one\"\nversion = \"0.1.0\"\n",
];

const FILES: [(&str, &[&str]); 13] = [
    ("pyproject.toml", &MANIFESTS),
    ("a.py", &HELPERS),
    ("b.py", &HELPERS),
    ("pack/__init__.py", &HELPERS),
    ("pack/c.py", &HELPERS),
    ("conftest.py", &CONFTESTS),
    ("tests/conftest.py", &CONFTESTS),
    ("tests/test_one.py", &TESTS),
    ("tests/test_two.py", &TESTS),
    ("test_three.py", &TESTS),
    ("rust/Cargo.toml", &CARGOS),
    ("rust/src/lib.rs", &ROOTS),
    ("rust/src/net.rs", &MODULES),
];

/// What modules call each other.
const NAMES: [&str; 4] = ["a", "b", "pack", "pack.c"];

/// The same numbers for the same seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// A tree that changes.
struct Tree {
    folder: PathBuf,
    numbers: Numbers,
}

impl Tree {
    fn write(&mut self, (name, texts): (&str, &[&str])) -> PathBuf {
        let path = self.folder.join(name);
        let text = texts[self.numbers.below(texts.len())];
        let other = NAMES[self.numbers.below(NAMES.len())];
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text.replace("{other}", other)).unwrap();
        path
    }

    /// Writes, makes or removes one or two files.
    fn change(&mut self) -> Happened {
        let mut happened = Happened::default();
        for _ in 0..=self.numbers.below(2) {
            let file = FILES[self.numbers.below(FILES.len())];
            let path = self.folder.join(file.0);
            let (was_there, goes) = (path.exists(), self.numbers.below(5) == 0);
            if was_there && goes {
                fs::remove_file(&path).unwrap();
                happened.came_or_went.push(path);
            } else if !goes {
                let path = self.write(file);
                match was_there {
                    true => happened.changed.push(path),
                    false => happened.came_or_went.push(path),
                }
            }
        }
        happened
    }
}

fn request<'a>(known: &'a Known, narrowing: &'a Narrowing) -> Request<'a> {
    Request {
        task: Task::Check,
        narrowing,
        allow: None,
        counts: Severity::Warning,
        known,
    }
}

type Answers = BTreeMap<PathBuf, Vec<String>>;

/// What is said of each file that is `wanted`.
fn answers(folder: &Path, known: &Known, wanted: impl Fn(&Path) -> bool) -> Answers {
    let hierarchy = Hierarchy::new(folder, Sources::default()).unwrap();
    let narrowing = Narrowing::default();
    let files = discover(&[folder.to_owned()], &hierarchy, false, None).files;
    let files = files.into_iter().filter(|file| wanted(&file.absolute));
    let said = files.map(|file| {
        let outcome = look_at(&file, fs::read(&file.path).unwrap(), request(known, &narrowing));
        assert_eq!(outcome.failures, [""; 0]);
        let findings = outcome.files.iter().flat_map(|file| &file.checked.findings);
        (file.absolute, findings.map(|finding| format!("{finding:?}")).collect())
    });
    said.collect()
}

#[test]
fn what_is_kept_answers_what_a_fresh_run_answers() {
    let mut looked_again = 0;
    let mut all_looks = 0;
    threads(1).unwrap().install(|| {
        for seed in 0..SEQUENCES {
            let folder = tempfile::tempdir().unwrap();
            let folder = fs::canonicalize(folder.path()).unwrap();
            fs::create_dir_all(folder.join(".git")).unwrap();
            let mut tree = Tree {
                folder: folder.clone(),
                numbers: Numbers(seed),
            };
            for file in FILES {
                tree.write(file);
            }
            let mut known = Known::new(&folder);
            let mut kept = answers(&folder, &known, |_| true);
            for step in 0..CHANGES {
                let happened = tree.change();
                let touched = known.forget(&happened);
                let again = answers(&folder, &known, |path| touched.has(path));
                looked_again += again.len();
                kept.retain(|path, _| path.exists());
                kept.extend(again);
                let fresh = answers(&folder, &Known::new(&folder), |_| true);
                all_looks += fresh.len();
                assert_eq!(kept, fresh, "seed {seed}, step {step}: {happened:?}");
            }
        }
    });
    assert!(
        looked_again * 4 < all_looks * 3,
        "{looked_again} of {all_looks}: nearly all was looked at again"
    );
}

/// What a run says of all files, and those that the sieve lets through and holds back.
fn meet(folder: &Path, known: &Known) -> (Vec<Found>, Vec<Found>) {
    let hierarchy = Hierarchy::new(folder, Sources::default()).unwrap();
    let (narrowing, away) = (Narrowing::default(), Mutex::new(Vec::new()));
    let is_worth_a_look = sieve(&narrowing, known);
    let noted = |file: &mut Found, bytes: &[u8]| {
        let is_one = is_worth_a_look(file, bytes);
        if !is_one {
            away.lock().unwrap().push(file.clone());
        }
        is_one
    };
    let files = discover(&[folder.to_owned()], &hierarchy, false, Some(&noted)).files;
    (files, away.into_inner().unwrap())
}

fn told(outcome: Outcome) -> Vec<String> {
    assert_eq!(outcome.failures, [""; 0]);
    let of_file = |file: &FileRun| format!("{}: {:?}", file.source.path().display(), file.checked.findings);
    outcome.files.iter().map(of_file).collect()
}

#[test]
fn what_is_kept_of_a_run_is_told_as_a_fresh_run_tells_it() {
    let narrowing = Narrowing::default();
    let mut again = 0;
    for seed in 100..100 + SEQUENCES {
        let folder = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(folder.path()).unwrap();
        let mut tree = Tree {
            folder: folder.clone(),
            numbers: Numbers(seed),
        };
        for file in FILES {
            tree.write(file);
        }
        let mut known = Known::new(&folder);
        let (files, away) = meet(&folder, &known);
        let mut kept = Kept::look_at_all(files, away, request(&known, &narrowing)).unwrap();
        for step in 0..CHANGES {
            let file = FILES[tree.numbers.below(FILES.len())];
            let happened = Happened {
                changed: vec![tree.write(file)],
                ..Happened::default()
            };
            let touched = known.forget(&happened);
            if kept.look_again(&touched, request(&known, &narrowing)).unwrap() {
                again += 1;
            } else {
                let (files, away) = meet(&folder, &known);
                kept = Kept::look_at_all(files, away, request(&known, &narrowing)).unwrap();
            }
            let fresh = Known::new(&folder);
            let (files, away) = meet(&folder, &fresh);
            let whole = Kept::look_at_all(files, away, request(&fresh, &narrowing))
                .unwrap()
                .outcome(request(&fresh, &narrowing));
            let mine = told(kept.outcome(request(&known, &narrowing)));
            assert_eq!(mine, told(whole), "seed {seed}, step {step}: {happened:?}");
        }
    }
    assert!(again > 10, "only {again} looks were at a part");
}

#[test]
fn a_change_touches_those_that_it_can_matter_to() {
    let folder = tempfile::tempdir().unwrap();
    let folder = fs::canonicalize(folder.path()).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("pyproject.toml", MANIFESTS[0]);
    write("a.py", HELPERS[0]);
    write(
        "test_uses.py",
        "import asyncio\nfrom a import dial\n\nasync def test_it():\n    await dial(\"ws://x\")\n",
    );
    write("test_other.py", TESTS[5]);
    threads(1).unwrap().install(|| {
        let mut known = Known::new(&folder);
        answers(&folder, &known, |_| true);
        let touched = |known: &mut Known, name: &str| {
            let happened = Happened {
                changed: vec![folder.join(name)],
                ..Happened::default()
            };
            let touched = known.forget(&happened);
            let names = ["a.py", "test_uses.py", "test_other.py"];
            names
                .into_iter()
                .filter(|name| touched.has(&folder.join(name)))
                .collect::<Vec<_>>()
        };
        assert_eq!(touched(&mut known, "test_other.py"), ["test_other.py"]);
        assert_eq!(touched(&mut known, "a.py"), ["a.py", "test_uses.py"]);
        assert_eq!(touched(&mut known, "test_uses.py"), ["a.py", "test_uses.py"]);
        assert_eq!(touched(&mut known, "pyproject.toml").len(), 3);
    });
}

//! The prescan is sound: a file that it drops holds no finding.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check};
use ws_lint::facts::ProjectFacts;
use ws_lint::prescan::{Prescan, Unread};
use ws_lint::project::Kind;
use ws_lint::rules;
use ws_lint::settings::{HangRules, Settings};
use ws_lint::source::{Language, SourceFile};
use ws_lint::stack::STACK_BYTES;

/// Each rule alone, and all together, with the prescan for it.
static SELECTIONS: LazyLock<Vec<(Settings, Prescan)>> = LazyLock::new(|| {
    let all: BTreeSet<_> = rules::ALL.iter().map(|rule| rule.code).collect();
    let each = rules::ALL.iter().map(|rule| BTreeSet::from([rule.code]));
    let with = |enabled| Settings {
        enabled,
        ..Settings::default()
    };
    let mut for_ascii = with(all.clone());
    for_ascii.console.encodings = vec!["ascii".to_owned()];
    let everywhere = Settings {
        hang_rules: HangRules::All,
        ..with(all.clone())
    };
    let settings = each.chain([all]).map(with).chain([for_ascii, everywhere]);
    let with_prescan = |settings| (Prescan::new(&settings, &[]), settings);
    settings
        .map(with_prescan)
        .map(|(prescan, settings)| (settings, prescan))
        .collect()
});

/// Checks `text` under every selection and compares with what the prescan says. Returns whether it was dropped under
/// any.
fn assert_sound(name: &str, language: Language, text: &str) -> bool {
    let mut dropped = false;
    for test_file in [false, true] {
        for settings in dropping(language, text, test_file) {
            dropped = true;
            assert_nothing(name, language, text, settings, test_file);
        }
    }
    dropped
}

/// The same of a whole tree's file: what several selections of one rule would drop is checked once, with all these
/// rules, for each costs a walk over the file.
fn assert_sound_at_once(name: &str, language: Language, text: &str) {
    for test_file in [false, true] {
        let (single, several): (Vec<_>, Vec<_>) =
            dropping(language, text, test_file).partition(|settings| settings.enabled.len() == 1);
        let together = Settings {
            enabled: single.iter().flat_map(|settings| settings.enabled.clone()).collect(),
            ..Settings::default()
        };
        for settings in several.into_iter().chain([&together]) {
            assert_nothing(name, language, text, settings, test_file);
        }
    }
}

/// The selections under which the prescan drops `text`.
fn dropping(language: Language, text: &str, test_file: bool) -> impl Iterator<Item = &'static Settings> {
    let unread = move |(_, prescan): &&(Settings, Prescan)| {
        let unread = Unread {
            language,
            bytes: text.as_bytes(),
            is_test: &|| test_file,
        };
        prescan.announced(unread).is_none()
    };
    SELECTIONS.iter().filter(unread).map(|(settings, _)| settings)
}

fn assert_nothing(name: &str, language: Language, text: &str, settings: &Settings, test_file: bool) {
    let findings = findings(name, language, text, settings, test_file);
    let enabled = &settings.enabled;
    assert_eq!(
        findings, [""; 0],
        "{name} was dropped under {enabled:?} {test_file}:\n{text}"
    );
}

/// What a check finds, without the syntax errors: those are only looked for where there is a trigger word.
fn findings(name: &str, language: Language, text: &str, settings: &Settings, test_file: bool) -> Vec<String> {
    let source = SourceFile::new(name, language, text.to_owned());
    let project = ProjectFacts::default();
    let surroundings = Surroundings {
        test_file,
        ..Surroundings::alone(Catalog::builtin(), settings, &project)
    };
    let checked = check(&source, surroundings);
    let others = checked.findings.iter().filter(|finding| finding.rule.code != "WS001");
    others
        .map(|finding| format!("{}: {}", finding.rule.code, finding.message))
        .collect()
}

fn on_a_large_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(test).unwrap();
    thread.join().unwrap();
}

#[test]
fn no_fixture_is_dropped_that_holds_a_finding() {
    on_a_large_stack(|| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let mut seen = 0;
        for entry in ignore::Walk::new(fixtures).flatten() {
            let language = match entry.path().extension().and_then(|extension| extension.to_str()) {
                Some("py" | "pyi") => Language::Python,
                Some("rs") => Language::Rust,
                _ if Kind::of(entry.path()).is_some() => Language::Manifest,
                _ => continue,
            };
            if let Ok(text) = fs::read_to_string(entry.path()) {
                assert_sound_at_once(&entry.path().display().to_string(), language, &text);
                seen += 1;
            }
        }
        assert!(seen > 20, "only {seen} files");
    });
}

const PYTHON: &[&str] = &[
    "import websockets",
    "import ｗebsockets",
    "from websockets.asyncio.client import connect",
    "import websockets as w",
    "async def f(): ws = await websockets.connect(u, open_timeout=5)",
    "async def g(): return await connect(u)",
    "async def h():\n    async with w.connect(u) as ws:\n        pass",
    "print('✓')",
    "print('\\u2713')",
    "print('\\N{CHECK MARK}')",
    "print('\\x80\\201')",
    "print(chr(10003))",
    "print('%c' % 10003)",
    "print('{:c}'.format(10003))",
    "print('plain')",
    "print('é')",
    "print(f'{x} ✓')",
    "print(f'{x!r:>{y}} {{}} ✓')",
    "x = f'{y['a']}'",
    "x = f'{y:'>9}'; print('✓')",
    "# it's ✓",
    "print(\"\"\"\n# it's ✓ \"\"\")",
    "def test_a(): pass",
    "class TestB: pass",
    "import time, subprocess",
    "async def f(): time.sleep(1); subprocess.run([])",
    "import time\nasync def test_c(): time.sleep(1)",
    "ｐrint('x')",
    "import sys; sys.stdout.write('→')",
    "import click; click.echo('→')",
    "mark = '✓'",
    "print(mark)",
    "def safe_print(m):\n    try:\n        print(m)\n    except UnicodeEncodeError:\n        print(m)",
    "def out(m):\n    try:\n        print(m)\n    except Exception:\n        print(repr(m))",
    "async def i(): return asyncio.create_task(websockets.connect(u))",
    "async def j(): await connect(u).send('x')",
    "import asyncio",
    "async def k():\n    try:\n        await w.connect(u)\n    except w.InvalidStatus as e:\n        print(e.status_code)",
    "async def l():\n    try:\n        await connect(u)\n    except Exception as e:\n        return '403' in str(e)",
    "def m():\n    with pytest.raises(w.InvalidStatus) as c:\n        pass\n    return c.value.status_code",
    "import pytest",
    "from aiohttp import WSServerHandshakeError",
    "def n():\n    try:\n        pass\n    except WSServerHandshakeError as e:\n        return e.status_code",
    "import asyncio",
    "from asyncio import *",
    "from asyncio import timeout as t",
    "import anyio, async_timeout",
    "from asyncio import (\n    wait_for,\n    timeout as t,\n)",
    "from asyncio.timeouts import timeout",
    "async def z():\n    with (asyncio.  # why\n        timeout(5)):\n        await x",
    "async def aa():\n    await asyncio.wait(x, timeout=timedelta(5))",
    "async def bb():\n    await wait(x, **{'timeout': '5'})",
    "say = print",
    "say('✓')",
    "import builtins\nbuiltins.print('✓')",
    "async def k():\n    with asyncio.timeout(5):\n        await asyncio.sleep(1)",
    "async def l():\n    with t(5):\n        pass",
    "async def m():\n    asyncio.wait_for(x, '3')",
    "async def n():\n    async with anyio.fail_after(5):\n        await x",
    "async def o():\n    with async_timeout.timeout(timeout_ms):\n        await x",
    "async def p():\n    async with asyncio.timeout(5):\n        await asyncio.wait_for(x, 9)",
    "async def q():\n    async with asyncio.timeout(5):\n        try:\n            await x()\n        except:\n            pass",
    "async def r():\n    async with asyncio.timeout_at(5) as d:\n        d.reschedule(7)",
    "async def s():\n    await asyncio.wait_for(websockets.connect(u), 15)",
    "async def t():\n    await websockets.connect(u, open_timeout='5')",
    "x = 1  # ws-lint: ignore[WS101]",
    "x = 1  # noqa: WS101",
    "x = 1  # NoQa: E501, WS102",
    "x = 1  # noqa",
    "# ws-lint: file-ignore",
];

const RUST: &[&str] = &[
    "use tokio_tungstenite::connect_async;",
    "async fn f() { let x = connect_async(u).await.unwrap(); }",
    "fn g() { println!(\"x\"); }",
    "fn h() { print!(\"x\"); eprintln!(\"x\"); dbg!(1); }",
    "fn i() { 1; } // ws-lint: ignore[WS102]",
    "fn j() { 1; } // noqa: WS302",
    "async fn l() { let x = timeout(Duration::MAX, connect_async(u)).await; }",
    "async fn m() { let x = timeout(Duration::from_secs(limit_ms), y()).await; }",
    "fn k() {}",
    "// println!()",
    "/* // */ fn n() { println!() }",
    "const S: &str = \"\n// \"; fn o() { println!() }",
    "#[tokio::test] async fn t() { std::thread::sleep(D); }",
    "async fn u() { std::thread::sleep(D); }",
];

const MANIFEST: &[&str] = &[
    "websockets",
    "Web_Sockets==12.0",
    "WEBSOCKETS>=12",
    "websockets==12.0",
    "websockets>=14  # ws-lint: ignore[WS403]",
    "aiohttp",
    "python.socketio==1",
    "python-socketio>=2",
    "requests  # noqa: WS402",
    "requests  # NoQA: ws402",
    "x==1  # ws-lint: ignore",
    "# ws-lint: file-ignore",
    "-r other.txt",
];

proptest! {
    #[test]
    fn no_mix_is_dropped_that_holds_a_finding(
        python in prop::collection::vec(prop::sample::select(PYTHON), 0..6),
        rust in prop::collection::vec(prop::sample::select(RUST), 0..5),
        manifest in prop::collection::vec(prop::sample::select(MANIFEST), 0..5),
    ) {
        on_a_large_stack(move || {
            assert_sound("mix.py", Language::Python, &python.join("\n"));
            assert_sound("mix.rs", Language::Rust, &rust.join("\n"));
            assert_sound("requirements.txt", Language::Manifest, &manifest.join("\n"));
        });
    }
}

#[test]
fn something_is_dropped_at_all() {
    assert!(assert_sound("plain.py", Language::Python, "def f():\n    return 1\n"));
    assert!(assert_sound("plain.rs", Language::Rust, "fn f() {}\n"));
}

//! Several connects in one module: fix after fix until nothing is left to do.

use super::snippet::{apply, check_promises};
use crate::catalog::Catalog;
use crate::check::{Surroundings, check};
use crate::facts::{ProjectFacts, PythonVersion};
use crate::settings::Settings;
use crate::source::{Language, SourceFile};

/// The text after all fixes, one at a time.
fn settled(text: &str, settings: &Settings) -> String {
    let mut text = text.to_owned();
    for _ in 0..100 {
        let source = SourceFile::new("settled.py", Language::Python, text.clone());
        let project = ProjectFacts::default();
        let surroundings = Surroundings {
            test_file: true,
            ..Surroundings::alone(Catalog::builtin(), settings, &project)
        };
        let Some(fix) = check(&source, surroundings)
            .findings
            .into_iter()
            .find_map(|finding| finding.fix)
        else {
            return text;
        };
        let after = apply(&text, &fix.edits);
        check_promises(&text, &after, fix.applicability);
        text = after;
    }
    panic!("does not settle:\n{text}");
}

const MODULE: &str = "import websockets


async def both(a, b):
    async with websockets.connect(a, open_timeout=5) as first, websockets.connect(b, open_timeout=5) as second:
        await first.recv()


async def nested(a, b):
    async with websockets.connect(a) as first:
        async with websockets.connect(b, open_timeout=20) as second:
            await second.recv()
            # the end


async def many(urls):
    one, two = await asyncio.gather(websockets.connect('a'), websockets.connect('b'))
    return [await websockets.connect(url, open_timeout=1) for url in urls], one, two


async def plain(url):
    ws = await websockets.connect(url, open_timeout=7)
    try:
        return await websockets.connect(url)
    finally:
        await ws.close()
";

#[test]
fn a_module_of_many_connects_settles() {
    let text = MODULE.replace("import websockets\n", "import asyncio\nimport websockets\n");
    let expected = "import asyncio
import websockets


async def both(a, b):
    async with asyncio.timeout(5) as deadline, websockets.connect(a) as first, websockets.connect(b) as second:
        deadline.reschedule(None)
        await first.recv()


async def nested(a, b):
    async with asyncio.timeout(10) as deadline:
        async with websockets.connect(a) as first:
            deadline.reschedule(None)
            async with asyncio.timeout(20) as deadline_1:
                async with websockets.connect(b, open_timeout=None) as second:
                    deadline_1.reschedule(None)
                    await second.recv()
                    # the end


async def many(urls):
    one, two = await asyncio.gather(
        asyncio.wait_for(websockets.connect('a'), 10),
        asyncio.wait_for(websockets.connect('b'), 10),
    )
    return [await asyncio.wait_for(websockets.connect(url), 1) for url in urls], one, two


async def plain(url):
    async with asyncio.timeout(7):
        ws = await websockets.connect(url)
    try:
        async with asyncio.timeout(10):
            return await websockets.connect(url)
    finally:
        await ws.close()
";
    let settled = settled(&text, &Settings::default());
    assert!(settled == expected, "{settled}");
}

#[test]
fn an_old_python_settles_too() {
    let settings = Settings {
        target_version: Some(PythonVersion::new(3, 8)),
        ..Settings::default()
    };
    let settled = settled(&MODULE.replace("asyncio.gather", "gather"), &settings);
    let nested = "
async def nested(a, b):
    async with contextlib.AsyncExitStack() as stack:
        first = await asyncio.wait_for(
            stack.enter_async_context(websockets.connect(a)),
            10,
        )
        async with contextlib.AsyncExitStack() as stack_1:
            second = await asyncio.wait_for(
                stack_1.enter_async_context(websockets.connect(b, open_timeout=None)),
                20,
            )
            await second.recv()
            # the end
";
    assert!(
        settled.starts_with("import asyncio\nimport contextlib\n\nimport websockets\n"),
        "{settled}"
    );
    assert!(settled.contains(nested), "{settled}");
}

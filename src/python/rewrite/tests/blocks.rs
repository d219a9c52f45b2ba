//! How long the block of a connect waits at most, which decides whether a deadline may cover it.

use crate::budget;
use crate::catalog::Catalog;
use crate::facts::ProjectFacts;
use crate::prescan::Announced;
use crate::python::Module;
use crate::source::{Language, SourceFile};

/// What stands around the block.
const HEAD: &str = "\
import asyncio, subprocess, time
import anyio
import requests
import websockets
import websockets.sync.client

DELAY = 2

class Limits:
    REPLY = 5

async def pause(seconds=2):
    await asyncio.sleep(seconds)

async def hear(ws):
    return await asyncio.wait_for(ws.recv(), 3)

def doze():
    time.sleep(1)

async def f(messages, url, delay, other, task, lock):
    async with websockets.connect(url) as ws:
";

fn wait(body: &str) -> Option<f64> {
    let lines: String = body.lines().map(|line| format!("        {line}\n")).collect();
    let source = SourceFile::new("a.py", Language::Python, format!("{HEAD}{lines}"));
    let project = ProjectFacts::default();
    let module = Module::parse(&source, Catalog::builtin(), &project, Announced::EVERYTHING, None).unwrap();
    let ends = budget::blocks(module.sites(), Catalog::builtin(), &project);
    ends.get(&0).map(|seconds| (seconds * 1000.0).round() / 1000.0)
}

#[test]
fn waits_of_known_length_add_up() {
    for (body, expected) in [
        ("pass", 0.0),
        ("await ws.send('x')\nawait ws.close()", 0.0),
        ("pong = await ws.ping()", 0.0),
        ("await asyncio.sleep(2)\ntime.sleep(0.5)", 2.5),
        ("r = await asyncio.wait_for(ws.recv(), 5)\nprint(r)", 5.0),
        ("r = await asyncio.wait_for(ws.recv(), timeout=1.5)", 1.5),
        (
            "if x:\n    await asyncio.sleep(1)\nelse:\n    await asyncio.sleep(4)",
            4.0,
        ),
        (
            "try:\n    await asyncio.sleep(1)\nexcept E:\n    await asyncio.sleep(2)",
            3.0,
        ),
        ("for _ in range(3):\n    await asyncio.sleep(2)", 6.0),
        ("for m in ('a', 'b'):\n    await asyncio.wait_for(ws.recv(), 2)", 4.0),
        ("async with asyncio.timeout(3):\n    await ws.recv()", 3.0),
        ("async with asyncio.timeout(3) as t:\n    await ws.recv()", 3.0),
        ("async with asyncio.timeout(9):\n    await asyncio.sleep(1)", 1.0),
        ("async def later():\n    await ws.recv()\nlambda: input()", 0.0),
        ("x = [len(m) for m in messages]", 0.0),
        ("for m in messages:\n    print(m)", 0.0),
        (
            "match m:\n    case 1:\n        await asyncio.sleep(2)\n    case _:\n        pass",
            2.0,
        ),
        ("await asyncio.sleep(2 * 3)", 6.0),
        // What the file says of its own constants, functions and groups.
        ("await asyncio.sleep(DELAY)", 2.0),
        ("await asyncio.sleep(Limits.REPLY)", 5.0),
        ("pauses = 1.5\nawait asyncio.sleep(pauses)", 1.5),
        ("await pause()", 2.0),
        ("await pause(4)", 4.0),
        ("await pause(seconds=DELAY)", 2.0),
        ("await hear(ws)", 3.0),
        ("await hear(other)", 3.0),
        ("doze()", 1.0),
        ("await asyncio.gather(pause(), pause(3), hear(ws))", 3.0),
        (
            "async with asyncio.TaskGroup() as group:\n    group.create_task(pause(2))\n    group.create_task(pause(5))",
            5.0,
        ),
        ("await asyncio.wait_for(asyncio.gather(ws.recv(), pause()), 4)", 4.0),
        ("for _ in range(2):\n    await ws.send('x')\n    await pause(1)", 2.0),
    ] {
        assert_eq!(wait(body), Some(expected), "{body}");
    }
}

#[test]
fn what_nobody_knows_is_no_length() {
    for body in [
        "await ws.recv()",
        "await other.send('x')",
        "await other()",
        "await asyncio.sleep(delay)",
        "await asyncio.wait_for(ws.recv(), None)",
        "await asyncio.wait_for(ws.recv(await g()), 1)",
        "async for m in ws:\n    pass",
        "async with lock:\n    pass",
        "async with asyncio.timeout(3) as t:\n    t.reschedule(None)\n    await ws.recv()",
        "async with other() as o, asyncio.timeout(3):\n    pass",
        "for m in messages:\n    await ws.send(m)",
        "while True:\n    await ws.send('x')",
        "while True:\n    time.sleep(1)",
        "[await ws.send(m) for m in messages]",
        "[m async for m in ws]",
        "requests.get('http://x')",
        "subprocess.run(['x'])",
        "input()",
        "await task",
        "ws = other\nawait ws.send('x')",
        "assert await ws.recv() == 'x'",
        "print(f'{await ws.recv()}')",
        "with open(await name()) as f:\n    pass",
        "await pause(delay)",
        "await asyncio.gather(pause(), ws.recv())",
        "await asyncio.gather(*messages)",
        "pauses = 1\nif x:\n    pauses = delay\nawait asyncio.sleep(pauses)",
    ] {
        assert_eq!(wait(body), None, "{body}");
    }
}

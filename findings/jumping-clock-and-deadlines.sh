#!/usr/bin/env bash
# tokio 1.54.1 with tokio-tungstenite 0.30.0 (`cargo` has to be installed); pytest 9.2.0, pytest-trio 0.8.0, trio 0.35.0, trio-websocket 0.12.2,
# pytest-asyncio 1.5.0, looptime 0.9, websockets 17.4, CPython 3.12; a server that answers after 0.3 s. With `start_paused`, `autojump_clock` or
# looptime's marker the clock of a test jumps to the next deadline as soon as all tasks wait, be it for a socket. The test that sets
# no deadline waits for the answer and passes. With one of 60 s around it, or with the client's own, it has timed out at
# once. One expects a deadline of 60 s to leave a server 0.3 s.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
command -v cargo >/dev/null || { echo "needs cargo" >&2; exit 1; }
packages 3.12 pytest==9.2.0 pytest-trio==0.8.0 trio==0.35.0 trio-websocket==0.12.2 pytest-asyncio==1.5.0 looptime==0.9 websockets==17.4
mkdir -p client/src
cat >client/Cargo.toml <<'TOML'
[package]
name = "client"
version = "0.0.0"
edition = "2021"

[dependencies]
futures-util = { version = "=0.3.34", default-features = false }
tokio = { version = "=1.54.1", features = ["macros", "rt", "test-util", "time"] }
tokio-tungstenite = { version = "=0.30.0", default-features = false, features = ["connect"] }

[profile.dev]
debug = false
TOML
cat >client/src/main.rs <<'RUST'
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    let (mut ws, _) = connect_async(url.as_str()).await.unwrap();
    println!("tokio, no deadline: {}", ws.next().await.unwrap().unwrap());

    let (mut ws, _) = connect_async(url.as_str()).await.unwrap();
    let before = Instant::now();
    let answer = timeout(Duration::from_secs(60), ws.next()).await;
    println!("tokio, 60 s around the read: {} after {:.0} s", if answer.is_err() { "Elapsed" } else { "answered" }, before.elapsed().as_secs_f32());

    let before = Instant::now();
    let opened = timeout(Duration::from_secs(60), connect_async(url.as_str())).await;
    println!("tokio, 60 s around the connect: {} after {:.0} s", if opened.is_err() { "Elapsed" } else { "opened" }, before.elapsed().as_secs_f32());
}
RUST
cat >test_clocks.py <<'PYTHON'
import asyncio, os, time
import pytest, trio, trio_websocket
from websockets.asyncio.client import connect

url = os.environ["URL"]

async def open_in_trio(nursery):
    host, port = url.strip("ws:/").split(":")
    stream = await trio.open_tcp_stream(host, int(port))
    return await trio_websocket.wrap_client_stream(nursery, stream, host, "/")

@pytest.mark.trio
async def test_trio_no_deadline(autojump_clock, nursery):
    ws = await open_in_trio(nursery)
    assert await ws.get_message() == "answer"
    nursery.cancel_scope.cancel()

@pytest.mark.trio
async def test_trio_60_s_around_the_read(autojump_clock, nursery):
    ws = await open_in_trio(nursery)
    with trio.fail_after(60):
        await ws.get_message()

@pytest.mark.asyncio
@pytest.mark.looptime
async def test_looptime_no_deadline():
    ws = await connect(url, open_timeout=None, ping_interval=None)
    assert await ws.recv() == "answer"
    ws.transport.abort()

@pytest.mark.asyncio
@pytest.mark.looptime
async def test_looptime_60_s_around_the_read():
    ws = await connect(url, open_timeout=None, ping_interval=None)
    async with asyncio.timeout(60):
        await ws.recv()

@pytest.mark.asyncio
@pytest.mark.looptime
async def test_looptime_websockets_own_limit():
    await connect(url, ping_interval=None)
PYTHON
cat >server.py <<'PYTHON'
import asyncio, os, sys
from websockets.asyncio.server import serve

async def answer_late(ws):
    await asyncio.sleep(0.3)
    await ws.send("answer")
    await ws.wait_closed()

async def open_late(connection, request):
    await asyncio.sleep(0.3)

async def main():
    async with serve(answer_late, "127.0.0.1", 0, process_request=open_late) as server:
        url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
        for command in ["client/target/debug/client", url], [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "test_clocks.py"]:
            await (await asyncio.create_subprocess_exec(*command, env=os.environ | {"URL": url, "COLUMNS": "200"})).wait()
        os._exit(0)

asyncio.run(main())
PYTHON
(cd client && cargo build --quiet)
venv/bin/python server.py 2>/dev/null | grep -oE "^(tokio, .*|(PASSED|FAILED) test_clocks[^ ]*( - [A-Za-z.]+)?)" | seen 'tokio, no deadline: answer
tokio, 60 s around the read: Elapsed after 0 s
tokio, 60 s around the connect: Elapsed after 0 s
PASSED test_clocks.py::test_trio_no_deadline
PASSED test_clocks.py::test_looptime_no_deadline
FAILED test_clocks.py::test_trio_60_s_around_the_read - TooSlowError
FAILED test_clocks.py::test_looptime_60_s_around_the_read - TimeoutError
FAILED test_clocks.py::test_looptime_websockets_own_limit - TimeoutError'

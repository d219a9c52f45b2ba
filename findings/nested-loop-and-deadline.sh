#!/usr/bin/env bash
# nest_asyncio 1.6.0, websockets 17.4, CPython 3.11 to 3.13; a server that answers after 3 s. nest_asyncio lets blocking code run the loop that it is called from,
# as wrappers in notebooks do. A deadline of 1 s around such a call fires while the inner loop runs, and cannot end it: the answer comes after 3 s, and the
# block is left without TimeoutError. In 3.11 and 3.12 the next `await` behind the block, which may be anyone's, raises CancelledError in
# a task that nobody cancelled; in 3.13 nothing at all is said. `wait_for` raises after those 3 s in 3.11 alone. One expects TimeoutError from the block, be it late.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
cat >nested.py <<'PYTHON'
import asyncio, time
import nest_asyncio
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

nest_asyncio.apply()

async def answer(ws):
    await asyncio.sleep(3)
    await ws.send("answer")

async def asked(url):
    async with connect(url) as ws:
        return await ws.recv()

def ask(url):
    return asyncio.get_event_loop().run_until_complete(asked(url))

async def by_timeout(url):
    before = time.monotonic()
    try:
        async with asyncio.timeout(1):
            had = ask(url)
    except TimeoutError:
        had = "TimeoutError"
    print(f"    timeout: {had} after {round(time.monotonic() - before)} s")

async def by_wait_for(url):
    async def asks():
        return ask(url)
    before = time.monotonic()
    try:
        had = await asyncio.wait_for(asks(), 1)
    except TimeoutError:
        had = "TimeoutError"
    print(f"    wait_for: {had} after {round(time.monotonic() - before)} s")

async def directly(url):
    before = time.monotonic()
    try:
        async with asyncio.timeout(1):
            had = await asked(url)
    except TimeoutError:
        had = "TimeoutError"
    print(f"    timeout, not nested: {had} after {round(time.monotonic() - before)} s")

async def main():
    async with serve(answer, "127.0.0.1", 0) as server:
        url = "ws://127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        for limited in directly, by_timeout, by_wait_for:
            await limited(url)
            try:
                await asyncio.sleep(0.1)
                print("        and the next await is well")
            except asyncio.CancelledError:
                print("        and the next await raises CancelledError")

asyncio.run(main())
PYTHON
for version in 3.11 3.12 3.13; do
    rm -rf venv
    packages "$version" nest_asyncio==1.6.0 websockets==17.4
    echo "$version"
    timeout 60 venv/bin/python -W ignore nested.py 2>/dev/null
done | seen '3.11
    timeout, not nested: TimeoutError after 1 s
        and the next await is well
    timeout: answer after 3 s
        and the next await raises CancelledError
    wait_for: TimeoutError after 3 s
        and the next await is well
3.12
    timeout, not nested: TimeoutError after 1 s
        and the next await is well
    timeout: answer after 3 s
        and the next await raises CancelledError
    wait_for: answer after 3 s
        and the next await raises CancelledError
3.13
    timeout, not nested: TimeoutError after 1 s
        and the next await is well
    timeout: answer after 3 s
        and the next await is well
    wait_for: answer after 3 s
        and the next await is well'

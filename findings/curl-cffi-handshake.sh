#!/usr/bin/env bash
# curl_cffi 0.17.0, CPython 3.12; a server that accepts and never answers. The `timeout` of ws_connect is documented as the limit of the
# handshake: with 2 s it was still waiting after 12 s, in `Session` and in `AsyncSession`. `asyncio.wait_for` around the connect does fire after
# 2 s and the session is left, but the handshake blocks a thread of the loop's pool, and `asyncio.run` waits for that thread.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 curl_cffi==0.17.0
cat >connects.py <<'PYTHON'
import asyncio, os, socket, threading, time
from curl_cffi import AsyncSession, Session

server = socket.create_server(("127.0.0.1", 0))
url = "ws://127.0.0.1:%d/" % server.getsockname()[1]

def blocking():
    with Session() as session:
        session.ws_connect(url, timeout=2)

async def own_limit():
    async with AsyncSession() as session:
        await session.ws_connect(url, timeout=2)

async def outer_limit():
    before = time.monotonic()
    try:
        async with AsyncSession() as session:
            await asyncio.wait_for(session.ws_connect(url), 2)
    except TimeoutError:
        state["outer, left"] = f"left after {round(time.monotonic() - before)} s"

def run(name, call):
    call()
    state[name] = "ended"

state = {}
calls = {
    "Session": blocking,
    "AsyncSession": lambda: asyncio.run(own_limit()),
    "outer, asyncio.run": lambda: asyncio.run(outer_limit()),
}
for name, call in calls.items():
    threading.Thread(target=run, args=(name, call), daemon=True).start()
time.sleep(12)
for name in ("Session", "AsyncSession", "outer, left", "outer, asyncio.run"):
    print(f"{name}: {state.get(name, 'waiting after 12 s')}")
os._exit(0)
PYTHON
venv/bin/python -u connects.py | seen 'Session: waiting after 12 s
AsyncSession: waiting after 12 s
outer, left: left after 2 s
outer, asyncio.run: waiting after 12 s'

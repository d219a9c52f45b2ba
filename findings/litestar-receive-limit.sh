#!/usr/bin/env bash
# litestar 2.25.0, CPython 3.12; a handler that accepts and then sleeps for 5 s. `receive_json(timeout=1)` of the test client raises
# `queue.Empty`, which is no `TimeoutError`, and the test goes on after 5 s all the same: leaving the block of the client waits for the
# handler.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 litestar==2.25.0 httpx attrs
cat >receives.py <<'PYTHON'
import asyncio, logging, time
from litestar import WebSocket, websocket
from litestar.testing import create_test_client

@websocket("/ws")
async def handler(socket: WebSocket) -> None:
    await socket.accept()
    await asyncio.sleep(5)

with create_test_client(handler) as client:
    before = time.monotonic()
    with client.websocket_connect("/ws") as ws:
        try:
            ws.receive_json(timeout=1)
        except Exception as error:
            print(type(error).__name__, isinstance(error, TimeoutError), f"after {round(time.monotonic() - before)} s")
    print(f"left the connection after {round(time.monotonic() - before)} s")
print(f"left the client after {round(time.monotonic() - before)} s")
PYTHON
venv/bin/python receives.py 2>/dev/null | seen 'Empty False after 1 s
left the connection after 1 s
left the client after 5 s'

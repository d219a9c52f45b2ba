#!/usr/bin/env bash
# httpx-ws 0.9.0, anyio 4.16.0, httpx 0.28.1, websockets 17.4, CPython 3.11 and 3.12. The connect is entered below a limit and left later, by an
# exit stack. `asyncio.wait_for` of 3.11 runs what it is given in a task of its own, so the group that httpx-ws opens belongs to a task that
# has ended: connecting, sending and receiving succeed, and leaving the block raises RuntimeError, which has nothing to do with a limit. From
# 3.12 on, in an `asyncio.timeout` of either, and around websockets nothing is raised. One expects a limit that did not fire to
# change nothing.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
cat >enters.py <<'PYTHON'
import asyncio, contextlib, sys
import httpx_ws, websockets
from websockets.asyncio.server import serve

async def echo(ws):
    async for message in ws:
        await ws.send(message)

async def by_wait_for(stack, connecting):
    return await asyncio.wait_for(stack.enter_async_context(connecting), 10)

async def by_timeout(stack, connecting):
    async with asyncio.timeout(10):
        return await stack.enter_async_context(connecting)

async def main():
    async with serve(echo, "127.0.0.1", 0) as server:
        url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
        for limit in by_wait_for, by_timeout:
            for client in httpx_ws.aconnect_ws, websockets.connect:
                said = []
                try:
                    async with contextlib.AsyncExitStack() as stack:
                        ws = await limit(stack, client(url))
                        await (ws.send_text if client is httpx_ws.aconnect_ws else ws.send)("hello")
                        said.append(await (ws.receive_text if client is httpx_ws.aconnect_ws else ws.recv)())
                    said.append("left")
                except RuntimeError as error:
                    said.append(f"RuntimeError: {error}")
                print("%d.%d" % sys.version_info[:2], client.__name__, limit.__name__ + ":", *said, flush=True)

asyncio.run(main())
PYTHON
for version in 3.11 3.12; do
    rm -rf venv
    packages "$version" httpx-ws==0.9.0 anyio==4.16.0 httpx==0.28.1 websockets==17.4
    venv/bin/python enters.py 2>/dev/null
done | seen '3.11 aconnect_ws by_wait_for: hello RuntimeError: Attempted to exit cancel scope in a different task than it was entered in
3.11 connect by_wait_for: hello left
3.11 aconnect_ws by_timeout: hello left
3.11 connect by_timeout: hello left
3.12 aconnect_ws by_wait_for: hello left
3.12 connect by_wait_for: hello left
3.12 aconnect_ws by_timeout: hello left
3.12 connect by_timeout: hello left'

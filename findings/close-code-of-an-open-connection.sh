#!/usr/bin/env bash
# aiohttp 3.14.5 against websockets 17.4, CPython 3.12. A receive whose limit fires, its own or `asyncio.wait_for`, writes 1006 (closed
# abnormally) into `close_code` of a connection that stands: `closed` is False, and the next message is sent and answered. The code stays,
# after a closing handshake that the server saw end with 1000 too. One expects `close_code` to be None until the connection is closed.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 aiohttp==3.14.5 websockets==17.4
cat >receives.py <<'PYTHON'
import asyncio
import aiohttp
from websockets.asyncio.server import serve

codes = []

async def echo(ws):
    async for message in ws:
        await ws.send(message)
    codes.append(ws.close_code)

async def by_argument(ws):
    await ws.receive(timeout=0.5)

async def by_deadline(ws):
    await asyncio.wait_for(ws.receive(), 0.5)

async def main():
    async with serve(echo, "127.0.0.1", 0) as server:
        url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
        for receive in by_argument, by_deadline:
            async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
                print(f"{receive.__name__}: before {ws.close_code}", end="")
                try:
                    await receive(ws)
                except asyncio.TimeoutError:
                    print(f", after {ws.close_code}", end="")
                await ws.send_str("hello")
                print(f", then {await ws.receive_str()}, {ws.close_code}, closed {ws.closed}")
                await ws.close()
                await asyncio.sleep(0.5)
                print(f"  closed in order: the server has {codes.pop()}, the client {ws.close_code}")

asyncio.run(main())
PYTHON
venv/bin/python receives.py 2>&1 | seen 'by_argument: before None, after 1006, then hello, 1006, closed False
  closed in order: the server has 1000, the client 1006
by_deadline: before None, after 1006, then hello, 1006, closed False
  closed in order: the server has 1000, the client 1006'

#!/usr/bin/env bash
# websockets 15.0.1 and aiohttp 3.14.5 with anyio 4.16.0, CPython 3.12; a server that opens the connection and then says nothing, not even to a
# closing handshake. A deadline of 1 s around `async with connect(…)` that waits for a message: with websockets `asyncio.timeout` raises after
# 4 s, because leaving the block waits for the closing (`close_timeout=3`) and the deadline has fired already; `anyio.fail_after` raises after
# its 1 s, because it cancels that wait again. aiohttp, whose closing may take 3 s too, ends after 1 s under both. One expects a deadline of
# 1 s to end the block alike, whichever function sets it and whichever client it is around.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websockets==15.0.1 aiohttp==3.14.5 anyio==4.16.0
cat >closes.py <<'PYTHON'
import asyncio, base64, hashlib, time
import aiohttp, anyio, websockets

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

async def open_and_say_nothing(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    writer.write(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    await asyncio.sleep(60)

async def by_websockets(url):
    async with websockets.connect(url, close_timeout=3) as ws:
        await ws.recv()

async def by_aiohttp(url):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, timeout=aiohttp.ClientWSTimeout(ws_close=3)) as ws:
            await ws.receive()

async def main():
    server = await asyncio.start_server(open_and_say_nothing, "127.0.0.1", 0)
    url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
    for wait in (by_websockets, by_aiohttp):
        before = time.monotonic()
        try:
            async with asyncio.timeout(1):
                await wait(url)
        except TimeoutError:
            print(f"{wait.__name__}: asyncio.timeout(1) ended after {round(time.monotonic() - before)} s")
        before = time.monotonic()
        try:
            with anyio.fail_after(1):
                await wait(url)
        except TimeoutError:
            print(f"{wait.__name__}: anyio.fail_after(1) ended after {round(time.monotonic() - before)} s", flush=True)
    import os
    os._exit(0)

asyncio.run(main())
PYTHON
venv/bin/python closes.py 2>&1 | seen 'by_websockets: asyncio.timeout(1) ended after 4 s
by_websockets: anyio.fail_after(1) ended after 1 s
by_aiohttp: asyncio.timeout(1) ended after 1 s
by_aiohttp: anyio.fail_after(1) ended after 1 s'

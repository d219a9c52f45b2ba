#!/usr/bin/env bash
# aiohttp 3.14.5, websocket-client 1.9.2, niquests 3.21.2, against websockets 17.4, httpx-ws 0.9.0 and tornado 6.6.1, CPython 3.12; a server that pings
# each half second and sends nothing else, a limit of 1 s. What waits for the next frame starts its limit anew with each ping, which is
# answered inside and given to nobody; what waits for the next message does not. `asyncio.wait_for` around aiohttp's receive ends it.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 aiohttp==3.14.5 websocket-client==1.9.2 "niquests[ws]==3.21.2" websockets==17.4 httpx-ws==0.9.0 tornado==6.6.1
cat >receives.py <<'PYTHON'
import asyncio, os, threading, time, warnings
warnings.simplefilter("ignore")
import aiohttp, httpx, httpx_ws, niquests, tornado.websocket, websocket
from websockets.asyncio.server import serve
from websockets.sync.client import connect

async def pings(peer):
    while True:
        await peer.ping()
        await asyncio.sleep(0.5)

def server(ready):
    async def main():
        async with serve(pings, "127.0.0.1", 0, ping_interval=None) as listening:
            ready.append(listening.sockets[0].getsockname()[1])
            await asyncio.Event().wait()
    asyncio.run(main())

ready = []
threading.Thread(target=server, args=(ready,), daemon=True).start()
while not ready:
    time.sleep(0.1)
url = f"ws://127.0.0.1:{ready[0]}/"

async def aiohttp_receive(limit=None, **options):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, **options) as ws:
            await (asyncio.wait_for(ws.receive(), 1) if limit == "outer" else ws.receive(timeout=limit))

async def httpx_receive():
    async with httpx.AsyncClient() as client, httpx_ws.aconnect_ws(url, client) as ws:
        await ws.receive(timeout=1)

async def tornado_receive():
    ws = await tornado.websocket.websocket_connect(url)
    await asyncio.wait_for(ws.read_message(), 1)

def niquests_receive():
    with niquests.Session() as session:
        session.get(url, timeout=1).extension.next_payload()

def websockets_receive():
    with connect(url) as ws:
        ws.recv(timeout=1)

receives = {
    "aiohttp receive(timeout=1)": lambda: asyncio.run(aiohttp_receive(1)),
    "aiohttp ClientWSTimeout(ws_receive=1)": lambda: asyncio.run(aiohttp_receive(timeout=aiohttp.ClientWSTimeout(ws_receive=1))),
    "aiohttp under wait_for(…, 1)": lambda: asyncio.run(aiohttp_receive("outer")),
    "websocket-client timeout=1": lambda: websocket.create_connection(url, timeout=1).recv(),
    "niquests timeout=1": niquests_receive,
    "websockets.sync recv(timeout=1)": websockets_receive,
    "httpx-ws receive(timeout=1)": lambda: asyncio.run(httpx_receive()),
    "tornado under wait_for(…, 1)": lambda: asyncio.run(tornado_receive()),
}

def run(name, receive):
    try:
        receive()
    except ExceptionGroup as group:  # httpx-ws waits in a task group
        ended[name] = type(group.exceptions[0]).__name__
    except Exception as error:
        ended[name] = type(error).__name__

ended = {}
for item in receives.items():
    threading.Thread(target=run, args=item, daemon=True).start()
time.sleep(15)
for name in receives:
    print(f"{name}: {ended.get(name, 'waiting after 15 s')}")
os._exit(0)
PYTHON
venv/bin/python -u receives.py 2>/dev/null | seen 'aiohttp receive(timeout=1): waiting after 15 s
aiohttp ClientWSTimeout(ws_receive=1): waiting after 15 s
aiohttp under wait_for(…, 1): TimeoutError
websocket-client timeout=1: waiting after 15 s
niquests timeout=1: waiting after 15 s
websockets.sync recv(timeout=1): TimeoutError
httpx-ws receive(timeout=1): TimeoutError
tornado under wait_for(…, 1): TimeoutError'

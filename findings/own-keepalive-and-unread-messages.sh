#!/usr/bin/env bash
# httpx-ws 0.9.0, tornado 6.6.1, websockets 17.4 (asyncio, threads, trio), aiohttp 3.14.5, CPython 3.12; a server that sends some messages and answers
# every ping at once, a client that pings with a limit of 2 s, a program that does not receive for 8 s. An answer behind messages that nobody
# has taken is not read: the client calls a server dead that is not, and closes. In httpx-ws' asyncio client one such message is enough,
# in tornado and websockets it takes more than the queue holds, in aiohttp and httpx-ws' blocking client 100 do nothing. One expects
# a slow program to slow its server down, and the keepalive to tell whether the server is there.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websockets==17.4 httpx-ws==0.9.0 tornado==6.6.1 aiohttp==3.14.5 trio==0.35.0
cat >reads.py <<'PYTHON'
import asyncio, os, sys, threading, time
import aiohttp, httpx_ws, trio, websockets.sync.client, websockets.trio.client
from tornado.websocket import websocket_connect
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

pings = {"ping_interval": 1, "ping_timeout": 2}
busy = 8
counts = 0, 1, 100
told = {}
ready = threading.Event()

async def send_some(ws):
    _, name, count = ws.request.path.split("/")
    await asyncio.sleep(0.3)
    for _ in range(int(count)):
        await ws.send("news")
    await asyncio.sleep(busy - 1)
    closing = ws.protocol.close_rcvd
    told[name, int(count)] = f"closed ({closing.reason.lower()})" if closing else "open"

async def serving():
    global url
    async with serve(send_some, "127.0.0.1", 0, ping_interval=None) as server:
        url = "ws://127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        ready.set()
        await asyncio.sleep(60)

async def by_websockets(url):
    ws = await connect(url, **pings)
    await asyncio.sleep(busy)

async def by_httpx_ws(url):
    async with httpx_ws.aconnect_ws(url, keepalive_ping_interval_seconds=1, keepalive_ping_timeout_seconds=2) as ws:
        await asyncio.sleep(busy)

async def by_tornado(url):
    ws = await websocket_connect(url, **pings)
    await asyncio.sleep(busy)

async def by_aiohttp(url):
    async with aiohttp.ClientSession() as session, session.ws_connect(url, heartbeat=2) as ws:
        await asyncio.sleep(busy)

async def by_trio(url):
    async with websockets.trio.client.connect(url, **pings) as ws:
        await trio.sleep(busy)

def by_httpx_ws_threads(url):
    with httpx_ws.connect_ws(url, keepalive_ping_interval_seconds=1, keepalive_ping_timeout_seconds=2) as ws:
        time.sleep(busy)

def by_threads(url):
    with websockets.sync.client.connect(url, **pings) as ws:
        time.sleep(busy)

async def at_once():
    await asyncio.gather(*(
        connects(f"{url}/{name}/{count}") for name, connects in on_asyncio.items() for count in counts
    ), return_exceptions=True)

threading.Thread(target=lambda: asyncio.run(serving()), daemon=True).start()
ready.wait()
on_asyncio = {"httpx-ws": by_httpx_ws, "tornado": by_tornado, "websockets": by_websockets, "aiohttp": by_aiohttp}
for count in counts:
    threading.Thread(target=by_httpx_ws_threads, args=[f"{url}/httpx-ws-blocking/{count}"], daemon=True).start()
    threading.Thread(target=by_threads, args=[f"{url}/websockets.sync/{count}"], daemon=True).start()
    threading.Thread(target=trio.run, args=[by_trio, f"{url}/websockets.trio/{count}"], daemon=True).start()
asyncio.run(at_once())
time.sleep(1)
for name in [*on_asyncio, "httpx-ws-blocking", "websockets.sync", "websockets.trio"]:
    print(f"{name}:", ", ".join(f"{count} {told[name, count]}" for count in counts))
sys.stdout.flush()
os._exit(0)
PYTHON
timeout 60 venv/bin/python -W ignore reads.py 2>/dev/null | seen 'httpx-ws: 0 open, 1 closed (keepalive ping timeout), 100 closed (keepalive ping timeout)
tornado: 0 open, 1 open, 100 closed (ping timed out)
websockets: 0 open, 1 open, 100 closed (keepalive ping timeout)
aiohttp: 0 open, 1 open, 100 open
httpx-ws-blocking: 0 open, 1 open, 100 open
websockets.sync: 0 open, 1 open, 100 closed (keepalive ping timeout)
websockets.trio: 0 open, 1 open, 100 closed (keepalive ping timeout)'

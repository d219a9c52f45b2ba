#!/usr/bin/env bash
# python-socketio 5.18.1 with python-engineio 4.15.1, aiohttp 3.14.5, requests 2.34.2, websocket-client 1.9.2, CPython 3.12; a server that
# answers over polling, offers WebSocket, and is silent there, in the handshake or behind it, as a proxy in between can make it. With
# `request_timeout=2` the blocking client gives the WebSocket up after 2 s and is connected by polling. The asyncio client has no limit
# there, neither `request_timeout` nor `wait_timeout`: its connect was still waiting after 12 s, beside a connection that works. Where the
# polling is silent as well, it raises after 2 s. One expects the same arguments to bound both clients.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 python-socketio==5.18.1 python-engineio==4.15.1 aiohttp==3.14.5 requests==2.34.2 websocket-client==1.9.2
cat >connects.py <<'PYTHON'
import asyncio, json, logging, os, sys, threading, time
import socketio
from aiohttp import web

logging.disable()
client, silent = sys.argv[1:]
limits = {"wait_timeout": 1}

def peer():
    packets = asyncio.Queue()
    hello = {"sid": "1", "upgrades": ["websocket"], "pingInterval": 60000, "pingTimeout": 60000, "maxPayload": 10000}

    async def answer(request):
        if request.query["transport"] == "websocket":
            if silent == "probe":
                await web.WebSocketResponse().prepare(request)
            await asyncio.sleep(60)
        if silent == "polling":
            await asyncio.sleep(60)
        if request.method == "POST":
            if (await request.text()).startswith("40"):
                packets.put_nowait('40{"sid":"2"}')
            return web.Response(text="ok")
        return web.Response(text=await packets.get() if "sid" in request.query else "0" + json.dumps(hello))

    async def serve():
        app = web.Application()
        app.router.add_route("*", "/socket.io/", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        urls.append("http://127.0.0.1:%d" % runner.addresses[0][1])
        listening.set()
        await asyncio.sleep(60)

    asyncio.run(serve())

async def by_asyncio():
    connecting = socketio.AsyncClient(request_timeout=2, reconnection=False)
    await connecting.connect(urls[0], **limits)
    return connecting.transport()

def by_threads():
    connecting = socketio.Client(request_timeout=2, reconnection=False)
    connecting.connect(urls[0], **limits)
    return connecting.transport()

def connect():
    before = time.monotonic()
    try:
        end = "connected by " + (asyncio.run(by_asyncio()) if client == "AsyncClient" else by_threads())
    except Exception as error:
        end = type(error).__name__
    ended.append(f"{end} after {time.monotonic() - before:.0f} s")

urls, ended, listening = [], [], threading.Event()
threading.Thread(target=peer, daemon=True).start()
listening.wait()
connecting = threading.Thread(target=connect, daemon=True)
connecting.start()
connecting.join(12)
print(f"  {client}:", *ended or ["still waiting"], flush=True)
os._exit(0)
PYTHON
for silent in polling handshake probe; do
    echo "silent $silent"
    for client in Client AsyncClient; do
        venv/bin/python connects.py "$client" "$silent"
    done
done 2>/dev/null | seen 'silent polling
  Client: ConnectionError after 2 s
  AsyncClient: ConnectionError after 2 s
silent handshake
  Client: connected by polling after 2 s
  AsyncClient: still waiting
silent probe
  Client: connected by polling after 2 s
  AsyncClient: still waiting'

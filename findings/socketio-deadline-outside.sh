#!/usr/bin/env bash
# python-socketio 5.18.1 with python-engineio 4.15.1, aiohttp 3.14.5, CPython 3.12; a server of engine.io alone, which never confirms the
# namespace. The library's own limit (`wait_timeout=1`) leaves a client that can connect again, and says the same each time. A deadline from
# outside that fires in the same wait leaves one whose transport is still connected: every later `connect` of it raises `ValueError`,
# until `disconnect` was awaited. One expects a cancelled connect to leave a client as it was.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 python-socketio==5.18.1 python-engineio==4.15.1 aiohttp==3.14.5
cat >connects.py <<'PYTHON'
import asyncio, logging, socket
import engineio, socketio
from aiohttp import web

logging.disable()

async def attempt(client, url, own, outside):
    try:
        connecting = client.connect(url, transports=["websocket"], wait_timeout=own)
        await asyncio.wait_for(connecting, outside)
    except Exception as error:
        print(" ", type(error).__name__, "|", error, "|", client.eio.state)

async def main():
    server, app = engineio.AsyncServer(async_mode="aiohttp"), web.Application()
    server.attach(app, engineio_path="socket.io")
    runner = web.AppRunner(app)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening).start()
    url = "http://127.0.0.1:%d" % listening.getsockname()[1]
    for name, own, outside in ("its own limit", 1, 20), ("a deadline outside", 20, 1):
        print(name)
        client = socketio.AsyncClient(reconnection=False)
        await attempt(client, url, own, outside)
        await attempt(client, url, own, outside)
        await client.disconnect()
        await attempt(client, url, own, outside)
        await client.disconnect()

asyncio.run(main())
PYTHON
venv/bin/python connects.py 2>&1 | seen 'its own limit
  ConnectionError | Unexpected connection error | disconnected
  ConnectionError | Unexpected connection error | disconnected
  ConnectionError | Unexpected connection error | disconnected
a deadline outside
  TimeoutError |  | connected
  ValueError | Client is not in a disconnected state | connected
  TimeoutError |  | connected'

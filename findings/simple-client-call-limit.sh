#!/usr/bin/env bash
# python-socketio 5.18.1, aiohttp 3.14.5, CPython 3.12; a server that goes away, a client that tries to reconnect. Meanwhile `receive(timeout=1)` of
# AsyncSimpleClient raises after 1 s; `call(…, timeout=1)` first waits for a connection, without a limit: it was still waiting after 8 s. With the
# server there and silent it does raise after 1 s. One expects `timeout` to bound the call.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 python-socketio==5.18.1 python-engineio==4.15.1 aiohttp==3.14.5
cat >calls.py <<'PYTHON'
import asyncio, logging, os, socket, sys, time
import socketio
from aiohttp import web

logging.disable()

async def serving(port):
    server, app = socketio.AsyncServer(async_mode="aiohttp"), web.Application()

    @server.on("ask")
    async def answer(session, what):
        await asyncio.sleep(0 if what == "answered" else 30)
        return "yes"

    server.attach(app)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner

async def tell(name, work):
    before = time.monotonic()
    try:
        said = await asyncio.wait_for(work, 8)
    except socketio.exceptions.TimeoutError:
        said = "its limit"
    except TimeoutError:
        said = "still waiting"
    print(f"{name}: {said} after {round(time.monotonic() - before)} s")

async def main():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    runner = await serving(port)
    client = socketio.AsyncSimpleClient()
    await client.connect(f"http://127.0.0.1:{port}", transports=["websocket"])
    for state in "there", "gone":
        for what in "answered", "unanswered":
            await tell(f"{state}, call {what}", client.call("ask", what, timeout=1))
        await tell(f"{state}, receive", client.receive(timeout=1))
        if state == "there":
            await runner.cleanup()
            await asyncio.sleep(1)
    sys.stdout.flush()
    os._exit(0)

asyncio.run(main())
PYTHON
venv/bin/python calls.py 2>&1 | seen 'there, call answered: yes after 0 s
there, call unanswered: its limit after 1 s
there, receive: its limit after 1 s
gone, call answered: still waiting after 8 s
gone, call unanswered: still waiting after 8 s
gone, receive: its limit after 1 s'

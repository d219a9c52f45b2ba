#!/usr/bin/env bash
# sanic 25.12.1 as the server, websockets 17.4 as the client, CPython 3.12. A handler waits for 1 s for a message that comes later. By sanic's own
# `recv(timeout=1)` it is given None, which is no exception, and can go on receiving. By `asyncio.timeout(1)` or `wait_for` around `recv()` it
# gets its TimeoutError, and every later receive of this connection raises `ServerError`, which
# says that a receive is in progress; none is.
# One expects a deadline to leave the connection as it was, as it does in a handler of websockets.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 sanic==25.12.1 websockets==17.4
cat >handler.py <<'PYTHON'
import asyncio, logging, socket
import websockets
from sanic import Sanic

logging.disable()
app = Sanic("receives")
listening = socket.create_server(("127.0.0.1", 0))

async def in_timeout(connection):
    async with asyncio.timeout(1):
        return await connection.recv()

waits = {
    "own": lambda connection: connection.recv(timeout=1),
    "timeout": in_timeout,
    "wait_for": lambda connection: asyncio.wait_for(connection.recv(), 1),
}

async def handle(connection, name, kind):
    seen = []
    for receive in waits[name], lambda connection: connection.recv(), lambda connection: connection.recv():
        try:
            seen.append(repr(await receive(connection)))
        except Exception as error:
            seen.append(type(error).__name__)
    print(f"{kind}, {name}:", ", ".join(seen), flush=True)

@app.websocket("/<name>")
async def by_sanic(request, connection, name):
    await handle(connection, name, "sanic")

async def by_websockets(connection):
    await handle(connection, connection.request.path[1:], "websockets")

async def talk(port, name):
    async with websockets.connect("ws://127.0.0.1:%d/%s" % (port, name)) as connection:
        await asyncio.sleep(3)
        try:
            await connection.send("one")
            await connection.send("two")
            await connection.wait_closed()
        except websockets.ConnectionClosed:
            pass

@app.after_server_start
async def start(app):
    async def talks():
        for name in waits:
            await talk(listening.getsockname()[1], name)
        async with websockets.serve(by_websockets, "127.0.0.1", 0) as server:
            for name in "timeout", "wait_for":
                await talk(server.sockets[0].getsockname()[1], name)
        app.stop()
    app.add_task(talks())

app.run(sock=listening, single_process=True, access_log=False, motd=False)
PYTHON
timeout 60 venv/bin/python handler.py 2>/dev/null | seen "sanic, own: None, 'one', 'two'
sanic, timeout: TimeoutError, ServerError, ServerError
sanic, wait_for: TimeoutError, ServerError, ServerError
websockets, timeout: TimeoutError, 'one', 'two'
websockets, wait_for: TimeoutError, 'one', 'two'"

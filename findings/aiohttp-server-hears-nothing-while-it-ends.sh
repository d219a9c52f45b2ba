#!/usr/bin/env bash
# aiohttp 3.14.5 beside websockets 17.4 and uvicorn 0.54.0 as servers, websockets 17.4 as the client, CPython 3.12. A handler that answers each message is
# connected while its server is ended, as a fixture ends the server of its tests. Those of websockets and uvicorn close the connection at once. aiohttp's
# (`TestServer` and `AppRunner` alike) waits for twice its `shutdown_timeout`, which is 60 s by default, and reads nothing meanwhile: a
# message that succeeds to be sent is never answered, a closing handshake neither, so the client waits for its own `close_timeout`; then the connection
# is cut without a close frame. Only an `on_shutdown` that closes each connection helps. One expects the connection to be closed, or to be served until one
# `shutdown_timeout` is over.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 aiohttp==3.14.5 websockets==17.4 uvicorn==0.54.0
cat >ends.py <<'PYTHON'
import asyncio, contextlib, sys, time
import uvicorn
from aiohttp import web
from aiohttp.test_utils import TestServer
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

async def for_aiohttp(request):
    ws = web.WebSocketResponse()
    await ws.prepare(request)
    request.app["open"].add(ws)
    async for message in ws:
        await ws.send_str(f"answer to {message.data}")
    return ws

def application():
    app = web.Application()
    app.router.add_get("/", for_aiohttp)
    app["open"] = set()
    return app

async def for_websockets(ws):
    async for message in ws:
        await ws.send(f"answer to {message}")

async def for_uvicorn(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": f"answer to {message['text']}"})

@contextlib.asynccontextmanager
async def test_server():
    server = TestServer(application())
    await server.start_server(shutdown_timeout=4)
    yield server.port
    await server.close()

@contextlib.asynccontextmanager
async def app_runner(on_shutdown=()):
    app = application()
    app.on_shutdown.extend(on_shutdown)
    runner = web.AppRunner(app, shutdown_timeout=4)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()

async def close_all(app):
    for ws in app["open"]:
        await ws.close(code=1001)

def that_closes():
    return app_runner([close_all])

@contextlib.asynccontextmanager
async def websockets_server():
    async with serve(for_websockets, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]

@contextlib.asynccontextmanager
async def uvicorn_server():
    server = uvicorn.Server(uvicorn.Config(for_uvicorn, port=0, lifespan="off", log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving

def since(moment):
    return f"{round(time.monotonic() - moment)} s"

async def receives(ws, ending):
    try:
        return f"got {await ws.recv()!r}"
    except Exception:
        return f"was closed with {ws.close_code} after {since(ending)}"

async def sends(ws, ending):
    await ws.send("news")
    return "sent, and " + await receives(ws, ending)

async def closes(ws, ending):
    before = time.monotonic()
    await ws.close()
    return f"closed with {ws.close_code} after {since(before)}"

async def case(name, opens, does):
    async with contextlib.AsyncExitStack() as server:
        port = await server.enter_async_context(opens())
        ws = await connect(f"ws://127.0.0.1:{port}/", ping_interval=None, close_timeout=2)
        await ws.send("a question")
        assert await ws.recv() == "answer to a question"
        ending = time.monotonic()
        client = asyncio.create_task(later(does, ws, ending))
    took = since(ending)
    return f"{name}, a client that {does.__name__}: ended after {took}, the client {await client}"

async def later(does, ws, ending):
    await asyncio.sleep(1 if does is not receives else 0)
    return await does(ws, ending)

async def main():
    cases = [("websockets", websockets_server, receives), ("uvicorn", uvicorn_server, receives)]
    cases += [(name, opens, does) for name, opens in (("TestServer", test_server), ("AppRunner", app_runner)) for does in (receives, sends, closes)]
    cases.append(("AppRunner with on_shutdown", that_closes, receives))
    for line in await asyncio.gather(*(case(*c) for c in cases)):
        print(line)

asyncio.run(main())
PYTHON
timeout 60 venv/bin/python -W ignore ends.py 2>&1 | seen 'websockets, a client that receives: ended after 0 s, the client was closed with 1001 after 0 s
uvicorn, a client that receives: ended after 0 s, the client was closed with 1012 after 0 s
TestServer, a client that receives: ended after 8 s, the client was closed with 1006 after 8 s
TestServer, a client that sends: ended after 8 s, the client sent, and was closed with 1006 after 8 s
TestServer, a client that closes: ended after 3 s, the client closed with 1006 after 2 s
AppRunner, a client that receives: ended after 8 s, the client was closed with 1006 after 8 s
AppRunner, a client that sends: ended after 8 s, the client sent, and was closed with 1006 after 8 s
AppRunner, a client that closes: ended after 3 s, the client closed with 1006 after 2 s
AppRunner with on_shutdown, a client that receives: ended after 0 s, the client was closed with 1001 after 0 s'

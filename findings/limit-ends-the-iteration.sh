#!/usr/bin/env bash
# websockets 16.0, gql 4.4.0, starlette 1.10.0 under uvicorn 0.54.0, aiohttp 3.14.5, CPython 3.12; a message that comes after 1.5 s, iterated over by `anext` with a
# limit of 1 s for each. Where the iteration is a generator, the limit that fires ends it: from then on it says that there is nothing more, as
# it does where the server has closed, and the loop is left as if all had been received. So it is with a connection of websockets, whose `recv()`
# has the message all the same, with a subscription of gql, which is cancelled at the server, and with starlette's `iter_text`. aiohttp goes on
# and has the message. One expects the next `anext` to have it.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websockets==16.0 gql==4.4.0 starlette==1.10.0 uvicorn==0.54.0 aiohttp==3.14.5
cat >iterates.py <<'PYTHON'
import asyncio, json
import aiohttp, uvicorn
from gql import Client, gql
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.websockets import WebsocketsTransport
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

LIMIT = 1

async def late(ws):
    if ws.subprotocol:
        async for text in ws:
            message = json.loads(text)
            if message["type"] == "connection_init":
                await ws.send(json.dumps({"type": "connection_ack"}))
            elif message["type"] == "subscribe":
                await asyncio.sleep(1.5 * LIMIT)
                await ws.send(json.dumps({"type": "next", "id": message["id"], "payload": {"data": {"news": "late"}}}))
    else:
        await asyncio.sleep(1.5 * LIMIT)
        await ws.send("late")
        await asyncio.sleep(20)

async def three(name, messages):
    said = []
    for _ in range(3):
        try:
            message = await asyncio.wait_for(anext(messages), LIMIT)
            said.append(getattr(message, "data", message))
        except TimeoutError:
            said.append("limit")
        except StopAsyncIteration:
            said.append("end")
    print(f"{name}: {', '.join(said)}", flush=True)

async def by_gql(name, transport):
    async with Client(transport=transport) as session:
        await three(name, session.subscribe(gql("subscription { news }")))

async def handler(ws):
    await ws.accept()
    await three("starlette's iter_text", ws.iter_text())
    print("    and receive_text():", await ws.receive_text())

async def main():
    async with serve(late, "127.0.0.1", 0, subprotocols=["graphql-transport-ws"], select_subprotocol=lambda ws, offered: next(iter(offered), None)) as server:
        url = "ws://127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        async with connect(url, close_timeout=0.1) as ws:
            await three("websockets", aiter(ws))
            print("    and recv():", await ws.recv())
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
            await three("aiohttp", aiter(ws))
        await by_gql("gql over websockets", WebsocketsTransport(url, close_timeout=0.1))
        await by_gql("gql over aiohttp", AIOHTTPWebsocketsTransport(url, close_timeout=0.1))
        for ws in list(server.connections):
            ws.transport.abort()
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=[WebSocketRoute("/", handler)]), port=0, log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    async with connect("ws://127.0.0.1:%d/" % server.servers[0].sockets[0].getsockname()[1]) as ws:
        await asyncio.sleep(1.5 * LIMIT)
        await ws.send("late")
        await ws.wait_closed()
    server.should_exit = True
    await serving

asyncio.run(main())
PYTHON
timeout 90 venv/bin/python -W ignore iterates.py | seen "websockets: limit, end, end
    and recv(): late
aiohttp: limit, late, limit
gql over websockets: limit, end, end
gql over aiohttp: limit, end, end
starlette's iter_text: limit, end, end
    and receive_text(): late"

#!/usr/bin/env bash
# pytest 9.2.0, pytest-asyncio 1.5.0 with websockets 17.4, aiohttp 3.14.5, tornado 6.6.1 and httpx-ws 0.9.0, CPython 3.12. A fixture with
# `scope="module"` lives in a loop of the module, the test in one of its own, so the connection of the fixture is in a loop that stands
# still. A message that is there already is received by all, and sending succeeds. The receive that has to wait raises RuntimeError
# in websockets and returns one as a message in aiohttp; in tornado and httpx-ws it waits, though the server has answered, and what the
# test reports is a server that exceeds the limit. One expects the wrong loop to be named, and at the first use.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-asyncio==1.5.0 websockets==17.4 aiohttp==3.14.5 tornado==6.6.1 httpx-ws==0.9.0 httpx==0.28.1
cat >test_loops.py <<'PYTHON'
import asyncio, threading, time
import aiohttp, httpx_ws, pytest, pytest_asyncio, tornado.websocket
import websockets.asyncio.client, websockets.sync.server

def echo(connection):
    connection.send("hello")
    for message in connection:
        answered.append(message)
        connection.send(message)

answered, opened = [], []
server = websockets.sync.server.serve(echo, "127.0.0.1", 0)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = "ws://127.0.0.1:%d/" % server.socket.getsockname()[1]

async def by_websockets():
    connection = await websockets.asyncio.client.connect(url)
    return connection.send, connection.recv

async def by_aiohttp():
    connection = await aiohttp.ClientSession().ws_connect(url)

    async def receive():
        message = await connection.receive()
        return "" if message.type is aiohttp.WSMsgType.TEXT else f" with {message.type.name} and {type(message.data).__name__}"
    return connection.send_str, receive

async def by_tornado():
    connection = await tornado.websocket.websocket_connect(url)
    return connection.write_message, connection.read_message

async def by_httpx_ws():
    opened.append(httpx_ws.aconnect_ws(url))
    connection = await opened[0].__aenter__()
    return connection.send_text, connection.receive_text

@pytest_asyncio.fixture(scope="module", params=[by_websockets, by_aiohttp, by_tornado, by_httpx_ws])
async def connection(request):
    yield await request.param()
    await asyncio.sleep(0.5)

@pytest_asyncio.fixture(scope="module")
async def arrived(connection):
    await asyncio.sleep(0.5)

@pytest.mark.asyncio
async def test_receives(connection, arrived, request):
    send, receive = connection
    ends, mark = [], request.node.callspec.id
    for name, step in ("receive", receive), ("send", lambda: send(mark)), ("receive", receive):
        try:
            async with asyncio.timeout(2):
                end = await step()
            ends.append(f"{name} returns" + (end or "" if step == receive and mark == "by_aiohttp" else ""))
        except (RuntimeError, TimeoutError) as error:
            ends.append(f"{name} raises {type(error).__name__}")
    time.sleep(0.5)
    print(f"\n{mark}:", ", ".join(ends) + (", the server has answered" if mark in answered else ""))
PYTHON
venv/bin/python -m pytest -q -s -W ignore -p no:logging test_loops.py 2>/dev/null | grep '^by_' | seen 'by_websockets: receive returns, send returns, receive raises RuntimeError, the server has answered
by_aiohttp: receive returns, send returns, receive returns with ERROR and RuntimeError, the server has answered
by_tornado: receive returns, send returns, receive raises TimeoutError, the server has answered
by_httpx_ws: receive returns, send returns, receive raises TimeoutError, the server has answered'

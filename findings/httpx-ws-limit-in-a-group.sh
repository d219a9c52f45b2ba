#!/usr/bin/env bash
# httpx-ws 0.9.0, websockets 17.4, aiohttp 3.14.5, trio-websocket 0.12.2, trio 0.35.0, CPython 3.12; a server that opens the connection and says
# nothing, `except TimeoutError` (under trio `TooSlowError` too) around the block that connects and receives for 1 s. In httpx-ws' asyncio
# and trio clients what leaves the block is an ExceptionGroup, which that line does not catch, with the TimeoutError of its own
# `receive_text(timeout=1)` or of a deadline inside; a deadline around the block is caught. In its blocking client it is `queue.Empty`, which
# is no TimeoutError. One expects to catch a limit where one catches it around websockets, aiohttp or trio-websocket.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 httpx-ws==0.9.0 httpx==0.28.1 websockets==17.4 aiohttp==3.14.5 trio-websocket==0.12.2 trio==0.35.0
cat >receives.py <<'PYTHON'
import asyncio, logging, threading
import aiohttp, httpx_ws, trio, trio_websocket
import websockets.asyncio.client, websockets.sync.server

logging.disable()

async def own_limit():
    async with httpx_ws.aconnect_ws(url) as connection:
        await connection.receive_text(timeout=1)

async def inside():
    async with httpx_ws.aconnect_ws(url) as connection:
        async with asyncio.timeout(1):
            await connection.receive_text()

async def around():
    async with asyncio.timeout(1):
        async with httpx_ws.aconnect_ws(url) as connection:
            await connection.receive_text()

def blocking():
    with httpx_ws.connect_ws(url) as connection:
        connection.receive_text(timeout=1)

async def by_websockets():
    async with websockets.asyncio.client.connect(url) as connection, asyncio.timeout(1):
        await connection.recv()

async def by_aiohttp():
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as connection:
        await connection.receive(timeout=1)

async def by_trio_websocket():
    async with trio_websocket.open_websocket_url(url) as connection:
        with trio.fail_after(1):
            await connection.get_message()

def wait(name, receive):
    try:
        receive()
    except (TimeoutError, trio.TooSlowError) as error:
        print(f"{name}: caught {type(error).__name__}")
    except BaseException as error:
        inner = [type(one).__name__ for one in getattr(error, "exceptions", ())]
        print(f"{name}: not caught,", type(error).__name__, *inner)

server = websockets.sync.server.serve(lambda connection: connection.recv(), "127.0.0.1", 0)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = "ws://127.0.0.1:%d/" % server.socket.getsockname()[1]
wait("httpx-ws, own limit", lambda: asyncio.run(own_limit()))
wait("httpx-ws, own limit, trio", lambda: trio.run(own_limit))
wait("httpx-ws, own limit, blocking", blocking)
wait("httpx-ws, deadline inside", lambda: asyncio.run(inside()))
wait("httpx-ws, deadline around", lambda: asyncio.run(around()))
wait("websockets", lambda: asyncio.run(by_websockets()))
wait("aiohttp", lambda: asyncio.run(by_aiohttp()))
wait("trio-websocket", lambda: trio.run(by_trio_websocket))
server.shutdown()
PYTHON
timeout 60 venv/bin/python receives.py 2>/dev/null | seen 'httpx-ws, own limit: not caught, ExceptionGroup TimeoutError
httpx-ws, own limit, trio: not caught, ExceptionGroup TimeoutError
httpx-ws, own limit, blocking: not caught, Empty
httpx-ws, deadline inside: not caught, ExceptionGroup TimeoutError
httpx-ws, deadline around: caught TimeoutError
websockets: caught TimeoutError
aiohttp: caught TimeoutError
trio-websocket: caught TooSlowError'

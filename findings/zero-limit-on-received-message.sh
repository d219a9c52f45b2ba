#!/usr/bin/env bash
# websockets 17.4, aiohttp 3.14.5, httpx-ws 0.9.0, tornado 6.6.1, trio-websocket 0.12.2, websocket-client 1.9.2, trio 0.35.0, CPython 3.12. A
# message has arrived, and a limit of 0 asks whether one is there. `asyncio.wait_for(ws.recv(), 0)` never starts the coroutine and says no
# for ever; `asyncio.timeout(0)` gives the message. tornado's read is a future and has it under `wait_for` too. Under trio the answer is always no;
# in httpx-ws it is no in the asyncio client and yes in the blocking one. aiohttp takes `receive(timeout=0)` for no limit where no
# message is there. One expects the message from all, or from none.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websockets==17.4 aiohttp==3.14.5 httpx-ws==0.9.0 tornado==6.6.1 trio-websocket==0.12.2 websocket-client==1.9.2 \
    trio==0.35.0
cat >receives.py <<'PYTHON'
import asyncio, os, sys, threading, time
import aiohttp, httpx_ws, trio, trio_websocket, websocket, websockets.sync.client, websockets.trio.client
from tornado.websocket import websocket_connect
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

ready = threading.Event()

async def greet(ws):
    await ws.send("hello")
    await asyncio.sleep(60)

async def serving():
    global url
    async with serve(greet, "127.0.0.1", 0) as server:
        url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
        ready.set()
        await asyncio.sleep(60)

threading.Thread(target=lambda: asyncio.run(serving()), daemon=True).start()
ready.wait()

async def by_wait_for(receive, limit):
    return await asyncio.wait_for(receive(), limit)

async def by_timeout(receive, limit):
    async with asyncio.timeout(limit):
        return await receive()

async def asked(receive):
    try:
        return await receive
    except TimeoutError:
        return "no"

async def looks(name, receive):
    await asyncio.sleep(0.5)
    by_both = await asked(by_wait_for(receive, 0)), await asked(by_timeout(receive, 0))
    print(f"{name}: wait_for(0) {by_both[0]}, timeout(0) {by_both[1]}")

async def by_asyncio():
    async with connect(url) as ws:
        await looks("websockets", ws.recv)
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        await looks("aiohttp", ws.receive_str)
    ws = await websocket_connect(url)
    await asyncio.sleep(0.5)
    print("tornado: wait_for(0)", await asked(by_wait_for(ws.read_message, 0)))
    async with httpx_ws.aconnect_ws(url) as ws:
        await looks("httpx-ws", ws.receive_text)
        print("httpx-ws, timeout=0:", await asked(ws.receive_text(timeout=0)), "then timeout=1:", await asked(ws.receive_text(timeout=1)))
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        await asyncio.sleep(0.5)
        print("aiohttp, timeout=0:", await asked(ws.receive_str(timeout=0)))
        before = time.monotonic()
        await asked(asyncio.wait_for(ws.receive_str(timeout=0), 3))
        print(f"aiohttp, timeout=0, nothing there: still waiting after {round(time.monotonic() - before)} s")

async def by_trio():
    for name, opening, method in (
        ("websockets.trio", websockets.trio.client.connect, "recv"),
        ("trio-websocket", trio_websocket.open_websocket_url, "get_message"),
    ):
        async with opening(url) as ws:
            await trio.sleep(0.5)
            answers = []
            for limit in 0, 1:
                answer = "no"
                with trio.move_on_after(limit):
                    answer = await getattr(ws, method)()
                answers.append(f"move_on_after({limit}) {answer}")
            print(f"{name}: {', '.join(answers)}")

def by_threads():
    with websockets.sync.client.connect(url) as ws:
        time.sleep(0.5)
        print("websockets.sync, timeout=0:", ws.recv(timeout=0))
    with httpx_ws.connect_ws(url) as ws:
        time.sleep(0.5)
        print("httpx-ws blocking, timeout=0:", ws.receive_text(timeout=0))
    ws = websocket.create_connection(url)
    time.sleep(0.5)
    ws.settimeout(0)
    print("websocket-client, settimeout(0):", ws.recv())

asyncio.run(by_asyncio())
trio.run(by_trio)
by_threads()
sys.stdout.flush()
os._exit(0)
PYTHON
venv/bin/python receives.py 2>&1 | seen 'websockets: wait_for(0) no, timeout(0) hello
aiohttp: wait_for(0) no, timeout(0) hello
tornado: wait_for(0) hello
httpx-ws: wait_for(0) no, timeout(0) no
httpx-ws, timeout=0: no then timeout=1: hello
aiohttp, timeout=0: hello
aiohttp, timeout=0, nothing there: still waiting after 3 s
websockets.trio: move_on_after(0) no, move_on_after(1) hello
trio-websocket: move_on_after(0) no, move_on_after(1) hello
websockets.sync, timeout=0: hello
httpx-ws blocking, timeout=0: hello
websocket-client, settimeout(0): hello'

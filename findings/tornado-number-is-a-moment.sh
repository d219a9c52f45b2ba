#!/usr/bin/env bash
# tornado 6.6.1 against websockets 17.4, CPython 3.12. `with_timeout(5, …)`, and the `timeout=5` of tornado's queues, locks and events, is a moment on
# the loop's clock and no time from now: it has passed, and they raise at once (`Condition.wait` gives False). 5 s are a `timedelta`, while
# `request_timeout=5` and `run_sync(…, timeout=5)` of the same library do count from now. And a `with_timeout` that fires leaves its read
# waiting: it takes the next message, which nobody gets; after `asyncio.wait_for` the next read has it. One expects 5 to be 5 s,
# and a message that comes after a limit to come to the next read.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 tornado==6.6.1 websockets==17.4
cat >limits.py <<'PYTHON'
import asyncio, datetime, time
from tornado import gen, httpclient, ioloop, locks, queues
from tornado.websocket import websocket_connect
from websockets.asyncio.server import serve

async def send_late(ws):
    await asyncio.sleep(3)
    await ws.send("first")
    await ws.send("second")
    await ws.wait_closed()

async def told(name, wait):
    before = time.monotonic()
    try:
        answer = repr(await wait)
    except TimeoutError:
        answer = "TimeoutError"
    print(f"{name}: {answer} after {round(time.monotonic() - before)} s", flush=True)

async def main():
    async with serve(send_late, "127.0.0.1", 0) as server:
        url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
        for name, limited in {
            "with_timeout(5)": lambda reading: gen.with_timeout(5, reading),
            "with_timeout(timedelta(seconds=1))": lambda reading: gen.with_timeout(datetime.timedelta(seconds=1), reading),
            "wait_for(1)": lambda reading: asyncio.wait_for(reading, 1),
        }.items():
            ws = await websocket_connect(url)
            await told(name, limited(ws.read_message()))
            await told("    the next read", ws.read_message())
            ws.close()
    await told("Queue.get(5)", queues.Queue().get(timeout=5))
    await told("Event.wait(5)", locks.Event().wait(timeout=5))
    await told("Semaphore.acquire(5)", locks.Semaphore(0).acquire(timeout=5))
    await told("Condition.wait(5)", locks.Condition().wait(timeout=5))
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(60), "127.0.0.1", 0)
    request = httpclient.HTTPRequest("ws://127.0.0.1:%d/" % silent.sockets[0].getsockname()[1], request_timeout=5)
    try:
        before = time.monotonic()
        await websocket_connect(request)
    except httpclient.HTTPError:
        print(f"request_timeout=5: HTTPError after {round(time.monotonic() - before)} s", flush=True)

ioloop.IOLoop.current().run_sync(main, timeout=60)
PYTHON
venv/bin/python limits.py 2>/dev/null | seen "with_timeout(5): TimeoutError after 0 s
    the next read: 'second' after 3 s
with_timeout(timedelta(seconds=1)): TimeoutError after 1 s
    the next read: 'second' after 2 s
wait_for(1): TimeoutError after 1 s
    the next read: 'first' after 2 s
Queue.get(5): TimeoutError after 0 s
Event.wait(5): TimeoutError after 0 s
Semaphore.acquire(5): TimeoutError after 0 s
Condition.wait(5): False after 0 s
request_timeout=5: HTTPError after 5 s"

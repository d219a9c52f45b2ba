#!/usr/bin/env bash
# freezegun 1.5.5 and time-machine 3.6.0, websockets 17.4, aiohttp 3.14.5, websocket-client 1.9.2, trio 0.35.0, uvloop 0.23.0, CPython 3.12; a server that
# opens the connection and says nothing, a limit of 1 s. freezegun, which a test takes to fix its date, stops the clock of asyncio's loop
# and of trio as well, and a deadline in either never fires: it was still waiting after 10 s. `real_asyncio=True` gives asyncio its clock
# back, not trio. Clients with threads, and uvloop, keep their limits, and all do with time-machine. One expects a frozen date to
# leave a limit alone, or all of them to stop.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 freezegun==1.5.5 time-machine==3.6.0 websockets==17.4 aiohttp==3.14.5 websocket-client==1.9.2 trio==0.35.0 uvloop==0.23.0
cat >limits.py <<'PYTHON'
import asyncio, contextlib, os, sys, threading
import aiohttp, freezegun, time_machine, trio, uvloop, websocket
import websockets.asyncio.client, websockets.sync.client, websockets.sync.server

async def around():
    async with websockets.asyncio.client.connect(url) as connection, asyncio.timeout(1):
        await connection.recv()

async def own():
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as connection:
        await connection.receive(timeout=1)

async def in_trio():
    with trio.fail_after(1):
        await trio.sleep_forever()

def threads():
    with websockets.sync.client.connect(url) as connection:
        connection.recv(timeout=1)

def blocking():
    websocket.create_connection(url, timeout=1).recv()

limits = {
    "asyncio": lambda: asyncio.run(around()),
    "aiohttp": lambda: asyncio.run(own()),
    "trio": lambda: trio.run(in_trio),
    "websockets.sync": threads,
    "websocket-client": blocking,
    "uvloop": lambda: uvloop.run(around()),
}
day = "2030-01-01"
clocks = {
    "as it is": contextlib.nullcontext,
    "freezegun": lambda: freezegun.freeze_time(day),
    "freezegun, real_asyncio": lambda: freezegun.freeze_time(day, real_asyncio=True),
    "time-machine": lambda: time_machine.travel(day, tick=False),
}
server = websockets.sync.server.serve(lambda connection: connection.recv(), "127.0.0.1", 0)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = "ws://127.0.0.1:%d/" % server.socket.getsockname()[1]

def wait(name):
    try:
        limits[name]()
    except Exception as error:
        print(f"  {name}: {type(error).__name__}", flush=True)
    os._exit(0)

with clocks[sys.argv[1]]():
    wait(sys.argv[2])
PYTHON
for clock in "as it is" freezegun "freezegun, real_asyncio" time-machine; do
    echo "$clock"
    for limit in asyncio aiohttp trio websockets.sync websocket-client uvloop; do
        (timeout 12 venv/bin/python limits.py "$clock" "$limit" 2>/dev/null || echo "  $limit: still waiting") >"$limit.end" &
    done
    wait
    cat {asyncio,aiohttp,trio,websockets.sync,websocket-client,uvloop}.end
done | seen 'as it is
  asyncio: TimeoutError
  aiohttp: TimeoutError
  trio: TooSlowError
  websockets.sync: TimeoutError
  websocket-client: WebSocketTimeoutException
  uvloop: TimeoutError
freezegun
  asyncio: still waiting
  aiohttp: still waiting
  trio: still waiting
  websockets.sync: TimeoutError
  websocket-client: WebSocketTimeoutException
  uvloop: TimeoutError
freezegun, real_asyncio
  asyncio: TimeoutError
  aiohttp: TimeoutError
  trio: still waiting
  websockets.sync: TimeoutError
  websocket-client: WebSocketTimeoutException
  uvloop: TimeoutError
time-machine
  asyncio: TimeoutError
  aiohttp: TimeoutError
  trio: TooSlowError
  websockets.sync: TimeoutError
  websocket-client: WebSocketTimeoutException
  uvloop: TimeoutError'

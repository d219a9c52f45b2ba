#!/usr/bin/env bash
# hypercorn 0.18.0 beside uvicorn 0.54.0, websockets 17.4 as the client, CPython 3.11 to 3.13; a handler of a WebSocket that is busy for 8 s when its server is
# asked to end. `graceful_timeout = 2` of hypercorn ends it after 2 s below Python 3.12. From 3.12 on `asyncio.Server.wait_closed` waits for the open
# connections, and hypercorn waits there before its limit begins: the server ends when the handler does, and never where that one
# waits for ever. uvicorn's `timeout_graceful_shutdown=2` holds in all. One expects the limit of a server not to depend on Python's release.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
cat >ends.py <<'PYTHON'
import asyncio, socket, time
import hypercorn.asyncio, hypercorn.config, uvicorn
from websockets.asyncio.client import connect

async def busy(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            what = (await receive())["type"]
            await send({"type": f"{what}.complete"})
            if what == "lifespan.shutdown":
                return
    await receive()
    await send({"type": "websocket.accept"})
    try:
        await asyncio.sleep(8)
        handlers.append("ended")
    except asyncio.CancelledError:
        handlers.append("was cancelled")
        raise

async def by_hypercorn(port, ending):
    config = hypercorn.config.Config()
    config.bind, config.errorlog, config.graceful_timeout = [f"127.0.0.1:{port}"], None, 2
    await hypercorn.asyncio.serve(busy, config, shutdown_trigger=ending.wait)

async def by_uvicorn(port, ending):
    server = uvicorn.Server(uvicorn.Config(busy, port=port, log_level="critical", timeout_graceful_shutdown=2))
    serving = asyncio.create_task(server.serve())
    await ending.wait()
    server.should_exit = True
    await serving

async def case(name, serves):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ending = asyncio.Event()
    serving = asyncio.create_task(serves(port, ending))
    for _ in range(100):
        try:
            ws = await connect(f"ws://127.0.0.1:{port}/")
            break
        except OSError:
            await asyncio.sleep(0.1)
    before = time.monotonic()
    ending.set()
    await serving
    took = round(time.monotonic() - before)
    await asyncio.sleep(0.1)
    print(f"    {name}: ended after {took} s, the handler {handlers.pop()}", flush=True)

handlers = []
asyncio.run(case("hypercorn", by_hypercorn))
asyncio.run(case("uvicorn", by_uvicorn))
PYTHON
for version in 3.11 3.12 3.13; do
    rm -rf venv
    packages "$version" hypercorn==0.18.0 uvicorn==0.54.0 websockets==17.4
    echo "$version"
    timeout 60 venv/bin/python -W ignore ends.py 2>/dev/null
done | seen '3.11
    hypercorn: ended after 2 s, the handler was cancelled
    uvicorn: ended after 2 s, the handler was cancelled
3.12
    hypercorn: ended after 8 s, the handler ended
    uvicorn: ended after 2 s, the handler was cancelled
3.13
    hypercorn: ended after 8 s, the handler ended
    uvicorn: ended after 2 s, the handler was cancelled'

#!/usr/bin/env bash
# websockets_proxy 0.1.3 on websockets 16.0, CPython 3.12; a proxy that accepts and never answers. The connect inherits `open_timeout`, and
# its clock starts behind the proxy: with 1 s it was still waiting after 12 s. websockets' own `proxy=` counts the way through the proxy too.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websockets-proxy==0.1.3 websockets==16.0
cat >connects.py <<'PYTHON'
import asyncio, os, socket
import websockets
from websockets_proxy import Proxy, proxy_connect

server = socket.create_server(("127.0.0.1", 0))
proxy = "http://127.0.0.1:%d" % server.getsockname()[1]

async def entered(manager):
    async with manager:
        pass

async def main():
    both = {
        "websockets_proxy": proxy_connect("ws://127.0.0.1:1", proxy=Proxy.from_url(proxy), open_timeout=1),
        "websockets": websockets.connect("ws://127.0.0.1:1", proxy=proxy, open_timeout=1),
    }
    tasks = {name: asyncio.ensure_future(entered(manager)) for name, manager in both.items()}
    await asyncio.wait(tasks.values(), timeout=12)
    for name, task in tasks.items():
        print(name, type(task.exception()).__name__ if task.done() else "still waiting", flush=True)
    os._exit(0)

asyncio.run(main())
PYTHON
venv/bin/python connects.py | seen 'websockets_proxy still waiting
websockets TimeoutError'

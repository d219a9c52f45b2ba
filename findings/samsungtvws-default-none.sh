#!/usr/bin/env bash
# samsungtvws 3.0.6 on websockets 16.0, CPython 3.12; a server that accepts and never answers. The wrapper hands its own `timeout=None` on as
# `open_timeout`, and with that takes away the 10 s that websockets has by default: it was still waiting after 14 s. One expects a wrapper
# without a limit to leave the one below.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 'samsungtvws[async]==3.0.6' websockets==16.0
cat >connects.py <<'PYTHON'
import asyncio, socket
import websockets
from samsungtvws.async_remote import SamsungTVWSAsyncRemote

server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]

async def state(name, connect):
    try:
        await asyncio.wait_for(asyncio.ensure_future(connect), 14)
    except TimeoutError as error:
        print(name, "ended by itself" if str(error) else "still waiting")

async def below():
    await websockets.connect(f"ws://127.0.0.1:{port}")

async def main():
    await asyncio.gather(state("websockets:", below()), state("samsungtvws:", SamsungTVWSAsyncRemote("127.0.0.1", port=port).open()))

asyncio.run(main())
PYTHON
venv/bin/python connects.py | seen 'websockets: ended by itself
samsungtvws: still waiting'

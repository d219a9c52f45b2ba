#!/usr/bin/env bash
# aiomqtt 2.5.1 on paho-mqtt 2.2.0, CPython 3.12; a server that accepts and never answers. `timeout=1` bounds the connect over TCP; with
# `transport="websockets"` the same argument is taken without a word and bounds nothing.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 aiomqtt==2.5.1 paho-mqtt==2.2.0
cat >connects.py <<'PYTHON'
import asyncio, socket, time
import aiomqtt

server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]

async def main():
    for transport in ("tcp", "websockets"):
        before = time.monotonic()
        try:
            async with aiomqtt.Client("127.0.0.1", port, transport=transport, timeout=1):
                pass
        except aiomqtt.MqttError:
            print(f"{transport}: {round(time.monotonic() - before)} s")

asyncio.run(main())
PYTHON
venv/bin/python connects.py | seen 'tcp: 1 s
websockets: 5 s'

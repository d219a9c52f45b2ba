#!/usr/bin/env bash
# amqtt 0.12.1, CPython 3.12; a server that accepts and never answers. With `reconnect_retries: 1` the client connects three times, with
# `connection_timeout: 1` for each, and raises after 5 s. One expects two attempts.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 amqtt==0.12.1
cat >connects.py <<'PYTHON'
import asyncio, logging, time
from amqtt.client import MQTTClient

logging.disable()
attempts = []

async def accept(reader, writer):
    attempts.append(1)
    await reader.read()

async def main():
    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    client, before = MQTTClient(config={"connection_timeout": 1, "reconnect_retries": 1}), time.monotonic()
    try:
        await client.connect("ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1])
    except Exception as error:
        print(f"{error} after {round(time.monotonic() - before)} s and {len(attempts)} attempts", flush=True)

asyncio.run(main())
PYTHON
venv/bin/python connects.py 2>/dev/null | seen 'Too many failed attempts after 5 s and 3 attempts'

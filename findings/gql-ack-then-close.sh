#!/usr/bin/env bash
# gql 4.4.0, websockets 16.0, CPython 3.12; a server that shakes hands and then sends nothing. `ack_timeout=1` is the limit of the wait for
# its `connection_ack`: the `TimeoutError` comes after 11 s, because the transport first waits for the server to close, up to `close_timeout`,
# 10 s by default.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 gql==4.4.0 websockets==16.0
cat >connects.py <<'PYTHON'
import asyncio, base64, hashlib, logging, time
from gql import Client
from gql.transport.websockets import WebsocketsTransport

logging.disable()

async def serve(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    key = next(line.split(": ")[1] for line in head if line.lower().startswith("sec-websocket-key"))
    digest = base64.b64encode(hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
    writer.write(b"Sec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Accept: " + digest + b"\r\n\r\n")
    await reader.read()

async def connect(url, **options):
    before = time.monotonic()
    try:
        async with Client(transport=WebsocketsTransport(url=url, **options)):
            pass
    except asyncio.TimeoutError:
        return f"{options}: {round(time.monotonic() - before)} s"

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
    both = connect(url, ack_timeout=1), connect(url, ack_timeout=1, close_timeout=1)
    print(*await asyncio.gather(*both), sep="\n", flush=True)

asyncio.run(main())
PYTHON
venv/bin/python connects.py | seen "{'ack_timeout': 1}: 11 s
{'ack_timeout': 1, 'close_timeout': 1}: 2 s"

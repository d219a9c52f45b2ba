#!/usr/bin/env bash
# gql 4.4.0, websockets 16.0, aiohttp 3.14.5, CPython 3.12; a server that accepts and never answers. `connect_timeout=13` of the transport
# over websockets ends after 10 s, by a limit of the library below that nobody asked for; so does `None`. Over aiohttp 13 is 13. One expects
# the limit that is written.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 gql==4.4.0 websockets==16.0 aiohttp==3.14.5
cat >connects.py <<'PYTHON'
import asyncio, logging, socket, time
from gql import Client
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.websockets import WebsocketsTransport

logging.disable()
server = socket.create_server(("127.0.0.1", 0))
url = "ws://127.0.0.1:%d/" % server.getsockname()[1]

async def connect(kind, timeout):
    before = time.monotonic()
    try:
        async with Client(transport=kind(url=url, connect_timeout=timeout)):
            pass
    except Exception:
        return f"{kind.__name__}, {timeout}: {round(time.monotonic() - before)} s"

async def main():
    kinds = (WebsocketsTransport, 13), (WebsocketsTransport, None), (AIOHTTPWebsocketsTransport, 13)
    print(*await asyncio.gather(*[connect(*kind) for kind in kinds]), sep="\n")

asyncio.run(main())
PYTHON
venv/bin/python connects.py | seen 'WebsocketsTransport, 13: 10 s
WebsocketsTransport, None: 10 s
AIOHTTPWebsocketsTransport, 13: 13 s'

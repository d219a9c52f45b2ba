#!/usr/bin/env bash
# websockets 17.4, websocket-client 1.9.2, CPython 3.12; a name with three addresses of which none takes a connection, 2 s asked for. The blocking client
# of websockets counts its `open_timeout` anew for each address, the asyncio client counts it once. websocket-client gives the name
# up after the first address that is silent, though it goes on to the next one where an address refuses.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websockets==17.4 websocket-client==1.9.2
cat >connects.py <<'PYTHON'
import asyncio, socket, time, warnings
warnings.simplefilter("ignore")
import websocket, websockets, websockets.sync.client

hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]

def full(host, port=0):
    """A port whose queue is full, so that a connect to it waits."""
    server = socket.socket()
    server.bind((host, port))
    server.listen(0)
    kept.append(server)
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(server.getsockname())
        kept.append(client)
    return server.getsockname()[1]

kept = []
port = full(hosts[0])
for host in hosts[1:]:
    full(host, port)

resolve = socket.getaddrinfo
def three(name, *rest, **options):
    if name != "three.test":
        return resolve(name, *rest, **options)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]
socket.getaddrinfo = three
url = f"ws://three.test:{port}/"

async def opened():
    await websockets.connect(url, open_timeout=2)

for name, connect in {
    "websockets.sync": lambda: websockets.sync.client.connect(url, open_timeout=2),
    "websockets.asyncio": lambda: asyncio.run(opened()),
    "websocket-client": lambda: websocket.create_connection(url, timeout=2),
}.items():
    before = time.monotonic()
    try:
        connect()
    except Exception as error:
        print(f"{name}: {type(error).__name__} after {round(time.monotonic() - before)} s")
PYTHON
venv/bin/python connects.py | seen 'websockets.sync: TimeoutError after 6 s
websockets.asyncio: TimeoutError after 2 s
websocket-client: TimeoutError after 2 s'

#!/usr/bin/env bash
# centrifuge-python 0.7.0, CPython 3.12; a server that accepts and never answers. `await client.connect()` with `timeout=2` returns after 2 s
# as if all were well; it is the next call that raises, after 2 s more. One expects the connect to raise.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 centrifuge-python==0.7.0
cat >connects.py <<'PYTHON'
import asyncio, logging, socket, time
import centrifuge

logging.disable()
server = socket.create_server(("127.0.0.1", 0))
url = "ws://127.0.0.1:%d/" % server.getsockname()[1]

async def main():
    client, before = centrifuge.Client(url, timeout=2.0), time.monotonic()
    print("connect:", await client.connect(), f"after {round(time.monotonic() - before)} s,", client.state)
    try:
        await client.ready()
    except centrifuge.OperationTimeoutError:
        print(f"ready: OperationTimeoutError after {round(time.monotonic() - before)} s", flush=True)

asyncio.run(main())
PYTHON
venv/bin/python connects.py 2>&1 | head -2 | seen 'connect: None after 2 s, ClientState.CONNECTING
ready: OperationTimeoutError after 4 s'

#!/usr/bin/env bash
# quart 0.22.0, CPython 3.12. The block of the test client's `websocket` is entered, and `send` succeeds, while the handler has not accepted,
# and also where it refuses with 403: that comes out where the block is left. One expects entering to be the handshake.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 quart==0.22.0
cat >enters.py <<'PYTHON'
import asyncio
from quart import Quart, abort

app = Quart(__name__)

@app.websocket("/late")
async def late():
    await asyncio.sleep(60)

@app.websocket("/refuses")
async def refuses():
    abort(403)

async def main():
    for path in ("/late", "/refuses"):
        try:
            async with app.test_client().websocket(path) as ws:
                await ws.send("hello")
                print(path, "entered and sent")
            print(path, "left")
        except Exception as error:
            print(path, "left with", type(error).__name__)

asyncio.run(main())
PYTHON
venv/bin/python enters.py | seen '/late entered and sent
/late left
/refuses entered and sent
/refuses left with WebsocketResponseError'

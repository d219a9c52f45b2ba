#!/usr/bin/env bash
# web3 8.0.0, CPython 3.12; a port that refuses. With `max_connection_retries=0` the provider makes no attempt at all: `await AsyncWeb3(…)`
# returns at once as if it were connected. With 1 there is one attempt, which raises. One expects "no retries" to mean one attempt.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 web3==8.0.0
cat >connects.py <<'PYTHON'
import asyncio, logging, socket
from web3 import AsyncWeb3, WebSocketProvider

logging.disable()
closed = socket.socket()
closed.bind(("127.0.0.1", 0))
url = "ws://127.0.0.1:%d" % closed.getsockname()[1]

async def main():
    for retries in (0, 1):
        try:
            w3 = await AsyncWeb3(WebSocketProvider(url, max_connection_retries=retries))
            print(retries, "returned, connected:", await w3.is_connected())
        except Exception as error:
            print(retries, type(error).__name__)

asyncio.run(main())
PYTHON
venv/bin/python connects.py | seen '0 returned, connected: False
1 ProviderConnectionError'

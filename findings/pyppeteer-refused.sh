#!/usr/bin/env bash
# pyppeteer 2.0.0, CPython 3.12; a port that nobody listens on. `await pyppeteer.connect(…)` does not raise `ConnectionRefusedError`, and
# nothing else either: the exception stays in a task that nobody awaits, and the call waits for its answer. It was still waiting after 6 s.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pyppeteer==2.0.0
cat >connects.py <<'PYTHON'
import asyncio, logging, os, socket
import pyppeteer

logging.disable()
closed = socket.socket()
closed.bind(("127.0.0.1", 0))

async def main():
    connect = asyncio.ensure_future(pyppeteer.connect(browserWSEndpoint="ws://127.0.0.1:%d" % closed.getsockname()[1]))
    done, _ = await asyncio.wait([connect], timeout=6)
    print("ended" if done else "still waiting", flush=True)
    os._exit(0)

asyncio.run(main())
PYTHON
venv/bin/python connects.py 2>/dev/null | seen 'still waiting'

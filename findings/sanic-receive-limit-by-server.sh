#!/usr/bin/env bash
# sanic 25.12.1 under its own server and under uvicorn 0.54.0 and hypercorn 0.18.0, websockets 17.4 as the client, CPython 3.12. A handler waits for a
# message that does not come, by `recv(timeout=1)`. Under sanic's own server it is given None after 1 s. Under a server of ASGI the same line takes the
# argument without a word and waits without a limit: it was still waiting after 6 s. `asyncio.timeout` around it ends it under all. One expects
# the argument of a handler to mean the same under whatever server it runs.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 sanic==25.12.1 uvicorn==0.54.0 hypercorn==0.18.0 websockets==17.4
cat >app.py <<'PYTHON'
import asyncio, time
from sanic import Sanic

app = Sanic("waits")
app.config.MOTD = False

@app.websocket("/")
async def wait(request, ws):
    before = time.monotonic()
    try:
        async with asyncio.timeout(6):
            had = await ws.recv(timeout=1)
    except TimeoutError:
        had = "nothing, ended by the deadline around it"
    await ws.send(f"{had} after {round(time.monotonic() - before)} s")
PYTHON
cat >asks.py <<'PYTHON'
import os, signal, socket, subprocess, sys, time
from websockets.sync.client import connect

with socket.create_server(("127.0.0.1", 0)) as free:
    port = str(free.getsockname()[1])
server = subprocess.Popen([word.replace("PORT", port) for word in sys.argv[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
try:
    for _ in range(100):
        try:
            with connect(f"ws://127.0.0.1:{port}/") as ws:
                print(f"{sys.argv[3]}: {ws.recv(timeout=20)}")
            break
        except OSError:
            time.sleep(0.2)
finally:
    os.killpg(server.pid, signal.SIGKILL)
PYTHON
{
    venv/bin/python asks.py venv/bin/python -m sanic app.app --host 127.0.0.1 --port PORT --single-process
    venv/bin/python asks.py venv/bin/python -m uvicorn app:app --port PORT
    venv/bin/python asks.py venv/bin/python -m hypercorn app:app --bind 127.0.0.1:PORT
} | seen 'sanic: None after 1 s
uvicorn: nothing, ended by the deadline around it after 6 s
hypercorn: nothing, ended by the deadline around it after 6 s'

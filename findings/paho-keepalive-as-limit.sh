#!/usr/bin/env bash
# paho-mqtt 2.0.0 and 2.2.0, CPython 3.12; a server that accepts and never answers, over WebSocket. In 2.0.0 the only limit of the handshake
# is `keepalive`, which is the time between two pings of a connection that stands; `connect_timeout` does nothing. In 2.2.0 it is the other
# way round.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
cat >connects.py <<'PYTHON'
import os, socket, threading, time
import paho.mqtt.client as mqtt

server = socket.create_server(("127.0.0.1", 0))
state = {}

def connect(keepalive, limit):
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, transport="websockets")
    client.connect_timeout = limit
    before = time.monotonic()
    try:
        client.connect("127.0.0.1", server.getsockname()[1], keepalive=keepalive)
    except TimeoutError:
        state[keepalive, limit] = f"{round(time.monotonic() - before)} s"

for options in ((2, 5), (60, 3)):
    threading.Thread(target=connect, args=options, daemon=True).start()
time.sleep(9)
for keepalive, limit in ((2, 5), (60, 3)):
    print(f"keepalive={keepalive}, connect_timeout={limit}: {state.get((keepalive, limit), 'still waiting')}", flush=True)
os._exit(0)
PYTHON
for version in 2.0.0 2.2.0; do
    packages 3.12 paho-mqtt==$version
    echo "$version"
    venv/bin/python connects.py
done | seen '2.0.0
keepalive=2, connect_timeout=5: 2 s
keepalive=60, connect_timeout=3: still waiting
2.2.0
keepalive=2, connect_timeout=5: 5 s
keepalive=60, connect_timeout=3: 3 s'

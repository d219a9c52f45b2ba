#!/usr/bin/env bash
# kubernetes 37.0.2, CPython 3.12; a server that accepts and never answers. `_request_timeout=2` ends a plain request after 2 s. An exec through
# `stream()` takes the same argument and had not returned after 12 s: the handshake of its WebSocket has no limit.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 kubernetes==37.0.2 websocket-client==1.9.2
cat >calls.py <<'PYTHON'
import os, socket, threading, time
from kubernetes import client
from kubernetes.stream import stream

server = socket.create_server(("127.0.0.1", 0))

configuration = client.Configuration()
configuration.host = "http://127.0.0.1:%d" % server.getsockname()[1]
configuration.retries = False
# One client for each call: `stream` changes the one that it is given. They are made before the time is taken.
plain, streamed = (client.CoreV1Api(client.ApiClient(configuration)) for _ in range(2))

calls = {
    "list": lambda: plain.list_namespaced_pod("default", _request_timeout=2),
    "exec": lambda: stream(
        streamed.connect_get_namespaced_pod_exec, "pod", "default", command=["true"], stdout=True, _request_timeout=2
    ),
}

def run(name, call):
    before = time.monotonic()
    try:
        call()
    except Exception as error:
        ended[name] = f"{type(error).__name__} after {round(time.monotonic() - before)} s"

ended = {}
for item in calls.items():
    threading.Thread(target=run, args=item, daemon=True).start()
time.sleep(12)
for name in calls:
    print(f"{name}: {ended.get(name, 'waiting after 12 s')}")
os._exit(0)
PYTHON
venv/bin/python -u calls.py | seen 'list: ReadTimeoutError after 2 s
exec: waiting after 12 s'

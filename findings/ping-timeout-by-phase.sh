#!/usr/bin/env bash
# websocket-client 1.9.2, CPython 3.12; a server that opens the connection and then answers no ping. `run_forever` looks each `ping_timeout` seconds whether an
# answer is overdue, and each ping that it sends meanwhile starts the wait anew: the nearer `ping_timeout` is to `ping_interval`, the
# later a look falls between the two. `ping_interval=6, ping_timeout=5.3`, where the first ping is overdue after 11.3 s, tells of it after 48 s,
# when the seventh is (10 and 9 took 99 s once); with 1.3 it is told after 8 s. One expects 11 s.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websocket-client==1.9.2
cat >runs.py <<'PYTHON'
import base64, hashlib, os, re, socket, threading, time
import websocket

def open_only(connection):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)[1]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    kept.append(connection)

def accept_all():
    while True:
        threading.Thread(target=open_only, args=(listening.accept()[0],), daemon=True).start()

def run(interval, limit):
    before = time.monotonic()
    def on_error(app, error):
        told[interval, limit] = f"{error} after {round(time.monotonic() - before)} s"
    app = websocket.WebSocketApp("ws://127.0.0.1:%d" % listening.getsockname()[1], on_error=on_error)
    app.run_forever(ping_interval=interval, ping_timeout=limit)

kept, told = [], {}
listening = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=accept_all, daemon=True).start()
runs = [threading.Thread(target=run, args=limits, daemon=True) for limits in ((6, 1.3), (4, 3.4), (6, 5.3))]
for thread in runs:
    thread.start()
for thread in runs:
    thread.join(70)
for (interval, limit), how in sorted(told.items()):
    print(f"ping_interval={interval}, ping_timeout={limit}: {how}, {interval + limit:.1f} s expected", flush=True)
os._exit(0)
PYTHON
venv/bin/python runs.py 2>/dev/null | seen 'ping_interval=4, ping_timeout=3.4: ping/pong timed out after 24 s, 7.4 s expected
ping_interval=6, ping_timeout=1.3: ping/pong timed out after 8 s, 7.3 s expected
ping_interval=6, ping_timeout=5.3: ping/pong timed out after 48 s, 11.3 s expected'

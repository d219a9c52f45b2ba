#!/usr/bin/env bash
# websocket-client 1.9.2, rel 0.4.9.27, CPython 3.12; a server that opens each connection and then answers nothing, no ping either.
# `run_forever(ping_interval=3, ping_timeout=2, reconnect=1)` tells `on_error` of the ping that was not answered, and connects again. With `dispatcher=rel`,
# as its documentation writes it for programs that connect again, the same exception comes out of `rel.dispatch()`, to which all connections of the program
# belong: `on_error` and `on_close` are not called, and nothing connects again. Where the server hangs up instead, both connect again.
# One expects the limit of a ping to be an error of its connection, under a dispatcher too.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websocket-client==1.9.2 rel==0.4.9.27
cat >runs.py <<'PYTHON'
import base64, hashlib, os, re, socket, sys, threading, time
import rel
import websocket

by_rel, hangs_up = sys.argv[1] == "rel", sys.argv[2] == "hangs up"
connections = []

def open_only(connection):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)[1]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    connections.append(connection)
    if len(connections) > 1:
        ends("connects again")
    if hangs_up:
        time.sleep(1)
        connection.shutdown(socket.SHUT_RDWR)

def accept_all():
    while True:
        threading.Thread(target=open_only, args=(listening.accept()[0],), daemon=True).start()

def ends(how):
    print(f"{' '.join(sys.argv[1:])}: {how}", flush=True)
    os._exit(0)

def on_error(app, error):
    print(f"{' '.join(sys.argv[1:])}: on_error({error})", flush=True)

listening = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=accept_all, daemon=True).start()
threading.Timer(25, ends, ["neither"]).start()
app = websocket.WebSocketApp("ws://127.0.0.1:%d" % listening.getsockname()[1], on_error=on_error)
limits = {"ping_interval": 3, "ping_timeout": 2, "reconnect": 1}
try:
    if by_rel:
        app.run_forever(dispatcher=rel, **limits)
        rel.dispatch()
    else:
        app.run_forever(**limits)
except Exception as error:
    ends(f"{type(error).__name__}({error}) out of {'rel.dispatch' if by_rel else 'run_forever'}")
ends("returned")
PYTHON
for run in "plain" "rel"; do
    for server in "silent" "hangs up"; do
        venv/bin/python runs.py "$run" "$server" 2>/dev/null
    done
done | seen 'plain silent: on_error(ping/pong timed out)
plain silent: connects again
plain hangs up: on_error(Connection to remote host was lost.)
plain hangs up: connects again
rel silent: WebSocketTimeoutException(ping/pong timed out) out of rel.dispatch
rel hangs up: connects again'

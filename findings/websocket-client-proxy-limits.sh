#!/usr/bin/env bash
# websocket-client 1.9.2, python-socks 3.2.1, CPython 3.12; a proxy that accepts and never answers, 2 s asked for. What `timeout` bounds
# through an HTTP proxy it does not bound through a SOCKS proxy, and `http_proxy_timeout` is the limit of the SOCKS proxy alone.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websocket-client==1.9.2 python-socks==3.2.1
cat >proxies.py <<'PYTHON'
import socket, threading, time, websocket

proxy = socket.create_server(("127.0.0.1", 0))
proxy.listen(16)

def tried(kind, argument):
    before = time.monotonic()
    try:
        websocket.create_connection(
            "ws://127.0.0.1:9/", proxy_type=kind, http_proxy_host="127.0.0.1", http_proxy_port=proxy.getsockname()[1], **{argument: 2}
        )
    except Exception as error:
        ended[kind, argument] = f"{type(error).__name__} after {round(time.monotonic() - before)} s"

ended = {}
pairs = [(kind, argument) for kind in ("http", "socks5") for argument in ("timeout", "http_proxy_timeout")]
for pair in pairs:
    threading.Thread(target=tried, args=pair, daemon=True).start()
time.sleep(12)
for pair in pairs:
    print(*pair, ended.get(pair, "waiting after 12 s"), sep=": ")
PYTHON
venv/bin/python proxies.py | seen 'http: timeout: WebSocketProxyException after 2 s
http: http_proxy_timeout: waiting after 12 s
socks5: timeout: waiting after 12 s
socks5: http_proxy_timeout: ProxyTimeoutError after 2 s'

#!/usr/bin/env bash
# niquests 3.21.2, urllib3-future 2.25.904, wsproto 1.3.2, websocket-client 1.9.2, CPython 3.12; a server that sends a message in two pieces and then
# another. Where the pieces come 0.2 s apart, `next_payload` returns the message. Where they are 2.5 s apart, the limit of 2 s fires with
# the first one read; the next call returns the second piece as a message of its own, in the blocking session and in the asyncio
# one, and the first is gone. websocket-client keeps it. One expects a message that came late to come whole.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 niquests==3.21.2 urllib3-future==2.25.904 wsproto==1.3.2 websocket-client==1.9.2
cat >reads.py <<'PYTHON'
import asyncio, base64, hashlib, os, socket, threading, time
import niquests, websocket

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

def answer(connection):
    head = connection.recv(10000).decode()
    key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    connection.sendall(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    connection.sendall(b"\x01\x02he")
    time.sleep(apart)
    connection.sendall(b"\x80\x03llo\x81\x05world")
    time.sleep(60)

def accept_all():
    while True:
        threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()

async def asyncio_niquests():
    async with niquests.AsyncSession() as session:
        extension = (await session.get(url, timeout=2)).extension
        for _ in range(3):
            try:
                yield await extension.next_payload()
            except niquests.ReadTimeout:
                yield "(limit)"

async def blocking_niquests():
    extension = niquests.Session().get(url, timeout=2).extension
    for _ in range(3):
        try:
            yield extension.next_payload()
        except niquests.ReadTimeout:
            yield "(limit)"

async def websocket_client():
    ws = websocket.create_connection(url, timeout=2)
    for _ in range(3):
        try:
            yield ws.recv()
        except websocket.WebSocketTimeoutException:
            yield "(limit)"

async def said(reads):
    return " ".join([text async for text in reads])

listening = socket.create_server(("127.0.0.1", 0))
url = "ws://127.0.0.1:%d/" % listening.getsockname()[1]
threading.Thread(target=accept_all, daemon=True).start()
for apart in 0.2, 2.5:
    for reads in asyncio_niquests, blocking_niquests, websocket_client:
        print(f"{apart} s apart, {reads.__name__}:", asyncio.run(said(reads())), flush=True)
os._exit(0)
PYTHON
venv/bin/python reads.py | seen '0.2 s apart, asyncio_niquests: hello world (limit)
0.2 s apart, blocking_niquests: hello world (limit)
0.2 s apart, websocket_client: hello world (limit)
2.5 s apart, asyncio_niquests: (limit) llo world
2.5 s apart, blocking_niquests: (limit) llo world
2.5 s apart, websocket_client: (limit) hello world'

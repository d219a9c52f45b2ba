#!/usr/bin/env bash
# websockets 17.4, aiohttp 3.14.5, tornado 6.6.1, httpx-ws 0.9.0, trio-websocket 0.12.2, trio 0.35.0, websocket-client 1.9.2, CPython 3.12; a server that
# reads nothing for 3 s. A message of 8 MB has a deadline of 1 s, which fires; then `second` is sent, and that succeeds with all. What asyncio's clients
# gave up is in the loop's buffer: the server gets both messages. Under trio, and from websocket-client, the first frame stays cut where the
# deadline found it, and `second` goes out behind it, where the server takes it for the rest of the first message. None
# of them says so. One expects the connection to be refused after a send that was cut, or both messages to arrive.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websockets==17.4 aiohttp==3.14.5 tornado==6.6.1 httpx-ws==0.9.0 httpx==0.28.1 trio-websocket==0.12.2 trio==0.35.0 \
    websocket-client==1.9.2
cat >sends.py <<'PYTHON'
import asyncio, os, sys
import aiohttp, httpx_ws, trio, trio_websocket, websocket, websockets.asyncio.client, websockets.trio.client
from tornado.websocket import websocket_connect

name, url = sys.argv[1:]
first = b"a" * 8_000_000

def done():
    print("second is sent", flush=True)
    os._exit(0)

async def in_asyncio(send_first, send_second):
    try:
        await asyncio.wait_for(send_first, 1)
    except TimeoutError:
        await asyncio.wait_for(send_second(), 20)
        await asyncio.sleep(5)
        done()

async def in_trio(send_first, send_second):
    with trio.move_on_after(1):
        await send_first(first)
        return
    with trio.fail_after(20):
        await send_second("second")
    done()

async def asyncio_websockets():
    ws = await websockets.asyncio.client.connect(url)
    await in_asyncio(ws.send(first), lambda: ws.send("second"))

async def asyncio_aiohttp():
    async with aiohttp.ClientSession() as session:
        ws = await session.ws_connect(url)
        await in_asyncio(ws.send_bytes(first), lambda: ws.send_str("second"))

async def asyncio_tornado():
    ws = await websocket_connect(url)
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    await in_asyncio(ws.write_message(first, binary=True), lambda: ws.write_message("second"))

async def asyncio_httpx_ws():
    async with httpx_ws.aconnect_ws(url, keepalive_ping_interval_seconds=None) as ws:
        await in_asyncio(ws.send_bytes(first), lambda: ws.send_text("second"))

async def trio_websockets():
    async with websockets.trio.client.connect(url) as ws:
        await in_trio(ws.send, ws.send)

async def trio_trio_websocket():
    async with trio_websocket.open_websocket_url(url) as ws:
        await in_trio(ws.send_message, ws.send_message)

async def trio_httpx_ws():
    async with httpx_ws.aconnect_ws(url, keepalive_ping_interval_seconds=None) as ws:
        await in_trio(ws.send_bytes, ws.send_text)

def blocking_websocket_client():
    ws = websocket.create_connection(url, timeout=1)
    try:
        ws.send_binary(first)
    except websocket.WebSocketTimeoutException:
        ws.settimeout(20)
        ws.send("second")
        done()

run = {"asyncio": lambda send: asyncio.run(send()), "trio": trio.run, "blocking": lambda send: send()}
run[name.split("_")[0]](globals()[name])
PYTHON
cat >server.py <<'PYTHON'
import base64, concurrent.futures, hashlib, socket, subprocess, sys, time

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def unmasked(payload, mask):
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))

def messages(sent):
    """The messages in what was sent, short: a repeated letter once, and what is missing of a message that is cut."""
    message = b""
    while sent:
        head, length = 2, sent[1] & 127
        if length > 125:
            head = {126: 4, 127: 10}[length]
            length = int.from_bytes(sent[2:head], "big")
        mask, payload, last = sent[head : head + 4], sent[head + 4 : head + 4 + length], sent[0] & 128
        message = message or bytes(dict.fromkeys(unmasked(payload[:8], mask)))
        sent = sent[head + 4 + length :]
        if len(payload) < length:
            inside = unmasked(payload[-6:], payload[-10:-6])
            yield f"{message.decode()} cut short, the end of it is {inside.decode(errors='replace')!r}"
        elif last:
            yield message.decode()
            message = b""

def serve(name):
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    url = "ws://127.0.0.1:%d/" % listening.getsockname()[1]
    client = subprocess.Popen([sys.executable, "sends.py", name, url], stdout=subprocess.PIPE, text=True)
    connection = listening.accept()[0]
    head = connection.recv(10000).decode()
    key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    connection.sendall(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    time.sleep(3)
    sent = bytearray()
    while more := connection.recv(1 << 20):
        sent += more
    return f"{name}: {client.communicate()[0].strip()}, the server has {' and '.join(messages(bytes(sent)))}"

with concurrent.futures.ThreadPoolExecutor(4) as pool:
    print(*pool.map(serve, sys.argv[1:]), sep="\n")
PYTHON
venv/bin/python server.py asyncio_{websockets,aiohttp,tornado,httpx_ws} trio_{websockets,trio_websocket,httpx_ws} blocking_websocket_client |
    seen "asyncio_websockets: second is sent, the server has a and second
asyncio_aiohttp: second is sent, the server has a and second
asyncio_tornado: second is sent, the server has a and second
asyncio_httpx_ws: second is sent, the server has a and second
trio_websockets: second is sent, the server has a cut short, the end of it is 'second'
trio_trio_websocket: second is sent, the server has a cut short, the end of it is 'second'
trio_httpx_ws: second is sent, the server has a cut short, the end of it is 'second'
blocking_websocket_client: second is sent, the server has a cut short, the end of it is 'second'"

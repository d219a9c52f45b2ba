#!/usr/bin/env bash
# tornado 6.6.1 and picows 2.3.1 beside websockets 17.4 and aiohttp 3.14.5, CPython 3.12; a server that answers the handshake after 2 s and sends a
# message. A deadline of 1 s around the connect raises with all four. The clients of websockets and aiohttp have hung up by then. Those
# of tornado and picows finish the handshake behind the program's back: the connection stands, nobody has it, and the callback of the
# connect that timed out is given the message. tornado's own `request_timeout=1` hangs up. One expects a cancelled connect to close.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 websockets==17.4 aiohttp==3.14.5 tornado==6.6.1 picows==2.3.1
cat >connects.py <<'PYTHON'
import asyncio, base64, hashlib, os, sys
import aiohttp, picows, websockets
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

async def answer_late(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    await asyncio.sleep(2)
    key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    writer.write(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    writer.write(b"\x81\x05hello")
    try:
        said = await asyncio.wait_for(reader.read(100), 3)
        print("  the server sees it closed" if not said else f"  the server got {said}")
    except asyncio.TimeoutError:
        print("  the server sees it open")
    except ConnectionError:
        print("  the server sees it closed")
    writer.close()

class Listener(picows.WSListener):
    def on_ws_frame(self, transport, frame):
        told(frame.get_payload_as_ascii_text())

def told(message):
    if message is not None:
        print("  the callback got", message)

async def by_aiohttp(url):
    async with aiohttp.ClientSession() as session:
        await session.ws_connect(url)

connects = {
    "websockets": lambda url: websockets.connect(url),
    "aiohttp": by_aiohttp,
    "picows": lambda url: picows.ws_connect(Listener, url),
    "tornado": lambda url: websocket_connect(url, on_message_callback=told),
    "tornado, request_timeout=1": lambda url: websocket_connect(HTTPRequest(url, request_timeout=1), on_message_callback=told),
}

async def main():
    server = await asyncio.start_server(answer_late, "127.0.0.1", 0)
    url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
    for name, connect in connects.items():
        print(name)
        try:
            async with asyncio.timeout(1 if "=" not in name else 9):
                await connect(url)
        except Exception as error:
            print("  the program sees", type(error).__name__)
        await asyncio.sleep(5)
    sys.stdout.flush()
    os._exit(0)

asyncio.run(main())
PYTHON
venv/bin/python connects.py 2>&1 | seen 'websockets
  the program sees TimeoutError
  the server sees it closed
aiohttp
  the program sees TimeoutError
  the server sees it closed
picows
  the program sees TimeoutError
  the callback got hello
  the server sees it open
tornado
  the program sees TimeoutError
  the callback got hello
  the server sees it open
tornado, request_timeout=1
  the program sees HTTPTimeoutError
  the server sees it closed'

"""The peers that the shapes connect to, each on a port of its own on 127.0.0.1:

echo      completes the handshake, sends every message back, answers the close
mute      completes the handshake, then reads and answers nothing
rejecting answers every handshake with 403 and closes
silent    accepts, reads, answers nothing; closes when the client does
hung      a listening socket that nobody accepts from, reads or closes
refusing  a port that is taken and not listened on
journal   takes one line, a prefix of request paths, and gives what the peers saw of such requests as JSON

Written by hand and not with websockets: it has to see exactly what a client sends. The first line on stdout says the
ports as JSON. Ends when stdin does.
"""

import asyncio
import base64
import hashlib
import json
import socket
import struct
import sys

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA

connections = []


class Connection:
    """What a peer saw of one request."""

    def __init__(self, peer, head):
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        self.key = next((value for name, value in headers.items() if name.lower() == "sec-websocket-key"), "")
        self.seen = {"peer": peer, "path": lines[0].split(" ")[1], "close_frame": False, "ended": False}
        connections.append(self)


def accept(connection, writer):
    digest = base64.b64encode(hashlib.sha1(connection.key.encode() + MAGIC).digest())
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + digest + b"\r\n\r\n"
    )


async def frame(reader):
    """One frame of a client: its opcode and its unmasked payload."""
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length >= 126:
        form = ">H" if length == 126 else ">Q"
        (length,) = struct.unpack(form, await reader.readexactly(struct.calcsize(form)))
    mask = await reader.readexactly(4)
    payload = await reader.readexactly(length)
    return first & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def send(writer, opcode, payload):
    assert len(payload) < 126, "the shapes send short messages"
    writer.write(bytes([0x80 | opcode, len(payload)]) + payload)


async def echo(connection, reader, writer):
    accept(connection, writer)
    opcode = None
    while opcode != CLOSE:
        opcode, payload = await frame(reader)
        if opcode == PING:
            send(writer, PONG, payload)
        elif opcode in (TEXT, CLOSE):
            send(writer, opcode, payload)
    connection.seen["close_frame"] = True
    writer.write_eof()
    await reader.read()


async def mute(connection, reader, writer):
    accept(connection, writer)
    await reader.read()


async def rejecting(connection, reader, writer):
    writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")


async def silent(connection, reader, writer):
    await reader.read()


def serving(peer):
    """Takes the request, lets the peer answer it, and notes when the client is gone."""

    async def handle(reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return writer.close()
        connection = Connection(peer.__name__, head)
        try:
            await peer(connection, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client left in the middle of something
        connection.seen["ended"] = True
        writer.close()

    return handle


async def journal(reader, writer):
    prefix = (await reader.readline()).decode().strip()
    seen = [connection.seen for connection in connections if connection.seen["path"].startswith(prefix)]
    writer.write(json.dumps(seen).encode())
    writer.close()


async def main():
    ports = {}
    handlers = {peer.__name__: serving(peer) for peer in (echo, mute, rejecting, silent)}
    for name, handler in {**handlers, "journal": journal}.items():
        server = await asyncio.start_server(handler, "127.0.0.1", 0, backlog=1024)
        ports[name] = server.sockets[0].getsockname()[1]
    idle = {name: socket.socket() for name in ("hung", "refusing")}
    for name, sock in idle.items():
        sock.bind(("127.0.0.1", 0))
        ports[name] = sock.getsockname()[1]
    idle["hung"].listen(1024)
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())

"""Gives every argument to every connect and tells what it raises.

Reads one JSON object from stdin: `paths`, each with the arguments to try: by a key of the asker's a name, and pairs of what is
given beside it. Writes to stdout, for each path that
the installed release has, what became of each argument: null where it is taken, else [phase, error], the phase being "call"
or "await". Nobody listens at the address, so what is taken fails to connect.

`values` are the calls of a path to try against a peer that answers the handshake in plain text: each a list of the scheme of its
address, what is given by name, as Python writes it, and how many positional arguments there are. What becomes of them is told
in the same way and order.
"""

import asyncio
import base64
import hashlib
import importlib
import inspect
import json
import os
import socket
import ssl
import sys
import threading
import warnings
from importlib import metadata

warnings.simplefilter("ignore")

JOB = json.load(sys.stdin)
ADDRESS = "ws://127.0.0.1:1/"

# Values that a connect looks at before it connects; every other argument gets None.
VALUES = {"compression": None, "logger": None, "max_size": 1, "max_queue": 1, "limit": 1024, "write_limit": 1024, "wait_timeout": 0.1}

# What the functions that need more than an address are called with.
POSITIONAL = {
    "asyncio.open_connection": ("127.0.0.1", 1),
    "picows.ws_connect": (None, ADDRESS),
    "trio_websocket.open_websocket": ("127.0.0.1", 1, "/"),
    "trio_websocket.connect_websocket": (None, "127.0.0.1", 1, "/"),
    "trio_websocket.connect_websocket_url": (None, ADDRESS),
    "websocket.WebSocketApp.run_forever": (),
}


def resolve(path):
    """The module's object of a dotted path, and its class where it is a method."""
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
            break
        except ImportError:
            continue
    else:
        raise AttributeError(path)
    owner = None
    for part in parts[cut:]:
        owner = found if inspect.isclass(found) else None
        found = getattr(found, part)
    return owner, found


async def instance(owner):
    name = owner.__name__
    if name == "WebSocketApp":
        return owner(ADDRESS)
    if name == "TestClient":
        return owner(None)
    return owner()


def rejection(error, name):
    """What a rejected argument raises, as a traceback ends."""
    while error is not None:
        if isinstance(error, TypeError) and f"unexpected keyword argument '{name}'" in str(error):
            return f"TypeError: {str(error).split('. Did you mean')[0]}"
        error = error.__cause__ or error.__context__
    return None


async def attempt(path, name, beside):
    owner, function = resolve(path)
    if path.startswith("simple_websocket.AioClient"):
        owner = None
    receiver = await instance(owner) if owner else None
    if receiver is not None:
        function = getattr(receiver, path.rsplit(".", 1)[1])
    positional = POSITIONAL.get(path, (ADDRESS,))
    if "unix_connect" in path:
        positional = ("/nowhere/ws-lint",)
    elif name in ("url", "uri") and len(positional) == 1:
        positional = ()
    value = ADDRESS if name in ("url", "uri") else VALUES.get(name)
    try:
        outcome = function(*positional, **{**beside, name: value})
    except BaseException as error:
        return ["call", rejection(error, name)]
    try:
        await asyncio.wait_for(enter(outcome), 1)
    except BaseException as error:
        return ["await", rejection(error, name)]
    finally:
        close = getattr(receiver, "close", None)
        if inspect.iscoroutinefunction(close):
            await close()
    return ["await", None]


async def enter(outcome):
    if inspect.isawaitable(outcome):
        await outcome
    elif hasattr(outcome, "__aenter__"):
        await outcome.__aenter__()
    elif hasattr(outcome, "__enter__"):
        outcome.__enter__()


def takes(path, name):
    """Whether a connect has a parameter of this name."""
    return name in inspect.signature(resolve(path)[1]).parameters


def run(path, names):
    """`names` are such, or a name and what else is given: another name and its value, as Python writes it."""
    answers = {}
    for key, (name, *beside) in names.items():
        given = {other: eval(value, {"socket": socket}) for other, value in beside}
        if name.startswith("proxy_") and not beside and takes(path, "proxy"):
            # Where no proxy is configured these belong to nothing.
            given = {"proxy": ADDRESS.replace("ws", "http", 1)}
        phase, error = asyncio.run(attempt(path, name, given))
        answers[key] = None if error is None else [phase, error]
    return answers


def serve():
    """The port of a peer that answers every handshake and then only reads."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def answer(connection):
        request = b""
        while b"\r\n\r\n" not in request:
            received = connection.recv(4096)
            if not received:
                return
            request += received
        lines = request.split(b"\r\n")
        key = next(line.split(b":", 1)[1].strip() for line in lines if line.lower().startswith(b"sec-websocket-key"))
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + accept
            + b"\r\n\r\n"
        )
        while connection.recv(4096):
            pass

    def accept_all():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept_all, daemon=True).start()
    return listener.getsockname()[1]


async def attempt_values(path, port, scheme, keywords, positional):
    function = resolve(path)[1]
    given = [f"{scheme}://127.0.0.1:{port}/", *[None] * (positional - 1)]
    named = {name: eval(value, {"ssl": ssl}) for name, value in keywords.items()}
    phase = "call"
    try:
        outcome = function(*given, **named)
        if inspect.isawaitable(outcome):
            phase = "await"
            await asyncio.wait_for(outcome, 5)
    except Exception as error:
        return [phase, f"{type(error).__name__}: {error}"]
    return None


def run_values(path, port, calls):
    answers = []
    for call in calls:
        # It is left open: closing it waits for the peer.
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)
        answers.append(loop.run_until_complete(attempt_values(path, port, *call)))
    return answers


def main():
    answers = {}
    values = {}
    port = serve()
    for path, names in JOB["paths"].items():
        try:
            resolve(path)
        except (AttributeError, ImportError):
            continue
        answers[path] = run(path, names)
        values[path] = run_values(path, port, JOB["values"].get(path, ()))
    version = metadata.version(JOB["package"])
    json.dump({"version": version, "answers": answers, "values": values}, sys.stdout)
    sys.stdout.flush()
    # Some clients leave threads behind that wait for a connection.
    os._exit(0)


main()

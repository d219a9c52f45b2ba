"""Gives every argument to every connect and tells what it raises.

Reads one JSON object from stdin: `paths`, each with the arguments to try: by a key of the asker's a name, and pairs of what is
given beside it. Writes to stdout, for each path that
the installed release has, what became of each argument: null where it is taken, else [phase, error], the phase being "call"
or "await". Nobody listens at the address, so what is taken fails to connect.

`dropping` names the paths that may take an argument and do nothing with it. They connect to a peer that answers, and `dropped`
has the arguments of each that nobody asked for by their name on the way to the connection.

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


class Seen(str):
    """The name of an argument that tells whether anything compares it with a name: `options.get("header")`, a parameter."""

    is_seen = False
    __hash__ = str.__hash__

    def __eq__(self, other):
        is_same = str.__eq__(self, other)
        self.is_seen = self.is_seen or is_same is True
        return is_same


# Values that a connect looks at before it connects; every other argument gets None.
VALUES = {"compression": None, "logger": None, "max_size": 1, "max_queue": 1, "limit": 1024, "write_limit": 1024, "wait_timeout": 0.1, "proxy_type": "http", "reconnect": 0}

# What the functions that need more than an address are called with.
POSITIONAL = {
    "asyncio.open_connection": ("127.0.0.1", 1),
    "picows.ws_connect": (None, ADDRESS),
    "trio_websocket.open_websocket": ("127.0.0.1", 1, "/"),
    "trio_websocket.connect_websocket": (None, "127.0.0.1", 1, "/"),
    "trio_websocket.connect_websocket_url": (None, ADDRESS),
    "websocket.WebSocketApp.run_forever": (),
    "gql.Client": (),
    "gql.client.Client": (),
    **{
        f"openai.{client}.{part}realtime.connect": ()
        for client in ("OpenAI", "AsyncOpenAI")
        for part in ("", "beta.")
    },
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
    for part in parts[cut:-1]:
        # `AsyncOpenAI.realtime.connect`: a part of the object.
        found = getattr(instance(found) if inspect.isclass(found) else found, part)
    return found if inspect.isclass(found) else None, getattr(found, parts[-1])


def instance(owner):
    name = owner.__name__
    if name == "WebSocketApp":
        return owner(ADDRESS)
    if name == "TestClient":
        return owner(None)
    if owner.__module__.startswith("openai"):
        return owner(api_key="none", base_url=ADDRESS)
    if owner.__module__.startswith("slack_sdk"):
        return owner(app_token="none")
    if owner.__module__.startswith("playwright"):
        # It is made by the browser's driver, which is not there.
        return object.__new__(owner)
    return owner()


# What the texts of those errors say that are about the name of an argument.
REJECTIONS = {
    "TypeError": ("unexpected keyword argument '{}'", "multiple values for argument '{}'", "multiple values for keyword argument '{}'"),
    "AssertionError": ("explicit '{}' argument",),
}


def rejection(error, name):
    """What a rejected argument raises, as a traceback ends."""
    while error is not None:
        kind = type(error).__name__
        if any(said.format(name) in str(error) for said in REJECTIONS.get(kind, ())):
            return f"{kind}: {str(error).split('. Did you mean')[0]}"
        error = error.__cause__ or error.__context__
    return None


def receiver_and_function(path):
    """What is called, and the object that it is a method of."""
    owner, function = resolve(path)
    if owner is None or path.startswith("simple_websocket.AioClient"):
        return None, function
    receiver = instance(owner)
    return receiver, getattr(receiver, path.rsplit(".", 1)[1])


def placed(path, address):
    """The positional arguments of a call."""
    if "unix_connect" in path:
        return ("/nowhere/ws-lint",)
    return tuple(address if given == ADDRESS else given for given in POSITIONAL.get(path, (ADDRESS,)))


async def attempt(path, name, beside, address):
    """The phase and the error, and whether it was connected in the end."""
    receiver, function = receiver_and_function(path)
    positional = placed(path, address)
    # Looking it up is no sign that the connect does.
    plain = str(name)
    value = VALUES.get(plain)
    if plain in list(inspect.signature(function).parameters)[: len(positional)]:
        if len(positional) > 1:
            # It is given by position, and taken.
            return "await", None, False
        positional, value = (), address
    try:
        outcome = function(*positional, **{**beside, name: value})
    except BaseException as error:
        await closed(receiver)
        return "call", rejection(error, name), False
    try:
        await asyncio.wait_for(enter(outcome), 1)
    except BaseException as error:
        return "await", rejection(error, name), False
    finally:
        await closed(receiver)
    return "await", None, True


async def closed(receiver):
    """Closes what is closed in the loop that it was made in: slack_sdk's clients work on in one, whatever that raises."""
    close = getattr(receiver, "close", None)
    if inspect.iscoroutinefunction(close):
        await close()


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


def with_proxy(path, name, address):
    """The proxy that an argument belongs to: where none is configured it belongs to nothing."""
    if path.startswith("websocket."):
        host, port = address.split("/")[2].split(":")
        if name.startswith(("http_proxy_", "http_no_proxy", "proxy_type")) and name != "http_proxy_host":
            return {"http_proxy_host": host, **({} if name == "http_proxy_port" else {"http_proxy_port": int(port)})}
    elif name.startswith("proxy_") and path.startswith("websockets.") and takes(path, "proxy"):
        return {"proxy": address.replace("ws", "http", 1)}
    return {}


def run(path, names, address):
    """What becomes of each name, by its key, and those of them that nobody asked for before it was connected.

    `names` are such, or a name and what else is given: another name and its value, as Python writes it.
    """
    answers = {}
    dropped = []
    for key, (name, *beside) in names.items():
        given = {other: eval(value, {"socket": socket}) for other, value in beside}
        given = given or with_proxy(path, name, address)
        if path.endswith(".run_forever") and name != "reconnect" and takes(path, "reconnect"):
            # 1.4.0 tries again for ever by default.
            given = {**given, "reconnect": 0}
        seen = Seen(name)
        phase, error, is_connected = asyncio.run(attempt(path, seen, given, address))
        answers[key] = None if error is None else [phase, error]
        if is_connected and not seen.is_seen and not beside:
            dropped.append(name)
    return answers, dropped


def read(connection):
    """The head of a request; nothing where the other side closes."""
    request = b""
    while b"\r\n\r\n" not in request:
        received = connection.recv(4096)
        if not received:
            return b"Sec-WebSocket-Key: none"
        request += received
    return request


def serve():
    """The port of a peer that answers every handshake and then only reads."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def answer(connection):
        request = read(connection)
        if request.startswith(b"CONNECT"):
            # It is its own proxy.
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            request = read(connection)
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
    receiver, function = receiver_and_function(path)
    given = placed(path, f"{scheme}://127.0.0.1:{port}/")
    given = [*given, *[None] * (positional - len(given))]
    named = {name: eval(value, {"ssl": ssl}) for name, value in keywords.items()}
    phase = "call"
    try:
        outcome = function(*given, **named)
        if inspect.isawaitable(outcome):
            phase = "await"
            await asyncio.wait_for(outcome, 5)
    except Exception as error:
        return [phase, f"{type(error).__name__}: {error}"]
    finally:
        await closed(receiver)
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
    unseen = {}
    values = {}
    port = serve()
    for path, names in JOB["paths"].items():
        try:
            resolve(path)
        except (AttributeError, ImportError):
            continue
        address = f"ws://127.0.0.1:{port}/" if path in JOB["dropping"] else ADDRESS
        answers[path], unseen[path] = run(path, names, address)
        values[path] = run_values(path, port, JOB["values"].get(path, ()))
    version = metadata.version(JOB["package"])
    json.dump({"version": version, "answers": answers, "dropped": unseen, "values": values}, sys.stdout)
    sys.stdout.flush()
    # Some clients leave threads behind that wait for a connection.
    os._exit(0)


main()

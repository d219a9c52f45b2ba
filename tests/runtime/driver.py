"""Runs shapes of code, before and after their fix, against the servers, and says what came of each.

Reads one JSON object from stdin: `ports` as servers.py gives them, `limit` (the seconds that every shape allows its
connect), and `shapes`, each with `name`, the sources `before` and `after`, and what not to try with it:
`since` (major version of websockets), `before_ends: false` (against a peer that never answers), `stays_open: true` (a connection that succeeds is never closed).

A shape is a module with `run(url, body)`, which connects to `url` and gives `await body(connection)`; a plain `def` brings
its own event loop and runs in a thread.

Writes one JSON object to stdout: `websockets` (the version), `outcomes` and `complaints`.
"""

import asyncio
import concurrent.futures
import gc
import inspect
import json
import logging
import os
import sys
import time
import types
import warnings

import websockets

# Seconds, as a share of the limit, from which on an attempt says more about the machine than about the shape: on a busy
# one all timers are late, and of a hundred shapes at a time some wait for the others. Such a shape is tried again,
# with few others beside it. A shape that is really wrong is so in every attempt.
LATE = {"silent": 1.2, "cancelled": 0.8, "echo": 0.5}
ATTEMPTS = 5
FEW = 4

# Seconds between the starts of two shapes, so that one does not wait for the other's handshake.
STAGGER = 0.01

# Seconds that the long body waits, as a share of the limit.
LONG = 1.4

# Seconds after which a connect to a peer that never answers is given up by its caller, as a share of the limit.
CANCEL = 0.4

WAVES = (("silent", "refusing", "cancelled"), ("echo", "long"))
PORTS = {"silent": "silent", "cancelled": "silent", "refusing": "refusing", "echo": "echo", "long": "echo"}

CATCHERS = {
    "asyncio.TimeoutError": asyncio.TimeoutError,
    "TimeoutError": TimeoutError,
    "OSError": OSError,
    "ConnectionRefusedError": ConnectionRefusedError,
    "asyncio.CancelledError": asyncio.CancelledError,
    "Exception": Exception,
}

JOB = json.load(sys.stdin)
THREADS = concurrent.futures.ThreadPoolExecutor(32)


class Complaints(logging.Handler):
    """Everything that is said about leaks and forgotten exceptions, by phase."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.phase = None
        self.said = []
        logging.getLogger().addHandler(self)
        warnings.simplefilter("always")
        # The legacy client says that it is deprecated, whatever becomes of its connections.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.showwarning = lambda message, category, *_: self.add(f"{category.__name__}: {message}")
        sys.unraisablehook = lambda hook: self.add(f"unraisable {hook.exc_value!r} in {hook.object!r}")

    def add(self, text):
        self.said.append({"phase": self.phase, "text": text})

    def emit(self, record):
        self.add(self.format(record))


class Case:
    """One shape in one phase against one peer."""

    def __init__(self, shape, phase, peer):
        self.shape = shape
        self.phase = phase
        self.peer = peer
        self.path = f"/{os.getpid()}-/{phase}/{shape['name'].replace(' ', '-')}/{peer}"
        self.url = f"ws://127.0.0.1:{JOB['ports'][PORTS[peer]]}{self.path}"
        self.kind = None
        self.seconds = []
        self.value = None
        self.caught_by = None
        self.error = None

    async def body(self, ws):
        self.kind = f"{type(ws).__module__}.{type(ws).__qualname__}"
        for message in ("first", "last"):
            await ws.send(message)
            assert await ws.recv() == message
            if self.peer == "long" and message == "first":
                await asyncio.sleep(LONG * JOB["limit"])
        return "done"

    def is_late(self):
        return self.seconds[-1] > LATE.get(self.peer, 999) * JOB["limit"]

    async def repeat(self, function, few):
        async with few:
            while self.is_late() and len(self.seconds) < ATTEMPTS:
                await self.attempt(function)

    async def attempt(self, function):
        self.value = self.caught_by = self.error = None
        if inspect.iscoroutinefunction(function):
            task = asyncio.ensure_future(self.measured(function))
            if self.peer == "cancelled":
                await asyncio.sleep(CANCEL * JOB["limit"])
                task.cancel()
            await asyncio.wait([task])
        else:
            await asyncio.get_running_loop().run_in_executor(THREADS, self.measured_here, function)

    async def measured(self, function):
        start = time.monotonic()
        try:
            self.value = await function(self.url, self.body)
        except (Exception, asyncio.CancelledError) as error:
            self.note(error)
        self.seconds.append(time.monotonic() - start)

    def measured_here(self, function):
        start = time.monotonic()
        try:
            self.value = function(self.url, self.body)
        except Exception as error:
            self.note(error)
        self.seconds.append(time.monotonic() - start)

    def note(self, error):
        self.error = repr(error)
        self.caught_by = [name for name, catcher in CATCHERS.items() if isinstance(error, catcher)]

    def outcome(self, seen):
        return {
            "shape": self.shape["name"],
            "phase": self.phase,
            "peer": self.peer,
            "seconds": self.seconds,
            "value": self.value,
            "kind": self.kind,
            "caught_by": self.caught_by,
            "error": self.error,
            "seen": [entry for entry in seen if entry["path"] == self.path],
        }


def function_of(shape, phase):
    module = types.ModuleType(shape["name"])
    exec(compile(shape[phase], f"{shape['name']} {phase}", "exec"), vars(module))
    return module.run


def is_tried(shape, phase, peer, function):
    if shape["stays_open"] and peer in ("echo", "long"):
        return False
    if peer == "cancelled" and not inspect.iscoroutinefunction(function):
        return False
    return shape["before_ends"] or phase == "after" or peer != "silent"


async def seen():
    """What the servers saw of this process, once all its connections have ended or two seconds are over."""
    for _ in range(40):
        reader, writer = await asyncio.open_connection("127.0.0.1", JOB["ports"]["journal"])
        writer.write(f"/{os.getpid()}-\n".encode())
        entries = json.loads(await reader.read())
        writer.close()
        if all(entry["ended"] for entry in entries):
            break
        await asyncio.sleep(0.05)
    return entries


async def run_phase(phase):
    version = int(websockets.__version__.split(".")[0])
    functions = [(shape, function_of(shape, phase)) for shape in JOB["shapes"] if shape["since"] <= version]
    cases = []
    for wave in WAVES:
        running = []
        for peer in wave:
            for shape, function in functions:
                if is_tried(shape, phase, peer, function):
                    case = Case(shape, phase, peer)
                    cases.append(case)
                    running.append((case, function, asyncio.ensure_future(case.attempt(function))))
                    await asyncio.sleep(STAGGER)
        await asyncio.gather(*(attempt for _, _, attempt in running))
        few = asyncio.Semaphore(FEW)
        await asyncio.gather(*(case.repeat(function, few) for case, function, _ in running))
    gc.collect()
    entries = await seen()
    gc.collect()
    return [case.outcome(entries) for case in cases]


async def main():
    complaints = Complaints()
    outcomes = []
    for phase in ("before", "after"):
        complaints.phase = phase
        outcomes += await run_phase(phase)
    json.dump({"websockets": websockets.__version__, "outcomes": outcomes, "complaints": complaints.said}, sys.stdout)


# Debug mode, which `-X dev` brings, triples the time, and makes timers late.
asyncio.run(main(), debug=False)

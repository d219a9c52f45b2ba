"""Runs tests of projects under pytest, each one against the peers named for it, all beside each other; writes how long each took.

pytest and the client are imported once. A project is a process that collects its tests; each test is a process that this
one forks for each peer, so that no wait is in the way of another one. Whatever address a test connects to, the peer is what
answers: no name is looked up, and nobody outside of this machine is asked.
"""

import functools
import gc
import io
import json
import os
import re
import select
import selectors
import signal
import socket
import sys
import time

import pytest
import pytest_asyncio  # noqa: F401
import websockets.asyncio.client  # noqa: F401
import websockets.sync.client  # noqa: F401
from _pytest.runner import runtestprotocol

# What a project waits for that others give it.
URL = "ws://peer.invalid"

OPTIONS = """-p pytest_asyncio.plugin -p no:cacheprovider -p no:terminal -p no:faulthandler -p no:logging --capture=no
--assert=plain -W ignore --continue-on-collection-errors -o asyncio_mode=auto"""


def lead_to(port):
    """Every connect of this process leads to the peer at `port`."""
    connect = socket.socket.connect

    def to_the_peer(self, address):
        return connect(self, ("127.0.0.1", port) if self.family == socket.AF_INET else address)

    def no_lookup(host, port, family=0, type=0, proto=0, flags=0):
        return [(socket.AF_INET, type or socket.SOCK_STREAM, proto or socket.IPPROTO_TCP, "", ("127.0.0.1", port or 0))]

    socket.socket.connect = to_the_peer
    socket.getaddrinfo = no_lookup


def busy(process="self"):
    """The seconds that a process computed, or was kept from it by others; nothing where the system does not say."""
    try:
        with open(f"/proc/{process}/schedstat") as numbers:
            computing, ready = numbers.read().split()[:2]
    except OSError:
        return 0.0
    return (int(computing) + int(ready)) / 1e9


class Turns:
    """A few processes compute at a time: a timer tells little where a hundred others begin beside it."""

    AT_ONCE = 2
    # What waits for something else than the event loop or the clock does not say so.
    PATIENCE = 1

    def __init__(self):
        self.reading, self.writing = os.pipe()
        for _ in range(self.AT_ONCE):
            self.give()

    def take(self):
        if select.select([self.reading], [], [], self.PATIENCE)[0]:
            os.read(self.reading, 1)

    def give(self):
        os.write(self.writing, b".")

    def give_at_the_first_wait(self):
        """What gives this process's turn on, once; the event loop and `time.sleep` do before they wait."""
        wait, sleep, give = selectors.DefaultSelector.select, time.sleep, functools.cache(self.give)

        def give_and_wait(selector, timeout=None):
            if timeout is None or timeout > 0:
                give()
            return wait(selector, timeout)

        def give_and_sleep(seconds):
            give()
            sleep(seconds)

        selectors.DefaultSelector.select, time.sleep = give_and_wait, give_and_sleep
        return give


TURNS = Turns()


class Process:
    """A fork that runs a function, whose answer comes through a pipe."""

    def __init__(self, run):
        self.begin, self.text = time.monotonic(), b""
        self.file, writing = os.pipe()
        self.number = os.fork()
        if self.number == 0:
            with open(writing, "w") as answer:
                json.dump(run(), answer)
            os._exit(0)
        os.close(writing)

    def idled(self):
        return time.monotonic() - self.begin - busy(self.number)

    def read(self):
        part = os.read(self.file, 65536)
        self.text += part
        return bool(part)

    def end(self):
        os.kill(self.number, signal.SIGKILL)
        os.waitpid(self.number, 0)
        os.close(self.file)


def answers(processes, seconds):
    """What each process answers, `None` for one that has nothing to do for so many seconds; by their names."""
    given, waiting = {}, {process.file: name for name, process in processes.items()}
    while waiting:
        for file in select.select(list(waiting), [], [], 0.2)[0]:
            name = waiting[file]
            if not processes[name].read():
                del waiting[file]
                given[name] = json.loads(processes[name].text)
        for file, name in list(waiting.items()):
            if processes[name].idled() > seconds:
                del waiting[file]
                given[name] = None
    for process in processes.values():
        process.end()
    return given


def outcome_of(reports):
    for report in reports:
        if report.failed:
            text = str(report.longrepr)
            missing = re.search(r"fixture '\w+' not found", text)
            crash = getattr(report.longrepr, "reprcrash", None)
            return missing[0] if missing else (crash.message if crash else text).splitlines()[0]
    return "passed"


class EachBesideTheOthers:
    """A plugin of pytest's that runs the tests of a project."""

    def __init__(self, wanted, ports, seconds):
        self.wanted, self.ports, self.seconds = wanted, ports, seconds
        self.answers = {}

    @pytest.fixture
    def url(self):
        return URL

    @pytest.fixture
    def uri(self):
        return URL

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        TURNS.give()
        processes = {}
        for item in session.items:
            # Each set of parameters is a test of its own; the last one counts.
            name = item.nodeid.split("[")[0]
            for peer in self.wanted.get(name, []):
                TURNS.take()
                processes[name, peer] = Process(lambda: self.run(item, self.ports[peer]))
        for (name, peer), answer in answers(processes, self.seconds).items():
            self.answers.setdefault(name, {})[peer] = answer
        return True

    def run(self, item, port):
        lead_to(port)
        give = TURNS.give_at_the_first_wait()
        begin, before = time.monotonic(), busy()
        reports = runtestprotocol(item, log=False)
        seconds = time.monotonic() - begin
        idle = seconds - (busy() - before)
        give()
        return {"seconds": seconds, "idle": idle, "outcome": outcome_of(reports)}


def run_project(folder, wanted, ports, seconds):
    TURNS.take()
    os.chdir(folder)
    sys.stdout = sys.stderr = io.StringIO()
    plugin = EachBesideTheOthers(wanted, ports, seconds)
    files = sorted({name.split("::")[0] for name in wanted})
    options = [*OPTIONS.split(), "-o", "pythonpath=. src", "--rootdir", folder]
    pytest.main([*options, *files], plugins=[plugin])
    return plugin.answers


def main():
    question = json.load(sys.stdin)
    ports, seconds = question["ports"], question["seconds"]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    gc.freeze()
    processes = {
        folder: Process(lambda: run_project(folder, wanted, ports, seconds))
        for folder, wanted in question["projects"].items()
    }
    json.dump(answers(processes, 10 * seconds), sys.stdout)


main()

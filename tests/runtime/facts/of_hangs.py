"""What WS201, WS202 and WS204 say of waits for messages, of calls that block the thread of an event loop, and of connects that are tried
again.

A check whose name ends in `_before_14` runs with websockets below 14 alone, one that ends in `_since_14` with newer ones.
"""

import asyncio
import multiprocessing
import os
import queue
import subprocess
import sys
import threading
import time
import urllib.request

import httpx
import requests
import websockets
from trial import in_thread, run, url, waits_on

# How long a call blocks here, and how long the deadline is that does not end it.
BLOCKED, DEADLINE = 0.8, 0.2
PYTHON = [sys.executable, "-c", f"import time; time.sleep({BLOCKED})"]
SILENT = url("silent", "http")

# A forked process closes stdin first, and waits for whoever reads from it in a thread of the parent.
STDIN = asyncio.Lock()


async def deadline_around(function):
    """How long a deadline around `function` in async code takes, and how often another task runs meanwhile."""
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.02)
            ticks += 1

    async def call():
        result = function()
        if asyncio.iscoroutine(result):
            await result

    ticking = asyncio.ensure_future(tick())
    await asyncio.sleep(0.05)
    before, start = ticks, time.monotonic()
    try:
        await asyncio.wait_for(call(), DEADLINE)
    except Exception:
        pass  # how the call ends is its own matter
    seconds = time.monotonic() - start
    ticking.cancel()
    return seconds, ticks - before


async def blocks(function):
    """Fails unless neither the deadline fires nor another task runs until the call returns."""
    seconds, ticks = await in_thread(asyncio.run, deadline_around(function))
    assert seconds >= BLOCKED * 0.9, f"the deadline ended it after {seconds:.2f} s"
    assert ticks <= 1, f"another task ran {ticks} times"


async def lets_the_loop_run(function):
    seconds, ticks = await in_thread(asyncio.run, deadline_around(function))
    assert ticks >= 3, f"another task ran {ticks} times"
    return seconds


def released_later(release):
    threading.Timer(BLOCKED, release).start()


async def time_sleep_blocks():
    await blocks(lambda: time.sleep(BLOCKED))


async def the_loops_own_sleep_does_not():
    seconds = await lets_the_loop_run(lambda: asyncio.sleep(BLOCKED))
    assert seconds < BLOCKED, seconds


async def a_call_in_a_thread_does_not():
    # `asyncio.to_thread` came with Python 3.9; what it does is this.
    def call():
        return in_thread_of_this_loop(time.sleep, BLOCKED)

    seconds = await lets_the_loop_run(call)
    assert seconds < BLOCKED, seconds


async def in_thread_of_this_loop(function, *args):
    return await asyncio.get_running_loop().run_in_executor(None, function, *args)


async def requests_block():
    await blocks(lambda: requests.get(SILENT, timeout=BLOCKED))
    await blocks(lambda: requests.Session().post(SILENT, timeout=BLOCKED))


async def httpx_blocks():
    await blocks(lambda: httpx.get(SILENT, timeout=BLOCKED))
    await blocks(lambda: httpx.Client(timeout=BLOCKED).get(SILENT))


async def requests_have_no_limit_of_their_own():
    await waits_on(in_thread(requests.get, SILENT))


async def urlopen_blocks():
    await blocks(lambda: urllib.request.urlopen(SILENT, timeout=BLOCKED))


async def processes_block():
    for call in (subprocess.run, subprocess.call, subprocess.check_call, subprocess.check_output):
        await blocks(lambda call=call: call(PYTHON))
    await blocks(lambda: subprocess.getoutput(f"sleep {BLOCKED}"))
    await blocks(lambda: subprocess.getstatusoutput(f"sleep {BLOCKED}"))
    await blocks(lambda: os.system(f"sleep {BLOCKED}"))
    await blocks(lambda: subprocess.Popen(PYTHON).wait())
    await blocks(lambda: subprocess.Popen(PYTHON, stdout=subprocess.PIPE).communicate())


async def what_joins_blocks():
    def thread():
        started = threading.Thread(target=time.sleep, args=(BLOCKED,))
        started.start()
        started.join()

    def process():
        started = multiprocessing.get_context("fork").Process(target=time.sleep, args=(BLOCKED,))
        started.start()
        started.join()

    def tasks():
        waiting = queue.Queue()
        waiting.put(1)
        released_later(waiting.task_done)
        waiting.join()

    for call in (thread, tasks):
        await blocks(call)
    async with STDIN:
        await blocks(process)


async def queues_block():
    for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue, multiprocessing.Queue):
        await blocks(lambda kind=kind: filled_later(kind()).get())
        await blocks(lambda kind=kind: empty_for(kind()))


def filled_later(waiting):
    released_later(lambda: waiting.put(1))
    return waiting


def empty_for(waiting):
    try:
        waiting.get(timeout=BLOCKED)
    except queue.Empty:
        pass


async def locks_block():
    for kind in (threading.Lock, threading.Semaphore):
        await blocks(lambda kind=kind: released(kind()).acquire())
        await blocks(lambda kind=kind: released(kind()).acquire(timeout=BLOCKED * 3))
    await blocks(lambda: threading.Event().wait(BLOCKED))
    await blocks(condition_waits)
    await blocks(barrier_waits)


def released(lock):
    lock.acquire()
    released_later(lock.release)
    return lock


def condition_waits():
    condition = threading.Condition()
    with condition:
        condition.wait(BLOCKED)


def barrier_waits():
    try:
        threading.Barrier(2).wait(BLOCKED)
    except threading.BrokenBarrierError:
        pass


async def input_blocks():
    end, feed = os.pipe()

    def typed():
        released_later(lambda: os.write(feed, b"line\n"))
        return input()

    async with STDIN:
        kept, sys.stdin = sys.stdin, os.fdopen(end)
        try:
            await blocks(typed)
        finally:
            sys.stdin = kept


async def what_has_limits_returns_at_once():
    assert queue.Queue(1).empty()
    for call in (lambda: queue.Queue().get(block=False), lambda: queue.Queue().get(timeout=0)):
        try:
            call()
        except queue.Empty:
            continue
        raise AssertionError("it found something")
    lock = threading.Lock()
    assert lock.acquire() and not lock.acquire(blocking=False) and not lock.acquire(timeout=0)
    assert not threading.Event().wait(timeout=0)


async def recv_waits_for_a_message_for_ever():
    async def receive():
        async with websockets.connect(url("mute"), ping_interval=None, close_timeout=0.1) as ws:
            await ws.recv()

    await waits_on(receive())


async def a_loop_waits_for_messages_for_ever():
    async def receive():
        async with websockets.connect(url("mute"), ping_interval=None, close_timeout=0.1) as ws:
            async for _ in ws:
                pass

    await waits_on(receive())


async def tries_again(uri):
    async for _ in websockets.connect(uri):
        raise AssertionError("it connected")


async def async_for_tries_again_where_nothing_listens():
    await waits_on(tries_again(url("refusing")))


async def async_for_tries_again_after_a_403_before_14():
    await waits_on(tries_again(url("rejecting")))


async def async_for_ends_at_a_403_since_14():
    try:
        await asyncio.wait_for(tries_again(url("rejecting")), 2)
    except websockets.exceptions.InvalidStatus as error:
        assert error.response.status_code == 403
    else:
        raise AssertionError("it connected")


def is_for_this_version(check):
    is_new = int(websockets.__version__.split(".")[0]) >= 14
    return not check.endswith("_before_14" if is_new else "_since_14")


HELPERS = ("deadline_around", "blocks", "lets_the_loop_run", "tries_again", "in_thread_of_this_loop", "waits_on")

if __name__ == "__main__":
    checks = {name: check for name, check in globals().items() if asyncio.iscoroutinefunction(check)}
    run([check for name, check in checks.items() if name not in HELPERS and is_for_this_version(name)])

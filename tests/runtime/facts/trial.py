"""Runs the checks of a file of facts, all at a time, and writes what is wrong to stdout as JSON, by the check's name.

A check is an async function named after the fact; it raises where the fact is not so. Reads one JSON object from stdin:
`ports` as servers.py gives them, and `patient`, whether checks of a dozen seconds are wanted.
"""

import asyncio
import concurrent.futures
import json
import os
import sys
import time

JOB = json.load(sys.stdin)

# Seconds that a machine under load may be late.
LATE = 1.0

# Seconds after which a connect that a shorter limit does not end counts as waiting on.
PATIENCE = 2.5


def url(peer, scheme="ws"):
    return f"{scheme}://127.0.0.1:{JOB['ports'][peer]}/{os.getpid()}"


async def ended(awaitable, guard=PATIENCE + LATE):
    """The exception that ends the wait, and after how many seconds."""
    start = time.monotonic()
    task = asyncio.ensure_future(awaitable)
    done, _ = await asyncio.wait([task], timeout=guard)
    seconds = time.monotonic() - start
    if not done:
        task.cancel()
        raise AssertionError(f"still waiting after {guard} s")
    return task.exception(), seconds


async def ends_after(expected, awaitable, guard=None):
    """The exception of a wait that ends after the expected number of seconds."""
    error, seconds = await ended(awaitable, guard or expected + 3 * LATE)
    assert error is not None, "it succeeded"
    assert expected - 0.05 <= seconds <= expected * 1.2 + LATE, f"ended after {seconds:.2f} s with {error!r}"
    return error


async def waits_on(awaitable, seconds=PATIENCE):
    """Fails if the wait ends by itself."""
    task = asyncio.ensure_future(awaitable)
    done, _ = await asyncio.wait([task], timeout=seconds)
    task.cancel()
    assert not done, f"ended: {task}"


def in_thread(function, *args, **kwargs):
    """A blocking call; one that never ends is left behind when the process goes."""
    return asyncio.get_running_loop().run_in_executor(None, lambda: function(*args, **kwargs))


async def verdict(check):
    try:
        await check()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


async def run_all(checks):
    # A call that never ends keeps its thread.
    asyncio.get_running_loop().set_default_executor(concurrent.futures.ThreadPoolExecutor(max_workers=256))
    verdicts = await asyncio.gather(*map(verdict, checks))
    print(json.dumps({check.__name__: wrong for check, wrong in zip(checks, verdicts)}), flush=True)
    os._exit(0)


def run(checks):
    asyncio.run(run_all(checks))

"""What the catalogue and the rules' pages say about websockets, for the version that is installed."""

import asyncio
import inspect
import ssl
import sys
import time
from importlib.metadata import version

import websockets
from trial import JOB, LATE, ended, ends_after, in_thread, run, url, waits_on

VERSION = tuple(map(int, version("websockets").split(".")[:2]))
IS_NEW = VERSION >= (14, 0)


def parameters(function):
    return inspect.signature(function).parameters


async def closing(**arguments):
    """Seconds that closing takes with a peer that never answers a close."""
    ws = await websockets.connect(url("mute"), **arguments)
    start = time.monotonic()
    await ws.close()
    return time.monotonic() - start


async def gives_up_after_10_s_by_default():
    assert parameters(websockets.connect)["open_timeout"].default == 10


async def really_gives_up_after_10_s():
    error = await ends_after(10, websockets.connect(url("silent")))
    assert isinstance(error, asyncio.TimeoutError), repr(error)


async def a_longer_deadline_ends_after_10_s():
    async def connect():
        async with asyncio.timeout(15):
            await websockets.connect(url("silent"))

    await ends_after(10, connect())


async def waits_for_ever_before_10():
    await waits_on(websockets.connect(url("silent")))


async def open_timeout_is_refused_before_10():
    error, _ = await ended(websockets.connect(url("silent"), open_timeout=1))
    assert isinstance(error, TypeError), repr(error)
    assert str(error).endswith("create_connection() got an unexpected keyword argument 'open_timeout'"), str(error)


async def open_timeout_bounds_the_connect():
    error = await ends_after(0.5, websockets.connect(url("silent"), open_timeout=0.5))
    assert isinstance(error, asyncio.TimeoutError), repr(error)
    assert VERSION < (15, 0) or str(error) == "timed out during opening handshake", str(error)


async def open_timeout_bounds_tls():
    context = ssl.create_default_context()
    await ends_after(0.5, websockets.connect(url("silent", "wss"), open_timeout=0.5, ssl=context))


async def a_deadline_outside_has_no_message():
    error = await ends_after(0.5, asyncio.wait_for(websockets.connect(url("silent")), 0.5))
    assert isinstance(error, asyncio.TimeoutError) and str(error) == "", repr(error)


async def open_timeout_none_waits_on():
    await waits_on(websockets.connect(url("silent"), open_timeout=None))


async def timeout_bounds_the_closing_handshake():
    with_timeout = await closing(timeout=0.4)
    assert 0.4 <= with_timeout <= 2 * 0.4 + LATE, with_timeout


async def timeout_fails_when_awaited():
    connect = websockets.connect(url("echo"), timeout=10)
    error, _ = await ended(connect)
    owner = "BaseEventLoop." if sys.version_info >= (3, 10) else ""
    assert isinstance(error, TypeError), repr(error)
    assert str(error) == f"{owner}create_connection() got an unexpected keyword argument 'timeout'", str(error)


async def headers_have_another_name_from_14_on():
    old, new = {"extra_headers": {"X-A": "b"}}, {"additional_headers": {"X-A": "b"}}
    right, wrong = (new, old) if IS_NEW else (old, new)
    ws = await websockets.connect(url("echo"), **right)
    await ws.close()
    error, _ = await ended(websockets.connect(url("echo"), **wrong))
    assert isinstance(error, TypeError), repr(error)


async def close_timeout_none_means_10_s_or_no_limit():
    ws = await websockets.connect(url("echo"), close_timeout=None)
    await ws.close()
    assert ws.close_timeout == (None if IS_NEW else 10), ws.close_timeout


async def who_never_closes_is_waited_for():
    """Both limits, from inside and from outside, end later by `close_timeout` with the legacy implementation."""
    own = websockets.connect(url("hung"), open_timeout=0.5, close_timeout=1.5)
    outside = asyncio.wait_for(websockets.connect(url("hung"), close_timeout=1.5), 0.5)
    expected = 0.5 if IS_NEW else 2.0
    await asyncio.gather(ends_after(expected, own), ends_after(expected, outside))


async def the_legacy_client_waits_for_the_close():
    """By whatever name it is reached; without its own limit a deadline outside alone starts that wait."""
    from websockets.legacy.client import connect

    own = connect(url("hung"), open_timeout=0.5, close_timeout=1.5)
    outside = asyncio.wait_for(connect(url("hung"), open_timeout=None, close_timeout=1.5), 0.5)
    closing = connect(url("silent"), open_timeout=0.5, close_timeout=1.5)
    await asyncio.gather(ends_after(2.0, own), ends_after(2.0, outside), ends_after(0.5, closing))


async def sync_gives_up_after_10_s_by_default():
    from websockets.sync.client import connect

    assert parameters(connect)["open_timeout"].default == 10


async def sync_really_gives_up_after_10_s():
    from websockets.sync.client import connect

    await ends_after(10, in_thread(connect, url("silent")))


async def sync_open_timeout_bounds_the_connect():
    from websockets.sync.client import connect

    error = await ends_after(0.5, in_thread(connect, url("silent"), open_timeout=0.5))
    assert isinstance(error, TimeoutError), repr(error)


async def sync_timeout_bounds_tcp_only():
    from websockets.sync.client import connect

    await ends_after(1.5, in_thread(connect, url("silent"), timeout=0.3, open_timeout=1.5))


# What holds from which version on, up to which one (exclusive).
FOR_EVER = (999,)
CHECKS = [
    (gives_up_after_10_s_by_default, (10, 0), FOR_EVER),
    (waits_for_ever_before_10, (0,), (10, 0)),
    (open_timeout_is_refused_before_10, (0,), (10, 0)),
    (open_timeout_bounds_the_connect, (10, 0), FOR_EVER),
    (open_timeout_bounds_tls, (10, 0), FOR_EVER),
    (a_deadline_outside_has_no_message, (10, 0), FOR_EVER),
    (open_timeout_none_waits_on, (10, 0), FOR_EVER),
    (timeout_bounds_the_closing_handshake, (0,), (14, 0)),
    (timeout_fails_when_awaited, (14, 0), FOR_EVER),
    (headers_have_another_name_from_14_on, (0,), FOR_EVER),
    (close_timeout_none_means_10_s_or_no_limit, (10, 0), FOR_EVER),
    (who_never_closes_is_waited_for, (10, 2), FOR_EVER),
    (the_legacy_client_waits_for_the_close, (10, 2), FOR_EVER),
    (sync_gives_up_after_10_s_by_default, (11, 0), FOR_EVER),
    (sync_open_timeout_bounds_the_connect, (11, 0), FOR_EVER),
    (sync_timeout_bounds_tcp_only, (13, 0), FOR_EVER),
]
PATIENT = [
    (really_gives_up_after_10_s, (10, 0), FOR_EVER),
    (a_longer_deadline_ends_after_10_s, (10, 0), FOR_EVER),
    (sync_really_gives_up_after_10_s, (11, 0), FOR_EVER),
]

run([check for check, since, until in CHECKS + PATIENT * JOB["patient"] if since <= VERSION < until])

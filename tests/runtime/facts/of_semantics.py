"""What Python itself, and what is built on it, does with deadlines: nested event loops, timers, tornado's coroutines, fixtures, the
classes of timeouts.
"""

import asyncio
import concurrent.futures
import contextlib
import os
import pathlib
import select
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import typing

import aiohttp
import requests
import trio
import trio_websocket
import websocket
import websockets
import websockets.sync.client
from tornado import gen, ioloop
from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import HTTPTimeoutError
from tornado.websocket import websocket_connect
from trial import ended, ends_after, in_thread, run, url, waits_on

NETWORK_ERRORS = (OSError, IOError, EnvironmentError, socket.error, select.error)


async def program(text, *arguments, guard=30):
    """What another Python says that runs this: the exit code, or `None` where it had to be ended, and its output."""

    def call():
        command = [sys.executable, "-c", textwrap.dedent(text), *arguments]
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=guard)
        except subprocess.TimeoutExpired:
            return None, ""
        return ran.returncode, ran.stdout + ran.stderr

    return await in_thread(call)


NESTED = """
    import asyncio, sys
    import nest_asyncio, websockets
    nest_asyncio.apply()
    async def opened(url):
        return await websockets.connect(url, open_timeout=None)
    async def outer(url):
        async with asyncio.timeout(1):
            {}
    asyncio.run(outer(sys.argv[1]))
"""


async def a_deadline_around_a_nested_loop_covers_nothing():
    nested = "return asyncio.get_running_loop().run_until_complete(opened(url))"
    code, _ = await program(NESTED.format(nested), url("silent"), guard=6)
    assert code is None, "it ended"


async def a_deadline_around_a_nested_run_covers_nothing():
    code, _ = await program(NESTED.format("return asyncio.run(opened(url))"), url("silent"), guard=6)
    assert code is None, "it ended"


async def a_deadline_around_the_helper_itself_ends_it():
    code, output = await program(NESTED.format("return await opened(url)"), url("silent"), guard=20)
    assert code == 1 and "TimeoutError" in output, output


async def an_unknown_keyword_is_told_without_the_loop_under_uvloop():
    code, output = await program("""
        import asyncio
        import uvloop, websockets
        async def main():
            await websockets.connect("ws://127.0.0.1:9", extra_headers={})
        for run in (uvloop.run, asyncio.run):
            try:
                run(main())
            except TypeError as error:
                print(error)
    """)
    told = "create_connection() got an unexpected keyword argument 'extra_headers'"
    assert (code, output.splitlines()) == (0, [told, f"BaseEventLoop.{told}"]), output


async def a_timer_that_cancels_the_task_ends_its_waits():
    async def connect():
        asyncio.get_running_loop().call_later(1, asyncio.current_task().cancel)
        return await websockets.connect(url("silent"), open_timeout=None)

    start = time.monotonic()
    try:
        await asyncio.ensure_future(connect())
    except asyncio.CancelledError:
        assert 0.9 < time.monotonic() - start < 3
    else:
        raise AssertionError("it connected")


async def a_timer_whose_lambda_asks_for_the_task_cancels_nothing():
    async def connect():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: None)
        loop.call_later(0.2, lambda: asyncio.current_task().cancel())
        return await websockets.connect(url("silent"), open_timeout=None)

    await waits_on(connect())


async def a_cast_gives_back_what_it_gets():
    await waits_on(typing.cast(typing.Awaitable, websockets.connect(url("silent"), open_timeout=None)), 1.5)


def of_tornado(function):
    def call():
        loop = ioloop.IOLoop(make_current=False)
        return loop.run_sync(function)

    return in_thread(call)


async def yield_awaits_in_a_coroutine_of_tornado():
    address = url("silent")

    @gen.coroutine
    def dial():
        request = HTTPRequest(address, **{"request_timeout": 1})
        yield websocket_connect(request)

    assert isinstance(await ends_after(1, of_tornado(dial)), HTTPTimeoutError)


async def a_wait_for_ends_a_yield_of_tornado():
    address = url("silent")

    @gen.coroutine
    def dial():
        yield asyncio.wait_for(websocket_connect(address), 1)

    assert isinstance(await ends_after(1, of_tornado(dial)), asyncio.TimeoutError)


async def a_session_keeps_its_limit_under_an_annotation():
    class Feed:
        def __init__(self):
            self.http: typing.Optional[aiohttp.ClientSession] = None

        async def open(self):
            self.http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1))
            async with self.http:
                return await self.http.ws_connect(url("silent", "http"))

    assert isinstance(await ends_after(1, Feed().open()), asyncio.TimeoutError)


async def classes_of_timeouts_are_what_the_page_says():
    assert issubclass(TimeoutError, NETWORK_ERRORS) and len({*NETWORK_ERRORS}) == 1
    assert issubclass(socket.timeout, OSError)
    assert (socket.timeout is TimeoutError) == (sys.version_info >= (3, 10))
    for of_its_own in (asyncio.TimeoutError, concurrent.futures.TimeoutError):
        assert (of_its_own is TimeoutError) == (sys.version_info >= (3, 11))
        assert issubclass(of_its_own, OSError) == (sys.version_info >= (3, 11))
        assert not issubclass(of_its_own, ConnectionError)
    assert not issubclass(TimeoutError, ConnectionError)


async def classes_of_libraries_are_what_the_page_says():
    assert issubclass(aiohttp.ServerTimeoutError, asyncio.TimeoutError)
    assert issubclass(aiohttp.ServerTimeoutError, aiohttp.ClientError)
    assert issubclass(requests.Timeout, OSError)
    assert issubclass(websocket.WebSocketTimeoutException, websocket.WebSocketException)
    assert not issubclass(asyncio.TimeoutError, aiohttp.ClientError)


async def os_error_takes_a_timeout_from_the_clause_behind_it():
    async def listen():
        try:
            return await asyncio.wait_for(websockets.connect(url("silent"), open_timeout=None), 0.5)
        except OSError:
            return "no network"
        except asyncio.TimeoutError:
            return "timeout"

    assert await listen() == ("no network" if sys.version_info >= (3, 11) else "timeout")


async def getattr_of_the_old_name_is_none_since_14():
    try:
        await websockets.connect(url("rejecting"))
    except websockets.InvalidStatus as error:
        assert getattr(error, "status_code", None) is None and not hasattr(error, "status_code")
        assert error.response.status_code == 403
    else:
        raise AssertionError("it connected")


async def the_application_of_a_test_client_answers_in_async_code():
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute
    from starlette.testclient import TestClient

    async def room(socket):
        await socket.accept()
        await socket.send_text(await socket.receive_text())

    assert not hasattr(TestClient, "async_websocket_connect")
    with TestClient(Starlette(routes=[WebSocketRoute("/room", room)])).websocket_connect("/room") as session:
        session.send_text("hi")
        assert session.receive_text() == "hi"


async def tests(text):
    """What pytest says of a module."""

    def call():
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "test_it.py").write_text(textwrap.dedent(text))
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
            environment = {**os.environ, "SERVER": url("mute")}
            ran = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
            )
            return ran.stdout

    return await in_thread(call)


async def a_scope_around_a_yield_raises_at_teardown_in_a_fixture_of_pytest_asyncio():
    output = await tests(
        """
        import asyncio, math
        import anyio, pytest, pytest_asyncio

        @pytest_asyncio.fixture
        async def under_fail_after():
            with anyio.fail_after(5):
                yield

        @pytest_asyncio.fixture
        async def lifted():
            with anyio.move_on_after(5) as scope:
                scope.deadline = math.inf
                yield

        @pytest_asyncio.fixture
        async def group():
            async with anyio.create_task_group():
                yield

        @pytest_asyncio.fixture
        async def under_asyncio():
            async with asyncio.timeout(5):
                yield

        @pytest.mark.asyncio
        @pytest.mark.parametrize("name", ["under_fail_after", "lifted", "group", "under_asyncio"])
        async def test_it(name, request):
            pass

        @pytest.mark.asyncio
        async def test_under_fail_after(under_fail_after): pass

        @pytest.mark.asyncio
        async def test_lifted(lifted): pass

        @pytest.mark.asyncio
        async def test_group(group): pass

        @pytest.mark.asyncio
        async def test_under_asyncio(under_asyncio): pass
        """
    )
    assert "8 passed, 3 errors" in output, output
    assert "Attempted to exit cancel scope in a different task than it was entered in" in output, output
    assert "ERROR test_it.py::test_under_asyncio" not in output, output


async def a_deadline_around_a_yield_ends_the_test_under_the_plugin_of_anyio():
    output = await tests(
        """
        import asyncio, math, os
        import anyio, pytest, websockets

        pytestmark = pytest.mark.anyio

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.fixture
        async def bounded():
            with anyio.fail_after(1):
                async with websockets.connect(os.environ["SERVER"], close_timeout=0.1) as ws:
                    yield ws

        @pytest.fixture
        async def lifted():
            with anyio.fail_after(1) as scope:
                async with websockets.connect(os.environ["SERVER"], close_timeout=0.1) as ws:
                    scope.deadline = math.inf
                    yield ws

        async def test_bounded(bounded):
            await bounded.recv()

        async def test_lifted(lifted):
            await asyncio.sleep(1.5)
        """
    )
    assert "FAILED test_it.py::test_bounded" in output, output
    assert "test_it.py::test_lifted" not in output and "1 passed" in output, output


async def behind_its_own_close_no_message_is_waited_for():
    """A peer that is there, and sends nothing."""
    connection = await websockets.connect(url("mute"), close_timeout=0.1)
    await connection.close()
    with contextlib.suppress(websockets.ConnectionClosed):
        await asyncio.wait_for(connection.recv(), 1)
    async with websockets.connect(url("mute"), close_timeout=0.1) as connection:
        pass
    with contextlib.suppress(websockets.ConnectionClosed):
        await asyncio.wait_for(connection.recv(), 1)
    async with aiohttp.ClientSession() as session:
        connection = await session.ws_connect(url("mute", "http"), timeout=aiohttp.ClientWSTimeout(ws_close=0.1))
        await connection.close()
        assert (await asyncio.wait_for(connection.receive(), 1)).type is aiohttp.WSMsgType.CLOSED

    def blocking():
        connection = websockets.sync.client.connect(url("mute"), close_timeout=0.1)
        connection.close()
        with contextlib.suppress(websockets.ConnectionClosed):
            connection.recv(timeout=1)

    async def by_trio():
        """The peer does not answer the closing either, which both forms say."""
        with contextlib.suppress(trio_websocket.DisconnectionTimeout):
            async with trio_websocket.open_websocket_url(url("mute"), disconnect_timeout=0.1) as connection:
                with trio.move_on_after(0.1):
                    await connection.aclose()
                with contextlib.suppress(trio_websocket.ConnectionClosed), trio.fail_after(1):
                    await connection.get_message()
        with contextlib.suppress(trio_websocket.DisconnectionTimeout):
            async with trio_websocket.open_websocket_url(url("mute"), disconnect_timeout=0.1) as connection:
                pass
        with contextlib.suppress(trio_websocket.ConnectionClosed), trio.fail_after(1):
            await connection.get_message()

    await in_thread(blocking)
    await in_thread(trio.run, by_trio)


HELPERS = ("program", "tests", "ended", "ends_after", "in_thread", "waits_on", "run_all", "verdict")

if __name__ == "__main__":
    checks = {name: check for name, check in globals().items() if asyncio.iscoroutinefunction(check)}
    run([check for name, check in checks.items() if name not in HELPERS])

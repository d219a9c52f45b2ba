"""What the objects of other clients' connects are, and what a refused handshake raises, in the versions that the
catalogue names."""

import asyncio
import inspect

import aiohttp
import asyncpg
import httpx_ws
import picows
import picows.websockets
import tornado.websocket
import websocket
from known import check_exception, check_lacks, found
from trial import JOB, in_thread, run, url


async def raised(awaitable):
    try:
        # What cannot be awaited raises here too.
        await awaitable
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


async def aiohttp_refused():
    async with aiohttp.ClientSession() as session:
        return await raised(session.ws_connect(url("rejecting")))


async def httpx_ws_refused():
    async def connect():
        async with httpx_ws.aconnect_ws(url("rejecting", "http")):
            pass

    return await raised(connect())


async def websocket_client_refused():
    return await raised(in_thread(websocket.create_connection, url("rejecting")))


def check(package, number, refuse):
    """A check of one exception of a package, named after the package."""
    known = JOB["known"][package]["exceptions"][number]

    async def checked():
        error = await refuse()
        check_exception(error, known)
        check_lacks(error, known)

    checked.__name__ = package if number == 0 else f"{package}, {number + 1}"
    return checked


async def objects():
    made = {
        "picows": picows.websockets.connect(url("echo")),
        "tornado": tornado.websocket.websocket_connect(url("echo")),
        "asyncpg": asyncpg.create_pool("postgres://127.0.0.1:9/"),
        "httpx-ws": httpx_ws.aconnect_ws(url("echo", "http")),
    }
    for package, value in made.items():
        known = next(known for known in JOB["known"][package]["objects"] if not known["coroutine"])
        assert isinstance(value, found(known["class"])), (package, value)
        assert not asyncio.iscoroutine(value), package
        assert inspect.isawaitable(value) == known["awaitable"], package
        assert hasattr(value, "__aenter__") == known["manager"], package
        assert asyncio.isfuture(value) == known["future"], package
        for method in known["connection-methods"]:
            assert not hasattr(value, method), (package, method)
    for package in ("picows", "tornado"):
        known = next(known for known in JOB["known"][package]["objects"] if not known["coroutine"])
        connection = await made[package]
        assert hasattr(connection, "__aenter__") == (known["unmanaged-connection"] is None), package
        for method in known["connection-methods"]:
            assert hasattr(connection, method), (package, method)


async def awaiting_and_entering():
    """What cannot be awaited, or not be entered, raises there."""
    for value, shown in (
        (tornado.websocket.websocket_connect(url("echo")), "'_asyncio.Future'"),
        (picows.ws_connect(picows.WSListener, url("echo")), "'coroutine'"),
        (await picows.ws_connect(picows.WSListener, url("echo")), "'tuple'"),
        (await tornado.websocket.websocket_connect(url("echo")), "'WebSocketClientConnection'"),
    ):
        try:
            async with value:
                raise AssertionError(f"{shown} was entered")
        except (AttributeError, TypeError) as error:
            assert str(error).startswith(f"{shown} object does not support"), error
        if asyncio.iscoroutine(value):
            value.close()
    manager = httpx_ws.aconnect_ws(url("echo", "http"))
    for wait in (lambda: manager, lambda: asyncio.wait_for(manager, 5)):
        error = await raised(wait())
        assert isinstance(error, TypeError), error
        assert str(error) == "object _AsyncGeneratorContextManager can't be used in 'await' expression", error


async def coroutines():
    async with aiohttp.ClientSession() as session:
        made = [
            session.ws_connect(url("echo")),
            picows.ws_connect(picows.WSListener, url("echo")),
            asyncpg.connect("postgres://127.0.0.1:9/"),
        ]
        for coroutine in made:
            assert asyncio.iscoroutine(coroutine), coroutine
            coroutine.close()


run([
    check("aiohttp", 0, aiohttp_refused),
    check("httpx-ws", 0, httpx_ws_refused),
    check("picows", 0, lambda: raised(picows.websockets.connect(url("rejecting")))),
    check("picows", 1, lambda: raised(picows.ws_connect(picows.WSListener, url("rejecting")))),
    check("tornado", 0, lambda: raised(tornado.websocket.websocket_connect(url("rejecting")))),
    check("websocket-client", 0, websocket_client_refused),
    objects,
    awaiting_and_entering,
    coroutines,
])

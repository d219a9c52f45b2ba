"""What bounds the connects of the other libraries, and what does not, in the release that is installed."""

import importlib

from trial import JOB, ended, ends_after, in_thread, run, url, waits_on

# The limit that is passed, in seconds.
SHORT = 0.5

PACKAGE = JOB["package"]
VERSION = tuple(map(int, JOB["version"].split(".")))
ANY = (0,)

MODULES = {
    "aio-pika": "aio_pika",
    "httpx-ws": "httpx_ws",
    "nats-py": "nats",
    "python-socketio": "socketio",
    "redis": "redis.asyncio",
    "simple-websocket": "simple_websocket",
    "tornado": "tornado.websocket",
    "trio-websocket": "trio_websocket",
    "websocket-client": "websocket",
}
library = importlib.import_module(MODULES.get(PACKAGE, PACKAGE))
CHECKS = []


def of(package, since=ANY, until=(999,)):
    """The check is one of these releases of a package."""

    def kept(check):
        if package == PACKAGE and since <= VERSION < until:
            CHECKS.append(check)
        return check

    return kept


@of("aiohttp")
async def the_sessions_timeout_bounds_the_connect():
    import aiohttp

    for timeout in (aiohttp.ClientTimeout(total=SHORT), aiohttp.ClientTimeout(sock_read=SHORT)):
        async with aiohttp.ClientSession(timeout=timeout) as session:
            await ends_after(SHORT, session._ws_connect(url("silent")))


@of("aiohttp")
async def no_argument_of_ws_connect_bounds_the_connect():
    import aiohttp

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(connect=SHORT)) as session:
        await waits_on(session._ws_connect(url("silent"), timeout=SHORT, receive_timeout=SHORT))


@of("aiohttp")
async def the_default_is_300_s():
    import aiohttp.client

    assert aiohttp.client.DEFAULT_TIMEOUT.total == 300


@of("websocket-client")
async def timeout_bounds_each_read_of_the_connect():
    await ends_after(SHORT, in_thread(library.create_connection, url("silent"), timeout=SHORT))
    await ends_after(SHORT, in_thread(library.WebSocket().connect, url("silent"), timeout=SHORT))


@of("websocket-client")
async def nothing_else_bounds_it():
    await waits_on(in_thread(library.create_connection, url("silent"), open_timeout=SHORT))


@of("websocket-client")
async def a_socket_that_is_given_keeps_its_own_timeout():
    import socket

    def dial(limit, **options):
        sock = socket.create_connection(("127.0.0.1", JOB["ports"]["silent"]), timeout=limit)
        return library.create_connection(url("silent"), socket=sock, **options)

    await ends_after(SHORT, in_thread(dial, SHORT))
    await waits_on(in_thread(dial, None))
    await waits_on(in_thread(dial, None, timeout=SHORT))


@of("websocket-client", since=(1, 4))
async def with_reconnect_a_refused_session_is_tried_again():
    await waits_on(in_thread(library.WebSocketApp(url("refusing")).run_forever, reconnect=0.2))


@of("tornado")
async def the_requests_timeout_bounds_the_connect():
    from tornado.httpclient import HTTPRequest

    await ends_after(SHORT, library.websocket_connect(HTTPRequest(url("silent"), request_timeout=SHORT)))
    assert HTTPRequest._DEFAULTS["request_timeout"] == 20


@of("tornado")
async def connect_timeout_ends_before_the_handshake():
    await waits_on(library.websocket_connect(url("silent"), connect_timeout=SHORT))


@of("python-socketio")
async def the_blocking_client_gives_up_after_its_request_timeout():
    for transports in (None, ["websocket"]):
        connect = library.Client(request_timeout=1).connect
        await ends_after(1, in_thread(connect, url("silent", "http"), transports=transports))


@of("python-socketio")
async def the_default_is_5_s():
    assert library.Client().eio.request_timeout == 5


@of("python-socketio", since=(5, 11, 1))
async def with_retry_nothing_ends_it():
    await waits_on(in_thread(library.Client().connect, url("refusing", "http"), retry=True))


@of("httpx-ws")
async def timeout_bounds_each_read_of_the_handshake():
    def connect():
        with library.connect_ws(url("silent"), timeout=1):
            pass

    await ends_after(1, in_thread(connect))


async def over_a_transport(application):
    import httpx
    from httpx_ws.transport import ASGIWebSocketTransport

    async with httpx.AsyncClient(transport=ASGIWebSocketTransport(application)) as client:
        async with library.aconnect_ws("http://test/", client):
            pass


async def returns(scope, receive, send):
    await receive()


@of("httpx-ws", until=(0, 8, 1))
async def a_handler_that_does_not_accept_is_waited_for():
    await waits_on(over_a_transport(returns))


@of("httpx-ws", since=(0, 8, 1))
async def a_handler_that_does_not_accept_ends_it():
    error, _ = await ended(over_a_transport(returns))
    assert error is not None


@of("picows")
async def the_handshake_timeout_bounds_the_handshake_alone():
    import ssl

    await ends_after(SHORT, library.ws_connect(library.WSListener, url("silent"), websocket_handshake_timeout=SHORT))
    context = ssl.create_default_context()
    await waits_on(
        library.ws_connect(
            library.WSListener, url("silent", "wss"), ssl_context=context, websocket_handshake_timeout=SHORT
        )
    )


@of("aio-pika")
async def timeout_bounds_a_connect_to_a_broker():
    address = url("silent", "amqp")
    await ends_after(SHORT, library.connect(address, timeout=SHORT))
    await ends_after(SHORT, library.connect_robust(address, timeout=SHORT))
    await waits_on(library.connect(address))


@of("aio-pika", since=(9,))
async def without_fail_fast_it_is_tried_again():
    await waits_on(library.connect_robust(url("silent", "amqp"), timeout=SHORT, fail_fast=False))


@of("asyncpg")
async def timeout_bounds_a_connect_to_a_database():
    place = {"host": "127.0.0.1", "port": JOB["ports"]["silent"], "user": "x", "database": "x", "ssl": False}
    await ends_after(SHORT, library.connect(**place, timeout=SHORT))
    await waits_on(library.connect(**place, command_timeout=SHORT))


async def ignored(error):
    pass


def nats(**options):
    return library.connect(url("silent", "nats"), error_cb=ignored, connect_timeout=SHORT, **options)


@of("nats-py")
async def connect_timeout_bounds_one_attempt():
    await ends_after(SHORT, nats(allow_reconnect=False))
    await waits_on(nats())


@of("nats-py")
async def no_number_of_attempts_means_no_end():
    for number in (0, -1):
        await waits_on(nats(max_reconnect_attempts=number, reconnect_time_wait=0.1))


@of("redis", until=(8,))
async def redis_waits_for_ever_before_8():
    await waits_on(library.Connection(host="127.0.0.1", port=JOB["ports"]["silent"]).connect())


@of("redis", since=(8,))
async def redis_gives_up_after_5_s_from_8_on():
    await ends_after(5, library.Connection(host="127.0.0.1", port=JOB["ports"]["silent"]).connect())


@of("simple-websocket")
async def it_takes_no_limit():
    await waits_on(in_thread(library.Client, url("silent")))


async def trio_connect(**options):
    import trio

    async def connect():
        async with library.open_websocket_url(url("silent"), **options):
            pass

    await in_thread(trio.run, connect)


@of("trio-websocket", until=(0, 12))
async def connect_timeout_bounds_the_connect_before_0_12():
    await ends_after(SHORT, trio_connect(connect_timeout=SHORT))


@of("trio-websocket", since=(0, 12))
async def connect_timeout_bounds_nothing_from_0_12_on():
    await waits_on(trio_connect(connect_timeout=SHORT))


run(CHECKS)

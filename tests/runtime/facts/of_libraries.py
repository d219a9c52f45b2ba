"""What the catalogue and the rules' pages say about other clients, for the versions that they name."""

import asyncio
import inspect
import ssl

import aiohttp
import aiohttp.web
import picows.websockets
import socketio
import tornado.httpclient
import tornado.websocket
import trio
import trio_websocket
import websocket
import websockets.asyncio.client
import websockets.sync.client
import websockets.trio.client
from trial import ends_after, in_thread, run, url, waits_on

# The limit that is passed, in seconds, where a check is about what it does not bound.
SHORT = 0.4


async def aiohttp_has_300_s():
    assert aiohttp.client.DEFAULT_TIMEOUT.total == 300


async def aiohttps_own_arguments_do_not_bound_the_connect():
    async with aiohttp.ClientSession() as session:
        await waits_on(session.ws_connect(url("silent"), timeout=SHORT, receive_timeout=SHORT))


async def tornado_has_20_s():
    assert tornado.httpclient.HTTPRequest._DEFAULTS["request_timeout"] == 20


async def tornados_connect_timeout_ends_before_the_handshake():
    await waits_on(tornado.websocket.websocket_connect(url("silent"), connect_timeout=SHORT))


async def socketio_does_not_bound_the_websocket_handshake():
    client = socketio.AsyncClient(request_timeout=SHORT)
    await waits_on(client.connect(url("silent", "http"), transports=["websocket"]))


async def trio_websocket_waits_on():
    async def connect():
        with trio.move_on_after(SHORT * 8) as scope:
            async with trio_websocket.open_websocket_url(url("silent"), connect_timeout=SHORT):
                pass
        assert scope.cancelled_caught, "the connect ended by itself"

    await in_thread(trio.run, connect)


async def trio_fail_after_ends_the_wait():
    async def connect():
        with trio.fail_after(SHORT):
            async with trio_websocket.open_websocket_url(url("silent")):
                pass

    error = await ends_after(SHORT, in_thread(trio.run, connect))
    assert isinstance(error, trio.TooSlowError) and not isinstance(error, TimeoutError), repr(error)


async def websocket_client_waits_on():
    await waits_on(in_thread(websocket.create_connection, url("silent")))


async def picows_bounds_the_handshake_but_not_tls():
    await ends_after(SHORT, picows.websockets.connect(url("silent"), open_timeout=SHORT))
    context = ssl.create_default_context()
    await waits_on(picows.websockets.connect(url("silent", "wss"), open_timeout=SHORT, ssl=context))


async def websockets_trio_gives_up_after_10_s_by_default():
    assert inspect.signature(websockets.trio.client.connect).parameters["open_timeout"].default == 10


async def websockets_trios_open_timeout_bounds_the_connect():
    async def connect():
        async with websockets.trio.client.connect(url("silent"), open_timeout=SHORT):
            pass

    await ends_after(SHORT, in_thread(trio.run, connect))


async def websockets_trio_waits_for_a_message():
    async def receive():
        with trio.move_on_after(SHORT * 8) as scope:
            async with websockets.trio.client.connect(url("mute"), close_timeout=0.1) as ws:
                await ws.recv()
        assert scope.cancelled_caught, "the wait ended by itself"

    await in_thread(trio.run, receive)


async def websockets_waits_for_the_parts_of_a_message():
    async def receive():
        async with websockets.asyncio.client.connect(url("mute"), close_timeout=0.1) as ws:
            async for _ in ws.recv_streaming():
                pass

    def blocking():
        with websockets.sync.client.connect(url("mute"), close_timeout=0.1) as ws:
            for _ in ws.recv_streaming():
                pass

    await asyncio.gather(waits_on(receive()), waits_on(in_thread(blocking)))


async def websockets_trio_waits_for_the_parts_of_a_message():
    async def receive():
        with trio.move_on_after(SHORT * 8) as scope:
            async with websockets.trio.client.connect(url("mute"), close_timeout=0.1) as ws:
                async for _ in ws.recv_streaming():
                    pass
        assert scope.cancelled_caught, "the wait ended by itself"

    await in_thread(trio.run, receive)


async def socketio_waits_for_an_event():
    app = aiohttp.web.Application()
    socketio.AsyncServer(async_mode="aiohttp").attach(app)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def receive(**options):
        async with socketio.AsyncSimpleClient() as client:
            await client.connect(address, transports=["websocket"])
            await client.receive(**options)

    def blocking(**options):
        with socketio.SimpleClient() as client:
            client.connect(address, transports=["websocket"])
            client.receive(**options)

    await asyncio.gather(waits_on(receive()), waits_on(in_thread(blocking)))
    limited = (receive(timeout=SHORT), in_thread(blocking, timeout=SHORT))
    for error in await asyncio.gather(*[ends_after(SHORT, wait) for wait in limited]):
        assert isinstance(error, socketio.exceptions.TimeoutError), repr(error)


async def picows_waits_for_a_message():
    async def receive(do):
        async with picows.websockets.connect(url("mute"), close_timeout=0.1) as ws:
            await do(ws)

    async def all_of(iterated):
        async for _ in iterated:
            pass

    waits = (lambda ws: ws.recv(), all_of, lambda ws: all_of(ws.recv_streaming()))
    await asyncio.gather(*[waits_on(receive(do)) for do in waits])


run(
    [
        aiohttp_has_300_s,
        aiohttps_own_arguments_do_not_bound_the_connect,
        tornado_has_20_s,
        tornados_connect_timeout_ends_before_the_handshake,
        socketio_does_not_bound_the_websocket_handshake,
        trio_websocket_waits_on,
        trio_fail_after_ends_the_wait,
        websocket_client_waits_on,
        picows_bounds_the_handshake_but_not_tls,
        websockets_trio_gives_up_after_10_s_by_default,
        websockets_trios_open_timeout_bounds_the_connect,
        websockets_trio_waits_for_a_message,
        websockets_waits_for_the_parts_of_a_message,
        websockets_trio_waits_for_the_parts_of_a_message,
        picows_waits_for_a_message,
        socketio_waits_for_an_event,
    ]
)

"""What bounds the connects and the receives of clients that stand on other libraries, and what does not, in the release that is
installed. `patient` of the question asks for what takes more than a dozen seconds too.
"""

import asyncio

from trial import JOB, LATE, ended, ends_after, in_thread, run, url, waits_on

# The limit that is passed, in seconds.
SHORT = 1.0

PACKAGE = JOB["package"]
CHECKS = []


def of(package, patient=False):
    """The check is one of this package; `patient`: it takes longer than a dozen seconds."""

    def kept(check):
        if package == PACKAGE and (JOB["patient"] or not patient):
            CHECKS.append(check)
        return check

    return kept


def blocking(enter, *args, **kwargs):
    """Calls and enters in a thread what blocks it."""

    def call():
        with enter(*args, **kwargs):
            pass

    return in_thread(call)


async def entered(manager):
    async with manager:
        pass


# gql


def gql_client(transport, **options):
    from gql import Client

    return entered(Client(transport=transport, **options))


@of("gql")
async def gql_connect_timeout_bounds_the_connect():
    from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
    from gql.transport.websockets import WebsocketsTransport

    for transport in (WebsocketsTransport, AIOHTTPWebsocketsTransport):
        await ends_after(SHORT, gql_client(transport(url=url("silent"), connect_timeout=SHORT)))


@of("gql")
async def gql_connect_args_reach_websockets():
    from gql.transport.websockets import WebsocketsTransport

    short = WebsocketsTransport(url=url("silent"), connect_args={"open_timeout": SHORT})
    await ends_after(SHORT, gql_client(short))
    wrong = WebsocketsTransport(url=url("silent"), connect_args={"timeout": SHORT})
    error, _ = await ended(gql_client(wrong))
    assert "unexpected keyword argument 'timeout'" in f"{error} {error.__cause__}", repr(error)


@of("gql")
async def gql_execute_timeout_does_not_bound_the_connect():
    from gql.transport.websockets import WebsocketsTransport

    await waits_on(gql_client(WebsocketsTransport(url=url("silent")), execute_timeout=SHORT))


@of("gql", patient=True)
async def gql_ends_after_10_s_by_its_default_and_by_websockets():
    from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
    from gql.transport.websockets import WebsocketsTransport

    ends = [
        ends_after(10, gql_client(WebsocketsTransport(url=url("silent"), connect_timeout=timeout)), guard=16)
        for timeout in (10, 30, None)
    ]
    await asyncio.gather(*ends, waits_on(gql_client(AIOHTTPWebsocketsTransport(url=url("silent"), connect_timeout=None)), 16))


# web3


@of("web3")
async def web3_request_timeout_bounds_nothing():
    from web3 import AsyncWeb3, WebSocketProvider

    async def connect():
        await AsyncWeb3(WebSocketProvider(url("silent"), request_timeout=SHORT, max_connection_retries=1))

    await waits_on(connect())


@of("web3")
async def web3_websocket_kwargs_reach_websockets():
    from web3 import AsyncWeb3, WebSocketProvider

    async def connect(**options):
        await AsyncWeb3(WebSocketProvider(url("silent"), max_connection_retries=1, websocket_kwargs=options))

    await ends_after(SHORT, connect(open_timeout=SHORT))
    error, _ = await ended(connect(timeout=SHORT))
    assert "unexpected keyword argument 'timeout'" in str(error), repr(error)


@of("web3", patient=True)
async def web3_tries_five_times_again():
    from web3 import AsyncWeb3, WebSocketProvider

    async def connect():
        await AsyncWeb3(WebSocketProvider(url("silent")))

    await ends_after(69, connect(), guard=80)


# openai


@of("openai")
async def openai_waits_for_an_event():
    from openai import AsyncOpenAI, OpenAI

    def connected(client):
        return client(api_key="x", websocket_base_url=url("mute")).realtime.connect(model="m")

    async def asynchronous(iterates):
        async with connected(AsyncOpenAI) as connection:
            if not iterates:
                await connection.recv()
            async for _ in connection:
                pass

    def blocking_receive(iterates):
        with connected(OpenAI) as connection:
            if not iterates:
                connection.recv()
            for _ in connection:
                pass

    waits = [waits_on(asynchronous(iterates), 4) for iterates in (False, True)]
    await asyncio.gather(*waits, *[waits_on(in_thread(blocking_receive, iterates), 4) for iterates in (False, True)])


def openai_realtime(client, **options):
    return client(api_key="x", websocket_base_url=url("silent"), timeout=SHORT).realtime.connect(model="m", **options)


@of("openai")
async def openai_options_reach_websockets():
    from openai import AsyncOpenAI, OpenAI

    short = {"open_timeout": SHORT}
    await ends_after(SHORT, entered(openai_realtime(AsyncOpenAI, websocket_connection_options=short)))
    await ends_after(SHORT, blocking(openai_realtime, OpenAI, websocket_connection_options=short))
    wrong = openai_realtime(AsyncOpenAI, websocket_connection_options={"timeout": SHORT})
    error, _ = await ended(entered(wrong))
    assert "unexpected keyword argument 'timeout'" in str(error), repr(error)


@of("openai")
async def openai_timeout_of_the_client_bounds_nothing():
    from openai import AsyncOpenAI, OpenAI

    await asyncio.gather(
        waits_on(entered(openai_realtime(AsyncOpenAI))),
        waits_on(blocking(openai_realtime, OpenAI)),
    )


@of("openai", patient=True)
async def openai_ends_after_10_s_by_websockets():
    from openai import AsyncOpenAI, OpenAI

    await asyncio.gather(
        ends_after(10, entered(openai_realtime(AsyncOpenAI))), ends_after(10, blocking(openai_realtime, OpenAI))
    )


# google-genai


def genai_live(**options):
    from google import genai
    from google.genai import types

    http = types.HttpOptions(base_url=url("silent"), timeout=1000, **options)
    return entered(genai.Client(api_key="x", http_options=http).aio.live.connect(model="m"))


@of("google-genai")
async def genai_async_client_args_reach_websockets():
    await ends_after(SHORT, genai_live(async_client_args={"open_timeout": SHORT}), guard=6)


@of("google-genai")
async def genai_timeout_bounds_nothing():
    await waits_on(genai_live(), 4)


@of("google-genai", patient=True)
async def genai_ends_after_10_s_by_websockets():
    await ends_after(10, genai_live(), guard=16)


# deepgram-sdk


def deepgram(client):
    from deepgram.environment import DeepgramClientEnvironment

    places = {name: url("silent") for name in ("base", "production", "agent", "agent_rest")}
    fields = DeepgramClientEnvironment.__init__.__code__.co_varnames
    environment = DeepgramClientEnvironment(**{name: place for name, place in places.items() if name in fields})
    return client(api_key="x", environment=environment, timeout=SHORT).listen.v1.connect(model="nova-3")


@of("deepgram-sdk")
async def deepgram_timeout_bounds_nothing():
    from deepgram import AsyncDeepgramClient, DeepgramClient

    await asyncio.gather(
        waits_on(entered(deepgram(AsyncDeepgramClient)), 4), waits_on(blocking(deepgram, DeepgramClient), 4)
    )


@of("deepgram-sdk", patient=True)
async def deepgram_ends_after_10_s_by_websockets():
    from deepgram import AsyncDeepgramClient, DeepgramClient

    await asyncio.gather(
        ends_after(10, entered(deepgram(AsyncDeepgramClient)), guard=16),
        ends_after(10, blocking(deepgram, DeepgramClient), guard=16),
    )


# playwright needs no browser for the peer that never answers, but its driver does.


@of("playwright")
async def playwright_timeout_is_milliseconds():
    from playwright.async_api import async_playwright

    async with async_playwright() as p:
        error = await ends_after(SHORT, p.chromium.connect(url("silent"), timeout=SHORT * 1000))
        assert "Timeout 1000ms exceeded" in str(error), error
        await ends_after(SHORT, p.chromium.connect_over_cdp(url("silent"), timeout=SHORT * 1000))
        await waits_on(p.chromium.connect(url("silent")))
        await waits_on(p.chromium.connect(url("silent"), timeout=0))
        await waits_on(p.chromium.connect_over_cdp(url("silent"), timeout=0))


@of("playwright", patient=True)
async def playwright_connect_has_no_limit_and_cdp_30_s():
    from playwright.async_api import async_playwright

    async with async_playwright() as p:
        await asyncio.gather(
            waits_on(p.chromium.connect(url("silent")), 36),
            ends_after(30, p.chromium.connect_over_cdp(url("silent")), guard=36),
        )


# paho-mqtt, aiomqtt


@of("paho-mqtt")
async def paho_connect_timeout_bounds_each_step():
    import paho.mqtt.client as mqtt

    def connect(timeout=None):
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, transport="websockets")
        if timeout:
            client.connect_timeout = timeout
        client.connect("127.0.0.1", JOB["ports"]["silent"])

    await ends_after(SHORT, in_thread(connect, SHORT))
    await ends_after(5, in_thread(connect))


@of("aiomqtt")
async def aiomqtt_timeout_is_ignored_over_websockets():
    import aiomqtt

    client = aiomqtt.Client("127.0.0.1", JOB["ports"]["silent"], transport="websockets", timeout=SHORT)
    error = await ends_after(5, entered(client))
    assert isinstance(error, aiomqtt.MqttError), repr(error)


# centrifuge-python


@of("centrifuge-python")
async def centrifuge_takes_twice_its_timeout():
    import centrifuge

    async def connect(**options):
        client = centrifuge.Client(url("silent"), **options)
        await client.connect()
        await client.ready()

    error = await ends_after(2 * SHORT, connect(timeout=SHORT))
    assert isinstance(error, centrifuge.OperationTimeoutError), repr(error)
    await ends_after(10, connect(), guard=14)


@of("centrifuge-python")
async def centrifuge_connect_returns_unconnected():
    import centrifuge

    client = centrifuge.Client(url("silent"), timeout=SHORT)
    await asyncio.wait_for(client.connect(), 3)
    assert client.state is not centrifuge.ClientState.CONNECTED


# lomond, ws4py


@of("lomond")
async def lomond_has_no_limit():
    from lomond import WebSocket

    def events(**options):
        for _ in WebSocket(url("silent")).connect(**options):
            pass

    await asyncio.gather(
        waits_on(in_thread(events), 8), waits_on(in_thread(events, ping_timeout=SHORT, ping_rate=SHORT), 8)
    )


@of("ws4py")
async def ws4py_has_no_limit():
    from ws4py.client.threadedclient import WebSocketClient

    await asyncio.gather(
        waits_on(in_thread(lambda: WebSocketClient(url("silent")).connect()), 8),
        waits_on(in_thread(lambda: WebSocketClient(url("silent"), heartbeat_freq=SHORT).connect()), 8),
    )


# signalrcore, pysignalr


@of("signalrcore")
async def signalrcore_has_no_limit():
    from signalrcore.hub_connection_builder import HubConnectionBuilder

    def start(**options):
        HubConnectionBuilder().with_url(url("silent", "http"), options=options).build().start()

    await asyncio.gather(waits_on(in_thread(start), 8), waits_on(in_thread(start, skip_negotiation=True), 8))


@of("pysignalr")
async def pysignalr_connection_timeout_does_not_bound_the_negotiation():
    from pysignalr.client import SignalRClient

    await waits_on(SignalRClient(url("silent", "http"), connection_timeout=SHORT, retry_count=1).run(), 8)


# obsws-python, simpleobsws


@of("obsws-python")
async def obsws_timeout_bounds_the_connect():
    import obsws_python

    place = {"host": "127.0.0.1", "port": JOB["ports"]["silent"], "password": "x"}
    error = await ends_after(SHORT, in_thread(obsws_python.ReqClient, timeout=SHORT, **place))
    assert type(error).__name__ == "WebSocketTimeoutException", repr(error)
    await waits_on(in_thread(obsws_python.ReqClient, **place), 8)


@of("simpleobsws")
async def simpleobsws_ends_after_10_s_by_websockets():
    import simpleobsws

    await ends_after(10, simpleobsws.WebSocketClient(url=url("silent")).connect(), guard=14)


@of("simpleobsws")
async def simpleobsws_wait_until_identified_gives_false():
    import simpleobsws

    client = simpleobsws.WebSocketClient(url=url("mute"))
    await client.connect()
    assert await client.wait_until_identified(timeout=SHORT) is False


# kubernetes, kubernetes-asyncio, docker


@of("kubernetes")
async def kubernetes_request_timeout_bounds_no_exec():
    from kubernetes import client, stream

    def execute(**options):
        api = client.CoreV1Api(client.ApiClient(client.Configuration(host=url("silent", "http"))))
        stream.stream(api.connect_get_namespaced_pod_exec, "p", "n", command=["x"], stdout=True, **options)

    await asyncio.gather(
        waits_on(in_thread(execute), 8), waits_on(in_thread(execute, _request_timeout=SHORT), 8)
    )


@of("kubernetes")
async def kubernetes_request_timeout_ends_the_reading_of_the_output():
    from kubernetes import client, stream

    def execute():
        api = client.CoreV1Api(client.ApiClient(client.Configuration(host=url("mute", "http"))))
        options = {"command": ["x"], "stdout": True, "_request_timeout": SHORT}
        return stream.stream(api.connect_get_namespaced_pod_exec, "p", "n", **options)

    loop = asyncio.get_running_loop()
    begin = loop.time()
    assert await in_thread(execute) == ""
    assert SHORT - 0.1 <= loop.time() - begin < SHORT + LATE


@of("kubernetes-asyncio")
async def kubernetes_asyncio_request_timeout_bounds_no_exec():
    from kubernetes_asyncio import client
    from kubernetes_asyncio.stream import WsApiClient

    async def execute(heartbeat=None, **options):
        configuration = client.Configuration(host=url("silent", "http"))
        async with WsApiClient(configuration, heartbeat=heartbeat) as api:
            await client.CoreV1Api(api).connect_get_namespaced_pod_exec("p", "n", command=["x"], stdout=True, **options)

    await asyncio.gather(
        waits_on(execute(), 8), waits_on(execute(_request_timeout=SHORT), 8), waits_on(execute(heartbeat=SHORT), 8)
    )


@of("kubernetes-asyncio")
async def kubernetes_asyncio_returns_when_the_command_is_over():
    from kubernetes_asyncio import client
    from kubernetes_asyncio.stream import WsApiClient

    async def execute(peer, name, **options):
        async with WsApiClient(client.Configuration(host=url(peer, "http"))) as api:
            made = await getattr(client.CoreV1Api(api), name)("p", "n", **options)
            await entered(made)

    kinds = ("attach", "exec", "portforward")
    for name in (f"connect_{verb}_namespaced_pod_{kind}" for verb in ("get", "post") for kind in kinds):
        await asyncio.gather(
            waits_on(execute("mute", name), 2),
            waits_on(execute("silent", name), 2),
            # Only made by the first `await`, it waits where it is entered.
            waits_on(execute("silent", name, _preload_content=False), 2),
            asyncio.wait_for(execute("echo", name, _preload_content=False), SHORT),
        )


@of("docker")
async def docker_timeout_bounds_no_attach():
    import docker

    def attach():
        client = docker.APIClient(url("silent", "http"), version="1.41", timeout=SHORT)
        client.attach_socket("c", ws=True)

    await waits_on(in_thread(attach), 8)


# curl_cffi, aiosonic


@of("curl-cffi")
async def curl_timeout_does_not_bound_the_handshake():
    import curl_cffi

    async def connect(session=None, **options):
        async with curl_cffi.AsyncSession(**(session or {})) as client:
            await client.ws_connect(url("silent"), **options)

    await asyncio.gather(
        waits_on(connect(timeout=SHORT), 8),
        waits_on(connect({"timeout": SHORT}), 8),
        waits_on(in_thread(lambda: curl_cffi.Session().ws_connect(url("silent"), timeout=SHORT)), 8),
    )


@of("curl-cffi")
async def curl_waits_for_a_message():
    import curl_cffi

    async def receive(**options):
        async with curl_cffi.AsyncSession() as client:
            await (await client.ws_connect(url("mute"))).recv(**options)

    def blocking_receive(**options):
        curl_cffi.Session().ws_connect(url("mute")).recv(**options)

    await asyncio.gather(waits_on(receive(), 4), waits_on(in_thread(blocking_receive), 4))
    for error in await asyncio.gather(
        ends_after(SHORT, receive(timeout=SHORT)), ends_after(SHORT, in_thread(blocking_receive, timeout=SHORT))
    ):
        assert isinstance(error, curl_cffi.WebSocketTimeout), repr(error)


@of("aiosonic")
async def aiosonic_takes_no_limit_for_the_connect():
    from aiosonic import WebSocketClient
    from aiosonic.timeout import Timeouts

    async def connect(limits):
        await WebSocketClient().connect(url("silent"), conn_opts={"timeouts": limits})

    await asyncio.gather(
        waits_on(WebSocketClient().connect(url("silent")), 8),
        waits_on(connect(Timeouts(sock_read=SHORT)), 8),
        waits_on(connect(Timeouts(request_timeout=SHORT)), 8),
    )


@of("aiosonic")
async def aiosonic_waits_for_a_message():
    from aiosonic import WebSocketClient

    async def receive(**options):
        await (await WebSocketClient().connect(url("mute"))).receive_text(**options)

    await waits_on(receive(), 4)
    error = await ends_after(SHORT, receive(timeout=SHORT))
    assert type(error).__name__ == "ReadTimeout", repr(error)


# samsungtvws


@of("samsungtvws")
async def samsung_timeout_bounds_the_connect():
    from samsungtvws import SamsungTVWS
    from samsungtvws.async_remote import SamsungTVWSAsyncRemote

    place = {"host": "127.0.0.1", "port": JOB["ports"]["silent"]}
    await ends_after(SHORT, in_thread(SamsungTVWS(**place, timeout=SHORT).open))
    await waits_on(in_thread(SamsungTVWS(**place).open), 8)
    await ends_after(SHORT, SamsungTVWSAsyncRemote(**place, timeout=SHORT).open())
    await waits_on(SamsungTVWSAsyncRemote(**place).open(), 8)


# pyppeteer, nodriver


@of("pyppeteer")
async def pyppeteer_never_ends():
    import pyppeteer

    await asyncio.gather(
        waits_on(pyppeteer.connect(browserWSEndpoint=url("silent")), 12),
        waits_on(pyppeteer.connect(browserWSEndpoint=url("refusing")), 12),
    )


# bokeh


@of("bokeh", patient=True)
async def bokeh_ends_after_20_s():
    from bokeh.client import pull_session

    await ends_after(20, in_thread(lambda: pull_session(url=url("silent", "http"))), guard=30)


# discord.py, slack_sdk


@of("slack-sdk")
async def slack_clients_of_socket_mode():
    from slack_sdk.socket_mode.aiohttp import SocketModeClient as OverAiohttp
    from slack_sdk.socket_mode.builtin import SocketModeClient as Builtin
    from slack_sdk.socket_mode.websockets import SocketModeClient as OverWebsockets

    async def asynchronous(kind):
        client = kind(app_token="xapp-1")

        async def address():
            return url("silent")

        client.issue_new_wss_url = address
        await client.connect()

    def builtin():
        client = Builtin(app_token="xapp-1")
        client.issue_new_wss_url = lambda: url("silent")
        client.connect()
        return client.is_connected()

    await asyncio.gather(
        waits_on(asynchronous(OverAiohttp), 12),
        ends_after(10, asynchronous(OverWebsockets), guard=15),
        quietly_unconnected(in_thread(builtin)),
    )


@of("slack-sdk", patient=True)
async def slack_clients_ask_for_their_address_first():
    from slack_sdk.socket_mode.websockets import SocketModeClient
    from slack_sdk.web.async_client import AsyncWebClient

    web = AsyncWebClient(token="xoxb-1", base_url=url("silent", "http") + "/")
    await ends_after(30, SocketModeClient(app_token="xapp-1", web_client=web).connect(), guard=40)


async def quietly_unconnected(connect):
    assert await asyncio.wait_for(connect, 12) is False


# amqtt, gmqtt, hass-client


@of("gmqtt")
async def gmqtt_has_no_limit():
    import gmqtt

    await waits_on(gmqtt.Client("x").connect("127.0.0.1", JOB["ports"]["silent"]), 8)


@of("amqtt")
async def amqtt_connection_timeout_is_that_of_one_attempt():
    from amqtt.client import MQTTClient

    client = MQTTClient(config={"connection_timeout": 1, "reconnect_retries": 1})
    error = await ends_after(5, client.connect(url("silent")), guard=9)
    assert "Too many failed attempts" in str(error), repr(error)


@of("elevenlabs")
async def elevenlabs_ends_after_10_s_by_websockets():
    from elevenlabs.realtime.scribe import ScribeRealtime

    from elevenlabs.realtime.scribe import AudioFormat

    scribe = ScribeRealtime(api_key="x", base_url=url("silent"))
    options = {"model_id": "scribe_v2_realtime", "audio_format": AudioFormat.PCM_16000, "sample_rate": 16000}
    await ends_after(10, scribe.connect(options), guard=15)


@of("websockets-proxy")
async def websockets_proxy_begins_its_limit_behind_the_proxy():
    from websockets_proxy import Proxy, proxy_connect

    def connect(**options):
        proxy = Proxy.from_url(f"http://127.0.0.1:{JOB['ports']['silent']}")
        return entered(proxy_connect("ws://127.0.0.1:1", proxy=proxy, **options))

    await asyncio.gather(waits_on(connect(), 14), waits_on(connect(open_timeout=SHORT), 8))
    await ends_after(SHORT, connect(proxy_conn_timeout=SHORT))


# Test clients: the application runs in the same process.


@of("aiohttp")
async def aiohttp_test_client_waits_for_its_server():
    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer

    async def handle(request):
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        async for _ in ws:
            pass
        return ws

    async def never(request):
        await asyncio.sleep(60)

    app = web.Application()
    app.router.add_get("/", handle)
    app.router.add_get("/never", never)
    client = TestClient(TestServer(app))
    await client.start_server()

    async def opened(path="/"):
        return await client.ws_connect(path)

    ws = await opened()
    await waits_on(ws.receive())
    await waits_on(opened("/never"))
    ws = await opened()
    await ends_after(SHORT, ws.receive(timeout=SHORT))


@of("litestar")
async def litestar_test_client_waits_for_its_application():
    import queue

    from litestar import WebSocket, websocket
    from litestar.testing import create_test_client

    async def handle(socket: WebSocket) -> None:
        await socket.accept()
        await socket.receive_json()

    handler = websocket("/ws")(handle)

    def receive(method, **options):
        with create_test_client(handler) as client, client.websocket_connect("/ws") as ws:
            getattr(ws, method)(**options)

    methods = ("receive", "receive_json", "receive_text", "receive_bytes", "receive_msgpack")
    await asyncio.gather(*[waits_on(in_thread(receive, method), 4) for method in methods])
    for options in ({"timeout": SHORT}, {"block": False}):
        error, _ = await ended(in_thread(receive, "receive_json", **options), 8)
        assert isinstance(error, queue.Empty), repr(error)


@of("quart")
async def quart_test_client_waits_for_its_application():
    from quart import Quart, websocket

    app = Quart(__name__)

    @app.websocket("/ws")
    async def handle():
        await websocket.accept()
        await websocket.receive()

    @app.websocket("/never")
    async def never():
        await asyncio.sleep(60)

    async def receive(path, method):
        async with app.test_client().websocket(path) as ws:
            await getattr(ws, method)()

    await asyncio.gather(
        *[waits_on(receive(path, method)) for path in ("/ws", "/never") for method in ("receive", "receive_json")]
    )


@of("channels")
async def channels_gives_up_after_1_s():
    import django
    from django.conf import settings

    settings.configure(CHANNEL_LAYERS={})
    django.setup()
    from channels.generic.websocket import AsyncWebsocketConsumer
    from channels.testing import WebsocketCommunicator

    class Silent(AsyncWebsocketConsumer):
        async def connect(self):
            await asyncio.sleep(60)

    async def communicator():
        opened = WebsocketCommunicator(AsyncWebsocketConsumer.as_asgi(), "/")
        await opened.connect()
        return opened

    for method in ("receive_from", "receive_json_from", "receive_output"):
        await ends_after(1, getattr(await communicator(), method)())
    await waits_on((await communicator()).receive_from(timeout=None))
    silent = WebsocketCommunicator(Silent.as_asgi(), "/")
    await ends_after(1, silent.connect())
    await waits_on(WebsocketCommunicator(Silent.as_asgi(), "/").connect(timeout=None))


@of("websockets")
async def websockets_sync_waits_for_a_message():
    from websockets.sync.client import connect

    def receive(do):
        with connect(url("mute"), close_timeout=0.1) as ws:
            do(ws)

    def stream(ws):
        for _ in ws:
            pass

    for do in (stream, lambda ws: next(iter(ws)), lambda ws: ws.recv(), lambda ws: ws.recv(timeout=None)):
        await waits_on(in_thread(receive, do))
    await ends_after(SHORT, in_thread(receive, lambda ws: ws.recv(timeout=SHORT)))


@of("websocket-client")
async def websocket_client_waits_for_a_message():
    import websocket

    def receive(do, **options):
        do(websocket.create_connection(url("mute"), **options))

    def limited(ws):
        ws.settimeout(SHORT)
        ws.recv()

    reads = (lambda ws: ws.recv(), lambda ws: ws.recv_data(), lambda ws: ws.recv_frame(), next, list)
    await asyncio.gather(*[waits_on(in_thread(receive, do)) for do in reads])
    await ends_after(SHORT, in_thread(receive, lambda ws: ws.recv(), timeout=SHORT))
    await ends_after(SHORT, in_thread(receive, limited))


@of("websocket-client")
async def websocket_client_waits_for_the_other_side_to_close():
    import websocket

    def closed(*arguments, **options):
        websocket.create_connection(url("mute"), timeout=SHORT / 2).close(*arguments, **options)

    async def lasts(expected, *arguments, **options):
        error, seconds = await ended(in_thread(closed, *arguments, **options), 3 + 3 * LATE)
        assert error is None and expected - 0.05 <= seconds <= expected + LATE, (error, seconds)

    await asyncio.gather(lasts(3), lasts(SHORT, timeout=SHORT), lasts(SHORT, 1000, b"", SHORT))


@of("simple-websocket")
async def simple_websocket_waits_for_a_message():
    import simple_websocket

    def receive(**options):
        return simple_websocket.Client(url("mute")).receive(**options)

    await waits_on(in_thread(receive))
    assert await asyncio.wait_for(in_thread(receive, timeout=SHORT), 4) is None


run(CHECKS)

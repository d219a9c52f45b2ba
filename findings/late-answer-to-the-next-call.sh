#!/usr/bin/env bash
# obsws-python 1.8.0, pyvts 0.3.3 and gremlinpython 3.8.2 beside simpleobsws 1.4.3, CPython 3.12; a server whose answer to one of four calls comes 1 s after
# its limit, and is the only late one. The limit is reported. obsws-python and pyvts number their calls, and take whatever comes next for the
# answer all the same: the next call returns the late answer as its own, and every later one that of the call before, on and on. In gremlinpython, which
# looks at the number, the late answer goes to nobody and ends the next call, which returns an empty list as if nothing had been found, and so does
# every later one. Nothing is said of it. simpleobsws drops what comes late. One expects that of all, or a client that cannot be used any more.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 obsws-python==1.8.0 websocket-client==1.9.2 pyvts==0.3.3 gremlinpython==3.8.2 aiohttp==3.14.5 simpleobsws==1.4.3 websockets==17.4
cat >calls.py <<'PYTHON'
import asyncio, json, os, sys
import msgpack, obsws_python, pyvts, simpleobsws
from gremlin_python.driver.client import Client
from gremlin_python.driver.serializer import GraphSONSerializersV3d0
from websockets.asyncio.server import serve

LIMIT = 2
CALLS = "first", "late", "third", "fourth"

async def answer(name, reply):
    if name == "late":
        await asyncio.sleep(1.5 * LIMIT)
    await reply(name)

async def obs(ws):
    dumps, loads = (msgpack.packb, msgpack.unpackb) if ws.subprotocol else (json.dumps, json.loads)
    await ws.send(dumps({"op": 0, "d": {"rpcVersion": 1}}))
    async for message in ws:
        message = loads(message)
        if message["op"] == 1:
            await ws.send(dumps({"op": 2, "d": {"negotiatedRpcVersion": 1}}))
            continue
        call = {key: message["d"][key] for key in ("requestType", "requestId")}
        status = {"result": True, "code": 100}
        await answer(call["requestType"], lambda name: ws.send(dumps({"op": 7, "d": {**call, "requestStatus": status, "responseData": {"to": name}}})))

async def vts(ws):
    async for message in ws:
        call = json.loads(message)
        await answer(call["messageType"], lambda name: ws.send(json.dumps({"requestID": call["requestID"], "data": {"to": name}})))

async def gremlin(ws):
    async for message in ws:
        call = json.loads(message[1 + message[0]:])
        empty = {"@type": "g:Map", "@value": []}
        await answer(call["args"]["gremlin"], lambda name: ws.send(json.dumps({
            "requestId": call["requestId"]["@value"], "status": {"code": 200, "message": "", "attributes": empty},
            "result": {"data": {"@type": "g:List", "@value": [name]}, "meta": empty}})))

async def calls(library, call):
    said = []
    for name in CALLS:
        try:
            said.append(f"{name} -> {await call(name)}")
        except Exception as error:
            said.append(f"{name} -> {type(error).__name__}")
        await asyncio.sleep(LIMIT)
    print(f"{library}: {', '.join(said)}", flush=True)

async def by_obsws_python(port):
    client = await asyncio.to_thread(obsws_python.ReqClient, host="127.0.0.1", port=port, password="", timeout=LIMIT)
    await calls("obsws-python", lambda name: asyncio.to_thread(lambda: client.send(name, raw=True)["to"]))

async def by_pyvts(port):
    client = pyvts.vts(vts_api_info={"host": "127.0.0.1", "port": port, "name": "peer", "version": "1.0"})
    await client.connect()

    async def call(name):
        return (await asyncio.wait_for(client.request(client.vts_request.BaseRequest(name, request_id=name)), LIMIT))["data"]["to"]

    await calls("pyvts", call)

async def by_gremlinpython(port):
    def connect():
        return Client(f"ws://127.0.0.1:{port}", "g", pool_size=1, message_serializer=GraphSONSerializersV3d0(), read_timeout=LIMIT)

    client = await asyncio.to_thread(connect)
    await calls("gremlinpython", lambda name: asyncio.to_thread(lambda: client.submit(name).all().result()))

async def by_simpleobsws(port):
    client = simpleobsws.WebSocketClient(url=f"ws://127.0.0.1:{port}", password="")
    await client.connect()
    while not client.is_identified():
        await asyncio.sleep(0.1)

    async def call(name):
        return (await client.call(simpleobsws.Request(name), timeout=LIMIT)).responseData["to"]

    await calls("simpleobsws", call)

async def main():
    for peer, client in (obs, by_obsws_python), (vts, by_pyvts), (gremlin, by_gremlinpython), (obs, by_simpleobsws):
        async with serve(peer, "127.0.0.1", 0, select_subprotocol=lambda ws, offered: next(iter(offered), None)) as server:
            await client(server.sockets[0].getsockname()[1])
            for ws in list(server.connections):
                ws.transport.abort()

asyncio.new_event_loop().run_until_complete(main())
sys.stdout.flush()
os._exit(0)
PYTHON
timeout 90 venv/bin/python -W ignore calls.py 2>/dev/null | seen "obsws-python: first -> first, late -> OBSSDKTimeoutError, third -> late, fourth -> third
pyvts: first -> first, late -> TimeoutError, third -> late, fourth -> third
gremlinpython: first -> ['first'], late -> TimeoutError, third -> [], fourth -> []
simpleobsws: first -> first, late -> MessageTimeout, third -> third, fourth -> fourth"

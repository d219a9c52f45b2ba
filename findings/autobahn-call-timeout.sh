#!/usr/bin/env bash
# autobahn 26.10.2, websockets 17.4 for the router, CPython 3.12. `CallOptions(timeout=2)`, which its documentation calls the seconds after which a call is
# cancelled, sets no timer in the client: a call that the router leaves unanswered was still waiting after 8 s. The number goes to the router
# as it is, where WAMP has it in milliseconds. `asyncio.wait_for` around the call ends it, and tells the router to cancel. One expects
# the call to raise after 2 s.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 autobahn==26.10.2 websockets==17.4
cat >calls.py <<'PYTHON'
import asyncio, json, os, time
from autobahn.asyncio.wamp import ApplicationRunner, ApplicationSession
from autobahn.wamp.types import CallOptions
from websockets.asyncio.server import serve

WELCOME, CALL, CANCEL = 2, 48, 49
welcome = [WELCOME, 1, {"roles": {"dealer": {"features": {"call_canceling": True, "call_timeout": True}}}}]

async def route(ws):
    await ws.recv()
    await ws.send(json.dumps(welcome))
    async for message in ws:
        kind, _, *rest = json.loads(message)
        print("router:", {CALL: "a call with", CANCEL: "a cancel with"}.get(kind), rest[0], flush=True)

class Session(ApplicationSession):
    async def onJoin(self, details):
        calling = asyncio.ensure_future(self.call("example.procedure", options=CallOptions(timeout=2)))
        finished, _ = await asyncio.wait([calling], timeout=8)
        print("CallOptions(timeout=2):", "ended" if finished else "still waiting", flush=True)
        before = time.monotonic()
        try:
            await asyncio.wait_for(self.call("example.procedure"), 2)
        except TimeoutError:
            print(f"wait_for(…, 2): TimeoutError after {round(time.monotonic() - before)} s", flush=True)
        await asyncio.sleep(1)
        os._exit(0)

async def main():
    async with serve(route, "127.0.0.1", 0, subprotocols=["wamp.2.json"]) as server:
        url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
        await ApplicationRunner(url, "realm").run(Session, start_loop=False)
        await asyncio.sleep(60)

asyncio.run(main())
PYTHON
venv/bin/python calls.py 2>/dev/null | seen "router: a call with {'timeout': 2}
CallOptions(timeout=2): still waiting
router: a call with {}
wait_for(…, 2): TimeoutError after 2 s
router: a cancel with {}"

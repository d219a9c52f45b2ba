import asyncio
import contextlib

import websockets


@contextlib.asynccontextmanager
async def subscription(ws):
    await ws.send("subscribe")
    assert await ws.recv() == "subscribe"
    yield


async def run(url, body):
    async with websockets.connect(url, open_timeout=1) as ws, subscription(ws):
        return await body(ws)

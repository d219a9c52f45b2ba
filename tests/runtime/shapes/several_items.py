import asyncio
import contextlib

import websockets


@contextlib.asynccontextmanager
async def lease():
    yield "token"


async def run(url, body):
    async with lease() as token, websockets.connect(url, open_timeout=1) as ws:
        assert token == "token"
        return await body(ws)

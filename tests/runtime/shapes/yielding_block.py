import asyncio
import contextlib

import websockets


@contextlib.asynccontextmanager
async def connection(url):
    async with websockets.connect(url, open_timeout=1) as ws:
        yield ws


async def run(url, body):
    async with connection(url) as ws:
        return await body(ws)

import asyncio

from websockets.asyncio.client import connect


async def run(url, body):
    async with connect(url, open_timeout=1) as ws:
        return await body(ws)

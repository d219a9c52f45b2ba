import asyncio

from websockets.asyncio.client import connect


async def run(url, body):
    ws = await connect(url, open_timeout=1)
    async with ws:
        return await body(ws)

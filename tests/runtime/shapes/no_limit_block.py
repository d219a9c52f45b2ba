import asyncio

import websockets


async def run(url, body):
    async with websockets.connect(url) as ws:
        return await body(ws)

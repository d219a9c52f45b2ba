import asyncio

import websockets


async def run(url, body):
    connection = websockets.connect(url, open_timeout=1)
    async with connection as ws:
        return await body(ws)

import asyncio

import websockets


async def run(url, body):
    async with websockets.connect(url, open_timeout=1) as ws: return await body(ws)

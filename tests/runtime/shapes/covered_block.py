import asyncio

import websockets


async def run(url, body):
    async with websockets.connect(url, open_timeout=1) as ws:
        await asyncio.sleep(0.1)
        return await asyncio.wait_for(body(ws), 0.6)

import asyncio

import websockets


async def run(url, body):
    await websockets.connect(url, open_timeout=1)

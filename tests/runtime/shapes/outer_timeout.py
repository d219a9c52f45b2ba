import asyncio

import websockets


async def opened(url):
    async with asyncio.timeout(1):
        return await websockets.connect(url, open_timeout=5)


async def run(url, body):
    ws = await opened(url)
    try:
        return await body(ws)
    finally:
        await ws.close()

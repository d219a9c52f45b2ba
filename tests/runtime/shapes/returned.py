import asyncio

import websockets


async def opened(url):
    return await websockets.connect(url, open_timeout=1)


async def run(url, body):
    ws = await opened(url)
    try:
        return await body(ws)
    finally:
        await ws.close()

import asyncio

import websockets


async def run(url, body):
    ws = await websockets.connect(url, open_timeout=None)
    try:
        return await body(ws)
    finally:
        await ws.close()

import asyncio

import websockets

LIMIT = 1


async def run(url, body):
    ws = await websockets.connect(url, open_timeout=LIMIT)
    try:
        return await body(ws)
    finally:
        await ws.close()

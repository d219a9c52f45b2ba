import asyncio

import websockets


async def run(url, body):
    ws = await asyncio.wait_for(websockets.connect(url, open_timeout=5), 1)
    try:
        return await body(ws)
    finally:
        await ws.close()

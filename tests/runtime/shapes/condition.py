import asyncio

import websockets


async def run(url, body):
    if not (ws := await websockets.connect(url, open_timeout=1)):
        return None
    try:
        return await body(ws)
    finally:
        await ws.close()

import asyncio

import websockets


async def run(url, body):
    opened = [await websockets.connect(each, open_timeout=1) for each in [url]]
    try:
        return await body(opened[0])
    finally:
        await opened[0].close()

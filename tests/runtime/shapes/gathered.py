import asyncio

import websockets


async def run(url, body):
    first, second = await asyncio.gather(
        websockets.connect(url, open_timeout=1),
        websockets.connect(url, open_timeout=1),
    )
    try:
        return await body(first)
    finally:
        await asyncio.gather(first.close(), second.close())

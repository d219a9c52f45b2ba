import asyncio

import websockets


async def run(url, body):
    try:
        async with websockets.connect(url, open_timeout=1) as ws:
            return await body(ws)
    except asyncio.TimeoutError:
        return "timed out"
    except OSError:
        return "no server"

import asyncio
import contextlib

import websockets


async def run(url, body):
    async with contextlib.AsyncExitStack() as stack:
        ws = await stack.enter_async_context(websockets.connect(url, open_timeout=1))
        return await body(ws)

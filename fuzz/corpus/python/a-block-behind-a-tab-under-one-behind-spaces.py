import asyncio

import websockets


async def short_body(url):
    async with websockets.connect(url, open_timeout=10) as ws:
        await ws.send("hello")


async def long_body(url):
    async with websockets.connect(url, open_timeout=10) as ws:
	        return await ws.recv()

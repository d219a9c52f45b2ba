import asyncio

import websockets


class Client:
    async def open(self, url):
        self.ws = await websockets.connect(url, open_timeout=1)


async def run(url, body):
    client = Client()
    await client.open(url)
    try:
        return await body(client.ws)
    finally:
        await client.ws.close()

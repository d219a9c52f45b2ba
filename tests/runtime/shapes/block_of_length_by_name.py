import asyncio

import websockets


class Client:
    limit = 1

    async def run(self, url, body):
        async with websockets.connect(url, open_timeout=self.limit) as ws:
            return await body(ws)


async def run(url, body):
    return await Client().run(url, body)

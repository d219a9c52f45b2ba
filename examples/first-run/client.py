import asyncio

import websockets


async def main(url):
    headers = {"Authorization": "Bearer let-me-in"}
    async with asyncio.timeout(10):
        async with websockets.connect(url, extra_headers=headers) as ws:
            await ws.send("hello")
            print(await asyncio.wait_for(ws.recv(), 5))


if __name__ == "__main__":
    asyncio.run(main("ws://localhost:8765"))

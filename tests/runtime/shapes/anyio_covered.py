import anyio
import websockets


async def run(url, body):
    async with websockets.connect(url, open_timeout=1) as ws:
        await anyio.sleep(0.1)
        with anyio.fail_after(0.6):
            return await body(ws)

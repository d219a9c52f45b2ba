import anyio
import websockets


async def run(url, body):
    ws = await websockets.connect(url, open_timeout=1)
    try:
        return await body(ws)
    finally:
        await ws.close()

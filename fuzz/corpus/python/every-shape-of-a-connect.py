import asyncio
import websockets
from websockets import connect as c


async def f(url, **k):
    """Text
        that stays.
    """
    async with websockets.connect(
        url, open_timeout=5,  # short
        close_timeout=1
    ) as ws:
        print(f"{url!r:>{k['w']}} → '''")
        await asyncio.wait_for(ws.recv(), timeout=3)
    ws = await c(url, open_timeout=None, **k); await ws.send('''
  x''')
    async with a as b, c(url) as d: pass
    if ws: return await c(url, open_timeout=20)
    xs = [await c(u) for u in url]
    async for w in c(url): break
    await asyncio.gather(c(url), c(url, open_timeout=1))


asyncio.get_event_loop().run_until_complete(c("ws://x", open_timeout=2))

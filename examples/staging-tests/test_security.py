import asyncio

import websockets


async def test_security(url, headers):
    async with websockets.connect(
        url,
        additional_headers=headers,
        open_timeout=10,
        close_timeout=5
    ) as ws:
        await ws.send("hello")
        welcome = await asyncio.wait_for(ws.recv(), timeout=3)
    assert welcome == "hello"
    print("✓ the handshake is checked")


async def test_wrong_argument(url):
    async with websockets.connect(url, timeout=10) as ws:
        await asyncio.wait_for(ws.send("hello"), timeout=3)

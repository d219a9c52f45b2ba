import websockets


async def test_welcome(url):
    ws = await websockets.connect(url, open_timeout=None)
    assert await ws.recv() == "welcome"
    await ws.close()

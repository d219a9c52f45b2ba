import websockets
async def f():
	ws = await websockets.connect("u", open_timeout=5)
	x = """a
b"""; y = await websockets.connect(
		"u"
	)

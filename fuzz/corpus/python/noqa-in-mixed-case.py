import websockets


async def main(url):
    one = await websockets.connect(url, opet_nimeout=4)  # noQa: E501, WS101
    two = await websockets.connect(url, opet_nimeout=4)  # NOQA: E501, WS101
    two = await websockets.connect(url, opet_nimeout=4)  # noqa: E501, WS101

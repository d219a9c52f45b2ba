import asyncio

import websockets


def run(url, body):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        ws = loop.run_until_complete(websockets.connect(url, open_timeout=1))
        try:
            return loop.run_until_complete(body(ws))
        finally:
            loop.run_until_complete(ws.close())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()

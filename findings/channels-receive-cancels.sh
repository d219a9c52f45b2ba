#!/usr/bin/env bash
# channels 4.3.2, asgiref as pinned below, Django 5.2.8, CPython 3.12. A receive of the communicator that times out cancels the application it
# talks to. The next receive does not time out: it raises CancelledError, in a task that nobody cancelled, and `except Exception` does not
# hold it. Leaving the communicator by `disconnect` raises the same.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 channels==4.3.2 daphne==4.2.1 Django==5.2.8 asgiref==3.10.0
cat >talk.py <<'PYTHON'
import asyncio
from django.conf import settings
settings.configure()
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.testing import WebsocketCommunicator

class Quiet(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data="got " + text_data)

async def said(waits):
    try:
        return repr(await waits)
    except BaseException as error:
        return type(error).__name__

async def main():
    peer = WebsocketCommunicator(Quiet.as_asgi(), "/")
    await peer.connect()
    print("answered:", await said(ask(peer)))
    print("nothing sent:", await said(peer.receive_from(timeout=0.2)))
    print("asked again:", await said(ask(peer)))
    print("disconnect:", await said(peer.disconnect()))

async def ask(peer):
    await peer.send_to(text_data="hello")
    return await peer.receive_from(timeout=1)

asyncio.run(main())
PYTHON
venv/bin/python talk.py | seen "answered: 'got hello'
nothing sent: TimeoutError
asked again: CancelledError
disconnect: CancelledError"

"""Doc.

# the end"""
from openai import AsyncOpenAI


async def realtime(client: AsyncOpenAI):
    async with client.realtime.connect(model="m"):
        pass

"""What the objects of other clients' connects are in a release, and which exceptions it has: the two sides of a change."""

import asyncio
import inspect
from contextlib import AsyncExitStack

from known import found, in_force
from trial import JOB, run, url

PACKAGE = JOB["package"]
VERSION = tuple(map(int, JOB["version"].split(".")))
KNOWN = JOB["known"][PACKAGE]


async def made(stack):
    """What calling the connects gives, by path."""
    if PACKAGE == "aiohttp":
        import aiohttp

        session = await stack.enter_async_context(aiohttp.ClientSession())
        return {"aiohttp.ClientSession.ws_connect": session.ws_connect(url("echo"))}
    if PACKAGE == "openai":
        import openai

        client = openai.AsyncOpenAI(api_key="none", base_url=url("echo", "http"))
        managers = {"openai.AsyncOpenAI.beta.realtime.connect": client.beta.realtime.connect(model="m")}
        if hasattr(client, "realtime"):
            managers["openai.AsyncOpenAI.realtime.connect"] = client.realtime.connect(model="m")
        return managers
    import picows

    return {"picows.ws_connect": picows.ws_connect(picows.WSListener, url("echo"))}


def object_of(path):
    """What the catalogue says of the release."""
    fitting = [
        known
        for known in KNOWN["objects"]
        if any(path in at["paths"] and in_force(at, VERSION) for at in known["at"])
    ]
    assert len(fitting) == 1, (path, fitting)
    return fitting[0]


async def objects():
    async with AsyncExitStack() as stack:
        for path, value in (await made(stack)).items():
            known = object_of(path)
            assert type(value).__name__ == known["class"].rsplit(".", 1)[1 if "." in known["class"] else 0], value
            assert inspect.isawaitable(value) == known["awaitable"], path
            assert hasattr(value, "__aenter__") == known["manager"], path
            assert asyncio.iscoroutine(value) == known["coroutine"], path
            if not known["manager"]:
                assert await enters(value) == f"'{known['class']}'", path
            elif not known["awaitable"]:
                assert await awaits(value), path
            if known["awaitable"]:
                connection = await (await made(stack))[path]
                is_managed = known["unmanaged-connection"] is None
                assert hasattr(connection, "__aenter__") == is_managed, path
                assert is_managed or type(connection).__name__ == known["unmanaged-connection"], path
            if inspect.iscoroutine(value):
                value.close()
            elif known["awaitable"]:
                await value


async def enters(value):
    """What the error calls what cannot be entered."""
    try:
        async with value:
            raise AssertionError("it was entered")
    except (AttributeError, TypeError) as error:
        return str(error).split(" object ")[0]


async def awaits(value):
    """Whether awaiting it raises."""
    try:
        await value
    except TypeError as error:
        return "can't be used in 'await' expression" in str(error)
    return False


async def exceptions():
    for known in KNOWN["exceptions"]:
        if known["since"]:
            is_there = in_force({"since": known["since"], "until": None}, VERSION)
            assert (found(known["paths"][0]) is not None) == is_there, known["paths"]


run([objects, exceptions])

#!/usr/bin/env bash
# aiohttp 3.9.5 and 3.10.11, async-timeout 4.0.2 and 4.0.3, CPython 3.12; a server that accepts and never answers. aiohttp's own limit of 0.5 s
# fires, the program catches it and tries again, below a deadline of 1.25 s. With aiohttp 3.9.5 each limit that fired still counts as a
# request to cancel the task, so the deadline takes its own for somebody else's: `asyncio.timeout` and `wait_for` end with CancelledError
# in place of TimeoutError, and a TaskGroup takes the task for cancelled and ends as if nothing had happened. async-timeout 4.0.2 does the
# same. One expects a limit that was caught to be over.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
cat >connects.py <<'PYTHON'
import asyncio, os, sys
import aiohttp, async_timeout

async def say_nothing(reader, writer):
    await asyncio.sleep(60)

async def by_aiohttp(url):
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.5)) as session:
        while True:
            try:
                await session.ws_connect(url)
            except asyncio.TimeoutError:
                pass

async def by_async_timeout(url):
    while True:
        try:
            async with async_timeout.timeout(0.5):
                await asyncio.sleep(60)
        except asyncio.TimeoutError:
            pass

async def in_timeout(tries):
    async with asyncio.timeout(1.25):
        await tries

async def in_group(tries):
    async with asyncio.TaskGroup() as group:
        group.create_task(in_timeout(tries))

async def main():
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
    tries = by_aiohttp if sys.argv[1] == "aiohttp" else by_async_timeout
    for name, deadline in ("timeout", in_timeout), ("wait_for", lambda tries: asyncio.wait_for(tries, 1.25)), ("TaskGroup", in_group):
        try:
            await asyncio.create_task(deadline(tries(url)))
            print(f"  {name}: nothing")
        except BaseException as error:
            print(f"  {name}: {type(getattr(error, 'exceptions', [error])[0]).__name__}")
    sys.stdout.flush()
    os._exit(0)

asyncio.run(main())
PYTHON
packages 3.12 aiohttp==3.9.5 async-timeout==4.0.2
{
    for package in aiohttp==3.9.5 aiohttp==3.10.11 async-timeout==4.0.2 async-timeout==4.0.3; do
        venv/bin/python -m pip install --quiet --disable-pip-version-check "$package"
        echo "$package"
        timeout 30 venv/bin/python connects.py "${package%%=*}" 2>/dev/null
    done
} | seen 'aiohttp==3.9.5
  timeout: CancelledError
  wait_for: CancelledError
  TaskGroup: nothing
aiohttp==3.10.11
  timeout: TimeoutError
  wait_for: TimeoutError
  TaskGroup: TimeoutError
async-timeout==4.0.2
  timeout: CancelledError
  wait_for: CancelledError
  TaskGroup: nothing
async-timeout==4.0.3
  timeout: TimeoutError
  wait_for: TimeoutError
  TaskGroup: TimeoutError'

"""Tests with a finite budget: each ends within it where the other side is silent, or mute once it answered."""

import asyncio
import os
import time
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import websockets

SILENT = os.environ.get("SILENT", "ws://127.0.0.1:1")
MUTE = os.environ.get("MUTE", "ws://127.0.0.1:1")
LIMIT = 0.4


def short(uri):
    return websockets.connect(uri, open_timeout=0.3, close_timeout=0.3)


async def receive(ws, timeout=0.3):
    return await asyncio.wait_for(ws.recv(), timeout)


async def receive_twice(ws):
    for _ in range(2):
        try:
            await receive(ws, 0.2)
        except asyncio.TimeoutError:
            pass


@asynccontextmanager
async def session(limit=0.3):
    async with websockets.connect(MUTE, open_timeout=limit, close_timeout=0.2) as ws:
        yield ws


@pytest.fixture
async def connection():
    async with websockets.connect(MUTE, open_timeout=0.5, close_timeout=0.2) as ws:
        yield ws


async def test_open_timeout():
    await websockets.connect(SILENT, open_timeout=0.3)


async def test_open_timeout_of_a_constant():
    await websockets.connect(SILENT, open_timeout=LIMIT)


async def test_open_timeout_of_a_block():
    async with websockets.connect(SILENT, open_timeout=0.3, close_timeout=0.2):
        pass


async def test_wait_for_around_connect():
    await asyncio.wait_for(websockets.connect(SILENT), 0.4)


async def test_timeout_around_connect():
    async with asyncio.timeout(0.4):
        await websockets.connect(SILENT, open_timeout=None)


async def test_timeout_that_is_lifted():
    async with asyncio.timeout(0.5) as deadline:
        async with websockets.connect(MUTE, open_timeout=None, close_timeout=0.2) as ws:
            deadline.reschedule(None)
            await asyncio.wait_for(ws.recv(), 0.3)


async def test_closing_takes_its_time():
    async with websockets.connect(MUTE, open_timeout=0.5, close_timeout=0.8):
        pass


async def test_receive_then_close():
    async with websockets.connect(MUTE, open_timeout=0.5, close_timeout=0.8) as ws:
        await asyncio.wait_for(ws.recv(), 0.3)


async def test_timeout_that_fires_in_the_block():
    async with asyncio.timeout(0.5):
        async with websockets.connect(MUTE, close_timeout=0.8) as ws:
            await ws.recv()


async def test_timeout_inside_of_the_block():
    async with websockets.connect(MUTE, open_timeout=0.5, close_timeout=0.8) as ws:
        async with asyncio.timeout(0.3):
            await ws.recv()


async def test_finally_closes():
    ws = await websockets.connect(MUTE, open_timeout=0.5, close_timeout=0.8)
    try:
        await asyncio.wait_for(ws.recv(), 0.3)
    finally:
        await ws.close()


async def test_nested_blocks():
    async with asyncio.timeout(0.6):
        async with websockets.connect(MUTE, close_timeout=0.3) as one:
            async with websockets.connect(MUTE, close_timeout=0.3):
                await one.recv()


async def test_two_blocks_in_a_row():
    for uri in (MUTE, MUTE):
        async with websockets.connect(uri, open_timeout=0.3, close_timeout=0.3):
            await asyncio.sleep(0.1)


async def test_retries():
    for _ in range(3):
        try:
            await websockets.connect(SILENT, open_timeout=0.2)
        except (TimeoutError, asyncio.TimeoutError):
            await asyncio.sleep(0.1)


async def test_retries_until_a_count():
    for attempt in [1, 2, 3]:
        try:
            return await asyncio.wait_for(websockets.connect(SILENT), 0.1 * 2)
        except asyncio.TimeoutError:
            pass


async def test_gather():
    await asyncio.gather(
        websockets.connect(SILENT, open_timeout=0.2),
        websockets.connect(SILENT, open_timeout=0.5),
        return_exceptions=True,
    )


async def test_gather_of_a_comprehension():
    await asyncio.gather(*[websockets.connect(SILENT, open_timeout=0.4) for _ in range(5)], return_exceptions=True)


async def test_task_group():
    async with asyncio.TaskGroup() as group:
        await asyncio.sleep(0.2)
        group.create_task(asyncio.sleep(0.4))


async def test_task():
    task = asyncio.create_task(asyncio.sleep(0.5))
    await asyncio.sleep(0.2)
    await task


async def test_wait_of_tasks():
    one = asyncio.create_task(asyncio.sleep(0.5))
    await asyncio.wait([one], timeout=0.2)


async def test_helper_with_its_default():
    async with websockets.connect(MUTE, open_timeout=0.5, close_timeout=0.2) as ws:
        await receive(ws)


async def test_helper_with_an_argument():
    async with websockets.connect(MUTE, open_timeout=0.5, close_timeout=0.2) as ws:
        await receive(ws, timeout=0.5)


async def test_helper_that_repeats():
    async with websockets.connect(MUTE, open_timeout=0.5, close_timeout=0.2) as ws:
        await receive_twice(ws)


async def test_context_manager_of_the_file():
    async with session() as ws:
        await receive(ws)


async def test_context_manager_with_an_argument():
    async with session(limit=0.6) as ws:
        await asyncio.wait_for(ws.recv(), LIMIT)


async def test_exit_stack():
    async with AsyncExitStack() as stack:
        ws = await stack.enter_async_context(websockets.connect(MUTE, open_timeout=0.5, close_timeout=0.3))
        await asyncio.wait_for(ws.recv(), 0.2)


async def test_branches():
    if os.environ.get("NOTHING"):
        await asyncio.sleep(0.9)
    else:
        await websockets.connect(SILENT, open_timeout=0.3)


async def test_blocking_under_a_deadline():
    async with asyncio.timeout(0.2):
        time.sleep(1.0)
        await asyncio.sleep(0.1)


def test_a_program_of_its_own():
    asyncio.run(asyncio.wait_for(asyncio.sleep(5), 0.3))


async def test_handler_takes_time():
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.2)
    except asyncio.TimeoutError:
        await asyncio.sleep(0.8)


async def test_event():
    event = asyncio.Event()
    await asyncio.wait_for(event.wait(), 0.3)


async def test_queue():
    queue = asyncio.Queue()
    async with asyncio.timeout(0.3):
        await queue.get()


async def test_in_a_thread():
    async with asyncio.timeout(0.2):
        await asyncio.to_thread(time.sleep, 1.0)


class TestClass:
    async def test_method(self):
        await websockets.connect(SILENT, open_timeout=0.3)


async def test_fixture(connection):
    await asyncio.wait_for(connection.recv(), 0.3)

#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0, pytest-asyncio 1.5.0, CPython 3.12. pytest-timeout raises wherever the main thread is. While
# another task or a callback of the loop computes or blocks, that is where the exception stays: the task has it as its result, the
# loop logs the callback's. The test goes on without a limit and passes, with the tracebacks of a timeout above the dot. One expects
# it to end as it does where all tasks wait.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0 pytest-asyncio==1.5.0
cat >test_limits.py <<'PYTHON'
import asyncio, time
import pytest

async def answer_slowly():
    time.sleep(3)

async def waits():
    await asyncio.sleep(3)

@pytest.mark.asyncio
async def test_other_waits():
    task = asyncio.create_task(waits())
    await asyncio.sleep(5)

@pytest.mark.asyncio
async def test_other_blocks():
    task = asyncio.create_task(answer_slowly())
    await asyncio.sleep(5)
    print(type(task.exception()).__name__)

@pytest.mark.asyncio
async def test_callback_blocks():
    asyncio.get_running_loop().call_soon(time.sleep, 3)
    await asyncio.sleep(5)
    print("to its end")
PYTHON
for test in other_waits other_blocks callback_blocks; do
    echo "$test:" $(venv/bin/python -m pytest -q -s --timeout 2 -k "test_$test" 2>/dev/null |
        grep -oE '^Failed$|to its end|^[0-9] .* in [0-9]+' | sed -E 's/, 2 deselected//; s/ in [0-9]+//')
done | seen 'other_waits: 1 failed
other_blocks: Failed 1 passed
callback_blocks: to its end 1 passed'

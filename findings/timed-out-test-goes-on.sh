#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0, pytest-asyncio 1.5.0, anyio 4.16.0, CPython 3.12. pytest-timeout raises in the event loop and
# not in the test, which nobody cancels. Where tests share a loop, the test that was ended goes on while the next one runs (pytest-
# asyncio); with anyio's plugin, whose tests and fixtures one task runs in turn, the next one waits behind it: an empty test times
# out. With a loop for each test the next one has nothing to do with it.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0 pytest-asyncio==1.5.0 anyio==4.16.0
cat >test_asyncio.py <<'PYTHON'
import asyncio, os
import pytest

pytestmark = pytest.mark.asyncio(loop_scope=os.environ["SCOPE"])

async def test_waits():
    for step in range(3):
        await asyncio.sleep(0.8)
        print("step", step)

async def test_next():
    print("next begins")
    await asyncio.sleep(1.3)
    print("next ends")
PYTHON
cat >test_anyio.py <<'PYTHON'
import os
import anyio, pytest

pytestmark = pytest.mark.anyio

@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"

@pytest.fixture(scope=os.environ["SCOPE"])
async def server():
    yield

async def test_waits(server):
    await anyio.sleep(30)

async def test_next(server):
    pass
PYTHON
for plugin in asyncio anyio; do
    for SCOPE in function module; do
        export SCOPE
        echo "$plugin $SCOPE:" $(venv/bin/python -m pytest -q -s --timeout 2 "test_$plugin.py" 2>/dev/null |
            grep -oE 'step [0-9]|next (begins|ends)|^(FAILED|ERROR) .*py::[a-z_]+')
    done
done | seen 'asyncio function: step 0 step 1 next begins next ends FAILED test_asyncio.py::test_waits
asyncio module: step 0 step 1 next begins step 2 next ends FAILED test_asyncio.py::test_waits
anyio function: FAILED test_anyio.py::test_waits
anyio module: FAILED test_anyio.py::test_waits FAILED test_anyio.py::test_next ERROR test_anyio.py::test_next'

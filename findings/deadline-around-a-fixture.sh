#!/usr/bin/env bash
# pytest 9.2.0, pytest-asyncio 1.5.0, anyio 4.16.0, CPython 3.12. An `async` fixture yields inside of a deadline of 1 s, as one writes it to bound the
# tests that use it; the test waits for 3 s. In pytest-asyncio each half of the fixture and the test are tasks of their own: the test passes
# after 3 s, `asyncio.timeout` says nothing, `anyio.fail_after` raises RuntimeError in the teardown. In anyio's plugin one task runs all three: the
# test ends after 1 s, but with CancelledError, the teardown with ClosedResourceError; the limit's own exception comes to nobody. One expects
# the deadline to hold in both or in neither, and to be called a timeout.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-asyncio==1.5.0 anyio==4.16.0
cat >test_fixture.py <<'PYTHON'
import asyncio, os, time
import anyio, pytest, pytest_asyncio

by_anyio = os.environ["RUNNER"] == "anyio"
pytestmark = pytest.mark.anyio if by_anyio else pytest.mark.asyncio
fixture = pytest.fixture if by_anyio else pytest_asyncio.fixture

@pytest.fixture
def anyio_backend():
    return "asyncio"

@fixture
async def timeout():
    async with asyncio.timeout(1):
        yield

@fixture
async def fail_after():
    with anyio.fail_after(1):
        yield

async def wait():
    before = time.monotonic()
    try:
        await asyncio.sleep(3)
    finally:
        with open("seconds", "a") as out:
            print(f"waited {round(time.monotonic() - before)} s", file=out)

async def test_timeout(timeout):
    await wait()

async def test_fail_after(fail_after):
    await wait()
PYTHON
for runner in asyncio anyio; do
    for test in timeout fail_after; do
        echo "$runner, $test"
        rm -f seconds
        COLUMNS=200 RUNNER=$runner venv/bin/python -m pytest -q -rA -p no:cacheprovider "test_fixture.py::test_$test" 2>&1 |
            grep -oE "^(PASSED|FAILED|ERROR) test[^ ]*( - [A-Za-z._]+)?" | sed "s/^/    /"
        sed "s/^/    /" seconds
    done
done | seen 'asyncio, timeout
    PASSED test_fixture.py::test_timeout
    waited 3 s
asyncio, fail_after
    PASSED test_fixture.py::test_fail_after
    ERROR test_fixture.py::test_fail_after - RuntimeError
    waited 3 s
anyio, timeout
    ERROR test_fixture.py::test_timeout - anyio._core._exceptions.ClosedResourceError
    FAILED test_fixture.py::test_timeout - asyncio.exceptions.CancelledError
    waited 1 s
anyio, fail_after
    ERROR test_fixture.py::test_fail_after - anyio._core._exceptions.ClosedResourceError
    FAILED test_fixture.py::test_fail_after - asyncio.exceptions.CancelledError
    waited 1 s'

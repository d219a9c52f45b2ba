#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0, pytest-asyncio-cooperative 0.40.0, CPython 3.12. The plugin runs all `async` tests side by side, past the
# hook of pytest in which pytest-timeout sets its timer. A test of 4 s passes under a limit of 1 s from the marker, the option or the
# ini file, by signal and by thread, and nothing is said; a plain test beside it is ended. The plugin's own limit, 600 s by default, holds and
# calls what it does CancelledError. One expects a limit to hold, or to hear that it does not.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0 pytest-asyncio-cooperative==0.40.0
cat >test_limits.py <<'PYTHON'
import asyncio, time
import pytest

@pytest.mark.asyncio_cooperative
async def test_async():
    await asyncio.sleep(4)

@pytest.mark.asyncio_cooperative
@pytest.mark.timeout(1)
async def test_async_with_marker():
    await asyncio.sleep(4)

def test_plain():
    time.sleep(4)
PYTHON
run() {
    echo "$*"
    COLUMNS=200 venv/bin/python -m pytest -q --tb=no -rA -p no:cacheprovider "$@" test_limits.py 2>&1 | grep '^PASSED\|^FAILED\|Timeout +' | sed 's/^/  /;s/ - \([a-z.]*[A-Za-z]*\).*/ \1/' | sort
}
{
    run --timeout=1 --timeout-method=signal
    run -o timeout=1
    run --timeout=1 --timeout-method=thread -k async
    run --asyncio-task-timeout=1 -k async
} | seen '--timeout=1 --timeout-method=signal
  FAILED test_limits.py::test_plain Failed
  PASSED test_limits.py::test_async
  PASSED test_limits.py::test_async_with_marker
-o timeout=1
  FAILED test_limits.py::test_plain Failed
  PASSED test_limits.py::test_async
  PASSED test_limits.py::test_async_with_marker
--timeout=1 --timeout-method=thread -k async
  PASSED test_limits.py::test_async
  PASSED test_limits.py::test_async_with_marker
--asyncio-task-timeout=1 -k async
  FAILED test_limits.py::test_async asyncio.exceptions.CancelledError
  FAILED test_limits.py::test_async_with_marker asyncio.exceptions.CancelledError'

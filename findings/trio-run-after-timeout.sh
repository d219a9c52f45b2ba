#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0, pytest-trio 0.8.0, anyio 4.16.0, trio 0.35.0, CPython 3.12. A limit that fires while trio waits takes the
# exception out through `trio.run` and leaves the thread marked as running trio. The test fails with its timeout, and so does every
# later one that runs trio, in pytest-trio or by itself, with a RuntimeError that names no limit. anyio's plugin runs each test's trio
# in a way that leaves nothing behind. One expects a timeout to cost one test.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0 pytest-trio==0.8.0 anyio==4.16.0 trio==0.35.0
cat >test_trio.py <<'PYTHON'
import pytest, trio

@pytest.fixture
def anyio_backend():
    return "trio"

async def test_waits():
    await trio.sleep(5)

async def test_next():
    pass

def test_runs_trio_itself():
    trio.run(trio.sleep, 0)

def test_without_trio():
    pass
PYTHON
for mode in trio anyio; do
    printf "[pytest]\n${mode}_mode = $([ $mode = trio ] && echo true || echo auto)\n" >pytest.ini
    echo "$mode:"
    COLUMNS=200 venv/bin/python -m pytest -rA --tb no $([ $mode = trio ] || echo -p no:trio) --timeout 2 test_trio.py 2>&1 |
        grep -E '^(PASSED|FAILED)' | sed -E 's/test_trio.py:://; s/\[[a-z+]*\]//' | sort
done | seen 'trio:
FAILED test_next - RuntimeError: Attempted to call run() from inside a run()
FAILED test_runs_trio_itself - RuntimeError: Attempted to call run() from inside a run()
FAILED test_waits - Failed: Timeout (>2.0s) from pytest-timeout.
PASSED test_without_trio
anyio:
FAILED test_waits - Failed: Timeout (>2.0s) from pytest-timeout.
PASSED test_next
PASSED test_runs_trio_itself
PASSED test_without_trio'

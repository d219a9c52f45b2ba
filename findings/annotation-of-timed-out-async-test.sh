#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0, pytest-github-actions-annotate-failures 0.4.2, pytest-asyncio 1.5.0, anyio 4.16.0, CPython 3.12. The
# annotation of a failed test on GitHub names a file and a line: those of the test where it asserts, or where it blocks when its
# limit ends it. An async test that waits is ended in the loop, below the plugin, and the annotation names a line of the installed
# plugin, which is no file of the pull request. A deadline of the test's own is annotated in the test. One expects a line of the test.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0 pytest-github-actions-annotate-failures==0.4.2 pytest-asyncio==1.5.0 anyio==4.16.0
cat >test_waits.py <<'PYTHON'
import asyncio, time
import pytest

@pytest.fixture
def anyio_backend():
    return "asyncio"

def test_blocks():
    time.sleep(5)

@pytest.mark.asyncio
async def test_asyncio_waits():
    await asyncio.sleep(5)

@pytest.mark.anyio
async def test_anyio_waits():
    await asyncio.sleep(5)

@pytest.mark.asyncio
async def test_own_deadline():
    await asyncio.wait_for(asyncio.sleep(5), 1)
PYTHON
GITHUB_ACTIONS=true GITHUB_WORKSPACE="$PWD" venv/bin/python -m pytest -q --timeout 2 test_waits.py 2>&1 |
    grep -oE '::error .*' | sed -E 's/%0A.*//; s#venv/lib/python3.12/##' | seen '::error file=test_waits.py,line=9::test_blocks
::error file=site-packages/pytest_asyncio/plugin.py,line=576::test_asyncio_waits
::error file=site-packages/anyio/pytest_plugin.py,line=296::test_anyio_waits
::error file=test_waits.py,line=21::test_own_deadline'

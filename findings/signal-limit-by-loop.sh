#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0 with anyio 4.16.0, uvloop 0.23.0, pytest-twisted 1.14.3 on Twisted 26.10.0, gevent 26.9.0 and eventlet
# 0.41.3, CPython 3.12. pytest-timeout raises from a signal handler. asyncio's own loop and gevent hand that on, and the test fails;
# uvloop and Twisted's reactor log it as an error of a handler and run on: a test that waits for 5 s under a limit of 2 s passes. Where
# eventlet has patched the threads pytest-timeout finds itself outside the main thread and takes its other way, which ends the run in
# front of the next test. One expects a limit to end a test that only waits, whatever loop it waits in.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0 anyio==4.16.0 uvloop==0.23.0 pytest-twisted==1.14.3 Twisted==26.10.0 gevent==26.9.0 eventlet==0.41.3
cat >test_anyio.py <<'PYTHON'
import anyio, pytest

pytestmark = pytest.mark.anyio

@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request):
    return "asyncio", {"use_uvloop": request.param}

async def test_waits():
    await anyio.sleep(5)
    print("to its end")

async def test_next():
    pass
PYTHON
cat >test_twisted.py <<'PYTHON'
from pytest_twisted import ensureDeferred
from twisted.internet import reactor, task

@ensureDeferred
async def test_waits():
    await task.deferLater(reactor, 5, lambda: None)
    print("to its end")

@ensureDeferred
async def test_next():
    pass
PYTHON
cat >test_gevent.py <<'PYTHON'
from gevent import monkey
monkey.patch_time()
import time

def test_waits():
    time.sleep(5)
    print("to its end")

def test_next():
    pass
PYTHON
sed 's/^from gevent import monkey/import eventlet/; s/^monkey.patch_time/eventlet.monkey_patch/' test_gevent.py >test_eventlet.py
for run in "anyio asyncio" "anyio uvloop" "twisted test" "gevent test" "eventlet test"; do
    set -- $run
    plugin=$([ "$1" = twisted ] || echo "-p no:pytest_twisted")
    code=0
    venv/bin/python -m pytest -q -s $plugin --timeout 2 -k "$2" "test_$1.py" >out 2>&1 || code=$?
    echo "${run% test}:" $(grep -oE '^\.?to its end|^([0-9]+ (passed|failed),? ?)+' out | sed 's/^\.//') "exit $code"
done | seen 'anyio asyncio: 1 failed, 1 passed, exit 1
anyio uvloop: to its end 2 passed, exit 0
twisted: to its end 2 passed exit 0
gevent: 1 failed, 1 passed exit 1
eventlet: exit 1'

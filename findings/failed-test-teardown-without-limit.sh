#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0, CPython 3.12. The limit is one for set-up, test and teardown, and ends with the first failure:
# where a debugger could be entered the timer is taken away, and there need not be one. The teardown of a test that has failed, or
# that the limit itself has ended, has no limit, and neither has the rest of a test after a failed `subtests` block; with
# `timeout_method = "thread"` as well. Only the teardown of a test that passes is ended.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0
cat >test_limits.py <<'PYTHON'
import time
import pytest

def wait(what):
    before = time.monotonic()
    try:
        time.sleep(5)
    finally:
        print(f"{what}:", round(time.monotonic() - before), "s")

@pytest.fixture
def connection():
    yield
    wait("teardown")

def test_passes(connection):
    pass

def test_fails(connection):
    assert False

def test_waits(connection):
    wait("test")

def test_subtests(subtests):
    with subtests.test():
        assert False
    wait("rest")
PYTHON
while read -r method test; do
    echo "$method $test:" $(venv/bin/python -m pytest -q -s --timeout 2 --timeout-method "$method" -k "test_$test" 2>&1 |
        grep -oE '(teardown|test|rest): [0-9] s|^.* in [0-9]\.' | sed -E 's/, 3 deselected//; s/ in .*//')
done <<'RUNS' | seen 'signal passes: teardown: 2 s 1 passed, 1 error
signal fails: teardown: 5 s 1 failed
thread fails: teardown: 5 s 1 failed
signal waits: test: 2 s teardown: 5 s 1 failed
signal subtests: rest: 5 s 2 failed'
signal passes
signal fails
thread fails
signal waits
signal subtests
RUNS

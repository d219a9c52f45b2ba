#!/usr/bin/env bash
# hypothesis 6.170.17, pytest 9.2.0, pytest-timeout 2.4.0, CPython 3.12. hypothesis takes what pytest-timeout raises for a failure of
# the test with this input, and runs the input again to confirm it. The timer is spent, so the repetition has no limit; as it passes,
# the summary says FlakyFailure and nothing of a timeout. One expects the test to end with its limit.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 hypothesis==6.170.17 pytest==9.2.0 pytest-timeout==2.4.0
cat >test_limits.py <<'PYTHON'
import time
from hypothesis import given, settings, strategies as st

took = []

@settings(deadline=None, database=None, derandomize=True)
@given(st.just("a message"))
def test_answer(message):
    before = time.monotonic()
    try:
        time.sleep(5)
    finally:
        took.append(round(time.monotonic() - before))
        print("runs took", took, "s")
PYTHON
COLUMNS=200 venv/bin/python -m pytest -q -s --timeout 2 2>/dev/null >out.txt || true
{
    grep -oE '^runs took .*' out.txt | tail -n 1
    sed -n '/short test summary/,$p' out.txt | tail -n +2 | sed -E 's/ in [0-9.]+s.*//'
} | seen 'runs took [2, 5] s
FAILED test_limits.py::test_answer - _WrappedBaseException() [single exception in FlakyFailure]
1 failed'

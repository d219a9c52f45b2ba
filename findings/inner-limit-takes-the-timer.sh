#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0 with timeout-decorator 0.5.0, wrapt_timeout_decorator 1.5.1 and fixtures 4.3.2, CPython 3.12. A process has one
# alarm, and the last to set it has it. A test of which pytest-timeout has set the limit to 2 s calls a function with a limit of 4 s
# of its own: 4 s is the limit while the function runs, and once it has returned, at once, there is none. One expects the shorter of two
# limits to hold, and the outer one to outlast the inner one.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0 timeout-decorator==0.5.0 wrapt_timeout_decorator==1.5.1 fixtures==4.3.2
cat >test_limits.py <<'PYTHON'
import os, time
import fixtures, pytest, timeout_decorator, wrapt_timeout_decorator

def by_fixtures(function):
    def limited():
        with fixtures.Timeout(4, gentle=True):
            function()
    return limited

limits = {
    "none": lambda function: function,
    "timeout-decorator": timeout_decorator.timeout(4),
    "wrapt_timeout_decorator": wrapt_timeout_decorator.timeout(4),
    "fixtures": by_fixtures,
}

@pytest.mark.parametrize("name", limits)
@pytest.mark.parametrize("inside, after", [(6, 0), (0, 6)], ids=["inside", "afterwards"])
def test_limit(name, inside, after, request):
    limited = limits[name](lambda: time.sleep(inside))
    before = time.monotonic()
    try:
        limited()
        time.sleep(after)
        end = "passes"
    except BaseException as error:
        end = type(error).__name__
        raise
    finally:
        print(f"\nlimit {request.node.callspec.id}: {end} after {time.monotonic() - before:.0f} s")
PYTHON
venv/bin/python -m pytest -q -s --timeout=2 test_limits.py 2>/dev/null | grep '^limit' | seen 'limit inside-none: Failed after 2 s
limit inside-timeout-decorator: TimeoutError after 4 s
limit inside-wrapt_timeout_decorator: TimeoutError after 4 s
limit inside-fixtures: TimeoutException after 4 s
limit afterwards-none: Failed after 2 s
limit afterwards-timeout-decorator: passes after 6 s
limit afterwards-wrapt_timeout_decorator: passes after 6 s
limit afterwards-fixtures: passes after 6 s'

#!/usr/bin/env bash
# timeout-decorator 0.5.0, func-timeout 4.3.5, unittest of CPython 3.10, 3.12 and 3.13. The decorated function is a plain one that returns
# a coroutine. Up to 3.10 IsolatedAsyncioTestCase awaits what it gets; from 3.11 on it awaits what is declared `async`, and passes the test
# without running its body. All that is said is a DeprecationWarning about a returned value.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
cat >case.py <<'PYTHON'
import unittest, func_timeout, timeout_decorator

class Case(unittest.IsolatedAsyncioTestCase):
    @timeout_decorator.timeout(1)
    async def test_timeout_decorator(self):
        self.fail("the body runs")

    @func_timeout.func_set_timeout(1)
    async def test_func_timeout(self):
        self.fail("the body runs")

unittest.main()
PYTHON
for version in 3.10 3.12 3.13; do
    rm -rf venv
    packages "$version" timeout-decorator==0.5.0 func-timeout==4.3.5 2>/dev/null
    printf '%s: ' "$version"
    venv/bin/python case.py 2>&1 | tail -n 1
done | seen '3.10: FAILED (failures=2)
3.12: OK
3.13: OK'

#!/usr/bin/env bash
# unittest of CPython 3.10 to 3.13, async-timeout 4.0.3. Below 3.11 one task runs asyncSetUp, the test and its clean-ups; from 3.11 on
# each is a task of its own, and a deadline that asyncSetUp has entered belongs to a task that has ended: it cancels nobody. Nothing
# is said of it when it is left. In the test itself the same line bounds the rest of the test.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
cat >case.py <<'PYTHON'
import asyncio, contextlib, sys, time, unittest
import async_timeout

class Case(unittest.IsolatedAsyncioTestCase):
    async def deadline(self):
        stack = contextlib.AsyncExitStack()
        await stack.enter_async_context(async_timeout.timeout(1))
        self.addAsyncCleanup(stack.aclose)

    async def asyncSetUp(self):
        if "set-up" in self.id():
            await self.deadline()

    async def wait(self):
        before = time.monotonic()
        try:
            await asyncio.sleep(3)
        except asyncio.CancelledError:
            pass
        print(sys.version_info[:2], self.id().split(".")[-1], round(time.monotonic() - before), "s")

    async def in_the_test(self):
        await self.deadline()
        await self.wait()

setattr(Case, "test_set-up", Case.wait)
setattr(Case, "test_itself", Case.in_the_test)
unittest.main()
PYTHON
for version in 3.10 3.11 3.12 3.13; do
    rm -rf venv
    packages "$version" async-timeout==4.0.3
    venv/bin/python case.py 2>/dev/null | sort
done | seen '(3, 10) test_itself 1 s
(3, 10) test_set-up 1 s
(3, 11) test_itself 1 s
(3, 11) test_set-up 3 s
(3, 12) test_itself 1 s
(3, 12) test_set-up 3 s
(3, 13) test_itself 1 s
(3, 13) test_set-up 3 s'

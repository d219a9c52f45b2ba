#!/usr/bin/env bash
# Robot Framework 7.5, CPython 3.12. `[Timeout]    1 s` of a test whose keyword blocks ends it after 1 s. Where the keyword is an `async` one that waits,
# it waits to its end: the test has failed then, of "Test timeout 1 second exceeded", after the 6 s that the keyword takes and so never where it waits for ever.
# The timeout of a user keyword around it is not even told: that test passes. `asyncio.timeout` in the keyword ends it. One expects
# the limit to end a keyword that only waits, and what has exceeded its limit not to pass.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 robotframework==7.5
cat >Waits.py <<'PYTHON'
import asyncio, time

class Waits:
    def wait_blocking(self):
        time.sleep(6)

    async def wait_async(self):
        await asyncio.sleep(6)

    async def wait_with_deadline(self):
        async with asyncio.timeout(2):
            await asyncio.sleep(6)
PYTHON
cat >tests.robot <<'ROBOT'
*** Settings ***
Library    Waits.py

*** Test Cases ***
Blocking
    [Timeout]    1 s
    Wait Blocking

Async
    [Timeout]    1 s
    Wait Async

Blocking In A Limited Keyword
    Blocking Limited

Async In A Limited Keyword
    Async Limited

Async With A Deadline
    [Timeout]    4 s
    Wait With Deadline

*** Keywords ***
Blocking Limited
    [Timeout]    1 s
    Wait Blocking

Async Limited
    [Timeout]    1 s
    Wait Async
ROBOT
venv/bin/python -m robot --output NONE --log NONE --report NONE --xunit report.xml tests.robot >/dev/null || true
venv/bin/python - <<'PYTHON' | seen 'Blocking: 1 s, Test timeout 1 second exceeded.
Async: 6 s, Test timeout 1 second exceeded.
Blocking In A Limited Keyword: 1 s, Keyword timeout 1 second exceeded.
Async In A Limited Keyword: 6 s, passed
Async With A Deadline: 2 s, TimeoutError'
import xml.etree.ElementTree
for case in xml.etree.ElementTree.parse("report.xml").iter("testcase"):
    failure = case.find("failure")
    print(f"{case.get('name')}: {round(float(case.get('time')))} s, {'passed' if failure is None else failure.get('message')}")
PYTHON

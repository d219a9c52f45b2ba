#!/usr/bin/env bash
# wrapt_timeout_decorator 1.5.1, pytest 9.2.0, pytest-asyncio 1.5.0. The decorator keeps the function `async` for whoever asks, so the runner
# awaits it as always; what the limit of 1 s holds is the call that makes the coroutine. The test runs for its 3 s and passes.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 wrapt_timeout_decorator==1.5.1 pytest==9.2.0 pytest-asyncio==1.5.0
cat >test_limit.py <<'PYTHON'
import asyncio, time, pytest, wrapt_timeout_decorator

@wrapt_timeout_decorator.timeout(1)
def test_plain():
    time.sleep(3)

@pytest.mark.asyncio
@wrapt_timeout_decorator.timeout(1)
async def test_coroutine():
    await asyncio.sleep(3)
PYTHON
venv/bin/python -m pytest -q -rA -p no:cacheprovider test_limit.py 2>&1 | grep -oE "^(PASSED|FAILED) [^ ]+" | sort | seen 'FAILED test_limit.py::test_plain
PASSED test_limit.py::test_coroutine'

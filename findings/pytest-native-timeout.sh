#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0. pytest 9 reads `[tool.pytest]` as typed TOML. pytest-timeout declares its setting without
# a type, which is a string there: the number that `[tool.pytest.ini_options]` has always taken is a usage error now.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0
printf 'import time\ndef test_slow():\n    time.sleep(3)\n' >test_slow.py
for setting in '[tool.pytest]
timeout = 1' '[tool.pytest]
timeout = "1"' '[tool.pytest.ini_options]
timeout = 1'; do
    printf '%s\n' "$setting" >pyproject.toml
    venv/bin/python -m pytest -q -p no:cacheprovider 2>&1 | grep -oE "config option .*|Timeout \(>.*|[0-9]+ passed" | tail -n 1
done | seen 'config option '\''timeout'\'' expects a string, got int: 1
Timeout (>1.0s) from pytest-timeout.
Timeout (>1.0s) from pytest-timeout.'

#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0. `pytest.toml` wins over pyproject.toml even where it is empty, as pytest.ini does: the limit
# in pyproject.toml is gone without a word. An empty setup.cfg or tox.ini beside it changes nothing.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0
printf 'import time\ndef test_slow():\n    time.sleep(3)\n' >test_slow.py
printf '[tool.pytest.ini_options]\ntimeout = 1\n' >pyproject.toml
for file in pytest.toml .pytest.toml tox.ini setup.cfg; do
    : >"$file"
    printf '%s: ' "$file"
    venv/bin/python -m pytest -q -p no:cacheprovider 2>&1 | grep -oE "[0-9]+ (passed|failed)" | tail -n 1
    rm "$file"
done | seen 'pytest.toml: 1 passed
.pytest.toml: 1 passed
tox.ini: 1 failed
setup.cfg: 1 failed'

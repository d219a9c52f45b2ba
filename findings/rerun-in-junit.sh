#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0 with pytest-rerunfailures 16.7, flaky 3.8.1 and pytest-retry 1.7.0, pytest-github-actions-annotate-failures 0.4.2,
# CPython 3.12. `once` exceeds its limit of 2 s in the first attempt and passes in the second; `always` fails in the second as well. In the
# JUnit report of pytest-rerunfailures and flaky the attempt that the limit ended is a passed test case of the same name (of 0 s in flaky),
# beside the one of the second attempt, so that even `always` has passed once, and `tests` counts fewer than there are. pytest-retry has one,
# whose time is that of both. With pytest-rerunfailures a run that is green is annotated with an error.
# One expects what ended by its limit to be a failure in the report, as nextest's `flakyFailure` is, or not to be there.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
cat >test_attempts.py <<'PYTHON'
import os, time
import pytest

again = pytest.mark.flaky(retries=1) if os.environ["PLUGIN"] == "pytest-retry" else pytest.mark.flaky
attempts = {"once": 0, "always": 0}

@again
@pytest.mark.timeout(2)
@pytest.mark.parametrize("name", attempts)
def test_receive(name):
    attempts[name] += 1
    if attempts[name] == 1:
        time.sleep(4)
    assert name == "once"
PYTHON
cat >show.py <<'PYTHON'
import xml.etree.ElementTree as tree

suite = tree.parse("junit.xml").getroot().find("testsuite")
print("  tests", suite.get("tests"), "failures", suite.get("failures"))
for case in suite.iter("testcase"):
    print(" ", case.get("name"), f'{float(case.get("time")):.0f} s', *[child.tag for child in case] or ["passed"])
PYTHON
for plugin in pytest-rerunfailures==16.7 flaky==3.8.1 pytest-retry==1.7.0; do
    echo "$plugin"
    rm -rf venv
    packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0 pytest-github-actions-annotate-failures==0.4.2 "$plugin"
    for name in once always; do
        GITHUB_ACTIONS=true PLUGIN="${plugin%%=*}" venv/bin/python -m pytest -q --tb=no -p no:cacheprovider -k "$name" --junitxml=junit.xml test_attempts.py 2>&1 |
            grep -o '^.*::error file=[^,]*\|^[0-9].* in' | sed 's/^/  /;s/[^ ]*::/::/;s/ in$//'
        venv/bin/python show.py
    done
done | seen 'pytest-rerunfailures==16.7
  ::error file=test_attempts.py
  1 passed, 1 deselected, 1 rerun
  tests 1 failures 0
  test_receive[once] 2 s passed
  test_receive[once] 0 s passed
  ::error file=test_attempts.py
  ::error file=test_attempts.py
  1 failed, 1 deselected, 1 rerun
  tests 1 failures 1
  test_receive[always] 2 s passed
  test_receive[always] 0 s failure
flaky==3.8.1
  1 passed, 1 deselected
  tests 1 failures 0
  test_receive[once] 0 s passed
  test_receive[once] 0 s passed
  ::error file=test_attempts.py
  1 failed, 1 deselected
  tests 1 failures 1
  test_receive[always] 0 s passed
  test_receive[always] 0 s failure
pytest-retry==1.7.0
  1 passed, 1 deselected, 1 retried
  tests 1 failures 0
  test_receive[once] 2 s passed
  ::error file=test_attempts.py
  1 failed, 1 deselected, 1 retried
  tests 1 failures 1
  test_receive[always] 2 s failure'

#!/usr/bin/env bash
# pytest 9.2.0, pytest-timeout 2.4.0, pytest-github-actions-annotate-failures 0.4.2, teamcity-messages 1.33, pytest-csv 3.0.0, CPython 3.12. A limit
# fires in a fixture that connects, in a test, and in a fixture that closes. JUnit's report has three tests that did not pass. GitHub is given an
# annotation of the second alone. TeamCity is told that the third has passed, and that a test has failed which does not exist, by its
# name with `_teardown`; the CSV report has the third twice, passed and in error. One expects all to name the same three tests.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 pytest==9.2.0 pytest-timeout==2.4.0 pytest-github-actions-annotate-failures==0.4.2 teamcity-messages==1.33 pytest-csv==3.0.0
cat >test_limits.py <<'PYTHON'
import time
import pytest

@pytest.fixture
def connects():
    time.sleep(5)

@pytest.fixture
def closes():
    yield
    time.sleep(5)

def test_set_up(connects):
    pass

def test_itself():
    time.sleep(5)

def test_teardown(closes):
    pass
PYTHON
GITHUB_ACTIONS=true GITHUB_WORKSPACE="$PWD" venv/bin/python -m pytest -q -p no:cacheprovider --timeout 2 --junitxml junit.xml --csv report.csv --teamcity \
    test_limits.py >output 2>&1 || true
{
    venv/bin/python - <<'PYTHON'
import csv, xml.etree.ElementTree

for case in xml.etree.ElementTree.parse("junit.xml").iter("testcase"):
    print("JUnit:", case.get("name"), *(child.tag for child in case if child.tag in ("failure", "error")))
for row in csv.DictReader(open("report.csv")):
    print("CSV:", row["name"], row["status"])
PYTHON
    grep -oE '::error .*' output | sed -E 's/%0A.*//; s/^/GitHub: /'
    grep -oE "##teamcity\[test(Failed|Finished) .* name='[^']*'" output | sed -E "s/##teamcity\[([^ ]*) .* name='([^']*)'/TeamCity: \1 \2/"
} | seen 'JUnit: test_set_up error
JUnit: test_itself failure
JUnit: test_teardown error
CSV: test_set_up error
CSV: test_itself failed
CSV: test_teardown passed
CSV: test_teardown error
GitHub: ::error file=test_limits.py,line=17::test_itself
TeamCity: testFailed test_limits.test_set_up
TeamCity: testFinished test_limits.test_set_up
TeamCity: testFailed test_limits.test_itself
TeamCity: testFinished test_limits.test_itself
TeamCity: testFinished test_limits.test_teardown
TeamCity: testFailed test_limits.test_teardown_teardown
TeamCity: testFinished test_limits.test_teardown_teardown'

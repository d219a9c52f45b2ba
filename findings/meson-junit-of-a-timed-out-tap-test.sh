#!/usr/bin/env bash
# meson 1.12.1, ninja 1.13.2, CPython 3.12. A test program that meson's `timeout` ends is a TIMEOUT in the terminal, and the status is not 0. In the JUnit
# report it is an error where meson judges the program by its exit status. Where it speaks TAP, the report has the results that it had told
# until then and nothing else: one test, passed, and neither an error nor a failure, though the plan says two. One that had told no result is an
# error again. One expects the limit in the report however a program tells its results, or the missing result at least.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 meson==1.12.1 ninja==1.13.2
cat >peer.py <<'PYTHON'
import sys, time

print("1..2", flush=True)
if sys.argv[1] == "connects":
    print("ok 1 - connects", flush=True)
time.sleep(60)
print("ok 2 - receives")
PYTHON
cat >meson.build <<'MESON'
project('peer')
python = find_program('venv/bin/python')
test('by-status', python, args: files('peer.py') + ['connects'], timeout: 4)
test('by-tap', python, args: files('peer.py') + ['connects'], protocol: 'tap', timeout: 4)
test('by-tap-without-result', python, args: files('peer.py') + ['blocks'], protocol: 'tap', timeout: 4)
MESON
cat >show.py <<'PYTHON'
import re, xml.etree.ElementTree as tree

root = tree.parse("build/meson-logs/testlog.junit.xml").getroot()
print("report: tests", root.get("tests"), "errors", root.get("errors"), "failures", root.get("failures"))
for suite in root:
    for case in suite.iter("testcase"):
        said = [child.tag for child in case if not child.tag.startswith("system-")]
        print(" ", suite.get("name"), "/", case.get("name"), "/", *said or ["passed"])
PYTHON
export PATH="$PWD/venv/bin:$PATH"
{
    meson setup build >/dev/null
    status=0
    timeout 90 meson test -C build --num-processes 1 >terminal.txt 2>&1 || status=$?
    grep -oE 'by-[a-z-]+ +[A-Z]+' terminal.txt | sort | tr -s ' '
    echo "status $((status > 0))"
    venv/bin/python show.py
} | seen "by-status TIMEOUT
by-tap TIMEOUT
by-tap-without-result TIMEOUT
status 1
report: tests 3 errors 2 failures 0
  peer / peer:by-status / error
  peer / peer:by-tap-without-result / error
  peer.peer:by-tap / 1 - connects / passed"

#!/usr/bin/env bash
# cargo-nextest 0.9.143 (`cargo nextest` has to be installed). `on-timeout = "pass"` takes a test that was ended for a pass. The terminal says TIMEOUT-PASS; the JUnit
# report, which is what a CI stage keeps, holds a passed test without a word about it, only its time equals the limit.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
cargo nextest --version | head -n 1
cargo init --quiet --lib --name waits --vcs none
mkdir .config tests
cat >.config/nextest.toml <<'TOML'
[profile.default]
slow-timeout = { period = "1s", terminate-after = 1, on-timeout = "pass" }
junit = { path = "junit.xml" }
TOML
printf '#[test]\nfn waits() {\n    std::thread::sleep(std::time::Duration::from_secs(30));\n}\n' >tests/waits.rs
{
    cargo nextest run --color never --test waits 2>&1 | grep -oE "TIMEOUT-PASS|[0-9]+ passed"
    sed -E 's/ (uuid|timestamp|time)="[^"]*"//g' target/nextest/default/junit.xml
} | seen 'TIMEOUT-PASS
1 passed
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="1" skipped="0" failures="0" errors="0">
    <testsuite name="waits::waits" tests="1" skipped="0" errors="0" failures="0">
        <testcase name="waits" classname="waits::waits"/>
    </testsuite>
</testsuites>'

#!/usr/bin/env bash
# Runs $PROGRAM: annotations in the log, a SARIF report beside. Findings are no failure yet: what comes next sends them.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/arguments.sh"

report=$RUNNER_TEMP/ws-lint.sarif
code=0
"$PROGRAM" --output-format github --output-format "sarif=$report" "${arguments[@]}" || code=$?
if ((code > 1)); then
    exit "$code"
fi
printf 'exit-code=%s\nsarif-file=%s\n' "$code" "$report" >>"$GITHUB_OUTPUT"

#!/usr/bin/env bash
# Sends $SARIF_FILE to code scanning, for the commit that this workflow checked out.
set -euo pipefail

gzip --stdout -- "$SARIF_FILE" | base64 | tr -d '\n' |
    jq --raw-input --slurp '{commit_sha: env.GITHUB_SHA, ref: env.GITHUB_REF, sarif: ., tool_name: "ws-lint"}' |
    gh api "repos/$GITHUB_REPOSITORY/code-scanning/sarifs" --input - --silent

#!/usr/bin/env bash
# Says as output `program` which ws-lint the other steps run: $PROGRAM, else the one that is built from the sources around
# this script.
set -euo pipefail

if [[ -z $PROGRAM ]]; then
    root=$RUNNER_TEMP/ws-lint
    cargo install --locked --quiet --path "$GITHUB_ACTION_PATH" --root "$root"
    PROGRAM=$root/bin/ws-lint
elif ! PROGRAM=$(command -v -- "$PROGRAM"); then
    echo "::error title=ws-lint::The input 'program' names nothing that can be run. Leave it out to have ws-lint built." >&2
    exit 2
else
    # Later steps run in another folder.
    PROGRAM=$(cd -- "$(dirname -- "$PROGRAM")" && pwd)/$(basename -- "$PROGRAM")
fi
"$PROGRAM" --version
printf 'program=%s\n' "$PROGRAM" >>"$GITHUB_OUTPUT"

# shellcheck shell=bash
# Fills the array `arguments` from $LINT_ARGS and $LINT_PATHS, one a line. A path never counts as an option.

arguments=()
while IFS= read -r line; do
    if [[ -n $line ]]; then arguments+=("$line"); fi
done <<<"$LINT_ARGS"
arguments+=(--)
while IFS= read -r line; do
    if [[ -n $line ]]; then arguments+=("$line"); fi
done <<<"$LINT_PATHS"

#!/usr/bin/env bash
# Posts one review on pull request $PULL_REQUEST about what it changed since $BASE, without what was posted before. GitHub shows
# the lines of $HEAD: not those of the merge that a workflow checks out by default.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/arguments.sh"

if [[ $(git rev-parse HEAD) != "$HEAD" ]]; then
    echo "::error title=ws-lint::A review needs the pull request's own commit: give actions/checkout" \
        "'ref: \${{ github.event.pull_request.head.sha }}' and 'fetch-depth: 0'." >&2
    exit 2
fi
pull=repos/$GITHUB_REPOSITORY/pulls/$PULL_REQUEST
posted=$RUNNER_TEMP/ws-lint-posted.json
payload=$RUNNER_TEMP/ws-lint-review.json
gh api --paginate "$pull/comments" >"$posted"
gh api --paginate "$pull/reviews" >>"$posted"
"$PROGRAM" --exit-zero --diff-base "$BASE" --review-posted "$posted" --output-format "github-review=$payload" \
    "${arguments[@]}" >/dev/null
if [[ ! -s $payload ]]; then
    exit 0
fi
# A token that may only read is the rule on pull requests of forks, and no reason to fail: the annotations are there.
if ! said=$(jq '.commit_id = env.HEAD' "$payload" | gh api "$pull/reviews" --input - --silent 2>&1); then
    if [[ $said != *"HTTP 403"* ]]; then
        printf '%s\n' "$said" >&2
        exit 1
    fi
    echo "::notice title=ws-lint::No review was posted: the token may not write to this pull request."
fi

# Sourced by every script beside it. It leaves them in a temporary folder that goes when they end, and gives them:
#
#   python 3.12        the path of that CPython, from PATH or from pyenv
#   packages 3.12 a==1 a virtual environment in `venv` with these packages
#   package client     a Rust package in `client`, whose dependencies are standard input; `cargo` has to be installed
#   seen TEXT          compares standard input with what was seen when the finding was written, and ends the script where it differs
#
# Seconds are rounded by who prints them: a busy machine may be late by a little, never by a whole limit.
set -eu
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT

python() {
    local found
    for found in "$(command -v "python$1" || true)" "$HOME"/.pyenv/versions/"$1".*/bin/python; do
        if [ -x "$found" ] && "$found" -c '' 2>/dev/null; then
            echo "$found"
            return
        fi
    done
    echo "needs CPython $1" >&2
    return 1
}

packages() {
    "$(python "$1")" -m venv venv
    venv/bin/python -m pip install --quiet --disable-pip-version-check "${@:2}"
}

package() {
    command -v cargo >/dev/null || { echo "needs cargo" >&2; return 1; }
    mkdir -p "$1/src"
    { printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2021"\n\n[profile.dev]\ndebug = false\n\n[dependencies]\n' "$1"; cat; } >"$1/Cargo.toml"
}

seen() {
    diff -u --label seen --label now <(printf '%s\n' "$1") - && echo "as seen"
}

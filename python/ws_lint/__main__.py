import os
import sys

from ws_lint import find_ws_lint


def _run():
    program = find_ws_lint()
    arguments = [program, *sys.argv[1:]]
    if os.name != "nt":
        os.execv(program, arguments)
    # Windows has no exec that keeps the console and the exit code.
    import subprocess

    try:
        sys.exit(subprocess.run(arguments).returncode)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    _run()

"""ws-lint is a program, not a library: ``ws-lint``, or ``python -m ws_lint``."""

from ws_lint._program import find_ws_lint

__all__ = ["find_ws_lint"]

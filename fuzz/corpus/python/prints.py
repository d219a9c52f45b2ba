#!/usr/bin/env python3
import sys
# ws-lint: file-ignore[WS303] no
x = 1  # ws-lint: ignore[WS101]
y = 2  # noqa: WS101, E501
def p(t):
    try:
        print(t, "✓", end="\u2713")
    except UnicodeEncodeError:
        print(t.encode("ascii", "replace").decode(), "→")
print("\N{CHECK MARK}", f"é{x}→{y:→>4}" 'ü', sep=' — ', file=sys.stderr)

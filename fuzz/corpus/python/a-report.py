#!/usr/bin/env python3
"""Checks from a developer's machine that every WebSocket endpoint of the dev stack answers.

Run with:  python test_websocket_dev_connectivity.py [--verbose]
"""
import argparse
import json
import sys
from typing import List, NamedTuple, Optional, Tuple

from websockets import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

ENDPOINTS: List[Tuple[str, str]] = [
    ("main", "ws://localhost:8000/ws"),
    ("test", "ws://localhost:8000/ws/test"),
    ("agents", "ws://localhost:8000/ws/agents"),
]

OK = "✓"
FAILED = "✗"


class Result(NamedTuple):
    name: str
    connected: bool
    detail: Optional[str] = None


async def check(name: str, url: str) -> Result:
    """Connects, says hello, and closes."""
    try:
        async with connect(url, open_timeout=3, ping_interval=None) as ws:
            await ws.send(json.dumps({"type": "ping"}))
            await ws.close()
            return Result(name, True)
    except TimeoutError:
        return Result(name, False, "no answer within 3 s")
    except (InvalidHandshake, WebSocketException) as e:
        return Result(name, False, f"refused: {e}")
    except OSError as e:
        return Result(name, False, f"unreachable: {e}")


async def echo(url: str, text: str) -> str:
    """One message there and back."""
    ws = await connect(url, open_timeout=3)
    try:
        await ws.send(text)
        return await ws.recv()
    finally:
        await ws.close()


async def main(verbose: bool) -> int:
    results = [await check(name, url) for name, url in ENDPOINTS]
    for result in results:
        mark = OK if result.connected else FAILED
        print(mark, result.name, result.detail or "")
        if verbose and result.connected:
            print("  ✓ echo:", await echo(dict(ENDPOINTS)[result.name], "hello"))

    failed = sum(not result.connected for result in results)
    if failed:
        print(f"⚠ {failed} of {len(results)} endpoints do not answer", file=sys.stderr)
        print("  • is the dev stack running?")
        print("  • is port 8000 free?")
    return 1 if failed else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="also send a message")
    return parser.parse_args()


if __name__ == "__main__":
    import asyncio

    sys.exit(asyncio.run(main(parse_arguments().verbose)))

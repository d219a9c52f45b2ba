"""Runs programs, and writes what each returns, or the class of what it raises, to stdout as JSON.

Reads one JSON object from stdin: `ports` as servers.py gives them, and `programs` by name, each with a function `run`
that takes the servers' URLs by name.
"""

import asyncio
import json
import os
import sys
import types
import warnings

JOB = json.load(sys.stdin)
URLS = {name: f"ws://127.0.0.1:{port}/{os.getpid()}" for name, port in JOB["ports"].items()}

# The old names warn that they are old.
warnings.simplefilter("ignore")


async def outcome(name, text):
    module = types.ModuleType(name)
    exec(compile(text, name, "exec"), vars(module))
    try:
        return str(await asyncio.wait_for(module.run(URLS), 5))
    except Exception as error:
        return type(error).__name__


async def main():
    outcomes = {name: await outcome(name, text) for name, text in JOB["programs"].items()}
    print(json.dumps(outcomes), flush=True)
    # What a failing program left open would be waited for.
    os._exit(0)


asyncio.run(main())

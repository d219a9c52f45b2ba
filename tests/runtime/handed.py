"""Gives every key to what hands a dictionary on to another library's connect, and tells what comes of it.

Reads one JSON object from stdin: `functions`, each a path and the name of the argument, with the `keys` to try. Writes to
stdout the `versions` of the packages that were asked for, and for each path that the installed release has what became of each
key: the phase, "call" or "connect", and the errors from the outermost to its last cause, as a traceback ends. Nobody listens at
the address.
"""

import asyncio
import functools
import importlib
import inspect
import json
import os
import sys
import warnings
from importlib import metadata

warnings.simplefilter("ignore")

JOB = json.load(sys.stdin)
ADDRESS = "ws://127.0.0.1:1/"


def shown(error):
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    return f"{name}: {str(error).split('. Did you mean')[0]}"


def chain(error):
    errors = []
    while error is not None:
        errors.append(shown(error))
        error = error.__cause__ or error.__context__
    return errors


def resolve(path):
    """What a dotted path leads to, over the objects that clients make of themselves; nothing where it is not there."""
    package, *parts = path.split(".")
    found = importlib.import_module(package)
    for index, part in enumerate(parts):
        if inspect.isclass(found):
            found = found(api_key="none", base_url=ADDRESS.replace("ws", "http"))
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = importlib.import_module(".".join([package, *parts[: index + 1]]))
            except ImportError:
                return None
    return found


async def connect(path, made):
    """Connects with what was made."""
    if path.startswith("gql."):
        import gql

        made = gql.Client(transport=made, fetch_schema_from_transport=False)
    if hasattr(made, "__aenter__"):
        await made.__aenter__()
    elif hasattr(made, "__enter__"):
        made.__enter__()
    elif hasattr(made, "connect"):
        # One attempt says as much as five.
        for name in ("_max_connection_retries", "max_connection_retries"):
            setattr(made, name, 1)
        await made.connect()
    else:
        await asyncio.to_thread(made.make_request, "eth_chainId", [])


def attempt(path, function, argument, key):
    given = {argument: {key: None}}
    if "realtime" in path:
        function = functools.partial(function, model="m")
    elif path.startswith("gql."):
        function = functools.partial(function, url=ADDRESS)
    else:
        function = functools.partial(function, ADDRESS)
    try:
        made = function(**given)
    except Exception as error:
        return ["call", *chain(error)]
    try:
        asyncio.run(connect(path, made))
    except Exception as error:
        return ["connect", *chain(error)]
    raise AssertionError(f"{path} connected with {key}")


def main():
    answers = {}
    for path, (argument, keys) in JOB["functions"].items():
        function = resolve(path)
        if function is not None:
            answers[path] = {key: attempt(path, function, argument, key) for key in keys}
    versions = {package: metadata.version(package) for package in JOB["packages"]}
    json.dump({"versions": versions, "answers": answers}, sys.stdout)
    sys.stdout.flush()
    # A provider of web3 leaves its loop's thread behind.
    os._exit(0)


main()
